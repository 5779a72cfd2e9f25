//! One update to what it says about chats, and to the step it makes in a position. Updates of no interest (typing, online,
//! stickers) say nothing but may still make a step.

use super::{Context, Seen, peer_id};
use crate::boxes::{Key, Step};
use grammers_tl_types as tl;
use letopis_model::{ChatId, Direction, MessageId, PeerId, PeerKind};
use tl::enums::Update as U;

/// What an update tells.
#[derive(Debug)]
pub enum Heard {
    Message(Box<Seen>),
    /// `chat` is `None` where ids are unique in the account: private chats and basic groups.
    Deleted {
        chat: Option<ChatId>,
        ids: Vec<MessageId>,
    },
    Read {
        chat: ChatId,
        direction: Direction,
        up_to: MessageId,
    },
    /// Only the reactions of this message changed: it must be read again.
    Touched {
        chat: ChatId,
        message: MessageId,
    },
    /// Everything up to this message is no longer shown to the account.
    Hidden {
        chat: ChatId,
        up_to: MessageId,
    },
    /// Something about the membership of this chat changed.
    Membership(PeerId),
    Folders,
    LoginToken,
}

pub fn read(update: &U, context: &Context<'_>) -> Option<Heard> {
    let seen = |message| context.message(message).map(|seen| Heard::Message(Box::new(seen)));
    let channel = |id| context.chat(PeerId::channel(id));
    let ids = |ids: &[i32]| ids.iter().map(|id| MessageId(i64::from(*id))).collect();
    let read = |chat, direction, id| Some(Heard::Read { chat, direction, up_to: MessageId(i64::from(id)) });
    match update {
        U::NewMessage(u) => seen(&u.message),
        U::NewChannelMessage(u) => seen(&u.message),
        U::EditMessage(u) => seen(&u.message),
        U::EditChannelMessage(u) => seen(&u.message),
        U::DeleteMessages(u) => Some(Heard::Deleted { chat: None, ids: ids(&u.messages) }),
        U::DeleteChannelMessages(u) => Some(Heard::Deleted { chat: Some(channel(u.channel_id)), ids: ids(&u.messages) }),
        U::ReadHistoryInbox(u) => read(context.chat(peer_id(&u.peer)), Direction::In, u.max_id),
        U::ReadHistoryOutbox(u) => read(context.chat(peer_id(&u.peer)), Direction::Out, u.max_id),
        U::ReadChannelInbox(u) => read(channel(u.channel_id), Direction::In, u.max_id),
        U::ReadChannelOutbox(u) => read(channel(u.channel_id), Direction::Out, u.max_id),
        U::MessageReactions(u) => {
            Some(Heard::Touched { chat: context.chat(peer_id(&u.peer)), message: MessageId(i64::from(u.msg_id)) })
        }
        U::ChannelAvailableMessages(u) => {
            Some(Heard::Hidden { chat: channel(u.channel_id), up_to: MessageId(i64::from(u.available_min_id)) })
        }
        U::Channel(u) => Some(Heard::Membership(PeerId::channel(u.channel_id))),
        U::Chat(u) => Some(Heard::Membership(PeerId::group(u.chat_id))),
        U::DialogFilter(_) | U::DialogFilters | U::DialogFilterOrder(_) => Some(Heard::Folders),
        U::LoginToken => Some(Heard::LoginToken),
        _ => None,
    }
}

/// Where the update stands. A zero position is Telegram's way to say that it stands nowhere.
pub fn step(update: &U) -> Option<Step> {
    let common = |pts, count| Step { key: Key::Common, pts, count };
    let channel = |id, pts, count| Step { key: Key::Channel(id), pts, count };
    let secondary = |qts| Step { key: Key::Secondary, pts: qts, count: 1 };
    let found = match update {
        // Which sequence a message belongs to is a matter of its chat, whatever the update is called.
        U::NewMessage(u) => of_message(&u.message, u.pts, u.pts_count)?,
        U::EditMessage(u) => of_message(&u.message, u.pts, u.pts_count)?,
        U::NewChannelMessage(u) => of_channel_message(&u.message, u.pts, u.pts_count)?,
        U::EditChannelMessage(u) => of_channel_message(&u.message, u.pts, u.pts_count)?,
        U::DeleteMessages(u) => common(u.pts, u.pts_count),
        U::DeleteChannelMessages(u) => channel(u.channel_id, u.pts, u.pts_count),
        U::ReadHistoryInbox(u) => common(u.pts, u.pts_count),
        U::ReadHistoryOutbox(u) => common(u.pts, u.pts_count),
        U::ReadChannelInbox(u) => channel(u.channel_id, u.pts, 0),
        U::WebPage(u) => common(u.pts, u.pts_count),
        U::ReadMessagesContents(u) => common(u.pts, u.pts_count),
        U::ChannelWebPage(u) => channel(u.channel_id, u.pts, u.pts_count),
        U::FolderPeers(u) => common(u.pts, u.pts_count),
        U::PinnedMessages(u) => common(u.pts, u.pts_count),
        U::PinnedChannelMessages(u) => channel(u.channel_id, u.pts, u.pts_count),
        U::NewEncryptedMessage(u) => secondary(u.qts),
        U::ChatParticipant(u) => secondary(u.qts),
        U::ChannelParticipant(u) => secondary(u.qts),
        U::BotStopped(u) => secondary(u.qts),
        U::BotChatInviteRequester(u) => secondary(u.qts),
        _ => return None,
    };
    (found.pts > 0).then_some(found)
}

fn message_peer(message: &tl::enums::Message) -> Option<PeerId> {
    match message {
        tl::enums::Message::Empty(m) => m.peer_id.as_ref().map(peer_id),
        tl::enums::Message::Message(m) => Some(peer_id(&m.peer_id)),
        tl::enums::Message::Service(m) => Some(peer_id(&m.peer_id)),
    }
}

fn of_message(message: &tl::enums::Message, pts: i32, count: i32) -> Option<Step> {
    match message_peer(message) {
        Some(peer) if peer.kind == PeerKind::Channel => Some(Step { key: Key::Channel(peer.id), pts, count }),
        _ => Some(Step { key: Key::Common, pts, count }),
    }
}

/// An empty channel message does not say of which channel; the next one will show a hole.
fn of_channel_message(message: &tl::enums::Message, pts: i32, count: i32) -> Option<Step> {
    let peer = message_peer(message)?;
    of_message(message, pts, count).filter(|_| peer.kind == PeerKind::Channel)
}
