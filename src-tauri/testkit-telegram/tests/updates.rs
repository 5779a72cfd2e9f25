//! What an unmodified client gets: live, after lost and doubled pushes, after a cut, after a restart, and where it loses.
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, clippy::indexing_slicing, reason = "a test may stop")]

mod common;

use common::{Device, next, on_session, signed_in, some};
use grammers_client::client::UpdateStream;
use grammers_session::Session;
use letopis_testkit_telegram::{Chat, Draft, Options, Shown, Telegram, UserId};
use tokio::task::JoinHandle;

struct Office {
    tg: Telegram,
    anna: UserId,
    kirill: UserId,
    client: Chat,
    group: Chat,
    wide: Chat,
    device: Device,
}

async fn office() -> Office {
    let tg = Telegram::with(Options { login_notices: false, ..Options::default() });
    let (anna, kirill) = (tg.account("Анна Белова", "+79990000001"), tg.user("Кирилл"));
    let client = tg.private(anna, kirill);
    tg.say(client, kirill, "первое");
    let (group, wide) = (tg.group("Проект", &[anna, kirill]), tg.supergroup("Клиенты", &[anna, kirill]));
    let device = signed_in(&tg, anna).await;
    Office { tg, anna, kirill, client, group, wide, device }
}

impl Office {
    /// Until the server pushes to the device.
    async fn ready(&self) {
        self.tg.until(|tg| tg.listeners(self.anna) > 0 && tg.count("updates.getDifference") > 0).await;
    }

    /// Listens, and gathers the next lines once the server pushes. The stream lives as long as the answer is not taken.
    async fn hear(&mut self, count: usize) -> JoinHandle<(Vec<String>, UpdateStream)> {
        let mut stream = self.device.listen().await;
        let watching = tokio::spawn(async move { (some(&mut stream, count).await, stream) });
        self.ready().await;
        watching
    }
}

#[tokio::test]
async fn live_messages_edits_and_deletions_arrive() {
    let mut office = office().await;
    let (tg, anna, kirill) = (office.tg.clone(), office.anna, office.kirill);
    let watching = office.hear(9).await;
    let private = tg.say(office.client, kirill, "привет");
    let own = tg.say(office.group, anna, "всем добрый день");
    let there = tg.say(office.wide, kirill, "вопрос");
    tg.edit(private, "привет!");
    tg.edit(own, "всем добрый вечер");
    tg.edit(there, "два вопроса");
    tg.delete(&[private, own, there]);
    let expected = [
        "delete None [3, 4]",
        "delete Some(1001) [1]",
        "edit 1 два вопроса",
        "edit 3 привет!",
        "edit 4 всем добрый вечер",
        "new 1 вопрос",
        "new 3 привет",
        "new 4 всем добрый день",
    ];
    tg.delete(&[tg.say(office.client, kirill, "конец")]);
    let lines = watching.await.unwrap().0;
    assert_eq!(lines.iter().filter(|line| !line.contains("конец")).collect::<Vec<_>>(), expected.iter().collect::<Vec<_>>());
}

#[tokio::test]
async fn a_lost_push_is_recovered_when_the_next_one_shows_the_gap() {
    let mut office = office().await;
    let watching = office.hear(2).await;
    let tg = office.tg.clone();
    let (client, kirill, anna) = (office.client, office.kirill, office.anna);
    tg.faults(anna).lose_pushes(1);
    tg.say(client, kirill, "потеряно");
    tg.say(client, kirill, "дошло");
    assert_eq!(watching.await.unwrap().0, ["new 3 потеряно", "new 4 дошло"]);
}

#[tokio::test]
async fn doubled_and_swapped_pushes_make_no_difference() {
    let mut office = office().await;
    let watching = office.hear(3).await;
    let tg = office.tg.clone();
    let (client, kirill, anna) = (office.client, office.kirill, office.anna);
    tg.faults(anna).double_pushes(1);
    tg.say(client, kirill, "дважды");
    tg.faults(anna).swap_pushes(1);
    tg.say(client, kirill, "позже");
    tg.say(client, kirill, "раньше");
    assert_eq!(watching.await.unwrap().0, ["new 3 дважды", "new 4 позже", "new 5 раньше"]);
}

#[tokio::test]
async fn after_a_cut_the_client_catches_up_with_what_stands() {
    let mut office = office().await;
    let mut stream = office.device.listen().await;
    let tg = office.tg.clone();
    let (client, kirill, anna) = (office.client, office.kirill, office.anna);
    let (heard, hearing) = tokio::sync::oneshot::channel();
    let watching = tokio::spawn(async move {
        heard.send(next(&mut stream).await).unwrap();
        (some(&mut stream, 4).await, stream)
    });
    office.ready().await;
    let old = tg.say(client, kirill, "до обрыва");
    assert_eq!(hearing.await.unwrap(), "new 3 до обрыва");
    tg.faults(anna).offline();
    let gone = tg.say(client, kirill, "мелькнуло");
    tg.edit(old, "первая правка");
    tg.edit(old, "вторая правка");
    tg.delete(&[gone]);
    let stays = tg.say(client, kirill, "осталось");
    tg.pass(60);
    tg.edit(stays, "осталось с правкой");
    tg.say(client, anna, "своё");
    tg.faults(anna).online();
    let (rest, _stream) = watching.await.unwrap();
    assert_eq!(rest, ["delete None [4]", "edit 3 вторая правка", "new 5 осталось с правкой", "new 6 своё"]);
    let truth = tg.truth(anna);
    let flashed = truth.iter().find(|message| message.said == gone).unwrap();
    assert_eq!((flashed.versions[0].shown, flashed.deleted.is_some()), (Shown::Never, true));
    let edited = truth.iter().find(|message| message.said == old).unwrap();
    let shown: Vec<bool> = edited.versions.iter().map(|version| version.shown > Shown::Never).collect();
    assert_eq!(shown, [true, false, true], "the first edit was never shown");
}

#[tokio::test]
async fn a_restart_catches_up_in_slices() {
    let tg = Telegram::with(Options { login_notices: false, slice: 3, ..Options::default() });
    let (anna, kirill) = (tg.account("Анна Белова", "+79990000001"), tg.user("Кирилл"));
    let client = tg.private(anna, kirill);
    let device = signed_in(&tg, anna).await;
    let session = std::sync::Arc::clone(&device.session);
    device.client.disconnect();
    (0..10).for_each(|n| _ = tg.say(client, kirill, &format!("строка {n}")));
    let mut device = on_session(session, true);
    let mut stream = device.listen().await;
    let lines = some(&mut stream, 10).await;
    assert_eq!(lines.len(), 10);
    assert_eq!(tg.count("updates.getDifference"), 4);
}

#[tokio::test]
async fn a_slice_of_which_nothing_is_left_moves_the_client_on() {
    let tg = Telegram::with(Options { login_notices: false, slice: 2, ..Options::default() });
    let (anna, kirill) = (tg.account("Анна Белова", "+79990000001"), tg.user("Кирилл"));
    let client = tg.private(anna, kirill);
    let old = tg.say(client, kirill, "было");
    let mut device = signed_in(&tg, anna).await;
    tg.edit(old, "раз");
    tg.edit(old, "два");
    tg.delete(&[old]);
    tg.say(client, kirill, "стало");
    let mut stream = device.listen().await;
    assert_eq!(some(&mut stream, 2).await, ["delete None [1]", "new 2 стало"]);
}

#[tokio::test]
async fn too_long_a_difference_loses_without_a_word() {
    let mut office = office().await;
    let tg = office.tg.clone();
    tg.say(office.client, office.kirill, "пропадёт");
    tg.faults(office.anna).difference_too_long();
    let mut stream = office.device.listen().await;
    let (client, kirill) = (office.client, office.kirill);
    let watching = tokio::spawn(async move { (next(&mut stream).await, stream) });
    office.ready().await;
    tg.say(client, kirill, "после");
    assert_eq!(watching.await.unwrap().0, "new 4 после");
}

#[tokio::test]
async fn a_push_that_cannot_be_read_leads_to_a_difference() {
    let mut office = office().await;
    let watching = office.hear(2).await;
    let tg = office.tg.clone();
    let (client, kirill, anna) = (office.client, office.kirill, office.anna);
    tg.faults(anna).mute();
    tg.say(client, kirill, "тихо");
    tg.faults(anna).push_malformed();
    tg.until(|tg| tg.count("updates.getDifference") > 1).await;
    tg.say(client, kirill, "ещё тише");
    tg.faults(anna).push_unknown();
    assert_eq!(watching.await.unwrap().0, ["new 3 тихо", "new 4 ещё тише"]);
}

/// grammers sets the channel's pts before it looks at the updates of a final channel difference, so it takes its edits and
/// deletions for old ones. A client that archives must not leave channel differences to it.
#[tokio::test]
async fn grammers_drops_edits_and_deletions_of_a_final_channel_difference() {
    let mut office = office().await;
    let tg = office.tg.clone();
    let wide = office.wide;
    let (kept, gone) = (tg.say(wide, office.kirill, "правка"), tg.say(wide, office.kirill, "удаление"));
    let Chat::Channel(id) = wide else { panic!("a channel") };
    let state = grammers_session::types::UpdateState::Channel { id, pts: 3 };
    office.device.session.set_update_state(state).await.unwrap();
    let _ = office.device.client.iter_dialogs().next().await.unwrap();
    let state = grammers_session::types::UpdateState::Channel { id, pts: 3 };
    office.device.session.set_update_state(state).await.unwrap();
    tg.edit(kept, "правка!");
    tg.delete(&[gone]);
    tg.say(wide, office.kirill, "новое");
    let mut stream = office.device.listen().await;
    assert_eq!(next(&mut stream).await, "new 3 новое");
    assert_eq!(tg.count("updates.getChannelDifference"), 1);
    let (client, kirill) = (office.client, office.kirill);
    let watching = tokio::spawn(async move { (next(&mut stream).await, stream) });
    tg.say(client, kirill, "после");
    assert_eq!(watching.await.unwrap().0, "new 3 после", "neither the edit nor the deletion came");
    let truth = tg.truth(office.anna);
    let edited = truth.iter().find(|message| message.said == kept).unwrap();
    assert!(edited.versions[1].shown > Shown::Never, "the server did tell it");
}

#[tokio::test]
async fn a_mass_deletion_comes_in_hundreds() {
    let mut office = office().await;
    let tg = office.tg.clone();
    let (anna, kirill) = (office.anna, office.kirill);
    let wide = office.wide;
    let said: Vec<_> = (0..3000).map(|n| tg.say(wide, kirill, &format!("сообщение {n}"))).collect();
    let mut stream = office.device.listen().await;
    let watching = tokio::spawn(async move {
        let mut gone = 0;
        while gone < 3000 {
            let line = next(&mut stream).await;
            gone += line.matches(", ").count() + usize::from(line.starts_with("delete"));
        }
        gone
    });
    // The hint inside the first difference makes the client ask for the channel; only then it follows it.
    tg.until(|tg| tg.count("updates.getChannelDifference") > 0).await;
    tg.delete(&said);
    assert_eq!(watching.await.unwrap(), 3000);
    assert!(tg.history(anna, wide).is_empty());
    assert!(tg.truth(anna).iter().filter(|message| message.said != said[0]).all(|message| !message.versions.is_empty()));
}

#[tokio::test]
async fn media_and_replies_arrive_as_they_were_sent() {
    let mut office = office().await;
    let tg = office.tg.clone();
    let mut stream = office.device.listen().await;
    let (client, kirill) = (office.client, office.kirill);
    let watching = tokio::spawn(async move {
        loop {
            if let Ok(grammers_client::update::Update::NewMessage(message)) = stream.next().await
                && message.media().is_some()
            {
                return (message.reply_to_message_id(), message.text().to_owned());
            }
        }
    });
    office.ready().await;
    let question = tg.say(client, kirill, "вопрос");
    let voice = tg.voice(b"OggS", 3, 2);
    tg.send(client, kirill, Draft::text("ответ").media(voice).reply(question));
    assert_eq!(watching.await.unwrap(), (tg.id_of(question, office.anna), "ответ".to_owned()));
}
