//! Messages and their files as TL.

use grammers_tl_types::{enums, types};

use super::peers::{date, peer};
use super::{View, blank};
use crate::truth::Part;
use crate::world::media::{Media, MediaId, MediaKind};
use crate::world::message::{Attached, Said, Utterance};
use crate::world::{Chat, Peer, Service, World};

impl View<'_> {
    /// The message as it stands now.
    pub(crate) fn message(&mut self, id: i32, said: Said) -> enums::Message {
        let utterance = self.world.utterance(said);
        self.show(said, Part::Version(utterance.versions.len() - 1));
        self.refer(utterance.chat.peer_for(self.me));
        self.refer_user(utterance.from);
        if let Some(user) = utterance.forwarded_from {
            self.refer_user(user);
        }
        match &utterance.service {
            Some(service) => self.service(id, utterance, service),
            None => self.plain(id, utterance),
        }
    }

    /// What by-id answers of an id that does not stand. A deleted one tells so by it.
    pub(crate) fn empty(&mut self, id: i32, deleted: Option<Said>) -> enums::Message {
        if let Some(said) = deleted {
            self.show(said, Part::Deletion);
        }
        types::MessageEmpty { id, peer_id: None }.into()
    }

    /// Private chats name no sender, posts of a channel none either.
    fn sender(&self, utterance: &Utterance) -> Option<enums::Peer> {
        let is_post = self.is_post(utterance);
        let names = !is_post && !matches!(utterance.chat, Chat::Private(..));
        names.then(|| peer(Peer::User(utterance.from.0)))
    }

    fn is_post(&self, utterance: &Utterance) -> bool {
        matches!(utterance.chat, Chat::Channel(id) if self.world.channel(id).is_broadcast())
    }

    fn plain(&self, id: i32, utterance: &Utterance) -> enums::Message {
        let version = utterance.latest();
        let at = peer(utterance.chat.peer_for(self.me));
        let mut made = blank!(types::Message; 0u32, 0u32, id, at, date(utterance.date), version.text);
        made.from_id = self.sender(utterance);
        made.out = utterance.from == self.me;
        made.post = self.is_post(utterance);
        made.silent = utterance.silent;
        made.pinned = utterance.pinned;
        made.reply_to = self.reply(utterance);
        made.fwd_from = utterance.forwarded_from.map(|user| {
            let mut header = blank!(types::MessageFwdHeader; 0u32, date(utterance.date));
            header.from_id = Some(peer(Peer::User(user.0)));
            header.into()
        });
        made.media = attached(self.world, &version.media);
        made.entities = Some(version.entities.clone()).filter(|entities| !entities.is_empty());
        made.edit_date = version.edited.then(|| date(version.at));
        made.grouped_id = utterance.grouped;
        made.reactions = reactions(utterance).map(Into::into);
        made.ttl_period = utterance.ttl;
        made.into()
    }

    fn service(&self, id: i32, utterance: &Utterance, service: &Service) -> enums::Message {
        let at = peer(utterance.chat.peer_for(self.me));
        let mut made = blank!(types::MessageService; 0u32, id, at, date(utterance.date), action(service));
        made.from_id = self.sender(utterance);
        made.out = utterance.from == self.me;
        made.post = self.is_post(utterance);
        made.reply_to = self.reply(utterance);
        made.ttl_period = utterance.ttl;
        made.into()
    }

    fn reply(&self, utterance: &Utterance) -> Option<enums::MessageReplyHeader> {
        let at = utterance.chat.peer_for(self.me);
        let reply = utterance.reply.and_then(|said| self.world.timeline(self.me, at).id_of(said));
        let topic = utterance.topic.map(|topic| topic.0);
        let mut header = blank!(types::MessageReplyHeader; 0u32);
        header.forum_topic = topic.is_some();
        header.reply_to_msg_id = reply.or(topic);
        header.reply_to_top_id = topic.filter(|_| reply.is_some());
        header.reply_to_msg_id.is_some().then(|| header.into())
    }
}

/// Who reacted how, counted.
pub(crate) fn reactions(utterance: &Utterance) -> Option<types::MessageReactions> {
    let mut counts = std::collections::BTreeMap::<&str, i32>::new();
    utterance.reactions.iter().for_each(|(_, emoji)| *counts.entry(emoji).or_default() += 1);
    if counts.is_empty() {
        return None;
    }
    let count = |(emoji, count): (&str, i32)| {
        let reaction = types::ReactionEmoji { emoticon: emoji.to_owned() }.into();
        enums::ReactionCount::Count(types::ReactionCount { chosen_order: None, reaction, count })
    };
    let results: Vec<enums::ReactionCount> = counts.into_iter().map(count).collect();
    Some(blank!(types::MessageReactions; 0u32, results))
}

fn action(service: &Service) -> enums::MessageAction {
    let ids = |users: &[crate::world::UserId]| users.iter().map(|user| user.0).collect();
    match service {
        Service::Created(title) => types::MessageActionChatCreate { title: title.clone(), users: Vec::new() }.into(),
        Service::Title(title) => types::MessageActionChatEditTitle { title: title.clone() }.into(),
        Service::Added(users) => types::MessageActionChatAddUser { users: ids(users) }.into(),
        Service::Left(user) => types::MessageActionChatDeleteUser { user_id: user.0 }.into(),
        Service::Pinned => enums::MessageAction::PinMessage,
        Service::Ttl(period) => types::MessageActionSetMessagesTtl { period: *period, auto_setting_from: None }.into(),
        Service::Topic(title) => {
            let (title, icon_color) = (title.clone(), 0x006f_b9f0);
            types::MessageActionTopicCreate { title_missing: false, title, icon_color, icon_emoji_id: None }.into()
        }
        Service::MigratedTo(channel_id) => types::MessageActionChatMigrateTo { channel_id: *channel_id }.into(),
        Service::MigratedFrom(chat_id, title) => {
            types::MessageActionChannelMigrateFrom { title: title.clone(), chat_id: *chat_id }.into()
        }
        Service::Call { seconds } => {
            types::MessageActionPhoneCall { video: false, call_id: 1, reason: None, duration: *seconds }.into()
        }
        Service::HistoryCleared => enums::MessageAction::HistoryClear,
    }
}

fn attached(world: &World, attached: &Attached) -> Option<enums::MessageMedia> {
    let file = |id: MediaId, ttl| media(id, &world.media[id.0], world.reference_epoch, ttl);
    match attached {
        Attached::Nothing => None,
        Attached::File(id) => Some(file(*id, None)),
        Attached::Once(id, seconds) => Some(file(*id, Some(*seconds))),
        Attached::Raw(media) => Some((**media).clone()),
    }
}

fn media(id: MediaId, media: &Media, epoch: u32, ttl: Option<i32>) -> enums::MessageMedia {
    if matches!(media.kind, MediaKind::Photo) {
        let mut made = blank!(types::MessageMediaPhoto; 0u32);
        made.photo = Some(photo(id, media, epoch));
        made.ttl_seconds = ttl;
        return made.into();
    }
    let mut made = blank!(types::MessageMediaDocument; 0u32);
    made.document = Some(document(id, media, epoch));
    made.voice = matches!(media.kind, MediaKind::Voice { .. });
    made.round = matches!(media.kind, MediaKind::RoundVideo { .. });
    made.video = matches!(media.kind, MediaKind::Video { .. } | MediaKind::RoundVideo { .. });
    made.ttl_seconds = ttl;
    made.into()
}

fn size(media: &Media) -> i32 {
    i32::try_from(media.bytes.len()).expect("a small file")
}

fn photo(id: MediaId, media: &Media, epoch: u32) -> enums::Photo {
    let small = types::PhotoSize { r#type: "m".into(), w: 320, h: 240, size: size(media).min(100) };
    let large = types::PhotoSize { r#type: "y".into(), w: 1280, h: 960, size: size(media) };
    let made = types::Photo {
        has_stickers: false,
        id: id.wire(),
        access_hash: id.access_hash(),
        file_reference: id.reference(epoch),
        date: date(media.date),
        sizes: vec![small.into(), large.into()],
        video_sizes: None,
        dc_id: media.dc,
    };
    made.into()
}

fn document(id: MediaId, media: &Media, epoch: u32) -> enums::Document {
    let (mime_type, attributes) = describe(&media.kind);
    let made = types::Document {
        id: id.wire(),
        access_hash: id.access_hash(),
        file_reference: id.reference(epoch),
        date: date(media.date),
        mime_type,
        size: i64::from(size(media)),
        thumbs: None,
        video_thumbs: None,
        dc_id: media.dc,
        attributes,
    };
    made.into()
}

fn describe(kind: &MediaKind) -> (String, Vec<enums::DocumentAttribute>) {
    match kind {
        MediaKind::Photo => ("image/jpeg".into(), Vec::new()),
        MediaKind::File { name, mime } => {
            (mime.clone(), vec![types::DocumentAttributeFilename { file_name: name.clone() }.into()])
        }
        MediaKind::Voice { seconds } => {
            let audio = types::DocumentAttributeAudio {
                voice: true,
                duration: *seconds,
                title: None,
                performer: None,
                waveform: Some(vec![7; 63]),
            };
            ("audio/ogg".into(), vec![audio.into()])
        }
        MediaKind::RoundVideo { seconds } => ("video/mp4".into(), vec![video(*seconds, true)]),
        MediaKind::Video { seconds } => ("video/mp4".into(), vec![video(*seconds, false)]),
        MediaKind::Sticker { emoji } => {
            let stickerset = enums::InputStickerSet::Empty;
            let sticker = types::DocumentAttributeSticker { mask: false, alt: emoji.clone(), stickerset, mask_coords: None };
            ("image/webp".into(), vec![sticker.into()])
        }
    }
}

fn video(seconds: i32, round: bool) -> enums::DocumentAttribute {
    let (w, h) = if round { (384, 384) } else { (1280, 720) };
    let mut made = blank!(types::DocumentAttributeVideo; 0u32, f64::from(seconds), w, h);
    made.round_message = round;
    made.into()
}
