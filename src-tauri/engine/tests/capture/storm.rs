//! The storm: people talk, edit and delete while everything fails. Afterwards the archive holds what the server showed:
//! nothing lost, nothing doubled, nothing invented. The seed of each scenario is printed; `LETOPIS_STORMS` sets how many.

use crate::play::doubt_unsaved;
use crate::stage::Stage;
use letopis_testkit_telegram::{Chat, Options, Said, Storm, Telegram, UserId};
use std::time::{Duration, Instant};

/// A small generator of our own: the same seed gives the same scenario everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }
}

struct Scene<'a> {
    stage: &'a Stage,
    dice: Dice,
    chats: Vec<(Chat, UserId)>,
    said: Vec<Said>,
}

impl Scene<'_> {
    fn act(&mut self, n: usize) {
        let (chat, other) = self.chats[self.dice.roll(self.chats.len())];
        let who = if self.dice.roll(3) == 0 { self.stage.anna } else { other };
        match self.dice.roll(10) {
            0..6 => self.said.push(self.stage.tg.say(chat, who, &format!("слово {n}"))),
            6 | 7 if !self.said.is_empty() => {
                let said = self.said[self.dice.roll(self.said.len())];
                if self.stage.tg.id_of(said, self.stage.anna).is_some() {
                    self.stage.tg.edit(said, &format!("исправлено {n}"));
                }
            }
            8 if self.said.len() > 3 => {
                let at = self.dice.roll(self.said.len());
                let said = self.said.remove(at);
                self.stage.tg.delete(&[said]);
            }
            _ => {
                if let Some(said) = self.said.last().filter(|said| self.stage.tg.id_of(**said, self.stage.anna).is_some()) {
                    let _ = said;
                }
            }
        }
    }

    fn trouble(&mut self) {
        let faults = self.stage.tg.faults(self.stage.anna);
        let channel = self.chats[2].0;
        match self.dice.roll(12) {
            0 => faults.cut(),
            1 => faults.lose_pushes(2),
            2 => faults.double_pushes(2),
            3 => faults.swap_pushes(2),
            4 => faults.difference_too_long(),
            5 => faults.channel_difference_too_long(channel),
            6 => faults.push_channel_too_long(channel, self.dice.roll(2) == 0),
            7 => faults.push_too_long(),
            8 => faults.push_malformed(),
            9 => {
                self.stage.stop();
                let places: Vec<Chat> = self.chats.iter().map(|(chat, _)| *chat).collect();
                doubt_unsaved(self.stage, &places);
                self.act(1_000_000);
                self.stage.restart();
            }
            10 => faults.push_unknown(),
            _ => std::thread::sleep(Duration::from_millis(20)),
        }
    }
}

fn scenario(seed: u64) {
    let stage = Stage::on(Telegram::with(Options { slice: 3 + (seed % 7) as usize, ..Options::default() }));
    let (kirill, igor) = (stage.tg.user("Кирилл"), stage.tg.user("Игорь"));
    let chats = vec![
        (stage.tg.private(stage.anna, kirill), kirill),
        (stage.tg.group("Проект", &[stage.anna, igor]), igor),
        (stage.tg.supergroup("Бригада", &[stage.anna, kirill]), kirill),
        (stage.tg.channel("Новости", &[igor, stage.anna]), igor),
    ];
    let outside = stage.tg.private(stage.anna, igor);
    let places: Vec<Chat> = chats.iter().map(|(chat, _)| *chat).collect();
    let account = stage.live(&places);
    let mut scene = Scene { stage: &stage, dice: Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1), chats, said: Vec::new() };
    let chance = |dice: &mut Dice| dice.roll(20) as f64 / 100.0;
    let storm = Storm {
        seed,
        lose: chance(&mut scene.dice),
        double: chance(&mut scene.dice),
        swap: chance(&mut scene.dice),
        cut: chance(&mut scene.dice) / 5.0,
        error: chance(&mut scene.dice) / 3.0,
        ..Storm::default()
    };
    stage.tg.faults(stage.anna).storm(storm);
    for n in 0..40 {
        scene.act(n);
        if n % 5 == 4 {
            scene.trouble();
            stage.tg.say(outside, igor, "личное");
        }
    }
    stage.tg.faults(stage.anna).calm();
    for (chat, who) in &scene.chats {
        let last = if *chat == scene.chats[3].0 { igor } else { *who };
        stage.tg.say(*chat, last, "конец");
    }
    for chat in &places {
        stage.wait_text(*chat, "конец");
    }
    stage.capture().check_all(account).unwrap();
    stage.wait_idle(account);
    stage.compare(&places, seed);
    assert!(stage.texts(outside).is_empty(), "seed {seed}: something outside the scope was kept");
    stage.check_silence();
}

#[test]
fn after_the_storm_the_archive_holds_what_was_shown() {
    let many = std::env::var("LETOPIS_STORMS").ok().and_then(|n| n.parse().ok()).unwrap_or(12);
    let first = std::env::var("LETOPIS_STORM").ok().and_then(|n| n.parse().ok()).unwrap_or(1_u64);
    for seed in first..first + many {
        let began = Instant::now();
        scenario(seed);
        println!("storm {seed}: {:?}", began.elapsed());
    }
}
