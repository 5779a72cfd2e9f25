//! Telegram Desktop's HTML export: the pages of one chat, or of a whole account, of every version since 2018. Facts of the
//! format are from telegramdesktop/tdesktop, `export_output_html.cpp`. Two passes over the pages of a chat in constant memory:
//! who writes in it and which chat it may be, then the reading. The lists of contacts and sessions are never opened.

mod date;
mod entities;
mod facts;
mod layout;
mod media;
mod message;
mod page;
mod read;
mod service;
#[cfg(test)]
mod tests;
mod text;
mod tokens;

use crate::open::{self, Opened};
use crate::{Error, Importer, Options, Report, Sink};

const FORMAT: &str = "telegram-html";

pub(crate) const IMPORTER: Importer = Importer { format: FORMAT, recognises, read };

fn recognises(head: &[u8]) -> bool {
    let start = after_remarks(open::start_of_content(head));
    ["<!doctype html", "<html", "<div"]
        .iter()
        .any(|mark| start.get(..mark.len()).is_some_and(|s| s.eq_ignore_ascii_case(mark.as_bytes())))
}

/// A browser that saves a page says first where it had it from.
fn after_remarks(mut start: &[u8]) -> &[u8] {
    for (opening, closing) in [(&b"<?xml"[..], &b"?>"[..]), (b"<!--", b"-->"), (b"<!--", b"-->")] {
        if start.starts_with(opening)
            && let Some(at) = start.windows(closing.len()).position(|part| part == closing)
        {
            start = start.get(at + closing.len()..).unwrap_or_default().trim_ascii_start();
        }
    }
    start
}

fn read(opened: &mut Opened, options: &Options, sink: &mut dyn Sink) -> Result<Report, Error> {
    let layout = layout::find(opened)?;
    read::Reader::new(&layout, options, sink)?.run()
}

/// Reads one page out of memory.
pub(crate) fn read_bytes(bytes: &[u8], options: &Options, sink: &mut dyn Sink) -> Result<Report, Error> {
    read::Reader::new(&layout::of_bytes(bytes), options, sink)?.run()
}
