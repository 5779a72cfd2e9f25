//! The files beside an export. Their paths are strangers' input: nothing outside the folder is ever opened, neither by `..`
//! nor by a link, and nothing that is not a plain file. Writes nothing.

use crate::open;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// The folder that the media paths of an export are relative to.
#[derive(Clone, Debug)]
pub struct ExportFolder {
    root: PathBuf,
}

/// An opened file of an export, standing at its start.
#[derive(Debug)]
pub struct MediaFile {
    pub file: File,
    /// Bytes.
    pub len: u64,
}

/// Why there is no file; one variant per thing to tell the user.
#[derive(Debug, thiserror::Error)]
pub enum MediaMissing {
    #[error("the file is not in the export's folder")]
    NotThere,
    #[error("the path leads out of the export's folder")]
    Outside,
    #[error("this is not a plain file")]
    NotAFile,
    #[error("the file may not be read by this user")]
    NoAccess,
    #[error("the file could not be read")]
    Io(#[source] io::Error),
}

impl From<io::Error> for MediaMissing {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::InvalidFilename => MediaMissing::NotThere,
            io::ErrorKind::PermissionDenied => MediaMissing::NoAccess,
            _ => MediaMissing::Io(error),
        }
    }
}

impl ExportFolder {
    /// `source` is what was imported: the folder, or a file in it.
    pub fn of(source: &Path) -> Self {
        ExportFolder { root: open::root(source) }
    }

    /// Opens a file by its path in the export, `/` between the parts. The file's name may be composed («й») or decomposed
    /// («и» and a breve) whichever way the path is written: disks and archivers change that.
    ///
    /// # Errors
    /// [`MediaMissing`], and nothing was opened.
    pub fn open(&self, path: &str) -> Result<MediaFile, MediaMissing> {
        let Some(path) = plain_path(path) else { return Err(MediaMissing::Outside) };
        let root = fs::canonicalize(&self.root)?;
        let found = find(&root, &path)?;
        // Only now, with every link resolved, it shows where the file really is.
        let found = fs::canonicalize(found)?;
        if !found.starts_with(&root) {
            return Err(MediaMissing::Outside);
        }
        // A pipe or a device would be opened and waited for.
        if !fs::metadata(&found)?.is_file() {
            return Err(MediaMissing::NotAFile);
        }
        let file = File::open(found)?;
        let len = file.metadata()?.len();
        Ok(MediaFile { file, len })
    }
}

/// The path with `/` between its parts, if it is relative, stays below and means the same on every system.
pub(crate) fn plain_path(path: &str) -> Option<String> {
    let path = path.replace('\\', "/");
    let forbidden = |c: char| c.is_control() || c == ':';
    let is_plain = !path.chars().any(forbidden) && path.split('/').all(|part| !matches!(part, "" | "." | ".."));
    is_plain.then_some(path)
}

/// As written, composed, decomposed; at last by what the folder really holds.
fn find(root: &Path, path: &str) -> Result<PathBuf, MediaMissing> {
    let composed: String = path.nfc().collect();
    let decomposed: String = path.nfd().collect();
    for path in [path, &composed, &decomposed] {
        match fs::symlink_metadata(root.join(path)) {
            Ok(_) => return Ok(root.join(path)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    if path.is_ascii() {
        return Err(MediaMissing::NotThere);
    }
    composed.split('/').try_fold(root.to_owned(), |folder, part| named(&folder, part))
}

/// The entry of a folder whose composed name this is.
fn named(folder: &Path, composed: &str) -> Result<PathBuf, MediaMissing> {
    let exact = folder.join(composed);
    if fs::symlink_metadata(&exact).is_ok() {
        return Ok(exact);
    }
    let same = |name: &str| !is_nfc(name) && name.nfc().eq(composed.chars());
    let entry = fs::read_dir(folder)?.flatten().find(|entry| entry.file_name().to_str().is_some_and(same));
    entry.map(|entry| entry.path()).ok_or(MediaMissing::NotThere)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    fn folder(files: &[&str]) -> (tempfile::TempDir, ExportFolder) {
        let outer = tempfile::tempdir().unwrap();
        let root = outer.path().join("export");
        fs::create_dir_all(&root).unwrap();
        for name in files {
            let path = root.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, name).unwrap();
        }
        fs::write(outer.path().join("secret"), "secret").unwrap();
        let export = ExportFolder::of(&root);
        (outer, export)
    }

    fn read(export: &ExportFolder, path: &str) -> String {
        match export.open(path) {
            Ok(mut media) => {
                let mut text = String::new();
                media.file.read_to_string(&mut text).unwrap();
                assert_eq!(media.len, text.len() as u64);
                text
            }
            Err(missing) => format!("{missing:?}"),
        }
    }

    #[test]
    fn files_are_found_however_their_name_is_composed() {
        // «й» of one and of two characters.
        let (_outer, export) = folder(&["photos/a.jpg", "files/Дого\u{438}\u{306}.pdf", "files/Фай\u{43b}.txt"]);
        let check = |path: &str, found: bool| assert_eq!(read(&export, path) != "NotThere", found, "{path}");
        check("photos/a.jpg", true);
        check("photos\\a.jpg", true);
        check("files/Дого\u{439}.pdf", true);
        check("files/Дого\u{438}\u{306}.pdf", true);
        check("files/Фа\u{438}\u{306}л.txt", true);
        check("photos/нет.jpg", false);
        check("photos/no.jpg", false);
        check("photos/a.jpg/b", false);
    }

    #[test]
    fn mixed_composition_is_found_in_the_folder() {
        let (_outer, export) = folder(&["files/\u{439}\u{438}\u{306}.pdf"]);
        assert!(export.open("files/\u{438}\u{306}\u{439}.pdf").is_ok());
    }

    #[test]
    fn nothing_outside_is_opened() {
        let (_outer, export) = folder(&["photos/a.jpg"]);
        for path in ["../secret", "photos/../../secret", "/etc/passwd", "C:\\secret", "..\\secret", "", "photos/", "a\0b"] {
            assert_eq!(read(&export, path), "Outside", "{path}");
        }
        assert_eq!(read(&export, "photos"), "NotAFile");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_followed_only_inside() {
        let (outer, export) = folder(&["photos/a.jpg"]);
        let root = outer.path().join("export");
        std::os::unix::fs::symlink(outer.path().join("secret"), root.join("photos/link.jpg")).unwrap();
        std::os::unix::fs::symlink(outer.path(), root.join("up")).unwrap();
        std::os::unix::fs::symlink("a.jpg", root.join("photos/same.jpg")).unwrap();
        std::os::unix::fs::symlink("loop", root.join("loop")).unwrap();
        assert_eq!(read(&export, "photos/link.jpg"), "Outside");
        assert_eq!(read(&export, "up/secret"), "Outside");
        assert_eq!(read(&export, "photos/same.jpg"), "photos/a.jpg");
        assert!(export.open("loop").is_err());
    }
}
