//! Evidence: a folder that a stranger can read and check without this program. It proves that these very bytes were in this
//! archive under this head of its tree; it does not prove who typed them. What it is made of and how it is checked stands
//! in `evidence/VERIFY.md`, which goes into every folder.
//!
//! The folder is written by the lead's explicit wish and is not encrypted: it is meant to be given away.

mod page;

use crate::{Failure, Lang, OpenArchive};
use letopis_archive::{Access, LeafRecord, TreeHead};
use letopis_model::{Content, MessageLink};
use letopis_vault::{hex, unhex};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

const FORMAT: &str = "letopis-evidence/1";
const VERIFY: &str = include_str!("evidence/VERIFY.md");
const CHUNK: u64 = 1 << 20;

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenEvidence {
    pub folder: PathBuf,
    pub messages: u64,
    pub files: u64,
    pub head: TreeHead,
}

#[derive(Serialize)]
struct Pack {
    format: &'static str,
    archive: String,
    made_at: String,
    made_by: String,
    tree_head: Head,
    messages: Vec<Told>,
    media: Vec<FileTold>,
}

#[derive(Serialize)]
struct Head {
    size: u64,
    root: String,
}

#[derive(Serialize)]
struct Told {
    link: String,
    chat: String,
    message: i64,
    versions: Vec<VersionTold>,
}

#[derive(Serialize)]
struct VersionTold {
    index: u64,
    /// The bytes that were hashed, as text; absent when the version was erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    leaf: Option<String>,
    leaf_hash: String,
    path: Vec<String>,
}

#[derive(Serialize)]
struct FileTold {
    sha256: String,
    size: u64,
    file: String,
}

impl OpenArchive {
    /// Writes evidence of messages into a new folder. `under` is the size of an earlier head, one that was printed or
    /// mailed, say; without it the head of now is used.
    ///
    /// # Errors
    /// `AlreadyExists` when the folder is there; `NotFound`; `Damaged` when a version does not fit the tree.
    pub fn write_evidence(
        &self,
        links: &[MessageLink],
        folder: &Path,
        under: Option<u64>,
        why: &str,
        lang: Lang,
    ) -> Result<WrittenEvidence, Failure> {
        let head = self.head_for(under)?;
        let pack = self.pack_evidence(links, head)?;
        fs::create_dir(folder).map_err(|e| Failure::from_io(e, folder.to_owned()))?;
        let written = self.write_folder(&pack, folder, lang);
        if written.is_err() {
            // Half a folder proves nothing; the first error is the one to report.
            let _ = fs::remove_dir_all(folder);
        }
        written?;
        let chat = links.first().map(|link| link.chat);
        self.note(Access::WroteEvidence, chat, &folder.display().to_string(), why)?;
        let (messages, files) = (pack.messages.len() as u64, pack.media.len() as u64);
        Ok(WrittenEvidence { folder: folder.to_owned(), messages, files, head })
    }

    /// The head to prove under: kept from now on.
    fn head_for(&self, under: Option<u64>) -> Result<TreeHead, Failure> {
        match under {
            None => self.keep_head(),
            Some(size) => {
                let now = self.tree_head()?;
                if size == 0 || size > now.size {
                    return Err(Failure::NotFound);
                }
                Ok(TreeHead { size, root: self.read(|reader| reader.root_at(size))? })
            }
        }
    }

    fn pack_evidence(&self, links: &[MessageLink], head: TreeHead) -> Result<Pack, Failure> {
        let mut media = BTreeMap::new();
        let mut messages = Vec::new();
        for link in links {
            let leaves = self.read(|reader| reader.leaves(*link))?;
            let leaves: Vec<LeafRecord> = leaves.into_iter().filter(|leaf| leaf.seq.0 <= head.size).collect();
            if leaves.is_empty() {
                return Err(Failure::NotFound);
            }
            for leaf in &leaves {
                media.extend(leaf.bytes.as_deref().and_then(file_of));
            }
            let versions = leaves.into_iter().map(|leaf| self.tell_version(leaf, head.size)).collect::<Result<_, _>>()?;
            messages.push(Told { link: link.to_string(), chat: link.chat.to_string(), message: link.message.0, versions });
        }
        Ok(Pack {
            format: FORMAT,
            archive: self.id.clone(),
            made_at: self.clock.zoned(self.clock.now()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
            made_by: format!("Letopis {}", env!("CARGO_PKG_VERSION")),
            tree_head: Head { size: head.size, root: hex(&head.root) },
            messages,
            media: media.into_iter().map(|(sha256, size)| file_told(sha256, size)).collect(),
        })
    }

    fn tell_version(&self, leaf: LeafRecord, size: u64) -> Result<VersionTold, Failure> {
        let proof = self.read(|reader| reader.proof(leaf.seq, size))?;
        let text = leaf.bytes.map(String::from_utf8).transpose();
        Ok(VersionTold {
            index: proof.index,
            leaf: text.map_err(|_| Failure::Damaged(format!("version {}", leaf.seq.0)))?,
            leaf_hash: hex(&leaf.hash),
            path: proof.path.iter().map(|hash| hex(hash)).collect(),
        })
    }

    fn write_folder(&self, pack: &Pack, folder: &Path, lang: Lang) -> Result<(), Failure> {
        let json = serde_json::to_vec_pretty(pack).map_err(anyhow::Error::new)?;
        write_new(&folder.join("evidence.json"), |out| out.write_all(&json))?;
        write_new(&folder.join("VERIFY.md"), |out| out.write_all(VERIFY.as_bytes()))?;
        let titles = self.titles(pack)?;
        let html = page::page(pack, &titles, &self.clock, lang);
        write_new(&folder.join("index.html"), |out| out.write_all(html.as_bytes()))?;
        if !pack.media.is_empty() {
            let shelf = folder.join("media");
            fs::create_dir(&shelf).map_err(|e| Failure::from_io(e, shelf.clone()))?;
        }
        pack.media.iter().try_for_each(|file| self.write_file(file, folder))?;
        write_sums(pack, folder)
    }

    fn titles(&self, pack: &Pack) -> Result<BTreeMap<String, String>, Failure> {
        let mut titles = BTreeMap::new();
        for told in &pack.messages {
            let Ok(chat) = told.chat.parse() else { continue };
            titles.insert(told.chat.clone(), self.chat_record(chat)?.title);
        }
        Ok(titles)
    }

    fn write_file(&self, file: &FileTold, folder: &Path) -> Result<(), Failure> {
        let sha256 = unhex(&file.sha256).ok_or_else(|| Failure::Damaged(file.file.clone()))?;
        let blob = self.blobs.open(&sha256).map_err(|e| Failure::from_io(e, self.blobs.folder().to_owned()))?;
        write_new(&folder.join(&file.file), |out| {
            let mut at = 0;
            while at < blob.len() {
                let part = blob.read_at(at, CHUNK)?;
                out.write_all(&part)?;
                at += part.len() as u64;
            }
            Ok(())
        })
    }
}

/// What `sha256sum -c` reads: a byte that was changed by chance, in the page or in the document too, is noticed without any
/// program of ours. Against who changes bytes by intent only the proofs help.
fn write_sums(pack: &Pack, folder: &Path) -> Result<(), Failure> {
    let mut sums = String::new();
    for name in ["VERIFY.md", "evidence.json", "index.html"] {
        let path = folder.join(name);
        let bytes = fs::read(&path).map_err(|e| Failure::from_io(e, path))?;
        sums.push_str(&format!("{}  {name}\n", hex(&Sha256::digest(bytes))));
    }
    for FileTold { sha256, file, size: _ } in &pack.media {
        sums.push_str(&format!("{sha256}  {file}\n"));
    }
    write_new(&folder.join("SHA256SUMS"), |out| out.write_all(sums.as_bytes()))
}

/// The file that a media version speaks of.
fn file_of(leaf: &[u8]) -> Option<(String, u64)> {
    let leaf: Value = serde_json::from_slice(leaf).ok()?;
    Some((leaf.get("media_sha256")?.as_str()?.to_owned(), leaf.get("media_size")?.as_u64()?))
}

fn file_told(sha256: String, size: u64) -> FileTold {
    let file = format!("media/{sha256}");
    FileTold { sha256, size, file }
}

/// The other fields of a content, as its leaf carries them.
fn rest_of(leaf: &Value) -> Content {
    let rest = leaf.get("rest").and_then(Value::as_str);
    rest.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
}

fn write_new(path: &Path, write: impl FnOnce(&mut BufWriter<File>) -> std::io::Result<()>) -> Result<(), Failure> {
    let done = File::options().write(true).create_new(true).open(path).and_then(|file| {
        let mut out = BufWriter::new(file);
        write(&mut out)?;
        out.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()
    });
    done.map_err(|e| Failure::from_io(e, path.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A document that can rot: its example is computed anew.
    #[test]
    fn the_worked_example_of_the_document_is_right() {
        let leaf = VERIFY.lines().find_map(|line| line.strip_prefix("`{\"format\"")).unwrap().trim_end_matches('`');
        let bytes = format!("{{\"format\"{leaf}");
        let hash = hex(&Sha256::new().chain_update([0]).chain_update(bytes).finalize());
        assert!(VERIFY.contains(&format!("has the leaf hash `{hash}`")), "{hash}");
    }

    #[test]
    fn the_worked_tree_of_the_document_is_right() {
        use letopis_archive::tree::{leaf_hash, node_hash};
        let leaf = VERIFY.lines().find_map(|line| line.strip_prefix("`{\"format\"")).unwrap().trim_end_matches('`');
        let leaves = [format!("{{\"format\"{leaf}"), "b".into(), "c".into()].map(|leaf| leaf_hash(leaf.as_bytes()));
        let left = node_hash(&leaves[0], &leaves[1]);
        let root = node_hash(&left, &leaves[2]);
        for hash in [leaves[1], leaves[2], left] {
            assert!(VERIFY.contains(&format!("`{}`", hex(&hash))));
        }
        assert!(VERIFY.contains(&format!("the root `{}` at `size` 3", hex(&root))));
    }
}
