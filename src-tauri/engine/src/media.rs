//! Files of messages, from wherever they came: read in stretches for the window, or written out where the user says.
//! Nothing decrypted goes to the disk unasked.

use crate::{Access, Failure, MediaRecord, OpenArchive};
use letopis_model::{Message, MessageLink};
use letopis_vault::sealed::Sealed;
use std::fs::File;
use std::io::Write;
use std::path::Path;

/// Bytes decrypted at once while a file is written out.
const CHUNK: u64 = 1 << 20;
const HEAD: u64 = 64;

/// A kept file that can be read at any place.
pub struct OpenMedia {
    sealed: Sealed,
    /// By its first bytes, from a closed list: what the export or the sender says is not trusted.
    pub mime: &'static str,
}

impl OpenMedia {
    /// Bytes.
    pub fn len(&self) -> u64 {
        self.sealed.len()
    }

    pub fn is_empty(&self) -> bool {
        self.sealed.is_empty()
    }

    /// Up to `len` bytes from `from` on.
    ///
    /// # Errors
    /// `Damaged` when the stored file was changed.
    pub fn read(&self, from: u64, len: u64) -> Result<Vec<u8>, Failure> {
        self.sealed.read_at(from, len).map_err(damaged)
    }
}

fn damaged(error: std::io::Error) -> Failure {
    match error.kind() {
        std::io::ErrorKind::InvalidData | std::io::ErrorKind::NotFound => Failure::Damaged("blobs".into()),
        _ => Failure::from_io(error, "blobs".into()),
    }
}

impl OpenArchive {
    /// The file kept of a message: that of its current content, else the newest.
    pub fn kept_media(&self, message: &Message) -> Result<Option<MediaRecord>, Failure> {
        let kept = self.media(message.link)?;
        let current = kept.iter().rev().find(|record| record.edited_at == message.edited_at);
        Ok(current.or(kept.last()).copied())
    }

    /// Opens the file of a message.
    ///
    /// # Errors
    /// `NotFound` when none is kept; `Damaged` when it was changed.
    pub fn open_media(&self, link: MessageLink) -> Result<OpenMedia, Failure> {
        let record = self.kept_media(&self.message(link)?)?.ok_or(Failure::NotFound)?;
        let sealed = self.blobs().open(&record.sha256).map_err(damaged)?;
        let mime = mime(&sealed.read_at(0, HEAD).map_err(damaged)?);
        Ok(OpenMedia { sealed, mime })
    }

    /// Writes the file of a message, decrypted, where the user says.
    ///
    /// # Errors
    /// As [`OpenArchive::open_media`]; `NoRights`, `DiskFull`. A half-written file does not stay.
    pub fn save_media(&self, link: MessageLink, file: &Path) -> Result<(), Failure> {
        let media = self.open_media(link)?;
        let fails = |error| Failure::from_io(error, file.to_owned());
        let mut out = File::create(file).map_err(fails)?;
        let written = (0..media.len().div_ceil(CHUNK)).try_for_each(|n| {
            let bytes = media.read(n * CHUNK, CHUNK)?;
            out.write_all(&bytes).map_err(fails)
        });
        if written.is_err() {
            // The first error is the one to tell.
            let _ = std::fs::remove_file(file);
        }
        written?;
        let name = file.file_name().map_or(String::new(), |name| name.to_string_lossy().into_owned());
        self.note(Access::Exported, Some(link.chat), &name, "")
    }
}

/// What the web view may show or play; anything else is only bytes. Markup (SVG, HTML) is never on the list: it could run.
fn mime(head: &[u8]) -> &'static str {
    const STARTS: &[(&[u8], &str)] = &[
        (b"\xFF\xD8\xFF", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"GIF87a", "image/gif"),
        (b"GIF89a", "image/gif"),
        (b"OggS", "audio/ogg"),
        (b"ID3", "audio/mpeg"),
        (b"\xFF\xFB", "audio/mpeg"),
        (b"\xFF\xF3", "audio/mpeg"),
        (b"fLaC", "audio/flac"),
        (b"\x1A\x45\xDF\xA3", "video/webm"),
    ];
    let at = |from: usize, to: usize| head.get(from..to).unwrap_or_default();
    match (at(0, 4), at(4, 8), at(8, 12)) {
        (b"RIFF", _, b"WEBP") => "image/webp",
        (b"RIFF", _, b"WAVE") => "audio/wav",
        (_, b"ftyp", b"M4A " | b"M4B ") => "audio/mp4",
        (_, b"ftyp", b"avif") => "image/avif",
        (_, b"ftyp", b"qt  ") => "video/quicktime",
        (_, b"ftyp", _) => "video/mp4",
        _ => STARTS.iter().find(|(start, _)| head.starts_with(start)).map_or("application/octet-stream", |(_, mime)| mime),
    }
}

#[cfg(test)]
mod tests {
    use super::mime;

    #[test]
    fn a_file_is_what_its_first_bytes_say() {
        let check = |head: &[u8], expected: &str| assert_eq!(mime(head), expected, "{head:?}");
        check(b"\xFF\xD8\xFF\xE0\0\x10JFIF", "image/jpeg");
        check(b"\x89PNG\r\n\x1a\n\0\0", "image/png");
        check(b"RIFF\x24\0\0\0WEBPVP8 ", "image/webp");
        check(b"RIFF\x24\0\0\0WAVEfmt ", "audio/wav");
        check(b"RIFF\x24\0\0\0AVI LIST", "application/octet-stream");
        check(b"\0\0\0\x20ftypisom\0\0\x02\0", "video/mp4");
        check(b"\0\0\0\x20ftypM4A \0\0\0\0", "audio/mp4");
        check(b"OggS\0\x02", "audio/ogg");
        check(b"ID3\x04", "audio/mpeg");
        check(b"\x1A\x45\xDF\xA3", "video/webm");
        for plain in [&b""[..], b"RIF", b"<svg xmlns", b"<!DOCTYPE html>", b"%PDF-1.7", b"MZ\x90", "привет".as_bytes()] {
            check(plain, "application/octet-stream");
        }
    }
}
