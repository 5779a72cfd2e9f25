//! The server's side of the two-step password: SRP as core.telegram.org/api/srp describes it.

use num_bigint::BigUint;
use sha2::{Digest, Sha256, Sha512};

use crate::dice::Dice;

/// The 2048-bit safe prime of RFC 3526, group 14; 2 generates its subgroup.
const PRIME: &str = "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B\
302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007\
CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E\
36CE3BE39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA051015728E5A8AACAA68FFFFFFFFFFFFFFFF";
pub(crate) const GENERATOR: i32 = 2;
/// Rounds of PBKDF2 that the algorithm's name fixes.
const ROUNDS: u32 = 100_000;

/// What a server keeps of a password.
#[derive(Clone, Debug)]
pub(crate) struct Verifier {
    pub(crate) salt1: Vec<u8>,
    pub(crate) salt2: Vec<u8>,
    v: BigUint,
}

/// One question asked: the server's secret and what was sent of it.
#[derive(Clone, Debug)]
pub(crate) struct Challenge {
    pub(crate) id: i64,
    secret: BigUint,
    pub(crate) public: Vec<u8>,
}

fn hash(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}

fn salted(data: &[u8], salt: &[u8]) -> [u8; 32] {
    hash(&[salt, data, salt])
}

pub(crate) fn prime() -> BigUint {
    BigUint::parse_bytes(PRIME.as_bytes(), 16).expect("a hexadecimal constant")
}

pub(crate) fn prime_bytes() -> Vec<u8> {
    padded(&prime())
}

/// 256 bytes, big-endian, as every number here is hashed and sent.
pub(crate) fn padded(number: &BigUint) -> Vec<u8> {
    let bytes = number.to_bytes_be();
    let mut out = vec![0; 256usize.saturating_sub(bytes.len())];
    out.extend(bytes);
    out
}

impl Verifier {
    pub(crate) fn new(password: &str, dice: &mut Dice) -> Self {
        let (mut salt1, mut salt2) = (vec![0; 16], vec![0; 16]);
        dice.fill(&mut salt1);
        dice.fill(&mut salt2);
        let first = salted(&salted(password.as_bytes(), &salt1), &salt2);
        let mut stretched = [0u8; 64];
        pbkdf2::pbkdf2_hmac::<Sha512>(&first, &salt1, ROUNDS, &mut stretched);
        let x = BigUint::from_bytes_be(&salted(&stretched, &salt2));
        Self { salt1, salt2, v: BigUint::from(2u32).modpow(&x, &prime()) }
    }

    fn multiplied(&self) -> BigUint {
        let p = prime();
        let k = BigUint::from_bytes_be(&hash(&[&padded(&p), &padded(&BigUint::from(2u32))]));
        (k * &self.v) % p
    }

    pub(crate) fn challenge(&self, dice: &mut Dice) -> Challenge {
        let mut secret = [0u8; 256];
        dice.fill(&mut secret);
        let secret = BigUint::from_bytes_be(&secret);
        let public = (self.multiplied() + BigUint::from(2u32).modpow(&secret, &prime())) % prime();
        Challenge { id: dice.next() as i64, secret, public: padded(&public) }
    }

    /// Whether the client knows the password: its M1 must be the one we compute.
    pub(crate) fn accepts(&self, challenge: &Challenge, a: &[u8], m1: &[u8]) -> bool {
        let p = prime();
        let a_number = BigUint::from_bytes_be(a);
        let a = padded(&a_number);
        let u = BigUint::from_bytes_be(&hash(&[&a, &challenge.public]));
        let shared = (a_number * self.v.modpow(&u, &p) % &p).modpow(&challenge.secret, &p);
        let key = hash(&[&padded(&shared)]);
        let (hp, hg) = (hash(&[&padded(&p)]), hash(&[&padded(&BigUint::from(2u32))]));
        let mixed: Vec<u8> = hp.iter().zip(hg).map(|(p, g)| p ^ g).collect();
        let parts: [&[u8]; 6] = [&mixed, &hash(&[&self.salt1]), &hash(&[&self.salt2]), &a, &challenge.public, &key];
        hash(&parts)[..] == *m1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use grammers_crypto::two_factor_auth::{calculate_2fa, check_p_and_g};

    #[test]
    fn the_right_password_passes_and_a_wrong_one_does_not() {
        let mut dice = Dice::new(3);
        let verifier = Verifier::new("пароль", &mut dice);
        let challenge = verifier.challenge(&mut dice);
        let answer = |password: &str| {
            let (salt1, salt2, p) = (&verifier.salt1, &verifier.salt2, prime_bytes());
            calculate_2fa(salt1, salt2, &p, &GENERATOR, challenge.public.clone(), vec![9; 256], password)
        };
        let (m1, a) = answer("пароль");
        assert!(verifier.accepts(&challenge, &a, &m1));
        let (m1, a) = answer("Пароль");
        assert!(!verifier.accepts(&challenge, &a, &m1));
        assert!(check_p_and_g(&prime_bytes(), &GENERATOR), "clients refuse other numbers");
    }
}
