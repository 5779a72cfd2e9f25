//! Between what an account hears and what the archive keeps. What is not in scope is dropped here, before anything is
//! written anywhere: text, names, numbers.

use super::coverage::GapReason;
use super::scope::Scope;
use letopis_archive::{CaptureChat, CaptureMedia, CapturePosition, Captured, DeletedSomewhere};
use letopis_model::{AccountId, Change, ChatId, DeletionCause, MessageId, MessageKind, PeerId, PeerKind, Source, Timestamp};
use letopis_telegram::{Batch, Blind, Deleted, FileRef, News, PeerFacts, Peers, Position, Seen, Why};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What one account's sieve remembers between batches.
pub struct Sieve {
    pub account: AccountId,
    /// Names told to the archive in this run.
    told: BTreeMap<PeerId, String>,
    told_chats: BTreeMap<PeerId, String>,
    /// What the archive knows of each chat in scope.
    pub chats: BTreeMap<PeerId, CaptureChat>,
    /// Chats that join by rule are read back to this moment: since when the account is captured.
    pub since: Timestamp,
    saved: BTreeMap<i64, (i32, i64)>,
}

/// What else a batch asks for.
#[derive(Debug, Default)]
pub struct Asked {
    pub folders: bool,
    pub work: bool,
    pub look_at: BTreeSet<PeerId>,
    pub touched: BTreeMap<PeerId, BTreeSet<MessageId>>,
    pub dialogs: bool,
}

/// Larger files are left where they are, and counted as missing.
pub const LARGEST: u64 = 200 << 20;

#[derive(Serialize, Deserialize)]
struct Place {
    dc: i32,
    id: i64,
    access_hash: i64,
    reference: String,
    #[serde(default)]
    thumb: Option<String>,
}

pub fn place_json(file: &FileRef) -> String {
    let reference = data_encoding::BASE64.encode(&file.reference);
    let place = Place { dc: file.dc, id: file.id, access_hash: file.access_hash, reference, thumb: file.thumb.clone() };
    serde_json::to_string(&place).unwrap_or_default()
}

pub fn place_of(media: &CaptureMedia) -> Option<FileRef> {
    let place: Place = serde_json::from_str(&media.place).ok()?;
    let reference = data_encoding::BASE64.decode(place.reference.as_bytes()).ok()?;
    Some(FileRef { dc: place.dc, id: place.id, access_hash: place.access_hash, reference, thumb: place.thumb, size: media.size })
}

/// The basic group becomes a supergroup, which is another chat to Telegram and the same one to people.
fn moves(seen: &Seen) -> bool {
    seen.sighting.content.service.as_ref().is_some_and(|service| service.action == "migrate_to_supergroup")
}

/// What is known around a piece of news.
#[derive(Clone, Copy)]
struct Around<'a> {
    peers: &'a Peers,
    now: Timestamp,
}

impl Sieve {
    pub fn new(account: AccountId, chats: Vec<CaptureChat>, since: Timestamp, position: Option<&Position>) -> Self {
        let chats = chats.into_iter().map(|chat| (chat.peer, chat)).collect();
        let saved = position.map(|p| p.channels.clone()).unwrap_or_default();
        Sieve { account, told: BTreeMap::new(), told_chats: BTreeMap::new(), chats, since, saved }
    }

    fn chat_id(&self, peer: PeerId) -> ChatId {
        ChatId::new(Some(self.account), peer)
    }

    /// What of a batch is kept, and what must be done besides.
    pub fn sift(&mut self, batch: Batch, scope: &mut Scope, peers: &Peers, now: Timestamp) -> (Captured, Asked) {
        let mut kept = Captured { account: Some(self.account), ..Captured::default() };
        let mut asked = Asked::default();
        for news in batch.news {
            self.news(news, scope, Around { peers, now }, &mut kept, &mut asked);
        }
        for blind in batch.blind {
            self.blind(blind, peers, &mut kept, &mut asked);
        }
        kept.scope = scope.members.iter().copied().filter(|peer| peer.kind != PeerKind::Channel).collect();
        kept.position = Some(self.changed_position(&batch.position, &mut kept.dropped));
        kept.heard_at = batch.settled.then_some(now);
        (kept, asked)
    }

    fn news(&mut self, news: News, scope: &mut Scope, around: Around<'_>, kept: &mut Captured, asked: &mut Asked) {
        let Around { peers, now } = around;
        match news {
            News::Message(seen) => {
                let peer = seen.sighting.chat.peer();
                if self.admits(peer, scope, around, kept, asked) {
                    asked.dialogs |= moves(&seen);
                    self.seen(*seen, peers, kept);
                }
            }
            News::Deleted(deleted) => self.deleted(deleted, scope, kept),
            News::Touched { chat, message } if scope.members.contains(&chat.peer()) => {
                asked.touched.entry(chat.peer()).or_default().insert(message);
            }
            News::Hidden { chat, .. } if scope.members.contains(&chat.peer()) => {
                if let Some(row) = self.chats.get_mut(&chat.peer()) {
                    row.check_owed = true;
                    kept.chats.push(row.clone());
                    asked.work = true;
                }
            }
            News::Membership(peer) => {
                if scope.members.contains(&peer) || peers.get(peer).is_some_and(|facts| scope.allows(facts)) {
                    asked.look_at.insert(peer);
                }
            }
            News::Folders => asked.folders = true,
            News::Read { chat, direction, up_to, source } if scope.members.contains(&chat.peer()) => {
                let account = self.account;
                kept.changes.push(Change::ReadUpTo { chat, account, direction, message: up_to, at: now, source });
            }
            News::Read { .. } | News::Touched { .. } | News::Hidden { .. } => {}
        }
    }

    /// Whether the chat is in scope; one that a rule lets in joins here.
    fn admits(&mut self, peer: PeerId, scope: &mut Scope, around: Around<'_>, kept: &mut Captured, asked: &mut Asked) -> bool {
        let Around { peers, now } = around;
        if scope.members.contains(&peer) {
            return true;
        }
        let facts = peers.get(peer);
        if !facts.map_or_else(|| scope.holds_unmet(peer), |facts| scope.holds(facts)) {
            return false;
        }
        if let Some(facts) = facts {
            self.join(facts, scope, now, Some(self.since), kept);
            asked.work = true;
        }
        true
    }

    /// Takes a chat into scope: what it already holds is owed as deep as `fill`.
    pub fn join(&mut self, facts: &PeerFacts, scope: &mut Scope, now: Timestamp, fill: Option<Timestamp>, kept: &mut Captured) {
        scope.members.insert(facts.peer);
        let row = CaptureChat {
            peer: facts.peer,
            hash: facts.hash,
            kind: facts.kind,
            title: facts.name.clone(),
            joined_at: now,
            is_gone: false,
            fill_since: fill,
            fill_before: None,
            fill_done: fill.is_none(),
            fill_reached: None,
            total: None,
            lost_since: None,
            lost_why: None,
            lost_before: None,
            check_owed: false,
            checked_at: None,
            checked_down_to: None,
        };
        let row = self.chats.entry(facts.peer).or_insert(row).clone();
        kept.changes.extend(self.chat_seen(facts, Source::Live));
        kept.chats.push(row);
    }

    fn chat_seen(&mut self, facts: &PeerFacts, source: Source) -> Option<Change> {
        if self.told_chats.get(&facts.peer) == Some(&facts.name) {
            return None;
        }
        self.told_chats.insert(facts.peer, facts.name.clone());
        let title = Some(facts.name.clone()).filter(|title| !title.is_empty());
        Some(Change::ChatSeen { chat: self.chat_id(facts.peer), kind: facts.kind, title, source })
    }

    /// A message in scope: who wrote, what, and the file it carries.
    pub fn seen(&mut self, seen: Seen, peers: &Peers, kept: &mut Captured) {
        let sighting = seen.sighting;
        if let Some(facts) = peers.get(sighting.chat.peer()) {
            kept.changes.extend(self.chat_seen(facts, sighting.source));
        }
        if let (Some(sender), Some(name)) = (sighting.sender, sighting.sender_name.as_ref())
            && self.told.get(&sender) != Some(name)
        {
            self.told.insert(sender, name.clone());
            kept.changes.push(Change::PeerSeen { peer: sender, name: name.clone(), source: sighting.source });
        }
        if let Some(file) = seen.file.filter(|file| file.size <= LARGEST && sighting.content.kind != MessageKind::Sticker) {
            kept.media.push(CaptureMedia {
                chat: sighting.chat,
                message: sighting.message,
                edited_at: sighting.edited_at,
                size: file.size,
                place: place_json(&file),
                tries: 0,
            });
        }
        kept.changes.push(Change::Posted(Box::new(sighting)));
    }

    fn deleted(&mut self, deleted: Deleted, scope: &Scope, kept: &mut Captured) {
        let Deleted { chat, ids, from, to, source } = deleted;
        match chat {
            None => kept.deleted.push(DeletedSomewhere { ids, from, to, source }),
            Some(chat) if scope.members.contains(&chat.peer()) => {
                let gone = |message| Change::Deleted { chat, message, from, to, cause: DeletionCause::Unknown, source };
                kept.changes.extend(ids.into_iter().map(gone));
            }
            Some(_) => {}
        }
    }

    /// A span was not heard: its chats owe a reading of their history.
    fn blind(&mut self, blind: Blind, peers: &Peers, kept: &mut Captured, asked: &mut Asked) {
        asked.work = true;
        asked.dialogs |= blind.channel.is_none() || blind.why == Why::NewChannel;
        if blind.why == Why::NoAccess {
            return; // the membership is looked at instead
        }
        let (since, new) = (self.since, blind.why == Why::NewChannel);
        let lost_since = if new { since } else { blind.since };
        let reason = match blind.why {
            Why::TooLong => GapReason::TooLong,
            Why::NewChannel => GapReason::NewChannel,
            Why::Unreadable => GapReason::Unreadable,
            Why::NoAccess => GapReason::NoAccess,
        };
        let hit = |peer: &PeerId| match blind.channel {
            Some(channel) => *peer == PeerId::channel(channel),
            None => peer.kind != PeerKind::Channel,
        };
        for (peer, row) in self.chats.iter_mut().filter(|(peer, row)| hit(peer) && !row.is_gone) {
            row.lost_since = Some(row.lost_since.map_or(lost_since, |known| known.min(lost_since)));
            row.lost_before = None;
            row.lost_why = Some(reason.name().to_owned());
            row.hash = peers.get(*peer).and_then(|facts| facts.hash).or(row.hash);
            kept.chats.push(row.clone());
        }
    }

    /// Only what moved: hundreds of channels stand still most of the time.
    fn changed_position(&mut self, position: &Position, dropped: &mut Vec<i64>) -> CapturePosition {
        let moved = position.channels.iter().filter(|(id, at)| self.saved.get(id) != Some(at));
        let channels = moved.map(|(id, (pts, at))| (*id, *pts, *at)).collect();
        dropped.extend(self.saved.keys().filter(|id| !position.channels.contains_key(id)));
        self.saved = position.channels.clone();
        CapturePosition { pts: position.pts, qts: position.qts, seq: position.seq, date: position.date, channels }
    }
}

impl Sieve {
    /// A chat in scope as the list of chats shows it now.
    pub fn meet(&mut self, facts: &PeerFacts, kept: &mut Captured) {
        kept.changes.extend(self.chat_seen(facts, Source::Live));
        let Some(row) = self.chats.get_mut(&facts.peer) else { return };
        let is_back = row.is_gone && !facts.gone;
        if row.hash != facts.hash || row.title != facts.name || is_back {
            row.hash = facts.hash.or(row.hash);
            row.title.clone_from(&facts.name);
            row.is_gone &= !is_back;
            kept.chats.push(row.clone());
        }
    }

    /// A channel in scope whose position was never saved: the run in which it joined ended too soon. What happened since
    /// is read from its history.
    pub fn doubt(&mut self, peer: PeerId, kept: &mut Captured) {
        if peer.kind != PeerKind::Channel || self.saved.contains_key(&peer.id) {
            return;
        }
        let Some(row) = self.chats.get_mut(&peer).filter(|row| row.lost_since.is_none() && !row.is_gone) else { return };
        row.lost_since = Some(row.joined_at);
        row.lost_why = Some(GapReason::Restart.name().to_owned());
        row.lost_before = None;
        kept.chats.push(row.clone());
    }
}
