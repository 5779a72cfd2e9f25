//! The feed of changes over the demo company: by filter, in pages, with every message of a mass event; and the access log.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may stop")]

use letopis_engine::model::Timestamp;
use letopis_engine::{Access, ChangeFilter, ChangeKind, Clock, Engine, Job, Lang, MassEvent, OpenArchive, RowKind, TimeZone};
use std::collections::BTreeSet;
use std::sync::Arc;

/// 2026-09-01, a Tuesday.
const NOW: Timestamp = Timestamp(1_788_264_000);

fn company() -> (tempfile::TempDir, Arc<OpenArchive>) {
    let dir = tempfile::tempdir().unwrap();
    let engine = Engine::new(dir.path().join("archive"), Clock::fixed(NOW, TimeZone::UTC));
    engine.create("лес-шумит-7319-над-рекой").unwrap();
    let archive = engine.archive().unwrap();
    archive.load_demo(Lang::Ru, &mut Job::quiet()).unwrap();
    (dir, archive)
}

#[test]
fn pages_by_cursor_are_the_whole_feed_and_filters_are_parts_of_it() {
    let (_dir, archive) = company();
    let whole = archive.change_page(&ChangeFilter::default(), None, 10_000).unwrap();
    assert!(whole.next.is_none() && whole.rows.len() > 20, "{} rows", whole.rows.len());

    let (mut paged, mut before) = (Vec::new(), None);
    loop {
        let page = archive.change_page(&ChangeFilter::default(), before, 7).unwrap();
        paged.extend(page.rows);
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    assert_eq!(paged, whole.rows);

    let kinds = [RowKind::Edited, RowKind::Deleted, RowKind::Mass];
    let of = |filter: ChangeFilter| archive.change_page(&filter, None, 10_000).unwrap().rows;
    let parts: Vec<usize> =
        kinds.iter().map(|kind| of(ChangeFilter { kinds: vec![*kind], ..ChangeFilter::default() }).len()).collect();
    assert_eq!(parts.iter().sum::<usize>(), whole.rows.len());
    assert!(parts.iter().all(|count| *count > 0), "{parts:?}");

    // A shared group is in the feed of each of its managers.
    let managers = archive.managers().unwrap();
    let by_manager: BTreeSet<_> = managers
        .iter()
        .flat_map(|manager| of(ChangeFilter { account: Some(manager.account), ..ChangeFilter::default() }))
        .map(|row| row.cursor)
        .collect();
    assert_eq!(by_manager, whole.rows.iter().map(|row| row.cursor).collect());

    let middle = whole.rows[whole.rows.len() / 2].first.0;
    let later = of(ChangeFilter { since: Some(middle), ..ChangeFilter::default() });
    let earlier = of(ChangeFilter { until: Some(middle), ..ChangeFilter::default() });
    assert_eq!(later.len() + earlier.len(), whole.rows.len());
}

#[test]
fn evidence_of_a_mass_event_holds_every_message_of_it() {
    let (dir, archive) = company();
    let filter = ChangeFilter { kinds: vec![RowKind::Mass], ..ChangeFilter::default() };
    let rows = archive.change_page(&filter, None, 100).unwrap().rows;
    for row in &rows {
        let event = MassEvent { chat: row.links[0].chat, first: row.first, last: row.cursor };
        let links: BTreeSet<_> = archive.links_of(&event).unwrap().into_iter().collect();
        assert_eq!(links.len() as u64, row.count);
        assert!(row.links.iter().all(|link| links.contains(link)));
        assert!(links.iter().all(|link| archive.message(*link).unwrap().deleted.is_some()));
    }
    let gone = rows.iter().find(|row| row.kind == ChangeKind::ChatVanished).expect("a chat of the demo vanished");
    let event = MassEvent { chat: gone.links[0].chat, first: gone.first, last: gone.cursor };
    let links = archive.links_of(&event).unwrap();
    let written = archive.write_evidence(&links, &dir.path().join("evidence"), None, "спор", Lang::Ru).unwrap();
    assert_eq!(written.messages, gone.count);
}

#[test]
fn the_access_log_is_read_by_action_and_in_pages() {
    let (_dir, archive) = company();
    let chats = archive.chats().unwrap();
    for chat in &chats {
        archive.note_visit(chat.record.chat).unwrap();
    }
    archive.note_typing("договор").unwrap();
    let (all, next) = archive.access_page(&[], None, 1_000).unwrap();
    assert!(next.is_none());
    let (opened, next) = archive.access_page(&[Access::OpenedChat], None, 3).unwrap();
    assert_eq!(opened.len(), 3);
    let (rest, end) = archive.access_page(&[Access::OpenedChat], next, 1_000).unwrap();
    assert!(end.is_none());
    assert_eq!(opened.len() + rest.len(), chats.len());
    let (searched, _) = archive.access_page(&[Access::Searched], None, 10).unwrap();
    assert_eq!(searched.iter().map(|row| row.what.as_str()).collect::<Vec<_>>(), ["договор"]);
    assert!(all.len() > chats.len());
}

#[test]
fn a_forgotten_chat_is_in_no_list_and_in_no_feed() {
    let (_dir, archive) = company();
    let before = archive.chats().unwrap().len();
    let chat = archive.change_page(&ChangeFilter::default(), None, 1).unwrap().rows[0].links[0].chat;
    let plan = archive.plan_forgetting(chat).unwrap();
    archive.forget(chat, &plan.code, "просьба", &mut Job::quiet()).unwrap();
    assert_eq!(archive.chats().unwrap().len(), before - 1);
    assert_eq!(archive.totals().unwrap().chats, before as u64 - 1);
    let rows = archive.change_page(&ChangeFilter::default(), None, 10_000).unwrap().rows;
    assert!(rows.iter().all(|row| row.links.iter().all(|link| link.chat != chat)));
    assert_eq!(archive.erasures().unwrap().len(), 1);
    let report = archive.verify(true, &mut Job::quiet()).unwrap();
    assert!(report.damaged.is_empty(), "{:?}", report.damaged);
}
