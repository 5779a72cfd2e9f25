//! A random play: the same seed gives the same acts. For storms: people do everything people do, and faults come between.

use super::draft::Draft;
use crate::dice::Dice;
use crate::faults::Storm;
use crate::telegram::Telegram;
use crate::world::media::MediaId;
use crate::world::message::Said;
use crate::world::{Chat, Topic, UserId};

/// A play around one account.
pub struct Play {
    tg: Telegram,
    me: UserId,
    dice: Dice,
    others: Vec<UserId>,
    inside: Vec<Chat>,
    outside: Vec<Chat>,
    forum: Chat,
    topics: Vec<Topic>,
    files: Vec<MediaId>,
    /// What may still be edited or deleted, and where it stands.
    said: Vec<(Chat, Said)>,
    acts: u32,
}

impl Play {
    /// The cast and the stage: private chats, a basic group, a supergroup, a forum and a channel inside the scope; a private
    /// chat and a group outside of it.
    pub fn new(tg: &Telegram, me: UserId, seed: u64) -> Self {
        let others = vec![tg.user("Кирилл Промстрой"), tg.user("Игорь Смирнов"), tg.user("Мария Ли")];
        let [kirill, igor, maria] = [others[0], others[1], others[2]];
        let forum = tg.forum("Поддержка", &[igor, me, kirill]);
        let topics = vec![tg.topic(forum, "Счета"), tg.topic(forum, "Ошибки")];
        let inside = vec![
            tg.private(me, kirill),
            tg.private(me, maria),
            tg.group("Проект", &[igor, me, kirill]),
            tg.supergroup("Бригада", &[igor, me, kirill, maria]),
            forum,
            tg.channel("Новости", &[igor, me]),
        ];
        let outside = vec![tg.private(me, igor), tg.group("Семья", &[me, maria])];
        let files = [(2, 900), (4, 5000), (1, 40)].map(|(dc, size)| tg.file("файл.pdf", "application/pdf", &vec![7; size], dc));
        for chat in inside.iter().chain(&outside) {
            tg.say(*chat, if matches!(chat, Chat::Private(..)) { me } else { igor }, "начало");
        }
        let files = files.to_vec();
        Self {
            tg: tg.clone(),
            me,
            dice: Dice::new(seed),
            others,
            inside,
            outside,
            forum,
            topics,
            files,
            said: Vec::new(),
            acts: 0,
        }
    }

    /// Chats the account's owner agreed to record.
    pub fn inside(&self) -> &[Chat] {
        &self.inside
    }

    /// Chats that are nobody's business.
    pub fn outside(&self) -> &[Chat] {
        &self.outside
    }

    fn roll(&mut self, sides: usize) -> usize {
        usize::try_from(self.dice.below(sides as u64)).expect("a small number")
    }

    fn one_of<T: Copy>(&mut self, some: &[T]) -> Option<T> {
        let place = self.roll(some.len());
        some.get(place).copied()
    }

    /// Who speaks in a chat: the account itself every third time, where it may.
    fn speaker(&mut self, chat: Chat) -> UserId {
        let own_turn = self.roll(3) == 0;
        match chat {
            Chat::Private(a, b) => {
                if own_turn {
                    self.me
                } else if a == self.me {
                    b
                } else {
                    a
                }
            }
            _ if chat == *self.inside.last().expect("chats") => self.others[1],
            _ => {
                if own_turn {
                    self.me
                } else {
                    self.others[1]
                }
            }
        }
    }

    fn draft(&mut self, chat: Chat) -> Draft {
        let text = format!("слово {} о деле", self.acts);
        let mut draft = Draft::text(&text);
        if chat == self.forum {
            draft = self.one_of(&self.topics.clone()).map_or(draft.clone(), |topic| draft.topic(topic));
        }
        match self.roll(8) {
            0 => self.one_of(&self.files.clone()).map_or(draft.clone(), |file| draft.media(file)),
            1 => {
                let here: Vec<Said> = self.said.iter().filter(|(place, _)| *place == chat).map(|(_, said)| *said).collect();
                self.one_of(&here).map_or(draft.clone(), |said| draft.reply(said))
            }
            2 => draft.forwarded(self.others[2]),
            _ => draft,
        }
    }

    fn say(&mut self, chat: Chat) {
        let (who, draft) = (self.speaker(chat), self.draft(chat));
        let said = self.tg.send(chat, who, draft);
        self.said.push((chat, said));
    }

    /// One thing that people do.
    pub fn act(&mut self) {
        self.acts += 1;
        let place = self.roll(self.inside.len());
        let chat = self.inside[place];
        match self.roll(24) {
            0..9 => self.say(chat),
            9 | 10 => self.edit(),
            11 => self.delete(),
            12 => self.album(chat),
            13 => self.read(chat),
            14 => self.tg.noise(self.me, self.others[0]),
            15 => self.private_life(),
            16 => self.touch(),
            17 => self.say_and_regret(chat),
            18 => self.title(chat),
            19 => self.clear(),
            20 => self.out_and_in(),
            21 => self.pin(),
            _ => self.tg.pass(self.acts.into()),
        }
    }

    fn edit(&mut self) {
        let text = format!("исправлено {}", self.acts);
        if let Some((_, said)) = self.one_of(&self.said.clone()) {
            self.tg.edit(said, &text);
        }
    }

    fn touch(&mut self) {
        if let Some((_, said)) = self.one_of(&self.said.clone()) {
            self.tg.touch(said);
            self.tg.react(said, self.others[2], "👍");
        }
    }

    /// Deletes a few messages of one chat in one moment.
    fn delete(&mut self) {
        let Some((chat, _)) = self.one_of(&self.said.clone()) else { return };
        let count = 1 + self.roll(4);
        let gone: Vec<Said> = self.said.iter().filter(|(place, _)| *place == chat).map(|(_, said)| *said).take(count).collect();
        self.said.retain(|(_, said)| !gone.contains(said));
        self.tg.delete(&gone);
    }

    /// Several messages at once, as an album comes.
    fn album(&mut self, chat: Chat) {
        let who = self.speaker(chat);
        let (group, files) = (i64::from(self.acts), self.files.clone());
        let said = self.tg.at_once(|tg| {
            let one = |file: &MediaId| tg.send(chat, who, Draft::text("").media(*file).group(group));
            files.iter().take(2).map(one).collect::<Vec<_>>()
        });
        // Captions would be edited; an album without words is left alone.
        drop(said);
    }

    fn read(&mut self, chat: Chat) {
        let here: Vec<Said> = self.said.iter().filter(|(place, _)| *place == chat).map(|(_, said)| *said).collect();
        let who = if self.roll(2) == 0 { self.me } else { self.others[0] };
        if let Some(said) = self.one_of(&here) {
            self.tg.read(chat, who, said);
        }
    }

    /// What must never be kept.
    fn private_life(&mut self) {
        let place = self.roll(self.outside.len());
        let chat = self.outside[place];
        let said = self.tg.say(chat, self.me, "личное");
        self.tg.edit(said, "личное, исправлено");
    }

    fn say_and_regret(&mut self, chat: Chat) {
        let who = self.speaker(chat);
        let said = self.tg.say(chat, who, &format!("сгоряча {}", self.acts));
        self.tg.delete(&[said]);
    }

    fn title(&mut self, chat: Chat) {
        if !matches!(chat, Chat::Private(..)) {
            self.tg.rename(chat, self.others[1], &format!("Название {}", self.acts));
        }
    }

    /// A private chat is wiped on both sides.
    fn clear(&mut self) {
        let chat = self.inside[1];
        if self.roll(3) == 0 {
            self.said.retain(|(place, _)| *place != chat);
            self.tg.clear_history(chat, self.me, true);
        }
    }

    /// Put out of a group, let in again; what was said meanwhile can be read then.
    fn out_and_in(&mut self) {
        let (chat, by) = (self.inside[3], self.others[1]);
        self.tg.kick(chat, self.me, by);
        let said = self.tg.say(chat, by, &format!("без вас {}", self.acts));
        self.tg.join(chat, self.me);
        self.said.push((chat, said));
    }

    fn pin(&mut self) {
        if let Some((_, said)) = self.one_of(&self.said.clone()) {
            self.tg.pin(said);
        }
    }

    /// One fault. Never one that ends the session; the caller restarts the app when it likes.
    pub fn trouble(&mut self) {
        let faults = self.tg.faults(self.me);
        let channel = [self.inside[3], self.inside[4], self.inside[5]][self.roll(3)];
        match self.roll(14) {
            0 | 1 => faults.cut(),
            2 => faults.lose_pushes(3),
            3 => faults.double_pushes(3),
            4 => faults.swap_pushes(2),
            5 => faults.difference_too_long(),
            6 => faults.channel_difference_too_long(channel),
            7 => faults.push_channel_too_long(channel, self.acts.is_multiple_of(2)),
            8 => faults.push_too_long(),
            9 => faults.push_malformed(),
            10 => faults.push_unknown(),
            11 => {
                faults.offline();
                (0..5).for_each(|_| self.act());
                faults.online();
            }
            12 => self.tg.expire_references(),
            _ => faults.freeze(),
        }
    }

    /// A storm of the strength that goes with the seed: every fifth scenario is calm in one respect or another.
    pub fn storm(&mut self) -> Storm {
        let mut chance = |most: u64| {
            let is_off = self.dice.below(5) == 0;
            #[expect(clippy::cast_precision_loss, reason = "a small number")]
            let some = self.dice.below(most) as f64 / 100.0;
            if is_off { 0.0 } else { some }
        };
        Storm {
            lose: chance(20),
            double: chance(20),
            swap: chance(20),
            cut: chance(4),
            slow: chance(10),
            error: chance(6),
            too_long: chance(10),
            hint: chance(10),
            flood: 0.0,
            seed: self.dice.next(),
        }
    }

    /// The storm is over: no fault any more, and a last word in every chat that the archive must have in the end.
    pub fn end(&mut self) -> &'static str {
        const LAST: &str = "конец";
        self.tg.faults(self.me).calm();
        for chat in self.inside.clone() {
            let who = if let Chat::Private(a, b) = chat { if a == self.me { b } else { a } } else { self.others[1] };
            self.tg.say(chat, who, LAST);
        }
        LAST
    }
}
