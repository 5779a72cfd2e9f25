//! Pieces of files. The caller writes them where they are encrypted, checks the length and goes on after a failure from
//! where it stood: a piece is asked for by its place, so nothing is read twice and nothing is taken for the end that is none.

use crate::limiter::Pace;
use crate::{Account, Error};
use grammers_tl_types as tl;
use std::fmt;
use tl::functions as f;

/// Where a file can be had, for as long as the reference lives. A dead one is renewed by reading its message again.
#[derive(Clone, PartialEq, Eq)]
pub struct FileRef {
    pub dc: i32,
    pub id: i64,
    pub access_hash: i64,
    pub reference: Vec<u8>,
    /// The size of a photo that is meant.
    pub thumb: Option<String>,
    /// Bytes.
    pub size: u64,
}

impl fmt::Debug for FileRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileRef({} in {}, {} bytes)", self.id, self.dc, self.size)
    }
}

/// Bytes from the asked place on; fewer than [`PIECE`] only at the end.
#[derive(Debug)]
pub struct Piece {
    pub bytes: Vec<u8>,
    pub is_last: bool,
}

/// Bytes asked for at once: Telegram wants places and lengths that divide by 4 KiB and lie in one mebibyte.
pub const PIECE: u64 = 512 * 1024;

impl Account {
    /// One piece, `at` a multiple of [`PIECE`].
    ///
    /// # Errors
    /// `Refused` with `FILE_REFERENCE_…` when the message must be read anew; all of the network.
    pub async fn piece(&self, file: &FileRef, at: u64) -> Result<Piece, Error> {
        match self.piece_in(file.dc, file, at).await {
            Err(Error::Migrate(dc)) => self.piece_in(dc, file, at).await,
            other => other,
        }
    }

    async fn piece_in(&self, dc: i32, file: &FileRef, at: u64) -> Result<Piece, Error> {
        let request = f::upload::GetFile {
            precise: false,
            cdn_supported: false,
            location: location(file),
            offset: i64::try_from(at).unwrap_or(i64::MAX),
            limit: PIECE as i32,
        };
        let answer = match self.api().call_in(dc, &request, Pace::File).await {
            // A data centre that is not the account's home does not know it yet.
            Err(Error::SignedOut(_)) if dc != self.api().keeper().home() => {
                self.introduce(dc).await?;
                self.api().call_in(dc, &request, Pace::File).await?
            }
            other => other?,
        };
        match answer {
            tl::enums::upload::File::File(file) => {
                let is_last = (file.bytes.len() as u64) < PIECE;
                Ok(Piece { bytes: file.bytes, is_last })
            }
            // Never asked for: `cdn_supported` is off.
            tl::enums::upload::File::CdnRedirect(_) => Err(Error::Refused("CDN_REDIRECT".into())),
        }
    }

    /// Carries the sign-in over to another data centre.
    async fn introduce(&self, dc: i32) -> Result<(), Error> {
        let tl::enums::auth::ExportedAuthorization::Authorization(ticket) =
            self.api().call(&f::auth::ExportAuthorization { dc_id: dc }, Pace::Urgent).await?;
        let import = f::auth::ImportAuthorization { id: ticket.id, bytes: ticket.bytes };
        self.api().call_in(dc, &import, Pace::Urgent).await.map(|_| ())
    }
}

fn location(file: &FileRef) -> tl::enums::InputFileLocation {
    let FileRef { id, access_hash, reference, thumb, .. } = file.clone();
    match thumb {
        Some(thumb_size) => tl::types::InputPhotoFileLocation { id, access_hash, file_reference: reference, thumb_size }.into(),
        None => {
            tl::types::InputDocumentFileLocation { id, access_hash, file_reference: reference, thumb_size: String::new() }.into()
        }
    }
}
