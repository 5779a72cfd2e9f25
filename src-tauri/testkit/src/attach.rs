//! Files beside an export, and the folder that holds both.

use crate::Age;
use crate::export::Export;
use serde_json::json;
use std::fs;
use std::io;
use std::path::Path;

/// What a file is to its message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attachment {
    Photo,
    Voice,
    VideoNote,
    Video,
    Audio,
    Animation,
    Sticker,
    File,
}

impl Attachment {
    /// Folder, the export's word, and the type of the bytes.
    fn facts(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Attachment::Photo => ("photos", "", "image/jpeg"),
            Attachment::Voice => ("voice_messages", "voice_message", "audio/ogg"),
            Attachment::VideoNote => ("round_video_messages", "video_message", "video/mp4"),
            Attachment::Video => ("video_files", "video_file", "video/mp4"),
            Attachment::Audio => ("files", "audio_file", "audio/mpeg"),
            Attachment::Animation => ("video_files", "animation", "video/mp4"),
            Attachment::Sticker => ("stickers", "sticker", "image/webp"),
            Attachment::File => ("files", "", "application/octet-stream"),
        }
    }
}

impl Export {
    /// Attaches a file to the message named last.
    pub fn attach(self, what: Attachment, name: &str, bytes: &[u8]) -> Self {
        let (folder, word, mime) = what.facts();
        let path = format!("{}{folder}/{name}", self.folder_of_last());
        let size = json!(bytes.len());
        let mut export = if what == Attachment::Photo {
            self.with("photo", json!(path)).with("photo_file_size", size).with("width", json!(640)).with("height", json!(480))
        } else {
            self.with("file", json!(path)).with("file_name", json!(name)).with("file_size", size).with("mime_type", json!(mime))
        };
        if !word.is_empty() {
            export = export.with("media_type", json!(word));
        }
        if matches!(what, Attachment::Voice | Attachment::VideoNote | Attachment::Video | Attachment::Audio) {
            export = export.with("duration_seconds", json!(8));
        }
        if what == Attachment::Sticker {
            export = export.with("sticker_emoji", json!("🔥"));
        }
        export.files.push((path, bytes.to_vec()));
        export
    }

    /// Writes `result.json` and the attached files.
    pub fn to_folder(&self, folder: &Path) -> io::Result<()> {
        fs::create_dir_all(folder)?;
        fs::write(folder.join("result.json"), self.to_json())?;
        self.write_files(folder)
    }

    /// Writes the HTML pages of the same messages and the attached files.
    pub fn to_html_folder(&self, folder: &Path) -> io::Result<()> {
        fs::create_dir_all(folder)?;
        for (path, text) in self.to_html(Age::Now) {
            write(&folder.join(path), text.as_bytes())?;
        }
        self.write_files(folder)
    }

    fn write_files(&self, folder: &Path) -> io::Result<()> {
        self.files.iter().try_for_each(|(path, bytes)| write(&folder.join(path), bytes))
    }
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(path, bytes)
}
