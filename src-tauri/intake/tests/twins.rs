//! Generated exports in both formats, into an archive that holds only what the rules of the archive need: everything
//! arrives, nothing arrives twice, and it does not matter which format comes first.
#![allow(clippy::unwrap_used, reason = "a test may stop")]

use letopis_intake::{Acquaintance, Options, Problem, Report, Sink, import, same_chat, survey};
use letopis_model::{Change, ChatId, Direction, EntityKind, MessageKind, Sighting, Source, Timestamp};
use letopis_testkit::{ANNA, Export, KIRILL, random_export};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::Path;

/// One content as it was seen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Content {
    from_html: bool,
    text: String,
    kind: &'static str,
    is_out: bool,
    sent_at: Option<i64>,
}

type Held = BTreeMap<i64, BTreeSet<Content>>;
type Row = (i64, String, &'static str, Option<i64>);

#[derive(Clone, Default)]
struct Archive {
    chats: BTreeMap<ChatId, Held>,
    added: u64,
    posted: u64,
    problems: Vec<Problem>,
}

fn plain(text: &str) -> String {
    text.replace(['\u{2028}', '\u{2029}'], "\n")
}

impl Archive {
    /// Weaker data that says nothing new is none; stronger data takes its place.
    fn posted(&mut self, s: &Sighting) {
        self.posted += 1;
        let seen = Content {
            from_html: s.source == Source::Html,
            text: plain(&s.content.text),
            kind: s.content.kind.name(),
            is_out: s.direction == Direction::Out,
            sent_at: s.sent_at.map(|t| t.0),
        };
        let held = self.chats.entry(s.chat).or_default().entry(s.message.0).or_default();
        if seen.from_html && held.iter().any(|h| !h.from_html && h.text == seen.text) {
            return;
        }
        if !seen.from_html {
            held.retain(|h| !(h.from_html && h.text == seen.text));
        }
        self.added += u64::from(held.insert(seen));
    }

    fn fits(&self, chat: ChatId, meeting: &Acquaintance<'_>) -> bool {
        let Some(held) = self.chats.get(&chat) else { return false };
        same_chat(meeting.samples, |id| {
            let content = held.get(&id.0)?.first()?;
            Some((content.sent_at.map(Timestamp), content.text.clone()))
        })
    }
}

impl Sink for Archive {
    fn change(&mut self, change: Change) -> ControlFlow<()> {
        match change {
            Change::Posted(sighting) => self.posted(&sighting),
            Change::ChatSeen { chat, .. } => drop(self.chats.entry(chat).or_default()),
            _ => {}
        }
        ControlFlow::Continue(())
    }

    fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    fn progress(&mut self, _: u64, _: u64) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn twin(&mut self, meeting: &Acquaintance<'_>) -> Option<ChatId> {
        let known: Vec<ChatId> = self.chats.keys().copied().filter(|chat| self.fits(*chat, meeting)).collect();
        if meeting.is_provisional {
            return known.first().copied().filter(|_| known.len() == 1);
        }
        for provisional in known.into_iter().filter(|chat| chat.peer().id < 0) {
            let held = self.chats.remove(&provisional).unwrap();
            self.chats.insert(meeting.id, held);
        }
        None
    }
}

/// Chats and messages that only one of two holds.
fn difference(one: &BTreeMap<ChatId, Held>, two: &BTreeMap<ChatId, Held>) -> String {
    let rows = |chats: &BTreeMap<ChatId, Held>| -> BTreeSet<String> {
        chats.iter().flat_map(|(chat, held)| held.iter().map(move |row| format!("{chat} {row:?}"))).collect()
    };
    let (one, two) = (rows(one), rows(two));
    one.symmetric_difference(&two).take(6).cloned().collect::<Vec<_>>().join("\n")
}

fn take(archive: &mut Archive, path: &Path) -> Report {
    let before = archive.posted;
    let report = import(path, &Options { seen_at: Timestamp(1_900_000_000), ..Options::default() }, archive).unwrap();
    assert_eq!(report.messages, archive.posted - before);
    report
}

/// Both formats of one export, in folders of their own.
fn folders(export: &Export) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    export.to_folder(&folder.path().join("json")).unwrap();
    export.to_html_folder(&folder.path().join("html")).unwrap();
    folder
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_message_of_a_generated_export_arrives_in_both_formats(seed in any::<u64>(), size in 0usize..120) {
        let export = random_export(seed, size);
        let folder = folders(&export);
        for format in ["json", "html"] {
            let mut archive = Archive::default();
            let report = take(&mut archive, &folder.path().join(format));
            prop_assert_eq!(report.messages as usize, export.count(), "{}", format);
            prop_assert_eq!((report.lost, report.salvaged), (0, false));
            prop_assert_eq!(&archive.problems, &vec![], "{}", format);
            let surveyed = survey(&folder.path().join(format), &Options::default(), &mut |_, _| ControlFlow::Continue(()));
            let surveyed = surveyed.unwrap();
            prop_assert_eq!(surveyed.messages, report.messages);
            prop_assert_eq!(surveyed.chats.iter().map(|c| c.messages).sum::<u64>(), report.messages);
        }
    }

    #[test]
    fn imported_twice_in_any_order_nothing_is_added(seed in any::<u64>(), order in 0usize..4) {
        let export = random_export(seed, 80);
        let folder = folders(&export);
        let mut archive = Archive::default();
        let formats = [["json", "html"], ["html", "json"], ["json", "json"], ["html", "html"]][order];
        for format in formats {
            take(&mut archive, &folder.path().join(format));
        }
        let (added, chats) = (archive.added, archive.chats.clone());
        for format in formats.iter().chain(formats.iter().rev()) {
            take(&mut archive, &folder.path().join(format));
        }
        prop_assert_eq!(archive.added, added);
        prop_assert!(archive.chats == chats);
    }

    #[test]
    fn it_does_not_matter_which_format_comes_first(seed in any::<u64>()) {
        let export = random_export(seed, 80);
        let folder = folders(&export);
        let state = |formats: [&str; 2]| {
            let mut archive = Archive::default();
            for format in formats {
                take(&mut archive, &folder.path().join(format));
            }
            // A chat of a few words is not known again: it stays apart rather than in another.
            archive.chats.retain(|_, held| held.values().filter(|c| c.iter().any(|c| c.text.len() > 20)).count() > 3);
            archive.chats
        };
        let (one, two, json) = (state(["json", "html"]), state(["html", "json"]), state(["json", "json"]));
        prop_assert!(one == two, "{}", difference(&one, &two));
        prop_assert!(one == json, "the pages add nothing that the JSON has not: {}", difference(&one, &json));
    }
}

#[test]
fn what_both_formats_tell_they_tell_alike() {
    for seed in 0..40 {
        let export = random_export(seed, 60);
        let folder = folders(&export);
        let [json, html] = ["json", "html"].map(|format| {
            let mut archive = Archive::default();
            take(&mut archive, &folder.path().join(format));
            // In the order of the chats' first messages, which both formats share.
            let mut chats: Vec<_> = archive.chats.into_values().filter(|held| !held.is_empty()).collect();
            chats.sort();
            chats
        });
        let strip = |chats: Vec<Held>| -> BTreeSet<Vec<Row>> {
            let one = |held: Held| {
                let row = |(id, contents): (i64, BTreeSet<Content>)| {
                    let c = contents.into_iter().next().unwrap();
                    // The pages have no time of an action, and a name of an action is not a kind.
                    let sent_at = c.sent_at.filter(|_| c.kind != MessageKind::Service.name());
                    (id, c.text, c.kind, sent_at)
                };
                held.into_iter().map(row).collect()
            };
            chats.into_iter().map(one).collect()
        };
        let (json, html) = (strip(json), strip(html));
        let only = |a: &BTreeSet<Vec<_>>, b: &BTreeSet<Vec<_>>| -> Vec<_> {
            let rows: BTreeSet<_> = b.iter().flatten().cloned().collect();
            a.iter().flatten().filter(|row| !rows.contains(*row)).cloned().collect()
        };
        assert!(json == html, "seed {seed}: {:?} {:?}", only(&json, &html), only(&html, &json));
    }
}

/// Keeps the messages as they come.
#[derive(Default)]
struct Kept(Vec<Sighting>);

impl Sink for Kept {
    fn change(&mut self, change: Change) -> ControlFlow<()> {
        if let Change::Posted(sighting) = change {
            self.0.push(*sighting);
        }
        ControlFlow::Continue(())
    }

    fn problem(&mut self, problem: Problem) {
        unreachable!("{problem}")
    }

    fn progress(&mut self, _: u64, _: u64) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

/// Everything that both formats show of a message, as words.
fn shown(s: &Sighting) -> String {
    let content = &s.content;
    // The pages do not mark what the exporter does not know, nor the language of code, nor whom a name without @ means.
    let marks = content.entities.iter().filter(|e| e.kind != EntityKind::Unknown);
    let marks: Vec<_> =
        marks.map(|e| (format!("{e:?}"), e.value.as_deref().filter(|_| e.kind == EntityKind::TextLink))).collect();
    let reply = content.reply_to.as_ref().filter(|reply| reply.peer.is_none()).map(|reply| reply.message.0);
    let reactions: Vec<_> = s.reactions.iter().map(|r| (r.mark.as_str(), r.count)).collect();
    let file = content.media.as_ref().map(|media| media.path.as_deref());
    let is_said = content.kind != MessageKind::Service;
    let name = s.sender_name.as_deref().filter(|_| is_said);
    format!(
        "{} {name:?} {marks:?} {reply:?} {reactions:?} {file:?} {:?} {:?} {:?}",
        s.message.0, content.forwarded_from, content.via_bot, content.signature
    )
}

#[test]
fn names_marks_replies_reactions_and_files_are_the_same_in_both_formats() {
    for seed in 0..60 {
        let export = random_export(seed, 40);
        let folder = folders(&export);
        let [json, html] = ["json", "html"].map(|format| {
            let mut kept = Kept::default();
            import(&folder.path().join(format), &Options::default(), &mut kept).unwrap();
            kept.0.iter().map(shown).collect::<BTreeSet<_>>()
        });
        let only: Vec<_> = json.symmetric_difference(&html).take(4).collect();
        assert!(only.is_empty(), "seed {seed}: {only:#?}");
    }
}

#[test]
fn pages_of_a_chat_of_two_show_whose_a_message_is() {
    let export = Export::single_chat(KIRILL.name, KIRILL.id).incoming("Где счёт?").outgoing("Пришлю завтра").incoming("Жду");
    let folder = folders(&export);
    let directions = |format: &str| -> Vec<bool> {
        let mut archive = Archive::default();
        take(&mut archive, &folder.path().join(format));
        archive.chats.into_values().flat_map(|held| held.into_values()).map(|c| c.first().unwrap().is_out).collect()
    };
    assert_eq!(directions("html"), [false, true, false]);
    assert_eq!(directions("html"), directions("json"));
}

#[test]
fn a_newer_export_in_the_other_format_goes_on_where_the_first_ended() {
    let mut older = Export::single_chat(KIRILL.name, KIRILL.id);
    for n in 0..40 {
        older = older.incoming(&format!("сообщение номер {n}"));
    }
    let folder = folders(&older);
    let newer = folders(&older.outgoing("Ответ на всё сразу"));
    for (first, second) in [("html", "json"), ("json", "html"), ("html", "html")] {
        let mut archive = Archive::default();
        take(&mut archive, &folder.path().join(first));
        assert_eq!(archive.added, 40);
        take(&mut archive, &newer.path().join(second));
        let held: Vec<usize> = archive.chats.values().map(BTreeMap::len).collect();
        assert_eq!(held, [41], "{first} {second}");
    }
}

#[test]
fn chats_of_one_title_are_never_mixed() {
    let chat = |text: &str| {
        let mut export = Export::single_chat("Анна", 900);
        for n in 0..30 {
            export = export.incoming(&format!("{text} {n}"));
        }
        folders(&export)
    };
    let (one, two) = (chat("про договор и сроки"), chat("совсем другой разговор"));
    let mut archive = Archive::default();
    take(&mut archive, &one.path().join("html"));
    take(&mut archive, &two.path().join("html"));
    assert_eq!((archive.added, archive.chats.len()), (60, 2));
}

#[test]
fn the_owner_of_a_group_of_pages_is_asked_for_by_name() {
    let export = Export::single_chat("Бригада", 77)
        .kind("private_group")
        .message(ANNA.id, ANNA.name, "раз")
        .message(ANNA.id, ANNA.name, "два")
        .message(KIRILL.id, KIRILL.name, "три");
    let folder = folders(&export);
    let html = folder.path().join("html");
    let found = survey(&html, &Options::default(), &mut |_, _| ControlFlow::Continue(())).unwrap();
    assert_eq!(found.owner, None);
    let names: Vec<_> = found.candidates.iter().map(|c| (c.name.as_str(), c.account, c.messages)).collect();
    assert_eq!(names, [(ANNA.name, None, 2), (KIRILL.name, None, 1)]);
    let mut archive = Archive::default();
    let options = Options { owner_name: Some(ANNA.name.to_owned()), ..Options::default() };
    import(&html, &options, &mut archive).unwrap();
    let out = archive.chats.into_values().flat_map(|held| held.into_values()).filter(|c| c.first().unwrap().is_out).count();
    assert_eq!(out, 2);
}

#[test]
fn only_the_chosen_chats_are_taken() {
    let export = Export::account()
        .owner(ANNA.id, ANNA.name)
        .chat("personal_chat", KIRILL.name, KIRILL.id)
        .incoming("рабочее")
        .chat("personal_chat", "Мама", 901)
        .incoming("личное")
        .left_chat("private_group", "Бригада", 77)
        .message(ANNA.id, ANNA.name, "старое");
    let folder = folders(&export);
    for format in ["json", "html"] {
        let path = folder.path().join(format);
        let found = survey(&path, &Options::default(), &mut |_, _| ControlFlow::Continue(())).unwrap();
        let chosen = found.chats.iter().filter(|c| c.title.as_deref() != Some("Мама")).map(|c| c.key).collect();
        let mut archive = Archive::default();
        let report = import(&path, &Options { chats: Some(chosen), ..Options::default() }, &mut archive).unwrap();
        assert_eq!((report.chats, report.messages, archive.chats.len()), (2, 2, 2), "{format}");
        assert!(archive.chats.values().flat_map(BTreeMap::values).flatten().all(|c| c.text != "личное"));
    }
}
