//! Hands every chat and message to the sink, in the order of the pages. Each chat is gone through twice: its first pass learns
//! what a message needs but may stand after it – the names that write, the samples by which the chat is known again.

use super::date::Zone;
use super::facts::Facts;
use super::layout::{Chat, Layout, Listed, PageFile};
use super::message::{self, Context, Mapped, Rule, Running};
use super::page::{Found, Page, Raw};
use crate::acquaintance::provisional;
use crate::{Acquaintance, Error, Options, Problem, Reason, Report, Sink};
use letopis_model::{AccountId, Change, ChatId, ChatType, PeerId, Source};
use std::collections::BTreeSet;
use std::ops::ControlFlow;

/// How the list of chats calls the chat with oneself.
const SAVED: &str = "Saved messages";
const PROGRESS_EVERY: u64 = 512 * 1024;

pub(super) struct Reader<'a> {
    layout: &'a Layout,
    options: &'a Options,
    sink: &'a mut dyn Sink,
    report: Report,
    /// Provisional chats of this source, so that no two are called alike.
    given: BTreeSet<PeerId>,
    zone_told: bool,
    /// A title, a message: something that only an export has.
    is_export: bool,
    /// Bytes of all passes.
    done: u64,
    told: u64,
    total: u64,
}

enum Stop {
    Cancelled,
    Failed(Error),
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        Stop::Failed(error.into())
    }
}

fn go_on(flow: ControlFlow<()>) -> Result<(), Stop> {
    if flow.is_break() { Err(Stop::Cancelled) } else { Ok(()) }
}

impl<'a> Reader<'a> {
    pub fn new(layout: &'a Layout, options: &'a Options, sink: &'a mut dyn Sink) -> Result<Self, Error> {
        let wanted = layout.chats.iter().filter(|chat| options.takes(chat.key));
        let bytes: u64 = wanted.flat_map(|chat| &chat.pages).map(PageFile::len).sum();
        Ok(Reader {
            layout,
            options,
            sink,
            report: Report { format: super::FORMAT, ..Report::default() },
            given: BTreeSet::new(),
            zone_told: false,
            is_export: layout.owner.is_some(),
            done: 0,
            told: 0,
            total: bytes * 2,
        })
    }

    pub fn run(mut self) -> Result<Report, Error> {
        match self.all() {
            Ok(()) => {}
            Err(Stop::Cancelled) => self.report.cancelled = true,
            Err(Stop::Failed(error)) => return Err(error),
        }
        self.report.bytes_read = self.done.div_ceil(2);
        if self.report.cancelled {
            return Ok(self.report);
        }
        if !self.is_export {
            return Err(Error::NotAnExport);
        }
        if self.report.salvaged && self.report.messages == 0 {
            return Err(Error::NothingSalvaged);
        }
        let _ = self.sink.progress(self.total / 2, self.total / 2);
        Ok(self.report)
    }

    fn all(&mut self) -> Result<(), Stop> {
        if let Some(id) = self.options.owner {
            let manager = self.options.manager.clone().or_else(|| self.owner_name().map(str::to_owned));
            let manager = manager.unwrap_or_else(|| id.to_string());
            go_on(self.sink.change(Change::AccountSeen { account: AccountId(id), manager, source: Source::Html }))?;
        }
        for chat in self.layout.chats.iter().filter(|chat| self.options.takes(chat.key)) {
            self.chat(chat)?;
        }
        Ok(())
    }

    fn owner_name(&self) -> Option<&str> {
        self.options.owner_name.as_deref().or(self.layout.owner.as_deref())
    }

    fn chat(&mut self, chat: &Chat) -> Result<(), Stop> {
        let facts = self.facts(chat)?;
        if !self.is_export {
            return Ok(());
        }
        let title = facts.title.clone().or_else(|| chat.listed.name.clone()).filter(|t| !t.is_empty());
        let is_saved = chat.listed.kind == ChatType::PersonalChat && chat.listed.name.as_deref() == Some(SAVED);
        let rule = self.rule(chat, &facts, title.as_deref());
        let id = self.name(chat, &facts, title.as_deref());
        // The chat with oneself is called by one's own name on its pages, by none in the JSON; so is one without a name.
        let (kind, title) = if is_saved { (ChatType::SavedMessages, None) } else { (chat.listed.kind, title) };
        let title = title.filter(|title| title != message::DELETED);
        self.report.chats += 1;
        go_on(self.sink.change(Change::ChatSeen { chat: id, kind, title, source: Source::Html }))?;
        for number in &chat.missing {
            let place =
                place_of(chat, &format!("messages{}.html", if *number == 1 { String::new() } else { number.to_string() }));
            self.sink.problem(Problem { place, why: Reason::PageMissing });
            self.report.salvaged = true;
        }
        for page in &chat.pages {
            self.page(chat, page, id, &rule)?;
        }
        Ok(())
    }

    /// Which chat this is: one that the sink knows, or a provisional one.
    fn name(&mut self, chat: &Chat, facts: &Facts, title: Option<&str>) -> ChatId {
        let account = self.options.owner.map(AccountId);
        let number = |repeat| provisional(title, facts.beginning, repeat);
        let peer = (0..100_000).map(number).find(|peer| !self.given.contains(peer)).unwrap_or_else(|| number(u32::MAX));
        self.given.insert(peer);
        let id = ChatId::new(account, peer);
        let samples = facts.sampler.samples();
        self.sink.twin(&Acquaintance { key: chat.key, id, is_provisional: true, title, samples: &samples }).unwrap_or(id)
    }

    /// Whose a message is, shows in a chat of two by the other one's name, which is the chat's own.
    fn rule(&self, chat: &Chat, facts: &Facts, title: Option<&str>) -> Rule {
        let told = [self.options.owner_name.as_ref(), self.layout.owner.as_ref(), self.options.manager.as_ref()];
        let told_two = matches!(chat.listed.kind, ChatType::PersonalChat | ChatType::BotChat);
        let shows_two = || {
            let is_title = |name: &String| Some(name.as_str()) == title;
            chat.listed == Listed::default() && !facts.is_group && facts.names.len() == 2 && facts.names.iter().any(is_title)
        };
        let is_saved = told_two && chat.listed.name.as_deref() == Some(SAVED);
        Rule {
            all: chat.listed.own_only || is_saved,
            owner: told.into_iter().flatten().cloned().collect(),
            other: title.filter(|_| told_two || shows_two()).map(str::to_owned),
        }
    }

    fn facts(&mut self, chat: &Chat) -> Result<Facts, Stop> {
        let mut facts = Facts::default();
        let rule = Rule::default();
        let context = Context {
            chat: ChatId::new(None, PeerId::group(0)),
            rule: &rule,
            zone: Zone { told: self.options.timezone.as_ref() },
            seen_at: self.options.seen_at,
            page: &chat.place,
        };
        for path in &chat.pages {
            let mut page = Page::new(path.open()?);
            let (mut running, start) = (Running::default(), self.done);
            while let Some(found) = page.next()? {
                self.is_export = true;
                match found {
                    Found::Title(title) => drop(facts.title.get_or_insert(title)),
                    Found::Message(raw) => facts.note(*raw, &context, &mut running),
                }
                self.progress(start + page.position().byte)?;
            }
            self.done = start + page.position().byte;
        }
        Ok(facts)
    }

    fn page(&mut self, chat: &Chat, path: &PageFile, id: ChatId, rule: &Rule) -> Result<(), Stop> {
        let file = place_of(chat, &path.name());
        let context = Context {
            chat: id,
            rule,
            zone: Zone { told: self.options.timezone.as_ref() },
            seen_at: self.options.seen_at,
            page: &chat.place,
        };
        let mut page = Page::new(path.open()?);
        let (mut running, start) = (Running::default(), self.done);
        while let Some(found) = page.next()? {
            let Found::Message(raw) = found else { continue };
            let place = message_place(&file, &raw);
            // The last one, in a file that breaks off. One that another follows was whole, whatever its tags say.
            if !raw.is_closed && !page.is_closed() && !page.has_more() && !is_separator(&raw) {
                self.lose(place, Reason::CutMessage);
                break;
            }
            if page.was_lossy() {
                self.sink.problem(Problem { place: place.clone(), why: Reason::WrongEncoding });
            }
            self.message(*raw, place, &context, &mut running)?;
            self.progress(start + page.position().byte)?;
        }
        self.done = start + page.position().byte;
        if !page.is_closed() {
            self.report.salvaged = true;
            let at = page.position();
            let place = format!("{file} (line {}, byte {})", at.line, at.byte);
            self.sink.problem(Problem { place, why: Reason::Truncated });
        }
        Ok(())
    }

    fn message(&mut self, raw: Raw, place: String, context: &Context<'_>, running: &mut Running) -> Result<(), Stop> {
        match message::map(raw, context, running) {
            Ok(Mapped::Separator) => Ok(()),
            Ok(Mapped::Message { sighting, zone_assumed, unsafe_path }) => {
                if zone_assumed && !std::mem::replace(&mut self.zone_told, true) {
                    self.sink.problem(Problem { place: place.clone(), why: Reason::TimezoneAssumed });
                }
                if unsafe_path {
                    self.sink.problem(Problem { place, why: Reason::UnsafePath });
                }
                self.report.messages += 1;
                go_on(self.sink.change(Change::Posted(sighting)))
            }
            Err(why) => {
                self.lose(place, why);
                Ok(())
            }
        }
    }

    fn lose(&mut self, place: String, why: Reason) {
        self.report.lost += 1;
        self.sink.problem(Problem { place, why });
    }

    fn progress(&mut self, done: u64) -> Result<(), Stop> {
        if done < self.told.saturating_add(PROGRESS_EVERY) {
            return Ok(());
        }
        self.told = done;
        go_on(self.sink.progress((done / 2).min(self.total / 2), self.total / 2))
    }
}

fn is_separator(raw: &Raw) -> bool {
    raw.is_service && raw.id.is_none_or(|id| (-100_000_000..0).contains(&id))
}

fn place_of(chat: &Chat, name: &str) -> String {
    let folder = if chat.place.above.is_empty() { chat.place.folder.as_str() } else { "" };
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// Holds ids and positions, never a text.
fn message_place(file: &str, raw: &Raw) -> String {
    let id = raw.id.map(|id| format!("#message{id}")).unwrap_or_default();
    match raw.at {
        Some(at) => format!("{file}{id} (line {}, byte {})", at.line, at.byte),
        None => format!("{file}{id}"),
    }
}
