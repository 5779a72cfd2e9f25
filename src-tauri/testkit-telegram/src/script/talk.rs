//! Talking: say, edit, delete, clear, read, pin.

use grammers_tl_types::{enums, types};

use super::draft::Draft;
use crate::shape::peers::peer;
use crate::state::State;
use crate::telegram::Telegram;
use crate::world::message::{Attached, Said, Utterance, Version};
use crate::world::timeline::Happening;
use crate::world::{Chat, Peer, Service, UserId};

impl State {
    pub(crate) fn send_now(&mut self, chat: Chat, from: UserId, draft: Draft) -> Said {
        let version = Version { text: draft.text, entities: draft.entities, media: draft.media, at: self.now(), edited: false };
        let utterance = Utterance {
            chat,
            from,
            date: self.now(),
            versions: vec![version],
            service: None,
            reply: draft.reply,
            topic: draft.topic,
            forwarded_from: draft.forwarded_from,
            grouped: draft.grouped,
            ttl: draft.ttl,
            reactions: Vec::new(),
            pinned: false,
            silent: draft.silent,
            deleted: None,
        };
        self.publish(utterance)
    }

    pub(crate) fn serve_notice(&mut self, chat: Chat, from: UserId, service: Service) -> Said {
        let version =
            Version { text: String::new(), entities: Vec::new(), media: Attached::Nothing, at: self.now(), edited: false };
        let utterance = Utterance {
            chat,
            from,
            date: self.now(),
            versions: vec![version],
            service: Some(service),
            reply: None,
            topic: None,
            forwarded_from: None,
            grouped: None,
            ttl: None,
            reactions: Vec::new(),
            pinned: false,
            silent: false,
            deleted: None,
        };
        self.publish(utterance)
    }

    /// Puts a message where it stands and tells those who see it.
    fn publish(&mut self, utterance: Utterance) -> Said {
        let chat = utterance.chat;
        let said = self.world.remember(utterance);
        if let Chat::Channel(id) = chat {
            let number = self.world.channel_mut(id).timeline.add(chat, said);
            self.happen_in_channel(id, Happening::New(number));
            return said;
        }
        for account in self.world.audience(chat) {
            let own = self.world.account_mut(account);
            own.dialogs.insert(chat);
            let number = own.mailbox.add(chat, said);
            self.happen_in_mailbox(account, Happening::New(number));
        }
        said
    }

    /// Ids under which a message stands: one per account, or one in a channel.
    fn copies(&self, said: Said) -> Vec<(Option<UserId>, Peer, i32)> {
        let chat = self.world.utterance(said).chat;
        if let Chat::Channel(id) = chat {
            let number = self.world.channel(id).timeline.id_of(said);
            return number.map(|number| (None, Peer::Channel(id), number)).into_iter().collect();
        }
        let accounts = self.world.accounts.iter();
        let copies = accounts.filter_map(|(account, own)| {
            let number = own.mailbox.id_of(said)?;
            Some((Some(*account), chat.peer_for(*account), number))
        });
        copies.collect()
    }

    fn change(&mut self, said: Said, text: Option<&str>, media: Option<Attached>) {
        let now = self.now();
        let utterance = self.world.utterance_mut(said);
        assert!(utterance.deleted.is_none(), "a deleted message cannot be edited");
        let mut version = utterance.latest().clone();
        version.text = text.map_or(version.text, str::to_owned);
        version.media = media.unwrap_or(version.media);
        (version.at, version.edited) = (now, true);
        utterance.versions.push(version);
        self.tell_edit(said);
    }

    pub(crate) fn tell_reaction(&mut self, said: Said) {
        for account in self.world.audience(self.world.utterance(said).chat) {
            let at = self.world.utterance(said).chat.peer_for(account);
            let reactions = crate::shape::message::reactions(self.world.utterance(said));
            let (Some(msg_id), Some(reactions)) = (self.world.timeline(account, at).id_of(said), reactions) else { continue };
            let (peer, top_msg_id, saved_peer_id) = (peer(at), None, None);
            let update = types::UpdateMessageReactions { peer, msg_id, top_msg_id, saved_peer_id, reactions: reactions.into() };
            self.happen_loosely(account, update.into(), &[at]);
        }
    }

    /// Tells an edit to all who still see the message.
    pub(crate) fn tell_edit(&mut self, said: Said) {
        for (account, peer, number) in self.copies(said) {
            match (account, peer) {
                (_, Peer::Channel(id)) => self.happen_in_channel(id, Happening::Edit(number)),
                (Some(account), _) if self.sees(account, number) => self.happen_in_mailbox(account, Happening::Edit(number)),
                _ => {}
            }
        }
    }

    fn sees(&self, account: UserId, number: i32) -> bool {
        self.world.account(account).mailbox.get(number).is_some_and(|kept| kept.deleted.is_none())
    }

    fn delete_all(&mut self, messages: &[Said]) {
        let now = self.now();
        let mut places: std::collections::BTreeMap<(Option<UserId>, Option<i64>), Vec<i32>> = std::collections::BTreeMap::new();
        for said in messages {
            self.world.utterance_mut(*said).deleted = Some(now);
            for (account, peer, number) in self.copies(*said) {
                let channel = if let Peer::Channel(id) = peer { Some(id) } else { None };
                places.entry((account, channel)).or_default().push(number);
            }
        }
        for ((account, channel), numbers) in places {
            // In a mailbox ids are deleted without saying where they stood; any private peer stands for it.
            let place = channel.map_or(Peer::User(0), Peer::Channel);
            self.delete_ids(account, place, &numbers);
        }
    }

    fn mark_read(&mut self, chat: Chat, reader: UserId, said: Said) {
        for account in self.world.audience(chat) {
            let at = chat.peer_for(account);
            let Some(up_to) = self.world.timeline(account, at).id_of(said) else { continue };
            let own = self.world.account_mut(account);
            let marks = if account == reader { &mut own.read_inbox } else { &mut own.read_outbox };
            let mark = marks.entry(at).or_default();
            if *mark >= up_to {
                continue;
            }
            *mark = up_to;
            self.tell_read(account, at, up_to, account == reader);
        }
    }

    fn tell_read(&mut self, account: UserId, at: Peer, up_to: i32, is_inbox: bool) {
        let Peer::Channel(channel_id) = at else {
            let what =
                if is_inbox { Happening::ReadInbox { peer: at, up_to } } else { Happening::ReadOutbox { peer: at, up_to } };
            return self.happen_in_mailbox(account, what);
        };
        let pts = self.world.channel(channel_id).timeline.pts;
        let still_unread_count = crate::shape::View::new(&self.world, account).unread(at, up_to);
        let update: enums::Update = if is_inbox {
            let folder_id = None;
            types::UpdateReadChannelInbox { folder_id, channel_id, max_id: up_to, still_unread_count, pts }.into()
        } else {
            types::UpdateReadChannelOutbox { channel_id, max_id: up_to }.into()
        };
        self.happen_loosely(account, update, &[at]);
    }

    fn pin_message(&mut self, said: Said, on: bool) {
        self.world.utterance_mut(said).pinned = on;
        for (account, peer, number) in self.copies(said) {
            let what = Happening::Pinned { peer, ids: vec![number], on };
            match (account, peer) {
                (_, Peer::Channel(id)) => self.happen_in_channel(id, what),
                (Some(account), _) => self.happen_in_mailbox(account, what),
                (None, _) => {}
            }
        }
    }
}

impl Telegram {
    pub fn say(&self, chat: Chat, who: UserId, text: &str) -> Said {
        self.send(chat, who, Draft::text(text))
    }

    pub fn send(&self, chat: Chat, who: UserId, draft: Draft) -> Said {
        self.with_state(|state| state.send_now(chat, who, draft))
    }

    pub fn service(&self, chat: Chat, who: UserId, service: Service) -> Said {
        self.with_state(|state| state.serve_notice(chat, who, service))
    }

    pub fn edit(&self, said: Said, text: &str) {
        self.with_state(|state| state.change(said, Some(text), None));
    }

    pub fn edit_media(&self, said: Said, media: crate::MediaId) {
        self.with_state(|state| state.change(said, None, Some(Attached::File(media))));
    }

    /// Deletes for everybody, all in one moment.
    pub fn delete(&self, messages: &[Said]) {
        self.with_state(|state| state.delete_all(messages));
    }

    /// Deletes in one account's view only.
    pub fn delete_for(&self, account: UserId, messages: &[Said]) {
        self.with_state(|state| {
            let numbers: Vec<i32> =
                messages.iter().filter_map(|said| state.world.account(account).mailbox.id_of(*said)).collect();
            state.delete_ids(Some(account), Peer::User(0), &numbers);
        });
    }

    /// Clears a history and takes the chat off the list, for everybody or for one.
    pub fn clear_history(&self, chat: Chat, by: UserId, for_all: bool) {
        self.with_state(|state| {
            let mut whose = state.world.audience(chat);
            whose.retain(|account| for_all || *account == by);
            for account in whose {
                let at = chat.peer_for(account);
                let numbers: Vec<i32> = state.world.standing(account, at).into_iter().map(|(id, _)| id).rev().collect();
                state.delete_ids(Some(account), at, &numbers);
                state.world.account_mut(account).dialogs.remove(&chat);
            }
        });
    }

    /// Somebody reads a chat up to a message.
    pub fn read(&self, chat: Chat, who: UserId, up_to: Said) {
        self.with_state(|state| state.mark_read(chat, who, up_to));
    }

    /// Pins a message, with the service message that says so.
    pub fn pin(&self, said: Said) {
        self.with_state(|state| {
            state.pin_message(said, true);
            let (chat, from) = (state.world.utterance(said).chat, state.world.utterance(said).from);
            state.serve_notice(chat, from, Service::Pinned);
        });
    }

    pub fn unpin(&self, said: Said) {
        self.with_state(|state| state.pin_message(said, false));
    }

    /// Messages of this chat vanish so many seconds after they are sent; 0: no more.
    pub fn ttl(&self, chat: Chat, who: UserId, seconds: i32) {
        self.with_state(|state| {
            state.serve_notice(chat, who, Service::Ttl(seconds));
            for account in state.world.audience(chat) {
                let at = chat.peer_for(account);
                let ttl_period = Some(seconds).filter(|seconds| *seconds > 0);
                let update = types::UpdatePeerHistoryTtl { peer: peer(at), ttl_period };
                state.happen_loosely(account, update.into(), &[at]);
            }
        });
    }

    /// The id under which an account sees a message.
    pub fn id_of(&self, said: Said, account: UserId) -> Option<i32> {
        self.look(|state| {
            let at = state.world.utterance(said).chat.peer_for(account);
            state.world.timeline(account, at).id_of(said)
        })
    }

    /// What stands in a chat for an account, newest first: id and text.
    pub fn history(&self, account: UserId, chat: Chat) -> Vec<(i32, String)> {
        self.look(|state| {
            let standing = state.world.standing(account, chat.peer_for(account)).into_iter();
            standing.map(|(id, said)| (id, state.world.utterance(said).latest().text.clone())).collect()
        })
    }

    /// Ids that something outside the script took: accounts never count without gaps.
    pub fn skip_ids(&self, account: UserId, count: i32) {
        self.with_state(|state| state.world.account_mut(account).mailbox.skip_ids(count));
    }
}
