//! One message, or one thing done in a chat, to one `Sighting`.

use super::extra::Extra;
use super::media::{Carried, carried};
use super::{Context, Seen, action, peer_id, text};
use grammers_tl_types as tl;
use letopis_model::{Content, Direction, MessageId, MessageKind, PeerId, PeerKind, Reaction, ReplyTo, Sighting, Timestamp};
use serde_json::json;

pub fn read(message: &tl::enums::Message, context: &Context<'_>) -> Option<Seen> {
    match message {
        tl::enums::Message::Empty(_) => None,
        tl::enums::Message::Message(message) => Some(spoken(message, context)),
        tl::enums::Message::Service(message) => Some(done(message, context)),
    }
}

fn moment(seconds: i32) -> Option<Timestamp> {
    (seconds > 0).then(|| Timestamp(i64::from(seconds)))
}

/// Private chats name no sender: it is the other side or the account itself.
fn sender(from: Option<&tl::enums::Peer>, chat: PeerId, out: bool, context: &Context<'_>) -> PeerId {
    match from {
        Some(from) => peer_id(from),
        None if chat.kind == PeerKind::User && out => PeerId::user(context.account.0),
        None => chat,
    }
}

/// Notes to oneself are not marked as sent by oneself.
fn direction(out: bool, sender: PeerId, context: &Context<'_>) -> Direction {
    let own = out || sender == PeerId::user(context.account.0);
    if own { Direction::Out } else { Direction::In }
}

fn spoken(m: &tl::types::Message, context: &Context<'_>) -> Seen {
    let chat = peer_id(&m.peer_id);
    let sender = sender(m.from_id.as_ref(), chat, m.out, context);
    let mut extra = Extra::default();
    let marked = text::marked(&m.message, m.entities.as_deref().unwrap_or_default());
    if !marked.nested.is_empty() {
        extra.put("nested_links", json!(marked.nested));
    }
    let Carried { kind, media, file } = m.media.as_ref().map(|media| carried(media, &mut extra)).unwrap_or_default();
    around(m, &mut extra);
    let content = Content {
        kind,
        text: m.message.clone(),
        entities: marked.entities,
        media,
        service: None,
        reply_to: m.reply_to.as_ref().and_then(|reply| reply_to(reply, &mut extra)),
        forwarded_from: m.fwd_from.as_ref().and_then(|from| forwarded(from, context)),
        via_bot: m.via_bot_id.map(|bot| via(bot, context)),
        signature: m.post_author.clone(),
        extra: extra.into_json(),
    };
    let sighting = Sighting {
        chat: context.chat(chat),
        message: MessageId(i64::from(m.id)),
        sender: Some(sender),
        sender_name: context.peers.name(sender).map(str::to_owned),
        direction: direction(m.out, sender, context),
        sent_at: moment(m.date),
        // A hidden edit is none that a person made: buttons, counters, reactions.
        edited_at: m.edit_date.filter(|_| !m.edit_hide).and_then(moment),
        content,
        reactions: m.reactions.as_ref().map(reactions).unwrap_or_default(),
        seen_at: context.seen_at,
        source: context.source,
    };
    Seen { sighting, file }
}

/// What the export does not have, but a reader may want: the album, the topic, the timer.
fn around(m: &tl::types::Message, extra: &mut Extra) {
    if let Some(album) = m.grouped_id {
        extra.put("album", json!(album.to_string()));
    }
    if let Some(seconds) = m.ttl_period {
        extra.put("auto_delete_seconds", json!(seconds));
    }
}

fn reply_to(reply: &tl::enums::MessageReplyHeader, extra: &mut Extra) -> Option<ReplyTo> {
    let tl::enums::MessageReplyHeader::Header(reply) = reply else { return None };
    if reply.forum_topic {
        let topic = reply.reply_to_top_id.or(reply.reply_to_msg_id);
        topic.into_iter().for_each(|topic| extra.put("topic", json!(topic)));
    }
    extra.word("quote", reply.quote_text.as_deref());
    let message = MessageId(i64::from(reply.reply_to_msg_id?));
    Some(ReplyTo { peer: reply.reply_to_peer_id.as_ref().map(peer_id), message })
}

fn forwarded(from: &tl::enums::MessageFwdHeader, context: &Context<'_>) -> Option<String> {
    let tl::enums::MessageFwdHeader::Header(from) = from;
    let name = from.from_id.as_ref().and_then(|peer| context.peers.name(peer_id(peer)));
    name.map(str::to_owned).or_else(|| from.from_name.clone())
}

fn via(bot: i64, context: &Context<'_>) -> String {
    context.peers.name(PeerId::user(bot)).map_or_else(|| bot.to_string(), str::to_owned)
}

fn reactions(found: &tl::enums::MessageReactions) -> Vec<Reaction> {
    let tl::enums::MessageReactions::Reactions(found) = found;
    let one = |tl::enums::ReactionCount::Count(count): &tl::enums::ReactionCount| {
        let mark = match &count.reaction {
            tl::enums::Reaction::Emoji(emoji) => emoji.emoticon.clone(),
            tl::enums::Reaction::CustomEmoji(_) => "custom".to_owned(),
            tl::enums::Reaction::Paid => "paid".to_owned(),
            tl::enums::Reaction::Empty => return None,
        };
        Some(Reaction { mark, count: u32::try_from(count.count).ok()? })
    };
    found.results.iter().filter_map(one).collect()
}

fn done(m: &tl::types::MessageService, context: &Context<'_>) -> Seen {
    let chat = peer_id(&m.peer_id);
    let sender = sender(m.from_id.as_ref(), chat, m.out, context);
    let mut extra = Extra::default();
    let reply_to = m.reply_to.as_ref().and_then(|reply| reply_to(reply, &mut extra));
    let service = action::service(&m.action, reply_to.as_ref(), context);
    let content =
        Content { kind: MessageKind::Service, service: Some(service), reply_to, extra: extra.into_json(), ..Content::default() };
    let sighting = Sighting {
        chat: context.chat(chat),
        message: MessageId(i64::from(m.id)),
        sender: Some(sender),
        sender_name: context.peers.name(sender).map(str::to_owned),
        direction: direction(m.out, sender, context),
        sent_at: moment(m.date),
        edited_at: None,
        content,
        reactions: m.reactions.as_ref().map(reactions).unwrap_or_default(),
        seen_at: context.seen_at,
        source: context.source,
    };
    Seen { sighting, file: None }
}
