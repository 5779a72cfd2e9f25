//! Reading a pack back. Nothing is returned before every byte has proved to be the one that was written: age hands
//! out what stands before a damaged place, and a pack that ends early would look like a chat that does.

use crate::{
    Error, Pack, WORK_FACTOR,
    page::{CHECKSUM_END, CHECKSUM_START, PAYLOAD_START},
    passphrase,
};
use age::{DecryptError, Decryptor, armor::ArmoredReader, scrypt, secrecy::SecretString};
use data_encoding::HEXLOWER;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::io::Read;
use zeroize::Zeroizing;

/// Opens the bytes of a pack file. The words of the page around the payload may differ; the payload may not.
///
/// # Errors
/// [`Error::NotAPack`], [`Error::Damaged`], [`Error::WrongPassphrase`].
pub fn open(html: &[u8], passphrase: &SecretString) -> Result<Pack, Error> {
    let armour = verified_payload(html)?;
    parse(&decrypt(armour, passphrase)?)
}

/// The armour, if it has the checksum written after it. Without this check a changed byte in the salt would pass for a
/// wrong passphrase. Against a forger the authentication of age protects, not this.
fn verified_payload(html: &[u8]) -> Result<&[u8], Error> {
    let (_, rest) = split_once(html, PAYLOAD_START.as_bytes()).ok_or(Error::NotAPack)?;
    let (armour, rest) = split_once(rest, CHECKSUM_START.as_bytes()).ok_or(Error::Damaged)?;
    let (checksum, _) = split_once(rest, CHECKSUM_END.as_bytes()).ok_or(Error::Damaged)?;
    let actual = HEXLOWER.encode(&Sha256::digest(armour));
    if actual.as_bytes() == checksum { Ok(armour) } else { Err(Error::Damaged) }
}

fn split_once<'a>(bytes: &'a [u8], mark: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = bytes.windows(mark.len()).position(|window| window == mark)?;
    Some((bytes.get(..at)?, bytes.get(at + mark.len()..)?))
}

pub(crate) fn decrypt(armour: &[u8], passphrase: &SecretString) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut identity = scrypt::Identity::new(passphrase::canonical(passphrase));
    // We never write more; a file that asks for more would hold the machine for hours.
    identity.set_max_work_factor(WORK_FACTOR);
    let decryptor = Decryptor::new(ArmoredReader::new(armour)).map_err(|_| Error::Damaged)?;
    let mut reader = match decryptor.decrypt(std::iter::once(&identity as &dyn age::Identity)) {
        Ok(reader) => reader,
        Err(DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed) => return Err(Error::WrongPassphrase),
        Err(_) => return Err(Error::Damaged),
    };
    let mut plain = Zeroizing::new(Vec::with_capacity(armour.len()));
    reader.read_to_end(&mut plain).map_err(|_| Error::Damaged)?;
    Ok(plain)
}

fn parse(plain: &[u8]) -> Result<Pack, Error> {
    #[derive(Deserialize)]
    struct Format {
        #[serde(rename = "letopis-pack")]
        version: u32,
    }
    let format: Format = serde_json::from_slice(plain).map_err(|_| Error::NotAPack)?;
    if format.version != Pack::FORMAT {
        return Err(Error::NotAPack);
    }
    serde_json::from_slice(plain).map_err(|_| Error::NotAPack)
}
