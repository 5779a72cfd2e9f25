//! Files of captured messages, fetched at once: the file of a deleted message cannot be had later. Pieces stream through
//! memory into the sealed store; nothing of a file is ever on the disk unencrypted. Self-destructing files have no place
//! and never come here.

use super::desk::Desk;
use super::sift::place_of;
use letopis_archive::{CaptureMedia, Captured};
use letopis_model::{Change, KeptMedia, Source};
use letopis_telegram::{Error, FileRef, PIECE, Trouble};
use letopis_vault::blobs::Stored;
use std::io::{self, Read};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

const AT_ONCE: usize = 20;
const IDLE: Duration = Duration::from_secs(60);
const RETRY: Duration = Duration::from_secs(2);
/// Tries of one piece before the file waits for its next turn.
const TRIES: u32 = 4;
/// Turns of one file before it is given up.
const TURNS: u32 = 10;

/// Why a file did not come.
enum Fail {
    /// It never will; a word for the ledger.
    Lost(&'static str),
    /// Perhaps in its next turn.
    Later,
    /// Something that concerns more than this file.
    Ends(Error),
}

/// Runs until something ends the whole run.
pub async fn run(desk: Arc<Desk>) -> Error {
    loop {
        let id = desk.id;
        let wanted = match desk.hall.read(move |reader| reader.wanted_media(id, AT_ONCE)).await {
            Ok(wanted) => wanted,
            Err(failure) => return Error::Store(failure.to_string()),
        };
        if wanted.is_empty() {
            let _ = tokio::time::timeout(IDLE, desk.media.notified()).await;
            continue;
        }
        let mut failures = 0;
        for media in wanted {
            match fetch(&desk, &media).await {
                Ok(()) => {}
                Err(Fail::Ends(error)) if error.trouble() == Trouble::Stop => return error,
                Err(fail) => {
                    failures += 1;
                    if let Err(error) = note(&desk, media, fail).await {
                        return error;
                    }
                }
            }
        }
        if failures > 0 {
            tokio::time::sleep(RETRY).await;
        }
    }
}

async fn note(desk: &Arc<Desk>, media: CaptureMedia, fail: Fail) -> Result<(), Error> {
    let lost = match fail {
        Fail::Lost(why) => Some(why),
        Fail::Later if media.tries + 1 >= TURNS => Some("failed"),
        Fail::Later => None,
        // The link is down: not the file's fault.
        Fail::Ends(_) => return Ok(()),
    };
    let id = desk.id;
    let noted = desk.hall.write(move |writer| writer.media_failed(id, &media, lost)).await;
    noted.map_err(|failure| Error::Store(failure.to_string()))
}

async fn fetch(desk: &Arc<Desk>, media: &CaptureMedia) -> Result<(), Fail> {
    let file = place_of(media).ok_or(Fail::Lost("place"))?;
    if !desk.inner.lock().await.scope.members.contains(&media.chat.peer()) {
        return Err(Fail::Lost("scope"));
    }
    let stored = store(desk, media, file).await?;
    let now = desk.hall.now();
    let kept = KeptMedia {
        chat: media.chat,
        message: media.message,
        edited_at: media.edited_at,
        sha256: stored.sha256,
        size: stored.len,
        seen_at: now,
        source: Source::Live,
    };
    let captured = Captured {
        account: Some(desk.id),
        changes: vec![Change::MediaKept(Box::new(kept))],
        media_done: vec![(media.chat, media.message, media.edited_at)],
        ..Captured::default()
    };
    // Under the lock, so that a scope that changed meanwhile is obeyed.
    let inner = desk.inner.lock().await;
    if !inner.scope.members.contains(&media.chat.peer()) {
        return Err(Fail::Lost("scope"));
    }
    desk.keep(captured).await.map_err(|failure| Fail::Ends(Error::Store(failure.to_string())))?;
    Ok(())
}

/// Streams the file into the store, which keeps it only if it came whole.
async fn store(desk: &Arc<Desk>, media: &CaptureMedia, file: FileRef) -> Result<Stored, Fail> {
    let (pieces, received) = mpsc::channel(2);
    let archive = desk.hall.archive().map_err(|_| Fail::Ends(Error::Store("locked".into())))?;
    let sealing = tokio::task::spawn_blocking(move || archive.blobs().put(Pieces { received, rest: Vec::new().into_iter() }));
    let sent = send(desk, media, file, &pieces).await;
    if sent.is_err() {
        // The store hears that the file breaks off and keeps nothing.
        let _ = pieces.send(None).await;
    }
    drop(pieces);
    let stored = sealing.await;
    sent?;
    match stored {
        Ok(Ok(stored)) => Ok(stored),
        Ok(Err(error)) if error.kind() == io::ErrorKind::StorageFull => Err(Fail::Ends(Error::Store("the disk is full".into()))),
        Ok(Err(_)) | Err(_) => Err(Fail::Later),
    }
}

async fn send(
    desk: &Arc<Desk>,
    media: &CaptureMedia,
    mut file: FileRef,
    pieces: &mpsc::Sender<Option<Vec<u8>>>,
) -> Result<(), Fail> {
    let (mut at, mut tries) = (0, 0);
    loop {
        match desk.account.piece(&file, at).await {
            Ok(piece) => {
                tries = 0;
                let len = piece.bytes.len() as u64;
                at += len;
                if len > 0 && pieces.send(Some(piece.bytes)).await.is_err() {
                    return Err(Fail::Later);
                }
                // The end is where the length says, never where an answer happens to be short.
                if at >= file.size || (len < PIECE && piece.is_last) {
                    return if at == file.size { Ok(()) } else { Err(Fail::Later) };
                }
            }
            Err(Error::Refused(name)) if name.starts_with("FILE_REFERENCE") || name.starts_with("FILEREF") => {
                tries += 1;
                if tries > TRIES {
                    return Err(Fail::Later);
                }
                file = renew(desk, media, &file).await?;
            }
            Err(Error::Refused(_)) => return Err(Fail::Later),
            Err(error) => {
                tries += 1;
                match error.trouble() {
                    _ if tries > TRIES => return Err(Fail::Ends(error)),
                    Trouble::Wait(wait) => tokio::time::sleep(wait).await,
                    Trouble::Reconnect => tokio::time::sleep(RETRY).await,
                    Trouble::Stop | Trouble::Skip => return Err(Fail::Ends(error)),
                }
            }
        }
    }
}

/// A reference that has died is renewed by reading its message again, if the message still carries that file.
async fn renew(desk: &Arc<Desk>, media: &CaptureMedia, old: &FileRef) -> Result<FileRef, Fail> {
    let found = desk.account.by_ids(media.chat.peer(), &[media.message]).await.map_err(|error| match error {
        Error::Refused(_) | Error::UnknownPeer => Fail::Lost("chat"),
        other => Fail::Ends(other),
    })?;
    let seen = found.seen.into_iter().next().ok_or(Fail::Lost("deleted"))?;
    let fresh = seen.file.ok_or(Fail::Lost("replaced"))?;
    if fresh.id == old.id { Ok(fresh) } else { Err(Fail::Lost("replaced")) }
}

/// The pieces as one stream of bytes for the store's thread. `None` breaks it off.
struct Pieces {
    received: mpsc::Receiver<Option<Vec<u8>>>,
    rest: std::vec::IntoIter<u8>,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.rest.as_slice().is_empty() {
            match self.received.blocking_recv() {
                Some(Some(piece)) => self.rest = piece.into_iter(),
                Some(None) => return Err(io::Error::other("the file breaks off")),
                None => return Ok(0),
            }
        }
        let read = self.rest.as_slice().read(buffer)?;
        if read > 0 {
            self.rest.nth(read - 1);
        }
        Ok(read)
    }
}
