//! A chat as large as real ones are, written to disk piece by piece.

use crate::export::pretty;
use crate::{ANNA, KIRILL, local};
use serde_json::json;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

const WORDS: [&str; 16] = [
    "договор",
    "счёт",
    "поставка",
    "завтра",
    "пришлю",
    "скидка",
    "согласовано",
    "отгрузка",
    "оплата",
    "бригада",
    "смета",
    "объект",
    "проверьте",
    "пожалуйста",
    "invoice",
    "спасибо",
];

/// Writes one personal chat of `messages` messages and about `bytes` bytes; 208,000 and 75,000,000 are those of a real
/// client of many years. The same numbers give the same bytes.
pub fn big_chat(path: &Path, messages: u64, bytes: u64) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    write!(out, "{{\n \"name\": \"{}\",\n \"type\": \"personal_chat\",\n \"id\": {},\n \"messages\": [", KIRILL.name, KIRILL.id)?;
    let each = usize::try_from(bytes / messages.max(1)).unwrap_or(usize::MAX);
    for n in 0..messages {
        let comma = if n == 0 { "" } else { "," };
        write!(out, "{comma}\n  {}", message(n, each))?;
    }
    out.write_all(b"\n ]\n}")?;
    out.flush()
}

fn message(n: u64, bytes: usize) -> String {
    let who = if n.is_multiple_of(3) { ANNA } else { KIRILL };
    let at = 1_600_000_000 + i64::try_from(n).unwrap_or(i64::MAX / 2) * 600;
    let without_text = 290;
    let text = words(n, bytes.saturating_sub(without_text) / 2);
    let value = json!({
        "id": n + 1,
        "type": "message",
        "date": local(at),
        "date_unixtime": at.to_string(),
        "from": who.name,
        "from_id": format!("user{}", who.id),
        "text": text,
        "text_entities": [{"type": "plain", "text": text}],
    });
    pretty(&value, 2)
}

/// About `bytes` bytes of words that differ from message to message.
fn words(n: u64, bytes: usize) -> String {
    let mut text = format!("№{n}");
    let mut state = n.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    while text.len() < bytes {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let word = WORDS.get(usize::try_from(state >> 60).unwrap_or(0)).copied().unwrap_or_default();
        text.push(' ');
        text.push_str(word);
    }
    text
}
