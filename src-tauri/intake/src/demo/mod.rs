//! The demo company «Верста»: four managers, their clients, three months of talk that ends at `now`.
//! No clock, no files, no outside randomness: the same `now` gives the same changes, and another `now` moves the dates.
//!
//! A line of `people.txt` is a chat, a `.txt` of `script/` is a family of scenes and sentences, `endings.txt` is what the
//! lead finds on the first morning. All names, firms, numbers and addresses are invented.

mod calendar;
mod chat;
mod deal;
mod ending;
mod hand;
mod media;
mod notation;
mod people;
mod render;
mod rng;
mod scene;
mod script;
#[cfg(test)]
mod tests;
mod write;

use calendar::Calendar;
use letopis_model::{Change, Timestamp};

/// Everything the archive would have learnt by `now`, in the order of time.
pub fn company(now: Timestamp) -> Vec<Change> {
    let calendar = Calendar::new(now);
    let script = script::script();
    let goods = people::goods();
    let mut chats = Vec::new();
    for (number, client) in (0u64..).zip(people::clients()) {
        let products = goods.get(client.trade).map(Vec::as_slice).unwrap_or_default();
        let drafts = chat::drafts(&client, number, &script, products, &calendar);
        chats.push(write::Chat { client, drafts });
    }
    write::changes(&chats, &calendar)
}
