//! The public RSA key of a server that is not Telegram's own, as a PEM block: `PUBLIC KEY` (SubjectPublicKeyInfo) or
//! `RSA PUBLIC KEY` (PKCS #1). Telegram's own keys are built into grammers and never come this way.

use grammers_crypto::rsa;
use grammers_tl_types::Serializable;
use num_bigint::BigUint;
use sha1::{Digest, Sha1};
use std::fmt;

/// A server's public key, with the text it was read from.
#[derive(Clone, PartialEq, Eq)]
pub struct ServerKey {
    pem: String,
    n: BigUint,
    e: BigUint,
}

impl fmt::Debug for ServerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServerKey({:x})", self.fingerprint())
    }
}

impl ServerKey {
    /// `None` for anything but a public RSA key of 2048 bits, the only size that the protocol knows.
    pub fn from_pem(pem: &str) -> Option<Self> {
        let lines = pem.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("-----"));
        let der = data_encoding::BASE64.decode(lines.collect::<String>().as_bytes()).ok()?;
        let (n, e) = numbers(&der)?;
        (n.bits() == 2048).then(|| ServerKey { pem: pem.to_owned(), n, e })
    }

    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// The lower 64 bits of the SHA-1 of `n` and `e` as TL strings
    /// (<https://core.telegram.org/mtproto/auth_key#dh-exchange-initiation>).
    pub(crate) fn fingerprint(&self) -> i64 {
        let mut bytes = self.n.to_bytes_be().to_bytes();
        bytes.extend(self.e.to_bytes_be().to_bytes());
        let hash: [u8; 20] = Sha1::digest(&bytes).into();
        hash.last_chunk().map_or(0, |tail| i64::from_le_bytes(*tail))
    }

    pub(crate) fn rsa(&self) -> Option<rsa::Key> {
        rsa::Key::new(&self.n.to_string(), &self.e.to_string())
    }
}

const INTEGER: u8 = 0x02;
const BITS: u8 = 0x03;
const SEQUENCE: u8 = 0x30;

/// (n, e) of either form: the outer sequence holds two integers, or a name of the algorithm and the inner one as bits.
fn numbers(der: &[u8]) -> Option<(BigUint, BigUint)> {
    let (body, _) = element(der, SEQUENCE)?;
    if let Some((n, rest)) = element(body, INTEGER) {
        let (e, _) = element(rest, INTEGER)?;
        return Some((BigUint::from_bytes_be(n), BigUint::from_bytes_be(e)));
    }
    let (_, rest) = element(body, SEQUENCE)?;
    let (bits, _) = element(rest, BITS)?;
    numbers(bits.strip_prefix(&[0])?)
}

/// Takes one DER element off: its content and what follows it.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (first, rest) = der.split_first()?;
    let (length, rest) = rest.split_first()?;
    let (length, rest) = match length {
        0..=0x7f => (usize::from(*length), rest),
        0x81 => (usize::from(*rest.first()?), rest.get(1..)?),
        0x82 => (usize::from(u16::from_be_bytes(*rest.first_chunk()?)), rest.get(2..)?),
        _ => return None,
    };
    (*first == tag).then_some(())?;
    rest.split_at_checked(length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Telegram's public test key, in both forms.
    const PKCS1: &str = "-----BEGIN RSA PUBLIC KEY-----
MIIBCgKCAQEAyMEdY1aR+sCR3ZSJrtztKTKqigvO/vBfqACJLZtS7QMgCGXJ6XIR
yy7mx66W0/sOFa7/1mAZtEoIokDP3ShoqF4fVNb6XeqgQfaUHd8wJpDWHcR2OFwv
plUUI1PLTktZ9uW2WE23b+ixNwJjJGwBDJPQEQFBE+vfmH0JP503wr5INS1poWg/
j25sIWeYPHYeOrFp/eXaqhISP6G+q2IeTaWTXpwZj4LzXq5YOpk4bYEQ6mvRq7D1
aHWfYmlEGepfaYR8Q0YqvvhYtMte3ITnuSJs171+GDqpdKcSwHnd6FudwGO4pcCO
j4WcDuXc2CTHgH8gFTNhp/Y8/SpDOhvn9QIDAQAB
-----END RSA PUBLIC KEY-----";

    #[test]
    fn a_known_key_has_its_known_fingerprint() {
        assert_eq!(ServerKey::from_pem(PKCS1).unwrap().fingerprint(), -5_595_554_452_916_591_101);
    }

    #[test]
    fn both_forms_are_the_same_key() {
        let inner = PKCS1.lines().filter(|line| !line.starts_with("-----")).collect::<String>();
        let inner = data_encoding::BASE64.decode(inner.as_bytes()).unwrap();
        // SEQUENCE { SEQUENCE { rsaEncryption, NULL }, BIT STRING { inner } }
        let name = [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
        let long = |tag: u8, body: &[u8]| {
            let length = u16::try_from(body.len()).unwrap().to_be_bytes();
            [&[tag, 0x82], &length[..], body].concat()
        };
        let spki = long(SEQUENCE, &[&name[..], &long(BITS, &[&[0], &inner[..]].concat())].concat());
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", data_encoding::BASE64.encode(&spki));
        let (read, other) = (ServerKey::from_pem(&pem).unwrap(), ServerKey::from_pem(PKCS1).unwrap());
        assert_eq!((read.n, read.e), (other.n, other.e));
    }

    #[test]
    fn other_texts_are_no_keys() {
        for text in ["", "ключ", "-----BEGIN RSA PUBLIC KEY-----\nMAYCAQMCAQM=\n-----END RSA PUBLIC KEY-----"] {
            assert!(ServerKey::from_pem(text).is_none(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_break_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let _ = numbers(&bytes);
        }
    }
}
