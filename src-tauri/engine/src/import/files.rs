//! Files beside an export: streamed into the blob store, each once. A file that is not there, leads out of the folder or
//! cannot be read is named and spoils nothing; a store that cannot be written ends the import.

use super::report::{ImportReport, Skipped};
use crate::Failure;
use crate::words::{Lang, missing_file};
use letopis_intake::{ExportFolder, MediaMissing};
use letopis_model::{KeptMedia, MessageKind, Sighting};
use letopis_vault::blobs::{BlobStore, Stored};
use std::collections::HashMap;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Paths whose bytes are remembered: stickers are named thousands of times.
const REMEMBERED: usize = 20_000;

pub(super) struct Files {
    folder: ExportFolder,
    /// `None`: only looks whether the files are there.
    store: Option<BlobStore>,
    lang: Lang,
    cancelled: Arc<AtomicBool>,
    known: HashMap<String, Stored>,
    kept: u64,
    new: u64,
    bytes: u64,
    missing: u64,
    left_out: u64,
}

/// What became of a message's file.
pub(super) enum Kept {
    /// The message has none, or it was only looked at.
    Nothing,
    File(KeptMedia),
    Missing(Skipped),
    /// Cancelled inside the file; nothing of it stays.
    Stopped,
}

impl Files {
    pub fn of(folder: ExportFolder, store: Option<BlobStore>, lang: Lang, cancelled: Arc<AtomicBool>) -> Self {
        let known = HashMap::new();
        Files { folder, store, lang, cancelled, known, kept: 0, new: 0, bytes: 0, missing: 0, left_out: 0 }
    }

    /// # Errors
    /// The store cannot be written.
    pub fn keep(&mut self, sighting: &Sighting) -> Result<Kept, Failure> {
        let Some(media) = &sighting.content.media else { return Ok(Kept::Nothing) };
        let Some(path) = &media.path else {
            // A sticker is its emoji; of anything else the user should know.
            self.left_out += u64::from(sighting.content.kind != MessageKind::Sticker);
            return Ok(Kept::Nothing);
        };
        let stored = match self.known.get(path) {
            Some(stored) => Ok(Some(*stored)),
            None => self.take(path),
        };
        match stored {
            Ok(Some(stored)) => {
                self.kept += 1;
                self.remember(path, stored);
                Ok(self.store.as_ref().map_or(Kept::Nothing, |_| Kept::File(record(sighting, &stored))))
            }
            Ok(None) => Ok(Kept::Stopped),
            Err(Trouble::Missing(why)) => {
                self.missing += 1;
                Ok(Kept::Missing(Skipped { place: path.clone(), why: missing_file(self.lang, &why).to_owned() }))
            }
            Err(Trouble::Store(failure)) => Err(failure),
        }
    }

    fn remember(&mut self, path: &str, stored: Stored) {
        if self.known.len() < REMEMBERED {
            self.known.insert(path.to_owned(), stored);
        }
    }

    /// `None` when it was cancelled.
    fn take(&mut self, path: &str) -> Result<Option<Stored>, Trouble> {
        let media = self.folder.open(path).map_err(Trouble::Missing)?;
        let Some(store) = &self.store else {
            self.bytes += media.len;
            return Ok(Some(Stored { sha256: [0; 32], len: media.len, is_new: false }));
        };
        let mut source = Watched { file: media.file, cancelled: &self.cancelled, failed: None };
        match store.put(&mut source) {
            Ok(stored) => {
                self.new += u64::from(stored.is_new);
                self.bytes += stored.len;
                Ok(Some(stored))
            }
            Err(_) if self.cancelled.load(Ordering::Relaxed) => Ok(None),
            Err(error) => Err(match source.failed {
                Some(kind) => Trouble::Missing(MediaMissing::Io(kind.into())),
                None => Trouble::Store(Failure::from_io(error, store.folder().to_owned())),
            }),
        }
    }

    pub fn count_into(self, report: &mut ImportReport) {
        report.media = self.kept;
        report.media_new = self.new;
        report.media_bytes = self.bytes;
        report.media_missing = self.missing;
        report.media_left_out = self.left_out;
    }
}

enum Trouble {
    Missing(MediaMissing),
    Store(Failure),
}

fn record(sighting: &Sighting, stored: &Stored) -> KeptMedia {
    KeptMedia {
        chat: sighting.chat,
        message: sighting.message,
        edited_at: sighting.edited_at,
        sha256: stored.sha256,
        size: stored.len,
        seen_at: sighting.seen_at,
        source: sighting.source,
    }
}

/// Reads the export's file, and tells its trouble from that of the store. Cancelled in the middle it breaks off.
struct Watched<'a, R> {
    file: R,
    cancelled: &'a AtomicBool,
    failed: Option<io::ErrorKind>,
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.cancelled.load(Ordering::Relaxed) {
            return Err(io::Error::other("cancelled"));
        }
        self.file.read(buffer).inspect_err(|error| {
            // An interrupted read is asked again by the store.
            if error.kind() != io::ErrorKind::Interrupted {
                self.failed = Some(error.kind());
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use letopis_model::{ChatId, Content, Direction, Media, MessageId, PeerId, Source, Timestamp};
    use letopis_vault::Subkey;
    use std::path::Path;

    fn sighting(path: Option<&str>) -> Sighting {
        let media = Media { path: path.map(str::to_owned), ..Media::default() };
        Sighting {
            chat: ChatId::new(None, PeerId::user(555)),
            message: MessageId(7),
            sender: None,
            sender_name: None,
            direction: Direction::In,
            sent_at: Some(Timestamp(1)),
            edited_at: Some(Timestamp(2)),
            content: Content { kind: MessageKind::Photo, media: Some(media), ..Content::default() },
            reactions: Vec::new(),
            seen_at: Timestamp(3),
            source: Source::Import,
        }
    }

    fn files(dir: &Path, keeps: bool, cancelled: bool) -> Files {
        std::fs::create_dir_all(dir.join("export/photos")).unwrap();
        std::fs::write(dir.join("export/photos/а.jpg"), b"picture").unwrap();
        std::fs::write(dir.join("export/photos/б.jpg"), b"picture").unwrap();
        let store = BlobStore::at(dir.join("blobs"), &Subkey::from_bytes([1; 32])).unwrap();
        let folder = ExportFolder::of(&dir.join("export"));
        Files::of(folder, keeps.then_some(store), Lang::Ru, Arc::new(AtomicBool::new(cancelled)))
    }

    fn counts(files: Files) -> [u64; 5] {
        let mut report = ImportReport::default();
        files.count_into(&mut report);
        [report.media, report.media_new, report.media_bytes, report.media_missing, report.media_left_out]
    }

    #[test]
    fn equal_bytes_are_stored_once_and_each_message_gets_its_record() {
        let dir = tempfile::tempdir().unwrap();
        let mut files = files(dir.path(), true, false);
        for path in ["photos/а.jpg", "photos/б.jpg", "photos/а.jpg"] {
            let Ok(Kept::File(media)) = files.keep(&sighting(Some(path))) else { panic!("{path} is there") };
            assert_eq!((media.size, media.edited_at, media.message), (7, Some(Timestamp(2)), MessageId(7)));
        }
        assert_eq!(counts(files), [3, 1, 14, 0, 0]);
    }

    #[test]
    fn what_cannot_be_had_is_named_and_counted() {
        let dir = tempfile::tempdir().unwrap();
        let mut files = files(dir.path(), true, false);
        for (path, why) in [("photos/нет.jpg", "нет рядом"), ("../secret", "за пределы"), ("photos", "не файл")]
        {
            let Ok(Kept::Missing(note)) = files.keep(&sighting(Some(path))) else { panic!("{path} must be missing") };
            assert!(note.place == path && note.why.contains(why), "{note:?}");
        }
        assert!(matches!(files.keep(&sighting(None)), Ok(Kept::Nothing)));
        assert_eq!(counts(files), [0, 0, 0, 3, 1]);
    }

    #[test]
    fn a_dry_run_and_a_cancelled_one_store_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let mut dry = files(dir.path(), false, false);
        assert!(matches!(dry.keep(&sighting(Some("photos/а.jpg"))), Ok(Kept::Nothing)));
        assert_eq!(counts(dry), [1, 0, 7, 0, 0]);
        let mut stopped = files(dir.path(), true, true);
        assert!(matches!(stopped.keep(&sighting(Some("photos/а.jpg"))), Ok(Kept::Stopped)));
        let left = std::fs::read_dir(dir.path().join("blobs")).map_or(0, |entries| entries.count());
        assert_eq!(left, 0, "no half of a blob stays");
    }

    #[test]
    fn a_store_that_cannot_be_written_ends_the_import() {
        let dir = tempfile::tempdir().unwrap();
        let mut files = files(dir.path(), true, false);
        std::fs::write(dir.path().join("blobs"), b"a file stands where the folder must be").unwrap();
        assert!(files.keep(&sighting(Some("photos/а.jpg"))).is_err());
    }

    #[test]
    fn a_file_that_breaks_off_is_not_the_stores_fault() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::ErrorKind::UnexpectedEof.into())
            }
        }
        let cancelled = AtomicBool::new(false);
        let mut watched = Watched { file: Broken, cancelled: &cancelled, failed: None };
        assert!(watched.read(&mut [0; 8]).is_err());
        assert_eq!(watched.failed, Some(io::ErrorKind::UnexpectedEof));
    }
}
