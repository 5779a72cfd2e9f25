//! Salvage: a new archive folder with everything that is whole in a damaged one, under the same keys. The damaged folder is
//! read and never written. What is lost is named; the tree keeps its head, so proofs that were given stay good.

use crate::backup::{part_of, sync_parent, write_new};
use crate::heads::Sidecar;
use crate::job::{Job, Progress, Stage};
use crate::keys::Keys;
use crate::verify::checking;
use crate::{Engine, Failure, Home, Lang, Secret, head_text};
use letopis_archive::{Archive, Damage, Error, LostOfChat, Reader, Salvaged, TreeHead};
use letopis_model::{ChatId, Timestamp};
use letopis_vault::blobs::BlobStore;
use letopis_vault::{MasterKey, Purpose};
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::PoisonError;

/// What is lost of one chat, with the name that people call it by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LostChat {
    pub title: String,
    pub lost: LostOfChat,
}

/// What a salvage came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Salvage {
    pub folder: PathBuf,
    pub found: Salvaged,
    pub chats: Vec<LostChat>,
    /// Files that were taken along.
    pub files: u64,
    /// Names of files that were changed or are not there.
    pub lost_files: Vec<String>,
    /// What the self-check of the new archive still finds.
    pub remaining: Vec<Damage>,
}

impl Salvage {
    /// Nothing is missing in the new archive.
    pub fn is_whole(&self) -> bool {
        let Salvaged { unproven, tables, renamed, .. } = &self.found;
        self.chats.is_empty() && self.lost_files.is_empty() && *unproven == 0 && tables.is_empty() && renamed.is_empty()
    }

    /// What is lost, in words: one line for each thing.
    pub fn lines(&self, lang: Lang) -> Vec<String> {
        let found = &self.found;
        let mut lines = vec![match lang {
            Lang::Ru => format!(
                "Страниц повреждено: {} из {}. Версий спасено: {} из {}, файлов: {}.",
                found.lost_pages,
                found.pages,
                found.versions - found.lost_versions(),
                found.versions,
                self.files
            ),
            Lang::En => format!(
                "Damaged pages: {} of {}. Versions saved: {} of {}, files: {}.",
                found.lost_pages,
                found.pages,
                found.versions - found.lost_versions(),
                found.versions,
                self.files
            ),
        }];
        lines.extend(self.chats.iter().map(|chat| lost_line(chat, lang)));
        lines.extend(self.lost_files.iter().map(|name| match lang {
            Lang::Ru => format!("Файл потерян: blobs/{name}"),
            Lang::En => format!("A file is lost: blobs/{name}"),
        }));
        lines.extend(found.renamed.iter().map(|chat| match lang {
            Lang::Ru => format!("Чат {chat}: сообщения целы, но запись о чате потеряна; название могло измениться."),
            Lang::En => format!("Chat {chat}: its messages are whole, but its entry is lost; its name may be another."),
        }));
        lines.extend(found.tables.iter().map(|(table, places)| match lang {
            Lang::Ru => format!("Потеряна часть таблицы {table}, мест: {places}."),
            Lang::En => format!("Part of the table {table} is lost, places: {places}."),
        }));
        if found.unproven > 0 {
            lines.push(match lang {
                Lang::Ru => {
                    format!("У потерянных версий ({}) потерян и хеш: самопроверка будет называть это место.", found.unproven)
                }
                Lang::En => {
                    format!("The hashes of {} lost versions are lost too: the self-check will name the place.", found.unproven)
                }
            });
        }
        lines.extend(self.head_line(lang));
        lines
    }

    fn head_line(&self, lang: Lang) -> Option<String> {
        let head = head_text(&self.found.head?);
        Some(match (self.found.fits_known, lang) {
            (Some(true), Lang::Ru) => format!("Дерево сходится с головой, сохранённой рядом с архивом: {head}"),
            (Some(true), Lang::En) => format!("The tree fits the head kept beside the archive: {head}"),
            (Some(false), Lang::Ru) => {
                format!("Дерево НЕ сходится с головой, сохранённой рядом с архивом. Голова теперь: {head}")
            }
            (Some(false), Lang::En) => format!("The tree does NOT fit the head kept beside the archive. The head now: {head}"),
            (None, Lang::Ru) => format!("Сравнить дерево было не с чем. Голова: {head}"),
            (None, Lang::En) => format!("There was no head to compare the tree with. The head: {head}"),
        })
    }
}

fn lost_line(chat: &LostChat, lang: Lang) -> String {
    let LostOfChat { versions, first, last, .. } = &chat.lost;
    let (first, last) = (first.0, last.0);
    match (chat.lost.chat, lang) {
        (Some(id), Lang::Ru) => format!("{} ({id}): потеряно версий {versions}, номера {first}–{last}.", chat.title),
        (Some(id), Lang::En) => format!("{} ({id}): {versions} versions lost, numbers {first}–{last}.", chat.title),
        (None, Lang::Ru) => format!("Чат неизвестен: потеряно версий {versions}, номера {first}–{last}."),
        (None, Lang::En) => format!("Chat unknown: {versions} versions lost, numbers {first}–{last}."),
    }
}

/// Where the window puts what it saves: beside the damaged folder, under a name that is free.
pub fn salvage_folder(home: &Home) -> PathBuf {
    beside(home.folder(), "salvaged")
}

fn beside(folder: &Path, ending: &str) -> PathBuf {
    let named = |n: u32| {
        let mut name = folder.file_name().unwrap_or_default().to_owned();
        name.push(if n == 1 { format!(".{ending}") } else { format!(".{ending}-{n}") });
        folder.with_file_name(name)
    };
    (1..).map(named).find(|path| !path.exists()).unwrap_or_else(|| named(1))
}

impl Engine {
    /// Saves what is whole into `folder`, which must not exist or be empty. An archive that is open here is locked for it;
    /// it stays as it is.
    ///
    /// # Errors
    /// Those of [`Engine::unlock`]; `Damaged` when no page of the database opens; `AlreadyExists`, `DiskFull`, `Cancelled`:
    /// nothing stays then.
    pub fn salvage(&self, secret: &Secret<'_>, folder: &Path, job: &mut Job<'_>) -> Result<Salvage, Failure> {
        if folder.starts_with(self.home.folder()) || is_taken(folder) {
            return Err(Failure::AlreadyExists(folder.to_owned()));
        }
        let _turn = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let held = self.home.held(secret)?;
        if self.behind().is_some() {
            // A mistyped secret must neither close a screen nor end the recording behind it.
            self.home.open_keys(&held)?;
        }
        self.lock();
        let keys = self.patiently(|home| home.unlock_untouched(&held))?;
        let part = part_of(folder);
        if part.exists() {
            // Left by a salvage that was killed.
            fs::remove_dir_all(&part).map_err(|e| Failure::from_io(e, part.clone()))?;
        }
        fs::create_dir_all(&part).map_err(|e| Failure::from_io(e, part.clone()))?;
        let saved = save(&self.home, &keys, &part, self.clock.now(), job).and_then(|mut saved| {
            if folder.exists() {
                fs::remove_dir(folder).map_err(|e| Failure::from_io(e, folder.to_owned()))?;
            }
            fs::rename(&part, folder).map_err(|e| Failure::from_io(e, folder.to_owned()))?;
            sync_parent(folder)?;
            saved.folder = folder.to_owned();
            Ok(saved)
        });
        if saved.is_err() {
            // Half an archive must not stand anywhere; the first error is the one to report.
            let _ = fs::remove_dir_all(&part);
        }
        saved
    }

    /// Puts a salvaged folder into the place of the damaged one, which is kept beside it under another name. Returns that
    /// name. By the lead's explicit wish only.
    ///
    /// # Errors
    /// `NoArchive` when there is nothing to put there, `Busy` while the archive is open; everything stands as before then.
    pub fn take_salvaged(&self, folder: &Path) -> Result<PathBuf, Failure> {
        if !Home::at(folder.to_owned()).exists() {
            return Err(Failure::NoArchive(folder.to_owned()));
        }
        let _turn = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        if self.behind().is_some() {
            return Err(Failure::Busy);
        }
        // Nobody has it open, here or elsewhere. The lock goes with the folder.
        let lock = self.patiently(Home::lock)?;
        let own = self.home.folder().to_owned();
        let aside = beside(&own, "damaged");
        drop(lock);
        fs::rename(&own, &aside).map_err(|e| Failure::from_io(e, own.clone()))?;
        if let Err(error) = fs::rename(folder, &own) {
            fs::rename(&aside, &own).map_err(|e| Failure::from_io(e, aside.clone()))?;
            return Err(Failure::from_io(error, folder.to_owned()));
        }
        sync_parent(&own)?;
        Ok(aside)
    }
}

fn is_taken(folder: &Path) -> bool {
    folder.exists() && fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_some())
}

fn save(home: &Home, keys: &Keys, part: &Path, at: Timestamp, job: &mut Job<'_>) -> Result<Salvage, Failure> {
    crate::home::private(part)?;
    take_along(home, part)?;
    let subkey = |master: &MasterKey, purpose| master.subkey(keys.archive, purpose);
    let mut sidecar = Sidecar::new(&subkey(&keys.master, Purpose::Sidecar)?);
    let mut blobs = BlobStore::at(home.blobs(), &subkey(&keys.master, Purpose::Blobs)?)?;
    if let Some(older) = &keys.previous {
        sidecar = sidecar.with_older(&subkey(older, Purpose::Sidecar)?);
        blobs = blobs.with_older(BlobStore::at(home.blobs(), &subkey(older, Purpose::Blobs)?)?);
    }
    // A head that was changed is one witness less, no reason to stop.
    let known =
        sidecar.read(home.folder()).inspect_err(|failure| tracing::warn!(%failure, "no head to compare with")).ok().flatten();
    let (archive, found) = save_database(home, keys, part, (known, at), job)?;
    drop(archive.writer()?);
    let reader = archive.reader()?;
    let mut saved = Salvage { found, ..Salvage::default() };
    saved.chats = saved
        .found
        .lost
        .iter()
        .map(|lost| Ok(LostChat { title: title(&reader, lost.chat)?, lost: lost.clone() }))
        .collect::<Result<_, Failure>>()?;
    save_files(&reader, &blobs, &part.join("blobs"), &mut saved, job)?;
    if let Some(head) = &saved.found.head {
        sidecar.write(part, head)?;
    }
    let checked = reader.verify(true, &mut |done, total| job.step(checking(done, total)))?;
    saved.remaining = checked.damaged;
    Ok(saved)
}

/// What is no secret of the database: the sealed keys and the settings, as they lie.
fn take_along(home: &Home, part: &Path) -> Result<(), Failure> {
    let keys = home.key_file();
    let bytes = fs::read(&keys).map_err(|e| Failure::from_io(e, keys))?;
    write_new(&part.join("keys.json"), &mut bytes.as_slice())?;
    match fs::read(home.settings_file()) {
        Ok(bytes) => write_new(&part.join("settings.json"), &mut bytes.as_slice()),
        Err(_) => Ok(()), // they are chosen anew
    }
}

/// While the master key is being changed, the database is under one of two.
fn save_database(
    home: &Home,
    keys: &Keys,
    part: &Path,
    (known, at): (Option<TreeHead>, Timestamp),
    job: &mut Job<'_>,
) -> Result<(Archive, Salvaged), Failure> {
    let mut step = |done, total| job.step(Progress { stage: Stage::Reading, done, total, messages: 0, chats: 0 });
    for master in [Some(&keys.master), keys.previous.as_ref()].into_iter().flatten() {
        let key = master.subkey(keys.archive, Purpose::Sql)?;
        let (from, into) = (Archive::at(home.folder(), key.clone()), Archive::at(part, key));
        match from.salvage(&into, known, at, &mut step) {
            Err(Error::WrongKey) => {}
            other => return Ok((into, other?)),
        }
    }
    Err(Failure::Damaged("archive.db: no page opens".into()))
}

fn title(reader: &Reader, chat: Option<ChatId>) -> Result<String, Failure> {
    Ok(chat.map(|chat| reader.chat(chat)).transpose()?.map(|record| record.title).unwrap_or_default())
}

fn save_files(reader: &Reader, blobs: &BlobStore, folder: &Path, saved: &mut Salvage, job: &mut Job<'_>) -> Result<(), Failure> {
    use std::io::ErrorKind;
    let hashes = reader.media_hashes()?;
    let total = hashes.len() as u64;
    for (done, sha256) in (1u64..).zip(&hashes) {
        match blobs.copy(sha256, folder) {
            Ok(()) => saved.files += 1,
            Err(error) if matches!(error.kind(), ErrorKind::InvalidData | ErrorKind::NotFound | ErrorKind::UnexpectedEof) => {
                let name = blobs.name_of(sha256).map_err(|e| Failure::from_io(e, blobs.folder().to_owned()))?;
                saved.lost_files.push(letopis_vault::hex(&name));
            }
            Err(error) => return Err(Failure::from_io(error, folder.to_owned())),
        }
        if job.step(Progress { stage: Stage::Copying, done, total, messages: 0, chats: 0 }) == ControlFlow::Break(()) {
            return Err(Failure::Cancelled);
        }
    }
    Ok(())
}
