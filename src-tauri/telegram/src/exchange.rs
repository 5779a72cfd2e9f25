//! The agreement on an auth key with a server of one's own: <https://core.telegram.org/mtproto/auth_key>.
//!
//! grammers does this with Telegram's servers by itself, but only under the RSA keys built into it. For a server that shows
//! another key the same steps are taken here, and the key is handed to grammers as if it had been agreed on before.
//! Refused: a patched grammers (a fork to be kept), and a server's key accepted unseen.

use crate::{Error, ServerKey};
use grammers_crypto::two_factor_auth::check_p_and_g;
use grammers_crypto::{AuthKey, aes, factorize, generate_key_data_from_nonce, rsa};
use grammers_mtproto::{mtp::Plain, transport::Full};
use grammers_mtsender::{Sender, ServerAddr};
use grammers_tl_types::{Cursor, Deserializable, Serializable, enums, functions as f, types};
use num_bigint::BigUint;
use sha1::{Digest, Sha1};
use std::net::SocketAddrV4;
use zeroize::Zeroizing;

type Link = Sender<Full, Plain>;

/// Tries to come to a key that the server calls new.
const RETRIES: usize = 5;

/// How the client's secret is wrapped. The older form is what most clients send; servers may insist on the one that names
/// the data centre.
#[derive(Clone, Copy, Debug)]
enum Form {
    Plain,
    WithDc,
}

/// Agrees on a key with data centre `dc` at `address`, which must know the private half of one of `keys`.
///
/// # Errors
/// `Refused("SERVER_KEY_UNKNOWN")`: the server shows another key; `Offline` for everything that breaks on the way.
pub async fn agree(dc: i32, address: SocketAddrV4, proxy: Option<&str>, keys: &[ServerKey]) -> Result<[u8; 256], Error> {
    let mut last = Error::Offline("no key could be agreed on".into());
    for form in [Form::Plain, Form::WithDc] {
        let server = match proxy {
            Some(proxy) => ServerAddr::Proxied { address: address.into(), proxy: proxy.to_owned() },
            None => ServerAddr::Tcp { address: address.into() },
        };
        let link = Sender::connect(Full::new(), Plain::new(), server).await.map_err(|e| Error::Offline(e.kind().to_string()))?;
        match (Exchange { link, dc, form }).run(keys).await {
            // A server that hangs up may be asked in the other form.
            Err(error @ Error::Offline(_)) => last = error,
            other => return other,
        }
    }
    Err(last)
}

struct Exchange {
    link: Link,
    dc: i32,
    form: Form,
}

/// The three numbers that tie the messages of one exchange together.
#[derive(Clone)]
struct Nonces {
    own: [u8; 16],
    server: [u8; 16],
    new: Zeroizing<[u8; 32]>,
}

struct Group {
    p: BigUint,
    g: BigUint,
    g_a: BigUint,
}

fn broken(what: &str) -> Error {
    Error::Offline(format!("the key exchange failed: {what}"))
}

fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| broken("no randomness"))?;
    Ok(bytes)
}

fn sha1(bytes: &[u8]) -> [u8; 20] {
    Sha1::digest(bytes).into()
}

/// Without leading zeroes, as the server compares it.
fn short(number: u64) -> Vec<u8> {
    number.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect()
}

impl Exchange {
    async fn run(mut self, keys: &[ServerKey]) -> Result<[u8; 256], Error> {
        let own = random()?;
        let enums::ResPq::Pq(asked) = self.link.invoke(&f::ReqPqMulti { nonce: own }).await?;
        let nonces = Nonces { own, server: asked.server_nonce, new: Zeroizing::new(random()?) };
        nonces.check(&asked.nonce, &asked.server_nonce)?;
        let offered = &asked.server_public_key_fingerprints;
        let key = keys.iter().find(|key| offered.contains(&key.fingerprint()));
        let key = key.ok_or_else(|| Error::Refused("SERVER_KEY_UNKNOWN".into()))?;
        let request = self.proof(&asked.pq, &nonces, key)?;
        let answer = self.link.invoke(&request).await?;
        let (group, (aes_key, iv)) = opened(answer, &nonces)?;
        let group = tokio::task::spawn_blocking(move || checked(group)).await.map_err(|_| broken("a check panicked"))??;
        let mut retry_id = 0;
        for _ in 0..RETRIES {
            let (g_b, auth_key) = secret(&group)?;
            let data = types::ClientDhInnerData { nonce: nonces.own, server_nonce: nonces.server, retry_id, g_b };
            let mut sealed = hashed(&enums::ClientDhInnerData::Data(data).to_bytes())?;
            aes::ige_encrypt(&mut sealed, &aes_key, &iv);
            let request = f::SetClientDhParams { nonce: nonces.own, server_nonce: nonces.server, encrypted_data: sealed };
            let answer = self.link.invoke(&request).await?;
            if nonces.is_agreed(&answer, &auth_key)? {
                // The server's end of this link is done with; grammers opens its own.
                let _ = self.link.disconnect().await;
                return Ok(auth_key.to_bytes());
            }
            retry_id = aux_hash(&auth_key);
        }
        Err(broken("the server wants ever new keys"))
    }

    /// The proof of work, and the client's secret under the server's public key.
    fn proof(&self, pq: &[u8], nonces: &Nonces, key: &ServerKey) -> Result<f::ReqDhParams, Error> {
        let number = <[u8; 8]>::try_from(pq).map(u64::from_be_bytes).map_err(|_| broken("pq"))?;
        let (p, q) = factorize(number);
        let (p, q, pq) = (short(p), short(q), pq.to_vec());
        let (nonce, server_nonce, new_nonce) = (nonces.own, nonces.server, *nonces.new);
        let inner = match self.form {
            Form::Plain => {
                let data = types::PQInnerData { pq, p: p.clone(), q: q.clone(), nonce, server_nonce, new_nonce };
                enums::PQInnerData::Data(data)
            }
            Form::WithDc => {
                let dc = self.dc;
                let data = types::PQInnerDataDc { pq, p: p.clone(), q: q.clone(), nonce, server_nonce, new_nonce, dc };
                enums::PQInnerData::Dc(data)
            }
        };
        let inner = Zeroizing::new(inner.to_bytes());
        let public = key.rsa().ok_or_else(|| broken("the server's key"))?;
        let encrypted_data = rsa::encrypt_hashed(&inner, &public, &random()?);
        Ok(f::ReqDhParams { nonce, server_nonce, p, q, public_key_fingerprint: key.fingerprint(), encrypted_data })
    }
}

impl Nonces {
    fn check(&self, own: &[u8; 16], server: &[u8; 16]) -> Result<(), Error> {
        if self.own == *own && self.server == *server { Ok(()) } else { Err(broken("an answer to another question")) }
    }

    /// Whether the server took the key; `false`: it knows such a key already and wants another.
    fn is_agreed(&self, answer: &enums::SetClientDhParamsAnswer, key: &AuthKey) -> Result<bool, Error> {
        use enums::SetClientDhParamsAnswer as A;
        let (own, server, hash, number) = match answer {
            A::DhGenOk(a) => (&a.nonce, &a.server_nonce, &a.new_nonce_hash1, 1),
            A::DhGenRetry(a) => (&a.nonce, &a.server_nonce, &a.new_nonce_hash2, 2),
            A::DhGenFail(a) => (&a.nonce, &a.server_nonce, &a.new_nonce_hash3, 3),
        };
        self.check(own, server)?;
        if *hash != key.calc_new_nonce_hash(&self.new, number) {
            return Err(broken("the server came to another key"));
        }
        match answer {
            A::DhGenOk(_) => Ok(true),
            A::DhGenRetry(_) => Ok(false),
            A::DhGenFail(_) => Err(broken("the server gave it up")),
        }
    }
}

type AesKey = ([u8; 32], [u8; 32]);

/// Decrypts the server's half.
fn opened(answer: enums::ServerDhParams, nonces: &Nonces) -> Result<(types::ServerDhInnerData, AesKey), Error> {
    let mut answer = match answer {
        enums::ServerDhParams::Ok(answer) => answer,
        enums::ServerDhParams::Fail(_) => return Err(broken("the server refused the secret")),
    };
    nonces.check(&answer.nonce, &answer.server_nonce)?;
    if answer.encrypted_answer.is_empty() || answer.encrypted_answer.len() % 16 != 0 {
        return Err(broken("an answer of an odd length"));
    }
    let (key, iv) = generate_key_data_from_nonce(&nonces.server, &nonces.new);
    aes::ige_decrypt(&mut answer.encrypted_answer, &key, &iv);
    let (hash, rest) = answer.encrypted_answer.split_at_checked(20).ok_or_else(|| broken("a short answer"))?;
    let mut cursor = Cursor::from_slice(rest);
    let read = enums::ServerDhInnerData::deserialize(&mut cursor);
    let enums::ServerDhInnerData::Data(inner) = read.map_err(|_| broken("an unreadable answer"))?;
    if rest.get(..cursor.pos()).is_none_or(|read| sha1(read) != hash) {
        return Err(broken("an answer that was changed"));
    }
    nonces.check(&inner.nonce, &inner.server_nonce)?;
    Ok((inner, (key, iv)))
}

/// The numbers must be strong: a server that names weak ones could let others read along.
fn checked(inner: types::ServerDhInnerData) -> Result<Group, Error> {
    if !(2..=7).contains(&inner.g) || !check_p_and_g(&inner.dh_prime, &inner.g) {
        return Err(broken("weak numbers"));
    }
    let p = BigUint::from_bytes_be(&inner.dh_prime);
    let g_a = BigUint::from_bytes_be(&inner.g_a);
    if !in_range(&g_a, &p) {
        return Err(broken("weak numbers"));
    }
    Ok(Group { p, g: BigUint::from(inner.g.unsigned_abs()), g_a })
}

/// Between 2^(2048-64) and its mirror below p, as Telegram advises.
fn in_range(number: &BigUint, p: &BigUint) -> bool {
    let edge = BigUint::from(1_u8) << (2048 - 64);
    *number > edge && *number < p - edge
}

fn secret(group: &Group) -> Result<(Vec<u8>, AuthKey), Error> {
    let b = Zeroizing::new(random::<256>()?);
    let b = BigUint::from_bytes_be(&*b);
    let g_b = group.g.modpow(&b, &group.p);
    if !in_range(&g_b, &group.p) {
        return Err(broken("an unlucky secret"));
    }
    let shared = group.g_a.modpow(&b, &group.p).to_bytes_be();
    let mut bytes = [0; 256];
    let start = bytes.len().saturating_sub(shared.len());
    bytes.get_mut(start..).ok_or_else(|| broken("a long key"))?.copy_from_slice(&shared);
    Ok((g_b.to_bytes_be(), AuthKey::from_bytes(bytes)))
}

/// SHA-1, content, random padding to whole blocks.
fn hashed(content: &[u8]) -> Result<Vec<u8>, Error> {
    let mut out = sha1(content).to_vec();
    out.extend(content);
    let padding = (16 - out.len() % 16) % 16;
    out.extend(random::<16>()?.into_iter().take(padding));
    Ok(out)
}

/// Tells the server which key it refused: the first 64 bits of the key's SHA-1.
fn aux_hash(key: &AuthKey) -> i64 {
    sha1(&key.to_bytes()).first_chunk().map_or(0, |head| i64::from_le_bytes(*head))
}
