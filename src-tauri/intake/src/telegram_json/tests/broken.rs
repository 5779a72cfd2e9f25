//! Broken files: everything complete is kept, every loss is named, no message changes its chat.

use super::{good, options, run};
use crate::{Error, Reason};
use letopis_testkit::{Export, hostile_chat};
use proptest::prelude::*;
use serde_json::json;

fn three() -> Export {
    Export::single_chat("Кирилл", 555).owner(4001, "Анна").outgoing("первое").incoming("второе «\\\"{»").incoming("третье 🔥")
}

/// Replaces `from` by `to` in a file of three messages; both styles of file must lose the same.
fn check(from: &str, to: &str, ids: &[i64], reasons: &[Reason]) {
    for file in [three().to_json(), three().to_minified()] {
        let from = if file.contains(from) { from.to_owned() } else { from.replace("\": ", "\":") };
        assert!(file.contains(&from), "{from}");
        let (_, kept) = good(file.replacen(&from, to, 1));
        assert_eq!(kept.ids(), ids, "{from} → {to}");
        assert_eq!(kept.reasons(), reasons, "{from} → {to}");
    }
}

#[test]
fn a_broken_row_spoils_itself_only() {
    check("\"id\": 2", "\"id\": \"2\"", &[1, 3], &[Reason::NoId]);
    check("\"id\": 2", "\"id\": 2.5", &[1, 3], &[Reason::NoId]);
    check("\"id\": 2,", "", &[1, 3], &[Reason::NoId]);
    check("\"id\": 2,", "\"id\": null,", &[1, 3], &[Reason::NoId]);
    check("\"id\": 2", "\"id\" 2", &[1, 3], &[Reason::BrokenSyntax]);
    check("\"id\": 2", "\"id\": ", &[1, 3], &[Reason::BrokenSyntax]);
    check("\"id\": 2", "\"id: 2", &[1, 3], &[Reason::BrokenSyntax]);
    check("\"from\": \"Кирилл\"", "\"from\": \"Кирилл", &[1, 3], &[Reason::BrokenSyntax]);
    check("\"from\": \"Кирилл\"", "\"from\": Кирилл\"", &[1, 3], &[Reason::BrokenSyntax]);
    check("\"from\": \"Кирилл\"", "\"from\": {\"a\": 1", &[1, 3], &[Reason::BrokenSyntax]);
}

#[test]
fn rows_of_the_wrong_shape() {
    let bad = [
        (json!(null), Reason::NotAnObject),
        (json!(5), Reason::NotAnObject),
        (json!("текст"), Reason::NotAnObject),
        (json!([{"id": 1}]), Reason::NotAnObject),
        (json!({}), Reason::NoId),
        (json!({"id": 9}), Reason::NoDate),
        (json!({"id": 9, "date_unixtime": "5", "text": 5}), Reason::WrongText),
        (json!({"id": 9, "date_unixtime": "5", "text": [5]}), Reason::WrongText),
    ];
    for (row, why) in bad {
        let export = Export::single_chat("К", 5).incoming("а").raw(row).incoming("б");
        for file in [export.to_json(), export.to_minified()] {
            let (report, kept) = good(file);
            assert_eq!((kept.texts(), kept.reasons()), (vec!["а", "б"], vec![why]));
            assert!(why.loses_a_message() && kept.problems[0].place.starts_with("messages[1] (line "));
            assert_eq!(report.messages as usize, export.count() - 1);
        }
    }
}

#[test]
fn a_message_too_deep_spoils_itself_only() {
    let deep = "[".repeat(500) + &"]".repeat(500);
    for file in [three().to_json(), three().to_minified()] {
        let (_, kept) = good(file.replacen("\"Анна\"", &deep, 1));
        assert_eq!((kept.ids(), kept.reasons()), (vec![2, 3], vec![Reason::TooDeep]));
    }
}

#[test]
fn a_lost_bracket_never_moves_a_message_into_another_chat() {
    let export = Export::account()
        .owner(4001, "Анна")
        .chat("personal_chat", "Кирилл", 555)
        .incoming("к1")
        .incoming("к2")
        .chat("personal_chat", "Олег", 556)
        .incoming("о1");
    let file = export.to_json();
    let chats_of = |file: String| {
        let (_, kept) = good(file);
        let mut found: Vec<String> = kept.posted().map(|s| format!("{} {}", s.chat.peer().id, s.content.text)).collect();
        found.push(format!("{:?}", kept.reasons()));
        found.join(", ")
    };
    assert_eq!(chats_of(file.clone()), "555 к1, 555 к2, 556 о1, []");
    let list_end = "     }\n    ]\n   },";
    assert!(file.contains(list_end));
    assert_eq!(chats_of(file.replacen(list_end, "     }\n   },", 1)), "555 к1, 555 к2, 556 о1, [BrokenSection]");
    assert_eq!(chats_of(file.replacen(list_end, "    ]\n   },", 1)), "555 к1, 556 о1, [BrokenSyntax]");
    assert_eq!(chats_of(file.replacen("\"к2\"", "\"к2", 1)), "555 к1, 556 о1, [BrokenSyntax]");
    let minified = export.to_minified();
    assert_eq!(chats_of(minified.replacen("\"к2\"", "\"к2", 1)), "555 к1, [BrokenSyntax, RestUnreadable]");
}

#[test]
fn a_bracket_too_many_or_too_few_takes_no_other_message_with_it() {
    let file = three().to_json();
    let ids = |from: &str, to: &str| {
        assert!(file.contains(from), "{from}");
        let (report, kept) = good(file.replacen(from, to, 1));
        (kept.ids(), kept.reasons(), report.salvaged)
    };
    let lost_one = (vec![2, 3], vec![Reason::BrokenSyntax], false);
    assert_eq!(ids("\"from\": \"Анна\"", "\"from\": [\"Анна\""), lost_one);
    assert_eq!(ids("\"from\": \"Анна\"", "\"x\": {\"from\": \"Анна\""), lost_one);
    // The list of parts of the first text is not closed: what follows is drawn into it, up to the end of the file.
    let (open, close) = ("\"text\": \"первое\",\n   \"text_entities\": [", "\"text\": \"первое\",\n   \"text_entities\": [[");
    assert_eq!(ids(open, close).0, [2, 3]);
}

#[test]
fn lines_that_somebody_moved_to_the_margin_mean_nothing() {
    let flat = |text: String| text.lines().map(|line| format!("{}\n", line.trim_start())).collect::<String>();
    let poll = json!({"question": "?", "answers": [{"text": "а"}, {"text": "б"}]});
    let export = three().with("poll", poll);
    let (report, kept) = good(flat(export.to_json()));
    assert_eq!((report.messages, report.lost, kept.reasons()), (3, 0, vec![]));
    let (report, kept) = good(flat(export.to_json()).replacen("\"id\": 2", "\"id\" 2", 1));
    assert_eq!((kept.ids(), report.lost, kept.reasons()), (vec![1, 3], 1, vec![Reason::BrokenSyntax]));
    let whole = flat(export.to_json());
    let (_, kept) = good(whole.split_at(whole.find("\"id\": 3").unwrap() + 200).0);
    assert_eq!((kept.ids(), kept.reasons()), (vec![1, 2], vec![Reason::CutMessage, Reason::Truncated]));
    let lines: Vec<String> = export.to_value()["messages"].as_array().unwrap().iter().map(|m| m.to_string()).collect();
    let (_, kept) = good(format!("[\n{}\n]", lines.join(",\n")).replacen("\"id\":2", "\"id\" 2", 1));
    assert_eq!(kept.ids(), [1, 3], "a line for each message");
}

#[test]
fn illegal_json_of_real_clients_is_repaired() {
    let check = |from: &str, to: &str, text: &str| {
        let (_, kept) = good(three().to_json().replacen(from, to, 2));
        assert_eq!(kept.problems, []);
        assert_eq!(kept.texts()[0], text, "{to}");
    };
    check("первое", "пер\\x0Cвое", "пер\u{c}вое");
    check("первое", "пер\\\\x0Cвое", "пер\\x0Cвое");
    check("первое", "пер\u{b}вое", "пер\u{b}вое");
    check("первое", "пер\\ud83dвое", "пер\u{fffd}вое");
    let emoji = json!([{"type": "custom_emoji", "text": "😮", "document_id": "ПУТЬ"}]);
    let export = Export::single_chat("К", 5).incoming("x").with("text", emoji.clone()).with("text_entities", emoji).incoming("y");
    for file in [export.to_json(), export.to_minified()] {
        let (_, kept) = good(file.replace("\"ПУТЬ\"", "video_files/sticker (2).webm"));
        assert_eq!((kept.texts(), kept.reasons()), (vec!["😮", "y"], vec![]));
    }
}

#[test]
fn a_broken_section_is_stepped_over() {
    let file = Export::account().owner(4001, "Анна").chat("personal_chat", "К", 555).incoming("а").to_json();
    let broken = file.replacen(" \"chats\"", " \"contacts\": {\n  \"list\": [\n   {\"a\": \"b}\n  ]\n },\n \"chats\"", 1);
    let (report, kept) = good(broken);
    assert_eq!((report.messages, kept.reasons()), (1, vec![Reason::BrokenSection]));
}

#[test]
fn a_chat_without_id_gets_a_number_of_its_own() {
    let file =
        Export::account().chat("personal_chat", "К", 5).incoming("а").chat("personal_chat", "О", 6).incoming("б").to_json();
    let (report, kept) = good(file.replacen("\"id\": 5", "\"id\": null", 1));
    assert_eq!((report.chats, kept.texts(), kept.reasons()), (2, vec!["а", "б"], vec![Reason::UnknownChat]));
    let first = kept.posted().next().unwrap().chat.peer();
    assert!(first.kind == letopis_model::PeerKind::Group && first.id < 0);
    assert!(kept.problems[0].place.starts_with("chats.list[0] (line "));
}

#[test]
fn nothing_but_a_beginning() {
    let file = three().to_json();
    let (head, _) = file.split_once("\"text\"").unwrap();
    assert!(matches!(run(head, &options()).0, Err(Error::NothingSalvaged)));
}

#[test]
fn a_tail_after_the_end_is_named() {
    let (report, kept) = good(three().to_json() + "{}");
    assert!(report.salvaged);
    assert_eq!((kept.ids(), kept.reasons()), (vec![1, 2, 3], vec![Reason::RestUnreadable]));
}

#[test]
fn cut_anywhere_a_file_yields_its_beginning() {
    let export = Export::account()
        .owner(4001, "Анна")
        .chat("personal_chat", "Кирилл", 555)
        .incoming("раз «}]»")
        .outgoing("два \\ \" {")
        .left_chat("private_group", "Бригада", 7)
        .message(4002, "Игорь", "три 🔥");
    for file in [export.to_json(), export.to_minified()] {
        let (_, whole) = good(&file);
        for cut in 0..file.len() {
            let (result, kept) = run(&file.as_bytes()[..cut], &options());
            assert!(whole.texts().starts_with(&kept.texts()), "cut at {cut}");
            match result {
                Ok(report) => {
                    assert!(report.salvaged, "cut at {cut}");
                    assert_eq!(kept.reasons().last(), Some(&Reason::Truncated), "cut at {cut}");
                    let lost = kept.reasons().iter().filter(|why| why.loses_a_message()).count();
                    assert!(lost <= 1 && report.lost as usize == lost, "cut at {cut}");
                }
                Err(error) => {
                    assert!(kept.posted().next().is_none(), "cut at {cut}");
                    assert!(matches!(error, Error::NotAnExport | Error::NothingSalvaged));
                }
            }
        }
    }
}

#[test]
fn a_hostile_chat_cut_anywhere_yields_its_beginning() {
    let file = hostile_chat(5).to_json();
    let (_, whole) = good(&file);
    for cut in (0..file.len()).step_by(file.len() / 60) {
        let (_, kept) = run(&file.as_bytes()[..cut], &options());
        assert!(whole.texts().starts_with(&kept.texts()), "cut at {cut}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_bring_it_down(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = run(bytes, &options());
    }

    #[test]
    fn no_json_like_bytes_bring_it_down(text in "[\\[\\]{}\",:0-9a \\n\\\\]{0,200}") {
        let _ = run(format!("{{\"id\":1,\"type\":\"bot_chat\",\"messages\":[{text}"), &options());
        let _ = run(text, &options());
    }

    #[test]
    fn a_stretch_overwritten_anywhere_harms_no_other_message(at in 0usize..2000, with in "[\\[{\",:0-9a \\\\]{1,12}") {
        let mut export = Export::single_chat("Кирилл", 555).owner(4001, "Анна");
        for n in 0..8 {
            export = export.incoming(&format!("сообщение {n}"));
        }
        let file = export.to_json().into_bytes();
        let (_, whole) = good(&file);
        let mut bytes = file.clone();
        let at = at % (file.len() - 40);
        for (target, byte) in bytes[at..].iter_mut().zip(with.bytes()) {
            *target = byte;
        }
        let (result, kept) = run(&bytes, &options());
        if result.is_ok() && at > 120 {
            // One byte can make a list of the messages that follow, inside a message: then they are in its `extra`.
            let holds = |text: &str| kept.posted().any(|s| s.content.text == text || s.content.extra.iter().any(|e| e.contains(text)));
            let kept_whole = whole.texts().into_iter().filter(|text| holds(text)).count();
            prop_assert!(kept_whole >= 6, "{} of 8 kept, {:?}", kept_whole, kept.problems);
        }
    }

}
