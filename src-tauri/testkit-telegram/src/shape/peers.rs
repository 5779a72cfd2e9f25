//! Users, groups and channels as TL, with the access hashes of the account that looks.

use grammers_tl_types::{enums, types};

use super::blank;
use crate::world::places::{Channel, ChannelKind, Group};
use crate::world::{Peer, UserId, World};

pub(crate) fn peer(peer: Peer) -> enums::Peer {
    match peer {
        Peer::User(user_id) => types::PeerUser { user_id }.into(),
        Peer::Group(chat_id) => types::PeerChat { chat_id }.into(),
        Peer::Channel(channel_id) => types::PeerChannel { channel_id }.into(),
    }
}

pub(crate) fn input_peer(me: UserId, peer: Peer) -> enums::InputPeer {
    match peer {
        Peer::User(id) => types::InputPeerUser { user_id: id, access_hash: World::access_hash(me, id) }.into(),
        Peer::Group(chat_id) => types::InputPeerChat { chat_id }.into(),
        Peer::Channel(id) => types::InputPeerChannel { channel_id: id, access_hash: World::access_hash(me, id) }.into(),
    }
}

pub(crate) fn user(world: &World, me: UserId, id: UserId) -> enums::User {
    let Some(person) = world.users.get(&id) else { return types::UserEmpty { id: id.0 }.into() };
    let mut user = blank!(types::User; 0u32, 0u32, id.0);
    user.is_self = id == me;
    user.access_hash = Some(World::access_hash(me, id.0));
    user.deleted = person.deleted;
    user.bot = person.bot;
    user.bot_info_version = person.bot.then_some(1);
    if person.deleted {
        return user.into();
    }
    let is_contact = world.accounts.get(&me).is_some_and(|account| account.contacts.contains(&id));
    user.contact = is_contact;
    user.first_name = Some(person.first_name.clone());
    user.last_name = Some(person.last_name.clone()).filter(|name| !name.is_empty());
    user.username = person.username.clone();
    user.phone = person.phone.clone().filter(|_| id == me || is_contact).map(|phone| phone.trim_start_matches('+').to_owned());
    user.into()
}

/// As a stranger of a channel comes: a name, and a hash that opens nothing (core.telegram.org/api/min).
pub(crate) fn min_user(world: &World, id: UserId) -> enums::User {
    let enums::User::User(mut user) = user(world, UserId(0), id) else { return types::UserEmpty { id: id.0 }.into() };
    user.min = true;
    user.access_hash = Some(0x0bad);
    user.phone = None;
    user.into()
}

/// `None` for a chat that is none (a user).
pub(crate) fn chat(world: &World, me: UserId, peer: Peer) -> Option<enums::Chat> {
    match peer {
        Peer::User(_) => None,
        Peer::Group(id) => Some(group(world, me, id, world.groups.get(&id)?)),
        Peer::Channel(id) => Some(channel(me, id, world.channels.get(&id)?)),
    }
}

fn group(world: &World, me: UserId, id: i64, group: &Group) -> enums::Chat {
    if !group.members.contains(&me) && !group.former.contains(&me) {
        return types::ChatForbidden { id, title: group.title.clone() }.into();
    }
    let photo = enums::ChatPhoto::Empty;
    let count = i32::try_from(group.members.len()).expect("a small group");
    let mut chat = blank!(types::Chat; 0u32, id, group.title, photo, count, date(group.date), group.version);
    chat.creator = group.creator == me;
    chat.left = !group.members.contains(&me);
    chat.deactivated = group.deactivated;
    chat.migrated_to = group.migrated_to.map(|id| {
        let access_hash = World::access_hash(me, id);
        types::InputChannel { channel_id: id, access_hash }.into()
    });
    debug_assert!(world.groups.contains_key(&id));
    chat.into()
}

fn channel(me: UserId, id: i64, channel: &Channel) -> enums::Chat {
    let access_hash = World::access_hash(me, id);
    if channel.deleted || !channel.members.contains(&me) {
        let title = channel.title.clone();
        let (broadcast, megagroup) = (channel.is_broadcast(), !channel.is_broadcast());
        return types::ChannelForbidden { broadcast, megagroup, monoforum: false, id, access_hash, title, until_date: None }
            .into();
    }
    let photo = enums::ChatPhoto::Empty;
    let mut made = blank!(types::Channel; 0u32, 0u32, id, channel.title, photo, date(channel.date));
    made.access_hash = Some(access_hash);
    made.creator = channel.creator == me;
    made.broadcast = channel.is_broadcast();
    made.megagroup = !channel.is_broadcast();
    made.forum = channel.kind == ChannelKind::Forum;
    made.participants_count = i32::try_from(channel.members.len()).ok();
    made.into()
}

/// A Unix second as TL has it.
pub(crate) fn date(seconds: i64) -> i32 {
    i32::try_from(seconds).expect("a date before 2038")
}

pub(crate) fn notify_settings() -> enums::PeerNotifySettings {
    blank!(types::PeerNotifySettings; 0u32).into()
}
