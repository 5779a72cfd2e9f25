//! What a person asks for or sets: takeout, a proxy, forgetting a chat that is under capture; and what timers delete.

use crate::stage::{PHONE, Stage, application};
use letopis_engine::Job;
use letopis_engine::capture::{Application, LoginView};
use letopis_engine::model::DeletionCause;
use letopis_testkit_telegram::Draft;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

fn long_chat(stage: &Stage) -> (letopis_testkit_telegram::Chat, letopis_testkit_telegram::UserId) {
    let kirill = stage.tg.user("Кирилл");
    let chat = stage.tg.supergroup("Архив", &[stage.anna, kirill]);
    for n in 0..250 {
        stage.tg.say(chat, kirill, &format!("сообщение {n}"));
    }
    (chat, kirill)
}

fn prepare(stage: &Stage, chat: letopis_testkit_telegram::Chat) -> letopis_engine::model::AccountId {
    let account = stage.sign_in();
    stage.consent(account);
    stage.capture().set_scope(account, vec![crate::stage::allow(stage.peer(chat))], Some(0)).unwrap();
    account
}

#[test]
fn takeout_is_off_until_it_is_wanted() {
    let stage = Stage::new();
    let (chat, _) = long_chat(&stage);
    stage.live(&[chat]);
    assert_eq!(stage.tg.count("account.initTakeoutSession"), 0);
}

#[test]
fn history_is_read_by_takeout_and_the_takeout_is_ended() {
    let stage = Stage::new();
    let (chat, _) = long_chat(&stage);
    let account = prepare(&stage, chat);
    stage.capture().set_takeout(account, true).unwrap();
    stage.capture().switch(account, true).unwrap();
    stage.wait_live(account);
    stage.wait_idle(account);
    stage.compare(&[chat], 0);
    stage.until("the end of the takeout", || stage.tg.count("account.finishTakeoutSession") == 1);
    let pages: Vec<_> = stage.tg.rpcs().into_iter().filter(|rpc| rpc.method == "messages.getHistory").collect();
    assert!(pages.len() >= 3 && pages.iter().all(|rpc| rpc.takeout), "every page within the takeout");
    stage.check_silence();
}

#[test]
fn a_takeout_that_must_wait_holds_nothing_up() {
    let stage = Stage::new();
    let (chat, kirill) = long_chat(&stage);
    stage.tg.takeout_delay(stage.anna, Some(86_400));
    let account = prepare(&stage, chat);
    stage.capture().set_takeout(account, true).unwrap();
    stage.capture().switch(account, true).unwrap();
    stage.wait_live(account);
    stage.wait_idle(account);
    stage.compare(&[chat], 0);
    assert_eq!(stage.tg.count("account.initTakeoutSession"), 1, "asked once, and not again before its time");
    let takeout = stage.archive().accounts().unwrap().remove(0).takeout;
    assert!(takeout.session.is_none() && takeout.wait_for.is_some_and(|at| at.0 > stage.engine.now().0 + 86_000));
    stage.tg.say(chat, kirill, "дальше");
    stage.wait_text(chat, "дальше");
}

/// A SOCKS5 server (RFC 1928) that asks for a name and a password, for as many connections as come.
fn socks(passed: Arc<AtomicU32>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let passed = passed.clone();
            std::thread::spawn(move || drop(proxied(client, &passed)));
        }
    });
    port
}

fn take<const N: usize>(stream: &mut TcpStream) -> std::io::Result<[u8; N]> {
    let mut bytes = [0; N];
    stream.read_exact(&mut bytes).map(|()| bytes)
}

fn taken(stream: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let [length] = take(stream)?;
    let mut bytes = vec![0; usize::from(length)];
    stream.read_exact(&mut bytes).map(|()| bytes)
}

fn proxied(mut client: TcpStream, passed: &AtomicU32) -> std::io::Result<()> {
    let [5] = take(&mut client)? else { return Ok(()) };
    taken(&mut client)?;
    client.write_all(&[5, 2])?;
    let [1] = take(&mut client)? else { return Ok(()) };
    let (name, password) = (taken(&mut client)?, taken(&mut client)?);
    let is_right = name == b"anna" && password == b"secret";
    client.write_all(&[1, u8::from(!is_right)])?;
    let [5, 1, 0, 1] = take(&mut client)? else { return Ok(()) };
    let (address, port) = (take::<4>(&mut client)?, take::<2>(&mut client)?);
    if !is_right {
        return Ok(());
    }
    let mut server = TcpStream::connect((std::net::Ipv4Addr::from(address), u16::from_be_bytes(port)))?;
    client.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0])?;
    passed.fetch_add(1, Ordering::Relaxed);
    let (mut from, mut to) = (client.try_clone()?, server.try_clone()?);
    std::thread::spawn(move || {
        _ = std::io::copy(&mut from, &mut to);
        _ = to.shutdown(Shutdown::Both);
    });
    _ = std::io::copy(&mut server, &mut client);
    client.shutdown(Shutdown::Both)
}

fn by(proxy: String) -> Application {
    Application { proxy: Some(proxy), ..application() }
}

#[test]
fn everything_goes_through_the_proxy() {
    for is_strange in [false, true] {
        let stage = Stage::new();
        if is_strange {
            stage.strange();
        }
        let passed = Arc::new(AtomicU32::new(0));
        let port = socks(passed.clone());
        let kirill = stage.tg.user("Кирилл");
        let chat = stage.tg.private(stage.anna, kirill);
        let capture = stage.capture();
        let wrong = capture.login_by_phone(by(format!("socks5://anna:wrong@127.0.0.1:{port}")), PHONE);
        assert!(wrong.is_err() && passed.load(Ordering::Relaxed) == 0, "no way around the proxy");
        let right = by(format!("socks5://anna:secret@127.0.0.1:{port}"));
        let LoginView::Code { .. } = capture.login_by_phone(right, PHONE).unwrap() else { panic!("a code") };
        let LoginView::Done { account, .. } = capture.login_code(&stage.tg.code(stage.anna)).unwrap() else { panic!("in") };
        let before = passed.load(Ordering::Relaxed);
        let account = letopis_engine::model::AccountId(account);
        stage.consent(account);
        capture.set_scope(account, vec![crate::stage::allow(stage.peer(chat))], Some(0)).unwrap();
        capture.switch(account, true).unwrap();
        stage.wait_live(account);
        stage.tg.say(chat, kirill, "через прокси");
        stage.wait_text(chat, "через прокси");
        assert!(passed.load(Ordering::Relaxed) > before, "the listening, too");
    }
}

#[test]
fn a_forgotten_chat_stays_forgotten_while_capture_goes_on() {
    let stage = Stage::new();
    let (kirill, igor) = (stage.tg.user("Кирилл"), stage.tg.user("Игорь"));
    let (one, two) = (stage.tg.private(stage.anna, kirill), stage.tg.private(stage.anna, igor));
    stage.tg.say(one, kirill, "забудут");
    stage.tg.say(two, igor, "останется");
    let account = stage.live(&[one, two]);
    let archive = stage.archive();
    let plan = archive.plan_forgetting(stage.chat(one)).unwrap();
    archive.forget(stage.chat(one), &plan.code, "просьба", &mut Job::quiet()).unwrap();
    drop(archive);
    stage.tg.say(one, kirill, "ещё слово");
    stage.tg.say(two, igor, "дальше");
    stage.wait_text(two, "дальше");
    stage.capture().check_all(account).unwrap();
    stage.wait_idle(account);
    let view = stage.archive().accounts().unwrap().remove(0);
    let followed: Vec<_> = view.chats.iter().map(|chat| chat.peer).collect();
    assert_eq!(followed, [stage.peer(two)], "no row, no title of it");
    assert!(view.rules_of(stage.peer(one)).iter().all(|allow| !allow));
    assert!(stage.texts(one).is_empty());
}

trait Rules {
    fn rules_of(&self, peer: letopis_engine::model::PeerId) -> Vec<bool>;
}

impl Rules for letopis_engine::capture::AccountView {
    fn rules_of(&self, peer: letopis_engine::model::PeerId) -> Vec<bool> {
        use letopis_engine::capture::RuleOf;
        self.rules.iter().filter(|row| row.rule.of == RuleOf::Chat(peer)).map(|row| row.rule.allow).collect()
    }
}

#[test]
fn what_a_timer_deletes_is_the_timer_s() {
    let stage = Stage::new();
    let kirill = stage.tg.user("Кирилл");
    let chat = stage.tg.supergroup("Бригада", &[stage.anna, kirill]);
    let account = stage.live(&[chat]);
    let timed = |text: &str| stage.tg.send(chat, kirill, Draft::text(text).ttl(3600));
    let (by_hand, by_timer) = (timed("убрали рукой"), timed("истекло"));
    stage.wait_text(chat, "истекло");
    stage.tg.delete(&[by_hand]);
    let cause = |text: &str| {
        let page = stage.archive().page(stage.chat(chat), letopis_engine::Anchor::Last, 100).unwrap();
        page.messages.into_iter().find(|m| m.content.text == text)?.deleted
    };
    stage.until("the deletion by hand", || cause("убрали рукой").is_some());
    assert_eq!(cause("убрали рукой").unwrap().cause, DeletionCause::Unknown);
    stage.tg.pass(3600);
    stage.tg.delete(&[by_timer]);
    stage.until("the deletion by the timer", || cause("истекло").is_some());
    assert_eq!(cause("истекло").unwrap().cause, DeletionCause::Timer);
    stage.wait_live(account);
    stage.compare(&[chat], 0);
}
