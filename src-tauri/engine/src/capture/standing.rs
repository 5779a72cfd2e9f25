//! How the accounts stand, in a few numbers: what a tray icon says without reading a chat.

use super::{Capture, CaptureState};
use crate::{Failure, OpenArchive};
use letopis_model::AccountId;

/// One account at a glance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub account: AccountId,
    pub is_on: bool,
    pub state: CaptureState,
}

impl Standing {
    /// Consent and scope are there and the session lives: it can be switched on.
    pub fn may_record(&self) -> bool {
        !matches!(self.state, CaptureState::NeedsConsent | CaptureState::NeedsScope | CaptureState::SignedOut(_))
    }

    /// Wanted, and nothing is known to be wrong; a connection that is being made is not wrong yet.
    pub fn is_well(&self) -> bool {
        use CaptureState as S;
        match self.state {
            S::Live | S::CatchingUp | S::Connecting => true,
            S::Off | S::NeedsConsent | S::NeedsScope | S::Waiting(_) | S::Offline | S::SignedOut(_) | S::Failed(_) => false,
        }
    }
}

impl OpenArchive {
    /// All accounts, in their order.
    ///
    /// # Errors
    /// `Damaged`.
    pub fn standings(&self) -> Result<Vec<Standing>, Failure> {
        let rows = self.read(|reader| {
            let rows = reader.capture_accounts()?;
            let known = |row: &letopis_archive::CaptureAccount| {
                Ok((reader.consents(row.account)?.pop(), reader.capture_rules(row.account)?))
            };
            rows.into_iter().map(|row| known(&row).map(|known| (row, known))).collect::<Result<Vec<_>, letopis_archive::Error>>()
        })?;
        let standing = |(row, (consent, rules)): (letopis_archive::CaptureAccount, (Option<super::Consent>, Vec<_>))| Standing {
            account: row.account,
            is_on: row.is_on,
            state: self.state_of(&row, consent.as_ref(), &rules).0,
        };
        Ok(rows.into_iter().map(standing).collect())
    }
}

impl Capture {
    /// Switches off every account that is on; says which those were.
    ///
    /// # Errors
    /// The archive could not be written.
    pub fn pause_all(&self) -> Result<Vec<AccountId>, Failure> {
        let standings = self.hall.archive()?.standings()?;
        let on: Vec<AccountId> = standings.iter().filter(|one| one.is_on).map(|one| one.account).collect();
        on.iter().try_for_each(|account| self.switch(*account, false))?;
        Ok(on)
    }

    /// Switches on these accounts, or every one that may record when none is named.
    ///
    /// # Errors
    /// The archive could not be written.
    pub fn resume_all(&self, paused: &[AccountId]) -> Result<(), Failure> {
        let standings = self.hall.archive()?.standings()?;
        let wanted = |one: &&Standing| one.may_record() && !one.is_on && (paused.is_empty() || paused.contains(&one.account));
        standings.iter().filter(wanted).try_for_each(|one| self.switch(one.account, true))
    }
}
