//! Readers of other programs' files: bytes in, `Change`s and `Problem`s out, one at a time, in constant memory.
//! Never writes to disk, never asks the clock or the network, never puts a text or a name into an error.
//!
//! A newcomer: one importer is one folder or file here and one line in [`IMPORTERS`], with a fixture and a broken-row test.

pub mod demo;

mod error;
mod open;
mod report;
mod telegram_json;

pub use error::{Error, Problem, Reason};
pub use report::{Importer, Options, Report, Sink};

use std::path::Path;

/// Every format that can be read, tried in this order.
pub const IMPORTERS: &[Importer] = &[telegram_json::IMPORTER];

/// Reads a file, or an export folder, and hands what it finds to `sink`.
///
/// # Errors
/// Only when there is nothing to give; a broken row or tail is a [`Problem`], and what is complete is kept.
pub fn import(path: &Path, options: &Options, sink: &mut dyn Sink) -> Result<Report, Error> {
    let mut source = open::open(path)?;
    let importer = IMPORTERS.iter().find(|i| (i.recognises)(&source.head)).ok_or(Error::NotAnExport)?;
    (importer.read)(&mut source.file, options, sink)
}
