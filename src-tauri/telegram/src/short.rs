//! New plain messages as Telegram abbreviates them, back in their full form.

use grammers_tl_types::{self as tl, Cursor, Deserializable, Serializable};

/// The fields that every message has; the rest is set by the caller.
pub(crate) fn bare(id: i32, peer: tl::enums::Peer, date: i32, text: &str) -> Option<tl::types::Message> {
    let mut bytes = Vec::new();
    let (flags, flags2) = (0_u32, 0_u32);
    flags.serialize(&mut bytes);
    flags2.serialize(&mut bytes);
    id.serialize(&mut bytes);
    peer.serialize(&mut bytes);
    date.serialize(&mut bytes);
    text.to_owned().serialize(&mut bytes);
    tl::types::Message::deserialize(&mut Cursor::from_slice(&bytes)).ok()
}

pub(crate) fn message(short: &tl::types::UpdateShortMessage) -> Option<tl::enums::Update> {
    let peer = tl::types::PeerUser { user_id: short.user_id }.into();
    let message = tl::types::Message {
        out: short.out,
        fwd_from: short.fwd_from.clone(),
        via_bot_id: short.via_bot_id,
        reply_to: short.reply_to.clone(),
        entities: short.entities.clone(),
        ttl_period: short.ttl_period,
        ..bare(short.id, peer, short.date, &short.message)?
    };
    Some(tl::types::UpdateNewMessage { message: message.into(), pts: short.pts, pts_count: short.pts_count }.into())
}

pub(crate) fn group_message(short: &tl::types::UpdateShortChatMessage) -> Option<tl::enums::Update> {
    let peer = tl::types::PeerChat { chat_id: short.chat_id }.into();
    let message = tl::types::Message {
        out: short.out,
        from_id: Some(tl::types::PeerUser { user_id: short.from_id }.into()),
        fwd_from: short.fwd_from.clone(),
        via_bot_id: short.via_bot_id,
        reply_to: short.reply_to.clone(),
        entities: short.entities.clone(),
        ttl_period: short.ttl_period,
        ..bare(short.id, peer, short.date, &short.message)?
    };
    Some(tl::types::UpdateNewMessage { message: message.into(), pts: short.pts, pts_count: short.pts_count }.into())
}
