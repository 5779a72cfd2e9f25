//! How a chat of an export is known again. HTML pages, exports of 2018 and bare lists of messages do not say which chat they
//! are: such a chat gets a provisional number, and its messages are compared with those of chats that are known.
//!
//! Choice: a few messages, picked by a hash of their ids so that two exports of one chat pick the same ones; they fit if id,
//! moment and text are those held. Refused: the title (two clients are called «Анна», and a title changes) and the folder
//! (`chat_01` is another chat in the next export). A chat that fits nothing stays on its own: split is better than mixed.

use jiff::civil::DateTime;
use letopis_model::{ChatId, MessageId, PeerId, Timestamp};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

const SAMPLES: usize = 32;
/// Local times read in a wrong zone, and the hour that HTML is off in summer, are whole quarters of an hour.
const QUARTER: i64 = 900;
/// No two zones are further apart.
const WIDEST: i64 = 26 * 3600;
/// Shorter texts («да», «ок») are said in every chat.
const TELLING: usize = 5;

/// A chat as the importer knows it before it hands anything over.
#[derive(Clone, Copy, Debug)]
pub struct Acquaintance<'a> {
    /// The number of the chat in this source.
    pub key: u32,
    /// What the chat will be called: told by the source, or provisional.
    pub id: ChatId,
    pub is_provisional: bool,
    pub title: Option<&'a str>,
    pub samples: &'a [Sample],
}

/// One message of a chat, kept as hashes: no text leaves the importer this way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    pub message: MessageId,
    pub sent_at: Option<Timestamp>,
    text: u64,
    telling: bool,
}

impl Sample {
    pub(crate) fn new(message: MessageId, sent_at: Option<Timestamp>, text: &str) -> Self {
        let (text, letters) = digest(text);
        Sample { message, sent_at, text, telling: letters >= TELLING }
    }

    fn agrees(&self, sent_at: Option<Timestamp>, text: &str) -> bool {
        let same_moment = match (self.sent_at, sent_at) {
            (Some(Timestamp(here)), Some(Timestamp(there))) => {
                let apart = here.saturating_sub(there).saturating_abs();
                apart <= WIDEST && apart % QUARTER == 0
            }
            _ => false,
        };
        same_moment && digest(text).0 == self.text
    }
}

/// White space is where formats differ; and the count of what is left.
fn digest(text: &str) -> (u64, usize) {
    let mut sha = Sha256::new();
    let mut letters = 0;
    for character in text.chars().filter(|c| !c.is_whitespace() && !c.is_control()) {
        sha.update(u32::from(character).to_le_bytes());
        letters += 1;
    }
    let bytes = sha.finalize();
    (bytes.iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte)), letters)
}

/// Whether a chat that holds these messages is the one that was sampled. `held` looks a message up.
pub fn same_chat(samples: &[Sample], mut held: impl FnMut(MessageId) -> Option<(Option<Timestamp>, String)>) -> bool {
    let (mut weight, mut against) = (0, 0);
    for sample in samples {
        match held(sample.message) {
            Some((sent_at, text)) if sample.agrees(sent_at, &text) => weight += if sample.telling { 2 } else { 1 },
            Some(_) => against += 1,
            None => {}
        }
    }
    // Some messages may have been edited between two exports; most have not.
    weight >= 2 && weight >= 2 * against
}

/// Collects the samples of one chat.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sampler {
    kept: BTreeMap<u64, Sample>,
}

impl Sampler {
    /// Whether this message would be kept; to be asked before decoding it.
    pub fn wants(&self, message: MessageId) -> bool {
        self.kept.len() < SAMPLES || self.kept.last_key_value().is_some_and(|(last, _)| spread(message) < *last)
    }

    /// Messages without a date, and what was done rather than said, tell nothing: formats word them differently.
    pub fn offer(&mut self, message: MessageId, sent_at: Option<Timestamp>, text: &str) {
        if sent_at.is_none() || !self.wants(message) {
            return;
        }
        self.kept.insert(spread(message), Sample::new(message, sent_at, text));
        if self.kept.len() > SAMPLES {
            self.kept.pop_last();
        }
    }

    pub fn samples(&self) -> Vec<Sample> {
        self.kept.values().copied().collect()
    }
}

/// Mixes the bits of an id (the finaliser of SplitMix64): neighbours must not be picked together.
fn spread(message: MessageId) -> u64 {
    let mut n = message.0.cast_unsigned().wrapping_add(0x9E37_79B9_7F4A_7C15);
    n = (n ^ (n >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    n = (n ^ (n >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    n ^ (n >> 31)
}

/// Where a chat begins: its first message that was said, with its local time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Beginning {
    message: MessageId,
    at: Option<DateTime>,
    text: u64,
}

impl Beginning {
    pub fn new(message: MessageId, at: Option<DateTime>, text: &str) -> Self {
        Beginning { message, at, text: digest(text).0 }
    }
}

/// The number of a chat that has none: negative, which no number of Telegram's is. The same beginning of a chat gives the
/// same number. A group, whatever it is: groups belong to one account, so it cannot touch what others share. `repeat`
/// tells apart chats of one source that begin alike.
pub(crate) fn provisional(title: Option<&str>, beginning: Option<Beginning>, repeat: u32) -> PeerId {
    let mut sha = Sha256::new();
    sha.update(b"letopis provisional chat 1\0");
    sha.update(title.unwrap_or_default().trim().as_bytes());
    sha.update([0]);
    if let Some(Beginning { message, at, text }) = beginning {
        sha.update(message.0.to_le_bytes());
        sha.update(at.map(|at| at.to_string()).unwrap_or_default().as_bytes());
        sha.update(text.to_le_bytes());
    }
    sha.update(repeat.to_le_bytes());
    // 46 bits: exact in every JSON reader.
    let number = sha.finalize().iter().take(6).fold(0_i64, |sum, byte| sum << 8 | i64::from(*byte)) >> 2;
    PeerId::group(-1 - number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sampler(texts: &[(i64, i64, &str)]) -> Vec<Sample> {
        let mut sampler = Sampler::default();
        texts.iter().for_each(|(id, at, text)| sampler.offer(MessageId(*id), Some(Timestamp(*at)), text));
        sampler.samples()
    }

    #[test]
    fn two_exports_of_one_chat_pick_the_same_messages() {
        let all: Vec<(i64, i64, &str)> = (1..5000).map(|n| (n, n * 60, "текст")).collect();
        let later: Vec<(i64, i64, &str)> = (1..5001).map(|n| (n, n * 60, "текст")).collect();
        let (one, two) = (sampler(&all), sampler(&later));
        assert_eq!(one.len(), SAMPLES);
        assert!(one.iter().filter(|sample| two.contains(sample)).count() >= SAMPLES - 1);
    }

    #[test]
    fn a_chat_is_known_by_what_was_said_when() {
        let chat = [(1, 9_000, "Пришлите счёт"), (2, 9_060, "Сейчас"), (7, 9_120, "")];
        let samples = sampler(&chat);
        let check = |held: &[(i64, i64, &str)], expected: bool| {
            let found = same_chat(&samples, |id| {
                held.iter().find(|(n, ..)| *n == id.0).map(|(_, at, text)| (Some(Timestamp(*at)), (*text).to_owned()))
            });
            assert_eq!(found, expected, "{held:?}");
        };
        check(&chat, true);
        check(&[(1, 9_000, "Пришлите  счёт\n")], true);
        check(&[(1, 9_000 - 3600, "Пришлите счёт"), (2, 9_060 - 3600, "Сейчас")], true);
        check(&[(1, 9_000, "Пришлите счёт"), (2, 9_060, "правка")], true);
        check(&[], false);
        check(&[(1, 9_001, "Пришлите счёт")], false);
        check(&[(1, 9_000, "Другое"), (2, 9_060, "Сейчас"), (7, 9_120, "х")], false);
        check(&[(7, 9_120, "")], false);
    }

    #[test]
    fn a_provisional_number_is_stable_and_negative() {
        let at = jiff::civil::date(2018, 8, 1).at(10, 0, 0, 0);
        let number = |title, id, text, repeat| provisional(title, Some(Beginning::new(MessageId(id), Some(at), text)), repeat);
        let here = number(Some("Анна "), 5, "Привет", 0);
        assert_eq!(here, number(Some("Анна"), 5, "Привет\n", 0));
        assert!(here.id < 0 && here.id > -(1 << 47));
        let others = [
            number(Some("Анна"), 6, "Привет", 0),
            number(Some("Игорь"), 5, "Привет", 0),
            number(Some("Анна"), 5, "Здравствуйте", 0),
            number(Some("Анна"), 5, "Привет", 1),
            provisional(Some("Анна"), None, 0),
        ];
        assert!(others.iter().all(|other| *other != here));
    }
}
