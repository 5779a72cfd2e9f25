//! What is asked about accounts, and what may be done with them: the list, consent, scope, on and off, sign out.

use super::coverage::GapReason;
use super::desk::Desk;
use super::scope::KeptFolder;
use super::{Capture, CaptureState, keep};
use crate::{Failure, OpenArchive};
use letopis_archive::{CaptureAccount, CaptureChat, CaptureRule, Consent, Reader, RuleOf, Sweep, Takeout};
use letopis_model::{AccountId, ChatId, ChatType, PeerId, Timestamp};
use letopis_telegram::{Account, Dialogs, Folder};
use std::sync::{Arc, PoisonError};

/// An account as the list shows it.
pub struct AccountView {
    pub account: AccountId,
    pub name: String,
    pub state: CaptureState,
    /// The last moment at which nothing was known to be missing.
    pub heard_at: Option<Timestamp>,
    /// Seconds behind Telegram; `None` when that is not known.
    pub behind: Option<u64>,
    pub is_on: bool,
    /// Live, and nothing is owed to any chat.
    pub is_idle: bool,
    pub is_signed_in: bool,
    /// Where its SOCKS5 proxy is, without the password.
    pub proxy: Option<String>,
    pub trouble: Option<String>,
    /// The consent in force, or the withdrawal that ended it.
    pub consent: Option<Consent>,
    pub rules: Vec<ScopeRow>,
    pub fill_days: Option<u32>,
    pub chats: Vec<ChatCoverage>,
    /// Files wanted, and files that cannot be had.
    pub media: (u64, u64),
    pub takeout: Takeout,
    /// Stretches of unbroken listening.
    pub spans: Vec<(Timestamp, Timestamp)>,
}

/// How much of one chat is known.
pub struct ChatCoverage {
    pub peer: PeerId,
    pub kind: ChatType,
    pub title: String,
    pub joined_at: Timestamp,
    /// Everything back to this moment is read.
    pub filled_to: Option<Timestamp>,
    pub fill_since: Option<Timestamp>,
    pub fill_done: bool,
    /// Messages in it, as Telegram says.
    pub total: Option<u64>,
    /// A span is still to be read again, for this reason.
    pub lost: Option<(Timestamp, Option<GapReason>)>,
    /// Stretches in which the chat was not watched, beside those in which nobody listened to the account at all.
    pub gaps: Vec<(Timestamp, Timestamp, Option<GapReason>)>,
    pub is_gone: bool,
    /// When it was watched last, of a chat that is gone.
    pub watched_to: Option<Timestamp>,
    /// Known messages are still to be looked at again.
    pub check_owed: bool,
    pub checked_at: Option<Timestamp>,
    /// The last reading of the whole chat, under way or ended.
    pub sweep: Option<Sweep>,
}

/// A rule, with the name of what it names.
pub struct ScopeRow {
    pub rule: CaptureRule,
    pub title: String,
}

/// A chat of the account, for choosing: a name at most.
pub struct ScanRow {
    pub peer: PeerId,
    pub kind: ChatType,
    pub title: String,
    pub is_archived: bool,
    /// Folders that hold it.
    pub folders: Vec<i32>,
}

pub struct ScanFolder {
    pub id: i32,
    pub title: String,
}

impl OpenArchive {
    /// All accounts, also when the capture does not run.
    ///
    /// # Errors
    /// `Damaged`.
    pub fn accounts(&self) -> Result<Vec<AccountView>, Failure> {
        let rows = self.read(|reader| reader.capture_accounts())?;
        rows.into_iter().map(|row| self.account_view(row)).collect()
    }

    fn account_view(&self, row: CaptureAccount) -> Result<AccountView, Failure> {
        let id = row.account;
        let (consent, rules, chats, ledger, media, spans, sweeps, takeout) = self.read(|reader| {
            let consent = reader.consents(id)?.pop();
            let chats = reader.capture_chats(id)?;
            let ledger = chats.iter().map(|chat| watched(reader, id, chat)).collect::<Result<Vec<_>, _>>()?;
            Ok((
                consent,
                reader.capture_rules(id)?,
                chats,
                ledger,
                reader.media_counts(id)?,
                reader.capture_spans(id)?,
                reader.capture_sweeps(id)?,
                reader.takeout(id)?,
            ))
        })?;
        let (state, idle) = self.state_of(&row, consent.as_ref(), &rules);
        let owed = |chat: &CaptureChat| !chat.is_gone && (!chat.fill_done || chat.lost_since.is_some() || chat.check_owed);
        let behind = match (&state, row.heard_at) {
            (CaptureState::Live, _) => Some(0),
            (_, Some(at)) => u64::try_from(self.clock().now().0 - at.0).ok(),
            (_, None) => None,
        };
        let is_idle =
            idle && state == CaptureState::Live && !chats.iter().any(owed) && sweeps.iter().all(|sweep| sweep.ended_at.is_some());
        let folders: Vec<KeptFolder> = serde_json::from_str(&row.folders).unwrap_or_default();
        Ok(AccountView {
            account: id,
            name: row.name,
            state,
            heard_at: row.heard_at,
            behind,
            is_idle,
            is_on: row.is_on,
            is_signed_in: !row.session.is_empty(),
            proxy: super::proxy::shown(&row.session),
            trouble: row.trouble,
            consent,
            rules: rules.into_iter().map(|rule| self.scope_row(id, rule, &folders, &chats)).collect::<Result<_, _>>()?,
            fill_days: row.fill_days,
            chats: chats.into_iter().zip(ledger).map(|(chat, watched)| coverage(chat, watched, &sweeps)).collect(),
            media,
            takeout,
            spans,
        })
    }

    pub(super) fn state_of(
        &self,
        row: &CaptureAccount,
        consent: Option<&Consent>,
        rules: &[CaptureRule],
    ) -> (CaptureState, bool) {
        if row.session.is_empty() {
            return (CaptureState::SignedOut(row.trouble.clone().unwrap_or_default()), false);
        }
        if !consent.is_some_and(|consent| consent.given) {
            return (CaptureState::NeedsConsent, false);
        }
        if !rules.iter().any(|rule| rule.allow) {
            return (CaptureState::NeedsScope, false);
        }
        let running = self.capture().ok().and_then(|capture| {
            let statuses = capture.hall.statuses.lock().unwrap_or_else(PoisonError::into_inner);
            statuses.get(&row.account).map(|status| (status.state.clone(), status.is_idle && status.is_settled))
        });
        running.unwrap_or_default()
    }

    fn scope_row(
        &self,
        id: AccountId,
        rule: CaptureRule,
        folders: &[KeptFolder],
        chats: &[CaptureChat],
    ) -> Result<ScopeRow, Failure> {
        let title = match rule.of {
            RuleOf::Folder(id) => folders.iter().find(|folder| folder.id == id).map(|folder| folder.title.clone()),
            RuleOf::Chat(peer) => match chats.iter().find(|chat| chat.peer == peer) {
                Some(chat) => Some(chat.title.clone()),
                None => self.met(id, peer)?,
            },
        };
        Ok(ScopeRow { rule, title: title.unwrap_or_default() })
    }

    /// The name of a chat that is not recorded. The archive does not keep it, unless the chat was recorded once: it is
    /// known since the account's list of chats was read.
    fn met(&self, account: AccountId, peer: PeerId) -> Result<Option<String>, Failure> {
        if let Some(name) = self.capture().ok().and_then(|capture| capture.hall.kept_out(account, peer)) {
            return Ok(Some(name));
        }
        match self.read(|reader| reader.chat(ChatId::new(Some(account), peer))) {
            Ok(chat) => Ok(Some(chat.title)),
            Err(Failure::NotFound) => Ok(None),
            Err(other) => Err(other),
        }
    }
}

/// What the ledger says of one chat.
struct Watched {
    gaps: Vec<(Timestamp, Timestamp, Option<GapReason>)>,
    to: Option<Timestamp>,
}

fn watched(reader: &Reader, account: AccountId, chat: &CaptureChat) -> Result<Watched, letopis_archive::Error> {
    let id = ChatId::new(Some(account), chat.peer);
    // What nobody heard at all is the account's, and the same for every chat: the spans tell it.
    let gaps = reader.gaps(account, id, GapReason::Offline.name())?;
    let gaps = gaps.into_iter().map(|(from, to, why)| (from, to, GapReason::from_name(&why))).collect();
    let to = if chat.is_gone { reader.watched_to(account, id)? } else { None };
    Ok(Watched { gaps, to })
}

fn coverage(chat: CaptureChat, watched: Watched, sweeps: &[Sweep]) -> ChatCoverage {
    let filled_to = match (chat.fill_done, chat.fill_since, chat.fill_reached) {
        (_, None, _) => Some(chat.joined_at),
        (true, Some(since), reached) => reached.map(|at| at.max(since)).or(Some(since)),
        (false, _, reached) => reached,
    };
    ChatCoverage {
        peer: chat.peer,
        kind: chat.kind,
        title: chat.title,
        joined_at: chat.joined_at,
        filled_to,
        fill_since: chat.fill_since,
        fill_done: chat.fill_done,
        total: chat.total,
        lost: chat.lost_since.map(|since| (since, chat.lost_why.as_deref().and_then(GapReason::from_name))),
        gaps: watched.gaps,
        is_gone: chat.is_gone,
        watched_to: watched.to,
        check_owed: chat.check_owed,
        checked_at: chat.checked_at,
        sweep: sweeps.iter().find(|sweep| sweep.peer == chat.peer).copied(),
    }
}

impl Capture {
    /// The account's chats and folders: names only, nothing of it is kept.
    ///
    /// # Errors
    /// `Telegram…`.
    pub fn scan(self: &Arc<Self>, id: AccountId) -> Result<(Vec<ScanFolder>, Vec<ScanRow>), Failure> {
        let found = self.block(async |capture| match capture.desk(id) {
            Some(desk) => Ok(desk.account.dialogs().await?),
            None => {
                let account = capture.lone_account(id).await?;
                let found = account.look().await?;
                Ok::<Dialogs, Failure>(found)
            }
        })?;
        let folders = found.folders.unwrap_or_default();
        let holders = |dialog: &letopis_telegram::Dialog| {
            let holds = |folder: &&Folder| folder.holds(&dialog.facts, dialog.archived);
            folders.iter().filter(holds).map(|folder| folder.id).collect()
        };
        let rows = found.chats.iter().map(|dialog| ScanRow {
            peer: dialog.facts.peer,
            kind: dialog.facts.kind,
            title: dialog.facts.name.clone(),
            is_archived: dialog.archived,
            folders: holders(dialog),
        });
        let rows = rows.collect();
        Ok((folders.iter().map(|folder| ScanFolder { id: folder.id, title: folder.title.clone() }).collect(), rows))
    }

    pub(super) fn desk(&self, id: AccountId) -> Option<Arc<Desk>> {
        self.hall.desks.lock().unwrap_or_else(PoisonError::into_inner).get(&id)?.upgrade()
    }

    async fn lone_account(&self, id: AccountId) -> Result<Arc<Account>, Failure> {
        let row = self.hall.read(move |reader| reader.capture_account(id)).await?;
        if row.session.is_empty() {
            return Err(Failure::SignedOut);
        }
        let (app, session) = keep::from_json(&row.session)?;
        let store = keep::store(&self.hall, id, app.clone());
        Ok(Arc::new(Account::new(id, app, session, store, self.hall.clock_fn(), self.hall.options.tuning)))
    }

    /// Keeps the consent. It does not start anything by itself.
    ///
    /// # Errors
    /// The archive could not be written.
    pub fn give_consent(&self, consent: Consent) -> Result<(), Failure> {
        self.hall.archive()?.writer.run(move |writer| writer.put_consent(&consent))
    }

    /// Stops the capture at once and keeps that it was withdrawn. What was captured before stays.
    ///
    /// # Errors
    /// The archive could not be written.
    pub fn withdraw_consent(&self, account: AccountId, who: &str) -> Result<(), Failure> {
        self.stop(account);
        let last = self.hall.archive()?.read(|reader| reader.consents(account))?.pop().ok_or(Failure::NotFound)?;
        let (at, who) = (self.hall.now(), who.to_owned());
        let withdrawn = Consent { given: false, at, who, ..last };
        self.hall.archive()?.writer.run(move |writer| {
            writer.put_consent(&withdrawn)?;
            writer.switch_capture(account, false)
        })
    }

    /// Replaces the allow-list; a running account begins anew under it.
    ///
    /// # Errors
    /// The archive could not be written.
    pub fn set_scope(&self, account: AccountId, rules: Vec<CaptureRule>, fill_days: Option<u32>) -> Result<(), Failure> {
        let was_on = self.hall.archive()?.read(|reader| reader.capture_account(account))?.is_on;
        self.stop(account);
        self.hall.archive()?.writer.run(move |writer| {
            writer.put_capture_rules(account, &rules)?;
            writer.put_fill_days(account, fill_days)?;
            let forbidden = rules.iter().filter(|rule| !rule.allow).filter_map(|rule| match rule.of {
                RuleOf::Chat(peer) => Some(peer),
                RuleOf::Folder(_) => None,
            });
            writer.drop_capture_chats(account, &forbidden.collect::<Vec<_>>())
        })?;
        if was_on {
            self.start(account);
        }
        Ok(())
    }

    /// # Errors
    /// The archive could not be written.
    pub fn switch(&self, account: AccountId, on: bool) -> Result<(), Failure> {
        self.hall.archive()?.writer.run(move |writer| writer.switch_capture(account, on))?;
        if on {
            self.start(account)
        } else {
            self.stop(account)
        }
        Ok(())
    }

    /// A full second look at everything known of the account's chats.
    ///
    /// # Errors
    /// The archive could not be written.
    pub fn check_all(self: &Arc<Self>, account: AccountId) -> Result<(), Failure> {
        self.hall.archive()?.writer.run(move |writer| writer.owe_checks(account))?;
        self.block(async |capture| {
            if let Some(desk) = capture.desk(account) {
                desk.owe_checks().await;
            }
            Ok(())
        })
    }

    /// Ends the session on Telegram's side and forgets its keys. The record stays.
    ///
    /// # Errors
    /// `Telegram…` when Telegram could not be reached: the keys are kept then, or the session would live on unseen.
    pub fn sign_out(self: &Arc<Self>, account: AccountId) -> Result<(), Failure> {
        self.stop(account);
        self.block(async |capture| {
            let ended = capture.lone_account(account).await?.sign_out().await;
            match ended {
                Ok(()) | Err(letopis_telegram::Error::SignedOut(_)) => Ok(()),
                Err(other) => Err(Failure::from(other)),
            }
        })?;
        self.hall.archive()?.writer.run(move |writer| writer.forget_capture_session(account))?;
        (self.hall.tell)(super::Event::Account(account));
        Ok(())
    }
}
