//! Salvage: whatever page of the database is lost, everything else reads, the losses are named, and the tree keeps its head.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may stop")]

use letopis_engine::model::{
    AccountId, Change, ChatId, ChatType, Content, DeletionCause, Direction, KeptMedia, Message, MessageId, MessageLink, PeerId,
    Reaction, Sighting, Source, Timestamp,
};
use letopis_engine::{Anchor, Clock, Engine, Failure, Job, OpenArchive, Secret, TimeZone, TreeHead};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

const NOW: i64 = 1_788_264_000;
const PAGE: usize = 4096;

fn chat(user: i64) -> ChatId {
    ChatId::new(Some(AccountId(4001)), PeerId::user(user))
}

fn said(chat: ChatId, message: i64, text: &str, edited: Option<i64>) -> Change {
    let sent_at = Timestamp(NOW - 100_000 + message * 60);
    Change::Posted(Box::new(Sighting {
        chat,
        message: MessageId(message),
        sender: Some(chat.peer()),
        sender_name: Some("Кирилл Громов".into()),
        direction: Direction::In,
        sent_at: Some(sent_at),
        edited_at: edited.map(Timestamp),
        content: Content::text(text),
        reactions: if message == 3 { vec![Reaction { mark: "👍".into(), count: 2 }] } else { vec![] },
        seen_at: edited.map_or(sent_at, Timestamp),
        source: Source::Live,
    }))
}

struct Desk {
    dir: tempfile::TempDir,
    recovery: String,
}

type Told = BTreeMap<MessageLink, (Vec<String>, Option<i64>, usize, usize)>;

impl Desk {
    /// Кирилл and Ольга with 150 messages each, edits, deletions and a file; Олег, who was forgotten.
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let engine = engine(&dir.path().join("archive"));
        let recovery = engine.create("лес-шумит-7319-над-рекой").unwrap().to_string();
        let archive = engine.archive().unwrap();
        let titled = |user, title: &str| Change::ChatSeen {
            chat: chat(user),
            kind: ChatType::PersonalChat,
            title: Some(title.into()),
            source: Source::Live,
        };
        archive.append(&[titled(1, "Кирилл · Промстрой"), titled(2, "Ольга · Лесной двор"), titled(3, "Олег · Заря")]).unwrap();
        for message in 1..=150 {
            let talk = [1, 2, 3]
                .map(|user| said(chat(user), message, &format!("запись {message} чата {user}: договор, поставка"), None));
            archive.append(&talk).unwrap();
        }
        let stored = archive.blobs().put(&b"the price list"[..]).unwrap();
        let gone = |message, cause| Change::Deleted {
            chat: chat(2),
            message: MessageId(message),
            from: Timestamp(NOW - 90),
            to: Timestamp(NOW - 60),
            cause,
            source: Source::Reconcile,
        };
        let file = KeptMedia {
            chat: chat(1),
            message: MessageId(9),
            edited_at: None,
            sha256: stored.sha256,
            size: stored.len,
            seen_at: Timestamp(NOW),
            source: Source::Live,
        };
        let rest =
            [said(chat(1), 5, "правка", Some(NOW - 500)), gone(7, DeletionCause::Unknown), Change::MediaKept(Box::new(file))];
        archive.append(&rest).unwrap();
        let plan = archive.plan_forgetting(chat(3)).unwrap();
        archive.forget(chat(3), &plan.code, "просьба", &mut Job::quiet()).unwrap();
        archive.place_hold(chat(1), "спор").unwrap();
        Desk { dir, recovery }
    }

    fn open(&self, folder: &Path) -> Arc<OpenArchive> {
        engine(folder).unlock(&Secret::Recovery(&self.recovery)).unwrap()
    }

    fn folder(&self) -> PathBuf {
        self.dir.path().join("archive")
    }

    /// Everything but the index, which can be built anew.
    fn copy(&self, to: &Path) {
        for path in files(&self.folder()).into_iter().filter(|path| !path.starts_with(self.folder().join("index"))) {
            let target = to.join(path.strip_prefix(self.folder()).unwrap());
            std::fs::create_dir_all(target.parent().unwrap()).unwrap();
            std::fs::copy(path, target).unwrap();
        }
    }
}

fn engine(folder: &Path) -> Engine {
    Engine::new(folder.to_owned(), Clock::fixed(Timestamp(NOW), TimeZone::UTC))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// All that the readers tell, and the head.
fn told(archive: &OpenArchive) -> (Told, TreeHead) {
    let mut told = Told::new();
    for overview in archive.chats().unwrap() {
        let page = archive.page(overview.record.chat, Anchor::First, 10_000).unwrap();
        assert_eq!(page.messages.len() as u64, overview.record.messages);
        told.extend(page.messages.iter().map(|message: &Message| {
            let texts = archive.versions(message.link).unwrap().into_iter().map(|version| version.content.text).collect();
            let files = archive.media(message.link).unwrap().len();
            (message.link, (texts, message.deleted.as_ref().map(|d| d.to.0), files, message.reactions.len()))
        }));
    }
    (told, archive.tree_head().unwrap())
}

#[test]
fn any_page_may_be_lost_and_all_the_rest_reads() {
    let desk = Desk::new();
    let (whole, head) = told(&desk.open(&desk.folder()));
    let file = desk.folder().join("archive.db");
    let pages = std::fs::read(&file).unwrap().len() / PAGE;
    assert!(pages > 60, "{pages} pages");
    let (mut without_loss, mut losses, mut unproven) = (0, 0, 0);
    for page in 0..pages {
        let dir = tempfile::tempdir().unwrap();
        let (damaged, new) = (dir.path().join("archive"), dir.path().join("saved"));
        desk.copy(&damaged);
        let mut bytes = std::fs::read(&file).unwrap();
        // The salt alone, the whole page otherwise.
        let lost = if page == 0 { 5..6 } else { page * PAGE..(page + 1) * PAGE };
        bytes[lost].iter_mut().for_each(|byte| *byte ^= 0x55);
        std::fs::write(damaged.join("archive.db"), &bytes).unwrap();
        let saved = engine(&damaged).salvage(&Secret::Recovery(&desk.recovery), &new, &mut Job::quiet()).unwrap();
        assert_eq!(std::fs::read(damaged.join("archive.db")).unwrap(), bytes, "page {page}: the damaged file was touched");
        // Hashes of what was forgotten stand in one place only: where they are lost the tree may be another one, and that is said.
        let is_proven = saved.found.unproven == 0;
        let has_head = saved.found.fits_known == Some(true) && saved.found.head == Some(head);
        assert!(!is_proven || has_head, "page {page}: {:?}", saved.found);
        assert!(!is_proven || saved.remaining.is_empty(), "page {page}: {:?}", saved.remaining);
        unproven += usize::from(!is_proven);
        let named: BTreeSet<MessageLink> = saved.chats.iter().flat_map(|chat| chat.lost.messages.clone()).collect();
        let archive = desk.open(&new);
        let (found, _) = told(&archive);
        for (link, truth) in &whole {
            let told = found.get(link);
            assert!(
                named.contains(link) || told == Some(truth) || is_all_but_reactions(told, truth),
                "page {page}: {link} {told:?}"
            );
            assert!(told.is_none_or(|told| told.0.iter().all(|text| truth.0.contains(text))), "page {page}: {link}");
        }
        assert!(found.keys().all(|link| whole.contains_key(link)), "page {page}: what was forgotten came back");
        assert!(saved.found.lost_versions() <= 60, "page {page}");
        losses += saved.found.lost_versions();
        without_loss += usize::from(saved.found.lost_versions() == 0);
    }
    assert!(losses > 100 && without_loss > 10, "{losses} versions lost over {pages} pages, {without_loss} pages without");
    assert!(unproven <= 6, "{unproven} of {pages} pages hold hashes that stand nowhere else");
}

/// Reactions are kept in one place only.
fn is_all_but_reactions(
    told: Option<&(Vec<String>, Option<i64>, usize, usize)>,
    truth: &(Vec<String>, Option<i64>, usize, usize),
) -> bool {
    told.is_some_and(|told| (&told.0, told.1, told.2, told.3) == (&truth.0, truth.1, truth.2, 0))
}

#[test]
fn what_stands_in_the_log_only_is_saved_too() {
    let desk = Desk::new();
    let archive = desk.open(&desk.folder());
    archive.append(&[said(chat(2), 900, "последнее перед сбоем", None)]).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let (killed, new) = (dir.path().join("archive"), dir.path().join("saved"));
    desk.copy(&killed);
    assert!(std::fs::metadata(killed.join("archive.db-wal")).unwrap().len() > 0);
    let saved = engine(&killed).salvage(&Secret::Recovery(&desk.recovery), &new, &mut Job::quiet()).unwrap();
    assert!(saved.is_whole(), "{saved:?}");
    assert_eq!(told(&desk.open(&new)), told(&archive));
}

#[test]
fn a_salvage_that_cannot_be_made_leaves_nothing() {
    let desk = Desk::new();
    let new = desk.dir.path().join("saved");
    let salvage = |secret: &Secret<'_>, job: &mut Job<'_>| engine(&desk.folder()).salvage(secret, &new, job).map(|_| ());
    let wrong = salvage(&Secret::Passphrase("не тот пароль"), &mut Job::quiet());
    assert!(matches!(wrong, Err(Failure::WrongKey)), "{wrong:?}");
    let stopped = salvage(&Secret::Recovery(&desk.recovery), &mut Job::new(Arc::new(AtomicBool::new(true)), |_| {}));
    assert!(matches!(stopped, Err(Failure::Cancelled)), "{stopped:?}");
    let file = desk.folder().join("archive.db");
    let garbage = vec![7u8; std::fs::metadata(&file).unwrap().len() as usize];
    std::fs::write(&file, garbage).unwrap();
    let nothing = salvage(&Secret::Recovery(&desk.recovery), &mut Job::quiet());
    assert!(matches!(nothing, Err(Failure::Damaged(_))), "{nothing:?}");
    let left: Vec<PathBuf> = files(desk.dir.path()).into_iter().filter(|path| !path.starts_with(desk.folder())).collect();
    assert_eq!(left, Vec::<PathBuf>::new());
}

#[test]
fn a_salvaged_archive_takes_the_place_and_the_damaged_one_stays_beside_it() {
    let desk = Desk::new();
    let before = told(&desk.open(&desk.folder()));
    let (engine, new) = (engine(&desk.folder()), desk.dir.path().join("saved"));
    engine.salvage(&Secret::Recovery(&desk.recovery), &new, &mut Job::quiet()).unwrap();
    let aside = engine.take_salvaged(&new).unwrap();
    assert!(!new.exists() && aside.join("archive.db").exists());
    let archive = engine.unlock(&Secret::Recovery(&desk.recovery)).unwrap();
    assert_eq!(told(&archive), before);
}
