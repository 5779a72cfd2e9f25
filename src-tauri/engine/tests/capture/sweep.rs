//! A whole chat read again on demand: what the short look at the newest messages never reaches.

use crate::stage::Stage;
use letopis_engine::Failure;
use letopis_engine::capture::Sweep;
use letopis_engine::model::{AccountId, PeerId};
use letopis_testkit_telegram::{Chat, Options, RpcFault, Said, Telegram};

struct Old {
    stage: Stage,
    account: AccountId,
    chat: Chat,
    said: Vec<Said>,
}

/// A long chat, captured whole; then, unheard, its oldest part is changed.
fn old(many: usize) -> Old {
    let stage = Stage::on(Telegram::with(Options { channel_too_long_after: 5, ..Options::default() }));
    let kirill = stage.tg.user("Кирилл");
    let chat = stage.tg.supergroup("Стройка", &[stage.anna, kirill]);
    let said: Vec<_> = (0..many).map(|n| stage.tg.say(chat, kirill, &format!("сообщение {n}"))).collect();
    stage.tg.pass(86_400);
    let account = stage.live(&[chat]);
    stage.stop();
    stage.tg.pass(3600);
    stage.tg.edit(said[3], "исправлено");
    stage.tg.delete(&said[5..12]);
    // The difference is too long to tell of it, and the second look stops at the newest thousand.
    stage.restart();
    stage.wait_live(account);
    Old { stage, account, chat, said }
}

impl Old {
    fn peer(&self) -> PeerId {
        self.stage.peer(self.chat)
    }

    fn sweep(&self) -> Option<Sweep> {
        let view = self.stage.archive().accounts().unwrap().remove(0);
        view.chats.into_iter().find(|chat| chat.peer == self.peer()).unwrap().sweep
    }

    fn wait_swept(&self) -> Sweep {
        self.stage.until("the sweep to end", || self.sweep().is_some_and(|sweep| sweep.ended_at.is_some()));
        self.sweep().unwrap()
    }
}

#[test]
fn what_was_missed_long_ago_is_found() {
    let old = old(1300);
    old.stage.wait_idle(old.account);
    assert_eq!(old.stage.archive().totals().unwrap().deleted, 0, "nobody has looked so far back");
    old.stage.capture().sweep(old.account, old.peer()).unwrap();
    let sweep = old.wait_swept();
    assert_eq!((sweep.found, sweep.looked_at), (8, 1300 - 7));
    old.stage.compare(&[old.chat], 0);
    // A second one finds nothing more.
    old.stage.capture().sweep(old.account, old.peer()).unwrap();
    assert_eq!(old.wait_swept().found, 0);
    old.stage.compare(&[old.chat], 0);
    old.stage.check_silence();
}

#[test]
fn it_goes_on_after_a_restart_and_ends_when_given_up() {
    let mut old = old(450);
    old.stage.wait_idle(old.account);
    old.stage.stop();
    old.stage.tuning.pause = std::time::Duration::from_millis(300);
    old.stage.capture();
    old.stage.wait_live(old.account);
    old.stage.capture().sweep(old.account, old.peer()).unwrap();
    old.stage.until("a page", || old.sweep().is_some_and(|sweep| sweep.looked_at >= 100));
    old.stage.stop();
    let before = old.sweep().unwrap();
    assert!(before.ended_at.is_none() && before.looked_at < 450);
    old.stage.restart();
    old.stage.until("the next page", || old.sweep().is_some_and(|sweep| sweep.looked_at > before.looked_at));
    assert_eq!(old.sweep().unwrap().began_at, before.began_at);
    old.stage.capture().cancel_sweep(old.account, old.peer()).unwrap();
    assert!(old.sweep().is_none());
    old.stage.wait_idle(old.account);
    assert!(old.sweep().is_none(), "given up for good");
}

#[test]
fn new_messages_and_floods_do_not_disturb_it() {
    let old = old(400);
    old.stage.wait_idle(old.account);
    old.stage.tg.faults(old.stage.anna).on("messages.getHistory", RpcFault::Flood(1), 1);
    old.stage.tg.faults(old.stage.anna).on("messages.getHistory", RpcFault::CutAfter, 1);
    old.stage.capture().sweep(old.account, old.peer()).unwrap();
    let kirill = old.stage.tg.user("Кирилл второй");
    old.stage.tg.join(old.chat, kirill);
    for n in 0..30 {
        old.stage.tg.say(old.chat, kirill, &format!("новое {n}"));
    }
    old.stage.tg.edit(old.said[399], "последнее исправлено");
    old.wait_swept();
    old.stage.wait_text(old.chat, "новое 29");
    old.stage.wait_text(old.chat, "последнее исправлено");
    old.stage.wait_idle(old.account);
    old.stage.compare(&[old.chat], 0);
}

#[test]
fn only_a_chat_in_scope_is_swept() {
    let stage = Stage::new();
    let kirill = stage.tg.user("Кирилл");
    let (own, other) = (stage.tg.private(stage.anna, kirill), stage.tg.group("Личное", &[stage.anna, kirill]));
    let account = stage.live(&[own]);
    let refused = stage.capture().sweep(account, stage.peer(other));
    assert!(matches!(refused, Err(Failure::NotFound)));
}
