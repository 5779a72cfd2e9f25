//! The handover draft, to the window and back.

use super::keep::{count, seconds};
use super::reading::{NAME, cut};
use super::{DraftClient, DraftLine, DraftLineKind, DraftPerson, HandoverDraft, HandoverFile, HandoverRequest};
use crate::commands::{chat_id, link};
use letopis_engine::model::Timestamp;
use letopis_engine::{Draft, DraftRequest, Failure, LineKind, Person, WrittenPack};

fn at(seconds: u32) -> Timestamp {
    Timestamp(i64::from(seconds))
}

impl HandoverRequest {
    pub fn resolve(self) -> Result<DraftRequest, Failure> {
        let chats = self.chats.iter().map(|chat| chat_id(chat)).collect::<Result<_, _>>()?;
        Ok(DraftRequest { manager: self.manager, chats, months: self.months })
    }
}

impl From<LineKind> for DraftLineKind {
    fn from(kind: LineKind) -> Self {
        match kind {
            LineKind::Promise => DraftLineKind::Promise,
            LineKind::Question => DraftLineKind::Question,
            LineKind::Request => DraftLineKind::Request,
            LineKind::Agreement => DraftLineKind::Agreement,
            LineKind::Read => DraftLineKind::Read,
        }
    }
}

impl From<DraftLineKind> for LineKind {
    fn from(kind: DraftLineKind) -> Self {
        match kind {
            DraftLineKind::Promise => LineKind::Promise,
            DraftLineKind::Question => LineKind::Question,
            DraftLineKind::Request => LineKind::Request,
            DraftLineKind::Agreement => LineKind::Agreement,
            DraftLineKind::Read => LineKind::Read,
        }
    }
}

impl From<Draft> for HandoverDraft {
    fn from(draft: Draft) -> Self {
        HandoverDraft {
            manager: draft.manager,
            months: draft.months,
            from: seconds(draft.from),
            to: seconds(draft.to),
            note: draft.note,
            clients: draft.clients.into_iter().map(DraftClient::from).collect(),
        }
    }
}

impl From<letopis_engine::DraftClient> for DraftClient {
    fn from(client: letopis_engine::DraftClient) -> Self {
        let person =
            |p: Person| DraftPerson { name: cut(&p.name, NAME), direction: p.direction.into(), messages: count(p.messages) };
        DraftClient {
            chat: client.chat.to_string(),
            title: cut(&client.title, NAME),
            included: client.included,
            state: client.state,
            messages: count(client.messages),
            last_at: client.last_at.map(seconds),
            lines: client.lines.into_iter().map(DraftLine::from).collect(),
            people: client.people.into_iter().map(person).collect(),
        }
    }
}

impl From<letopis_engine::DraftLine> for DraftLine {
    fn from(line: letopis_engine::DraftLine) -> Self {
        DraftLine {
            kind: line.kind.into(),
            text: line.text,
            sender: cut(&line.sender, NAME),
            link: line.link.to_string(),
            at: seconds(line.at),
            due_at: line.due_at.map(seconds),
            promise: line.promise.map(Into::into),
            included: line.included,
        }
    }
}

impl HandoverDraft {
    /// The lead's edited draft as the engine takes it.
    pub fn resolve(self) -> Result<Draft, Failure> {
        Ok(Draft {
            manager: self.manager,
            months: self.months,
            from: at(self.from),
            to: at(self.to),
            note: self.note,
            clients: self.clients.into_iter().map(DraftClient::resolve).collect::<Result<_, _>>()?,
        })
    }
}

impl DraftClient {
    fn resolve(self) -> Result<letopis_engine::DraftClient, Failure> {
        let person = |p: DraftPerson| Person { name: p.name, direction: p.direction.into(), messages: u64::from(p.messages) };
        Ok(letopis_engine::DraftClient {
            chat: chat_id(&self.chat)?,
            title: self.title,
            included: self.included,
            state: self.state,
            messages: u64::from(self.messages),
            last_at: self.last_at.map(at),
            lines: self.lines.into_iter().map(DraftLine::resolve).collect::<Result<_, _>>()?,
            people: self.people.into_iter().map(person).collect(),
        })
    }
}

impl DraftLine {
    fn resolve(self) -> Result<letopis_engine::DraftLine, Failure> {
        Ok(letopis_engine::DraftLine {
            kind: self.kind.into(),
            text: self.text,
            sender: self.sender,
            link: link(&self.link)?,
            at: at(self.at),
            due_at: self.due_at.map(at),
            promise: self.promise.map(Into::into),
            included: self.included,
        })
    }
}

impl From<WrittenPack> for HandoverFile {
    fn from(written: WrittenPack) -> Self {
        HandoverFile {
            file: written.file.display().to_string(),
            clients: count(written.clients),
            messages: count(written.messages),
            promises: count(written.promises),
            bytes: count(written.bytes),
        }
    }
}
