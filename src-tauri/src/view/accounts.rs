//! Accounts as the window sees them.

use super::keep::{count, seconds};
use super::{Interval, Seconds};
use letopis_engine::Failure;
use letopis_engine::capture::{self, Application, CaptureRule, CaptureState, RuleOf};
use letopis_engine::model::Timestamp;
use serde::{Deserialize, Serialize};
use specta::Type;

#[derive(Clone, Copy, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum AccountState {
    Off,
    NeedsConsent,
    NeedsScope,
    Connecting,
    CatchingUp,
    Live,
    Waiting,
    Offline,
    SignedOut,
    Failed,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AccountView {
    pub id: String,
    pub name: String,
    pub state: AccountState,
    pub is_on: bool,
    /// The last moment at which nothing was known to be missing.
    pub heard_at: Option<Seconds>,
    /// Seconds behind; 0 when live.
    pub behind: Option<u32>,
    /// Until when Telegram asked to wait.
    pub waits_until: Option<Seconds>,
    /// Telegram's name of the trouble.
    pub trouble: String,
    pub consent: Option<ConsentView>,
    pub scope: Vec<ScopeRule>,
    pub fill_days: Option<u32>,
    /// Where its SOCKS5 proxy is, without the password; empty: none.
    pub proxy: String,
    pub chats: Vec<ChatCoverage>,
    pub media_waiting: u32,
    pub media_lost: u32,
    pub takeout: TakeoutView,
    /// Stretches of unbroken listening, oldest first.
    pub spans: Vec<Interval>,
}

/// Whether history is read by Telegram's export, which the account's devices are told of.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TakeoutView {
    pub is_on: bool,
    /// Telegram has let it begin, and it has not ended.
    pub is_running: bool,
    /// Telegram lets it begin at this moment, not before.
    pub waits_until: Option<Seconds>,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ConsentView {
    pub given: bool,
    pub who: String,
    pub at: Seconds,
    pub owner_present: bool,
}

/// A rule of the allow-list: a folder by its number, or a chat such as `user:1`.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ScopeRule {
    pub folder: Option<i32>,
    pub chat: Option<String>,
    pub title: String,
    pub allow: bool,
    pub with_private: bool,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ChatCoverage {
    pub chat: String,
    pub title: String,
    pub joined_at: Seconds,
    pub filled_to: Option<Seconds>,
    pub fill_since: Option<Seconds>,
    pub fill_done: bool,
    pub total: Option<u32>,
    pub lost_since: Option<Seconds>,
    pub lost_why: Option<GapReason>,
    /// Stretches in which the chat was not watched, oldest first, beside those in which nobody listened to the account.
    pub gaps: Vec<Gap>,
    pub is_gone: bool,
    /// When a chat that is gone was watched last.
    pub watched_to: Option<Seconds>,
    pub checked_at: Option<Seconds>,
    /// The last reading of the whole chat, under way or ended.
    pub sweep: Option<SweepView>,
}

/// Why a stretch was not watched: the words for each are `coverage.why.…`.
#[derive(Clone, Copy, Debug, Serialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum GapReason {
    Offline,
    TooLong,
    NewChannel,
    Unreadable,
    NoAccess,
    Restart,
}

#[derive(Clone, Debug, Serialize, Type)]
pub struct Gap {
    pub from: Seconds,
    pub to: Seconds,
    pub why: Option<GapReason>,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SweepView {
    pub began_at: Seconds,
    pub looked_at: u32,
    /// Edits, deletions and messages that were not known before.
    pub found: u32,
    pub is_done: bool,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase", tag = "step")]
pub enum LoginView {
    None,
    #[serde(rename_all = "camelCase")]
    Code {
        phone: String,
        way: String,
        length: Option<u32>,
        next: Option<String>,
        resend_after: Option<Seconds>,
    },
    /// Rows of the code's dark and light squares, `#` and space.
    #[serde(rename_all = "camelCase")]
    Qr {
        rows: Vec<String>,
        expires_at: Seconds,
    },
    Password {
        hint: String,
    },
    Done {
        account: String,
        name: String,
    },
}

/// The user's own application.
#[derive(Clone, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ApiKeys {
    pub api_id: String,
    pub api_hash: String,
    pub proxy: String,
}

impl ApiKeys {
    pub fn application(&self) -> Result<Application, Failure> {
        let refused = || Failure::TelegramRefused("API_ID_INVALID".into());
        let api_id = self.api_id.trim().parse().map_err(|_| refused())?;
        let proxy = capture::proxy(&self.proxy)?;
        Ok(Application { api_id, api_hash: self.api_hash.trim().to_owned(), proxy, language: "ru" })
    }
}

#[derive(Clone, Debug, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ScopeWish {
    pub rules: Vec<ScopeRule>,
    /// How many days to read back; 0: everything; none: since the consent.
    pub fill_days: Option<u32>,
}

impl ScopeWish {
    pub fn rules(&self) -> Result<Vec<CaptureRule>, Failure> {
        let rule = |rule: &ScopeRule| {
            let of = match (&rule.folder, &rule.chat) {
                (Some(folder), None) => RuleOf::Folder(*folder),
                (_, Some(chat)) => RuleOf::Chat(chat.parse().map_err(|()| Failure::NotFound)?),
                (None, None) => return Err(Failure::NotFound),
            };
            Ok(CaptureRule { of, allow: rule.allow, with_private: rule.with_private })
        };
        self.rules.iter().map(rule).collect()
    }
}

#[derive(Clone, Debug, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ConsentWish {
    pub who: String,
    pub owner_present: bool,
    /// The scope in words, as it was shown.
    pub scope: String,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Scan {
    pub folders: Vec<ScanFolder>,
    pub chats: Vec<ScanChat>,
}

#[derive(Clone, Debug, Serialize, Type)]
pub struct ScanFolder {
    pub id: i32,
    pub title: String,
}

#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ScanChat {
    pub chat: String,
    pub title: String,
    pub is_private: bool,
    pub is_archived: bool,
    pub folders: Vec<i32>,
}

fn state(state: &CaptureState) -> (AccountState, Option<Timestamp>) {
    let plain = |state| (state, None);
    match state {
        CaptureState::Off => plain(AccountState::Off),
        CaptureState::NeedsConsent => plain(AccountState::NeedsConsent),
        CaptureState::NeedsScope => plain(AccountState::NeedsScope),
        CaptureState::Connecting => plain(AccountState::Connecting),
        CaptureState::CatchingUp => plain(AccountState::CatchingUp),
        CaptureState::Live => plain(AccountState::Live),
        CaptureState::Waiting(until) => (AccountState::Waiting, Some(*until)),
        CaptureState::Offline => plain(AccountState::Offline),
        CaptureState::SignedOut(_) => plain(AccountState::SignedOut),
        CaptureState::Failed(_) => plain(AccountState::Failed),
    }
}

impl From<capture::AccountView> for AccountView {
    fn from(view: capture::AccountView) -> Self {
        let (state, waits_until) = state(&view.state);
        AccountView {
            id: view.account.0.to_string(),
            name: view.name,
            state,
            is_on: view.is_on,
            heard_at: view.heard_at.map(seconds),
            behind: view.behind.map(count),
            waits_until: waits_until.map(seconds),
            trouble: view.trouble.unwrap_or_default(),
            consent: view.consent.map(Into::into),
            scope: view.rules.into_iter().map(Into::into).collect(),
            fill_days: view.fill_days,
            proxy: view.proxy.unwrap_or_default(),
            chats: view.chats.into_iter().map(Into::into).collect(),
            media_waiting: count(view.media.0),
            media_lost: count(view.media.1),
            takeout: view.takeout.into(),
            spans: view.spans.into_iter().map(|(from, to)| Interval { from: seconds(from), to: seconds(to) }).collect(),
        }
    }
}

impl From<capture::Takeout> for TakeoutView {
    fn from(takeout: capture::Takeout) -> Self {
        let capture::Takeout { is_on, session, wait_for } = takeout;
        TakeoutView { is_on, is_running: session.is_some(), waits_until: wait_for.map(seconds) }
    }
}

impl From<capture::GapReason> for GapReason {
    fn from(reason: capture::GapReason) -> Self {
        match reason {
            capture::GapReason::Offline => GapReason::Offline,
            capture::GapReason::TooLong => GapReason::TooLong,
            capture::GapReason::NewChannel => GapReason::NewChannel,
            capture::GapReason::Unreadable => GapReason::Unreadable,
            capture::GapReason::NoAccess => GapReason::NoAccess,
            capture::GapReason::Restart => GapReason::Restart,
        }
    }
}

impl From<capture::Consent> for ConsentView {
    fn from(consent: capture::Consent) -> Self {
        ConsentView { given: consent.given, who: consent.who, at: seconds(consent.at), owner_present: consent.owner_present }
    }
}

impl From<capture::ScopeRow> for ScopeRule {
    fn from(row: capture::ScopeRow) -> Self {
        let (folder, chat) = match row.rule.of {
            RuleOf::Folder(id) => (Some(id), None),
            RuleOf::Chat(peer) => (None, Some(peer.to_string())),
        };
        ScopeRule { folder, chat, title: row.title, allow: row.rule.allow, with_private: row.rule.with_private }
    }
}

impl From<capture::ChatCoverage> for ChatCoverage {
    fn from(chat: capture::ChatCoverage) -> Self {
        ChatCoverage {
            chat: chat.peer.to_string(),
            title: chat.title,
            joined_at: seconds(chat.joined_at),
            filled_to: chat.filled_to.map(seconds),
            fill_since: chat.fill_since.map(seconds),
            fill_done: chat.fill_done,
            total: chat.total.map(count),
            lost_since: chat.lost.map(|(since, _)| seconds(since)),
            lost_why: chat.lost.and_then(|(_, why)| why).map(Into::into),
            gaps: chat.gaps.into_iter().map(gap).collect(),
            is_gone: chat.is_gone,
            watched_to: chat.watched_to.map(seconds),
            checked_at: chat.checked_at.map(seconds),
            sweep: chat.sweep.map(Into::into),
        }
    }
}

fn gap((from, to, why): (Timestamp, Timestamp, Option<capture::GapReason>)) -> Gap {
    Gap { from: seconds(from), to: seconds(to), why: why.map(Into::into) }
}

impl From<capture::Sweep> for SweepView {
    fn from(sweep: capture::Sweep) -> Self {
        let (looked_at, found) = (count(sweep.looked_at), count(sweep.found));
        SweepView { began_at: seconds(sweep.began_at), looked_at, found, is_done: sweep.ended_at.is_some() }
    }
}

impl From<capture::LoginView> for LoginView {
    fn from(view: capture::LoginView) -> Self {
        use capture::LoginView as L;
        match view {
            L::None => LoginView::None,
            L::Code { phone, way, length, next, resend_after } => LoginView::Code {
                phone,
                way: way.to_owned(),
                length,
                next: next.map(str::to_owned),
                resend_after: resend_after.map(|at| seconds(Timestamp(at))),
            },
            L::Qr { url, expires_at } => {
                LoginView::Qr { rows: capture::qr_rows(&url), expires_at: seconds(Timestamp(expires_at)) }
            }
            L::Password { hint } => LoginView::Password { hint: hint.unwrap_or_default() },
            L::Done { account, name } => LoginView::Done { account: account.to_string(), name },
        }
    }
}

impl From<(Vec<capture::ScanFolder>, Vec<capture::ScanRow>)> for Scan {
    fn from((folders, rows): (Vec<capture::ScanFolder>, Vec<capture::ScanRow>)) -> Self {
        let chat = |row: capture::ScanRow| ScanChat {
            chat: row.peer.to_string(),
            title: row.title,
            is_private: row.peer.kind == letopis_engine::model::PeerKind::User,
            is_archived: row.is_archived,
            folders: row.folders,
        };
        let folder = |folder: capture::ScanFolder| ScanFolder { id: folder.id, title: folder.title };
        Scan { folders: folders.into_iter().map(folder).collect(), chats: rows.into_iter().map(chat).collect() }
    }
}
