//! A large correspondence of a team: many chats, words by Zipf's law over tens of thousands of Russian and English forms,
//! numbers as people write them, edits and deletions. Any message can be made by itself; the same seed gives the same bytes.

use letopis_model::{
    AccountId, Change, ChatId, ChatType, Content, DeletionCause, Direction, MessageId, PeerId, Sighting, Source, Timestamp,
};

/// The words that a third of all speech is made of; the rest is built from roots.
const COMMON: &[&str] = &[
    "и",
    "в",
    "не",
    "на",
    "что",
    "с",
    "по",
    "это",
    "мы",
    "за",
    "вы",
    "для",
    "до",
    "договор",
    "счёт",
    "как",
    "к",
    "завтра",
    "да",
    "the",
    "оплата",
    "нужно",
    "будет",
    "сегодня",
    "and",
    "пришлю",
    "to",
    "цена",
    "поставка",
    "клиент",
    "срок",
    "документы",
    "of",
    "добрый",
    "день",
    "спасибо",
    "скидка",
    "заказ",
    "можно",
    "отгрузка",
    "invoice",
    "уже",
    "если",
    "или",
    "все",
    "проект",
    "for",
];
const PREFIXES: &[&str] = &["", "по", "при", "от", "за", "пере", "под", "вы", "раз", "до", "на", "об", "из"];
const ROOTS: &[&str] = &[
    "вод",
    "говор",
    "груз",
    "дел",
    "каз",
    "клад",
    "лож",
    "мен",
    "мер",
    "нос",
    "пис",
    "плат",
    "работ",
    "рез",
    "сад",
    "свет",
    "сказ",
    "слух",
    "смотр",
    "став",
    "строй",
    "суд",
    "твор",
    "точ",
    "труд",
    "увел",
    "хват",
    "ход",
    "цен",
    "чит",
    "шив",
    "щит",
    "бор",
    "вар",
    "вер",
    "верст",
    "вид",
    "вин",
    "воз",
    "врат",
    "гар",
    "гор",
    "да",
    "дар",
    "держ",
    "дум",
    "жал",
    "жив",
    "звон",
    "знак",
    "игр",
    "иск",
    "кат",
    "кол",
    "краш",
    "крут",
    "куп",
    "лет",
    "лов",
    "люб",
    "мет",
    "мол",
    "мысл",
    "пад",
    "пар",
    "пил",
    "пуск",
    "род",
    "руб",
    "сил",
];
const MIDDLES: &[&str] = &["", "ени", "ател", "ност", "овк", "ник", "чик", "н", "очн", "ов", "ива", "ыва"];
const ENDINGS: &[&str] = &["", "а", "у", "ом", "ы", "ов", "ам", "ами", "ах", "е", "ый", "ого", "ему", "ая", "ой", "ые", "ых"];
const ENGLISH: &[&str] = &[
    "sign", "pay", "ship", "load", "order", "claim", "offer", "check", "test", "print", "count", "plan", "work", "start", "turn",
    "form", "port", "press", "quest", "view", "write", "read", "call", "send", "draft", "quote", "bill", "stock", "price",
    "pack",
];
const BEFORE: &[&str] = &["", "re", "un", "pre", "over", "out"];
const AFTER: &[&str] = &["", "s", "ed", "ing", "er", "ers", "able", "ment", "ments", "ion", "ions", "ly"];

/// Different forms that may appear.
pub const FORMS: u64 = 90_000;

const CHATS: u64 = 240;
const ACCOUNTS: u64 = 12;
const START: i64 = 1_640_995_200;
/// Four years.
const SPAN: i64 = 4 * 365 * 86_400;

pub struct Corpus {
    pub seed: u64,
    pub messages: u64,
}

/// Words that no one may expect to be random: they come out the same on every machine (SplitMix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^ (x >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit.max(1)
    }

    /// 1 is the most frequent; the k-th comes about 1/k as often (Zipf).
    fn rank(&mut self, limit: u64) -> u64 {
        let unit = (self.next() >> 11) as f64 / (1u64 << 53) as f64;
        let rank = (unit * (limit as f64 + 1.0).ln()).exp();
        (rank as u64).clamp(1, limit)
    }
}

fn pick(from: &[&'static str], number: u64) -> &'static str {
    let length = from.len().max(1) as u64;
    usize::try_from(number % length).ok().and_then(|at| from.get(at)).copied().unwrap_or_default()
}

/// The word of a rank.
pub fn word(rank: u64) -> String {
    if let Some(word) = usize::try_from(rank.saturating_sub(1)).ok().and_then(|at| COMMON.get(at)) {
        return (*word).to_owned();
    }
    let mut dice = Dice(rank.wrapping_mul(0xA24B_AED4_963E_E407));
    if rank.is_multiple_of(5) {
        return format!("{}{}{}", pick(BEFORE, dice.next()), pick(ENGLISH, dice.next()), pick(AFTER, dice.next()));
    }
    let (prefix, root) = (pick(PREFIXES, dice.next()), pick(ROOTS, dice.next()));
    format!("{prefix}{root}{}{}", pick(MIDDLES, dice.next()), pick(ENDINGS, dice.next()))
}

/// Numbers and names as people write them.
fn spice(dice: &mut Dice) -> String {
    let n = dice.below(900) + 100;
    match dice.below(12) {
        0 => format!("{n} тыс"),
        1 => format!("{n} 000 руб"),
        2 => format!("8 (9{:02}) {n}-{:02}-{:02}", n % 90 + 10, n % 89 + 10, n % 83 + 10),
        3 => format!("{}.{:02}.2026", n % 28 + 1, n % 12 + 1),
        4 => format!("{} марта", n % 28 + 1),
        5 => format!("site{n}.ru"),
        6 => format!("anna{n}@firm.ru"),
        7 => "👍".to_owned(),
        8 => format!("интернет-{}", word(dice.rank(2000))),
        9 => format!("№{n}/{}", n % 9),
        10 => format!("@user_{n}"),
        _ => format!("{n}k"),
    }
}

impl Corpus {
    pub fn chats(&self) -> u64 {
        CHATS.min(self.messages / 20 + 1)
    }

    fn dice(&self, n: u64) -> Dice {
        Dice(self.seed ^ n.wrapping_mul(0xD134_2543_DE82_EF95))
    }

    /// The text of message `n` as it was first written, or as it was changed.
    pub fn text(&self, n: u64, changed: bool) -> String {
        let mut dice = self.dice(if changed { n.wrapping_add(1 << 40) } else { n });
        let length = 3 + dice.below(4) * dice.below(9);
        let mut text = String::new();
        for at in 0..length {
            if at > 0 {
                text.push_str(if dice.below(12) == 0 { ", " } else { " " });
            }
            let spiced = dice.below(25) == 0;
            text.push_str(&if spiced { spice(&mut dice) } else { word(dice.rank(FORMS)) });
        }
        text
    }

    pub fn chat(&self, number: u64) -> ChatId {
        let account = i64::try_from(number % ACCOUNTS).unwrap_or(0) + 4001;
        ChatId::new(Some(AccountId(account)), PeerId::user(i64::try_from(number).unwrap_or(0) + 10_000))
    }

    pub fn sent_at(&self, n: u64) -> i64 {
        START + i64::try_from(n.saturating_mul(SPAN as u64) / self.messages.max(1)).unwrap_or(0)
    }

    /// Which chat holds message `n`: a few chats are large, as in life.
    pub fn chat_of(&self, n: u64) -> ChatId {
        self.chat(self.dice(n.wrapping_add(1 << 42)).rank(self.chats()) - 1)
    }

    /// Managers and chats, to be told first.
    pub fn heads(&self) -> Vec<Change> {
        let source = Source::Import;
        let manager = |n: u64| Change::AccountSeen {
            account: AccountId(i64::try_from(n).unwrap_or(0) + 4001),
            manager: format!("Менеджер {}", word(n * 7 + 60)),
            source,
        };
        let chat = |n: u64| Change::ChatSeen {
            chat: self.chat(n),
            kind: ChatType::PersonalChat,
            title: Some(format!("Клиент {} {n}", word(n * 3 + 100))),
            source,
        };
        (0..ACCOUNTS).map(manager).chain((0..self.chats()).map(chat)).collect()
    }

    /// Everything that happened to message `n`: mostly that it was sent; one of 40 was edited, one of 60 deleted.
    pub fn changes(&self, n: u64) -> Vec<Change> {
        let (chat, at) = (self.chat_of(n), self.sent_at(n));
        let outgoing = self.dice(n).below(2) == 0;
        let message = MessageId(i64::try_from(n).unwrap_or(0) + 1);
        let sighting = |text: String, edited: Option<i64>| {
            Change::Posted(Box::new(Sighting {
                chat,
                message,
                sender: None,
                sender_name: Some(if outgoing {
                    "Менеджер".to_owned()
                } else {
                    format!("Клиент {}", chat.peer().id)
                }),
                direction: if outgoing { Direction::Out } else { Direction::In },
                sent_at: Some(Timestamp(at)),
                edited_at: edited.map(Timestamp),
                content: Content::text(text),
                reactions: Vec::new(),
                seen_at: Timestamp(edited.unwrap_or(at)),
                source: Source::Import,
            }))
        };
        let mut all = vec![sighting(self.text(n, false), None)];
        if n % 40 == 7 {
            all.push(sighting(self.text(n, true), Some(at + 600)));
        }
        if n % 60 == 11 {
            let (from, to) = (Timestamp(at + 60), Timestamp(at + 900));
            all.push(Change::Deleted { chat, message, from, to, cause: DeletionCause::Unknown, source: Source::Reconcile });
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn the_same_seed_gives_the_same_words_and_there_are_many() {
        let corpus = Corpus { seed: 1, messages: 1000 };
        assert_eq!(corpus.text(7, false), Corpus { seed: 1, messages: 1000 }.text(7, false));
        assert_ne!(corpus.text(7, false), corpus.text(7, true));
        let forms: HashSet<String> = (1..=FORMS).map(word).collect();
        assert!(forms.len() > 50_000, "{}", forms.len());
    }
}
