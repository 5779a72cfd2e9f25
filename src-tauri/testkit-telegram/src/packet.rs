//! What is inside an encrypted packet, on the server's side: message headers, containers, gzip. No meaning of messages here.

use std::io::Read;
use std::sync::Arc;

use flate2::read::GzDecoder;
use grammers_mtproto::transport::{Full, Transport};
use grammers_tl_types::{Cursor, Deserializable, Serializable, deserialize, enums, types};

use crate::keys::Seal;
use crate::link::Packet;

const CONTAINER: u32 = 0x73f1_f8dc;
const GZIP: u32 = 0x3072_cfa1;
const RPC_RESULT: u32 = 0xf35c_6d01;

/// One message of a client: its id and what it says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Inner {
    pub(crate) id: i64,
    pub(crate) body: Vec<u8>,
}

#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) salt: i64,
    pub(crate) session: i64,
    /// The id of the outermost message: what a bad_msg_notification names.
    pub(crate) outer: i64,
    pub(crate) seq: i32,
    pub(crate) messages: Vec<Inner>,
}

/// Reads one decrypted packet: salt, session, then one message or a container of them.
pub(crate) fn read(plain: &[u8]) -> Result<Incoming, deserialize::Error> {
    let mut cursor = Cursor::from_slice(plain);
    let salt = i64::deserialize(&mut cursor)?;
    let session = i64::deserialize(&mut cursor)?;
    let (outer, seq, body) = message(&mut cursor)?;
    let mut messages = Vec::new();
    flatten(outer, body, &mut messages)?;
    Ok(Incoming { salt, session, outer, seq, messages })
}

fn message(cursor: &mut Cursor<'_>) -> Result<(i64, i32, Vec<u8>), deserialize::Error> {
    let id = i64::deserialize(cursor)?;
    let seq = i32::deserialize(cursor)?;
    let length = u32::deserialize(cursor)? as usize;
    let mut body = vec![0; length];
    cursor.read_exact(&mut body)?;
    Ok((id, seq, body))
}

fn flatten(id: i64, body: Vec<u8>, messages: &mut Vec<Inner>) -> Result<(), deserialize::Error> {
    let mut cursor = Cursor::from_slice(&body);
    match u32::deserialize(&mut cursor)? {
        CONTAINER => {
            for _ in 0..u32::deserialize(&mut cursor)? {
                let (id, _, body) = message(&mut cursor)?;
                flatten(id, body, messages)?;
            }
        }
        GZIP => flatten(id, unzip(&Vec::<u8>::deserialize(&mut cursor)?)?, messages)?,
        _ => messages.push(Inner { id, body }),
    }
    Ok(())
}

fn unzip(packed: &[u8]) -> Result<Vec<u8>, deserialize::Error> {
    let mut plain = Vec::new();
    GzDecoder::new(packed).read_to_end(&mut plain).map_err(|_| deserialize::Error::UnexpectedEof)?;
    Ok(plain)
}

/// `gzip_packed` of a body, as servers send long answers.
pub(crate) fn zip(body: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    let mut encoder = flate2::read::GzEncoder::new(body, flate2::Compression::fast());
    encoder.read_to_end(&mut packed).expect("memory is readable");
    let mut out = Vec::new();
    GZIP.serialize(&mut out);
    packed.serialize(&mut out);
    out
}

/// The answer to one RPC.
pub(crate) fn rpc_result(request: i64, answer: &[u8]) -> Vec<u8> {
    let mut body = Vec::with_capacity(answer.len() + 12);
    RPC_RESULT.serialize(&mut body);
    request.serialize(&mut body);
    body.extend(answer);
    body
}

/// What a talkative server says before an answer or a push.
fn around(packet: &Packet, session: i64, salt: Option<i64>, seconds: i64) -> Vec<Vec<u8>> {
    let date = i32::try_from(seconds).expect("a date before 2038");
    let (first_msg_id, unique_id) = (0, session);
    let new = |server_salt| enums::NewSession::Created(types::NewSessionCreated { first_msg_id, unique_id, server_salt });
    let request = request_of(&packet.body).unwrap_or_default();
    let ack = enums::MsgsAck::Ack(types::MsgsAck { msg_ids: vec![request] });
    let info = enums::MsgsStateInfo::Info(types::MsgsStateInfo { req_msg_id: request, info: vec![4] });
    let short = types::UpdateShort { update: enums::Update::Config, date };
    let config = enums::Updates::UpdateShort(short);
    let news = types::Updates { updates: Vec::new(), users: Vec::new(), chats: Vec::new(), date, seq: 0 };
    let news = enums::Updates::Updates(news);
    let mut bodies: Vec<Vec<u8>> = salt.into_iter().map(|salt| new(salt).to_bytes()).collect();
    bodies.extend([ack.to_bytes(), info.to_bytes(), zip(&config.to_bytes()), news.to_bytes()]);
    bodies
}

/// The call that an answer belongs to.
fn request_of(body: &[u8]) -> Option<i64> {
    let mut cursor = Cursor::from_slice(body);
    let is_result = u32::deserialize(&mut cursor) == Ok(RPC_RESULT);
    i64::deserialize(&mut cursor).ok().filter(|_| is_result)
}

/// Gzips what may be: the inside of an answer, or the whole of a push.
fn zip_inside(body: &[u8]) -> Vec<u8> {
    match (request_of(body), body.get(12..)) {
        (Some(request), Some(answer)) if !answer.starts_with(&GZIP.to_le_bytes()) => rpc_result(request, &zip(answer)),
        (Some(_), _) => body.to_vec(),
        (None, _) => zip(body),
    }
}

/// Numbers, encrypts and frames what leaves on one connection.
pub(crate) struct Packer {
    transport: Full,
    seal: Arc<Seal>,
    session: i64,
    last: i64,
    sent: i32,
}

impl Packer {
    pub(crate) fn new(seal: Arc<Seal>, session: i64, transport: Full) -> Self {
        Self { transport, seal, session, last: 0, sent: 0 }
    }

    /// Like [`Self::pack`], with everything that the protocol allows to come before it in one container.
    pub(crate) fn pack_chatty(&mut self, packet: &Packet, times: (i64, i64), salt: i64) -> (i64, Vec<u8>) {
        let mut bodies = around(packet, self.session, (self.sent == 0).then_some(salt), times.0);
        bodies.push(zip_inside(&packet.body));
        let mut container = Vec::new();
        CONTAINER.serialize(&mut container);
        u32::try_from(bodies.len()).expect("a few").serialize(&mut container);
        let mut last = 0;
        for body in bodies {
            last = self.next_id(true, times);
            last.serialize(&mut container);
            self.next_seq().serialize(&mut container);
            i32::try_from(body.len()).expect("a packet is small").serialize(&mut container);
            container.extend(body);
        }
        // The client acknowledges the inner message.
        (last, self.pack(&container, true, times).1)
    }

    /// Ids rise, except when the fault of a wrong clock sets it back.
    fn next_id(&mut self, is_answer: bool, (seconds, nanos): (i64, i64)) -> i64 {
        let mut id = ((seconds << 32) | (nanos & !3)) + if is_answer { 1 } else { 3 };
        while id <= self.last && self.last - id < (60 << 32) {
            id += 4;
        }
        self.last = id;
        id
    }

    /// Odd: every packet asks for an acknowledgement.
    fn next_seq(&mut self) -> i32 {
        let seq = self.sent * 2 + 1;
        self.sent += 1;
        seq
    }

    /// Returns the message id it was given and the bytes for the socket. Server ids are odd: 1 answers, 3 comes by itself
    /// (core.telegram.org/mtproto/description#message-identifier-msg-id).
    pub(crate) fn pack(&mut self, body: &[u8], is_answer: bool, times: (i64, i64)) -> (i64, Vec<u8>) {
        let id = self.next_id(is_answer, times);
        let seq = self.next_seq();
        let mut plain = Vec::with_capacity(body.len() + 32);
        0i64.serialize(&mut plain);
        self.session.serialize(&mut plain);
        id.serialize(&mut plain);
        seq.serialize(&mut plain);
        i32::try_from(body.len()).expect("a packet is small").serialize(&mut plain);
        plain.extend(body);
        let mut buffer = self.seal.close(&plain);
        self.transport.pack(&mut buffer);
        (id, buffer[..].to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn packet(body: &[u8]) -> Vec<u8> {
        let mut plain = Vec::new();
        0i64.serialize(&mut plain);
        5i64.serialize(&mut plain);
        put(&mut plain, 40, body);
        plain
    }

    fn put(out: &mut Vec<u8>, id: i64, body: &[u8]) {
        id.serialize(out);
        1i32.serialize(out);
        u32::try_from(body.len()).unwrap().serialize(out);
        out.extend(body);
    }

    #[test]
    fn containers_and_gzip_open_in_order() {
        let mut container = Vec::new();
        CONTAINER.serialize(&mut container);
        2u32.serialize(&mut container);
        put(&mut container, 36, &zip(&[1, 2, 3, 4]));
        put(&mut container, 44, &[5, 6, 7, 8]);
        let read = read(&packet(&container)).unwrap();
        assert_eq!((read.session, read.outer), (5, 40));
        let expected = [Inner { id: 36, body: vec![1, 2, 3, 4] }, Inner { id: 44, body: vec![5, 6, 7, 8] }];
        assert_eq!(read.messages, expected);
    }

    proptest! {
        #[test]
        fn no_packet_breaks_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&packet(&bytes));
            let _ = read(&bytes);
        }
    }
}
