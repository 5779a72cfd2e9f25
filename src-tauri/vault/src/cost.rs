//! What a passphrase guess costs. Argon2id (RFC 9106); the engine measures a machine and picks the passes.

use crate::Error;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// Argon2id parameters, one lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// KiB.
    pub memory: u32,
    pub passes: u32,
}

impl Cost {
    /// 64 MiB and three passes: the least that a release writes (RFC 9106, second recommended option).
    pub const FLOOR: Cost = Cost { memory: 64 * 1024, passes: 3 };
    /// More than this in a key file is an attack on the reader's memory or patience, not a cost.
    const CEILING: Cost = Cost { memory: 4 * 1024 * 1024, passes: 1000 };
    /// For tests only: fast and worthless.
    pub const FOR_TESTS: Cost = Cost { memory: 64, passes: 1 };

    pub(crate) fn is_sane(self) -> bool {
        (8..=Cost::CEILING.memory).contains(&self.memory) && (1..=Cost::CEILING.passes).contains(&self.passes)
    }

    /// Derives 32 bytes from a secret; takes as long as the cost says.
    ///
    /// # Errors
    /// When the parameters are out of Argon2's range.
    pub fn derive(self, secret: &[u8], salt: &[u8; 16]) -> Result<Zeroizing<[u8; 32]>, Error> {
        let params = argon2::Params::new(self.memory, self.passes, 1, Some(32)).map_err(|_| Error::Crypto("argon2 cost"))?;
        let argon = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
        let mut out = Zeroizing::new([0u8; 32]);
        argon.hash_password_into(secret, salt, out.as_mut()).map_err(|_| Error::Crypto("argon2"))?;
        Ok(out)
    }
}
