//! Readers of other programs' files: bytes in, `Change`s and `Problem`s out, one at a time, in constant memory.
//! Never writes to disk, never asks the clock or the network, never puts a text or a name into an error.
//!
//! A newcomer: one importer is one folder or file here and one line in [`IMPORTERS`], with a fixture and a broken-row test.

pub mod demo;

mod acquaintance;
mod error;
mod folder;
mod open;
mod report;
mod survey;
mod telegram_html;
mod telegram_json;
mod utf16;
mod zone;

pub use acquaintance::{Acquaintance, Sample, same_chat};
pub use error::{Error, Problem, Reason};
pub use folder::{ExportFolder, MediaFile, MediaMissing};
pub use open::sources;
pub use report::{Importer, Options, Report, Sink};
pub use survey::{ChatSurvey, OwnerGuess, Survey, survey};

use std::path::Path;

/// Every format that can be read, tried in this order.
pub const IMPORTERS: &[Importer] = &[telegram_json::IMPORTER, telegram_html::IMPORTER];

/// Reads a file, or an export folder, and hands what it finds to `sink`. Where a folder holds one export in two formats,
/// the better one is read; the other only if nothing can be had from it.
///
/// # Errors
/// Only when there is nothing to give; a broken row or tail is a [`Problem`], and what is complete is kept.
pub fn import(path: &Path, options: &Options, sink: &mut dyn Sink) -> Result<Report, Error> {
    let mut first_error = None;
    for candidate in open::candidates(path)? {
        match read(path, &candidate, options, sink) {
            Err(error @ (Error::Empty | Error::NotAnExport | Error::NothingSalvaged)) => drop(first_error.get_or_insert(error)),
            done => return done,
        }
    }
    Err(first_error.unwrap_or(Error::NotAnExport))
}

/// Reads one file out of memory: an export in JSON, or one page of HTML.
///
/// # Errors
/// As [`import`].
pub fn import_bytes(bytes: &[u8], options: &Options, sink: &mut dyn Sink) -> Result<Report, Error> {
    let head = bytes.get(..bytes.len().min(4096)).unwrap_or_default();
    let utf16 = utf16::order(head);
    let head = utf16.map_or_else(|| head.to_vec(), |order| order.decode(head));
    let importer = IMPORTERS.iter().find(|i| (i.recognises)(&head)).ok_or(Error::NotAnExport)?;
    match (importer.format, utf16) {
        ("telegram-html", _) => telegram_html::read_bytes(bytes, options, sink),
        (_, Some(order)) => telegram_json::read(utf16::Utf16::new(std::io::Cursor::new(bytes), order)?, options, sink),
        (_, None) => telegram_json::read(std::io::Cursor::new(bytes), options, sink),
    }
}

fn read(asked: &Path, file: &Path, options: &Options, sink: &mut dyn Sink) -> Result<Report, Error> {
    let mut opened = open::open(asked, file)?;
    let importer = IMPORTERS.iter().find(|i| (i.recognises)(&opened.head)).ok_or(Error::NotAnExport)?;
    (importer.read)(&mut opened, options, sink)
}
