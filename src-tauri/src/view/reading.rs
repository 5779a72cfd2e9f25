//! Chats and messages.

use super::keep::{count, seconds};
use super::{
    Anchor, ChatKind, ChatRow, DeletionView, Direction, EntityView, Interval, Manager, Mark, MediaState, MediaView, MessageView,
    Page, ReactionView, ReplyView, ServiceView, VersionView,
};
use crate::commands::link;
use letopis_engine::model::{ChatType, Content, Media, Message, MessageLink, Timestamp};
use letopis_engine::{
    ChatFindings, ChatOverview, Failure, ManagerRecord, OpenArchive, VersionRecord, attached_line, service_detail,
};

/// Characters of a message in a list row or a reply's preview.
const PREVIEW: usize = 160;
/// Longer names are cut: a megabyte of name is an attack on the list, not a name.
pub const NAME: usize = 300;

pub fn cut(text: &str, limit: usize) -> String {
    text.chars().take(limit).collect()
}

impl From<letopis_engine::model::Direction> for Direction {
    fn from(direction: letopis_engine::model::Direction) -> Self {
        match direction {
            letopis_engine::model::Direction::In => Direction::In,
            letopis_engine::model::Direction::Out => Direction::Out,
        }
    }
}

impl From<Direction> for letopis_engine::model::Direction {
    fn from(direction: Direction) -> Self {
        match direction {
            Direction::In => letopis_engine::model::Direction::In,
            Direction::Out => letopis_engine::model::Direction::Out,
        }
    }
}

impl Manager {
    pub fn of(manager: Option<&ManagerRecord>) -> Self {
        manager.map_or(Manager { id: String::new(), name: String::new() }, |m| Manager {
            id: m.account.0.to_string(),
            name: cut(&m.name, NAME),
        })
    }
}

pub fn chat_kind(kind: ChatType) -> ChatKind {
    match kind {
        ChatType::SavedMessages => ChatKind::Saved,
        ChatType::BotChat | ChatType::VerificationCodes => ChatKind::Bot,
        ChatType::PersonalChat | ChatType::Replies | ChatType::Unknown => ChatKind::Person,
        ChatType::PrivateGroup | ChatType::PrivateSupergroup | ChatType::PublicSupergroup => ChatKind::Group,
        ChatType::PrivateChannel | ChatType::PublicChannel => ChatKind::Channel,
    }
}

/// What a list shows of a message: its text, or the name of its file.
pub fn preview(content: &Content) -> String {
    if content.text.is_empty() {
        let line = attached_line(content);
        if !line.is_empty() {
            return cut(&line, PREVIEW);
        }
        let file = content.media.as_ref().and_then(|m| m.file_name.as_deref().or(m.emoji.as_deref()));
        return cut(file.unwrap_or(""), PREVIEW);
    }
    cut(&content.text, PREVIEW)
}

impl From<ChatOverview> for ChatRow {
    fn from(chat: ChatOverview) -> Self {
        let record = chat.record;
        let (open, late) = chat.findings.as_ref().map_or((0, 0), |f| f.owed());
        let last = chat.last;
        ChatRow {
            id: record.chat.to_string(),
            title: if record.title.is_empty() { record.chat.peer().to_string() } else { cut(&record.title, NAME) },
            kind: chat_kind(record.kind),
            manager: Manager::of(if chat.managers.len() == 1 { chat.managers.first() } else { None }),
            managers: chat.managers.iter().map(|m| m.account.0.to_string()).collect(),
            messages: count(record.messages),
            deleted: count(record.deleted),
            edited: count(record.edited),
            first_at: record.first_at.map(seconds),
            last_at: record.last_at.map(seconds),
            vanished: record.vanished.map(|(from, to)| Interval { from: seconds(from), to: seconds(to) }),
            last_text: last.as_ref().map_or(String::new(), |m| preview(&m.content)),
            last_kind: last.as_ref().map_or(String::new(), |m| m.content.kind.name().to_owned()),
            last_direction: last.as_ref().map_or(Direction::In, |m| m.direction.into()),
            last_sender: last.as_ref().map_or(String::new(), |m| cut(&m.sender_name, NAME)),
            waiting_since: chat.findings.as_ref().and_then(|f| f.waiting_since).map(seconds),
            open_promises: count(open),
            late_promises: count(late),
        }
    }
}

impl Anchor {
    /// Whether somebody goes to a place in the chat; the others only scroll on from where he is.
    pub fn opens(&self) -> bool {
        match self {
            Anchor::First | Anchor::Last | Anchor::Around { .. } | Anchor::Date { .. } => true,
            Anchor::Before { .. } | Anchor::After { .. } => false,
        }
    }

    pub fn resolve(self) -> Result<letopis_engine::Anchor, Failure> {
        Ok(match self {
            Anchor::First => letopis_engine::Anchor::First,
            Anchor::Last => letopis_engine::Anchor::Last,
            Anchor::Around { link: text } => letopis_engine::Anchor::Around(link(&text)?.message),
            Anchor::Before { link: text } => letopis_engine::Anchor::Before(link(&text)?.message),
            Anchor::After { link: text } => letopis_engine::Anchor::After(link(&text)?.message),
            Anchor::Date { at_seconds } => letopis_engine::Anchor::Date(Timestamp(i64::from(at_seconds))),
        })
    }
}

impl Page {
    pub fn of(archive: &OpenArchive, page: letopis_engine::Page) -> Result<Self, Failure> {
        let chat = page.messages.first().map(|m| m.link.chat);
        let found = chat.map(|chat| archive.chat_findings(chat)).transpose()?;
        let messages = page.messages.into_iter().map(|m| MessageView::of(archive, m, found.as_deref()));
        Ok(Page {
            messages: messages.collect::<Result<_, _>>()?,
            has_before: page.has_before,
            has_after: page.has_after,
            focus: page.focus.map(|link| link.to_string()),
        })
    }
}

fn marks(link: &MessageLink, found: &ChatFindings) -> Vec<Mark> {
    let sets = [
        (&found.promises, Mark::Promise),
        (&found.questions, Mark::Question),
        (&found.requests, Mark::Request),
        (&found.agreements, Mark::Agreement),
    ];
    sets.into_iter().filter(|(set, _)| set.contains(link)).map(|(_, mark)| mark).collect()
}

impl MessageView {
    pub fn of(archive: &OpenArchive, message: Message, found: Option<&ChatFindings>) -> Result<Self, Failure> {
        let reply = reply(archive, &message)?;
        let media = message.content.media.as_ref().map(|media| MediaView::of(archive, &message, media)).transpose()?;
        let Message { link, content, .. } = message;
        let text = if content.text.is_empty() { attached_line(&content) } else { content.text };
        let entities = content.entities.iter().map(|e| EntityView {
            kind: serde_json::to_value(e.kind).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default(),
            start: e.start,
            len: e.len,
        });
        Ok(MessageView {
            link: link.to_string(),
            chat: link.chat.to_string(),
            id: link.message.0.to_string(),
            sender: cut(&message.sender_name, NAME),
            direction: message.direction.into(),
            sent_at: message.sent_at.map(seconds),
            edited_at: message.edited_at.map(seconds),
            kind: content.kind.name().to_owned(),
            entities: entities.collect(),
            media,
            service: content.service.map(|s| ServiceView { action: s.action, detail: cut(&service_detail(&s.fields), NAME) }),
            text,
            reply,
            forwarded_from: content.forwarded_from.map(|name| cut(&name, NAME)),
            deleted: message.deleted.map(|d| DeletionView {
                from: seconds(d.from),
                to: seconds(d.to),
                source: d.source.name().to_owned(),
                cause: d.cause.name().to_owned(),
            }),
            versions: message.versions,
            reactions: message.reactions.into_iter().map(|r| ReactionView { mark: cut(&r.mark, 16), count: r.count }).collect(),
            marks: found.map_or(Vec::new(), |found| marks(&link, found)),
        })
    }
}

impl MediaView {
    fn of(archive: &OpenArchive, message: &Message, media: &Media) -> Result<Self, Failure> {
        let kept = archive.kept_media(message)?;
        let state = match (&kept, &media.path) {
            (Some(_), _) => MediaState::Kept,
            (None, Some(_)) => MediaState::NotFound,
            (None, None) => MediaState::LeftOut,
        };
        Ok(MediaView {
            file_name: media.file_name.as_deref().map(|name| cut(name, NAME)),
            size: kept.map(|record| record.size).or(media.size).map(count),
            duration: media.duration,
            width: media.width,
            height: media.height,
            emoji: media.emoji.as_deref().map(|emoji| cut(emoji, 8)),
            state,
        })
    }
}

fn reply(archive: &OpenArchive, message: &Message) -> Result<Option<ReplyView>, Failure> {
    let Some(to) = message.content.reply_to.as_ref().filter(|r| r.peer.is_none()) else { return Ok(None) };
    let link = MessageLink::new(message.link.chat, to.message);
    Ok(Some(match archive.find_message(link)? {
        Some(answered) => {
            let (sender, text) = (cut(&answered.sender_name, NAME), preview(&answered.content));
            ReplyView { link: link.to_string(), sender, text }
        }
        None => ReplyView { link: String::new(), sender: String::new(), text: String::new() },
    }))
}

impl VersionView {
    pub fn of(number: u32, version: VersionRecord, sent_at: Option<Timestamp>) -> Self {
        VersionView {
            number,
            text: version.content.text,
            at: version.edited_at.or(sent_at).map(seconds),
            seen_at: seconds(version.seen_at),
            source: version.source.name().to_owned(),
        }
    }
}
