//! What people bring: exports of many years, scripts and hands, all invented. Each trap by its name; of every file the
//! messages that came and those that were skipped are all that stand in it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop")]

use letopis_intake::{Error, Options, Problem, Reason, Report, Sink, import, sources};
use letopis_model::{Change, MessageKind, Sighting, Timestamp};
use letopis_testkit::{Age, Export, Person, random_export};
use serde_json::{Value, json};
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

#[derive(Default)]
struct Kept {
    posted: Vec<Sighting>,
    others: Vec<String>,
    problems: Vec<Problem>,
}

impl Sink for Kept {
    fn change(&mut self, change: Change) -> ControlFlow<()> {
        match change {
            Change::Posted(sighting) => self.posted.push(*sighting),
            Change::PeerSeen { name, .. } => self.others.push(name),
            Change::ChatSeen { title, .. } => self.others.extend(title),
            other => self.others.push(format!("{other:?}")),
        }
        ControlFlow::Continue(())
    }

    fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    fn progress(&mut self, read: u64, total: u64) -> ControlFlow<()> {
        assert!(read <= total);
        ControlFlow::Continue(())
    }
}

impl Kept {
    fn texts(&self) -> Vec<&str> {
        self.posted.iter().map(|s| s.content.text.as_str()).collect()
    }

    fn reasons(&self) -> Vec<Reason> {
        self.problems.iter().map(|p| p.why).collect()
    }
}

fn read(path: &Path) -> (Result<Report, Error>, Kept) {
    let mut kept = Kept::default();
    let options = Options { seen_at: Timestamp(1_900_000_000), ..Options::default() };
    (import(path, &options, &mut kept), kept)
}

/// Reads one file of `elements` messages; whatever was skipped was named.
fn file(name: &str, bytes: impl AsRef<[u8]>, elements: usize) -> (Report, Kept) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    let (report, kept) = read(&path);
    let report = report.unwrap_or_else(|error| panic!("{name}: {error}"));
    let named = kept.problems.iter().filter(|p| p.why.loses_a_message()).count();
    assert_eq!((report.messages as usize, report.lost as usize), (kept.posted.len(), named), "{name}");
    assert_eq!(kept.posted.len() + named, elements, "{name}: {:?}", kept.problems);
    (report, kept)
}

const SCRIPTS: [(Person, &str); 6] = [
    (Person { id: 11, name: "سارة المنصوري" }, "أرسلنا الفاتورة رقم ٤٢ أمس، شكراً 🙏"),
    (Person { id: 12, name: "דנה לוי" }, "שלחתי את ההצעה (INV-7) אתמול."),
    (Person { id: 13, name: "نیما رضایی" }, "می‌خواهم قیمت‌ها را ببینم؛ ۱۲٫۵ میلیون تومان"),
    (Person { id: 14, name: "王小明" }, "明天下午三點之前把報價單發給我,謝謝。"),
    (Person { id: 15, name: "Ольга Щербакова" }, "Счёт №7 оплачен, ждём отгрузку в четверг"),
    (Person { id: 16, name: "Zoë Ångström" }, "\u{202e}gnp.exe\u{202c} and the café\u{301} 👩‍👩‍👧"),
];

fn in_all_scripts() -> Export {
    let group = Export::single_chat("مشروع · פרויקט · 项目 · Проект", 77).kind("private_supergroup").owner(4001, "Анна Белова");
    SCRIPTS.iter().fold(group, |export, (person, text)| export.message(person.id, person.name, text))
}

#[test]
fn five_scripts_and_two_directions_in_both_formats() {
    let expected: Vec<&str> = SCRIPTS.iter().map(|(_, text)| *text).collect();
    let names: Vec<&str> = SCRIPTS.iter().map(|(person, _)| person.name).collect();
    let export = in_all_scripts();
    let pages = export.to_html(Age::Now);
    let page = pages.iter().map(|(_, text)| text).next().unwrap();
    for (name, text) in [("result.json", export.to_json()), ("min.json", export.to_minified()), ("messages.html", page.clone())] {
        let (_, kept) = file(name, text, 6);
        let found: Vec<&str> = kept.posted.iter().filter_map(|s| s.sender_name.as_deref()).collect();
        assert_eq!(
            (kept.texts(), found, kept.others.first().unwrap().as_str()),
            (expected.clone(), names.clone(), "مشروع · פרויקט · 项目 · Проект")
        );
    }
}

#[test]
fn marks_in_a_text_that_runs_from_right_to_left() {
    let parts = json!(["שלום ", {"type": "bold", "text": "דנה 👋🏽"}, " ، ", {"type": "text_link", "text": "العرض", "href": "https://a.example/ع"}]);
    let export = Export::single_chat("דנה", 12).incoming("").with("text", parts).with("text_entities", json!([]));
    let (_, kept) = file("result.json", export.to_json(), 1);
    let content = &kept.posted.first().unwrap().content;
    let marked = |at: usize| {
        let entity = content.entities.get(at).unwrap();
        content.text.chars().skip(entity.start as usize).take(entity.len as usize).collect::<String>()
    };
    assert_eq!((marked(0).as_str(), marked(1).as_str()), ("דנה 👋🏽", "العرض"));
}

/// Everything that a message of 2018–2026 may carry, a message each.
fn of_every_kind() -> Export {
    let own = [
        (
            "poll",
            json!({"question": [{"type": "bold", "text": "Когда?"}], "closed": false, "total_voters": 2, "answers": [{"text": "Завтра", "voters": 2, "chosen": true}]}),
        ),
        (
            "todo_list",
            json!({"title": "Отгрузка", "others_can_append": true, "answers": [{"text": ["позвонить ", {"type": "phone", "text": "+7 900"}], "id": 1}]}),
        ),
        ("invoice_information", json!("{\n \"title\": \"Счёт\",\n \"amount\": 1500\n}")),
        ("game_title", json!("Шахматы")),
        (
            "giveaway_information",
            json!({"quantity": 3, "months": 6, "until_date": "2025-01-01T00:00:00", "channels": [9007199254740993_i64], "stars": 0}),
        ),
        ("giveaway_results", json!({"channel": 1, "winners": [9007199254740993_i64, null], "winners_count": 2})),
        ("paid_stars_amount", json!(50)),
        ("contact_information", json!({"first_name": "Олег", "last_name": "", "phone_number": "0079000000001"})),
        ("location_information", json!(null)),
        ("live_location_period_seconds", json!(900)),
        ("story", json!({"peer": "user5", "id": 7})),
        ("effect", json!({"id": "5104841245755180586"})),
        ("rich_message", json!({"blocks": [{"type": "heading", "text": "Прайс"}, {"rows": [{"text": "Кабель"}]}]})),
        ("self_destruct_period_seconds", json!(30)),
        ("media_spoiler", json!(true)),
        ("forwarded_from_id", json!("channel1500")),
        ("reply_to_peer_id", json!("channel5")),
        ("saved_from", json!(null)),
        ("inline_bot_buttons", json!([[{"type": "callback", "text": "Да", "data": "", "dataBase64": "eWVz", "button_id": 0}]])),
        (
            "reactions",
            json!([{"type": "empty", "count": 1}, {"type": "emoji", "count": 4, "emoji": "🔥", "recent": [{"from": null, "from_id": "user1", "date": "2024-01-01T00:00:00"}]}]),
        ),
    ];
    let export = Export::single_chat("Кирилл", 555).owner(4001, "Анна Белова");
    let export = own.into_iter().fold(export, |export, (key, value)| export.incoming("").with(key, value));
    let actions = [
        ("send_star_gift", json!({"gift_id": 5170233102089322756_i64, "stars": 50, "is_limited": true})),
        ("requested_peer", json!({"button_id": 1, "peers": "[\n  4295744296\n]"})),
        ("todo_completions", json!({"completed": [1], "incompleted": []})),
        ("suggest_birthday", json!({"day": 1, "month": 2})),
        ("process_suggested_post", json!({"rejected": true, "comment": "нет"})),
        ("conference_call", json!({"is_active": false, "is_missed": true})),
        ("contact_request_from_the_future", json!({"x": [{"y": [[]]}]})),
    ];
    let anna = Person { id: 4001, name: "Анна Белова" };
    let export = actions.into_iter().fold(export, |export, (action, fields)| export.action(anna, action, fields));
    export.raw(json!({"id": 900, "type": "unsupported"}))
}

#[test]
fn every_kind_of_message_arrives_and_nothing_of_it_is_dropped() {
    let export = of_every_kind();
    for text in
        [export.to_json(), export.to_minified(), export.to_json().replace("\n ", "\n\t"), export.to_json().replace('\n', "\r\n")]
    {
        let (report, kept) = file("result.json", text, export.count());
        assert_eq!((report.lost, kept.reasons()), (0, vec![]));
        let silent = kept.posted.iter().filter(|s| {
            let content = &s.content;
            let says_nothing = content.text.is_empty() && content.media.is_none() && content.service.is_none();
            says_nothing && content.extra.is_none() && s.reactions.is_empty() && content.kind == MessageKind::Text
        });
        assert_eq!(silent.count(), 0, "something is kept of each");
    }
}

#[test]
fn sections_about_the_account_are_never_read() {
    let mut account = Export::account().owner(4001, "Анна Белова").chat("personal_chat", "Кирилл", 555).incoming("а").to_value();
    let secret = "203.0.113.7";
    let list = |item: Value| json!({"about": "x", "list": [item]});
    for (key, item) in [
        ("frequent_contacts", json!({"id": 5, "category": "people", "type": "user", "name": secret, "rating": 1.5})),
        ("sessions", json!({"last_ip": secret, "device_model": secret, "created": "2024-01-01T00:00:00"})),
        ("web_sessions", json!({"last_ip": secret, "domain_name": secret})),
    ] {
        account.as_object_mut().unwrap().insert(key.to_owned(), list(item));
    }
    account["profile_pictures"] = json!([{"date": "2024-01-01T00:00:00", "photo": secret}]);
    account["stories"] = json!([{"date": "2024-01-01T00:00:00", "media": secret}]);
    account["other_data"] = json!({"messages": [{"id": 1, "text": secret}], "drafts": [[[secret]]]});
    let (_, kept) = file("result.json", account.to_string(), 1);
    let told = format!("{:?} {:?}", kept.others, kept.posted.first().unwrap().content.text);
    assert!(!told.contains(secret), "{told}");
}

#[test]
fn a_file_saved_in_another_encoding_says_so_and_loses_no_message() {
    let latin = |text: String| text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(0xD0)).collect::<Vec<u8>>();
    let export = Export::single_chat("Кирилл", 555).incoming("Счёт готов").incoming("ok").incoming("Жду");
    let (report, kept) = file("result.json", latin(export.to_json()), 3);
    assert_eq!(
        (report.lost, kept.reasons().iter().filter(|why| **why == Reason::WrongEncoding).count()),
        (0, 3),
        "names are in each"
    );
    let page = export.to_html(Age::Now).remove(0).1;
    let (report, kept) = file("messages.html", latin(page), 3);
    assert_eq!(report.lost, 0);
    assert!(kept.reasons().contains(&Reason::WrongEncoding));
}

#[test]
fn a_tail_of_zeros_in_json_is_a_broken_end() {
    let text = Export::single_chat("Кирилл", 555).incoming("раз").incoming("два").incoming("три").to_json();
    let cut = text.find("три").unwrap();
    let mut bytes = text.into_bytes();
    bytes.truncate(cut);
    bytes.extend(std::iter::repeat_n(0, 2_000_000));
    let (report, kept) = file("result.json", bytes, 3);
    assert_eq!((report.salvaged, kept.texts()), (true, vec!["раз", "два"]));
}

#[test]
fn escapes_and_numbers_of_other_languages() {
    let text = Export::single_chat("К", 5).incoming("раз").with("duration_seconds", json!(7)).incoming("два").to_json();
    let (_, kept) = file("result.json", text.replace("раз", "р\\'а\\vз\\e").replace(": 7", ": NaN"), 2);
    assert_eq!(kept.texts(), ["р\\'а\\vз\\e", "два"]);
}

#[test]
fn dates_as_other_programs_write_them() {
    for (date, expected) in [
        ("2024-05-08T12:00:00+03:00", 1_715_158_800),
        ("2024-05-08T09:00:00Z", 1_715_158_800),
        ("2024-05-08 09:00:00", 1_715_158_800),
        ("2024-05-08T09:00:00", 1_715_158_800),
    ] {
        let message = json!({"id": 1, "type": "message", "date": date, "from": "К", "from_id": "user5", "text": "а"});
        let (_, kept) =
            file("result.json", json!({"name": "К", "type": "personal_chat", "id": 5, "messages": [message]}).to_string(), 1);
        assert_eq!(kept.posted.first().unwrap().sent_at, Some(Timestamp(expected)), "{date}");
    }
}

#[test]
fn packed_files_are_named_as_such() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [
        ("a.zip", &b"PK\x03\x04\x14"[..]),
        ("result.json.gz", b"\x1F\x8B\x08"),
        ("a.rar", b"Rar!\x1A\x07"),
        ("a.7z", b"7z\xBC\xAF\x27\x1C"),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        assert!(matches!(read(&path).0, Err(Error::Packed)), "{name}");
    }
    assert_eq!(sources(folder.path()).unwrap().len(), 4, "each is told of");
}

#[test]
fn pages_that_a_browser_saved() {
    let export = Export::single_chat("Кирилл", 555).incoming("раз").outgoing("два <&>");
    let page = export.to_html(Age::Now).remove(0).1;
    let saved = "<!-- saved from url=(0047)file:///C:/Telegram/messages.html -->\n";
    let upper = page.replace("<div ", "<DIV ").replace("</div>", "</DIV>").replace("class=\"", "CLASS=\"");
    let translated = page.replace("раз", "<font style=\"vertical-align: inherit;\"><font dir=\"auto\">раз</font></font>");
    let local = page.replace("href=\"", "href=\"file:///C:/Telegram/");
    for (name, text) in [
        ("remark before", format!("{saved}{page}")),
        ("remark after", page.replacen("<html>", &format!("{saved}<html>"), 1)),
        ("xml", format!("<?xml version=\"1.0\"?>\n{page}")),
        ("bom and crlf", format!("\u{feff}{}", page.replace('\n', "\r\n"))),
        ("upper case", upper),
        ("translated", translated),
        ("absolute paths", local),
        ("one line", page.replace('\n', " ")),
    ] {
        let (report, kept) = file("Exported Data.html", &text, 2);
        let texts: Vec<&str> = kept.texts().iter().map(|t| t.trim()).collect();
        assert_eq!((report.lost, texts), (0, vec!["раз", "два <&>"]), "{name}");
    }
}

#[test]
fn days_and_dates_in_the_words_of_another_language() {
    let export = Export::single_chat("Кирилл", 555).incoming("раз").outgoing("два");
    let page = export.to_html(Age::Now).remove(0).1.replace("15 May 2025", "15 мая 2025 г.");
    let page = page.replace("15.05.2025 21:39:56", "15 мая 2025 г., 21:39:56");
    let (_, kept) = file("messages.html", page, 2);
    assert_eq!(kept.posted.first().unwrap().sent_at, Some(Timestamp(1_747_345_196)));
}

#[test]
fn an_export_in_several_files_comes_in_whole() {
    let folder = tempfile::tempdir().unwrap();
    let part = |text: &str| Export::single_chat("Кирилл", 555).incoming(text).to_json();
    for (name, text) in [("result.json", "раз"), ("result (1).json", "два"), ("result_3.json", "три")] {
        fs::write(folder.path().join(name), part(text)).unwrap();
    }
    fs::write(folder.path().join("theme.json"), "{\"colors\": []}").unwrap();
    let found = sources(folder.path()).unwrap();
    let mut texts: Vec<String> = found.iter().flat_map(|path| read(path).1.posted).map(|s| s.content.text).collect();
    texts.sort();
    assert_eq!(texts, ["два", "раз", "три"]);
}

#[test]
fn generated_exports_of_both_formats_add_up_whole_and_cut() {
    for seed in 0..40 {
        let export = random_export(seed, 25);
        let text = export.to_json();
        let (report, _) = file("result.json", &text, export.count());
        assert_eq!(report.lost, 0, "seed {seed}");
        // Cut on any byte the rest is named: nothing is lost in silence.
        let cut = text.len() * (seed as usize % 9 + 1) / 10;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("result.json");
        fs::write(&path, text.as_bytes().get(..cut).unwrap()).unwrap();
        if let (Ok(report), kept) = read(&path) {
            assert!(report.salvaged && kept.reasons().last() == Some(&Reason::Truncated), "seed {seed}");
        }
    }
}
