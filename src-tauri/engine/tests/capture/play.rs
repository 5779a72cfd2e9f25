//! The storm with everything people do: albums, topics, answers, files, read marks, titles, touches, private life, while
//! links break and the server forgets. Afterwards the archive holds what the server showed, and nothing else.
//! `LETOPIS_STORMS` sets how many scenarios, `LETOPIS_STORM` the first seed.

use crate::stage::Stage;
use letopis_testkit_telegram::{Chat, Options, Play, Shown, Telegram};

const ACTS: usize = 60;

/// The program ends at once. What had arrived and was not saved yet is asked for again, unless it is deleted or edited
/// meanwhile: nobody can have that.
fn crash(stage: &Stage, places: &[Chat]) {
    stage.stop();
    doubt_unsaved(stage, places);
    stage.restart();
}

/// After a stop: what the transport had acknowledged and the archive had not kept yet.
pub fn doubt_unsaved(stage: &Stage, places: &[Chat]) {
    for told in stage.tg.truth(stage.anna) {
        let Some(chat) = places.iter().find(|chat| chat.peer_for(stage.anna) == told.peer) else { continue };
        let kept = stage.message(*chat, told.id).map(|message| stage.versions(&message)).unwrap_or_default();
        let lost = told.versions.iter().enumerate().filter(|(_, v)| v.shown == Shown::Acked && !kept.contains(&v.text));
        lost.for_each(|(n, _)| stage.tg.doubt(stage.anna, told.said, n));
    }
}

fn scenario(seed: u64) {
    let slice = 3 + usize::try_from(seed % 9).unwrap();
    let stage = Stage::on(Telegram::with(Options { slice, seed, ..Options::default() }));
    let mut play = Play::new(&stage.tg, stage.anna, seed);
    let places = play.inside().to_vec();
    let account = stage.live(&places);
    stage.tg.faults(stage.anna).storm(play.storm());
    for n in 1..=ACTS {
        play.act();
        if n % 6 == 0 {
            play.trouble();
        }
        if n % 25 == 0 {
            crash(&stage, &places);
        }
    }
    let last = play.end();
    for chat in &places {
        stage.until(&format!("{last} in {chat:?}, seed {seed}"), || stage.texts(*chat).iter().any(|text| text == last));
    }
    stage.capture().check_all(account).unwrap();
    stage.wait_idle(account);
    stage.compare(&places, seed);
    for chat in play.outside() {
        assert!(stage.texts(*chat).is_empty(), "seed {seed}: something outside the scope was kept");
    }
    stage.check_silence();
}

#[test]
fn after_everything_people_do_the_archive_holds_what_was_shown() {
    let number = |name: &str, usual: u64| std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(usual);
    let (first, many) = (number("LETOPIS_STORM", 1), number("LETOPIS_STORMS", 6));
    for seed in first..first + many {
        println!("play {seed}");
        scenario(seed);
    }
}

#[test]
fn a_group_one_was_put_out_of_goes_on_when_one_is_let_in_again() {
    let stage = Stage::new();
    let igor = stage.tg.user("Игорь");
    let group = stage.tg.supergroup("Бригада", &[igor, stage.anna]);
    stage.tg.say(group, igor, "начало");
    stage.live(&[group]);
    stage.tg.kick(group, stage.anna, igor);
    stage.until("the chat is gone", || stage.archive().accounts().unwrap()[0].chats[0].is_gone);
    stage.tg.say(group, igor, "без вас");
    stage.tg.join(group, stage.anna);
    stage.tg.say(group, igor, "с вами");
    stage.wait_text(group, "с вами");
    stage.wait_text(group, "без вас");
}
