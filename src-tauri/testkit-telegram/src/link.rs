//! One TCP connection: a reader that answers calls in order, a writer that numbers and sends. Faults of the link live here.

use std::sync::Arc;

use grammers_mtproto::transport::{Error as FrameError, Full, Transport};
use grammers_tl_types::{Cursor, Deserializable, Identifiable, Serializable, enums, functions, types};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{mpsc, watch};

use crate::exchange::{Exchange, Step};
use crate::faults::RpcFault;
use crate::keys::{KeyId, Seal};
use crate::packet::{self, Incoming, Packer, rpc_result};
use crate::rpc::{self, Outcome};
use crate::state::Link;
use crate::telegram::Shared;
use crate::truth::Exposure;

/// Something for the writer.
pub(crate) enum ToLink {
    /// From now on packets are for this key and session.
    Begin(Arc<Seal>, i64),
    Packet(Packet),
    /// An unencrypted body: part of a key exchange.
    Plain(Vec<u8>),
    /// A transport error such as −404.
    Status(i32),
    /// Close after what stands before.
    Close,
}

/// One message for the client.
#[derive(Clone, Debug)]
pub(crate) struct Packet {
    pub(crate) body: Vec<u8>,
    pub(crate) is_answer: bool,
    pub(crate) shown: Vec<Exposure>,
}

impl Packet {
    fn answer(body: Vec<u8>) -> Self {
        Self { body, is_answer: true, shown: Vec::new() }
    }
}

/// The ends of a link that its two tasks hold.
#[derive(Clone)]
struct Ends {
    id: u64,
    frozen: watch::Receiver<bool>,
    killed: watch::Receiver<bool>,
}

impl Ends {
    /// Waits while the link is frozen; false when it is cut.
    async fn may_go_on(&mut self) -> bool {
        tokio::select! {
            biased;
            _ = self.killed.wait_for(|killed| *killed) => false,
            _ = self.frozen.wait_for(|frozen| !*frozen) => true,
        }
    }
}

pub(crate) async fn serve(stream: TcpStream, shared: Arc<Shared>, dc: i32) {
    _ = stream.set_nodelay(true);
    let (reader, writer) = stream.into_split();
    let (out, from_server) = mpsc::unbounded_channel();
    let (frozen, frozen_end) = watch::channel(false);
    let (killed, killed_end) = watch::channel(false);
    let link = Link {
        dc,
        key: None,
        out: out.clone(),
        frozen,
        killed,
        held: None,
        unacknowledged: std::collections::BTreeMap::new(),
        wants_updates: false,
    };
    let id = shared.with(|state| state.add_link(link));
    let ends = Ends { id, frozen: frozen_end, killed: killed_end };
    let writing = tokio::spawn(write_out(writer, from_server, ends.clone(), Arc::clone(&shared)));
    Reader { shared: Arc::clone(&shared), ends, out, dc, current: None, wrong_times: 0, exchange: Exchange::default() }
        .run(reader)
        .await;
    shared.with(|state| state.links.remove(&id));
    // The writer ends when the last sender is gone; a slow answer may still hold one.
    drop(writing);
}

async fn write_out(mut socket: OwnedWriteHalf, mut queue: mpsc::UnboundedReceiver<ToLink>, mut ends: Ends, shared: Arc<Shared>) {
    let mut transport = Some(Full::new());
    let mut packer: Option<Packer> = None;
    loop {
        let next = tokio::select! {
            biased;
            _ = ends.killed.wait_for(|killed| *killed) => return,
            next = queue.recv() => next,
        };
        let bytes = match next {
            None => return,
            Some(ToLink::Close) => break,
            Some(ToLink::Begin(seal, session)) => {
                packer = transport.take().map(|transport| Packer::new(seal, session, transport)).or(packer);
                continue;
            }
            Some(ToLink::Packet(packet)) => {
                let Some(packer) = packer.as_mut() else { continue };
                shared.with(|state| {
                    let times = state.ticker.wire();
                    let (number, bytes) = match state.chatty_salt(ends.id) {
                        Some(salt) => packer.pack_chatty(&packet, times, salt),
                        None => packer.pack(&packet.body, packet.is_answer, times),
                    };
                    state.note_written(ends.id, number, packet.shown);
                    bytes
                })
            }
            Some(ToLink::Plain(body)) => plain(&body, shared.with(|state| state.ticker.wire().0), transport.as_mut()),
            Some(ToLink::Status(status)) => status.to_le_bytes().to_vec(),
        };
        if !ends.may_go_on().await || socket.write_all(&bytes).await.is_err() {
            return;
        }
    }
    _ = socket.shutdown().await;
    shared.with(|state| state.links.get(&ends.id).map(|link| link.killed.send_replace(true)));
}

/// An unencrypted message (core.telegram.org/mtproto/description#unencrypted-message).
fn plain(body: &[u8], second: i64, transport: Option<&mut Full>) -> Vec<u8> {
    let mut message = Vec::new();
    0i64.serialize(&mut message);
    (second << 32 | 1).serialize(&mut message);
    i32::try_from(body.len()).expect("a short body").serialize(&mut message);
    message.extend(body);
    let mut buffer = grammers_crypto::DequeBuffer::with_capacity(message.len() + 16, 16);
    buffer.extend(message);
    if let Some(transport) = transport {
        transport.pack(&mut buffer);
    }
    buffer[..].to_vec()
}

/// A client that cannot correct its clock is shown the door.
const WRONG_TIMES: u32 = 16;

struct Reader {
    shared: Arc<Shared>,
    ends: Ends,
    out: mpsc::UnboundedSender<ToLink>,
    dc: i32,
    current: Option<KeyId>,
    wrong_times: u32,
    exchange: Exchange,
}

/// The link is over.
struct Ended;

impl Reader {
    async fn run(mut self, mut socket: OwnedReadHalf) {
        let mut transport = Full::new();
        let mut buffer = Vec::new();
        loop {
            let read = tokio::select! {
                biased;
                _ = self.ends.killed.wait_for(|killed| *killed) => return,
                read = socket.read_buf(&mut buffer) => read,
            };
            if !matches!(read, Ok(count) if count > 0) {
                return;
            }
            loop {
                let frame = match transport.unpack(&mut buffer) {
                    Ok(frame) => frame,
                    Err(FrameError::MissingBytes) => break,
                    Err(_) => return,
                };
                let packet = buffer[frame.data_range].to_vec();
                buffer.drain(..frame.next_offset);
                if !self.ends.may_go_on().await || self.packet(packet).await.is_err() {
                    return;
                }
            }
        }
    }

    async fn packet(&mut self, mut packet: Vec<u8>) -> Result<(), Ended> {
        let id: KeyId = packet.get(..8).and_then(|id| id.try_into().ok()).ok_or(Ended)?;
        if id == KeyId::default() {
            return self.key_exchange(&packet);
        }
        let Some(seal) = self.shared.with(|state| state.admit(self.ends.id, id)) else {
            self.send(ToLink::Status(-404));
            self.send(ToLink::Close);
            return Ok(());
        };
        if self.shared.with(|state| state.is_offline(id)) {
            return Err(Ended);
        }
        if !self.ends.may_go_on().await {
            return Err(Ended);
        }
        let incoming = packet::read(seal.open(&mut packet).map_err(|_| Ended)?).map_err(|_| Ended)?;
        if self.current != Some(id) {
            self.current = Some(id);
            self.send(ToLink::Begin(seal, incoming.session));
        }
        if let Some(code) = self.shared.with(|state| state.wrong_time(incoming.outer)) {
            self.bad_message(&incoming, code);
            self.wrong_times += 1;
            return if self.wrong_times < WRONG_TIMES { Ok(()) } else { Err(Ended) };
        }
        self.wrong_times = 0;
        if let Some(salt) = self.shared.with(|state| state.wrong_salt(id, incoming.salt)) {
            self.bad_salt(&incoming, salt);
            return Ok(());
        }
        for inner in incoming.messages {
            self.message(id, inner.id, &inner.body)?;
        }
        Ok(())
    }

    fn send(&self, what: ToLink) {
        _ = self.out.send(what);
    }

    fn bad_message(&self, incoming: &Incoming, code: i32) {
        let notice = types::BadMsgNotification { bad_msg_id: incoming.outer, bad_msg_seqno: incoming.seq, error_code: code };
        self.send(ToLink::Packet(Packet::answer(enums::BadMsgNotification::Notification(notice).to_bytes())));
    }

    fn bad_salt(&self, incoming: &Incoming, new_server_salt: i64) {
        let (bad_msg_id, bad_msg_seqno) = (incoming.outer, incoming.seq);
        let notice = types::BadServerSalt { bad_msg_id, bad_msg_seqno, error_code: 48, new_server_salt };
        self.send(ToLink::Packet(Packet::answer(enums::BadMsgNotification::BadServerSalt(notice).to_bytes())));
    }

    /// A client without a key agrees on one.
    fn key_exchange(&mut self, packet: &[u8]) -> Result<(), Ended> {
        let body = packet.get(20..).ok_or(Ended)?;
        let exchange = &mut self.exchange;
        let step = self.shared.with(|state| {
            let (now, fault) = (state.date(), state.exchange_fault);
            exchange.step(body, &mut state.dice, fault, now)
        });
        match step {
            Step::Answer(answer) => self.send(ToLink::Plain(answer)),
            Step::Done(answer, key, salt) => {
                self.shared.with(|state| state.put_agreed(&key, salt, self.dc));
                self.send(ToLink::Plain(answer));
            }
            Step::HangUp => return Err(Ended),
        }
        Ok(())
    }

    fn message(&mut self, key: KeyId, id: i64, body: &[u8]) -> Result<(), Ended> {
        let mut cursor = Cursor::from_slice(body);
        let constructor = u32::deserialize(&mut cursor).map_err(|_| Ended)?;
        match constructor {
            types::MsgsAck::CONSTRUCTOR_ID => {
                let ack = types::MsgsAck::deserialize(&mut cursor).map_err(|_| Ended)?;
                self.shared.with(|state| state.note_acknowledged(self.ends.id, &ack.msg_ids));
            }
            functions::Ping::CONSTRUCTOR_ID | functions::PingDelayDisconnect::CONSTRUCTOR_ID => {
                let ping_id = i64::deserialize(&mut cursor).map_err(|_| Ended)?;
                let pong = enums::Pong::Pong(types::Pong { msg_id: id, ping_id });
                self.send(ToLink::Packet(Packet::answer(pong.to_bytes())));
            }
            functions::GetFutureSalts::CONSTRUCTOR_ID => {
                let salts = self.shared.with(|state| rpc::future_salts(state, key, id));
                self.send(ToLink::Packet(Packet::answer(salts)));
            }
            _ => return self.call(key, id, body),
        }
        Ok(())
    }

    fn call(&mut self, key: KeyId, id: i64, body: &[u8]) -> Result<(), Ended> {
        let caller = rpc::Caller { link: self.ends.id, key, dc: self.dc };
        let Outcome { answer, shown, fault } = self.shared.with(|state| rpc::answer(state, caller, body));
        let packet = Packet { body: rpc_result(id, &answer), is_answer: true, shown };
        match fault {
            None | Some(RpcFault::Flood(_) | RpcFault::Error(..) | RpcFault::Malformed | RpcFault::Unknown) => {
                self.send(ToLink::Packet(packet));
            }
            Some(RpcFault::Silent) => {}
            Some(RpcFault::CutBefore | RpcFault::CutAfter) => return Err(Ended),
            Some(RpcFault::Slow(delay)) => {
                let out = self.out.clone();
                tokio::spawn(async move {
                    tokio::time::sleep(delay).await;
                    _ = out.send(ToLink::Packet(packet));
                });
            }
        }
        Ok(())
    }
}
