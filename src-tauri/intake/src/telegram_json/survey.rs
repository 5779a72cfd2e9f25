//! The first of two passes: learns what a message needs but may stand after it – the chats' ids and types, the age of the
//! file, whose account it is. Decodes only as many messages as that takes. Emits nothing, reports no problem.

use super::ids::{self, Sender};
use super::place::Place;
use super::row::Row;
use super::text;
use super::time;
use super::visitor::{Header, Visitor};
use crate::acquaintance::{Beginning, Sample, Sampler, provisional};
use crate::zone::Clock;
use crate::{Options, Reason};
use jiff::tz::TimeZone;
use letopis_model::{AccountId, ChatId, ChatType, MessageId, PeerId, PeerKind};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

/// What the second pass goes by.
pub(super) struct Facts {
    pub owner: Option<AccountId>,
    /// `None` if nobody told: the account is then called by its number.
    pub manager: Option<String>,
    pub owner_names: Vec<String>,
    chats: Vec<Option<Chat>>,
    contacts: BTreeMap<i64, String>,
}

pub(super) struct Chat {
    pub id: ChatId,
    /// The file does not say which chat it is.
    pub is_provisional: bool,
    pub samples: Vec<Sample>,
    pub kind: ChatType,
    pub title: Option<String>,
}

impl Facts {
    /// A chat by its number in the walk; `None` if it is none.
    pub fn chat(&self, number: usize) -> Option<&Chat> {
        self.chats.get(number)?.as_ref()
    }

    /// What the owner called somebody whose own name is not known any more.
    pub fn contact(&self, peer: PeerId) -> Option<&str> {
        self.contacts.get(&peer.id).filter(|_| peer.kind == PeerKind::User).map(String::as_str)
    }
}

pub(super) struct Survey<'a> {
    /// The owner whose name is still wanted.
    wanted: Option<PeerId>,
    chats: Vec<Seen>,
    current: usize,
    packed: Option<bool>,
    /// A message holds seconds since 1970: the file is from 2022 or later, no number in it is packed.
    modern: bool,
    zone: TimeZone,
    account: bool,
    personal: Option<(i64, String)>,
    /// Also of a file that has no id of the account.
    personal_name: Option<String>,
    wanted_name: Option<String>,
    /// Of the list of contacts only the names, and they only for people who are in the chats.
    contacts: BTreeMap<i64, String>,
    /// The manager's name that the user gave while the file may not say whose it is, and the users who write under it.
    manager: Option<String>,
    named: BTreeSet<i64>,
    on_progress: &'a mut dyn FnMut(u64) -> ControlFlow<()>,
}

#[derive(Default)]
struct Seen {
    is_chat: bool,
    has_messages: bool,
    id: Option<i64>,
    kind: ChatType,
    title: Option<String>,
    /// The first two different senders.
    senders: Vec<(Sender, Option<String>)>,
    /// A message has an id and a date, as Telegram writes them.
    is_telegram: bool,
    beginning: Option<Beginning>,
    sampler: Sampler,
}

impl Seen {
    /// Objects in a bare list may be anything with an id; the root is called a chat only for its list of messages. Without
    /// an id (exports of 2018, bare lists of messages) its messages must look like Telegram's.
    fn is_certain(&self, number: usize) -> bool {
        let looks_so = number == 0 || self.has_messages || self.kind != ChatType::Unknown;
        self.is_chat && if self.id.is_some() { looks_so } else { self.is_telegram }
    }

    /// Whether it is settled who writes here, as far as the owner can be learnt from it.
    fn is_settled(&self) -> bool {
        match self.kind {
            ChatType::PersonalChat | ChatType::BotChat | ChatType::Unknown => self.senders.len() > 1,
            ChatType::SavedMessages => !self.senders.is_empty(),
            ChatType::Replies | ChatType::VerificationCodes | ChatType::PrivateGroup => true,
            ChatType::PrivateSupergroup | ChatType::PublicSupergroup => true,
            ChatType::PrivateChannel | ChatType::PublicChannel => true,
        }
    }

    /// The number of a chat that has none; never the same for two chats of one file.
    fn provisional(&self, title: Option<&str>, given: &mut BTreeSet<PeerId>) -> PeerId {
        let mut repeat = 0;
        loop {
            let peer = provisional(title, self.beginning, repeat);
            if given.insert(peer) || repeat > 100_000 {
                return peer;
            }
            repeat += 1;
        }
    }

    fn peer(&self, packed: bool) -> Option<PeerId> {
        let senders: Vec<Sender> = self.senders.iter().map(|(sender, _)| *sender).collect();
        Some(ids::chat_peer(self.kind, self.id?, packed, &senders))
    }
}

/// Case and spaces at the ends do not make another name.
fn plain(name: &str) -> String {
    name.trim().to_lowercase()
}

impl<'a> Survey<'a> {
    pub fn new(options: &Options, on_progress: &'a mut dyn FnMut(u64) -> ControlFlow<()>) -> Self {
        let wanted = options.owner.filter(|_| options.manager.is_none()).map(PeerId::user);
        Survey {
            wanted,
            chats: Vec::new(),
            current: 0,
            packed: None,
            modern: false,
            zone: options.timezone.clone().unwrap_or(TimeZone::UTC),
            account: false,
            personal: None,
            personal_name: None,
            wanted_name: None,
            contacts: BTreeMap::new(),
            manager: options.owner_name.as_deref().or(options.manager.as_deref()).filter(|_| options.owner.is_none()).map(plain),
            named: BTreeSet::new(),
            on_progress,
        }
    }

    /// `None`: a JSON file, but no export of Telegram's.
    pub fn finish(self, options: &Options) -> Option<Facts> {
        if !self.account && !self.chats.iter().enumerate().any(|(number, chat)| chat.is_certain(number)) {
            return None;
        }
        let owner = self.owner(options);
        let manager = options.manager.clone().or_else(|| owner.and_then(|owner| self.name_of(owner)));
        let own = [self.personal_name.clone(), options.owner_name.clone(), options.manager.clone()];
        let owner_names = own.into_iter().flatten().filter(|name| !name.is_empty()).collect();
        let account = self.account;
        let packed = self.is_packed();
        let (mut given, contacts) = (BTreeSet::new(), self.contacts);
        let chats = self.chats.into_iter().map(|seen| {
            // In an account's export a list of chats holds chats, whatever they lack.
            if !seen.is_chat || (seen.id.is_none() && !seen.is_telegram && !account) {
                return None;
            }
            let called = || contacts.get(&seen.id?).filter(|_| seen.kind == ChatType::PersonalChat).cloned();
            let title = seen.title.clone().filter(|t| !t.is_empty()).or_else(called);
            let told = seen.peer(packed);
            let peer = told.unwrap_or_else(|| seen.provisional(title.as_deref(), &mut given));
            let samples = seen.sampler.samples();
            Some(Chat { id: ChatId::new(owner, peer), is_provisional: told.is_none(), samples, kind: seen.kind, title })
        });
        let chats = chats.collect();
        Some(Facts { owner, manager, owner_names, chats, contacts })
    }

    /// Whether numbers carry their kind packed into them; told by the senders, else by the chats' own numbers.
    fn is_packed(&self) -> bool {
        let too_large = |seen: &Seen| seen.id.is_some_and(|id| id > 1 << 33);
        self.packed.unwrap_or_else(|| !self.modern && self.chats.iter().any(too_large))
    }

    fn owner(&self, options: &Options) -> Option<AccountId> {
        let told = options.owner.or(self.personal.as_ref().map(|(id, _)| *id));
        told.or_else(|| self.saved_messages()).or_else(|| self.vote()).or_else(|| self.only_one_named()).map(AccountId)
    }

    /// A group does not show whose export it is; the manager's name does, if only one user writes under it.
    fn only_one_named(&self) -> Option<i64> {
        self.named.first().copied().filter(|_| self.named.len() == 1)
    }

    /// The chat with oneself has one's own id.
    fn saved_messages(&self) -> Option<i64> {
        let saved = self.chats.iter().find(|chat| chat.kind == ChatType::SavedMessages)?;
        Some(saved.peer(self.is_packed())?.id)
    }

    /// In a chat of two the one who is not the other is the owner: whoever is that in most chats. A tie says nothing.
    fn vote(&self) -> Option<i64> {
        let mut votes: BTreeMap<i64, usize> = BTreeMap::new();
        for chat in self.chats.iter().filter(|c| matches!(c.kind, ChatType::PersonalChat | ChatType::BotChat)) {
            let Some(peer) = chat.peer(self.is_packed()) else { continue };
            let others = chat.senders.iter().map(|(sender, _)| sender.peer(peer));
            if let Some(other) = others.filter(|p| p.kind == PeerKind::User).find(|p| *p != peer) {
                *votes.entry(other.id).or_default() += 1;
            }
        }
        let most = *votes.values().max()?;
        let mut first = votes.iter().filter(|(_, count)| **count == most);
        let winner = first.next().map(|(id, _)| *id);
        winner.filter(|_| first.next().is_none())
    }

    fn name_of(&self, owner: AccountId) -> Option<String> {
        let owner = PeerId::user(owner.0);
        let personal = self.personal.as_ref().filter(|(id, name)| *id == owner.id && !name.is_empty());
        let wrote = |(sender, name): &(Sender, Option<String>)| name.clone().filter(|_| sender.peer(owner) == owner);
        personal
            .map(|(_, name)| name.clone())
            .or_else(|| self.wanted_name.clone())
            .or_else(|| self.chats.iter().flat_map(|chat| &chat.senders).find_map(wrote))
    }

    /// Notes what the chat can be known again by.
    fn sample(&mut self, row: &Row) {
        let Some(id) = row.fields.get("id").and_then(Value::as_i64).map(MessageId) else { return };
        let field = |key: &str| row.fields.get(key);
        let kind = field("type").and_then(Value::as_str);
        let civil = field("date").and_then(time::civil);
        let exact = field("date_unixtime").and_then(time::unix).or_else(|| field("date").and_then(time::offset));
        self.modern |= exact.is_some();
        let sent_at = exact.or_else(|| time::local(field("date")?, &self.zone, &Clock::default()));
        let current = self.current;
        let Some(seen) = self.seen(current) else { return };
        seen.is_telegram |= sent_at.is_some() || kind == Some("unsupported");
        if sent_at.is_some() && kind != Some("service") && (seen.beginning.is_none() || seen.sampler.wants(id)) {
            let text = field("text").or_else(|| field("text_entities")).and_then(text::read).unwrap_or_default();
            seen.beginning.get_or_insert_with(|| Beginning::new(id, civil, &text.text));
            seen.sampler.offer(id, sent_at, &text.text);
        }
    }

    fn seen(&mut self, chat: usize) -> Option<&mut Seen> {
        if self.chats.len() <= chat {
            self.chats.resize_with(chat + 1, Seen::default);
        }
        self.chats.get_mut(chat)
    }

    fn sender(&mut self, mut row: Row) {
        let actor = row.has("actor_id");
        let (name, id) = if actor { ("actor", "actor_id") } else { ("from", "from_id") };
        let Some(sender) = row.take(id, Sender::read) else { return };
        let name = row.take_str(name).filter(|name| !name.is_empty());
        self.packed.get_or_insert(matches!(sender, Sender::Number(_)));
        let wanted = self.wanted;
        if wanted.is_some_and(|wanted| sender.peer(wanted) == wanted) && name.is_some() {
            self.wanted_name = name.clone();
            self.wanted = None;
        }
        if self.manager.is_some() && self.manager == name.as_deref().map(plain) {
            let packed = self.is_packed();
            self.named.extend(Some(sender.peer(PeerId::user(0))).filter(|p| p.kind == PeerKind::User && !packed).map(|p| p.id));
        }
        let current = self.current;
        if let Some(seen) = self.seen(current)
            && seen.senders.len() < 2
            && seen.senders.iter().all(|(known, _)| *known != sender)
        {
            seen.senders.push((sender, name));
        }
    }
}

/// The id of a message that begins with it, as Telegram writes them, without decoding the rest.
fn quick_id(raw: &[u8]) -> Option<MessageId> {
    let rest = raw.strip_prefix(b"{")?.trim_ascii_start().strip_prefix(b"\"id\"")?;
    let rest = rest.trim_ascii_start().strip_prefix(b":")?.trim_ascii_start();
    let end = rest.iter().position(|b| !(b.is_ascii_digit() || *b == b'-'))?;
    std::str::from_utf8(rest.get(..end)?).ok()?.parse().ok().map(MessageId)
}

impl Visitor for Survey<'_> {
    fn personal(&mut self, raw: &[u8]) {
        self.account = true;
        let Some(mut row) = Row::read(raw) else { return };
        let names = [row.take_str("first_name"), row.take_str("last_name")];
        let name = names.into_iter().flatten().filter(|n| !n.is_empty()).collect::<Vec<_>>().join(" ");
        self.personal_name = Some(name.clone());
        self.personal = row.take_i64("user_id").map(|id| (id, name));
    }

    fn section(&mut self) {
        self.account = true;
    }

    fn contacts(&mut self, raw: &[u8]) {
        self.account = true;
        let Some(row) = Row::read(raw) else { return };
        for contact in row.fields.get("list").and_then(Value::as_array).into_iter().flatten() {
            let field = |key: &str| contact.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
            let name = [field("first_name"), field("last_name")].into_iter().flatten().collect::<Vec<_>>().join(" ");
            if let (Some(id), false) = (contact.get("user_id").and_then(Value::as_i64), name.is_empty()) {
                self.contacts.insert(id, name);
            }
        }
    }

    fn header(&mut self, chat: usize, field: Header, raw: &[u8]) {
        let value: Value =
            serde_json::from_slice(raw).or_else(|_| serde_json::from_slice(&super::repair::repair(raw))).unwrap_or_default();
        let Some(seen) = self.seen(chat) else { return };
        match field {
            Header::Name => seen.title = value.as_str().map(str::to_owned),
            Header::Type => seen.kind = value.as_str().map(ids::chat_type).unwrap_or_default(),
            // Programs that rewrite files make strings of numbers.
            Header::Id => seen.id = value.as_i64().or_else(|| value.as_str()?.parse().ok()),
        }
    }

    fn chat(&mut self, chat: usize, _: &Place) -> ControlFlow<()> {
        self.current = chat;
        if let Some(seen) = self.seen(chat) {
            seen.is_chat = true;
        }
        ControlFlow::Continue(())
    }

    fn message(&mut self, _: &Place, raw: &[u8]) -> ControlFlow<()> {
        let current = self.current;
        let id = quick_id(raw);
        let wanted_by_chat = self.seen(current).is_some_and(|seen| {
            seen.has_messages = true;
            !seen.is_settled() || seen.beginning.is_none() || id.is_none_or(|id| seen.sampler.wants(id))
        });
        let wanted = wanted_by_chat || self.packed.is_none() || self.wanted.is_some() || self.manager.is_some();
        if let Some(row) = wanted.then(|| Row::read(raw)).flatten() {
            self.sample(&row);
            self.sender(row);
        }
        ControlFlow::Continue(())
    }

    fn problem(&mut self, _: &Place, _: Reason) {}

    fn progress(&mut self, read: u64) -> ControlFlow<()> {
        (self.on_progress)(read)
    }
}
