//! The receive loop. Each [`Feed::next`] returns a [`Batch`]: what was heard, and the position that may be saved together
//! with it in one transaction. Saved later, or never, nothing is lost: the feed built from the last saved position hears
//! the same again.
//!
//! What Telegram will not tell again (a difference that is "too long", a channel heard of for the first time, an answer
//! that cannot be read) is returned as [`Blind`]: the span whose history must be read instead.

use crate::boxes::{Boxes, Key, Position, Taken};
use crate::limiter::Pace;
use crate::translate::{Context, Heard, Seen, read, step};
use crate::{Account, Error, PeerFacts, short};
use grammers_session::updates::UpdatesLike;
use grammers_tl_types as tl;
use letopis_model::{ChatId, Direction, MessageId, PeerId, Source, Timestamp};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tl::functions as f;
use tokio::sync::mpsc;

/// Containers put into one batch, so that a storm is not a thousand transactions a second.
const CONTAINERS: usize = 500;
const CHANNEL_LIMIT: i32 = 100;
/// Answers of one line that may be unreadable before its span is given to the history.
const UNREADABLE: u32 = 3;
const LATER: Duration = Duration::from_secs(30);
/// Seconds between the first and the last push of one act.
const ONE_ACT: i64 = 2;

/// Gone messages. They were there at `from` and were not at `to`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deleted {
    /// `None`: in some private chat or basic group of the account.
    pub chat: Option<ChatId>,
    pub ids: Vec<MessageId>,
    pub from: Timestamp,
    pub to: Timestamp,
    pub source: Source,
}

#[derive(Debug)]
pub enum News {
    Message(Box<Seen>),
    Deleted(Deleted),
    Read { chat: ChatId, direction: Direction, up_to: MessageId, source: Source },
    Touched { chat: ChatId, message: MessageId },
    Hidden { chat: ChatId, up_to: MessageId, from: Timestamp },
    Membership(PeerId),
    Folders,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    TooLong,
    /// A channel whose past was never heard.
    NewChannel,
    Unreadable,
    /// The account is no longer in the channel.
    NoAccess,
}

/// Something happened since `since` that was not heard: in one channel, or in all private chats and basic groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blind {
    pub channel: Option<i64>,
    pub since: Timestamp,
    pub why: Why,
}

#[derive(Debug, Default)]
pub struct Batch {
    pub news: Vec<News>,
    pub blind: Vec<Blind>,
    pub position: Position,
    /// Nothing is known to be missing: the account is live.
    pub settled: bool,
    /// Containers that still waited when the batch was taken.
    pub waiting: usize,
}

/// Which channels are followed; others are not asked about.
pub type Wanted = Arc<dyn Fn(&PeerFacts) -> bool + Send + Sync>;

pub struct Feed {
    account: Arc<Account>,
    updates: mpsc::Receiver<UpdatesLike>,
    boxes: Boxes,
    wanted: Wanted,
    unreadable: BTreeMap<Key, u32>,
    /// Lines that must not be asked about before a moment.
    later: BTreeMap<Key, Instant>,
    heard: Instant,
    asked_last: bool,
    /// The position taken at the very first start is news: without it nothing would be said until the first ping.
    untold: bool,
    /// Telegram's clock minus ours, seconds.
    skew: i64,
}

impl Feed {
    /// Connects, and goes on from `position`; from now on if there is none.
    ///
    /// # Errors
    /// All of the network.
    pub async fn open(account: Arc<Account>, position: Option<&Position>, wanted: Wanted) -> Result<Self, Error> {
        let updates = account.api().connect();
        let (now, tuning) = (crate::pulse::now(), *account.tuning());
        let start = position.cloned().unwrap_or_default();
        let boxes = Boxes::load(&start, tuning.hole_wait, tuning.silence, now);
        let (unreadable, later) = (BTreeMap::new(), BTreeMap::new());
        let mut feed =
            Feed { account, updates, boxes, wanted, unreadable, later, heard: now, asked_last: false, untold: false, skew: 0 };
        if feed.boxes.is_empty() {
            feed.start().await?;
            feed.untold = true;
        }
        Ok(feed)
    }

    async fn start(&mut self) -> Result<(), Error> {
        let tl::enums::updates::State::State(state) = self.account.api().call(&f::updates::GetState {}, Pace::Urgent).await?;
        self.boxes.set_common((state.pts, state.qts, state.seq, state.date), true, crate::pulse::now());
        self.note_clock(state.date);
        Ok(())
    }

    /// A channel's position from the list of chats, taken only when none is known: a saved one is never overwritten.
    pub fn learn(&mut self, channel: i64, pts: i32) -> bool {
        let at = self.telegram_now();
        self.boxes.learn(channel, pts, at, crate::pulse::now())
    }

    /// Follows a channel no more.
    pub fn forget(&mut self, channel: i64) {
        self.boxes.forget(channel);
    }

    /// What had arrived already when the link broke: it may be gone when it is asked for.
    pub fn rest(&mut self) -> Option<Batch> {
        let first = self.updates.try_recv().ok()?;
        Some(self.pushed(first))
    }

    /// Where the feed stands, with nothing new: to be saved after it learnt something.
    pub fn standing(&self) -> Batch {
        self.batch(Vec::new(), Vec::new())
    }

    /// Telegram's time now, as well as it is known; never later than it is.
    fn telegram_now(&self) -> i64 {
        self.account.now().0 + self.skew - 1
    }

    fn note_clock(&mut self, date: i32) {
        self.skew = i64::from(date) - self.account.now().0;
        self.account.note_skew(self.skew);
    }

    /// Waits for something to say. Returns an empty batch as a sign of life when the link is quiet but alive.
    ///
    /// # Errors
    /// What [`Error::trouble`] says must be done; the feed may be used again after `Wait`, else it must be opened anew.
    pub async fn next(&mut self) -> Result<Batch, Error> {
        if std::mem::take(&mut self.untold) {
            return Ok(self.batch(Vec::new(), Vec::new()));
        }
        loop {
            let now = crate::pulse::now();
            let owed = self.next_owed(now);
            // After an answer, what was pushed meanwhile comes first: hundreds of channels must not starve the live ones.
            if let Some(key) = owed
                && (!self.asked_last || self.updates.is_empty())
            {
                self.asked_last = true;
                return self.ask(key).await;
            }
            self.asked_last = false;
            let wake = self.wake(now);
            tokio::select! {
                got = self.updates.recv() => {
                    let first = got.ok_or_else(|| Error::Offline("the connection was given up".into()))?;
                    return Ok(self.pushed(first));
                }
                () = tokio::time::sleep_until(wake.into()) => {}
            }
            if self.heard + self.account.tuning().ping <= crate::pulse::now() {
                return self.ping().await;
            }
        }
    }

    fn next_owed(&mut self, now: Instant) -> Option<Key> {
        self.later.retain(|_, until| *until > now);
        let later = &self.later;
        self.boxes.next_owed(now, |key| later.contains_key(&key))
    }

    fn wake(&self, now: Instant) -> Instant {
        let ping = self.heard + self.account.tuning().ping;
        let put_off = self.later.values().min().copied().unwrap_or(ping);
        // What is owed now waits only for what was pushed meanwhile.
        let waits = if self.updates.is_empty() { self.boxes.deadline(now) } else { now };
        ping.min(put_off).min(waits).max(now)
    }

    /// A link that is silent may be dead without anybody saying so: the time-out of this request finds out. The answer
    /// tells, too, whether the last update was lost on the way, which no later one would show.
    async fn ping(&mut self) -> Result<Batch, Error> {
        let state = self.account.api().call(&f::updates::GetState {}, Pace::Urgent).await?;
        let tl::enums::updates::State::State(state) = state;
        self.heard = crate::pulse::now();
        self.note_clock(state.date);
        let known = self.boxes.position();
        if state.pts > known.pts || state.qts > known.qts || state.seq > known.seq {
            self.boxes.owe(Key::Common);
        }
        Ok(self.batch(Vec::new(), Vec::new()))
    }

    fn batch(&self, news: Vec<News>, blind: Vec<Blind>) -> Batch {
        let (position, settled) = (self.boxes.position(), self.boxes.is_settled());
        Batch { news, blind, position, settled, waiting: self.updates.len() }
    }

    fn pushed(&mut self, first: UpdatesLike) -> Batch {
        // grammers drops what does not fit and says nothing.
        if self.updates.len() >= self.updates.max_capacity().saturating_sub(1) {
            self.boxes.owe_all();
        }
        self.heard = crate::pulse::now();
        let (mut news, mut blind) = (Vec::new(), Vec::new());
        let mut next = Some(first);
        for _ in 0..CONTAINERS {
            let Some(update) = next else { break };
            self.container(update, &mut news, &mut blind);
            next = self.updates.try_recv().ok();
        }
        if let Some(rest) = next {
            self.container(rest, &mut news, &mut blind);
        }
        self.batch(news, blind)
    }

    fn container(&mut self, update: UpdatesLike, news: &mut Vec<News>, blind: &mut Vec<Blind>) {
        use tl::enums::Updates as U;
        let UpdatesLike::Updates(updates) = update else {
            // A connection that was lost, an update that could not be read: any line may miss something.
            self.boxes.owe_all();
            return;
        };
        match updates {
            U::TooLong => self.boxes.owe_all(),
            U::UpdateShort(short) => self.take(vec![short.update], short.date, news, blind),
            U::UpdateShortMessage(short) => {
                self.short(short::message(&short), PeerId::user(short.user_id), short.date, news, blind);
            }
            U::UpdateShortChatMessage(short) => {
                self.short(short::group_message(&short), PeerId::group(short.chat_id), short.date, news, blind);
            }
            U::UpdateShortSentMessage(_) => self.boxes.owe(Key::Common),
            U::Updates(all) => {
                self.account.meet(&all.users, &all.chats);
                self.boxes.take_seq(all.seq, all.seq, all.date);
                self.take(all.updates, all.date, news, blind);
            }
            U::Combined(all) => {
                self.account.meet(&all.users, &all.chats);
                self.boxes.take_seq(all.seq_start, all.seq, all.date);
                self.take(all.updates, all.date, news, blind);
            }
        }
    }

    /// A message that does not say who its chat is. Of an unknown one the difference says it; the words are told at once
    /// all the same, for they may be gone by then.
    fn short(
        &mut self,
        message: Option<tl::enums::Update>,
        peer: PeerId,
        date: i32,
        news: &mut Vec<News>,
        blind: &mut Vec<Blind>,
    ) {
        match message {
            Some(message) if self.knows(peer) => self.take(vec![message], date, news, blind),
            Some(message) => {
                let from = self.there_at(Key::Common);
                news.extend(self.told(&message, from, i64::from(date), Source::Live));
                self.boxes.owe(Key::Common);
            }
            None => self.boxes.owe(Key::Common),
        }
    }

    fn knows(&self, peer: PeerId) -> bool {
        self.account.peers(|peers| peers.get(peer).is_some())
    }

    fn wants(&self, channel: i64) -> bool {
        self.account.peers(|peers| peers.get(PeerId::channel(channel)).is_some_and(|facts| (self.wanted)(facts)))
    }

    fn take(&mut self, mut updates: Vec<tl::enums::Update>, date: i32, news: &mut Vec<News>, blind: &mut Vec<Blind>) {
        // Telegram may put what comes first last.
        updates.sort_by_key(|update| step(update).map_or(0, |step| step.pts.saturating_sub(step.count)));
        for update in updates {
            self.take_one(&update, date, Source::Live, news, blind);
        }
    }

    fn take_one(&mut self, update: &tl::enums::Update, date: i32, source: Source, news: &mut Vec<News>, blind: &mut Vec<Blind>) {
        if let tl::enums::Update::ChannelTooLong(too_long) = update {
            return self.channel_too_long(too_long, blind);
        }
        let (now, step) = (crate::pulse::now(), step(update));
        let key = step.map_or(Key::Common, |step| step.key);
        if let Key::Channel(channel) = key
            && !self.wants(channel)
        {
            return;
        }
        let from = self.there_at(key);
        news.extend(self.told(update, from, i64::from(date), source));
        if let Some(step) = step
            && self.boxes.take(step, i64::from(date), now) == Taken::First
            && let Key::Channel(channel) = key
        {
            blind.push(Blind { channel: Some(channel), since: Timestamp(0), why: Why::NewChannel });
        }
    }

    /// The position named here is the server's, not ours: taken, it would skip exactly what was lost.
    fn channel_too_long(&mut self, too_long: &tl::types::UpdateChannelTooLong, blind: &mut Vec<Blind>) {
        let channel = too_long.channel_id;
        if self.boxes.pts(Key::Channel(channel)).is_some() {
            self.boxes.owe(Key::Channel(channel));
        } else if self.wants(channel) {
            if let Some(pts) = too_long.pts {
                self.learn(channel, pts);
            }
            blind.push(Blind { channel: Some(channel), since: Timestamp(0), why: Why::NewChannel });
        }
    }

    /// Until when what is told gone now was surely there. One act may come in many pushes (a wiped group, by hundreds),
    /// each with the date of its sending: the first one's date is no proof that the rest was still there then.
    fn there_at(&self, key: Key) -> Timestamp {
        Timestamp((self.boxes.known_until(key) - ONE_ACT).max(0))
    }

    fn told(&self, update: &tl::enums::Update, from: Timestamp, date: i64, source: Source) -> Option<News> {
        let seen_at = self.account.now();
        let to = Timestamp(seen_at.0.max(date).max(from.0));
        self.account.peers(|peers| {
            let context = Context { account: self.account.id(), peers, seen_at, source };
            Some(match read(update, &context)? {
                Heard::Message(seen) => News::Message(seen),
                Heard::Deleted { chat, ids } => News::Deleted(Deleted { chat, ids, from, to, source }),
                Heard::Read { chat, direction, up_to } => News::Read { chat, direction, up_to, source },
                Heard::Touched { chat, message } => News::Touched { chat, message },
                Heard::Hidden { chat, up_to } => News::Hidden { chat, up_to, from },
                Heard::Membership(peer) => News::Membership(peer),
                Heard::Folders => News::Folders,
                Heard::LoginToken => return None,
            })
        })
    }

    async fn ask(&mut self, key: Key) -> Result<Batch, Error> {
        let answer = match key {
            Key::Common | Key::Secondary => self.difference().await,
            Key::Channel(channel) => self.channel_difference(channel).await,
        };
        match answer {
            Ok(batch) => {
                self.unreadable.remove(&key);
                self.heard = crate::pulse::now();
                Ok(batch)
            }
            Err(Error::Unreadable) => self.unreadable_answer(key).await,
            // A position that Telegram does not accept any more would be asked with for ever.
            Err(Error::Refused(name)) if key == Key::Common && is_bad_position(&name) => self.jump(key).await,
            Err(error) => self.refused(key, error),
        }
    }

    async fn difference(&mut self) -> Result<Batch, Error> {
        use tl::enums::updates::Difference as D;
        let (asked_at, before) = (self.account.now(), self.boxes.position());
        let request = f::updates::GetDifference {
            pts: before.pts,
            pts_limit: None,
            pts_total_limit: None,
            date: before.date.max(1),
            qts: before.qts,
            qts_limit: None,
        };
        let answer = self.account.api().call(&request, Pace::Urgent).await?;
        let now = crate::pulse::now();
        match answer {
            D::Empty(d) => {
                self.note_clock(d.date);
                self.boxes.set_common((before.pts, before.qts, d.seq, d.date), true, now);
                self.boxes.paid(Key::Common, now);
                self.boxes.paid(Key::Secondary, now);
                Ok(self.batch(Vec::new(), Vec::new()))
            }
            D::Difference(d) => Ok(self.changed(d, true)),
            D::Slice(d) => {
                let state = d.intermediate_state;
                let (new_messages, new_encrypted_messages, other_updates) =
                    (d.new_messages, d.new_encrypted_messages, d.other_updates);
                let (chats, users) = (d.chats, d.users);
                let part =
                    tl::types::updates::Difference { new_messages, new_encrypted_messages, other_updates, chats, users, state };
                Ok(self.changed(part, false))
            }
            D::TooLong(d) => {
                tracing::warn!("the difference is too long: the span goes to the history");
                let since = self.there_at(Key::Common);
                // What happens from here on is asked for at once: the line stays owed.
                let until = (asked_at.0 + self.skew - 1).max(since.0);
                self.boxes.set(Key::Common, d.pts, until, now);
                Ok(self.batch(Vec::new(), vec![Blind { channel: None, since, why: Why::TooLong }]))
            }
        }
    }

    fn changed(&mut self, d: tl::types::updates::Difference, is_last: bool) -> Batch {
        self.account.meet(&d.users, &d.chats);
        let tl::enums::updates::State::State(state) = d.state;
        let from = self.there_at(Key::Common);
        let (mut news, mut blind) = (Vec::new(), Vec::new());
        self.messages(&d.new_messages, &mut news);
        for update in &d.other_updates {
            match step(update) {
                // A channel's own line may take it; it proves nothing about what came before.
                Some(found) if matches!(found.key, Key::Channel(_)) => {
                    self.take_one(update, 0, Source::Difference, &mut news, &mut blind)
                }
                Some(_) => news.extend(self.told(update, from, i64::from(state.date), Source::Difference)),
                None => self.take_one(update, 0, Source::Difference, &mut news, &mut blind),
            }
        }
        let (now, stands) = (crate::pulse::now(), self.boxes.pts(Key::Common) == Some(state.pts));
        self.note_clock(state.date);
        self.boxes.set_common((state.pts, state.qts, state.seq, state.date), is_last, now);
        // A part that leads nowhere would be asked for for ever.
        if is_last || (stands && news.is_empty()) {
            self.boxes.paid(Key::Common, now);
            self.boxes.paid(Key::Secondary, now);
        }
        self.batch(news, blind)
    }

    fn messages(&self, messages: &[tl::enums::Message], news: &mut Vec<News>) {
        let seen_at = self.account.now();
        self.account.peers(|peers| {
            let context = Context { account: self.account.id(), peers, seen_at, source: Source::Difference };
            news.extend(messages.iter().filter_map(|m| context.message(m)).map(|seen| News::Message(Box::new(seen))));
        });
    }

    async fn channel_difference(&mut self, channel: i64) -> Result<Batch, Error> {
        use tl::enums::updates::ChannelDifference as D;
        let key = Key::Channel(channel);
        let input = self.account.peers(|peers| peers.input_channel(channel)).ok_or(Error::UnknownPeer)?;
        let (pts, asked_at) = (self.boxes.pts(key).unwrap_or(1), self.telegram_now());
        let filter = tl::enums::ChannelMessagesFilter::Empty;
        let request = f::updates::GetChannelDifference { force: false, channel: input, filter, pts, limit: CHANNEL_LIMIT };
        let answer = self.account.api().call(&request, Pace::Urgent).await?;
        let (now, from) = (crate::pulse::now(), self.there_at(key));
        let (mut news, mut blind) = (Vec::new(), Vec::new());
        let (to, is_last) = match answer {
            D::Empty(d) => (Some(d.pts), d.r#final),
            D::Difference(d) => {
                self.account.meet(&d.users, &d.chats);
                self.messages(&d.new_messages, &mut news);
                let date = self.account.now().0 + self.skew;
                news.extend(d.other_updates.iter().filter_map(|update| self.told(update, from, date, Source::Difference)));
                (Some(d.pts), d.r#final || (d.pts == pts && news.is_empty()))
            }
            D::TooLong(d) => {
                tracing::warn!(channel, "the channel's difference is too long: the span goes to the history");
                self.account.meet(&d.users, &d.chats);
                self.messages(&d.messages, &mut news);
                blind.push(Blind { channel: Some(channel), since: from, why: Why::TooLong });
                let tl_pts = match &d.dialog {
                    tl::enums::Dialog::Dialog(dialog) => dialog.pts,
                    _ => None,
                };
                (tl_pts, d.r#final)
            }
        };
        match to {
            Some(to) => self.boxes.set(key, to, if is_last { asked_at } else { 0 }, now),
            // No position to go on from: the next update of the channel gives one, the history the rest.
            None => self.boxes.forget(channel),
        }
        if is_last {
            self.boxes.paid(key, now);
        }
        Ok(self.batch(news, blind))
    }

    /// Asked again, the answer may be readable; if it never is, the position jumps over it and the history is read.
    async fn unreadable_answer(&mut self, key: Key) -> Result<Batch, Error> {
        let times = self.unreadable.entry(key).or_default();
        *times += 1;
        if *times < UNREADABLE {
            return Err(Error::Unreadable);
        }
        self.jump(key).await
    }

    /// The position is set to where Telegram stands, and the span between goes to the history.
    async fn jump(&mut self, key: Key) -> Result<Batch, Error> {
        self.unreadable.remove(&key);
        let since = self.there_at(key);
        let channel = match key {
            Key::Channel(channel) => {
                self.boxes.forget(channel);
                Some(channel)
            }
            Key::Common | Key::Secondary => {
                self.start().await?;
                self.boxes.paid(Key::Common, crate::pulse::now());
                None
            }
        };
        Ok(self.batch(Vec::new(), vec![Blind { channel, since, why: Why::Unreadable }]))
    }

    fn refused(&mut self, key: Key, error: Error) -> Result<Batch, Error> {
        let Key::Channel(channel) = key else { return self.common_refused(error) };
        match &error {
            Error::Refused(name) if is_gone(name) => {
                let since = self.there_at(key);
                self.boxes.forget(channel);
                let news = vec![News::Membership(PeerId::channel(channel))];
                Ok(self.batch(news, vec![Blind { channel: Some(channel), since, why: Why::NoAccess }]))
            }
            Error::Refused(name) if name == "PERSISTENT_TIMESTAMP_OUTDATED" => self.ask_later(key),
            Error::Server(_) => self.ask_later(key),
            // A position that Telegram does not accept, a channel that cannot be addressed.
            Error::Refused(_) | Error::UnknownPeer => {
                let since = self.there_at(key);
                self.boxes.forget(channel);
                Ok(self.batch(Vec::new(), vec![Blind { channel: Some(channel), since, why: Why::Unreadable }]))
            }
            _ => Err(error),
        }
    }

    fn common_refused(&mut self, error: Error) -> Result<Batch, Error> {
        match &error {
            Error::Server(_) => self.ask_later(Key::Common),
            Error::Refused(name) if name == "PERSISTENT_TIMESTAMP_OUTDATED" => self.ask_later(Key::Common),
            _ => Err(error),
        }
    }

    /// The line stays owed; others go on meanwhile.
    fn ask_later(&mut self, key: Key) -> Result<Batch, Error> {
        let wait = LATER.min(self.account.tuning().rpc_timeout);
        self.later.insert(key, crate::pulse::now() + wait);
        Ok(self.batch(Vec::new(), Vec::new()))
    }
}

fn is_bad_position(name: &str) -> bool {
    matches!(name, "PERSISTENT_TIMESTAMP_INVALID" | "PERSISTENT_TIMESTAMP_EMPTY" | "DATE_EMPTY" | "PTS_CHANGE_EMPTY")
}

fn is_gone(name: &str) -> bool {
    matches!(name, "CHANNEL_PRIVATE" | "CHANNEL_INVALID" | "USER_BANNED_IN_CHANNEL" | "CHAT_FORBIDDEN")
}
