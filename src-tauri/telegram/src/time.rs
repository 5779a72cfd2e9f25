//! What time a server has. The number of every message of it begins with the second it was sent at, even of the first
//! answer of a key exchange, before any key: so a computer whose clock is too far ahead, whose every packet is refused
//! without a word that grammers would pass on, can be told what is wrong.

use grammers_crypto::DequeBuffer;
use grammers_mtproto::transport::{Error as FrameError, Full, Transport};
use grammers_tl_types::{Serializable, functions};
use std::net::SocketAddrV4;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const PATIENCE: Duration = Duration::from_secs(10);
/// An answer to the first question is shorter.
const LONGEST: usize = 1024;

/// Unix seconds of the server; `None`: it did not say.
pub async fn of_server(address: SocketAddrV4) -> Option<i64> {
    tokio::time::timeout(PATIENCE, ask(address)).await.ok()?
}

async fn ask(address: SocketAddrV4) -> Option<i64> {
    let mut stream = TcpStream::connect(address).await.ok()?;
    let mut nonce = [0; 16];
    getrandom::fill(&mut nonce).ok()?;
    let question = functions::ReqPqMulti { nonce }.to_bytes();
    let mut message = [0_i64.to_bytes(), 0_i64.to_bytes(), i32::try_from(question.len()).ok()?.to_bytes()].concat();
    message.extend(question);
    let mut transport = Full::new();
    let mut packet = DequeBuffer::with_capacity(message.len() + 16, 16);
    packet.extend(message);
    transport.pack(&mut packet);
    stream.write_all(&packet[..]).await.ok()?;
    let mut read = Vec::new();
    while read.len() < LONGEST {
        if stream.read_buf(&mut read).await.ok()? == 0 {
            return None;
        }
        match transport.unpack(&mut read) {
            Ok(frame) => return second(read.get(frame.data_range)?),
            Err(FrameError::MissingBytes) => {}
            Err(_) => return None,
        }
    }
    None
}

/// An unencrypted message: no key, then its number.
fn second(message: &[u8]) -> Option<i64> {
    let number = message.get(8..)?.first_chunk().map(|bytes| i64::from_le_bytes(*bytes))?;
    Some(number >> 32)
}
