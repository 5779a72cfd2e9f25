//! The server's half of the key exchange (core.telegram.org/mtproto/auth_key), under an RSA key of its own.

use data_encoding::BASE64;
use grammers_crypto::{AuthKey, aes, generate_key_data_from_nonce};
use grammers_tl_types::{Cursor, Deserializable, Identifiable, Serializable, enums, functions as f, types};
use num_bigint::BigUint;
use sha1::{Digest, Sha1};
use sha2::Sha256;

use crate::dice::Dice;
use crate::keys::KeyBytes;
use crate::srp::{GENERATOR, padded, prime, prime_bytes};

/// The two primes of the server's RSA key: made for these tests, worth nothing.
const P: &str = "fe305b92ed056c5a53f72257d6c82bd81c39d23967e41274a8948a3efd507d4cec37cf4324a0c1d7c8007e7825d01beeedb009bfb31a8d854269ae\
cd9730a89ddc2319290020e5874a227ca56897976d288635238c52d021e2ec9b15d83457fd9d7c603d68874c4c8ed3d21c2a08b2d1d0c475b6f391f8643d9674ce78442fc1";
const Q: &str = "d8893a5593f47cfc471a32af13ddd61359a7ae953b7a30802dd372b54d06313c6cacb01540ae6061f2f2cd0c442133e6dc37ffde603ab92fc473f8\
e5223a2eca1917af06f36cfb88c1aa250618b7033073379b32610ebb4731eb693dd687320a717df29253d5ffbb187c684227a413a52bb8998a79e4b86ac9981f8931bdc21b";
const E: u32 = 65537;

/// The example of core.telegram.org/mtproto/samples-auth_key, with its factors.
const PQ: u64 = 0x17ed_4894_1a08_f981;
const SMALL: [u32; 2] = [0x494c_553b, 0x5391_1073];

/// How an exchange goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExchangeFault {
    /// The key is refused as known; the next one is taken.
    Retry,
    /// `dh_gen_fail`.
    Fail,
    /// The server shows a key that is not the one it is said to have.
    OtherKey,
    /// A secret that does not name the data centre is answered by hanging up.
    OnlyWithDc,
    /// The answer is changed on its way.
    Changed,
    /// A prime that is none.
    Weak,
}

fn number(hex: &str) -> BigUint {
    BigUint::parse_bytes(hex.as_bytes(), 16).expect("a hexadecimal constant")
}

fn modulus() -> BigUint {
    number(P) * number(Q)
}

fn sha1(bytes: &[u8]) -> [u8; 20] {
    Sha1::digest(bytes).into()
}

fn fingerprint() -> i64 {
    let mut bytes = modulus().to_bytes_be().to_bytes();
    bytes.extend(BigUint::from(E).to_bytes_be().to_bytes());
    i64::from_le_bytes(*sha1(&bytes).last_chunk().expect("twenty bytes"))
}

/// The public key as `-----BEGIN RSA PUBLIC KEY-----`.
pub(crate) fn public_key() -> String {
    let integer = |number: &BigUint| {
        let bytes = [&[0][..], &number.to_bytes_be()].concat(); // never read as negative
        [&[0x02, 0x82], &u16::try_from(bytes.len()).expect("a short number").to_be_bytes()[..], &bytes].concat()
    };
    let body = [integer(&modulus()), integer(&BigUint::from(E))].concat();
    let der = [&[0x30, 0x82], &u16::try_from(body.len()).expect("a short key").to_be_bytes()[..], &body].concat();
    format!("-----BEGIN RSA PUBLIC KEY-----\n{}\n-----END RSA PUBLIC KEY-----\n", BASE64.encode(&der))
}

fn unsealed(data: &[u8]) -> BigUint {
    let one = BigUint::from(1u8);
    let order = (number(P) - &one) * (number(Q) - &one);
    let d = BigUint::from(E).modinv(&order).expect("E is prime to it");
    BigUint::from_bytes_be(data).modpow(&d, &modulus())
}

/// RSA_PAD undone (core.telegram.org/mtproto/auth_key#presenting-proof-of-work-server-authentication).
fn unpadded(data: &[u8]) -> Option<Vec<u8>> {
    let plain = padded(&unsealed(data));
    let (key, sealed) = plain.split_at_checked(32)?;
    let mut key: [u8; 32] = key.try_into().ok()?;
    key.iter_mut().zip(Sha256::digest(sealed)).for_each(|(key, hash)| *key ^= hash);
    let mut opened = sealed.to_vec();
    aes::ige_decrypt(&mut opened, &key, &[0; 32]);
    let (reversed, hash) = opened.split_at_checked(192)?;
    let data: Vec<u8> = reversed.iter().rev().copied().collect();
    let expected: [u8; 32] = Sha256::digest([&key[..], &data].concat()).into();
    (expected[..] == *hash).then_some(data)
}

/// Where one link stands in its exchange.
#[derive(Default)]
pub(crate) struct Exchange {
    nonce: [u8; 16],
    server_nonce: [u8; 16],
    new_nonce: [u8; 32],
    a: BigUint,
    fault: Option<ExchangeFault>,
}

/// What the server does about one message of a client.
pub(crate) enum Step {
    Answer(Vec<u8>),
    /// The answer, and the key that is agreed on with the first salt.
    Done(Vec<u8>, Box<KeyBytes>, i64),
    HangUp,
}

impl Exchange {
    pub(crate) fn step(&mut self, body: &[u8], dice: &mut Dice, fault: Option<ExchangeFault>, now: i32) -> Step {
        let mut cursor = Cursor::from_slice(body);
        let id = u32::deserialize(&mut cursor).unwrap_or_default();
        let step = match id {
            f::ReqPqMulti::CONSTRUCTOR_ID => f::ReqPqMulti::deserialize(&mut cursor).ok().map(|request| {
                self.fault = fault;
                self.ask(request.nonce, dice)
            }),
            f::ReqDhParams::CONSTRUCTOR_ID => {
                f::ReqDhParams::deserialize(&mut cursor).ok().and_then(|request| self.show(&request, dice, now))
            }
            f::SetClientDhParams::CONSTRUCTOR_ID => {
                f::SetClientDhParams::deserialize(&mut cursor).ok().and_then(|request| self.agree(&request))
            }
            _ => None,
        };
        step.unwrap_or(Step::HangUp)
    }

    fn ask(&mut self, nonce: [u8; 16], dice: &mut Dice) -> Step {
        self.nonce = nonce;
        dice.fill(&mut self.server_nonce);
        let shown = if self.fault == Some(ExchangeFault::OtherKey) { vec![1] } else { vec![1, fingerprint()] };
        let pq = PQ.to_be_bytes().to_vec();
        let (server_nonce, server_public_key_fingerprints) = (self.server_nonce, shown);
        Step::Answer(enums::ResPq::Pq(types::ResPq { nonce, server_nonce, pq, server_public_key_fingerprints }).to_bytes())
    }

    fn show(&mut self, request: &f::ReqDhParams, dice: &mut Dice, now: i32) -> Option<Step> {
        let factors = SMALL.map(|factor| factor.to_be_bytes().to_vec());
        if request.nonce != self.nonce || [request.p.clone(), request.q.clone()] != factors {
            return None;
        }
        let inner = enums::PQInnerData::from_bytes(&unpadded(&request.encrypted_data)?).ok()?;
        let (pq, nonce, new_nonce) = match inner {
            enums::PQInnerData::Data(_) if self.fault == Some(ExchangeFault::OnlyWithDc) => return None,
            enums::PQInnerData::Data(d) => (d.pq, d.nonce, d.new_nonce),
            enums::PQInnerData::Dc(d) => (d.pq, d.nonce, d.new_nonce),
            _ => return None,
        };
        if pq != PQ.to_be_bytes() || nonce != self.nonce {
            return None;
        }
        self.new_nonce = new_nonce;
        let mut secret = [0; 256];
        dice.fill(&mut secret);
        self.a = BigUint::from_bytes_be(&secret);
        let mut dh_prime = prime_bytes();
        if self.fault == Some(ExchangeFault::Weak) {
            dh_prime[255] ^= 2;
        }
        let (server_nonce, g_a) = (self.server_nonce, padded(&BigUint::from(2u8).modpow(&self.a, &prime())));
        let data = types::ServerDhInnerData { nonce, server_nonce, g: GENERATOR, dh_prime, g_a, server_time: now };
        let content = enums::ServerDhInnerData::Data(data).to_bytes();
        let mut sealed = [&sha1(&content)[..], &content].concat();
        sealed.resize(sealed.len().next_multiple_of(16), 7);
        let (key, iv) = generate_key_data_from_nonce(&self.server_nonce, &self.new_nonce);
        aes::ige_encrypt(&mut sealed, &key, &iv);
        if self.fault == Some(ExchangeFault::Changed) {
            sealed[40] ^= 1;
        }
        let answer = types::ServerDhParamsOk { nonce, server_nonce, encrypted_answer: sealed };
        Some(Step::Answer(enums::ServerDhParams::Ok(answer).to_bytes()))
    }

    fn agree(&mut self, request: &f::SetClientDhParams) -> Option<Step> {
        let mut opened = request.encrypted_data.clone();
        if opened.is_empty() || !opened.len().is_multiple_of(16) {
            return None;
        }
        let (key, iv) = generate_key_data_from_nonce(&self.server_nonce, &self.new_nonce);
        aes::ige_decrypt(&mut opened, &key, &iv);
        let (hash, rest) = opened.split_at_checked(20)?;
        let mut cursor = Cursor::from_slice(rest);
        let enums::ClientDhInnerData::Data(inner) = enums::ClientDhInnerData::deserialize(&mut cursor).ok()?;
        if sha1(&rest[..cursor.pos()]) != hash || inner.nonce != self.nonce {
            return None;
        }
        let shared = BigUint::from_bytes_be(&inner.g_b).modpow(&self.a, &prime());
        let bytes: KeyBytes = padded(&shared).try_into().ok()?;
        let key = AuthKey::from_bytes(bytes);
        let (nonce, server_nonce) = (self.nonce, self.server_nonce);
        let hash = |number| key.calc_new_nonce_hash(&self.new_nonce, number);
        match self.fault.filter(|fault| *fault != ExchangeFault::Retry || inner.retry_id == 0) {
            Some(ExchangeFault::Retry) => {
                let answer = types::DhGenRetry { nonce, server_nonce, new_nonce_hash2: hash(2) };
                Some(Step::Answer(enums::SetClientDhParamsAnswer::DhGenRetry(answer).to_bytes()))
            }
            Some(ExchangeFault::Fail) => {
                let answer = types::DhGenFail { nonce, server_nonce, new_nonce_hash3: hash(3) };
                Some(Step::Answer(enums::SetClientDhParamsAnswer::DhGenFail(answer).to_bytes()))
            }
            _ => {
                let answer = types::DhGenOk { nonce, server_nonce, new_nonce_hash1: hash(1) };
                let bytes_of = |nonce: &[u8]| i64::from_le_bytes(*nonce.first_chunk().expect("a nonce"));
                let salt = bytes_of(&self.new_nonce) ^ bytes_of(&self.server_nonce);
                Some(Step::Done(enums::SetClientDhParamsAnswer::DhGenOk(answer).to_bytes(), Box::new(bytes), salt))
            }
        }
    }
}
