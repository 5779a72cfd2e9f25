//! The program as a script sees it: what is typed, the JSON that comes out, the exit code. Field names are those of the
//! contract; a missing one breaks somebody's script.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may stop")]

use letopis_testkit::{ANNA, Attachment, Export};
use serde_json::Value;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

const PASSPHRASE: &str = "лес-шумит-7319-над-рекой";
const NOW: &str = "2025-05-20T09:00:00Z";
const PERIOD: [&str; 4] = ["--from", "2025-05-01", "--to", "2025-06-01"];

struct Desk {
    dir: tempfile::TempDir,
}

impl Desk {
    /// A folder without an archive.
    fn bare() -> Self {
        Desk { dir: tempfile::tempdir().unwrap() }
    }

    fn new() -> Self {
        let desk = Desk::bare();
        let made = desk.json(&["init"]);
        assert_has(&made[0], &["archive", "recovery_key"]);
        desk
    }

    /// An archive with Kirill's chat in it.
    fn with_kirill() -> (Self, PathBuf) {
        let desk = Desk::new();
        let path = desk.file("result.json", &kirill("Скину договор завтра").to_json());
        desk.json(&["import", path.to_str().unwrap()]);
        (desk, path)
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn archive(&self) -> PathBuf {
        self.dir.path().join("archive")
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_letopis-cli"));
        let now: &[&str] = if args.contains(&"--now") { &[] } else { &["--now", NOW] };
        command.args(["--lang", "en"]).args(now).args(args).stdin(Stdio::null());
        command.env("LETOPIS_ARCHIVE", self.archive()).env("LETOPIS_PASSPHRASE", PASSPHRASE).env("TZ", "Europe/Moscow");
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// The lines of a command that must go well.
    #[track_caller]
    fn json(&self, args: &[&str]) -> Vec<Value> {
        let output = self.run(&[args, &["--json"]].concat());
        assert!(output.status.success(), "{args:?}: {}", said(&output));
        lines(&output)
    }

    /// A command that must end with this code and say something on stderr; what it said.
    #[track_caller]
    fn ends(&self, code: i32, args: &[&str]) -> String {
        let output = self.run(args);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {}", said(&output));
        let said = said(&output);
        assert!(!said.contains("panicked"), "{args:?}: {said}");
        said
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn lines(output: &Output) -> Vec<Value> {
    String::from_utf8_lossy(&output.stdout).lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}

#[track_caller]
fn assert_has(value: &Value, keys: &[&str]) {
    for key in keys {
        assert!(value.get(key).is_some(), "no {key} in {value}");
    }
}

fn kirill(promise: &str) -> Export {
    Export::single_chat("Кирилл · Промстрой", 555)
        .owner(ANNA.id, ANNA.name)
        .incoming("Анна, пришлите договор в новой редакции")
        .outgoing(promise)
        .incoming("По договору срок 15 дней. Ёлка!")
        .incoming("Договоры получили, с договором всё ясно")
        .outgoing("Спасибо!")
}

#[test]
fn the_access_log_tells_who_searched_and_what_was_read() {
    let (desk, _) = Desk::with_kirill();
    desk.json(&["search", "договор"]);
    desk.json(&["show", "--chat", "user:555"]);
    desk.ends(2, &["search", "from:"]);
    let log = desk.json(&["access"]);
    let told: Vec<_> = log.iter().map(|row| (row["action"].as_str().unwrap(), row["what"].as_str().unwrap())).collect();
    assert_eq!(told, [("opened-chat", ""), ("searched", "договор")]);
    assert_has(&log[0], &["at", "who", "action", "chat_id", "what", "why"]);
}

#[test]
fn an_import_is_counted_and_the_same_again_changes_nothing() {
    let (desk, path) = Desk::with_kirill();
    let again = desk.json(&["import", path.to_str().unwrap()]);
    let keys =
        ["source", "format", "chats", "messages", "new_versions", "unchanged", "media", "skipped", "salvaged", "bytes_read"];
    assert_has(&again[0], &keys);
    assert_eq!((&again[0]["new_versions"], &again[0]["unchanged"]), (&Value::from(0), &Value::from(5)));
    let chats = desk.json(&["chats"]);
    assert_eq!(chats.len(), 1);
    let keys = ["chat_id", "title", "kind", "manager", "messages", "deleted", "edited", "first_at", "last_at"];
    assert_has(&chats[0], &keys);
    assert_eq!((&chats[0]["chat_id"], &chats[0]["messages"]), (&Value::from("user:555"), &Value::from(5)));
    assert!(chats[0]["first_at"].as_str().unwrap().ends_with("+03:00"), "{}", chats[0]);
}

#[test]
fn files_beside_the_export_are_counted_and_the_coverage_is_told() {
    let desk = Desk::new();
    let export = kirill("Да").attach(Attachment::Photo, "photo_1.jpg", b"\xFF\xD8\xFF picture").incoming("").attach(
        Attachment::Voice,
        "a.ogg",
        b"OggS",
    );
    let folder = desk.dir.path().join("export");
    export.to_folder(&folder).unwrap();
    std::fs::remove_file(folder.join("voice_messages/a.ogg")).unwrap();
    let report = desk.dir.path().join("report.json");
    let told = desk.json(&["import", folder.to_str().unwrap(), "--report", report.to_str().unwrap()]);
    assert_has(&told[0], &["media", "media_new", "media_missing", "lost", "notes", "not_in_export", "failure"]);
    assert_eq!(
        (&told[0]["media"], &told[0]["media_missing"], &told[0]["lost"]),
        (&Value::from(1), &Value::from(1), &Value::from(0))
    );
    assert_eq!(told[0]["notes"][0]["where"], "voice_messages/a.ogg");
    let saved: Value = serde_json::from_str(&std::fs::read_to_string(report).unwrap()).unwrap();
    assert_eq!(saved, told[0]);

    let coverage = desk.json(&["coverage"]);
    assert_eq!(coverage, desk.json(&["coverage", "--chat", "user:555"]));
    assert_has(&coverage[0], &["account", "chat_id", "from", "to", "state", "why"]);
    assert_eq!((&coverage[0]["state"], &coverage[0]["account"]), (&Value::from("imported"), &Value::from(4001)));
    desk.ends(1, &["coverage", "--chat", "user:999"]);
}

#[test]
fn a_dry_run_keeps_nothing() {
    let desk = Desk::new();
    let path = desk.file("result.json", &kirill("Скину договор завтра").to_json());
    assert_eq!(desk.json(&["import", path.to_str().unwrap(), "--dry-run"])[0]["messages"], 5);
    assert!(desk.json(&["chats"]).is_empty());
}

#[test]
fn every_bad_file_is_named_once() {
    let desk = Desk::new();
    let (good, bad) = (desk.file("good.json", &kirill("Да").to_json()), desk.file("bad.json", "{\"это\": \"не экспорт\"}"));
    let absent = desk.dir.path().join("absent.json");
    let (good, bad, absent) = (good.to_str().unwrap(), bad.to_str().unwrap(), absent.to_str().unwrap());
    desk.ends(1, &["import", bad]);
    let said = desk.ends(1, &["import", bad, good, absent]);
    assert_eq!((said.matches("bad.json").count(), said.matches("absent.json").count()), (1, 1), "{said}");
    assert_eq!(desk.json(&["chats"]).len(), 1, "the good one was taken");
}

#[test]
fn search_knows_forms_and_exact_phrases() {
    let (desk, _) = Desk::with_kirill();
    let hits = desk.json(&["search", "договор"]);
    assert_eq!(hits.len(), 4);
    let keys = ["link", "chat_id", "chat", "message_id", "version", "manager", "sender", "direction", "sent_at", "kind"];
    assert_has(&hits[0], &keys);
    assert_has(&hits[0], &["deleted", "edited", "snippet", "score"]);
    assert_eq!(desk.json(&["search", "\"с договором\""]).len(), 1);
    assert_eq!(desk.json(&["search", "елка"]).len(), 1);
    assert_eq!(desk.json(&["search", "договор", "--limit", "3", "--offset", "2"]).len(), 2);
    assert_eq!(desk.json(&["search", "договор", "--limit", "0"]).len(), 0);
    assert_eq!(desk.json(&["search", "договор", "--offset", "9000000000000000000"]).len(), 0);
    assert_eq!(desk.json(&["search", "договор", "--limit", "18446744073709551615"]).len(), 4);
}

#[test]
fn a_long_search_and_a_long_chat_are_read_in_pages() {
    let desk = Desk::new();
    let long = (0..2_300).fold(Export::single_chat("Кирилл", 555), |export, n| export.incoming(&format!("счёт {n}")));
    let path = desk.file("long.json", &long.to_json());
    desk.json(&["import", path.to_str().unwrap()]);
    let texts = |args: &[&str]| desk.json(args).iter().map(|m| m["text"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    let wanted = |range: std::ops::Range<usize>| range.map(|n| format!("счёт {n}")).collect::<Vec<_>>();

    let hits = desk.json(&["search", "счет", "--limit", "1200", "--sort", "oldest"]);
    let ids: Vec<i64> = hits.iter().map(|hit| hit["message_id"].as_i64().unwrap()).collect();
    assert_eq!((ids.len(), ids.is_sorted()), (1200, true));
    assert_eq!(texts(&["show", "--chat", "user:555", "--limit", "18446744073709551615"]), wanted(0..2_300));
    assert_eq!(texts(&["show", "--chat", "user:555", "--limit", "1500"]), wanted(800..2_300));
    assert_eq!(texts(&["show", "--chat", "user:555", "--limit", "0"]), wanted(0..0));
    assert_eq!(texts(&["show", "--chat", "user:555", "--at", "2025-05-01", "--limit", "1001"]), wanted(0..1_001));
    let link = hits[1]["link"].as_str().unwrap();
    assert_eq!(texts(&["show", link]), wanted(1..2));
    assert_eq!(texts(&["show", link, "--context", "2"]), wanted(0..4));
    assert_eq!(texts(&["show", link, "--context", "18446744073709551615"]), wanted(0..2_300));
}

#[test]
fn versions_of_an_edited_message_are_kept() {
    let (desk, _) = Desk::with_kirill();
    let later = desk.file("later.json", &kirill("Скину договор в пятницу").to_json());
    assert_eq!(desk.json(&["import", later.to_str().unwrap()])[0]["new_versions"], 1);
    let shown = desk.json(&["show", "--chat", "user:555", "--versions"]);
    let keys =
        ["link", "chat_id", "message_id", "sender", "direction", "sent_at", "kind", "text", "reply_to", "edited", "deleted"];
    assert_has(&shown[1], &keys);
    let versions = shown[1]["versions"].as_array().unwrap();
    assert_has(&versions[0], &["version", "text", "seen_at", "source"]);
    let texts: Vec<&str> = versions.iter().map(|v| v["text"].as_str().unwrap()).collect();
    assert_eq!(texts, ["Скину договор завтра", "Скину договор в пятницу"]);
    assert_eq!(shown[1]["edited"], true);
}

#[test]
fn a_summary_and_the_promises_cite_messages() {
    let (desk, _) = Desk::with_kirill();
    let summary = desk.json(&[&["summary", "--team", "--model", "none"], &PERIOD[..]].concat());
    assert_eq!(summary.len(), 1);
    assert_has(&summary[0], &["sections", "dropped_claims", "coverage", "model"]);
    let section = summary[0]["sections"].as_array().unwrap().iter().find(|s| s["title"] == "Promises").unwrap();
    let item = &section["items"][0];
    assert_has(item, &["text", "citations", "quote"]);
    let cited = desk.json(&["show", item["citations"][0].as_str().unwrap()]);
    assert_eq!(cited[0]["text"], "Скину договор завтра");

    let promises = desk.json(&["promises", "--manager", "Анна"]);
    let keys = ["link", "chat_id", "message_id", "manager", "client", "author", "quote", "due", "due_at", "due_text", "state"];
    assert_has(&promises[0], &keys);
    assert_has(&promises[0], &["closed_by", "approval"]);
    assert_eq!(promises[0]["due"], "2025-05-17");
}

#[test]
fn a_summary_without_a_model_takes_no_prompt() {
    let (desk, _) = Desk::with_kirill();
    let summary = |more: &[&'static str]| desk.ends(2, &[&["summary"], more, &PERIOD[..]].concat());
    assert!(summary(&["--team", "--model", "qwen"]).contains("No model is built in yet"));
    assert!(summary(&["--team", "--prompt", "о цене"]).contains("needs a model"));
    assert!(summary(&["--team", "--prompt", "о цене", "--model", "none"]).contains("needs a model"));
    summary(&[]);
    summary(&["--team", "--manager", "Анна"]);
}

#[test]
fn a_wrongly_typed_command_ends_with_2() {
    let (desk, path) = Desk::with_kirill();
    desk.ends(2, &["summary", "--team", "--from", "вчера", "--to", "2025-06-01"]);
    desk.ends(2, &["search", "договор after:скоро"]);
    desk.ends(2, &["show", "--chat", "user:555", "--at", "2025-13-01"]);
    desk.ends(2, &["chats", "--everything"]);
    desk.ends(2, &["chats", "--manager", "Никто"]);
    desk.ends(2, &["chats", "--now", "полдень"]);
    assert!(desk.ends(2, &["import", path.to_str().unwrap(), "--timezone", "Europe/Нигде"]).contains("no such time zone"));
}

#[test]
fn a_manager_must_be_named_clearly() {
    let (desk, _) = Desk::with_kirill();
    let other = Export::single_chat("Ольга", 556).owner(4009, "Анна Юрьева").incoming("Добрый день").outgoing("Здравствуйте");
    let path = desk.file("other.json", &other.to_json());
    desk.json(&["import", path.to_str().unwrap(), "--owner-id", "4009", "--manager", "Анна Юрьева"]);
    desk.ends(2, &["chats", "--manager", ""]);
    desk.ends(2, &["promises", "--manager", "Анна"]);
    assert_eq!(desk.json(&["chats", "--manager", "Юрьева"]).len(), 1);
}

#[test]
fn a_manager_without_chats_in_the_period_is_not_handed_over() {
    let (desk, _) = Desk::with_kirill();
    let (out, secret) = (desk.dir.path().join("pack.html"), desk.file("secret", "пароль пакета"));
    let pack = ["--out", out.to_str().unwrap(), "--pack-passphrase-file", secret.to_str().unwrap()];
    let handover = ["handover", "--now", "2026-05-20T09:00:00Z", "--manager", "Анна", "--months", "1"];
    desk.ends(1, &[&handover[..], &pack].concat());
    assert!(!out.exists());
}

#[test]
fn without_the_right_passphrase_it_stays_locked() {
    let desk = Desk::new();
    let wrong = desk.command(&["chats"]).env("LETOPIS_PASSPHRASE", "не тот пароль").output().unwrap();
    assert_eq!((wrong.status.code(), wrong.stdout.len()), (Some(3), 0));
    let none = desk.command(&["chats"]).env_remove("LETOPIS_PASSPHRASE").output().unwrap();
    assert_eq!(none.status.code(), Some(3));
    let file = desk.file("passphrase", &format!("{PASSPHRASE}\nвторая строка"));
    let right = desk.command(&["chats", "--passphrase-file", file.to_str().unwrap()]).env_remove("LETOPIS_PASSPHRASE").output();
    assert!(right.unwrap().status.success());
}

#[test]
fn verify_always_answers_with_its_object() {
    let (desk, _) = Desk::with_kirill();
    let keys = ["checked", "damaged", "tree_head", "tree_size"];
    let sound = desk.json(&["verify", "--deep"]);
    assert_has(&sound[0], &keys);
    assert_eq!((&sound[0]["checked"], sound[0]["damaged"].as_array().unwrap().len()), (&Value::from(5), 0));
    for file in ["archive.db", "keys.json"] {
        let path = desk.archive().join(file);
        let spoilt: Vec<u8> = std::fs::read(&path).unwrap().iter().map(|byte| byte ^ 0x55).collect();
        std::fs::write(&path, spoilt).unwrap();
        let output = desk.run(&["verify", "--json"]);
        assert_eq!(output.status.code(), Some(4), "{file}: {}", said(&output));
        let found = lines(&output);
        assert_has(&found[0], &keys);
        assert_has(&found[0]["damaged"][0], &["what", "where"]);
    }
}

#[test]
fn what_is_whole_in_a_damaged_archive_is_salvaged() {
    let (desk, _) = Desk::with_kirill();
    let kirill = desk.json(&["chats"])[0]["chat"].as_str().unwrap().to_owned();
    let show = ["show", "--chat", &kirill, "--versions", "--json"];
    let before = desk.json(&show[..4]);
    let path = desk.archive().join("archive.db");
    let mut bytes = std::fs::read(&path).unwrap();
    // The salt, without which SQLCipher opens nothing.
    bytes[3] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    assert_eq!(desk.run(&["chats"]).status.code(), Some(4));
    let folder = desk.dir.path().join("saved");
    let saved = desk.json(&["salvage", folder.to_str().unwrap()]);
    assert_has(&saved[0], &["archive", "damaged_pages", "versions", "lost", "lost_files", "tables", "tree_head", "fits_known"]);
    assert_eq!((saved[0]["lost"].as_array().unwrap().len(), &saved[0]["fits_known"]), (0, &Value::from(true)));
    assert_eq!(std::fs::read(&path).unwrap(), bytes, "the damaged file is not touched");
    let shown = desk.command(&show).env("LETOPIS_ARCHIVE", &folder).output().unwrap();
    assert_eq!(lines(&shown), before);
}

#[test]
fn the_demo_company_is_the_same_every_time() {
    let made = [Desk::bare(), Desk::bare()].map(|desk| {
        let output = desk.run(&["demo"]);
        assert!(output.status.success(), "{}", said(&output));
        assert!(said(&output).contains("recovery key"), "the key is not left without a word");
        let chats = desk.json(&["chats", "--manager", "Анна"]);
        desk.json(&["show", "--chat", chats[0]["chat"].as_str().unwrap(), "--versions", "--limit", "5000"])
    });
    assert!(made[0].len() > 10);
    assert_eq!(made[0], made[1]);
}

#[test]
fn the_ways_into_the_archive_change_one_by_one() {
    let (desk, _) = Desk::with_kirill();
    let new = desk.file("new.txt", "мост стоит через реку\n");
    let new = new.to_str().unwrap();
    assert_has(&desk.json(&["passphrase", "--new-passphrase-file", new])[0], &["archive"]);
    assert!(desk.ends(3, &["chats"]).contains("does not fit"));
    assert_eq!(desk.json(&["chats", "--passphrase-file", new]).len(), 1);
    // Forgotten: the recovery key sets another.
    let made = desk.json(&["recovery", "--passphrase-file", new]);
    let key = desk.file("key.txt", made[0]["recovery_key"].as_str().unwrap());
    let old = desk.file("old.txt", PASSPHRASE);
    desk.json(&["passphrase", "--recovery-key-file", key.to_str().unwrap(), "--new-passphrase-file", old.to_str().unwrap()]);
    assert_eq!(desk.json(&["chats"]).len(), 1);
    let short = desk.file("short.txt", "коротко");
    desk.ends(1, &["passphrase", "--new-passphrase-file", short.to_str().unwrap()]);
    desk.ends(2, &["keyring", "maybe"]);
}

#[test]
fn the_master_key_changes_and_the_archive_is_the_same() {
    let (desk, _) = Desk::with_kirill();
    let before = [desk.json(&["show", "--chat", "user:555"]), desk.json(&["search", "договор"])];
    let wrong = desk.file("wrong.txt", "мост стоит через реку");
    assert!(desk.ends(3, &["rekey", "--passphrase-file", wrong.to_str().unwrap()]).contains("does not fit"));
    desk.ends(1, &["rekey", "--finish"]);
    let said = desk.json(&["rekey"]);
    assert_has(&said[0], &["recovery_key"]);
    assert_has(&said[1], &["archive"]);
    assert!(!before[1].is_empty());
    assert_eq!([desk.json(&["show", "--chat", "user:555"]), desk.json(&["search", "договор"])], before);
    assert!(desk.json(&["verify", "--deep"])[0]["damaged"].as_array().unwrap().is_empty());
}

#[test]
fn wrong_passphrases_are_slowed() {
    let desk = Desk::new();
    let wrong = desk.file("wrong.txt", "мост стоит через реку");
    let wrong = ["chats", "--passphrase-file", wrong.to_str().unwrap()];
    for _ in 0..3 {
        assert!(desk.ends(3, &wrong).contains("does not fit"));
    }
    std::fs::write(desk.archive().join("attempts"), format!("{:>10} {:>20}\n", 9, i64::MAX / 2)).unwrap();
    assert!(desk.ends(3, &wrong).contains("The next try is in 60 seconds"));
    assert!(desk.ends(3, &["chats"]).contains("The next try is in"), "the right one waits too");
}
