//! `cargo xtask bench capture`: a day of three accounts with 400 chats between them, an hour at a time. The server is a
//! process of its own, so that memory and processor time are ours alone. Each line is an hour: what was said, how far the
//! archive was behind at worst, the longest queue of updates, the memory held. The last line is the processor time per
//! thousand updates as a multiple of the least that has to be done: decode the same updates, insert the same rows into
//! SQLCipher. Machines differ: the ratio is the result.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench is run by developers and may stop"
)]

use grammers_tl_types::{Deserializable, Serializable, enums, types};
use letopis_engine::capture::{Application, CaptureRule, CaptureState, Consent, LoginView, Options, RuleOf, Tuning};
use letopis_engine::model::{AccountId, PeerId};
use letopis_engine::{Clock, Engine};
use letopis_testkit::process;
use letopis_testkit_telegram::{Chat, Peer, Telegram, UserId};
use rusqlite::{Connection, params};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

const ACCOUNTS: usize = 3;
const CHATS: usize = 400;
/// What is said in each hour, and in how many a second. The eighteenth is the peak.
const QUIET: (u64, u64) = (300, 200);
const BUSY: (u64, u64) = (2_000, 400);
const PEAK: (u64, u64) = (10_000, 1_000);

fn hour(n: usize) -> (u64, u64) {
    match n {
        0..8 | 22.. => QUIET,
        18 => PEAK,
        _ => BUSY,
    }
}

fn words(n: u64) -> String {
    format!("Договорились: отгрузка {n} до пятницы, счёт пришлём завтра утром, скидка {} процентов", n % 17)
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["serve", file] => serve(Path::new(file)),
        ["floor", folder, count] => floor(Path::new(folder), count.parse().unwrap()),
        [] => day(),
        other => panic!("not understood: {other:?}"),
    }
}

/// The server: writes what the app must know, then obeys `count rate` lines until its input ends. Says how many messages
/// there are so far, several times a second.
fn serve(file: &Path) {
    let tg = Telegram::start();
    let managers: Vec<UserId> = (0..ACCOUNTS).map(|n| tg.account(&format!("Менеджер {n}"), &format!("+7999000000{n}"))).collect();
    let chats: Vec<(Chat, UserId)> = (0..CHATS).map(|n| place(&tg, &managers, n)).collect();
    let peers: Vec<String> = chats.iter().enumerate().map(|(n, (chat, _))| text(chat.peer_for(managers[n % ACCOUNTS]))).collect();
    std::fs::write(file, tg.description()).unwrap();
    println!("{}", peers.join(" "));
    let mut said = 0;
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        let (count, rate) = line.split_once(' ').unwrap();
        let (count, rate): (u64, u64) = (count.parse().unwrap(), rate.parse().unwrap());
        let began = Instant::now();
        for n in 0..count {
            let (chat, who) = chats[(said as usize * 7) % CHATS];
            tg.say(chat, who, &words(said));
            said += 1;
            if n % 20 == 19 {
                println!("{said}");
                let due = Duration::from_micros((n + 1) * 1_000_000 / rate);
                std::thread::sleep(due.saturating_sub(began.elapsed()));
            }
        }
        tg.pass(3600);
        println!("{said}");
        println!("done {}", began.elapsed().as_millis());
    }
}

/// Half of the chats are private, the others supergroups and basic groups.
fn place(tg: &Telegram, managers: &[UserId], n: usize) -> (Chat, UserId) {
    let (own, client) = (managers[n % ACCOUNTS], tg.user(&format!("Клиент {n}")));
    let chat = match n % 4 {
        0 | 1 => tg.private(own, client),
        2 => tg.supergroup(&format!("Бригада {n}"), &[own, client]),
        _ => tg.group(&format!("Проект {n}"), &[own, client]),
    };
    (chat, client)
}

fn text(peer: Peer) -> String {
    match peer {
        Peer::User(id) => PeerId::user(id),
        Peer::Group(id) => PeerId::group(id),
        Peer::Channel(id) => PeerId::channel(id),
    }
    .to_string()
}

struct Server {
    child: Child,
    orders: ChildStdin,
    said: Arc<AtomicU64>,
    done: std::sync::mpsc::Receiver<u64>,
    peers: Vec<PeerId>,
}

impl Drop for Server {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

fn start(file: &Path) -> Server {
    let program = std::env::current_exe().unwrap();
    let mut child = Command::new(program).arg("serve").arg(file).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let orders = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let peers = lines.next().unwrap().split(' ').map(|peer| peer.parse().unwrap()).collect();
    let (said, (finished, done)) = (Arc::new(AtomicU64::new(0)), std::sync::mpsc::channel());
    let count = said.clone();
    std::thread::spawn(move || {
        for line in lines {
            match line.strip_prefix("done ") {
                Some(millis) => _ = finished.send(millis.parse().unwrap()),
                None => count.store(line.parse().unwrap(), Ordering::Relaxed),
            }
        }
    });
    Server { child, orders, said, done, peers }
}

fn day() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("server.json");
    let mut server = start(&file);
    let engine = Engine::new(folder.path().join("archive"), Clock::system());
    engine.create("bench passphrase").unwrap();
    let archive = engine.archive().unwrap();
    let options = Options { tuning: Tuning { pause: Duration::ZERO, ..Tuning::default() }, server: Some(file) };
    let capture = archive.start_capture(options, Arc::new(|_| {})).unwrap();
    for n in 0..ACCOUNTS {
        let app = Application { api_id: 1, api_hash: "bench".into(), proxy: None, language: "ru" };
        capture.login_by_phone(app, &format!("+7999000000{n}")).unwrap();
        let LoginView::Done { account, .. } = capture.login_code("12345").unwrap() else { panic!("not signed in") };
        let account = AccountId(account);
        capture.give_consent(consent(account, &engine)).unwrap();
        let of = |peer: &PeerId| CaptureRule { of: RuleOf::Chat(*peer), allow: true, with_private: false };
        let rules = server.peers.iter().skip(n).step_by(ACCOUNTS).map(of).collect();
        capture.set_scope(account, rules, Some(0)).unwrap();
        capture.switch(account, true).unwrap();
    }
    let is_live = || archive.accounts().unwrap().iter().all(|view| view.state == CaptureState::Live && view.is_idle);
    while !is_live() {
        std::thread::sleep(Duration::from_millis(50));
    }
    // That groups were founded stands in them already.
    let founded = archive.totals().unwrap().messages;
    let before = process::processor().expect("Linux");
    println!("hour  updates  a second  behind at worst  caught up after (of the hour's talk)  queue  memory MB");
    for n in 0..24 {
        let (count, rate) = hour(n);
        let base = server.said.load(Ordering::Relaxed);
        writeln!(server.orders, "{count} {rate}").unwrap();
        let (mut worst, mut talk) = (0, None);
        let began = Instant::now();
        loop {
            let kept = archive.totals().unwrap().messages - founded;
            worst = worst.max(server.said.load(Ordering::Relaxed).saturating_sub(kept));
            talk = talk.or_else(|| server.done.try_recv().ok());
            if talk.is_some() && kept >= base + count {
                break;
            }
            assert!(began.elapsed() < Duration::from_secs(300), "hour {n}: {kept} of {} kept", base + count);
            std::thread::sleep(Duration::from_millis(20));
        }
        let (talk, all) = (talk.unwrap().max(1), began.elapsed().as_millis());
        let (queue, room) = capture.most_waiting();
        assert!(queue < room, "updates were dropped");
        let real = count * 1000 / talk;
        let resident = process::memory("VmRSS").expect("Linux") / 1024;
        println!("{n:>4}  {count:>7}  {real:>8}  {worst:>15}  {:>37.2}  {queue:>5}  {:>9}", all as f64 / talk as f64, resident);
    }
    let said = server.said.load(Ordering::Relaxed);
    // The index follows at its own pace: its work belongs to the price.
    archive.catch_up(&mut letopis_engine::Job::quiet()).unwrap();
    let ours = process::processor().expect("Linux") - before;
    assert_eq!(archive.totals().unwrap().messages - founded, said, "nothing lost, nothing doubled");
    let program = std::env::current_exe().unwrap();
    let out = Command::new(program).arg("floor").arg(folder.path()).arg(said.to_string()).output().unwrap();
    let floor: f64 = String::from_utf8(out.stdout).unwrap().trim().parse().expect("seconds of the floor");
    println!("processor time for {said} updates: {:.1} of the floor (decode them, insert the rows)", ours / floor);
    archive.stop_capture();
}

fn consent(account: AccountId, engine: &Engine) -> Consent {
    let (at, text) = (engine.now(), String::from("bench"));
    let (who, text_version, scope) = (text.clone(), text.clone(), text.clone());
    Consent { account, given: true, at, who, text_version, text, scope, owner_present: true }
}

/// The least that has to be done: decode, insert.
fn floor(folder: &Path, count: u64) {
    let updates: Vec<Vec<u8>> = (0..count).map(update).collect();
    let mut database = Connection::open(folder.join("floor.db")).unwrap();
    database.pragma_update(None, "key", "bench passphrase").unwrap();
    database.pragma_update(None, "journal_mode", "WAL").unwrap();
    let table =
        "CREATE TABLE messages (chat INTEGER, id INTEGER, sender INTEGER, at INTEGER, text TEXT, PRIMARY KEY (chat, id)) STRICT";
    database.execute_batch(table).unwrap();
    let before = process::processor().expect("Linux");
    for some in updates.chunks(20) {
        let sql = database.transaction().unwrap();
        for bytes in some {
            let enums::Updates::UpdateShortMessage(m) = enums::Updates::from_bytes(bytes).unwrap() else { panic!("short") };
            sql.prepare_cached("INSERT INTO messages VALUES (?1, ?2, ?3, ?4, ?5)")
                .unwrap()
                .execute(params![m.user_id, m.id, m.user_id, m.date, m.message])
                .unwrap();
        }
        sql.commit().unwrap();
    }
    println!("{}", process::processor().expect("Linux") - before);
}

fn update(n: u64) -> Vec<u8> {
    let id = i32::try_from(n + 1).unwrap();
    let short = types::UpdateShortMessage {
        out: false,
        mentioned: false,
        media_unread: false,
        silent: false,
        id,
        user_id: 1_000 + (n as i64 * 7) % CHATS as i64,
        message: words(n),
        pts: id,
        pts_count: 1,
        date: 1_788_264_000,
        fwd_from: None,
        via_bot_id: None,
        reply_to: None,
        entities: None,
        ttl_period: None,
    };
    enums::Updates::UpdateShortMessage(short).to_bytes()
}
