//! The pages of a damaged database, those of its log laid over them. A page that was changed is not there; nothing is
//! written, and no lock is needed but the archive's own.

use crate::Error;
use letopis_vault::Subkey;
use letopis_vault::pages::{PAGE, PageKey};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

const LOG_HEADER: u64 = 32;
const FRAME_HEADER: usize = 24;
const FRAME: u64 = (FRAME_HEADER + PAGE) as u64;
/// Pages that are tried with a key before it counts as another archive's.
const SAMPLES: u64 = 24;

pub struct Source {
    path: PathBuf,
    file: File,
    log: Option<File>,
    key: PageKey,
    pages: u32,
    /// Where the newest form of a page stands in the log; `None`: it was changed there.
    newer: BTreeMap<u32, Option<u64>>,
}

impl Source {
    /// # Errors
    /// `WrongKey` when the key opens no page: it is another one, or nothing is left.
    pub fn open(path: &Path, key: &Subkey) -> Result<Self, Error> {
        let failed = |error| Error::from_io(error, path);
        let mut file = File::open(path).map_err(failed)?;
        let pages = file.metadata().map_err(failed)?.len() / PAGE as u64;
        let mut salt = [0u8; 16];
        file.read_exact(&mut salt).map_err(failed)?;
        let step = (pages / SAMPLES).max(1);
        let mut samples = Vec::new();
        for at in (0..pages).step_by(usize::try_from(step).unwrap_or(usize::MAX)) {
            samples.push((number(at + 1)?, read(&mut file, at * PAGE as u64).map_err(failed)?));
        }
        // The first page may be the damaged one: the others tell whether its salt is.
        let (first, others) = samples.split_at(1.min(samples.len()));
        let samples = [others, first].concat();
        let found = PageKey::find(key, &salt, &samples).map_err(|error| Error::Damaged(error.to_string()))?;
        let key = found.ok_or(Error::WrongKey)?;
        let mut source = Source { path: path.to_owned(), file, log: None, key, pages: number(pages)?, newer: BTreeMap::new() };
        source.read_log()?;
        Ok(source)
    }

    /// Pages of the database.
    pub fn pages(&self) -> u32 {
        self.pages
    }

    /// The bytes that SQLite uses of a page; `None` when it was changed.
    ///
    /// # Errors
    /// The disk does not read.
    pub fn page(&mut self, number: u32) -> Result<Option<Vec<u8>>, Error> {
        if number == 0 || number > self.pages {
            return Ok(None);
        }
        let read = match (self.newer.get(&number), &mut self.log) {
            (Some(None), _) => return Ok(None),
            (Some(Some(at)), Some(log)) => read(log, *at),
            _ => read(&mut self.file, (u64::from(number) - 1) * PAGE as u64),
        };
        match read {
            Ok(page) => Ok(self.key.open(number, &page)),
            // A bad sector is damage like any other; so is a file that was cut off.
            Err(error) if error.raw_os_error() == Some(5) || error.kind() == ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(Error::from_io(error, &self.path)),
        }
    }

    /// Finds the committed pages of the log. A frame that was changed makes its page a damaged one: what stands in the
    /// database is older than what was acknowledged.
    fn read_log(&mut self) -> Result<(), Error> {
        let mut name = self.path.as_os_str().to_owned();
        name.push("-wal");
        let path = PathBuf::from(name);
        let failed = |error| Error::from_io(error, &path);
        let mut log = match File::open(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            found => found.map_err(failed)?,
        };
        let len = log.metadata().map_err(failed)?.len();
        let frames = len.saturating_sub(LOG_HEADER) / FRAME;
        let (mut salts, mut open) = (None, BTreeMap::new());
        for frame in 0..frames {
            let at = LOG_HEADER + frame * FRAME;
            let mut header = [0u8; FRAME_HEADER];
            log.seek(SeekFrom::Start(at)).and_then(|_| log.read_exact(&mut header)).map_err(failed)?;
            let of = header.get(8..16).map(<[u8]>::to_vec);
            // Frames of an earlier round of the log lie behind those of this one.
            if *salts.get_or_insert_with(|| of.clone()) != of {
                continue;
            }
            let (page, size) = (big_endian(&header, 0), big_endian(&header, 4));
            let body = at + FRAME_HEADER as u64;
            let is_whole = self.key.open(page, &read(&mut log, body).map_err(failed)?).is_some();
            open.insert(page, is_whole.then_some(body));
            if size > 0 {
                self.newer.append(&mut open);
                self.pages = size;
            }
        }
        self.log = Some(log);
        Ok(())
    }
}

fn number(page: u64) -> Result<u32, Error> {
    u32::try_from(page).map_err(|_| Error::Damaged("more pages than a database can have".into()))
}

fn read(file: &mut File, at: u64) -> std::io::Result<Vec<u8>> {
    let mut page = vec![0u8; PAGE];
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(&mut page)?;
    Ok(page)
}

pub fn big_endian(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |four| u32::from_be_bytes(*four))
}

/// Pages that were not there, by number.
pub type Lost = BTreeSet<u32>;
