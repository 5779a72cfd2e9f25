//! Auth keys and the server's direction of MTProto 2.0 encryption.
//!
//! grammers-crypto hard-codes the client's side: x = 0 to encrypt, x = 8 to decrypt. A key shifted by eight bytes to the
//! left encrypts as a server does, one shifted to the right decrypts as a server does; only the key id must be put right.

use grammers_crypto::{AuthKey, DequeBuffer, decrypt_data_v2, encrypt_data_v2};

pub(crate) type KeyBytes = [u8; 256];
pub(crate) type KeyId = [u8; 8];

/// Room in front of the plain text: key id and message key.
const HEADER: usize = 24;

#[derive(Debug)]
pub(crate) struct Seal {
    id: KeyId,
    outward: AuthKey,
    inward: AuthKey,
    inward_id: KeyId,
}

impl Seal {
    pub(crate) fn new(key: &KeyBytes) -> Self {
        let (mut left, mut right) = ([0u8; 256], [0u8; 256]);
        left[..248].copy_from_slice(&key[8..]);
        right[8..].copy_from_slice(&key[..248]);
        Self {
            id: key_id(key),
            inward_id: key_id(&right),
            outward: AuthKey::from_bytes(left),
            inward: AuthKey::from_bytes(right),
        }
    }

    pub(crate) fn id(&self) -> KeyId {
        self.id
    }

    /// Encrypts one packet. The result has room in front for the transport's header.
    pub(crate) fn close(&self, plain: &[u8]) -> DequeBuffer<u8> {
        let mut buffer = DequeBuffer::with_capacity(plain.len() + 64, HEADER + 16);
        buffer.extend(plain.iter());
        encrypt_data_v2(&mut buffer, &self.outward);
        buffer[..8].copy_from_slice(&self.id);
        buffer
    }

    /// Decrypts one packet of this key in place.
    pub(crate) fn open<'a>(&self, packet: &'a mut [u8]) -> Result<&'a [u8], grammers_crypto::Error> {
        let id = packet.get_mut(..8).ok_or(grammers_crypto::Error::InvalidBuffer)?;
        id.copy_from_slice(&self.inward_id);
        decrypt_data_v2(packet, &self.inward).map(|plain| &*plain)
    }
}

/// The id stands in front of every encrypted packet, so an empty packet tells it without a SHA-1 of our own.
pub(crate) fn key_id(key: &KeyBytes) -> KeyId {
    let mut buffer = DequeBuffer::with_capacity(64, HEADER);
    buffer.extend([0u8; 16]);
    encrypt_data_v2(&mut buffer, &AuthKey::from_bytes(*key));
    let mut id = KeyId::default();
    id.copy_from_slice(&buffer[..8]);
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_reads_what_a_client_wrote_and_the_other_way_round() {
        let mut key = [0u8; 256];
        crate::dice::Dice::new(7).fill(&mut key);
        let seal = Seal::new(&key);
        let mut sent = DequeBuffer::with_capacity(128, 64);
        sent.extend("от клиента..".as_bytes().iter().chain(&[0u8; 12]));
        let plain = sent[..].to_vec();
        encrypt_data_v2(&mut sent, &AuthKey::from_bytes(key));
        let mut packet = sent[..].to_vec();
        assert_eq!(packet[..8], seal.id());
        assert_eq!(seal.open(&mut packet).unwrap()[..plain.len()], plain[..]);

        let mut answer = seal.close(&plain)[..].to_vec();
        let read = decrypt_data_v2(&mut answer, &AuthKey::from_bytes(key)).unwrap();
        assert_eq!(read[..plain.len()], plain[..]);
    }
}
