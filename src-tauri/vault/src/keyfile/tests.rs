use super::*;
use crate::MasterKey;

const ANNA: &str = "пароль Анны";
const IGOR: &str = "пароль Игоря";
const COST: Cost = Cost::FOR_TESTS;

/// An archive with all the ways to its master key.
struct Desk {
    dir: tempfile::TempDir,
    file: KeyFile,
    master: MasterKey,
    recovery: RecoveryKey,
    keyring: KeyringSecret,
}

impl Desk {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (mut file, master, recovery) = KeyFile::create(&dir.path().join("keys.json"), ANNA, COST).unwrap();
        let keyring = KeyringSecret::generate().unwrap();
        file.set_keyring(&master, &keyring).unwrap();
        Desk { dir, file, master, recovery, keyring }
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("keys.json")
    }

    fn read(&self) -> KeyFile {
        KeyFile::read(&self.path()).unwrap()
    }

    fn openers(&self) -> [Opener<'_>; 3] {
        [Opener::Passphrase(ANNA), Opener::Recovery(&self.recovery), Opener::Keyring(&self.keyring)]
    }
}

fn opens(file: &KeyFile, opener: &Opener<'_>, master: &MasterKey) -> bool {
    file.open(opener).is_ok_and(|found| *found.0 == *master.0)
}

#[test]
fn every_way_opens_the_same_archive() {
    let desk = Desk::new();
    let again = desk.read();
    assert_eq!(again.archive(), desk.file.archive());
    assert!(desk.openers().iter().all(|opener| opens(&again, opener, &desk.master)));
    assert!(again.damage(&desk.master).unwrap().is_empty() && !again.is_worn());
    let stranger = KeyringSecret::generate().unwrap();
    let wrong = [Opener::Passphrase(IGOR), Opener::Recovery(&RecoveryKey::generate().unwrap()), Opener::Keyring(&stranger)];
    for opener in wrong {
        assert!(matches!(again.open(&opener), Err(Error::WrongKey)));
    }
    assert!(KeyFile::create(&desk.path(), "x", COST).is_err(), "an existing key file is never overwritten");
}

#[test]
fn the_keyrings_secret_comes_back_as_it_was() {
    let desk = Desk::new();
    assert_eq!(desk.read().keyring_id(), Some(desk.keyring.id()));
    let again = KeyringSecret::restore(&desk.keyring.id(), desk.keyring.bytes()).unwrap();
    assert!(opens(&desk.read(), &Opener::Keyring(&again), &desk.master));
    assert!(KeyringSecret::restore(&desk.keyring.id(), b"short").is_none());
}

#[test]
fn each_slot_changes_alone() {
    let mut desk = Desk::new();
    desk.file.set_passphrase(&desk.master, IGOR, COST).unwrap();
    assert!(matches!(desk.read().open(&Opener::Passphrase(ANNA)), Err(Error::WrongKey)));
    assert!(opens(&desk.read(), &Opener::Passphrase(IGOR), &desk.master));
    assert!(opens(&desk.read(), &Opener::Recovery(&desk.recovery), &desk.master));

    let new = RecoveryKey::generate().unwrap();
    desk.file.set_recovery(&desk.master, &new).unwrap();
    assert!(matches!(desk.read().open(&Opener::Recovery(&desk.recovery)), Err(Error::WrongKey)));
    assert!(opens(&desk.read(), &Opener::Recovery(&new), &desk.master));

    desk.file.remove_keyring(&desk.master).unwrap();
    assert!(matches!(desk.read().open(&Opener::Keyring(&desk.keyring)), Err(Error::NoSlot(SlotKind::Keyring))));
    assert!(opens(&desk.read(), &Opener::Passphrase(IGOR), &desk.master));
    assert!(desk.read().damage(&desk.master).unwrap().is_empty());
    assert_eq!(std::fs::read_dir(desk.dir.path()).unwrap().count(), 1, "no temporary file stays");
}

#[test]
fn slots_of_two_archives_cannot_be_exchanged() {
    let (mut a, b) = (Desk::new(), Desk::new());
    a.file.slots.clone_from(&b.file.slots);
    assert!(matches!(a.file.open(&Opener::Passphrase(ANNA)), Err(Error::WrongKey)));
}

#[test]
fn a_newer_or_foreign_file_is_named() {
    let desk = Desk::new();
    let write = |text: &str| std::fs::write(desk.path(), text).unwrap();
    write(r#"{"format":"letopis-keys","version":9,"archive":"","slots":[]}"#);
    assert!(matches!(KeyFile::read(&desk.path()), Err(Error::Newer { found: 9 })));
    write("{\"letopis-keys\":3,\"anything\":1}\n{\"letopis-keys\":3}\n");
    assert!(matches!(KeyFile::read(&desk.path()), Err(Error::Newer { found: 3 })));
    for text in ["{}", "", "{\"letopis-keys\":", "ключи"] {
        write(text);
        assert!(matches!(KeyFile::read(&desk.path()), Err(Error::Damaged { .. })), "{text}");
    }
}

#[test]
fn one_changed_byte_is_named_and_the_other_slots_open() {
    let desk = Desk::new();
    let whole = std::fs::read(desk.path()).unwrap();
    let mut ends: Vec<usize> = whole.iter().enumerate().filter(|(_, b)| **b == b'\n').map(|(at, _)| at).collect();
    assert_eq!(ends.len(), 4, "three slots and the closing line");
    let closing = ends.pop().unwrap();
    for at in 0..whole.len() {
        for mask in [0x01, 0x02, 0x04, 0x20, 0x80, 0xff] {
            let mut changed = whole.clone();
            changed[at] ^= mask;
            std::fs::write(desk.path(), &changed).unwrap();
            let file = KeyFile::read(&desk.path()).unwrap();
            let damage = file.damage(&desk.master).unwrap();
            let line = ends.iter().position(|end| at < *end).filter(|_| !ends.contains(&at));
            let open: Vec<bool> = desk.openers().iter().map(|opener| opens(&file, opener, &desk.master)).collect();
            match line {
                Some(line) => {
                    let kind = desk.openers()[line].kind();
                    assert_eq!(damage, [KeyDamage::Slot(kind)], "byte {at} ^ {mask:#x}");
                    assert!(matches!(file.open(&desk.openers()[line]), Err(Error::LostSlot(k)) if k == kind), "byte {at}");
                    assert_eq!(open.iter().filter(|open| **open).count(), 2, "byte {at} ^ {mask:#x}");
                }
                None => {
                    assert_eq!(damage, [KeyDamage::File], "byte {at} ^ {mask:#x}, closing line ends at {closing}");
                    assert!(open.iter().all(|open| *open), "byte {at} ^ {mask:#x}");
                }
            }
        }
    }
}

#[test]
fn any_cut_is_noticed_and_never_panics() {
    let desk = Desk::new();
    let whole = std::fs::read(desk.path()).unwrap();
    for len in 0..whole.len() {
        std::fs::write(desk.path(), &whole[..len]).unwrap();
        if let Ok(file) = KeyFile::read(&desk.path()) {
            assert!(!file.damage(&desk.master).unwrap().is_empty(), "cut at {len}");
        }
    }
}

#[test]
fn a_line_put_back_or_taken_away_is_noticed() {
    let mut desk = Desk::new();
    let old = std::fs::read_to_string(desk.path()).unwrap();
    desk.file.set_passphrase(&desk.master, IGOR, COST).unwrap();
    let new = std::fs::read_to_string(desk.path()).unwrap();
    let line = |text: &str, at: usize| text.lines().nth(at).unwrap().to_owned();
    // The old passphrase slips back in beside lines that are all whole.
    let mixed = [line(&old, 0), line(&new, 1), line(&new, 2), line(&new, 3)].join("\n") + "\n";
    std::fs::write(desk.path(), mixed).unwrap();
    assert_eq!(desk.read().damage(&desk.master).unwrap(), [KeyDamage::Foreign]);
    let shorter = [line(&new, 0), line(&new, 1), line(&new, 3)].join("\n") + "\n";
    std::fs::write(desk.path(), shorter).unwrap();
    assert_eq!(desk.read().damage(&desk.master).unwrap(), [KeyDamage::Slot(SlotKind::Keyring)]);
}

#[test]
fn a_lost_slot_stays_named_until_it_is_made_anew() {
    let desk = Desk::new();
    let text = std::fs::read_to_string(desk.path()).unwrap();
    std::fs::write(desk.path(), text.replacen("\"slot\":\"recovery\"", "\"slot\":\"recoverz\"", 1)).unwrap();
    let mut file = desk.read();
    file.set_passphrase(&desk.master, IGOR, COST).unwrap();
    let mut file = desk.read();
    assert_eq!(file.damage(&desk.master).unwrap(), [KeyDamage::Slot(SlotKind::Recovery)]);
    file.set_recovery(&desk.master, &RecoveryKey::generate().unwrap()).unwrap();
    assert!(desk.read().damage(&desk.master).unwrap().is_empty());
}

#[test]
fn rotation_keeps_the_old_key_until_it_is_finished() {
    let mut desk = Desk::new();
    let recovery = RecoveryKey::generate().unwrap();
    let keyring = KeyringSecret::generate().unwrap();
    let new = desk.file.begin_rotation(&desk.master, (IGOR, COST), &recovery, Some(&keyring)).unwrap();
    assert_ne!(*new.0, *desk.master.0);
    let mut file = desk.read();
    for opener in [Opener::Passphrase(IGOR), Opener::Recovery(&recovery), Opener::Keyring(&keyring)] {
        assert!(opens(&file, &opener, &new));
    }
    assert!(desk.openers().iter().all(|old| matches!(file.open(old), Err(Error::WrongKey))), "the old secrets are gone");
    assert_eq!(*file.previous(&new).unwrap().unwrap().0, *desk.master.0);
    assert!(matches!(file.begin_rotation(&new, (IGOR, COST), &recovery, None), Err(Error::Unfinished)));
    file.set_passphrase(&new, ANNA, COST).unwrap();
    assert_eq!(*desk.read().previous(&new).unwrap().unwrap().0, *desk.master.0, "a new passphrase does not end it");
    file.finish_rotation(&new).unwrap();
    assert!(desk.read().previous(&new).unwrap().is_none());
    assert!(desk.read().damage(&new).unwrap().is_empty());
}

#[test]
fn during_rotation_one_changed_byte_never_loses_the_old_key() {
    let mut desk = Desk::new();
    let recovery = RecoveryKey::generate().unwrap();
    let new = desk.file.begin_rotation(&desk.master, (IGOR, COST), &recovery, None).unwrap();
    let whole = std::fs::read(desk.path()).unwrap();
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 0x01;
        std::fs::write(desk.path(), &changed).unwrap();
        let file = desk.read();
        assert_eq!(*file.previous(&new).unwrap().unwrap().0, *desk.master.0, "byte {at}");
        assert!(!file.damage(&new).unwrap().is_empty(), "byte {at}");
    }
}

#[test]
fn a_changed_version_of_the_first_form_is_named() {
    let desk = Desk::new();
    let changed = include_str!("first.json").replacen("\"version\": 1", "\"version\": 0", 1);
    std::fs::write(desk.path(), changed).unwrap();
    let recovery = RecoveryKey::parse(include_str!("first-recovery.txt")).unwrap();
    let file = desk.read();
    let master = file.open(&Opener::Recovery(&recovery)).unwrap();
    assert_eq!(file.damage(&master).unwrap(), [KeyDamage::File]);
}

/// Written by the first program under Анна's passphrase.
#[test]
fn a_file_of_version_1_opens_and_is_brought_up_to_date() {
    let desk = Desk::new();
    let first = include_str!("first.json");
    std::fs::write(desk.path(), first).unwrap();
    let mut file = desk.read();
    let master = file.open(&Opener::Passphrase(ANNA)).unwrap();
    assert!(file.is_worn() && file.damage(&master).unwrap().is_empty());
    let recovery = RecoveryKey::parse(include_str!("first-recovery.txt")).unwrap();
    assert!(opens(&file, &Opener::Recovery(&recovery), &master));
    file.refresh(&master).unwrap();
    let again = desk.read();
    assert!(!again.is_worn() && again.damage(&master).unwrap().is_empty());
    assert!(opens(&again, &Opener::Passphrase(ANNA), &master) && opens(&again, &Opener::Recovery(&recovery), &master));
}
