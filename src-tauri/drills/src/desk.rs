//! A folder with everything one drill needs: an archive, an export beside it, and the recovery key that opens it.

use crate::story;
use anyhow::{Context, Result};
use letopis_engine::Job;
use std::fs;
use std::path::{Path, PathBuf};

pub const ARCHIVE: &str = "archive";
pub const BACKUP: &str = "copy.letopis";
pub const EXPORT: &str = "result.json";
/// Batches in the archive before a drill begins.
pub const BATCHES: u64 = 18;
/// Messages of each chat in the export and in the archive of the first schema.
pub const EXPORTED: i64 = 300;

/// A desk that is copied for each run.
pub struct Template {
    folder: tempfile::TempDir,
    pub recovery: String,
}

impl Template {
    /// An archive of [`BATCHES`] batches, indexed and closed. Costs one stretching of a passphrase.
    pub fn story() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let engine = story::engine(&folder.path().join(ARCHIVE));
        let recovery = engine.create(story::PASSPHRASE)?;
        let archive = engine.archive()?;
        (0..BATCHES).try_for_each(|batch| story::append(&archive, batch))?;
        archive.catch_up(&mut Job::quiet())?;
        archive.keep_head()?;
        drop(archive);
        engine.lock();
        fs::write(folder.path().join(EXPORT), export())?;
        Ok(Template { folder, recovery: recovery.to_string() })
    }

    /// An archive that a program of the first schema wrote.
    pub fn first_schema() -> Result<Self> {
        let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/schema-1-larger");
        let folder = tempfile::tempdir()?;
        let archive = folder.path().join(ARCHIVE);
        fs::create_dir(&archive)?;
        for name in ["archive.db", "keys.json"] {
            fs::copy(fixture.join(name), archive.join(name))?;
        }
        Ok(Template { folder, recovery: fs::read_to_string(fixture.join("recovery.txt"))?.trim().to_owned() })
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A copy to be ruined.
    pub fn lay(&self) -> Result<tempfile::TempDir> {
        let desk = tempfile::tempdir()?;
        copy(self.path(), desk.path())?;
        Ok(desk)
    }
}

/// Copies a folder with all that is in it.
pub fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| from.display().to_string())? {
        let path = entry?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy(&path, &target)?;
        } else {
            fs::copy(&path, &target)?;
        }
    }
    Ok(())
}

/// Every file under a folder, in order.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Text of a message in the export.
pub fn exported(message: i64) -> String {
    format!("запись №{message}: смета и отгрузка")
}

fn export() -> Vec<u8> {
    let message = |n: i64| {
        serde_json::json!({
            "id": n, "type": "message", "date": "2026-01-01T00:00:00", "date_unixtime": (1_767_225_600 + n * 60).to_string(),
            "from": "Мария Лис", "from_id": "user999", "text": exported(n),
            "text_entities": [{"type": "plain", "text": exported(n)}],
        })
    };
    let messages: Vec<_> = (1..=EXPORTED * 8).map(message).collect();
    let chat = serde_json::json!({"name": "Мария · Склад", "type": "personal_chat", "id": 999, "messages": messages});
    let account = serde_json::json!({"user_id": 4001, "first_name": "Анна", "last_name": "Белова"});
    serde_json::json!({"personal_information": account, "chats": {"list": [chat]}}).to_string().into_bytes()
}

/// Messages that the export adds.
pub fn export_adds() -> u64 {
    (EXPORTED * 8) as u64
}
