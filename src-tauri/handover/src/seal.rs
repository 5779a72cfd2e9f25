//! Writing: pack → JSON → age → armour → page, as a stream; no second copy of the plaintext is made.

use crate::{Error, Pack, Viewer, WORK_FACTOR, page, passphrase};
use age::{
    Encryptor,
    armor::{ArmoredWriter, Format},
    scrypt,
    secrecy::SecretString,
};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use std::{
    io::{self, BufWriter, Write},
    ops::ControlFlow,
};

/// A pack was written whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// Size of the HTML file.
    pub bytes: u64,
}

/// Writes `pack` as one HTML file that `passphrase` opens. `progress` hears bytes done and bytes in all of the plain
/// pack, a few times a megabyte, and may stop the work; what `out` got until then is useless and to be removed. The key
/// derivation, about a second, comes after the first call.
///
/// # Errors
/// [`Error::WeakPassphrase`] before anything is written, [`Error::Cancelled`], [`Error::Io`] when `out` fails.
pub fn seal(
    pack: &Pack,
    passphrase: &SecretString,
    viewer: &Viewer,
    out: &mut dyn Write,
    progress: &mut dyn FnMut(u64, u64) -> ControlFlow<()>,
) -> Result<Sealed, Error> {
    seal_with(WORK_FACTOR, pack, passphrase, viewer, (out, progress))
}

type Sinks<'a> = (&'a mut dyn Write, &'a mut dyn FnMut(u64, u64) -> ControlFlow<()>);

/// [`seal`] with a work factor, so that tests need not wait for the real one.
pub(crate) fn seal_with(
    work_factor: u8,
    pack: &Pack,
    passphrase: &SecretString,
    viewer: &Viewer,
    (out, progress): Sinks<'_>,
) -> Result<Sealed, Error> {
    let passphrase = passphrase::canonical(passphrase);
    if passphrase::is_weak(&passphrase) {
        return Err(Error::WeakPassphrase);
    }
    let total = plain_size(pack)?;
    if progress(0, total).is_break() {
        return Err(Error::Cancelled);
    }
    let head = page::head(viewer);
    let mut out = BufWriter::with_capacity(STEP, out);
    out.write_all(head.as_bytes())?;

    let mut payload = Tally { inner: &mut out, bytes: 0, hash: Sha256::new() };
    write_payload(encryptor(passphrase, work_factor)?, pack, &mut payload, total, progress)?;
    let (payload_bytes, checksum) = (payload.bytes, HEXLOWER.encode(&payload.hash.finalize()));

    let tail = page::tail(&checksum);
    out.write_all(tail.as_bytes())?;
    out.flush()?;
    Ok(Sealed { bytes: payload_bytes + head.len() as u64 + tail.len() as u64 })
}

fn encryptor(passphrase: SecretString, work_factor: u8) -> Result<Encryptor, Error> {
    let mut recipient = scrypt::Recipient::new(passphrase);
    recipient.set_work_factor(work_factor);
    let recipients = std::iter::once(&recipient as &dyn age::Recipient);
    Encryptor::with_recipients(recipients).map_err(|error| Error::Io(io::Error::other(error)))
}

fn write_payload(
    encryptor: Encryptor,
    pack: &Pack,
    out: &mut dyn Write,
    total: u64,
    progress: &mut dyn FnMut(u64, u64) -> ControlFlow<()>,
) -> Result<(), Error> {
    let armour = ArmoredWriter::wrap_output(out, Format::AsciiArmor)?;
    let mut watched = Watched { inner: encryptor.wrap_output(armour)?, done: 0, told: 0, total, progress, cancelled: false };
    match serde_json::to_writer(&mut watched, pack) {
        Err(_) if watched.cancelled => return Err(Error::Cancelled),
        Err(error) => return Err(Error::Io(error.into())),
        Ok(()) => {}
    }
    watched.inner.finish()?.finish()?;
    Ok(())
}

/// The length of the pack's JSON: a first pass that keeps nothing, for an honest progress bar.
fn plain_size(pack: &Pack) -> Result<u64, Error> {
    let mut size = Tally { inner: io::sink(), bytes: 0, hash: () };
    serde_json::to_writer(&mut size, pack).map_err(io::Error::from)?;
    Ok(size.bytes)
}

/// Bytes between two calls of `progress`.
const STEP: usize = 256 * 1024;

/// Tells how far the plaintext is, and stops it on request.
struct Watched<'a, W> {
    inner: W,
    done: u64,
    told: u64,
    total: u64,
    progress: &'a mut dyn FnMut(u64, u64) -> ControlFlow<()>,
    cancelled: bool,
}

impl<W: Write> Write for Watched<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.done += written as u64;
        if self.done - self.told >= STEP as u64 || self.done == self.total {
            self.told = self.done;
            if (self.progress)(self.done, self.total).is_break() {
                self.cancelled = true;
                return Err(io::Error::other("cancelled"));
            }
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Counts what passes, and hashes it where `H` is a hash.
struct Tally<W, H> {
    inner: W,
    bytes: u64,
    hash: H,
}

trait Absorb {
    fn absorb(&mut self, bytes: &[u8]);
}

impl Absorb for Sha256 {
    fn absorb(&mut self, bytes: &[u8]) {
        self.update(bytes);
    }
}

impl Absorb for () {
    fn absorb(&mut self, _: &[u8]) {}
}

impl<W: Write, H: Absorb> Write for Tally<W, H> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hash.absorb(bytes.get(..written).unwrap_or(bytes));
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
