//! Reading what is there: pages of a chat from new to old, and messages by id. Both tell what is *not* there, too: a
//! deleted message is missing from a page, and comes back empty by id.

use crate::limiter::Pace;
use crate::translate::{Context, Peers, Seen};
use crate::{Account, Error};
use grammers_tl_types as tl;
use letopis_model::{MessageId, PeerId, PeerKind, Source};
use std::collections::BTreeSet;
use tl::functions as f;

/// As many as Telegram gives at once.
pub const PAGE: usize = 100;

/// A page of history, newest first.
#[derive(Debug, Default)]
pub struct Page {
    pub seen: Vec<Seen>,
    /// Ids of everything on the page, unreadable ones included.
    pub ids: BTreeSet<MessageId>,
    /// How many messages the chat has in all, when Telegram says so.
    pub total: Option<u64>,
    /// There is nothing older.
    pub last: bool,
}

/// The answer to a question by ids.
#[derive(Debug, Default)]
pub struct Found {
    pub seen: Vec<Seen>,
    /// Asked for and certainly not there.
    pub absent: Vec<MessageId>,
}

struct Answer {
    messages: Vec<tl::enums::Message>,
    total: Option<u64>,
    whole: bool,
}

impl Account {
    /// Messages older than `before` (`None`: from the newest), at most a hundred.
    ///
    /// # Errors
    /// `UnknownPeer`, `Refused` (`CHANNEL_PRIVATE`: gone), and all of the network.
    pub async fn history(&self, chat: PeerId, before: Option<MessageId>) -> Result<Page, Error> {
        let offset_id = before.map_or(0, |id| i32::try_from(id.0).unwrap_or(i32::MAX));
        let request = f::messages::GetHistory {
            peer: self.input(chat)?,
            offset_id,
            offset_date: 0,
            add_offset: 0,
            limit: PAGE as i32,
            max_id: 0,
            min_id: 0,
            hash: 0,
        };
        let answer = self.answer(self.history_page(request).await?);
        // A server that answers with what was not asked for must not lead in a circle.
        let older = |m: &tl::enums::Message| offset_id == 0 || m.id() < offset_id;
        let messages: Vec<_> = answer.messages.into_iter().filter(older).collect();
        let mut page = Page { last: answer.whole || messages.is_empty(), total: answer.total, ..Page::default() };
        page.ids = messages.iter().map(|m| MessageId(i64::from(m.id()))).collect();
        page.seen = self.translated(&messages, chat);
        Ok(page)
    }

    /// Reads messages by their ids, at most a hundred of one chat.
    ///
    /// # Errors
    /// As [`Account::history`].
    pub async fn by_ids(&self, chat: PeerId, ids: &[MessageId]) -> Result<Found, Error> {
        let ids: Vec<i32> = ids.iter().filter_map(|id| i32::try_from(id.0).ok()).filter(|id| *id > 0).take(PAGE).collect();
        let id: Vec<tl::enums::InputMessage> = ids.iter().map(|id| tl::types::InputMessageId { id: *id }.into()).collect();
        let answer = match chat.kind {
            PeerKind::Channel => {
                let channel = self.peers(|peers| peers.input_channel(chat.id)).ok_or(Error::UnknownPeer)?;
                self.api().call(&f::channels::GetMessages { channel, id }, Pace::Bulk).await?
            }
            PeerKind::User | PeerKind::Group => self.api().call(&f::messages::GetMessages { id }, Pace::Bulk).await?,
        };
        let answer = self.answer(answer);
        let mut found = Found { seen: self.translated(&answer.messages, chat), absent: Vec::new() };
        let there: BTreeSet<i64> = found.seen.iter().map(|seen| seen.sighting.message.0).collect();
        // An id that comes back empty, as a message of another chat or not at all is not in this chat.
        found.absent = ids.iter().map(|id| MessageId(i64::from(*id))).filter(|id| !there.contains(&id.0)).collect();
        Ok(found)
    }

    /// Messages of `chat`; ids are unique in an account, so an answer may hold those of others.
    fn translated(&self, messages: &[tl::enums::Message], chat: PeerId) -> Vec<Seen> {
        self.peers(|peers: &Peers| {
            let context = Context { account: self.id(), peers, seen_at: self.now(), source: Source::Reconcile };
            let seen = messages.iter().filter_map(|message| context.message(message));
            seen.filter(|seen| seen.sighting.chat.peer() == chat).collect()
        })
    }

    fn answer(&self, answer: tl::enums::messages::Messages) -> Answer {
        use tl::enums::messages::Messages as M;
        let count = |count: i32| u64::try_from(count).ok();
        let (messages, users, chats, total, whole) = match answer {
            M::Messages(m) => {
                let total = u64::try_from(m.messages.len()).ok();
                (m.messages, m.users, m.chats, total, true)
            }
            M::Slice(m) => (m.messages, m.users, m.chats, count(m.count), false),
            M::ChannelMessages(m) => (m.messages, m.users, m.chats, count(m.count), false),
            M::NotModified(_) => return Answer { messages: Vec::new(), total: None, whole: true },
        };
        self.meet(&users, &chats);
        Answer { messages, total, whole }
    }
}
