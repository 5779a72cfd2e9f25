//! Retention, holds, forgetting, the access log.

use super::Seconds;
use super::keep::{count, seconds};
use super::reading::{NAME, cut};
use letopis_engine::model::ChatId;
use letopis_engine::{AccessRecord, ErasureRecord, Failure, HoldRecord, OpenArchive, RetentionRecord, head_text};
use serde::Serialize;
use specta::Type;
use std::collections::BTreeMap;

/// How long one manager's messages are kept.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RetentionRow {
    pub account: String,
    pub manager: String,
    /// `None`: for ever.
    pub days: Option<u32>,
    pub set_at: Option<Seconds>,
    pub who: String,
}

/// What an erasure would take, or took.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Weighed {
    pub chats: u32,
    pub messages: u32,
    pub versions: u32,
    pub files: u32,
    /// Chats left alone because they are on hold.
    pub held: u32,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct HoldRow {
    pub chat: String,
    pub title: String,
    pub placed_at: Seconds,
    pub placed_by: String,
    pub why: String,
    pub lifted_at: Option<Seconds>,
    pub lifted_by: String,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ForgetPlan {
    pub weighed: Weighed,
    /// To be typed: it fits this very state only.
    pub code: String,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ForgetReport {
    pub weighed: Weighed,
    pub head: String,
    pub copies_removed: u32,
}

/// The stub of an erasure.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ErasureRow {
    pub at: Seconds,
    pub chat: String,
    /// "" when the chat was forgotten as a whole: its name went too.
    pub title: String,
    /// Only messages sent before this moment went: retention.
    pub before: Option<Seconds>,
    pub messages: u32,
    pub versions: u32,
    pub files: u32,
    pub head: String,
    pub who: String,
    pub why: String,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AccessPage {
    pub rows: Vec<AccessRow>,
    pub next: Option<u32>,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AccessRow {
    pub no: u32,
    pub at: Seconds,
    pub who: String,
    /// A name of `Access`: opened-chat, searched, evidence ...
    pub action: String,
    pub chat: Option<String>,
    pub title: String,
    /// The query, the file's name, a number.
    pub what: String,
    pub why: String,
}

/// Names of chats; a forgotten one has none.
struct Titles(BTreeMap<ChatId, String>);

impl Titles {
    fn of(archive: &OpenArchive) -> Result<Self, Failure> {
        let titled = archive.chats()?.into_iter().map(|chat| (chat.record.chat, chat.record.title));
        Ok(Titles(titled.collect()))
    }

    fn title(&self, chat: ChatId) -> String {
        self.0.get(&chat).map_or(String::new(), |title| cut(title, NAME))
    }
}

impl RetentionRow {
    pub fn all(archive: &OpenArchive) -> Result<Vec<Self>, Failure> {
        let set: BTreeMap<i64, RetentionRecord> = archive.retention()?.into_iter().map(|row| (row.account.0, row)).collect();
        let row = |manager: letopis_engine::ManagerRecord| {
            let rule = set.get(&manager.account.0);
            RetentionRow {
                account: manager.account.0.to_string(),
                manager: cut(&manager.name, NAME),
                days: rule.map(|rule| rule.days),
                set_at: rule.map(|rule| seconds(rule.set_at)),
                who: rule.map_or(String::new(), |rule| rule.who.clone()),
            }
        };
        Ok(archive.managers()?.into_iter().map(row).collect())
    }
}

impl From<letopis_engine::Weighed> for Weighed {
    fn from(weighed: letopis_engine::Weighed) -> Self {
        Weighed {
            chats: count(weighed.chats),
            messages: count(weighed.messages),
            versions: count(weighed.versions),
            files: count(weighed.files),
            held: count(weighed.held.len()),
        }
    }
}

impl From<letopis_engine::ForgetPlan> for ForgetPlan {
    fn from(plan: letopis_engine::ForgetPlan) -> Self {
        ForgetPlan { weighed: plan.weighed.into(), code: plan.code }
    }
}

impl From<letopis_engine::ForgetReport> for ForgetReport {
    fn from(report: letopis_engine::ForgetReport) -> Self {
        ForgetReport {
            weighed: report.weighed.into(),
            head: head_text(&report.head),
            copies_removed: count(report.copies_removed),
        }
    }
}

impl HoldRow {
    pub fn all(archive: &OpenArchive) -> Result<Vec<Self>, Failure> {
        let titles = Titles::of(archive)?;
        let row = |hold: HoldRecord| HoldRow {
            chat: hold.chat.to_string(),
            title: titles.title(hold.chat),
            placed_at: seconds(hold.placed_at),
            placed_by: hold.placed_by,
            why: hold.why,
            lifted_at: hold.lifted.as_ref().map(|(at, _)| seconds(*at)),
            lifted_by: hold.lifted.map_or(String::new(), |(_, who)| who),
        };
        Ok(archive.holds()?.into_iter().map(row).collect())
    }
}

impl ErasureRow {
    pub fn all(archive: &OpenArchive) -> Result<Vec<Self>, Failure> {
        let titles = Titles::of(archive)?;
        let row = |erased: ErasureRecord| ErasureRow {
            at: seconds(erased.at),
            chat: erased.chat.to_string(),
            title: titles.title(erased.chat),
            before: erased.before.map(seconds),
            messages: count(erased.messages),
            versions: count(erased.versions),
            files: count(erased.files),
            head: head_text(&erased.head),
            who: erased.who,
            why: erased.why,
        };
        Ok(archive.erasures()?.into_iter().map(row).collect())
    }
}

impl AccessPage {
    pub fn of(archive: &OpenArchive, rows: Vec<AccessRecord>, next: Option<i64>) -> Result<Self, Failure> {
        let titles = Titles::of(archive)?;
        let row = |record: AccessRecord| AccessRow {
            no: count(record.no),
            at: seconds(record.at),
            who: cut(&record.who, NAME),
            action: record.action.name().to_owned(),
            chat: record.chat.map(|chat| chat.to_string()),
            title: record.chat.map_or(String::new(), |chat| titles.title(chat)),
            what: cut(&record.what, NAME),
            why: cut(&record.why, NAME),
        };
        Ok(AccessPage { rows: rows.into_iter().map(row).collect(), next: next.map(count) })
    }
}
