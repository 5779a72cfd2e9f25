//! What is said on the desktop, and when: a dead feed and a mass deletion, once each, and never a text, a name or a phone.
//! The deciding is pure; showing is the desktop's, which may have nobody who shows anything.

use letopis_engine::{Lang, capture::Event};
use std::time::Duration;

/// Accounts whose links die within this time died of one cause.
const ONE_OUTAGE: Duration = Duration::from_secs(300);
/// Chats that are wiped within this time are wiped by one hand.
const ONE_WIPE: Duration = Duration::from_secs(60);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    DeadFeed,
    /// So many were gone when it was noticed; often more follow.
    MassDeletion(u64),
}

/// Who is there to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Audience {
    /// The user wants notices.
    pub wanted: bool,
    /// The window is open, unlocked and in front: it says the same itself, with names.
    pub watching: bool,
}

/// Remembers what was said lately.
#[derive(Debug, Default)]
pub struct Notices {
    dead: Option<Duration>,
    wiped: Option<Duration>,
}

impl Notices {
    /// Whether this is worth a word now. `now` runs steadily from some beginning.
    pub fn decide(&mut self, event: &Event, audience: Audience, now: Duration) -> Option<Notice> {
        let (notice, last, together) = match event {
            Event::Account(_) | Event::Grew => return None,
            Event::DeadFeed(_) => (Notice::DeadFeed, &mut self.dead, ONE_OUTAGE),
            Event::MassDeletion { count, .. } => (Notice::MassDeletion(*count), &mut self.wiped, ONE_WIPE),
        };
        let is_told = last.is_some_and(|last| now.saturating_sub(last) < together);
        // What the window has said counts as said; what nobody was told does not.
        if audience.wanted || audience.watching {
            *last = Some(now);
        }
        (audience.wanted && !audience.watching && !is_told).then_some(notice)
    }
}

impl Notice {
    pub fn words(self, lang: Lang) -> String {
        match (self, lang) {
            (Notice::DeadFeed, Lang::Ru) => {
                "Запись прервалась: с Telegram нет связи уже две минуты. Записанное цело. Откройте «Аккаунты».".to_owned()
            }
            (Notice::DeadFeed, Lang::En) => {
                "Recording has stopped: no connection to Telegram for two minutes. What was recorded is safe. Open Accounts."
                    .to_owned()
            }
            (Notice::MassDeletion(count), Lang::Ru) => {
                format!(
                    "Массовое удаление в рабочем чате, сообщений не меньше: {count}. Оригиналы сохранены. Откройте «Изменения»."
                )
            }
            (Notice::MassDeletion(count), Lang::En) => {
                format!("Mass deletion in a work chat, {count} messages or more. The originals are kept. Open Changes.")
            }
        }
    }
}

/// Shows it, on a thread of its own: the desktop may take its time or have nobody who listens.
pub fn show(notice: Notice, lang: Lang) {
    let shown = move || {
        let title = if lang == Lang::Ru { "Летопись" } else { "Letopis" };
        let sent = notify_rust::Notification::new().appname("Letopis").summary(title).body(&notice.words(lang)).show();
        if let Err(error) = sent {
            tracing::warn!(%error, "the desktop showed no notice");
        }
    };
    if let Err(error) = std::thread::Builder::new().name("notice".into()).spawn(shown) {
        tracing::warn!(%error, "no thread for a notice");
    }
}

/// Whether the desktop has somebody who shows notices. One that does not answer shows none.
#[cfg(target_os = "linux")]
pub fn can_be_shown() -> bool {
    const PATIENCE: Duration = Duration::from_secs(3);
    let (tell, told) = std::sync::mpsc::channel();
    let ask = move || {
        // Who asked may have given up.
        let _ = tell.send(notify_rust::get_server_information().is_ok());
    };
    let started = std::thread::Builder::new().name("notices".into()).spawn(ask);
    started.is_ok() && told.recv_timeout(PATIENCE).unwrap_or(false)
}

/// Windows and macOS always have.
#[cfg(not(target_os = "linux"))]
pub fn can_be_shown() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use letopis_engine::model::{AccountId, ChatId, PeerId};

    const AWAY: Audience = Audience { wanted: true, watching: false };
    const HERE: Audience = Audience { wanted: true, watching: true };
    const DEAF: Audience = Audience { wanted: false, watching: false };

    fn dead(account: i64) -> Event {
        Event::DeadFeed(AccountId(account))
    }

    fn wiped(count: u64) -> Event {
        Event::MassDeletion { chat: ChatId::new(Some(AccountId(1)), PeerId::user(7)), count }
    }

    #[test]
    fn each_event_is_said_once() {
        let check = |course: &[(u64, Event, Audience)], expected: &[Option<Notice>]| {
            let mut notices = Notices::default();
            let said: Vec<_> =
                course.iter().map(|(at, event, audience)| notices.decide(event, *audience, Duration::from_secs(*at))).collect();
            assert_eq!(said, expected, "{course:?}");
        };
        let (gone, mass) = (Some(Notice::DeadFeed), |n| Some(Notice::MassDeletion(n)));
        check(&[(0, Event::Grew, AWAY), (0, Event::Account(AccountId(1)), AWAY)], &[None, None]);
        // Three accounts of one office lose the network: one word. The next outage is another one.
        check(&[(100, dead(1), AWAY), (100, dead(2), AWAY), (104, dead(3), AWAY)], &[gone, None, None]);
        check(&[(100, dead(1), AWAY), (500, dead(1), AWAY)], &[gone, gone]);
        check(&[(100, wiped(20), AWAY), (110, wiped(31), AWAY), (300, wiped(25), AWAY)], &[mass(20), None, mass(25)]);
        // One does not hide the other.
        check(&[(100, dead(1), AWAY), (101, wiped(20), AWAY)], &[gone, mass(20)]);
        // Whoever sits before the window has read it there, the rest of the same event too.
        check(&[(100, wiped(20), HERE), (110, wiped(40), AWAY)], &[None, None]);
        check(&[(100, dead(1), DEAF), (101, dead(2), AWAY)], &[None, gone]);
    }

    #[test]
    fn words_name_nobody_and_say_what_to_do() {
        for lang in [Lang::Ru, Lang::En] {
            let words = [Notice::DeadFeed, Notice::MassDeletion(34)].map(|notice| notice.words(lang));
            assert!(words[1].contains("34"), "{words:?}");
            assert!(words.iter().all(|words| words.contains("Откройте") || words.contains("Open")), "{words:?}");
        }
    }
}
