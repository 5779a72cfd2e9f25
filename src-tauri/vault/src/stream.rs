//! Long streams that leave the archive folder, in the age format (age-encryption.org/v1): chunks of 64 KiB, each
//! authenticated, the last one marked, so that a changed byte and a cut-off end are noticed. The passphrase recipient of
//! age takes a 256-bit subkey in hexadecimal digits; stretching a random key would only cost time.

use crate::{Subkey, hex};
use age::secrecy::SecretString;
use age::{Decryptor, Encryptor, scrypt};
use std::io::{self, Read, Write};

/// The least that age takes.
const WORK_FACTOR: u8 = 1;

fn secret(key: &Subkey) -> SecretString {
    SecretString::from(hex(key.bytes()))
}

/// A stream being sealed; what was written counts after [`Sealing::finish`].
pub struct StreamSealer<W: Write>(age::stream::StreamWriter<W>);

impl<W: Write> StreamSealer<W> {
    /// # Errors
    /// Those of `out`.
    pub fn new(out: W, key: &Subkey) -> io::Result<Self> {
        let mut recipient = scrypt::Recipient::new(secret(key));
        recipient.set_work_factor(WORK_FACTOR);
        let recipients = std::iter::once(&recipient as &dyn age::Recipient);
        let encryptor = Encryptor::with_recipients(recipients).map_err(io::Error::other)?;
        Ok(StreamSealer(encryptor.wrap_output(out)?))
    }

    /// Writes the end, without which the stream is refused.
    ///
    /// # Errors
    /// Those of the inner writer.
    pub fn finish(self) -> io::Result<W> {
        self.0.finish()
    }
}

impl<W: Write> Write for StreamSealer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Opens a sealed stream. Read it to its end before anything of it is trusted: only the end says that nothing is missing.
///
/// # Errors
/// `InvalidData` when the key does not fit or the header was changed; reading fails where a later byte was.
pub fn open_stream<R: Read>(input: R, key: &Subkey) -> io::Result<impl Read + use<R>> {
    let invalid = |error: age::DecryptError| match error {
        age::DecryptError::Io(error) => error,
        other => io::Error::new(io::ErrorKind::InvalidData, other.to_string()),
    };
    let decryptor = Decryptor::new(input).map_err(invalid)?;
    let mut identity = scrypt::Identity::new(secret(key));
    identity.set_max_work_factor(WORK_FACTOR);
    decryptor.decrypt(std::iter::once(&identity as &dyn age::Identity)).map_err(invalid)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(bytes: &[u8]) -> Vec<u8> {
        let mut sealer = StreamSealer::new(Vec::new(), &Subkey::from_bytes([1; 32])).unwrap();
        sealer.write_all(bytes).unwrap();
        sealer.finish().unwrap()
    }

    fn opened(bytes: &[u8], key: u8) -> io::Result<Vec<u8>> {
        let mut out = Vec::new();
        open_stream(bytes, &Subkey::from_bytes([key; 32]))?.read_to_end(&mut out)?;
        Ok(out)
    }

    #[test]
    fn every_changed_byte_and_every_cut_is_noticed() {
        let plain = vec![7u8; 70_000];
        let whole = sealed(&plain);
        assert_eq!(opened(&whole, 1).unwrap(), plain);
        assert!(opened(&whole, 2).is_err(), "another key");
        for at in (0..250).chain((250..whole.len()).step_by(1999)).chain(whole.len() - 20..whole.len()) {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            assert!(opened(&changed, 1).is_err(), "byte {at}");
        }
        for cut in [0, 10, 150, 65_000, whole.len() - 1] {
            assert!(opened(&whole[..cut], 1).is_err(), "cut at {cut}");
        }
    }
}
