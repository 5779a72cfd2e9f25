//! What a tag of a message is for, by its class and by where it stands, and where its text goes when it is closed.

use super::{Answer, Button, Forward, Raw, RawMedia, RawReaction, Reply, target};
use crate::telegram_html::tokens::Tag;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Outside messages.
    Nothing,
    Header,
    Title,
    /// The message itself and the boxes that only hold others.
    Message,
    Box,
    Ignored,
    /// The sentence of an action.
    Action,
    From,
    Forward,
    ForwardFrom,
    /// Before 3.7.6 it stands there as text only.
    ForwardDate,
    Reply,
    Text,
    Signature,
    MediaBox,
    MediaTitle,
    MediaDescription,
    MediaStatus,
    MediaTotal,
    MediaOther,
    Answer,
    Votes,
    Reactions,
    Reaction,
    ReactionEmoji,
    ReactionCount,
    ReactionPeople,
    Buttons,
    ButtonRow,
    Button,
}

impl Role {
    /// Whether its text is words to be read as one.
    pub fn is_words(self) -> bool {
        match self {
            Role::Nothing | Role::Header | Role::Message | Role::Box | Role::Ignored | Role::Forward | Role::Text => false,
            Role::MediaBox | Role::Reactions | Role::Reaction | Role::ReactionPeople | Role::Buttons | Role::ButtonRow => false,
            Role::Title | Role::Action | Role::From | Role::ForwardFrom | Role::ForwardDate | Role::Reply => true,
            Role::Signature | Role::MediaTitle | Role::MediaDescription | Role::MediaStatus | Role::MediaTotal => true,
            Role::MediaOther | Role::Answer | Role::Votes | Role::ReactionEmoji | Role::ReactionCount | Role::Button => true,
        }
    }
}

#[derive(Debug)]
pub(super) struct Frame {
    pub tag: String,
    pub role: Role,
    pub text: String,
}

impl Frame {
    pub fn new(tag: &Tag, role: Role) -> Self {
        Frame { tag: tag.name.clone(), role, text: String::new() }
    }

    /// Puts the collected text where it belongs.
    pub fn leave(self, message: &mut Raw) {
        let text = self.text.trim();
        let media = message.media.as_mut();
        match (self.role, media) {
            (Role::Action, _) => add(&mut message.action, text),
            (Role::From, _) => message.from = Some(text.to_owned()),
            (Role::ForwardFrom, _) => message.forward.get_or_insert_default().from = Some(text.to_owned()),
            (Role::ForwardDate, _) => {
                let date = &mut message.forward.get_or_insert_default().date;
                *date = date.take().or_else(|| Some(text.to_owned()).filter(|t| !t.is_empty()));
            }
            (Role::Reply, _) if message.reply.is_none() && !text.is_empty() => message.reply = Some(Reply::AnotherChat),
            (Role::Signature, _) => message.signature = Some(text.to_owned()),
            (Role::MediaTitle, Some(media)) => add(&mut media.title, text),
            (Role::MediaDescription, Some(media)) => add(&mut media.description, text),
            (Role::MediaStatus, Some(media)) => add(&mut media.status, text),
            (Role::MediaTotal, Some(media)) => add(&mut media.total, text),
            (Role::MediaBox | Role::MediaOther, Some(media)) => add(&mut media.other, text),
            (Role::Answer, Some(RawMedia { answers, .. })) => {
                if let Some(answer) = answers.last_mut() {
                    answer.text = text.strip_prefix("- ").unwrap_or(text).trim_end().to_owned();
                }
            }
            (Role::Votes, Some(RawMedia { answers, .. })) => {
                if let Some(answer) = answers.last_mut() {
                    answer.votes = text.to_owned();
                }
            }
            (Role::ReactionEmoji | Role::Reaction, _) => {
                if let Some(reaction) = message.reactions.last_mut() {
                    add(&mut reaction.emoji, text);
                }
            }
            (Role::ReactionCount, _) => {
                if let Some(reaction) = message.reactions.last_mut() {
                    add(&mut reaction.count, text);
                }
            }
            (Role::Button, _) => {
                if let Some(button) = message.buttons.last_mut().and_then(|row| row.last_mut()) {
                    add(&mut button.text, text);
                }
            }
            (Role::Message | Role::Box | Role::Forward, _) => add(&mut message.other, text),
            _ => {}
        }
    }
}

fn add(to: &mut String, text: &str) {
    if !text.is_empty() {
        if !to.is_empty() {
            to.push('\n');
        }
        to.push_str(text);
    }
}

/// Outside messages only the title is wanted.
pub(super) fn outside(parent: Option<Role>, tag: &Tag) -> Role {
    match parent {
        Some(Role::Title) => Role::Title,
        Some(Role::Header) if tag.has_class("text") => Role::Title,
        Some(Role::Header) => Role::Header,
        _ if tag.has_class("page_header") => Role::Header,
        _ => Role::Nothing,
    }
}

/// The role of a tag inside a message; notes on the message what its attributes say.
pub(super) fn inside(parent: Role, tag: &Tag, message: &mut Raw) -> Role {
    match parent {
        Role::Message | Role::Box | Role::Forward => in_box(parent, tag, message),
        Role::From if is_date(tag) => Role::Ignored,
        Role::ForwardFrom if is_date(tag) || tag.has_class("details") => {
            message.forward.get_or_insert_default().date = tag.attribute("title").map(str::to_owned);
            Role::ForwardDate
        }
        Role::Reply => {
            if let Some(id) = target(tag) {
                message.reply = Some(Reply::To(id));
            }
            Role::Reply
        }
        Role::Action => {
            message.action_target = message.action_target.or_else(|| target(tag));
            Role::Action
        }
        Role::MediaBox | Role::MediaOther => in_media(parent, tag, message),
        Role::Answer if tag.has_class("details") => Role::Votes,
        Role::Reactions | Role::Reaction | Role::ReactionEmoji | Role::ReactionPeople => in_reactions(parent, tag, message),
        Role::Buttons | Role::ButtonRow | Role::Button => in_buttons(parent, tag, message),
        other => other,
    }
}

fn is_date(tag: &Tag) -> bool {
    tag.has_class("date")
}

fn in_box(parent: Role, tag: &Tag, message: &mut Raw) -> Role {
    if is_date(tag) {
        if let (None, Some(date)) = (&message.date, tag.attribute("title")) {
            message.date = Some(date.to_owned());
        }
        return Role::Ignored;
    }
    let classes: Vec<&str> = tag.classes().collect();
    let has = |class: &str| classes.contains(&class);
    if has("userpic_wrap") || has("userpic") {
        Role::Ignored
    } else if has("from_name") && parent == Role::Forward {
        Role::ForwardFrom
    } else if has("from_name") {
        Role::From
    } else if has("forwarded") {
        message.forward.get_or_insert_with(Forward::default);
        Role::Forward
    } else if has("body") && (has("details") || message.is_service) {
        Role::Action
    } else if has("reply_to") {
        Role::Reply
    } else if has("media_wrap") {
        message.media.get_or_insert_with(RawMedia::default);
        Role::MediaBox
    } else if has("text") {
        Role::Text
    } else if has("bot_buttons_table") {
        Role::Buttons
    } else if has("signature") {
        Role::Signature
    } else if has("reactions") {
        Role::Reactions
    } else if parent == Role::Forward {
        Role::Forward
    } else {
        Role::Box
    }
}

fn in_media(parent: Role, tag: &Tag, message: &mut Raw) -> Role {
    let Some(media) = &mut message.media else { return Role::Ignored };
    let classes: Vec<&str> = tag.classes().collect();
    let has = |class: &str| classes.contains(&class);
    let kind = classes.iter().find(|c| (c.starts_with("media_") && **c != "media_wrap") || c.ends_with("_wrap"));
    if let (Some(kind), true) = (kind, media.class.is_empty()) {
        media.class = (*kind).to_owned();
    }
    if let (Some(href), None) = (tag.attribute("href"), &media.href) {
        media.href = Some(href.to_owned());
    }
    if has("title") || has("question") {
        Role::MediaTitle
    } else if has("description") {
        Role::MediaDescription
    } else if has("total") {
        Role::MediaTotal
    } else if has("answer") {
        media.answers.push(Answer::default());
        Role::Answer
    } else if has("status") || has("details") || has("video_duration") {
        Role::MediaStatus
    } else if has("gif_play") || has("fill") {
        Role::Ignored
    } else if has("section_title") || has("section_body") {
        Role::MediaOther
    } else {
        parent
    }
}

fn in_reactions(parent: Role, tag: &Tag, message: &mut Raw) -> Role {
    if tag.has_class("reaction") {
        message.reactions.push(RawReaction { is_paid: tag.has_class("paid"), ..RawReaction::default() });
        return Role::Reaction;
    }
    let Some(reaction) = message.reactions.last_mut() else { return parent };
    if tag.has_class("emoji") {
        Role::ReactionEmoji
    } else if tag.has_class("count") {
        Role::ReactionCount
    } else if tag.has_class("userpics") {
        Role::ReactionPeople
    } else if tag.has_class("userpic") {
        reaction.people += 1;
        Role::Ignored
    } else {
        // A custom emoji is a link to its picture.
        reaction.is_custom |= parent == Role::ReactionEmoji && tag.name == "a";
        parent
    }
}

fn in_buttons(parent: Role, tag: &Tag, message: &mut Raw) -> Role {
    if tag.name == "tr" || tag.has_class("bot_button_row") {
        if message.buttons.last().is_none_or(|row| !row.is_empty()) {
            message.buttons.push(Vec::new());
        }
        return Role::ButtonRow;
    }
    if tag.has_class("bot_button") {
        if let Some(row) = message.buttons.last_mut() {
            row.push(Button::default());
        }
        return Role::Button;
    }
    if tag.has_class("signature") {
        return Role::Signature;
    }
    if tag.has_class("reactions") {
        return Role::Reactions;
    }
    if let (Role::Button, "a", Some(button)) = (parent, tag.name.as_str(), message.buttons.last_mut().and_then(|r| r.last_mut()))
    {
        button.href = tag.attribute("href").map(str::to_owned);
        button.script = tag.attribute("onclick").map(str::to_owned);
    }
    parent
}
