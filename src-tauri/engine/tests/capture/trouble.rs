//! Everything that goes wrong between an account and Telegram, one thing at a time: afterwards nothing is missing.

use crate::stage::Stage;
use letopis_engine::capture::{CaptureState, ChatCoverage, Event, GapReason};
use letopis_testkit_telegram::{AccountFaults, Chat, RpcFault, UserId};
use std::time::Duration;

struct Work {
    stage: Stage,
    kirill: UserId,
    chats: Vec<Chat>,
    account: letopis_engine::model::AccountId,
}

fn work() -> Work {
    let stage = Stage::new();
    let kirill = stage.tg.user("Кирилл");
    let private = stage.tg.private(stage.anna, kirill);
    let group = stage.tg.group("Проект", &[stage.anna, kirill]);
    let channel = stage.tg.supergroup("Бригада", &[stage.anna, kirill]);
    let chats = vec![private, group, channel];
    for chat in &chats {
        stage.tg.say(*chat, kirill, "начало");
    }
    let account = stage.live(&chats);
    Work { stage, kirill, chats, account }
}

impl Work {
    fn faults(&self) -> AccountFaults {
        self.stage.tg.faults(self.stage.anna)
    }

    /// Everybody says something in every chat.
    fn talk(&self, words: &str) {
        for (n, chat) in self.chats.iter().enumerate() {
            self.stage.tg.say(*chat, self.kirill, &format!("{words} {n}"));
        }
    }

    fn wait(&self, words: &str) {
        for (n, chat) in self.chats.iter().enumerate() {
            self.stage.wait_text(*chat, &format!("{words} {n}"));
        }
    }

    fn check(&self) {
        self.stage.wait_idle(self.account);
        self.stage.compare(&self.chats, 0);
        self.stage.check_silence();
    }
}

#[test]
fn lost_doubled_and_swapped_pushes() {
    let work = work();
    work.faults().lose_pushes(2);
    work.talk("раз");
    work.wait("раз");
    work.faults().double_pushes(3);
    work.talk("два");
    work.wait("два");
    work.faults().swap_pushes(2);
    work.talk("три");
    work.wait("три");
    work.check();
}

#[test]
fn a_cut_link_and_a_restart() {
    let work = work();
    work.faults().cut();
    work.talk("раз");
    work.wait("раз");
    work.stage.stop();
    work.talk("без нас");
    work.stage.restart();
    work.wait("без нас");
    work.check();
}

#[test]
fn a_frozen_link_is_noticed() {
    let work = work();
    work.faults().freeze();
    work.talk("в тишину");
    work.stage.until("the dead link is noticed", || work.stage.state(work.account) != CaptureState::Live);
    work.faults().thaw();
    work.wait("в тишину");
    work.check();
}

#[test]
fn a_difference_that_is_too_long() {
    let work = work();
    work.stage.stop();
    work.talk("без нас");
    let old = work.stage.tg.say(work.chats[0], work.kirill, "исправят");
    work.stage.tg.edit(old, "исправлено");
    // Whoever has other orders meanwhile drops an answer and asks again, so once would not be sure to be heard.
    for _ in 0..4 {
        work.faults().difference_too_long();
        work.faults().channel_difference_too_long(work.chats[2]);
    }
    work.stage.restart();
    work.wait("без нас");
    work.check();
    // Read again, and yet a gap: what came and went in it nobody has seen.
    let chats = work.stage.archive().accounts().unwrap().remove(0).chats;
    let is_told = |chat: &ChatCoverage| chat.gaps.iter().any(|(_, _, why)| *why == Some(GapReason::TooLong));
    assert!(chats.iter().all(|chat| chat.lost.is_none() && is_told(chat)));
}

#[test]
fn a_channel_that_is_too_long_live() {
    let work = work();
    for with_pts in [true, false] {
        work.faults().mute();
        work.talk(&format!("немо {with_pts}"));
        work.faults().unmute();
        work.faults().push_channel_too_long(work.chats[2], with_pts);
        work.wait(&format!("немо {with_pts}"));
    }
    work.faults().push_too_long();
    work.faults().push_malformed();
    work.faults().push_unknown();
    work.talk("дальше");
    work.wait("дальше");
    work.check();
}

#[test]
fn old_messages_edited_and_deleted_in_a_lost_span() {
    let work = work();
    let old: Vec<_> = (0..5).map(|n| work.stage.tg.say(work.chats[0], work.kirill, &format!("старое {n}"))).collect();
    work.stage.wait_text(work.chats[0], "старое 4");
    work.stage.stop();
    work.stage.tg.edit(old[1], "переписано");
    work.stage.tg.delete(&[old[2]]);
    work.faults().difference_too_long();
    work.stage.restart();
    work.stage.wait_text(work.chats[0], "переписано");
    let id = work.stage.tg.truth(work.stage.anna).iter().find(|t| t.versions[0].text == "старое 2").unwrap().id;
    work.stage.until("the deletion", || work.stage.message(work.chats[0], id).unwrap().deleted.is_some());
    work.check();
}

#[test]
fn a_flood_wait_is_obeyed_and_shown() {
    let work = work();
    work.stage.stop();
    work.talk("без нас");
    work.faults().on("updates.getDifference", RpcFault::Flood(2), 1);
    work.stage.restart();
    work.stage.until("the wait is shown", || matches!(work.stage.state(work.account), CaptureState::Waiting(_)));
    work.wait("без нас");
    let rpcs = work.stage.tg.rpcs_of(work.stage.anna);
    let flood = rpcs.iter().position(|rpc| format!("{:?}", rpc.answer).contains("FLOOD")).unwrap();
    // What was on its way when the wait was named cannot be called back.
    let early: Vec<_> = rpcs[flood + 1..]
        .iter()
        .filter(|rpc| {
            rpc.at > rpcs[flood].at
                && rpc.at < rpcs[flood].at + 2
                && !rpc.method.starts_with("ping")
                && !is_connecting(&rpc.method)
        })
        .collect();
    assert!(early.is_empty(), "asked in spite of the wait: {}", early[0].method);
    work.check();
}

/// What the connection itself says when it opens.
fn is_connecting(method: &str) -> bool {
    matches!(method, "invokeWithLayer" | "initConnection" | "help.getConfig" | "msgs_ack")
}

#[test]
fn answers_that_fail_are_asked_for_again() {
    let work = work();
    for fault in
        [RpcFault::Error(500, "RPC_CALL_FAIL"), RpcFault::Silent, RpcFault::Malformed, RpcFault::CutBefore, RpcFault::CutAfter]
    {
        work.stage.stop();
        let words = format!("{fault:?}");
        work.talk(&words);
        work.faults().on("updates.getDifference", fault.clone(), 1);
        work.faults().on("updates.getChannelDifference", fault, 1);
        work.stage.restart();
        work.wait(&words);
    }
    work.check();
}

#[test]
fn a_revoked_session_stops_and_says_so() {
    let work = work();
    work.faults().revoke();
    work.stage.until("signed out", || matches!(work.stage.state(work.account), CaptureState::SignedOut(_)));
    let tried = work.stage.tg.rpcs_of(work.stage.anna).len();
    std::thread::sleep(Duration::from_millis(1500));
    assert!(work.stage.tg.rpcs_of(work.stage.anna).len() <= tried + 2, "it hammers");
    work.talk("никто не слышит");
    assert_eq!(work.stage.texts(work.chats[0]), ["начало"]);
}

#[test]
fn a_server_with_another_clock() {
    let work = work();
    work.stage.tg.skew(3600);
    work.faults().cut();
    work.talk("другой час");
    work.wait("другой час");
    work.stage.wait_live(work.account);
    work.stage.check_silence();
    assert!(!work.stage.events.0.lock().unwrap().iter().any(|event| matches!(event, Event::DeadFeed(_))));
}

#[test]
fn the_very_last_push_lost_is_found_by_the_watchdog() {
    let mut stage = Stage::new();
    // No silence would ever be asked about: only the watchdog can find it.
    stage.tuning.silence = Duration::from_secs(3600);
    let kirill = stage.tg.user("Кирилл");
    let chat = stage.tg.private(stage.anna, kirill);
    let account = stage.live(&[chat]);
    stage.tg.faults(stage.anna).lose_pushes(1);
    stage.tg.say(chat, kirill, "последнее слово");
    stage.wait_text(chat, "последнее слово");
    stage.wait_live(account);
}
