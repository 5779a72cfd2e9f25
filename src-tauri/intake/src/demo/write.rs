//! Drafts become changes: times, ids in order of time, and what was edited, deleted or vanished.

use super::calendar::Calendar;
use super::chat::VANISHED;
use super::people::{Client, EMPLOYEES};
use super::rng::Rng;
use super::scene::Draft;
use letopis_model::{
    AccountId, Change, ChatId, ChatType, Content, DeletionCause, Direction, MessageId, PeerId, ReplyTo, Sighting, Source,
    Timestamp,
};
use std::collections::BTreeMap;

const SOURCE: Source = Source::Demo;

/// A chat ready to be written.
pub struct Chat {
    pub client: Client,
    pub drafts: Vec<Draft>,
}

pub fn changes(chats: &[Chat], calendar: &Calendar) -> Vec<Change> {
    let mut changes: Vec<Change> = EMPLOYEES.iter().map(account).collect();
    changes.extend(EMPLOYEES.iter().map(|e| peer(e.id, e.name)));
    for chat in chats {
        changes.extend(known(&chat.client));
    }
    let mut timed = messages(chats, calendar);
    for chat in chats.iter().filter(|c| c.client.has("vanished")) {
        if let (Some(from), Some(to)) = (calendar.at(VANISHED.0), calendar.at(VANISHED.1)) {
            timed.push((to, Change::ChatVanished { chat: chat_id(&chat.client), from, to, source: SOURCE }));
        }
    }
    timed.sort_by_key(|(at, _)| *at);
    changes.extend(timed.into_iter().map(|(_, change)| change));
    changes
}

fn account(employee: &super::people::Employee) -> Change {
    Change::AccountSeen { account: AccountId(employee.id), manager: employee.name.to_owned(), source: SOURCE }
}

fn peer(id: i64, name: &str) -> Change {
    Change::PeerSeen { peer: PeerId::user(id), name: name.to_owned(), source: SOURCE }
}

/// A group with two managers is one shared chat; a person is a chat of one account.
fn chat_id(client: &Client) -> ChatId {
    if client.is_group() {
        return ChatId::new(None, PeerId::channel(1_900_000_000 + client.person.peer % 1_000_000));
    }
    let account = client.employees.first().map(|e| AccountId(e.id));
    ChatId::new(account, PeerId::user(client.person.peer))
}

fn known(client: &Client) -> Vec<Change> {
    let kind = if client.is_group() { ChatType::PrivateSupergroup } else { ChatType::PersonalChat };
    let title = Some(client.title.to_owned());
    let mut known = vec![Change::ChatSeen { chat: chat_id(client), kind, title, source: SOURCE }];
    known.push(peer(client.person.peer, &client.person.name));
    known.extend(client.colleague.iter().map(|c| peer(c.peer, &c.name)));
    known
}

struct Sent<'a> {
    at: Timestamp,
    chat: usize,
    client: &'a Client,
    draft: &'a Draft,
}

fn messages(chats: &[Chat], calendar: &Calendar) -> Vec<(Timestamp, Change)> {
    let mut sent: Vec<Sent<'_>> = Vec::new();
    for (number, chat) in chats.iter().enumerate() {
        for draft in &chat.drafts {
            let at = calendar.at(draft.at);
            sent.extend(at.map(|at| Sent { at, chat: number, client: &chat.client, draft }));
        }
    }
    sent.sort_by_key(|s| (s.at, s.chat, s.draft.key));
    let ids = ids(&sent);
    sent.iter().flat_map(|s| written(s, &ids, calendar)).collect()
}

type Ids = BTreeMap<(usize, u32), MessageId>;

/// Telegram counts a user's private messages in one row over all chats, and each supergroup by itself.
fn ids(sent: &[Sent<'_>]) -> Ids {
    let mut rng = Rng::new(77);
    let mut last: BTreeMap<(Option<AccountId>, Option<PeerId>), i64> = BTreeMap::new();
    let mut ids = Ids::new();
    for s in sent {
        let chat = chat_id(s.client);
        let row = if s.client.is_group() { (None, Some(chat.peer())) } else { (chat.account(), None) };
        let (start, gap) = if s.client.is_group() { (1, 1) } else { (31_400, rng.range(1, 3)) };
        let id = last.entry(row).or_insert(start);
        *id += gap;
        ids.insert((s.chat, s.draft.key), MessageId(*id));
    }
    ids
}

fn written(sent: &Sent<'_>, ids: &Ids, calendar: &Calendar) -> Vec<(Timestamp, Change)> {
    let draft = sent.draft;
    let Some(message) = ids.get(&(sent.chat, draft.key)).copied() else { return Vec::new() };
    let chat = chat_id(sent.client);
    let reply = draft.reply.and_then(|key| ids.get(&(sent.chat, key))).map(|id| ReplyTo { peer: None, message: *id });
    let sighting = |content: &Content, edited_at: Option<Timestamp>, seen_at| {
        Change::Posted(Box::new(Sighting {
            chat,
            message,
            sender: Some(PeerId::user(draft.sender.peer)),
            sender_name: Some(draft.sender.name.clone()),
            direction: if draft.ours { Direction::Out } else { Direction::In },
            sent_at: Some(sent.at),
            edited_at,
            content: Content { reply_to: reply.clone(), ..content.clone() },
            reactions: draft.reactions.clone(),
            seen_at,
            source: SOURCE,
        }))
    };
    let mut timed = vec![(sent.at, sighting(&draft.content, None, sent.at))];
    for (at, content) in &draft.edits {
        timed.extend(calendar.at(*at).map(|at| (at, sighting(content, Some(at), at))));
    }
    let gone = draft.gone.and_then(|(from, to)| Some((calendar.at(from)?, calendar.at(to)?)));
    if let Some((from, to)) = gone {
        let (cause, source) = (DeletionCause::Unknown, SOURCE);
        timed.push((to, Change::Deleted { chat, message, from, to, cause, source }));
    }
    timed
}
