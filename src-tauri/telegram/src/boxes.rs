//! How far the account's updates are known: one position for private chats and basic groups, one for the rest (`qts`), one
//! for each channel. Pure: no network, time is an argument.
//!
//! A position moves only over updates that follow it without a hole; what came after a hole waits (as numbers, its content
//! was passed on already) until the hole is filled, by a late update or by asking for the difference. Everything here may
//! be thrown away and loaded from the last [`Position`]: then Telegram tells again what came after it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    Common,
    Secondary,
    Channel(i64),
}

/// What is saved with every batch. `at` is Telegram's time: everything up to it was known then.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Position {
    pub pts: i32,
    pub qts: i32,
    pub seq: i32,
    pub date: i32,
    /// Channel → its pts, and the moment up to which it is known.
    pub channels: BTreeMap<i64, (i32, i64)>,
}

/// Where an update stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    pub key: Key,
    pub pts: i32,
    pub count: i32,
}

#[derive(Debug)]
struct Line {
    pts: i32,
    /// Server time up to which it is certainly known.
    at: i64,
    /// Steps after a hole, by (begin, end).
    later: Vec<(i32, i32)>,
    /// When the hole must be asked about.
    hole: Option<Instant>,
    heard: Instant,
    /// The difference must be asked for.
    owed: bool,
}

#[derive(Debug)]
pub struct Boxes {
    lines: BTreeMap<Key, Line>,
    seq: i32,
    date: i32,
    hole_wait: Duration,
    silence: Duration,
}

/// What became of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    Next,
    Known,
    AfterHole,
    /// The first of a channel never heard of: what came before it is not known.
    First,
}

impl Boxes {
    /// Loaded boxes owe a difference each: what happened since the position was saved is not known.
    pub fn load(position: &Position, hole_wait: Duration, silence: Duration, now: Instant) -> Self {
        let line = |pts, at| Line { pts, at, later: Vec::new(), hole: None, heard: now, owed: true };
        let mut lines = BTreeMap::new();
        if position.pts != 0 {
            lines.insert(Key::Common, line(position.pts, i64::from(position.date)));
            lines.insert(Key::Secondary, Line { owed: false, ..line(position.qts, i64::from(position.date)) });
        }
        lines.extend(position.channels.iter().map(|(id, (pts, at))| (Key::Channel(*id), line(*pts, *at))));
        Boxes { lines, seq: position.seq, date: position.date, hole_wait, silence }
    }

    pub fn is_empty(&self) -> bool {
        !self.lines.contains_key(&Key::Common)
    }

    pub fn position(&self) -> Position {
        let pts = |key| self.lines.get(&key).map_or(0, |line| line.pts);
        let channels = self.lines.iter().filter_map(|(key, line)| match key {
            Key::Channel(id) => Some((*id, (line.pts, line.at))),
            Key::Common | Key::Secondary => None,
        });
        Position { pts: pts(Key::Common), qts: pts(Key::Secondary), seq: self.seq, date: self.date, channels: channels.collect() }
    }

    pub fn pts(&self, key: Key) -> Option<i32> {
        self.lines.get(&key).map(|line| line.pts)
    }

    /// Server time up to which everything of this line is known.
    pub fn known_until(&self, key: Key) -> i64 {
        self.lines.get(&key).map_or(0, |line| line.at)
    }

    pub fn seq(&self) -> i32 {
        self.seq
    }

    pub fn date(&self) -> i32 {
        self.date
    }

    /// Takes a position that the server named: at the first start, or after a difference. The server is right even when
    /// its number is smaller (a channel may be made anew).
    pub fn set(&mut self, key: Key, pts: i32, at: i64, now: Instant) {
        let line =
            self.lines.entry(key).or_insert_with(|| Line { pts, at, later: Vec::new(), hole: None, heard: now, owed: false });
        line.pts = pts;
        line.at = line.at.max(at);
        line.heard = now;
        line.hole = None;
        line.later.retain(|(begin, _)| *begin >= pts);
        line.settle();
    }

    /// `is_whole`: everything up to `date` is known now. A part of a difference carries the date of the answer, but what
    /// follows in the next part happened before it.
    pub fn set_common(&mut self, (pts, qts, seq, date): (i32, i32, i32, i32), is_whole: bool, now: Instant) {
        let at = if is_whole { i64::from(date) } else { 0 };
        self.set(Key::Common, pts, at, now);
        self.set(Key::Secondary, qts, at, now);
        self.seq = seq;
        self.date = date;
    }

    /// A channel's position from the list of dialogs: taken only when none is known.
    pub fn learn(&mut self, channel: i64, pts: i32, at: i64, now: Instant) -> bool {
        let is_new = !self.lines.contains_key(&Key::Channel(channel));
        if is_new {
            self.set(Key::Channel(channel), pts, at, now);
        }
        is_new
    }

    pub fn forget(&mut self, channel: i64) {
        self.lines.remove(&Key::Channel(channel));
    }

    /// Notes one update. `date` is when Telegram made it, 0 when it does not say.
    pub fn take(&mut self, step: Step, date: i64, now: Instant) -> Taken {
        let begin = step.pts.saturating_sub(step.count);
        let Some(line) = self.lines.get_mut(&step.key) else {
            self.set(step.key, step.pts, date, now);
            return Taken::First;
        };
        line.heard = now;
        if step.pts <= line.pts && (step.count > 0 || step.pts < line.pts) {
            return Taken::Known;
        }
        if begin > line.pts {
            line.later.push((begin, step.pts));
            line.hole.get_or_insert(now + self.hole_wait);
            return Taken::AfterHole;
        }
        line.pts = line.pts.max(step.pts);
        line.settle();
        if line.later.is_empty() {
            line.hole = None;
            // Only an unbroken line proves that everything before this moment is known.
            line.at = line.at.max(date);
        }
        Taken::Next
    }

    /// Notes the number of a whole container. `false`: one before it is missing.
    pub fn take_seq(&mut self, start: i32, end: i32, date: i32) -> bool {
        if start == 0 {
            return true;
        }
        if start > self.seq.saturating_add(1) {
            self.owe(Key::Common);
            return false;
        }
        if end > self.seq {
            self.seq = end;
            self.date = self.date.max(date);
        }
        true
    }

    /// The difference of this line must be asked for; unknown lines owe nothing.
    pub fn owe(&mut self, key: Key) {
        if let Some(line) = self.lines.get_mut(&key) {
            line.owed = true;
        }
    }

    /// Something may have been lost on the way: every line must be asked for.
    pub fn owe_all(&mut self) {
        self.lines.values_mut().for_each(|line| line.owed = true);
    }

    pub fn paid(&mut self, key: Key, now: Instant) {
        if let Some(line) = self.lines.get_mut(&key) {
            line.owed = false;
            line.heard = now;
            // What stands after a hole although the difference was read: its updates come again with the next one.
            if !line.later.is_empty() {
                line.hole = Some(now + self.hole_wait);
            }
        }
    }

    /// The next line to ask about, holes that waited long enough and silences included. One request tells of both the
    /// common and the secondary line.
    pub fn next_owed(&mut self, now: Instant, is_put_off: impl Fn(Key) -> bool) -> Option<Key> {
        let silence = self.silence;
        for line in self.lines.values_mut() {
            let silent = now.saturating_duration_since(line.heard) >= silence;
            line.owed |= silent || line.hole.is_some_and(|at| at <= now);
        }
        let of = |key: &Key| if *key == Key::Secondary { Key::Common } else { *key };
        self.lines.iter().filter(|(_, line)| line.owed).map(|(key, _)| of(key)).find(|key| !is_put_off(*key))
    }

    /// When a line that owes nothing now will.
    pub fn deadline(&self, now: Instant) -> Instant {
        let lines = self.lines.values().filter(|line| !line.owed).map(|line| {
            let silent = line.heard + self.silence;
            line.hole.map_or(silent, |hole| hole.min(silent))
        });
        lines.min().unwrap_or(now + self.silence)
    }

    /// No hole and no question open.
    pub fn is_settled(&self) -> bool {
        self.lines.values().all(|line| !line.owed && line.later.is_empty())
    }
}

impl Line {
    fn settle(&mut self) {
        self.later.sort_unstable();
        while let Some(&(begin, end)) = self.later.first() {
            if begin > self.pts {
                return;
            }
            self.pts = self.pts.max(end);
            self.later.remove(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const WAIT: Duration = Duration::from_millis(500);
    const SILENCE: Duration = Duration::from_secs(900);

    fn boxes(pts: i32) -> (Boxes, Instant) {
        let now = crate::pulse::now();
        let position = Position { pts, qts: 1, seq: 5, date: 1000, channels: [(7, (10, 1000))].into() };
        let mut boxes = Boxes::load(&position, WAIT, SILENCE, now);
        for key in [Key::Common, Key::Channel(7)] {
            boxes.paid(key, now);
        }
        (boxes, now)
    }

    fn step(key: Key, pts: i32, count: i32) -> Step {
        Step { key, pts, count }
    }

    #[test]
    fn a_loaded_position_owes_every_difference() {
        let now = crate::pulse::now();
        let position = Position { pts: 10, qts: 1, seq: 5, date: 1000, channels: [(7, (10, 1000)), (8, (3, 900))].into() };
        let mut boxes = Boxes::load(&position, WAIT, SILENCE, now);
        assert_eq!(boxes.position(), position);
        let mut asked = Vec::new();
        while let Some(key) = boxes.next_owed(now, |_| false) {
            asked.push(key);
            boxes.paid(key, now);
        }
        assert_eq!(asked, [Key::Common, Key::Channel(7), Key::Channel(8)]);
        assert!(boxes.is_settled());
    }

    #[test]
    fn a_hole_waits_a_moment_and_is_then_asked_about() {
        let (mut boxes, now) = boxes(10);
        assert_eq!(boxes.take(step(Key::Common, 11, 1), 1001, now), Taken::Next);
        assert_eq!(boxes.take(step(Key::Common, 13, 1), 1003, now), Taken::AfterHole);
        assert_eq!((boxes.pts(Key::Common), boxes.known_until(Key::Common)), (Some(11), 1001));
        assert_eq!(boxes.next_owed(now, |_| false), None);
        assert_eq!(boxes.next_owed(now + WAIT, |_| false), Some(Key::Common));
    }

    #[test]
    fn a_late_update_fills_the_hole() {
        let (mut boxes, now) = boxes(10);
        boxes.take(step(Key::Common, 12, 1), 1002, now);
        boxes.take(step(Key::Common, 13, 1), 1003, now);
        assert_eq!(boxes.take(step(Key::Common, 11, 1), 1001, now), Taken::Next);
        assert_eq!(boxes.pts(Key::Common), Some(13));
        assert!(boxes.is_settled());
        assert_eq!(boxes.next_owed(now + WAIT, |_| false), None);
        assert_eq!(boxes.take(step(Key::Common, 12, 1), 1002, now), Taken::Known);
    }

    #[test]
    fn several_at_once_and_none_at_all() {
        let (mut boxes, now) = boxes(10);
        assert_eq!(boxes.take(step(Key::Common, 310, 300), 1001, now), Taken::Next);
        assert_eq!(boxes.take(step(Key::Channel(7), 10, 0), 1001, now), Taken::Next, "a reading moves nothing");
        assert_eq!(boxes.take(step(Key::Channel(7), 12, 0), 1001, now), Taken::AfterHole, "but shows a hole");
    }

    #[test]
    fn a_container_out_of_order_owes_the_difference() {
        let (mut boxes, now) = boxes(10);
        assert!(boxes.take_seq(6, 7, 1005));
        assert_eq!((boxes.seq(), boxes.date()), (7, 1005));
        assert!(boxes.take_seq(0, 0, 0) && boxes.take_seq(6, 6, 1001));
        assert!(!boxes.take_seq(9, 9, 1006));
        assert_eq!((boxes.seq(), boxes.next_owed(now, |_| false)), (7, Some(Key::Common)));
    }

    #[test]
    fn a_known_channel_keeps_its_position() {
        let (mut boxes, now) = boxes(10);
        assert!(!boxes.learn(7, 99, 0, now));
        assert_eq!(boxes.pts(Key::Channel(7)), Some(10));
        assert!(boxes.learn(8, 99, 0, now));
        assert_eq!(boxes.take(step(Key::Channel(9), 5, 1), 1001, now), Taken::First);
        assert_eq!(boxes.pts(Key::Channel(9)), Some(5));
    }

    #[test]
    fn silence_is_asked_about() {
        let (mut boxes, now) = boxes(10);
        assert_eq!(boxes.next_owed(now + SILENCE, |_| false), Some(Key::Common));
        assert!(boxes.deadline(now) <= now + SILENCE);
    }

    proptest! {
        /// In whatever order and however often updates come, the position never passes one that did not.
        #[test]
        fn a_position_never_passes_a_hole(order in proptest::collection::vec(1..40i32, 0..120)) {
            let (mut boxes, now) = boxes(10);
            let mut seen = std::collections::BTreeSet::new();
            for n in order {
                seen.insert(n);
                boxes.take(step(Key::Common, 10 + n, 1), i64::from(1000 + n), now);
                let unbroken = (1..).take_while(|n| seen.contains(n)).last().unwrap_or(0);
                prop_assert_eq!(boxes.pts(Key::Common), Some(10 + unbroken));
                prop_assert!(boxes.known_until(Key::Common) <= i64::from(1000 + unbroken));
            }
        }
    }
}
