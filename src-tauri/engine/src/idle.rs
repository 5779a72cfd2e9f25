//! When to lock by itself: nobody has touched the window for a while, or the machine was asleep. Pure: the moments come
//! from the clock's file, and whoever watches asks every few seconds.

use std::time::Duration;

/// Two clocks at once: one that people set, one that only runs.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// Since 1970.
    pub wall: Duration,
    /// Since some beginning; on Linux and macOS it stands still while the machine sleeps, on Windows it runs.
    pub steady: Duration,
}

/// A watcher that is this late was asleep with the machine.
const ASLEEP: Duration = Duration::from_secs(30);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyLock {
    Idle,
    Slept,
}

/// Remembers the last input and the last look at the clocks.
#[derive(Clone, Copy, Debug)]
pub struct Watch {
    input: Duration,
    looked: Moment,
}

impl Watch {
    pub fn new(now: Moment) -> Self {
        Watch { input: now.steady, looked: now }
    }

    /// Somebody is here.
    pub fn input(&mut self, now: Moment) {
        self.input = now.steady;
    }

    /// Says whether to lock. `every` is how often it is asked; `idle` is none when the user wants no idle lock.
    pub fn look(&mut self, now: Moment, every: Duration, idle: Option<Duration>) -> Option<WhyLock> {
        let before = std::mem::replace(&mut self.looked, now);
        let passed = now.wall.saturating_sub(before.wall).max(now.steady.saturating_sub(before.steady));
        if passed > every + ASLEEP {
            return Some(WhyLock::Slept);
        }
        let still = now.steady.saturating_sub(self.input);
        idle.is_some_and(|idle| still >= idle).then_some(WhyLock::Idle)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERY: Duration = Duration::from_secs(2);
    const IDLE: Option<Duration> = Some(Duration::from_secs(900));

    fn at(wall: u64, steady: u64) -> Moment {
        Moment { wall: Duration::from_secs(1_763_550_000 + wall), steady: Duration::from_secs(steady) }
    }

    #[test]
    fn idle_counts_from_the_last_input() {
        let mut watch = Watch::new(at(0, 0));
        assert_eq!((1..450).find_map(|i| watch.look(at(2 * i, 2 * i), EVERY, IDLE)), None);
        watch.input(at(899, 899));
        assert_eq!(watch.look(at(900, 900), EVERY, IDLE), None);
        assert_eq!((451..1000).find(|i| watch.look(at(2 * i, 2 * i), EVERY, IDLE).is_some()), Some(900), "899 + 900 seconds");
        assert_eq!(watch.look(at(1802, 1802), EVERY, None), None, "the user wants no idle lock");
    }

    #[test]
    fn sleep_is_a_jump_of_either_clock() {
        let check = |wall, steady, expected| {
            let mut watch = Watch::new(at(100, 100));
            assert_eq!(watch.look(at(wall, steady), EVERY, IDLE), expected, "{wall} {steady}");
        };
        check(102, 102, None);
        check(125, 125, None); // a busy machine
        check(8_000, 102, Some(WhyLock::Slept)); // Linux, macOS
        check(700, 700, Some(WhyLock::Slept)); // Windows
        check(0, 102, None); // the clock was set back: nobody slept
    }
}
