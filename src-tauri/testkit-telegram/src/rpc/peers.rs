//! Who and what: resolving what a client names, and describing users, groups, channels, topics.

use grammers_tl_types::{Serializable, enums, functions, types};

use super::{Call, Refusal, Reply, bad_request};
use crate::shape::peers::{date, notify_settings, peer};
use crate::shape::{View, blank};
use crate::state::State;
use crate::world::places::ChannelKind;
use crate::world::{Peer, Topic, UserId, World};

/// What an `InputPeer` names, if this account may name it so.
pub(super) fn peer_of(world: &World, me: UserId, input: &enums::InputPeer) -> Result<Peer, Refusal> {
    match input {
        enums::InputPeer::PeerSelf => Ok(Peer::User(me.0)),
        enums::InputPeer::User(user) => known(world, me, user.user_id, user.access_hash).map(|()| Peer::User(user.user_id)),
        enums::InputPeer::Chat(chat) => {
            let group = world.groups.get(&chat.chat_id).ok_or_else(|| bad_request("PEER_ID_INVALID"))?;
            let belongs = group.members.contains(&me) || group.former.contains(&me);
            if belongs { Ok(Peer::Group(chat.chat_id)) } else { Err(bad_request("PEER_ID_INVALID")) }
        }
        enums::InputPeer::Channel(channel) => {
            let input = types::InputChannel { channel_id: channel.channel_id, access_hash: channel.access_hash };
            channel_of(world, me, &input.into()).map(Peer::Channel)
        }
        enums::InputPeer::Empty | enums::InputPeer::UserFromMessage(_) | enums::InputPeer::ChannelFromMessage(_) => {
            Err(bad_request("PEER_ID_INVALID"))
        }
    }
}

fn known(world: &World, me: UserId, id: i64, hash: i64) -> Result<(), Refusal> {
    let fits = world.users.contains_key(&UserId(id)) && hash == World::access_hash(me, id);
    if fits { Ok(()) } else { Err(bad_request("PEER_ID_INVALID")) }
}

pub(super) fn channel_of(world: &World, me: UserId, input: &enums::InputChannel) -> Result<i64, Refusal> {
    let enums::InputChannel::Channel(input) = input else { return Err(bad_request("CHANNEL_INVALID")) };
    let channel = world.channels.get(&input.channel_id).ok_or_else(|| bad_request("CHANNEL_INVALID"))?;
    if input.access_hash != World::access_hash(me, input.channel_id) {
        return Err(bad_request("CHANNEL_INVALID"));
    }
    if channel.deleted || !channel.members.contains(&me) {
        return Err(bad_request("CHANNEL_PRIVATE"));
    }
    Ok(input.channel_id)
}

fn user_of(world: &World, me: UserId, input: &enums::InputUser) -> Result<UserId, Refusal> {
    match input {
        enums::InputUser::UserSelf => Ok(me),
        enums::InputUser::User(user) => known(world, me, user.user_id, user.access_hash).map(|()| UserId(user.user_id)),
        enums::InputUser::Empty | enums::InputUser::FromMessage(_) => Err(bad_request("USER_ID_INVALID")),
    }
}

pub(super) fn get_users(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let asked: functions::users::GetUsers = call.read()?;
    let me = call.me()?;
    let mut view = View::new(&state.world, me);
    for input in &asked.id {
        view.refer_user(user_of(&state.world, me, input)?);
    }
    Ok(Reply::of(view.finish(), |users, _| users.to_bytes()))
}

pub(super) fn get_full_user(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let asked: functions::users::GetFullUser = call.read()?;
    let me = call.me()?;
    let user = user_of(&state.world, me, &asked.id)?;
    let mut view = View::new(&state.world, me);
    view.refer_user(user);
    let settings: enums::PeerSettings = blank!(types::PeerSettings; 0u32).into();
    let full = blank!(types::UserFull; 0u32, 0u32, user.0, settings, notify_settings(), 0i32);
    Ok(Reply::of(view.finish(), |users, chats| {
        enums::users::UserFull::Full(types::users::UserFull { full_user: full.into(), chats, users }).to_bytes()
    }))
}

fn chats(view: View<'_>) -> Reply {
    Reply::of(view.finish(), |_, chats| enums::messages::Chats::Chats(types::messages::Chats { chats }).to_bytes())
}

pub(super) fn get_chats(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let asked: functions::messages::GetChats = call.read()?;
    let mut view = View::new(&state.world, call.me()?);
    asked.id.iter().for_each(|id| view.refer(Peer::Group(*id)));
    Ok(chats(view))
}

pub(super) fn get_channels(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let asked: functions::channels::GetChannels = call.read()?;
    let me = call.me()?;
    let mut view = View::new(&state.world, me);
    for input in &asked.id {
        let id = match channel_of(&state.world, me, input) {
            Err(refusal) if refusal.name != "CHANNEL_PRIVATE" => return Err(refusal),
            _ => {
                if let enums::InputChannel::Channel(input) = input {
                    input.channel_id
                } else {
                    continue;
                }
            }
        };
        view.refer(Peer::Channel(id));
    }
    Ok(chats(view))
}

fn full(view: View<'_>, full_chat: enums::ChatFull) -> Reply {
    Reply::of(view.finish(), |users, chats| {
        enums::messages::ChatFull::Full(types::messages::ChatFull { full_chat, chats, users }).to_bytes()
    })
}

pub(super) fn get_full_chat(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let asked: functions::messages::GetFullChat = call.read()?;
    let me = call.me()?;
    let id = asked.chat_id;
    peer_of(&state.world, me, &types::InputPeerChat { chat_id: id }.into())?;
    let group = &state.world.groups[&id];
    let mut view = View::new(&state.world, me);
    view.refer(Peer::Group(id));
    group.members.iter().for_each(|member| view.refer_user(*member));
    let (inviter_id, joined) = (group.creator.0, date(group.date));
    let members = group
        .members
        .iter()
        .map(|member| types::ChatParticipant { user_id: member.0, inviter_id, date: joined, rank: None }.into());
    let participants = types::ChatParticipants { chat_id: id, participants: members.collect(), version: group.version };
    let participants: enums::ChatParticipants = participants.into();
    let made = blank!(types::ChatFull; 0u32, id, String::new(), participants, notify_settings());
    Ok(full(view, made.into()))
}

pub(super) fn get_full_channel(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let asked: functions::channels::GetFullChannel = call.read()?;
    let me = call.me()?;
    let id = channel_of(&state.world, me, &asked.channel)?;
    let channel = state.world.channel(id);
    let account = state.world.account(me);
    let at = Peer::Channel(id);
    let mut view = View::new(&state.world, me);
    view.refer(at);
    let mark = |marks: &std::collections::BTreeMap<Peer, i32>| marks.get(&at).copied().unwrap_or(0);
    let (inbox, outbox) = (mark(&account.read_inbox), mark(&account.read_outbox));
    let (photo, bots): (enums::Photo, Vec<enums::BotInfo>) = (types::PhotoEmpty { id: 0 }.into(), Vec::new());
    let (about, unread, pts) = (String::new(), view.unread(at, inbox), channel.timeline.pts);
    let mut made = blank!(types::ChannelFull; 0u32, 0u32, id, about, inbox, outbox, unread, photo, notify_settings(), bots, pts);
    made.participants_count = i32::try_from(channel.members.len()).ok();
    made.migrated_from_chat_id = channel.migrated_from;
    made.migrated_from_max_id = channel.migrated_from.map(|_| i32::MAX);
    Ok(full(view, made.into()))
}

pub(super) fn get_participants(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let asked: functions::channels::GetParticipants = call.read()?;
    let me = call.me()?;
    let id = channel_of(&state.world, me, &asked.channel)?;
    let channel = state.world.channel(id);
    if channel.is_broadcast() && channel.creator != me {
        return Err(bad_request("CHAT_ADMIN_REQUIRED"));
    }
    let mut view = View::new(&state.world, me);
    let window = |number: i32| usize::try_from(number).unwrap_or(0);
    let some: Vec<UserId> =
        channel.members.iter().skip(window(asked.offset)).take(window(asked.limit).min(200)).copied().collect();
    some.iter().for_each(|member| view.refer_user(*member));
    let joined = date(channel.date);
    let participants = some.iter().map(|member| {
        types::ChannelParticipant { user_id: member.0, date: joined, subscription_until_date: None, rank: None }.into()
    });
    let (participants, count) = (participants.collect(), i32::try_from(channel.members.len()).expect("a small channel"));
    Ok(Reply::of(view.finish(), |users, chats| {
        let answer = types::channels::ChannelParticipants { count, participants, chats, users };
        enums::channels::ChannelParticipants::Participants(answer).to_bytes()
    }))
}

pub(super) fn get_forum_topics(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let asked: functions::messages::GetForumTopics = call.read()?;
    let me = call.me()?;
    let Peer::Channel(id) = peer_of(&state.world, me, &asked.peer)? else { return Err(bad_request("CHANNEL_INVALID")) };
    let channel = state.world.channel(id);
    if channel.kind != ChannelKind::Forum {
        return Err(bad_request("CHANNEL_FORUM_MISSING"));
    }
    let mut view = View::new(&state.world, me);
    view.refer(Peer::Channel(id));
    let limit = usize::try_from(asked.limit).unwrap_or(0).clamp(1, 100);
    let after = channel.topics.range(asked.offset_topic.saturating_add(1)..).take(limit);
    let topics: Vec<_> = after.map(|(topic, title)| forum_topic(&mut view, id, *topic, title)).collect();
    let count = i32::try_from(channel.topics.len()).expect("few topics");
    let pts = channel.timeline.pts;
    Ok(Reply::of(view.finish(), |users, chats| {
        let messages = Vec::new();
        let answer = types::messages::ForumTopics { order_by_create_date: true, count, topics, messages, chats, users, pts };
        enums::messages::ForumTopics::Topics(answer).to_bytes()
    }))
}

fn forum_topic(view: &mut View<'_>, channel: i64, topic: i32, title: &str) -> enums::ForumTopic {
    let at = Peer::Channel(channel);
    let standing = view.world.standing(view.me, at);
    let top = standing.iter().find(|(_, said)| view.world.utterance(*said).topic == Some(Topic(topic)));
    let creator = view.world.channel(channel).creator;
    view.refer_user(creator);
    let made = types::ForumTopic {
        my: creator == view.me,
        closed: false,
        pinned: false,
        short: false,
        hidden: false,
        title_missing: false,
        id: topic,
        date: date(view.world.channel(channel).date),
        peer: peer(at),
        title: title.to_owned(),
        icon_color: 0x006f_b9f0,
        icon_emoji_id: None,
        top_message: top.map_or(topic, |(id, _)| *id),
        read_inbox_max_id: 0,
        read_outbox_max_id: 0,
        unread_count: 0,
        unread_mentions_count: 0,
        unread_reactions_count: 0,
        unread_poll_votes_count: 0,
        from_id: peer(Peer::User(creator.0)),
        notify_settings: notify_settings(),
        draft: None,
    };
    made.into()
}
