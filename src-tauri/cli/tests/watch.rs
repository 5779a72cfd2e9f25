//! `watch` against a Telegram server on loopback: signing in and recording from a terminal, and the kill drill. The server
//! is of our own (`letopis-testkit-telegram`); the program finds it by `LETOPIS_TELEGRAM_SERVER`.
//! `LETOPIS_KILLS` sets how often the drill kills.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may stop")]

#[path = "../../engine/tests/capture/stage.rs"]
#[allow(dead_code, reason = "the engine's own stage; not all of it is needed here")]
mod stage;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use letopis_testkit_telegram::{Chat, Said, Telegram, UserId};
use stage::{PASSPHRASE, Stage};

fn cli(archive: &Path, server: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_letopis-cli"));
    command.args(["--lang", "en", "--json"]).args(words);
    command.env("LETOPIS_ARCHIVE", archive).env("LETOPIS_PASSPHRASE", PASSPHRASE).env("LETOPIS_TELEGRAM_SERVER", server);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs to the end, with these lines on standard input.
fn run(archive: &Path, server: &Path, words: &[&str], lines: &str) -> Output {
    let mut child = cli(archive, server, words).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words:?}: {errors}");
    output
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn provide(tg: &Telegram, folder: &Path) -> PathBuf {
    let server = folder.join("server.json");
    let devices: Vec<String> = (0..3).map(|_| tg.provision().to_json()).collect();
    std::fs::write(&server, format!("{{\"devices\":[{}]}}", devices.join(","))).unwrap();
    server
}

#[test]
fn a_manager_is_added_and_recorded_from_a_terminal() {
    let tg = Telegram::start();
    let (anna, kirill) = (tg.account("Анна Белова", "+79990000001"), tg.user("Кирилл"));
    let (work, home) = (tg.supergroup("Промстрой", &[anna, kirill]), tg.private(anna, kirill));
    let said = tg.say(work, kirill, "Пришлите договор");
    tg.say(home, kirill, "личное");
    let folder = tempfile::tempdir().unwrap();
    let (archive, server) = (folder.path().join("archive"), provide(&tg, folder.path()));
    let hash = folder.path().join("hash");
    std::fs::write(&hash, "0123456789abcdef0123456789abcdef\n").unwrap();
    let tell = |words: &[&str], lines: &str| out(&run(&archive, &server, words, lines));
    tell(&["init"], "");
    let hash = hash.to_str().unwrap();
    let login = tell(&["login", "--api-id", "1", "--api-hash-file", hash, "--phone", "+79990000001"], "00000\n12345\n");
    assert!(login.contains("\"account\":1001"), "{login}");
    let scanned = tell(&["accounts", "scan", "1001"], "");
    assert!(scanned.contains("Промстрой") && !scanned.contains("личное"), "{scanned}");
    tell(&["accounts", "scope", "1001", "--chat", "channel:1001", "--days", "0"], "");
    tell(&["accounts", "consent", "1001", "--by", "Анна Белова", "--owner-present"], "");
    tell(&["accounts", "on", "1001"], "");
    tell(&["watch", "--once"], "");
    let read = tell(&["show", "--chat", "channel:1001"], "");
    assert!(read.contains("Пришлите договор"), "{read}");
    tg.edit(said, "Пришлите счёт");
    tell(&["watch", "--once"], "");
    let read = tell(&["show", "--chat", "channel:1001", "--versions"], "");
    assert!(read.contains("Пришлите договор") && read.contains("Пришлите счёт"), "{read}");
    assert!(!tell(&["chats"], "").contains("Кирилл"), "a chat outside the scope is not kept");
}

/// Small seeded steps; nothing here must be unguessable.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// People who never stop talking.
struct Crowd {
    tg: Telegram,
    chats: Vec<(Chat, UserId)>,
    said: Vec<Said>,
    dice: Dice,
    count: u32,
}

impl Crowd {
    fn act(&mut self) {
        self.count += 1;
        let place = usize::try_from(self.dice.roll(3)).unwrap();
        let (chat, who) = self.chats[place];
        match self.dice.roll(8) {
            0 if !self.said.is_empty() => {
                let place = self.dice.roll(self.said.len() as u64);
                self.tg.edit(self.said[usize::try_from(place).unwrap()], &format!("исправлено {}", self.count));
            }
            1 if !self.said.is_empty() => {
                let place = self.dice.roll(self.said.len() as u64);
                let gone = self.said.swap_remove(usize::try_from(place).unwrap());
                self.tg.delete(&[gone]);
            }
            _ => self.said.push(self.tg.say(chat, who, &format!("слово {}", self.count))),
        }
    }

    /// Talks on until the moment of the kill.
    fn load(&mut self, millis: u64) {
        for _ in 0..millis / 10 {
            self.act();
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// Everything the archive holds: which message, which words.
fn held(stage: &Stage, chats: &[Chat]) -> BTreeSet<(String, String)> {
    let truth = stage.tg.truth(stage.anna);
    let mut held = BTreeSet::new();
    for chat in chats {
        for told in truth.iter().filter(|told| told.peer == chat.peer_for(stage.anna)) {
            let Some(message) = stage.message(*chat, told.id) else { continue };
            held.extend(stage.versions(&message).into_iter().map(|text| (message.link.to_string(), text)));
        }
    }
    held
}

/// What stands is held whole, nothing is invented or doubled, every deletion of what was held is known.
fn check(stage: &Stage, chats: &[Chat]) {
    let truth = stage.tg.truth(stage.anna);
    for chat in chats {
        for told in truth.iter().filter(|told| told.peer == chat.peer_for(stage.anna)) {
            let (alive, last) = (told.deleted.is_none(), &told.versions.last().unwrap().text);
            let Some(message) = stage.message(*chat, told.id) else {
                assert!(!alive, "lost: {chat:?} {}", told.id);
                continue;
            };
            let versions = stage.versions(&message);
            let distinct: BTreeSet<&String> = versions.iter().collect();
            assert_eq!(distinct.len(), versions.len(), "doubled: {}", message.link);
            assert!(versions.iter().all(|text| told.versions.iter().any(|v| v.text == *text)), "invented: {}", message.link);
            assert!(!alive || versions.contains(last), "the last version is lost: {}", message.link);
            assert_eq!(message.deleted.is_some(), !alive, "deletion of {}", message.link);
        }
    }
}

/// What the program complains about, for the test that fails.
fn complaints(stage: &Stage) -> PathBuf {
    stage.path().join("complaints.txt")
}

fn watch(stage: &Stage) -> Child {
    let mut command = cli(&stage.path().join("archive"), &stage.server, &["watch"]);
    let errors = std::fs::File::create(complaints(stage)).unwrap();
    command.stdout(Stdio::null()).stderr(errors).spawn().unwrap()
}

fn still_runs(stage: &Stage, child: &mut Child) {
    if let Some(status) = child.try_wait().unwrap() {
        panic!("the program ended by itself: {status}\n{}", std::fs::read_to_string(complaints(stage)).unwrap());
    }
}

#[test]
fn a_kill_at_any_moment_loses_nothing_that_was_kept() {
    let kills: u64 = std::env::var("LETOPIS_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(4);
    let stage = Stage::on(Telegram::start());
    let (kirill, igor) = (stage.tg.user("Кирилл"), stage.tg.user("Игорь"));
    let chats = vec![
        (stage.tg.private(stage.anna, kirill), kirill),
        (stage.tg.group("Проект", &[igor, stage.anna]), igor),
        (stage.tg.supergroup("Бригада", &[igor, stage.anna]), igor),
    ];
    let places: Vec<Chat> = chats.iter().map(|(chat, _)| *chat).collect();
    places.iter().for_each(|chat| _ = stage.tg.say(*chat, stage.anna, "начало"));
    let account = stage.live(&places);
    stage.engine.lock();
    let mut crowd = Crowd { tg: stage.tg.clone(), chats, said: Vec::new(), dice: Dice(7), count: 0 };
    let mut before = BTreeSet::new();
    for kill in 1..=kills {
        let links = stage.tg.count("help.getConfig");
        let mut child = watch(&stage);
        // Half of the kills come before the link is up, half while it is in use.
        if kill % 2 == 0 {
            while stage.tg.count("help.getConfig") == links {
                still_runs(&stage, &mut child);
                std::thread::sleep(Duration::from_millis(10));
            }
        }
        let millis = crowd.dice.roll(700);
        crowd.load(millis);
        still_runs(&stage, &mut child);
        child.kill().unwrap();
        child.wait().unwrap();
        stage.unlock();
        let now = held(&stage, &places);
        let lost: Vec<_> = before.difference(&now).collect();
        assert!(lost.is_empty(), "kill {kill}: was kept and is lost: {lost:?}");
        before = now;
        stage.engine.lock();
    }
    stage.restart();
    stage.wait_live(account);
    stage.capture().check_all(account).unwrap();
    stage.wait_idle(account);
    check(&stage, &places);
    println!("{kills} kills, {} acts, {} versions held", crowd.count, held(&stage, &places).len());
}
