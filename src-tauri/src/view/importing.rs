//! An import as the window sees it: what a source holds, what is asked for, what came of it.

use super::keep::{count, seconds};
use super::reading::{NAME, chat_kind, cut};
use super::{ChatKind, Seconds, Skipped};
use letopis_engine::{ChatSurvey, Failure, ImportOptions, Lang, OwnerGuess, TimeZone};
use serde::{Deserialize, Serialize};
use specta::Type;
use std::path::PathBuf;

/// A source that was looked into: either what it holds or why it cannot be read.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SourcePreview {
    pub path: String,
    pub preview: Option<ImportPreview>,
    pub failure: Option<String>,
}

/// What an export holds, before anything of it is kept.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ImportPreview {
    /// A stable name: telegram-json, telegram-html.
    pub format: String,
    pub chats: Vec<ImportChat>,
    pub messages: u32,
    pub kilobytes: u32,
    pub first_at: Option<Seconds>,
    pub last_at: Option<Seconds>,
    /// Whose account it is, when the export tells; otherwise `guesses`, the best first.
    pub owner: Option<ImportPerson>,
    pub guesses: Vec<ImportPerson>,
    /// Some dates stand without a time zone.
    pub needs_timezone: bool,
    pub files: u32,
    pub files_kilobytes: u32,
    pub files_left_out: u32,
    /// What will not be taken, or with a reservation; how much there is beyond those listed.
    pub problems: Vec<Skipped>,
    pub more_problems: u32,
    pub salvaged: bool,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ImportChat {
    /// The chat's number in this source.
    pub key: u32,
    pub title: String,
    pub kind: ChatKind,
    pub messages: u32,
    pub first_at: Option<Seconds>,
    pub last_at: Option<Seconds>,
    /// Files that the export names by a path.
    pub files: u32,
    /// Messages of this chat that the archive holds already.
    pub known: u32,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ImportPerson {
    /// Telegram id of the account as text; "" where the export has names only.
    pub id: String,
    pub name: String,
    pub messages: u32,
}

#[derive(Clone, Debug, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ImportRequest {
    pub sources: Vec<ImportSource>,
    /// IANA name, for exports that write local dates only.
    pub timezone: Option<String>,
}

#[derive(Clone, Debug, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ImportSource {
    pub path: String,
    /// Numbers of the chosen chats; all when absent.
    pub chats: Option<Vec<u32>>,
    /// Telegram id of the account, or the name its owner writes under, when the export does not tell.
    pub owner: Option<String>,
    pub owner_name: Option<String>,
    pub manager: Option<String>,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ImportReport {
    pub source: String,
    /// What stopped this source as a whole; the other fields are then zero.
    pub failure: Option<String>,
    pub chats: u32,
    pub messages: u32,
    pub new_versions: u32,
    pub unchanged: u32,
    /// Files in the archive now, of those that this export names; how many of them are new; how many are missing.
    pub media: u32,
    pub media_new: u32,
    pub media_missing: u32,
    /// Messages that the archive has within the span of this export and the export has not.
    pub not_in_export: u32,
    /// The file was cut off; what could be read was kept.
    pub salvaged: bool,
    /// The user stopped it; what was read before is kept.
    pub cancelled: bool,
    /// Messages that could not be taken: with `messages` they are all of the source. `skipped` lists the first of them.
    pub lost: u32,
    pub skipped: Vec<Skipped>,
    /// Reservations that lost no message, and files that are missing.
    pub notes: Vec<Skipped>,
}

impl SourcePreview {
    /// A source that cannot be read is a row of its own; only a cancel ends the looking.
    pub fn of(path: String, found: Result<letopis_engine::ImportPreview, Failure>, lang: Lang) -> Result<Self, Failure> {
        match found {
            Ok(preview) => Ok(SourcePreview { path, preview: Some(preview.into()), failure: None }),
            Err(Failure::Cancelled) => Err(Failure::Cancelled),
            Err(failure) => Ok(SourcePreview { path, preview: None, failure: Some(failure.words(lang)) }),
        }
    }
}

fn kilobytes(bytes: u64) -> u32 {
    count(bytes.div_ceil(1024))
}

impl From<letopis_engine::ImportPreview> for ImportPreview {
    fn from(preview: letopis_engine::ImportPreview) -> Self {
        let survey = preview.survey;
        let sum = |of: fn(&ChatSurvey) -> u64| survey.chats.iter().map(of).sum::<u64>();
        let owner = survey.owner.map(|account| ImportPerson {
            id: account.0.to_string(),
            name: cut(survey.owner_name.as_deref().unwrap_or_default(), NAME),
            messages: 0,
        });
        ImportPreview {
            format: survey.format.to_owned(),
            messages: count(survey.messages),
            kilobytes: kilobytes(survey.bytes),
            first_at: survey.chats.iter().filter_map(|chat| chat.first_at).min().map(seconds),
            last_at: survey.chats.iter().filter_map(|chat| chat.last_at).max().map(seconds),
            owner,
            guesses: survey.candidates.iter().map(ImportPerson::from).collect(),
            needs_timezone: survey.needs_timezone,
            files: count(sum(|chat| chat.files)),
            files_kilobytes: kilobytes(sum(|chat| chat.files_bytes)),
            files_left_out: count(sum(|chat| chat.files_left_out)),
            problems: preview.problems.into_iter().map(Skipped::from).collect(),
            more_problems: count(survey.more_problems),
            salvaged: survey.salvaged,
            chats: survey.chats.iter().zip(&preview.known).map(|(chat, known)| ImportChat::of(chat, *known)).collect(),
        }
    }
}

impl From<&OwnerGuess> for ImportPerson {
    fn from(guess: &OwnerGuess) -> Self {
        let id = guess.account.map_or(String::new(), |account| account.0.to_string());
        ImportPerson { id, name: cut(&guess.name, NAME), messages: count(guess.messages) }
    }
}

impl ImportChat {
    fn of(chat: &ChatSurvey, known: u64) -> Self {
        ImportChat {
            key: chat.key,
            title: cut(chat.title.as_deref().unwrap_or_default(), NAME),
            kind: chat_kind(chat.kind),
            messages: count(chat.messages),
            first_at: chat.first_at.map(seconds),
            last_at: chat.last_at.map(seconds),
            files: count(chat.files),
            known: count(known),
        }
    }
}

impl ImportRequest {
    pub fn resolve(self) -> Result<Vec<(PathBuf, ImportOptions)>, Failure> {
        let zone = self.timezone.as_deref().map(TimeZone::get).transpose();
        let timezone = zone.map_err(|error| Failure::Other(anyhow::Error::new(error).context("Read the time zone")))?;
        let options = |source: ImportSource| {
            let options = ImportOptions {
                manager: source.manager,
                owner: source.owner.as_deref().and_then(|id| id.parse().ok()),
                owner_name: source.owner_name,
                timezone: timezone.clone(),
                chats: source.chats.map(|keys| keys.into_iter().collect()),
                dry_run: false,
            };
            (PathBuf::from(source.path), options)
        };
        Ok(self.sources.into_iter().map(options).collect())
    }
}

impl From<letopis_engine::Skipped> for Skipped {
    fn from(skipped: letopis_engine::Skipped) -> Self {
        Skipped { place: skipped.place, why: skipped.why }
    }
}

impl From<letopis_engine::ImportReport> for ImportReport {
    fn from(report: letopis_engine::ImportReport) -> Self {
        let list = |of: Vec<letopis_engine::Skipped>| of.into_iter().map(Skipped::from).collect();
        ImportReport {
            source: if report.format == "demo" { report.format } else { report.source.display().to_string() },
            failure: report.failure,
            chats: count(report.chats),
            messages: count(report.messages),
            new_versions: count(report.new_versions),
            unchanged: count(report.unchanged),
            media: count(report.media),
            media_new: count(report.media_new),
            media_missing: count(report.media_missing),
            not_in_export: count(report.not_in_export),
            salvaged: report.salvaged,
            cancelled: report.cancelled,
            lost: count(report.lost),
            skipped: list(report.skipped),
            notes: list(report.notes),
        }
    }
}
