//! Telegram Desktop's JSON export: one chat (`ChatExport_…/result.json`) or a whole account (`DataExport_…`), of every
//! version since 2018. Two passes over the file in constant memory: a survey, then the reading. Facts of the format are
//! from telegramdesktop/tdesktop, `export_output_json.cpp`. Sections about the account itself (contacts, sessions with
//! their addresses and phones) are stepped over, never read.

mod cursor;
mod ids;
mod keys;
mod media;
mod message;
mod place;
mod read;
mod repair;
mod row;
mod splitter;
mod survey;
#[cfg(test)]
mod tests;
mod text;
mod time;
mod topics;
mod visitor;
mod walk;

use crate::open::{self, Opened};
use crate::utf16::Utf16;
use crate::{Error, Importer, Options, Report, Sink};
use read::Reader;
use std::io::{Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use survey::Survey;
use walk::End;

const FORMAT: &str = "telegram-json";

pub(crate) const IMPORTER: Importer = Importer { format: FORMAT, recognises, read: read_file };

fn recognises(head: &[u8]) -> bool {
    matches!(open::start_of_content(head).first(), Some(b'{' | b'['))
}

fn read_file(source: &mut Opened, options: &Options, sink: &mut dyn Sink) -> Result<Report, Error> {
    match source.utf16 {
        Some(order) => read(Utf16::new(&mut source.file, order)?, options, sink),
        None => read(&mut source.file, options, sink),
    }
}

pub(crate) fn read<R: Read + Seek>(mut input: R, options: &Options, sink: &mut dyn Sink) -> Result<Report, Error> {
    let total = input.seek(SeekFrom::End(0))?;
    input.seek(SeekFrom::Start(0))?;
    let mut first_half = |read: u64| sink.progress(read / 2, total);
    let mut survey = Survey::new(options, &mut first_half);
    let (end, bytes_read) = walk::walk(&mut input, &mut survey)?;
    if end == End::Cancelled {
        return Ok(Report { format: FORMAT, cancelled: true, bytes_read, ..Report::default() });
    }
    let facts = survey.finish(options).ok_or(Error::NotAnExport)?;
    input.seek(SeekFrom::Start(0))?;
    let mut reader = Reader::new(&facts, options, sink, total);
    let (end, bytes_read) = match reader.account() {
        ControlFlow::Continue(()) => walk::walk(&mut input, &mut reader)?,
        ControlFlow::Break(()) => (End::Cancelled, 0),
    };
    let report = Report { salvaged: end == End::Salvaged, cancelled: end == End::Cancelled, bytes_read, ..reader.report };
    if report.salvaged && report.messages == 0 {
        return Err(Error::NothingSalvaged);
    }
    if !report.cancelled {
        // The last word to the progress bar; too late to cancel.
        let _ = sink.progress(total, total);
    }
    Ok(report)
}
