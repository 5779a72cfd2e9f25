//! The ways into an archive, told with Анна, who keeps one: each changes alone, a wrong passphrase is slowed, a damaged
//! entry is named, and the master key changes under everything.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may stop")]

use letopis_engine::{
    Clock, Engine, Failure, ImportOptions, Job, Lang, OpenArchive, Paced, SearchFilter, SearchRequest, Secret, Sort, Stage,
};
use letopis_testkit::{ANNA as ANNA_ID, Export};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const ANNA: &str = "лес шумит над рекой";
const FILE: &[u8] = "счёт на оплату".as_bytes();
const IGOR: &str = "мост стоит через реку";

struct Desk {
    dir: tempfile::TempDir,
    engine: Engine,
    recovery: String,
}

impl Desk {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let engine = engine(&dir.path().join("archive"));
        let recovery = engine.create(ANNA).unwrap().to_string();
        Desk { dir, engine, recovery }
    }

    /// With Kirill's chat and a file in it, locked.
    fn with_chats() -> (Self, u64) {
        let desk = Desk::new();
        let archive = desk.engine.archive().unwrap();
        let chat = (0..300)
            .fold(Export::single_chat("Кирилл · Промстрой", 555).owner(ANNA_ID.id, ANNA_ID.name), |chat, n| {
                chat.incoming(&format!("Пункт {n} договора: срок 15 дней"))
            });
        let path = desk.dir.path().join("result.json");
        std::fs::write(&path, chat.to_json()).unwrap();
        archive.import(&path, &ImportOptions::default(), Lang::Ru, &mut Job::quiet()).unwrap();
        archive.blobs().put(FILE).unwrap();
        let messages = archive.totals().unwrap().messages;
        drop(archive);
        desk.engine.lock();
        (desk, messages)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join("archive").join(name)
    }

    /// Everything is there, whichever key it is under.
    #[track_caller]
    fn is_whole(archive: &OpenArchive, messages: u64) {
        assert_eq!(archive.totals().unwrap().messages, messages);
        let before = archive.blobs().list().unwrap().len();
        assert!(
            !archive.blobs().put(FILE).unwrap().is_new && archive.blobs().list().unwrap().len() == before,
            "the file is there"
        );
        archive.catch_up(&mut Job::quiet()).unwrap();
        let damaged = archive.verify(true, &mut Job::quiet()).unwrap().damaged;
        assert!(damaged.is_empty(), "{damaged:?}");
        let found = archive.search(&SearchRequest {
            query: "договор",
            filter: SearchFilter::default(),
            sort: Sort::Newest,
            offset: 0,
            limit: 5,
        });
        assert_eq!(found.unwrap().total, messages as usize);
    }

    #[track_caller]
    fn opens(&self, secret: &Secret<'_>) {
        self.engine.lock();
        self.engine.unlock(secret).unwrap_or_else(|failure| panic!("{failure}"));
    }

    #[track_caller]
    fn refuses(&self, secret: &Secret<'_>) -> Failure {
        self.engine.lock();
        self.engine.unlock(secret).map(drop).unwrap_err()
    }
}

fn engine(folder: &std::path::Path) -> Engine {
    Engine::new(folder.to_owned(), Clock::system())
}

#[test]
fn a_new_passphrase_opens_and_the_old_one_does_not() {
    let desk = Desk::new();
    assert!(matches!(desk.engine.change_passphrase(&Secret::Passphrase(IGOR), IGOR), Err(Failure::WrongKey)));
    assert!(matches!(desk.engine.change_passphrase(&Secret::Passphrase(ANNA), "коротко"), Err(Failure::WeakPassphrase)));
    desk.engine.change_passphrase(&Secret::Passphrase(ANNA), IGOR).unwrap();
    assert!(matches!(desk.refuses(&Secret::Passphrase(ANNA)), Failure::WrongKey));
    desk.opens(&Secret::Passphrase(IGOR));
    desk.opens(&Secret::Recovery(&desk.recovery));
    // Forgotten: the recovery key sets a new one.
    desk.engine.change_passphrase(&Secret::Recovery(&desk.recovery), ANNA).unwrap();
    desk.opens(&Secret::Passphrase(ANNA));
}

#[test]
fn a_new_recovery_key_replaces_the_old_one() {
    let desk = Desk::new();
    let new = desk.engine.new_recovery_key(&Secret::Passphrase(ANNA)).unwrap();
    assert!(matches!(desk.refuses(&Secret::Recovery(&desk.recovery)), Failure::WrongKey));
    desk.opens(&Secret::Recovery(&new));
    desk.opens(&Secret::Passphrase(ANNA));
}

#[test]
fn wrong_passphrases_are_slowed_and_a_restart_does_not_help() {
    let desk = Desk::new();
    for _ in 0..3 {
        assert!(matches!(desk.refuses(&Secret::Passphrase(IGOR)), Failure::WrongKey));
    }
    let again = engine(&desk.dir.path().join("archive"));
    // Six more by hand: the count lies on the disk.
    let text = std::fs::read_to_string(desk.file("attempts")).unwrap();
    std::fs::write(desk.file("attempts"), text.replacen(" 3 ", " 9 ", 1)).unwrap();
    let Err(Failure::TooSoon(seconds)) = again.unlock(&Secret::Passphrase(ANNA)).map(drop) else { panic!("not slowed") };
    assert!((1..=60).contains(&seconds), "{seconds}");
    assert!((1..=60).contains(&again.home().key_state().wait));
    let words = Failure::TooSoon(seconds).words(Lang::Ru);
    assert!(words.contains(&seconds.to_string()), "{words}");
    // Guessing the recovery key is hopeless: it need not wait.
    again.unlock(&Secret::Recovery(&desk.recovery)).unwrap();
    again.lock();
    std::fs::write(desk.file("attempts"), text.replacen(" 3 ", " 1 ", 1)).unwrap();
    again.unlock(&Secret::Passphrase(ANNA)).unwrap();
    let text = std::fs::read_to_string(desk.file("attempts")).unwrap();
    assert!(text.trim_start().starts_with("0 "), "a right passphrase ends the count: {text}");
}

#[test]
fn a_cheap_passphrase_is_sealed_anew_when_it_opens() {
    let desk = Desk::new();
    desk.engine.lock();
    let folder = desk.dir.path().join("archive");
    let mut file = letopis_vault::KeyFile::read(&desk.file("keys.json")).unwrap();
    let master = file.open(&letopis_vault::Opener::Passphrase(ANNA)).unwrap();
    file.set_passphrase(&master, ANNA, letopis_vault::Cost::FOR_TESTS).unwrap();
    drop(desk.engine.unlock(&Secret::Passphrase(ANNA)).unwrap());
    let cost = letopis_vault::KeyFile::read(&desk.file("keys.json")).unwrap().cost().unwrap();
    assert!(cost.memory >= letopis_vault::Cost::FLOOR.memory && cost.passes >= letopis_vault::Cost::FLOOR.passes, "{cost:?}");
    desk.engine.lock();
    engine(&folder).unlock(&Secret::Passphrase(ANNA)).unwrap();
}

#[test]
fn a_damaged_entry_is_named_and_the_other_way_in_still_opens() {
    let desk = Desk::new();
    let flip = |range: Range<usize>| {
        let mut bytes = std::fs::read(desk.file("keys.json")).unwrap();
        bytes[range.start + range.len() / 2] ^= 1;
        std::fs::write(desk.file("keys.json"), bytes).unwrap();
    };
    let first_line = std::fs::read_to_string(desk.file("keys.json")).unwrap().find('\n').unwrap();
    flip(0..first_line);
    assert!(matches!(desk.refuses(&Secret::Passphrase(ANNA)), Failure::LostSlot(_)));
    assert_eq!(desk.engine.home().key_state().wait, 0, "a damaged entry is nobody's mistake");
    desk.opens(&Secret::Recovery(&desk.recovery));
    let damaged = desk.engine.archive().unwrap().verify(false, &mut Job::quiet()).unwrap().damaged;
    assert!(damaged.iter().any(|d| d.what.contains("passphrase") && d.place == "keys.json"), "{damaged:?}");
    desk.engine.change_passphrase(&Secret::Recovery(&desk.recovery), IGOR).unwrap();
    desk.opens(&Secret::Passphrase(IGOR));
    assert!(desk.engine.archive().unwrap().verify(false, &mut Job::quiet()).unwrap().damaged.is_empty());
}

#[test]
fn the_master_key_changes_under_everything() {
    let (desk, messages) = Desk::with_chats();
    let before = std::fs::read(desk.file("keys.json")).unwrap();
    assert!(matches!(desk.engine.draft_recovery_key(&Secret::Passphrase(IGOR)), Err(Failure::WrongKey)));
    let words = desk.engine.draft_recovery_key(&Secret::Passphrase(ANNA)).unwrap();
    let done = desk.engine.rekey(ANNA, &words, &mut Job::quiet()).unwrap();
    assert!(!done.keyring_lost && !desk.engine.home().key_state().rekeying);
    Desk::is_whole(&done.archive, messages);
    drop(done);
    assert!(matches!(desk.refuses(&Secret::Recovery(&desk.recovery)), Failure::WrongKey), "the old recovery key is void");
    desk.opens(&Secret::Recovery(&words));
    desk.opens(&Secret::Passphrase(ANNA));
    // Yesterday's key file beside today's archive: the passphrase fits it, the database does not.
    desk.engine.lock();
    std::fs::write(desk.file("keys.json"), before).unwrap();
    assert!(matches!(desk.refuses(&Secret::Passphrase(ANNA)), Failure::Damaged(_)));
}

#[test]
fn a_change_of_the_master_key_that_was_stopped_is_finished_later() {
    let (desk, messages) = Desk::with_chats();
    let words = desk.engine.draft_recovery_key(&Secret::Passphrase(ANNA)).unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let heard = stop.clone();
    let mut job = Job::new(stop, move |paced: Paced| {
        assert_eq!(paced.progress.stage, Stage::Rekeying);
        heard.store(true, Ordering::Relaxed);
    });
    assert!(matches!(desk.engine.rekey(ANNA, &words, &mut job).map(drop), Err(Failure::Cancelled)));
    Desk::is_whole(&desk.engine.archive().unwrap(), messages);
    assert!(desk.engine.home().key_state().rekeying);
    desk.opens(&Secret::Passphrase(ANNA));
    desk.opens(&Secret::Recovery(&words));
    assert!(matches!(desk.engine.rekey(ANNA, &words, &mut Job::quiet()).map(drop), Err(Failure::RekeyUnfinished)));
    let done = desk.engine.finish_rekey(&Secret::Recovery(&words), &mut Job::quiet()).unwrap();
    Desk::is_whole(&done.archive, messages);
    assert!(!desk.engine.home().key_state().rekeying);
    drop(done);
    let again = desk.engine.finish_rekey(&Secret::Passphrase(ANNA), &mut Job::quiet()).map(drop);
    assert!(matches!(again, Err(Failure::NothingToFinish)));
    assert!(desk.engine.archive().is_ok(), "a refusal leaves the archive open");
}
