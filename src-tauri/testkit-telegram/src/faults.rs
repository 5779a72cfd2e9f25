//! Faults on demand, per account: exact counts for a test that wants one fault, seeded storms for one that wants many.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::dice::Dice;
use crate::rpc::Refusal;
use crate::state::State;
use crate::telegram::Telegram;
use crate::world::{Chat, UserId};

/// What happens to a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RpcFault {
    /// `FLOOD_WAIT_<seconds>`.
    Flood(u32),
    /// Any RPC error.
    Error(i32, &'static str),
    /// The answer comes so much later.
    Slow(Duration),
    /// No answer at all; the link stays.
    Silent,
    /// An answer cut short in the middle.
    Malformed,
    /// An answer with a constructor nobody knows.
    Unknown,
    /// The link is cut before the call is done.
    CutBefore,
    /// The link is cut after the call is done and before its answer is sent.
    CutAfter,
}

/// A storm: each number is a probability per push or per call.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Storm {
    pub seed: u64,
    pub lose: f64,
    pub double: f64,
    pub swap: f64,
    /// Cuts the link instead of a push.
    pub cut: f64,
    pub slow: f64,
    /// `FLOOD_WAIT_1`.
    pub flood: f64,
    /// Error 500.
    pub error: f64,
    /// `differenceTooLong` and `channelDifferenceTooLong`.
    pub too_long: f64,
    /// `updateChannelTooLong` with the pts instead of a channel's push.
    pub hint: f64,
}

#[derive(Default)]
pub(crate) struct Faults(BTreeMap<UserId, Plan>);

#[derive(Default)]
pub(crate) struct Plan {
    pub(crate) lose: u32,
    pub(crate) double: u32,
    pub(crate) swap: u32,
    pub(crate) muted: bool,
    pub(crate) offline: bool,
    /// New links of the account are frozen from their first packet on.
    pub(crate) frozen: bool,
    rules: Vec<Rule>,
    storm: Option<(Storm, Dice)>,
    difference_too_long: u32,
    channel_too_long: BTreeMap<i64, u32>,
}

struct Rule {
    method: String,
    fault: RpcFault,
    times: u32,
}

/// What becomes of one push.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PushFate {
    Sent,
    Lost,
    Doubled,
    Held,
    Cut,
    Hint,
}

fn take(count: &mut u32) -> bool {
    let had = *count > 0;
    *count = count.saturating_sub(1);
    had
}

impl Faults {
    pub(crate) fn plan(&mut self, account: UserId) -> &mut Plan {
        self.0.entry(account).or_default()
    }
}

impl Plan {
    pub(crate) fn push_fate(&mut self) -> PushFate {
        if self.muted || take(&mut self.lose) {
            return PushFate::Lost;
        }
        if take(&mut self.double) {
            return PushFate::Doubled;
        }
        if take(&mut self.swap) {
            return PushFate::Held;
        }
        let Some((storm, dice)) = &mut self.storm else { return PushFate::Sent };
        let fates = [
            (storm.lose, PushFate::Lost),
            (storm.double, PushFate::Doubled),
            (storm.swap, PushFate::Held),
            (storm.cut, PushFate::Cut),
            (storm.hint, PushFate::Hint),
        ];
        fates.into_iter().find(|(chance, _)| dice.happens(*chance)).map_or(PushFate::Sent, |(_, fate)| fate)
    }

    pub(crate) fn call_fate(&mut self, method: &str) -> Option<RpcFault> {
        let rule = self.rules.iter_mut().find(|rule| rule.times > 0 && (rule.method == "*" || rule.method == method));
        if let Some(rule) = rule {
            rule.times -= 1;
            return Some(rule.fault.clone());
        }
        let (storm, dice) = self.storm.as_mut()?;
        let fates = [
            (storm.slow, RpcFault::Slow(Duration::from_millis(20))),
            (storm.flood, RpcFault::Flood(1)),
            (storm.error, RpcFault::Error(500, "INTERNAL")),
        ];
        fates.into_iter().find(|(chance, _)| dice.happens(*chance)).map(|(_, fate)| fate)
    }

    pub(crate) fn difference_is_too_long(&mut self) -> bool {
        take(&mut self.difference_too_long) || self.storm_says_too_long()
    }

    pub(crate) fn channel_difference_is_too_long(&mut self, channel: i64) -> bool {
        self.channel_too_long.get_mut(&channel).is_some_and(take) || self.storm_says_too_long()
    }

    fn storm_says_too_long(&mut self) -> bool {
        self.storm.as_mut().is_some_and(|(storm, dice)| dice.happens(storm.too_long))
    }
}

/// The faults of one account; every call takes effect at once.
pub struct AccountFaults {
    pub(crate) server: Telegram,
    pub(crate) account: UserId,
}

impl AccountFaults {
    fn plan(&self, change: impl FnOnce(&mut Plan)) {
        self.server.with_state(|state| change(state.faults.plan(self.account)));
    }

    fn links(&self, change: impl Fn(&mut crate::state::Link)) {
        self.server.with_state(|state| state.links_of(self.account).for_each(&change));
    }

    fn refuse(&self, code: i32, name: &str) {
        self.server.with_state(|state| state.keys_of(self.account).for_each(|key| key.refusal = Some(Refusal::new(code, name))));
    }

    /// Cuts every link at once; what was on its way is lost.
    pub fn cut(&self) {
        self.links(|link| _ = link.killed.send_replace(true));
    }

    /// The links of now stay open and nothing passes any more, in either direction. New links work.
    pub fn freeze(&self) {
        self.links(|link| _ = link.frozen.send_replace(true));
    }

    /// Like [`Self::freeze`], and new links freeze at their first packet too.
    pub fn silence(&self) {
        self.plan(|plan| plan.frozen = true);
        self.freeze();
    }

    /// Everything flows again, what waited included.
    pub fn thaw(&self) {
        self.plan(|plan| plan.frozen = false);
        self.links(|link| _ = link.frozen.send_replace(false));
    }

    /// Cuts, and closes every new link at its first packet.
    pub fn offline(&self) {
        self.plan(|plan| plan.offline = true);
        self.cut();
    }

    pub fn online(&self) {
        self.plan(|plan| plan.offline = false);
    }

    pub fn lose_pushes(&self, count: u32) {
        self.plan(|plan| plan.lose += count);
    }

    pub fn double_pushes(&self, count: u32) {
        self.plan(|plan| plan.double += count);
    }

    /// So many pushes come after the one that follows them.
    pub fn swap_pushes(&self, count: u32) {
        self.plan(|plan| plan.swap += count);
    }

    /// No pushes at all: a silent server.
    pub fn mute(&self) {
        self.plan(|plan| plan.muted = true);
    }

    pub fn unmute(&self) {
        self.plan(|plan| plan.muted = false);
    }

    /// The next calls of this method (`"*"`: of any) meet this fault.
    pub fn on(&self, method: &str, fault: RpcFault, times: u32) {
        let method = method.to_owned();
        self.plan(|plan| plan.rules.push(Rule { method, fault, times }));
    }

    /// The next difference is answered `differenceTooLong`.
    pub fn difference_too_long(&self) {
        self.plan(|plan| plan.difference_too_long += 1);
    }

    /// The next difference of this channel is answered `channelDifferenceTooLong`.
    pub fn channel_difference_too_long(&self, chat: Chat) {
        let Chat::Channel(id) = chat else { panic!("only channels have a difference of their own") };
        self.plan(|plan| *plan.channel_too_long.entry(id).or_default() += 1);
    }

    /// Pushes `updateChannelTooLong`, with the channel's pts or without.
    pub fn push_channel_too_long(&self, chat: Chat, with_pts: bool) {
        let Chat::Channel(id) = chat else { panic!("only channels are too long") };
        self.server.with_state(|state| state.push_channel_hint(self.account, id, with_pts));
    }

    /// Pushes `updatesTooLong`.
    pub fn push_too_long(&self) {
        self.push_raw(&grammers_tl_types::Serializable::to_bytes(&grammers_tl_types::enums::Updates::TooLong));
    }

    /// Pushes an `updates` that ends in the middle.
    pub fn push_malformed(&self) {
        self.push_raw(&[0x74, 0xae, 0x43, 0x15, 0x15, 0xc4, 0xb5, 0x1c, 9, 0, 0, 0].map(|byte: u8| byte));
    }

    /// Pushes a constructor that nobody knows.
    pub fn push_unknown(&self) {
        self.push_raw(&[0xde, 0xc0, 0xad, 0x0b, 1, 0, 0, 0]);
    }

    /// Pushes these bytes as they are, whatever faults are planned.
    pub fn push_raw(&self, body: &[u8]) {
        self.server.with_state(|state| state.push_unfailing(self.account, body));
    }

    /// The server forgets the keys: transport error −404, and links are closed.
    pub fn lose_key(&self) {
        self.server.with_state(|state| state.keys_of(self.account).for_each(|key| key.lost = true));
        self.cut();
    }

    /// 401 AUTH_KEY_UNREGISTERED from now on: signed out elsewhere.
    pub fn unregister(&self) {
        self.refuse(401, "AUTH_KEY_UNREGISTERED");
    }

    /// 401 SESSION_REVOKED from now on.
    pub fn revoke(&self) {
        self.refuse(401, "SESSION_REVOKED");
    }

    /// 401 USER_DEACTIVATED from now on.
    pub fn deactivate(&self) {
        self.refuse(401, "USER_DEACTIVATED");
    }

    /// Random faults from now on, the same for the same seed and the same course of events.
    pub fn storm(&self, storm: Storm) {
        self.plan(|plan| plan.storm = Some((storm, Dice::new(storm.seed))));
    }

    /// No planned fault any more; what was held back is sent. Lost keys and refusals stay.
    pub fn calm(&self) {
        self.plan(|plan| *plan = Plan::default());
        self.thaw();
        self.server.with_state(|state| state.release_held(self.account));
    }
}

impl State {
    /// Sends what was kept back for a swap.
    fn release_held(&mut self, account: UserId) {
        for link in self.links_of(account) {
            if let Some(packet) = link.held.take() {
                _ = link.out.send(crate::link::ToLink::Packet(packet));
            }
        }
    }
}
