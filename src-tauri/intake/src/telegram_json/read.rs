//! The second of two passes: hands every chat and message to the sink, in the order of the file. Keeps nothing but
//! counts, and which names were already told.

use super::message::{self, Context};
use super::place::Place;
use super::row::Row;
use super::survey::{Chat, Facts};
use super::topics::Topics;
use super::visitor::{Header, Visitor};
use crate::zone::Clock;
use crate::{Acquaintance, Options, Problem, Reason, Report, Sink};
use letopis_model::{AccountId, Change, ChatId, PeerId, Source};
use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::ControlFlow;

pub(super) struct Reader<'a> {
    facts: &'a Facts,
    options: &'a Options,
    sink: &'a mut dyn Sink,
    pub report: Report,
    chat: Option<&'a Chat>,
    /// What the chat is called: its own id, or that of its twin in the archive.
    id: Option<ChatId>,
    clock: Clock,
    topics: Topics,
    /// Hashes of names, not names: a hostile file must not fill the memory.
    told: BTreeSet<(PeerId, u64)>,
    zone_told: bool,
    /// Bytes of the file.
    total: u64,
}

impl<'a> Reader<'a> {
    pub fn new(facts: &'a Facts, options: &'a Options, sink: &'a mut dyn Sink, total: u64) -> Self {
        let report = Report { format: super::FORMAT, ..Report::default() };
        Reader {
            facts,
            options,
            sink,
            report,
            chat: None,
            id: None,
            clock: Clock::default(),
            topics: Topics::default(),
            told: BTreeSet::new(),
            zone_told: false,
            total,
        }
    }

    /// Says whose account it is, if that is known.
    pub fn account(&mut self) -> ControlFlow<()> {
        let Some(account) = self.facts.owner else {
            if self.options.manager.is_some() {
                self.sink.problem(Problem { place: "root".into(), why: Reason::ManagerUnknown });
            }
            return ControlFlow::Continue(());
        };
        let AccountId(number) = account;
        let manager = self.facts.manager.clone().unwrap_or_else(|| number.to_string());
        self.sink.change(Change::AccountSeen { account, manager, source: Source::Import })
    }

    fn peer(&mut self, peer: PeerId, name: &str) -> ControlFlow<()> {
        let mut hasher = DefaultHasher::new();
        name.hash(&mut hasher);
        if !self.told.insert((peer, hasher.finish())) {
            return ControlFlow::Continue(());
        }
        self.sink.change(Change::PeerSeen { peer, name: name.to_owned(), source: Source::Import })
    }
}

impl Visitor for Reader<'_> {
    fn personal(&mut self, _: &[u8]) {}

    fn section(&mut self) {}

    fn contacts(&mut self, _: &[u8]) {}

    fn header(&mut self, _: usize, _: Header, _: &[u8]) {}

    fn chat(&mut self, number: usize, place: &Place) -> ControlFlow<()> {
        (self.chat, self.id, self.clock, self.topics) = (None, None, Clock::default(), Topics::default());
        let key = u32::try_from(number).unwrap_or(u32::MAX);
        let Some(chat) = self.facts.chat(number).filter(|_| self.options.takes(key)) else { return ControlFlow::Continue(()) };
        let title = chat.title.as_deref();
        let meeting = Acquaintance { key, id: chat.id, is_provisional: chat.is_provisional, title, samples: &chat.samples };
        let id = self.sink.twin(&meeting).unwrap_or(chat.id);
        if chat.is_provisional && id == chat.id {
            self.problem(place, Reason::UnknownChat);
        }
        (self.chat, self.id) = (Some(chat), Some(id));
        self.report.chats += 1;
        self.sink.change(Change::ChatSeen { chat: id, kind: chat.kind, title: chat.title.clone(), source: Source::Import })
    }

    fn message(&mut self, place: &Place, raw: &[u8]) -> ControlFlow<()> {
        let (Some(chat), Some(id)) = (self.chat, self.id) else { return ControlFlow::Continue(()) };
        let context = Context {
            chat: id,
            kind: chat.kind,
            title: chat.title.as_deref(),
            owner_names: &self.facts.owner_names,
            owner: self.facts.owner.map(|AccountId(id)| PeerId::user(id)),
            zone: self.options.timezone.as_ref(),
            clock: self.clock,
            seen_at: self.options.seen_at,
        };
        let mapped = match Row::read(raw).ok_or(Reason::BrokenSyntax).and_then(|row| message::map(row, &context)) {
            Ok(mapped) => mapped,
            Err(why) => {
                self.problem(place, why);
                return ControlFlow::Continue(());
            }
        };
        if mapped.zone_assumed && !std::mem::replace(&mut self.zone_told, true) {
            self.problem(place, Reason::TimezoneAssumed);
        }
        if mapped.is_lossy {
            self.problem(place, Reason::WrongEncoding);
        }
        if mapped.unsafe_path {
            self.problem(place, Reason::UnsafePath);
        }
        let mut sighting = mapped.sighting;
        self.clock.saw(sighting.sent_at);
        self.topics.place(&mut sighting);
        let known = sighting.sender_name.as_deref().or_else(|| self.facts.contact(sighting.sender?));
        if let (Some(peer), Some(name)) = (sighting.sender, known) {
            self.peer(peer, name)?;
        }
        self.report.messages += 1;
        self.sink.change(Change::Posted(Box::new(sighting)))
    }

    fn problem(&mut self, place: &Place, why: Reason) {
        if why.loses_a_message() {
            if self.chat.is_none() {
                // Of a chat that was not chosen.
                return;
            }
            self.report.lost += 1;
        }
        self.sink.problem(Problem { place: place.to_string(), why });
    }

    /// The survey was the first half.
    fn progress(&mut self, read: u64) -> ControlFlow<()> {
        self.sink.progress(self.total.saturating_add(read) / 2, self.total)
    }
}
