//! Pages of a SQLCipher 4 database, each authenticated and decrypted on its own: for whoever must read what is whole in a
//! file that SQLCipher refuses because something in it is not. Never writes.
//!
//! ```text
//! page, 4096 bytes: AES-256-CBC ciphertext | IV, 16 | HMAC-SHA512 of ciphertext, IV and the page's number (u32 LE)
//! page 1 begins with the salt, 16 bytes, not encrypted; its ciphertext comes after it
//! key of the codes: PBKDF2-HMAC-SHA512(key, salt ^ 3a3a…, 2 rounds), 32 bytes
//! ```
//! The salt is needed for the codes only: one of its bytes that was changed can be found by trying.

use crate::{Error, Subkey};
use aes::Aes256;
use aes::cipher::{BlockDecrypt, KeyInit};
use ring::{hmac, pbkdf2};
use std::num::NonZeroU32;
use zeroize::Zeroizing;

/// Bytes of a page in the file.
pub const PAGE: usize = 4096;
/// Bytes of a page that SQLite uses.
pub const USABLE: usize = PAGE - IV - CODE;
const IV: usize = 16;
const CODE: usize = 64;
const BLOCK: usize = 16;
const SALT: usize = 16;
const MASK: u8 = 0x3a;
const ROUNDS: NonZeroU32 = NonZeroU32::MIN.saturating_add(1);
/// What stands in the place of the salt before encryption.
const MAGIC: &[u8; SALT] = b"SQLite format 3\0";

/// What opens the pages of one file.
pub struct PageKey {
    cipher: Aes256,
    codes: hmac::Key,
}

impl PageKey {
    /// # Errors
    /// When cryptography refuses.
    pub fn new(key: &Subkey, salt: &[u8; SALT]) -> Result<Self, Error> {
        let mut code_key = Zeroizing::new([0u8; 32]);
        let masked = salt.map(|byte| byte ^ MASK);
        pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA512, ROUNDS, &masked, key.bytes(), &mut *code_key);
        let cipher = Aes256::new_from_slice(key.bytes()).map_err(|_| Error::Crypto("page key"))?;
        Ok(PageKey { cipher, codes: hmac::Key::new(hmac::HMAC_SHA512, &*code_key) })
    }

    /// The key for a file of which some pages, each with its number, were read. `None` when it opens none of them, with the
    /// salt as it stands in the first page or with one byte of it changed: the key is another, or all of them are damaged.
    ///
    /// # Errors
    /// When cryptography refuses.
    pub fn find(key: &Subkey, salt: &[u8; SALT], pages: &[(u32, Vec<u8>)]) -> Result<Option<Self>, Error> {
        let opens = |salt: &[u8; SALT]| -> Result<Option<Self>, Error> {
            let found = PageKey::new(key, salt)?;
            Ok(pages.iter().any(|(number, page)| found.is_whole(*number, page)).then_some(found))
        };
        if let Some(found) = opens(salt)? {
            return Ok(Some(found));
        }
        for at in 0..SALT {
            for change in 1..=u8::MAX {
                let mut other = *salt;
                other.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= change);
                if let Some(found) = opens(&other)? {
                    return Ok(Some(found));
                }
            }
        }
        Ok(None)
    }

    fn is_whole(&self, number: u32, page: &[u8]) -> bool {
        let Some((sealed, code)) = page.split_at_checked(PAGE - CODE) else { return false };
        let sealed = if number == 1 { sealed.get(SALT..).unwrap_or_default() } else { sealed };
        let mut coded = sealed.to_vec();
        coded.extend_from_slice(&number.to_le_bytes());
        hmac::verify(&self.codes, &coded, code).is_ok()
    }

    /// The plain bytes of a page, [`USABLE`] of them; `None` when a byte of it was changed, or it is not page `number`.
    pub fn open(&self, number: u32, page: &[u8]) -> Option<Vec<u8>> {
        self.is_whole(number, page).then(|| self.decrypt(number, page))
    }

    fn decrypt(&self, number: u32, page: &[u8]) -> Vec<u8> {
        let (body, rest) = page.split_at(USABLE);
        let mut before = *rest.first_chunk::<BLOCK>().unwrap_or(&[0; BLOCK]);
        let mut plain = Vec::with_capacity(USABLE);
        let skipped = if number == 1 { 1 } else { 0 };
        plain.extend(MAGIC.iter().take(skipped * SALT));
        for sealed in body.as_chunks::<BLOCK>().0.iter().skip(skipped) {
            let mut block = aes::Block::from(*sealed);
            self.cipher.decrypt_block(&mut block);
            plain.extend(block.iter().zip(before).map(|(byte, other)| byte ^ other));
            before = *sealed;
        }
        plain
    }
}
