//! Events become pts and pushes. Who sees an event gets it on every link that wants updates, unless a fault says otherwise.

use grammers_tl_types::{Serializable, enums, types};

use crate::faults::PushFate;
use crate::link::{Packet, ToLink};
use crate::shape::{Parts, View};
use crate::state::State;
use crate::truth::Exposure;
use crate::world::timeline::Happening;
use crate::world::{Chat, Peer, UserId};

impl State {
    /// Something in an account's private chats and basic groups.
    pub(crate) fn happen_in_mailbox(&mut self, account: UserId, what: Happening) {
        let now = self.now();
        let event = self.world.account_mut(account).mailbox.record(what, now);
        let mut view = View::new(&self.world, account);
        let update = view.mailbox_update(&event);
        let short = if self.options.short_updates { short_form(&update) } else { None };
        let parts = view.finish();
        self.deliver(account, Push { short, ..Push::new(update, parts) });
    }

    /// Something in a channel: one pts for all, a push for each member.
    pub(crate) fn happen_in_channel(&mut self, channel: i64, what: Happening) {
        let now = self.now();
        let event = self.world.channel_mut(channel).timeline.record(what, now);
        for account in self.world.audience(Chat::Channel(channel)) {
            let mut view = View::new(&self.world, account);
            view.min_users = self.options.min_users;
            let update = view.channel_update(channel, &event);
            let parts = view.finish();
            self.deliver(account, Push { channel: Some(channel), ..Push::new(update, parts) });
        }
    }

    /// An update without a pts of its own, about these peers. It is part of later differences.
    pub(crate) fn happen_loosely(&mut self, account: UserId, update: enums::Update, about: &[Peer]) {
        let now = self.now();
        let own = self.world.account_mut(account);
        own.loose.push((now, update.clone()));
        own.seq += 1;
        let seq = own.seq;
        let mut view = View::new(&self.world, account);
        about.iter().for_each(|peer| view.refer(*peer));
        let parts = view.finish();
        self.deliver(account, Push { seq, ..Push::new(update, parts) });
    }

    /// An update that differences do not repeat from a list: noise, or what they make themselves (secret chats).
    pub(crate) fn happen_noisily(&mut self, account: UserId, update: enums::Update) {
        let parts = View::new(&self.world, account).finish();
        self.deliver(account, Push::new(update, parts));
    }

    fn deliver(&mut self, account: UserId, push: Push) {
        if let Some(bundle) = &mut self.bundle {
            return bundle.entry(account).or_default().push(push);
        }
        let Push { update, parts, short, channel, seq } = push;
        let Parts { users, chats, known, shown } = parts;
        let full = types::Updates { updates: vec![update], users, chats, date: self.date(), seq };
        let full = enums::Updates::Updates(full).to_bytes();
        self.send_to_all(account, &Sheet { full, short, known, shown, channel });
    }

    /// What happened while a bundle was open, in one `updatesCombined` for each account, the newest first.
    pub(crate) fn deliver_bundle(&mut self) {
        let bundle = self.bundle.take().unwrap_or_default();
        for (account, pushes) in bundle {
            let mut all = types::UpdatesCombined {
                updates: Vec::new(),
                users: Vec::new(),
                chats: Vec::new(),
                date: self.date(),
                seq_start: pushes.iter().map(|push| push.seq).find(|seq| *seq > 0).unwrap_or(0),
                seq: pushes.iter().map(|push| push.seq).max().unwrap_or(0),
            };
            let (mut known, mut shown) = (Vec::new(), Vec::new());
            for Push { update, parts, .. } in pushes.into_iter().rev() {
                all.updates.push(update);
                all.users.extend(parts.users.into_iter().filter(|user| !all.users.contains(user)).collect::<Vec<_>>());
                all.chats.extend(parts.chats.into_iter().filter(|chat| !all.chats.contains(chat)).collect::<Vec<_>>());
                known.extend(parts.known);
                shown.extend(parts.shown);
            }
            let full = enums::Updates::Combined(all).to_bytes();
            self.send_to_all(account, &Sheet { full, short: None, known, shown, channel: None });
        }
    }

    fn send_to_all(&mut self, account: UserId, sheet: &Sheet) {
        let ids: Vec<u64> = self.links.keys().copied().collect();
        for id in ids {
            let Some(key) = self.listening(id, account) else { continue };
            let key = self.keys.get_mut(&key).expect("a link's key");
            let body = match &sheet.short {
                Some(short) if key.knows.contains(&short.sender) => short.body.clone(),
                _ => sheet.full.clone(),
            };
            key.knows.extend(sheet.known.iter().copied());
            self.push(id, account, body, sheet.shown.clone(), sheet.channel);
        }
    }

    /// The key of a link that gets this account's updates.
    fn listening(&self, link: u64, account: UserId) -> Option<crate::keys::KeyId> {
        let link = self.links.get(&link)?;
        let id = link.key?;
        let key = self.keys.get(&id)?;
        let is_home = link.dc == self.world.account(account).home_dc;
        let is_fine = key.refusal.is_none() && !key.lost;
        (key.account == Some(account) && is_home && is_fine && link.wants_updates).then_some(id)
    }

    fn push(&mut self, id: u64, account: UserId, body: Vec<u8>, shown: Vec<Exposure>, channel: Option<i64>) {
        let fate = self.faults.plan(account).push_fate();
        let packet = Packet { body, is_answer: false, shown };
        let link = self.links.get_mut(&id).expect("an open link");
        match (fate, channel) {
            (PushFate::Lost, _) => {}
            (PushFate::Held, _) if link.held.is_none() => link.held = Some(packet),
            (PushFate::Cut, _) => _ = link.killed.send_replace(true),
            (PushFate::Hint, Some(channel)) => {
                let body = self.hint(channel, true);
                self.send(id, Packet { body, is_answer: false, shown: Vec::new() });
            }
            (PushFate::Doubled, _) => {
                self.send(id, packet.clone());
                self.send(id, packet);
            }
            (PushFate::Sent | PushFate::Held | PushFate::Hint, _) => self.send(id, packet),
        }
    }

    fn send(&mut self, id: u64, packet: Packet) {
        let Some(link) = self.links.get_mut(&id) else { return };
        _ = link.out.send(ToLink::Packet(packet));
        if let Some(held) = link.held.take() {
            _ = link.out.send(ToLink::Packet(held));
        }
    }

    fn hint(&self, channel: i64, with_pts: bool) -> Vec<u8> {
        let pts = with_pts.then(|| self.world.channel(channel).timeline.pts);
        let update = types::UpdateChannelTooLong { channel_id: channel, pts }.into();
        enums::Updates::UpdateShort(types::UpdateShort { update, date: self.date() }).to_bytes()
    }

    pub(crate) fn push_channel_hint(&mut self, account: UserId, channel: i64, with_pts: bool) {
        let body = self.hint(channel, with_pts);
        self.push_unfailing(account, &body);
    }

    /// A push that no planned fault touches.
    pub(crate) fn push_unfailing(&mut self, account: UserId, body: &[u8]) {
        for link in self.links_of(account).filter(|link| link.wants_updates) {
            _ = link.out.send(ToLink::Packet(Packet { body: body.to_vec(), is_answer: false, shown: Vec::new() }));
        }
    }

    /// Something for a key that nobody is signed in with: a scanned QR code.
    pub(crate) fn push_to_key(&mut self, key: crate::keys::KeyId, update: enums::Update) {
        let date = self.date();
        let body = enums::Updates::UpdateShort(types::UpdateShort { update, date }).to_bytes();
        for link in self.links.values_mut().filter(|link| link.key == Some(key)) {
            _ = link.out.send(ToLink::Packet(Packet { body: body.clone(), is_answer: false, shown: Vec::new() }));
        }
    }

    /// Deletes ids from where they stand and tells it: at most a hundred in one update, as clients delete.
    pub(crate) fn delete_ids(&mut self, account: Option<UserId>, peer: Peer, ids: &[i32]) {
        let now = self.now();
        for some in ids.chunks(100) {
            let timeline = match (account, peer) {
                (_, Peer::Channel(id)) => &mut self.world.channel_mut(id).timeline,
                (Some(account), _) => &mut self.world.account_mut(account).mailbox,
                (None, _) => panic!("a private chat stands in somebody's mailbox"),
            };
            let gone: Vec<i32> = some.iter().copied().filter(|id| timeline.remove(*id, now)).collect();
            if gone.is_empty() {
                continue;
            }
            match (account, peer) {
                (_, Peer::Channel(id)) => self.happen_in_channel(id, Happening::Delete(gone)),
                (Some(account), _) => self.happen_in_mailbox(account, Happening::Delete(gone)),
                (None, _) => {}
            }
        }
    }
}

/// One update on its way to an account.
pub(crate) struct Push {
    update: enums::Update,
    parts: Parts,
    short: Option<Short>,
    channel: Option<i64>,
    seq: i32,
}

impl Push {
    fn new(update: enums::Update, parts: Parts) -> Self {
        Self { update, parts, short: None, channel: None, seq: 0 }
    }
}

/// What every listening link of an account gets.
struct Sheet {
    full: Vec<u8>,
    short: Option<Short>,
    known: Vec<UserId>,
    shown: Vec<Exposure>,
    channel: Option<i64>,
}

/// A push in the short form, and whom the device must know to understand it.
struct Short {
    sender: UserId,
    body: Vec<u8>,
}

/// A plain new text of a private chat or basic group, as Telegram abbreviates it.
fn short_form(update: &enums::Update) -> Option<Short> {
    let enums::Update::NewMessage(new) = update else { return None };
    let enums::Message::Message(message) = &new.message else { return None };
    let is_plain = message.media.is_none() && message.fwd_from.is_none() && message.grouped_id.is_none();
    if !is_plain {
        return None;
    }
    match (&message.peer_id, &message.from_id) {
        (enums::Peer::User(peer), _) => Some(short_private(new, message, peer.user_id)),
        (enums::Peer::Chat(peer), Some(enums::Peer::User(from))) => Some(short_group(new, message, peer.chat_id, from.user_id)),
        _ => None,
    }
}

fn short_private(new: &types::UpdateNewMessage, message: &types::Message, peer: i64) -> Short {
    let short = types::UpdateShortMessage {
        out: message.out,
        mentioned: false,
        media_unread: false,
        silent: message.silent,
        id: message.id,
        user_id: peer,
        message: message.message.clone(),
        pts: new.pts,
        pts_count: new.pts_count,
        date: message.date,
        fwd_from: None,
        via_bot_id: None,
        reply_to: message.reply_to.clone(),
        entities: message.entities.clone(),
        ttl_period: message.ttl_period,
    };
    Short { sender: UserId(peer), body: enums::Updates::UpdateShortMessage(short).to_bytes() }
}

fn short_group(new: &types::UpdateNewMessage, message: &types::Message, chat_id: i64, from_id: i64) -> Short {
    let short = types::UpdateShortChatMessage {
        out: message.out,
        mentioned: false,
        media_unread: false,
        silent: message.silent,
        id: message.id,
        from_id,
        chat_id,
        message: message.message.clone(),
        pts: new.pts,
        pts_count: new.pts_count,
        date: message.date,
        fwd_from: None,
        via_bot_id: None,
        reply_to: message.reply_to.clone(),
        entities: message.entities.clone(),
        ttl_period: message.ttl_period,
    };
    Short { sender: UserId(from_id), body: enums::Updates::UpdateShortChatMessage(short).to_bytes() }
}
