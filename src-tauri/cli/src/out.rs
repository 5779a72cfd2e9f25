//! Output. A closed pipe (`letopis-cli search … | head`) ends the program quietly.

use anyhow::Context;
use letopis_engine::{Failure, Lang};
use std::io::Write;

/// One line to stdout.
pub fn line(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{text}") {
        // The reader has seen enough: that is how pipes end, not an error.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => std::process::exit(0),
        other => Ok(other.context("Write to stdout")?),
    }
}

pub fn json(value: &serde_json::Value) -> Result<(), Failure> {
    line(&value.to_string())
}

/// A failure in the user's language, and the cause behind one that has no words of its own.
pub fn failure(failure: &Failure, lang: Lang) {
    eprintln!("{}", failure.words(lang));
    if let Failure::Other(cause) = failure {
        eprintln!("({cause:#})");
    }
}

/// Text of one message on one line of a table; control and direction characters cannot disturb the terminal.
pub fn one_line(text: &str, limit: usize) -> String {
    let mut out: String = text.chars().map(plain).take(limit).collect();
    if text.chars().nth(limit).is_some() {
        out.push('…');
    }
    out
}

/// Text on as many lines as it has.
pub fn block(text: &str) -> String {
    text.chars().map(|c| if c == '\n' { '\n' } else { plain(c) }).collect()
}

fn plain(c: char) -> char {
    match c {
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => '·',
        c if c.is_control() => ' ',
        c => c,
    }
}
