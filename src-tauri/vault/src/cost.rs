//! What a passphrase guess costs. Argon2id (RFC 9106); the engine measures a machine and picks the passes.

use crate::{Error, Secret32};
use serde::{Deserialize, Serialize};
use std::time::Duration;

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

    /// More passes than this make a slow computer unusable with the same archive.
    const MOST_PASSES: u32 = 64;

    /// The cost that takes `target` on a machine where this one took `spent`, never below the floor.
    pub fn fitted(self, spent: Duration, target: Duration) -> Cost {
        let memory = self.memory.max(Cost::FLOOR.memory);
        let spent_for_one =
            spent.as_nanos().max(1) * u128::from(memory) / (u128::from(self.memory) * u128::from(self.passes)).max(1);
        let passes = target.as_nanos() / spent_for_one.max(1);
        let passes = u32::try_from(passes).unwrap_or(Cost::MOST_PASSES).clamp(Cost::FLOOR.passes, Cost::MOST_PASSES);
        Cost { memory, passes }
    }

    /// Whether `better` is worth a new slot: half as much again. Less is the machine's mood.
    pub fn should_become(self, better: Cost) -> bool {
        let work = |cost: Cost| u64::from(cost.memory) * u64::from(cost.passes);
        self.memory < better.memory || 2 * work(better) >= 3 * work(self)
    }

    pub(crate) fn is_sane(self) -> bool {
        (8..=Cost::CEILING.memory).contains(&self.memory) && (1..=Cost::CEILING.passes).contains(&self.passes)
    }

    /// Derives 32 bytes from a secret; takes as long as the cost says.
    ///
    /// # Errors
    /// When the parameters are out of Argon2's range.
    pub fn derive(self, secret: &[u8], salt: &[u8; 16]) -> Result<Secret32, Error> {
        let params = argon2::Params::new(self.memory, self.passes, 1, Some(32)).map_err(|_| Error::Crypto("argon2 cost"))?;
        let argon = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
        Secret32::filled(|out| argon.hash_password_into(secret, salt, out).map_err(|_| Error::Crypto("argon2")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cost_fits_the_machine_and_is_raised_only_when_it_matters() {
        let ms = Duration::from_millis;
        let check = |passes, spent, expected| {
            let cost = Cost { memory: Cost::FLOOR.memory, passes };
            assert_eq!(cost.fitted(ms(spent), ms(500)).passes, expected, "{passes} passes in {spent} ms");
        };
        check(3, 150, 10);
        check(3, 500, 3);
        check(3, 5000, 3); // a slow or busy machine: never below the floor
        check(10, 1, 64);
        let weak = Cost::FOR_TESTS.fitted(ms(1), ms(500));
        assert!(weak.memory == Cost::FLOOR.memory && weak.passes >= Cost::FLOOR.passes);
        let cost = |passes| Cost { passes, ..Cost::FLOOR };
        assert!(Cost::FOR_TESTS.should_become(Cost::FLOOR));
        assert!(cost(4).should_become(cost(6)) && !cost(4).should_become(cost(5)) && !cost(6).should_become(cost(4)));
    }
}
