//! One group, two accounts that see it: one record with two witnesses, and what only one of them saw is no contradiction.

use crate::stage::{Stage, allow, application, peer};
use letopis_engine::Anchor;
use letopis_engine::capture::{GapReason, LoginView};
use letopis_engine::model::{AccountId, ChatId};
use letopis_testkit_telegram::{Chat, UserId};

const IGOR: &str = "+79990000002";

struct Two {
    stage: Stage,
    igor: UserId,
    kirill: UserId,
    anna_id: AccountId,
    igor_id: AccountId,
    group: Chat,
}

/// Анна and Игорь are in the same group; both are captured.
fn two(make: fn(&Stage, &[UserId]) -> Chat) -> Two {
    let stage = Stage::new();
    let igor = stage.tg.account("Игорь Седов", IGOR);
    let kirill = stage.tg.user("Кирилл");
    let group = make(&stage, &[kirill, stage.anna, igor]);
    stage.tg.say(group, kirill, "начало");
    let anna_id = stage.live(&[group]);
    let capture = stage.capture();
    let LoginView::Code { .. } = capture.login_by_phone(application(), IGOR).unwrap() else { panic!("a code") };
    let LoginView::Done { account, .. } = capture.login_code(&stage.tg.code(igor)).unwrap() else { panic!("signed in") };
    let igor_id = AccountId(account);
    stage.consent(igor_id);
    capture.set_scope(igor_id, vec![allow(peer(group.peer_for(igor)))], Some(0)).unwrap();
    capture.switch(igor_id, true).unwrap();
    stage.wait_live(igor_id);
    stage.wait_idle(igor_id);
    Two { stage, igor, kirill, anna_id, igor_id, group }
}

impl Two {
    fn chat_of(&self, user: UserId) -> ChatId {
        ChatId::new(Some(AccountId(user.0)), peer(self.group.peer_for(user)))
    }

    /// (text, is deleted) of the group as one of the two has it.
    fn record(&self, user: UserId) -> Vec<(String, bool)> {
        let page = self.stage.archive().page(self.chat_of(user), Anchor::Last, 1000).unwrap();
        page.messages.into_iter().map(|m| (m.content.text, m.deleted.is_some())).filter(|(text, _)| !text.is_empty()).collect()
    }

    fn wait(&self, user: UserId, text: &str, deleted: bool) {
        self.stage.until(text, || self.record(user).contains(&(text.to_owned(), deleted)));
    }

    fn idle(&self) {
        for account in [self.anna_id, self.igor_id] {
            self.stage.wait_live(account);
            self.stage.wait_idle(account);
        }
    }
}

fn supergroup(stage: &Stage, members: &[UserId]) -> Chat {
    stage.tg.supergroup("Бригада", members)
}

fn group(stage: &Stage, members: &[UserId]) -> Chat {
    stage.tg.group("Проект", members)
}

#[test]
fn a_supergroup_is_one_record() {
    let two = two(supergroup);
    assert_eq!(two.chat_of(two.stage.anna), two.chat_of(two.igor));
    let said: Vec<_> = (0..5).map(|n| two.stage.tg.say(two.group, two.kirill, &format!("слово {n}"))).collect();
    two.wait(two.igor, "слово 4", false);
    two.stage.tg.edit(said[1], "исправлено");
    two.stage.tg.delete(&[said[2]]);
    two.wait(two.stage.anna, "исправлено", false);
    two.wait(two.stage.anna, "слово 2", true);
    two.idle();
    let record = two.record(two.stage.anna);
    assert_eq!(record.len(), 6, "each message once: {record:?}");
    two.stage.compare(&[two.group], 0);
    let page = two.stage.archive().page(two.chat_of(two.igor), Anchor::Last, 100).unwrap();
    let edited = page.messages.iter().find(|m| m.content.text == "исправлено").unwrap();
    assert_eq!(two.stage.versions(edited), ["слово 1", "исправлено"], "each version once");
}

#[test]
fn what_one_misses_the_other_tells() {
    let two = two(supergroup);
    let said = two.stage.tg.say(two.group, two.kirill, "на виду");
    two.wait(two.stage.anna, "на виду", false);
    // Анна is cut off; Игорь sees what happens meanwhile.
    two.stage.tg.faults(two.stage.anna).offline();
    two.stage.tg.edit(said, "переписано");
    two.wait(two.igor, "переписано", false);
    let flash = two.stage.tg.say(two.group, two.kirill, "на минуту");
    two.wait(two.igor, "на минуту", false);
    two.stage.tg.delete(&[flash]);
    two.wait(two.igor, "на минуту", true);
    two.stage.tg.faults(two.stage.anna).online();
    two.idle();
    let record = two.record(two.stage.anna);
    assert!(record.contains(&("на минуту".into(), true)) && record.contains(&("переписано".into(), false)), "{record:?}");
    assert_eq!(record.iter().filter(|(text, _)| text == "на минуту").count(), 1);
}

#[test]
fn one_leaves_and_the_group_goes_on() {
    let two = two(supergroup);
    two.stage.tg.kick(two.group, two.stage.anna, two.kirill);
    let chat = |account: AccountId| {
        let views = two.stage.archive().accounts().unwrap();
        views.into_iter().find(|view| view.account == account).unwrap().chats.remove(0)
    };
    let gone = |account: AccountId| chat(account).is_gone;
    two.stage.until("Анна is out", || gone(two.anna_id));
    two.stage.tg.say(two.group, two.kirill, "без Анны");
    two.wait(two.igor, "без Анны", false);
    assert!(!gone(two.igor_id));
    // Her view of it ends in a gap with its reason; his goes on.
    let (hers, his) = (chat(two.anna_id), chat(two.igor_id));
    assert!(hers.gaps.iter().any(|(from, to, why)| from < to && *why == Some(GapReason::NoAccess)), "{:?}", hers.gaps);
    assert!(hers.watched_to.is_some_and(|at| at <= two.stage.engine.now()) && his.watched_to.is_none());
    assert!(his.gaps.iter().all(|(_, _, why)| *why != Some(GapReason::NoAccess)), "{:?}", his.gaps);
    let record = two.stage.archive().chat_record(two.chat_of(two.igor)).unwrap();
    assert!(record.vanished.is_none(), "the chat did not vanish: one of two no longer sees it");
    assert!(two.record(two.igor).iter().all(|(_, deleted)| !deleted));
}

#[test]
fn a_basic_group_is_numbered_by_each_account_for_itself() {
    let two = two(group);
    let said = two.stage.tg.say(two.group, two.kirill, "общее слово");
    for user in [two.stage.anna, two.igor] {
        two.wait(user, "общее слово", false);
    }
    two.stage.tg.delete(&[said]);
    for user in [two.stage.anna, two.igor] {
        two.wait(user, "общее слово", true);
        assert_eq!(two.record(user).iter().filter(|(text, _)| text == "общее слово").count(), 1);
    }
    two.idle();
    two.stage.compare(&[two.group], 0);
}

#[test]
fn what_is_hidden_from_one_is_not_gone() {
    let two = two(supergroup);
    let said: Vec<_> = (0..4).map(|n| two.stage.tg.say(two.group, two.kirill, &format!("слово {n}"))).collect();
    two.wait(two.stage.anna, "слово 3", false);
    two.idle();
    two.stage.tg.hide_before(two.group, two.stage.anna, said[2]);
    two.stage.tg.delete(&[said[3]]);
    two.wait(two.igor, "слово 3", true);
    two.stage.capture().check_all(two.anna_id).unwrap();
    two.idle();
    two.stage.capture().check_all(two.igor_id).unwrap();
    two.idle();
    let deleted: Vec<String> = two.record(two.igor).into_iter().filter(|(_, gone)| *gone).map(|(text, _)| text).collect();
    assert_eq!(deleted, ["слово 3"], "hidden from Анна is not deleted");
}
