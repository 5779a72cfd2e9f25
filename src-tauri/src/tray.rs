//! The icon by the clock: one line on how recording goes, and the few things that can be done without the window. What it
//! says and offers is pure; drawing it is the platform's. On Linux an icon may have no place to be: then there is none.

#[cfg(target_os = "linux")]
#[path = "tray/linux.rs"]
mod platform;
#[cfg(not(target_os = "linux"))]
#[path = "tray/native.rs"]
mod platform;

use letopis_engine::Lang;
use letopis_engine::capture::Standing;
pub use platform::Icon;

/// What a person chose in the menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    Open,
    Pause,
    Resume,
    Lock,
    Quit,
}

/// A line of the menu; without an act it only tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub label: String,
    pub act: Option<Act>,
}

/// What the icon knows. Nothing of it names anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Face {
    pub lang: Lang,
    /// Somebody must type the passphrase before anything can be read.
    pub is_locked: bool,
    /// None: the archive is closed, nothing is recorded.
    pub accounts: Option<Accounts>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accounts {
    /// Switched on.
    pub on: usize,
    /// Of these, the ones that are not recorded now.
    pub ill: usize,
    /// Off, and could be switched on.
    pub paused: usize,
}

impl Accounts {
    pub fn of(standings: &[Standing]) -> Self {
        let count = |holds: fn(&&Standing) -> bool| standings.iter().filter(holds).count();
        Accounts {
            on: count(|one| one.is_on),
            ill: count(|one| one.is_on && !one.is_well()),
            paused: count(|one| !one.is_on && one.may_record()),
        }
    }
}

impl Face {
    /// How recording goes.
    pub fn line(&self) -> String {
        let ru = self.lang == Lang::Ru;
        let Some(Accounts { on, ill, paused }) = self.accounts else {
            return if ru {
                "Архив заперт, запись не идёт"
            } else {
                "The archive is locked, nothing is recorded"
            }
            .to_owned();
        };
        let line = match (on, ill, paused) {
            (0, _, 0) if ru => "Аккаунтов для записи нет".to_owned(),
            (0, _, 0) => "No accounts to record".to_owned(),
            (0, _, _) if ru => "Запись приостановлена".to_owned(),
            (0, _, _) => "Recording is paused".to_owned(),
            (on, 0, _) if ru => format!("{on} {}, всё записывается", accounts_ru(on)),
            (1, 0, _) => "1 account, all of it recorded".to_owned(),
            (on, 0, _) => format!("{on} accounts, all recorded"),
            (on, ill, _) if ru => format!("Не записывается: {ill} из {on}"),
            (on, ill, _) => format!("Not recorded: {ill} of {on}"),
        };
        match (self.is_locked, ru) {
            (false, _) => line,
            (true, true) => format!("{line}; архив заперт"),
            (true, false) => format!("{line}; the archive is locked"),
        }
    }

    /// The menu, top down. Behind the lock nothing can be paused: that would cost the record a hole.
    pub fn menu(&self) -> Vec<Entry> {
        let ru = self.lang == Lang::Ru;
        let offer =
            |act, russian: &str, english: &str| Entry { label: if ru { russian } else { english }.to_owned(), act: Some(act) };
        let mut menu = vec![offer(Act::Open, "Открыть Летопись", "Open Letopis"), Entry { label: self.line(), act: None }];
        if !self.is_locked {
            match self.accounts {
                Some(Accounts { on: 1.., .. }) => menu.push(offer(Act::Pause, "Приостановить запись", "Pause recording")),
                Some(Accounts { paused: 1.., .. }) => menu.push(offer(Act::Resume, "Продолжить запись", "Resume recording")),
                _ => {}
            }
            menu.push(offer(Act::Lock, "Запереть", "Lock"));
        }
        menu.push(offer(Act::Quit, "Выйти", "Quit"));
        menu
    }
}

/// «1 аккаунт», «2 аккаунта», «5 аккаунтов».
fn accounts_ru(n: usize) -> &'static str {
    match (n % 10, n % 100) {
        (_, 11..=14) => "аккаунтов",
        (1, _) => "аккаунт",
        (2..=4, _) => "аккаунта",
        _ => "аккаунтов",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use letopis_engine::capture::CaptureState as S;
    use letopis_engine::model::AccountId;

    fn face(lang: Lang, is_locked: bool, accounts: Option<(usize, usize, usize)>) -> Face {
        let accounts = accounts.map(|(on, ill, paused)| Accounts { on, ill, paused });
        Face { lang, is_locked, accounts }
    }

    #[test]
    fn the_line_tells_how_recording_goes() {
        let check = |accounts, is_locked, ru: &str, en: &str| {
            assert_eq!(face(Lang::Ru, is_locked, accounts).line(), ru);
            assert_eq!(face(Lang::En, is_locked, accounts).line(), en);
        };
        check(Some((3, 0, 0)), false, "3 аккаунта, всё записывается", "3 accounts, all recorded");
        check(Some((1, 0, 2)), false, "1 аккаунт, всё записывается", "1 account, all of it recorded");
        check(Some((11, 0, 0)), false, "11 аккаунтов, всё записывается", "11 accounts, all recorded");
        check(Some((21, 0, 0)), false, "21 аккаунт, всё записывается", "21 accounts, all recorded");
        check(Some((3, 1, 0)), false, "Не записывается: 1 из 3", "Not recorded: 1 of 3");
        check(Some((0, 0, 2)), false, "Запись приостановлена", "Recording is paused");
        check(Some((0, 0, 0)), false, "Аккаунтов для записи нет", "No accounts to record");
        check(None, true, "Архив заперт, запись не идёт", "The archive is locked, nothing is recorded");
        let locked = ("2 аккаунта, всё записывается; архив заперт", "2 accounts, all recorded; the archive is locked");
        check(Some((2, 0, 0)), true, locked.0, locked.1);
    }

    #[test]
    fn the_menu_offers_what_can_be_done_now() {
        let check = |accounts, is_locked, expected: &[Option<Act>]| {
            let acts: Vec<_> = face(Lang::Ru, is_locked, accounts).menu().iter().map(|entry| entry.act).collect();
            assert_eq!(acts, expected, "{accounts:?} {is_locked}");
        };
        let (open, quit, lock) = (Some(Act::Open), Some(Act::Quit), Some(Act::Lock));
        check(Some((2, 0, 0)), false, &[open, None, Some(Act::Pause), lock, quit]);
        check(Some((0, 0, 2)), false, &[open, None, Some(Act::Resume), lock, quit]);
        check(Some((0, 0, 0)), false, &[open, None, lock, quit]);
        check(Some((2, 1, 0)), true, &[open, None, quit]);
        check(None, true, &[open, None, quit]);
    }

    #[test]
    fn accounts_are_counted_by_what_they_are() {
        let one = |is_on, state| Standing { account: AccountId(1), is_on, state };
        let standings = [one(true, S::Live), one(true, S::Offline), one(false, S::Off), one(false, S::NeedsConsent)];
        assert_eq!(Accounts::of(&standings), Accounts { on: 2, ill: 1, paused: 1 });
        assert_eq!(Accounts::of(&[]), Accounts::default());
    }
}
