//! Where an account stands, and what it missed. Differences coalesce: content is that of now, a message sent and deleted
//! meanwhile leaves only its id, several edits are one.

use std::collections::BTreeSet;

use grammers_tl_types::{Serializable, enums, functions, types};

use super::peers::channel_of;
use super::{Call, Refusal, Reply, bad_request};
use crate::shape::View;
use crate::state::State;
use crate::world::message::Said;
use crate::world::timeline::{Event, Happening, Timeline};
use crate::world::{Chat, Peer, UserId};

fn state_now(state: &State, me: UserId) -> types::updates::State {
    let account = state.world.account(me);
    types::updates::State { pts: account.mailbox.pts, qts: account.qts, date: state.date(), seq: account.seq, unread_count: 0 }
}

/// Asking for the state makes a link one that gets updates.
fn listen(state: &mut State, call: &Call<'_>) {
    if let Some(link) = state.links.get_mut(&call.caller.link) {
        link.wants_updates = true;
    }
}

pub(super) fn get_state(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let me = call.me()?;
    listen(state, call);
    Ok(Reply::plain(&enums::updates::State::State(state_now(state, me))))
}

pub(super) fn get_difference(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let asked: functions::updates::GetDifference = call.read()?;
    let me = call.me()?;
    listen(state, call);
    let pts = state.world.account(me).mailbox.pts;
    if asked.pts <= 0 {
        return Err(bad_request("PERSISTENT_TIMESTAMP_EMPTY"));
    }
    if asked.pts > pts {
        return Err(bad_request("PERSISTENT_TIMESTAMP_INVALID"));
    }
    let is_too_long = state.faults.plan(me).difference_is_too_long() || pts - asked.pts > state.options.too_long_after;
    if is_too_long {
        let answer = types::updates::DifferenceTooLong { pts };
        return Ok(Reply::plain(&enums::updates::Difference::TooLong(answer)));
    }
    Ok(difference(state, me, &asked))
}

fn difference(state: &State, me: UserId, asked: &functions::updates::GetDifference) -> Reply {
    let account = state.world.account(me);
    let missed = account.mailbox.since(asked.pts);
    let slice = &missed[..missed.len().min(state.options.slice)];
    let is_all = slice.len() == missed.len();
    let mut view = View::new(&state.world, me);
    let (new_messages, mut other_updates) = missed_in(&mut view, None, slice);
    if is_all {
        let since = i64::from(asked.date);
        other_updates.extend(account.loose.iter().filter(|(at, _)| *at >= since).map(|(_, update)| update.clone()));
        other_updates.extend(channel_hints(state, &mut view, since));
    }
    let secret: Vec<_> = (asked.qts..account.qts).map(secret_message).collect();
    let date = state.date();
    // A slice of which nothing is left to see still moves the client on.
    if missed.is_empty() && other_updates.is_empty() && secret.is_empty() {
        return Reply::plain(&enums::updates::Difference::Empty(types::updates::DifferenceEmpty { date, seq: account.seq }));
    }
    let mut at = state_now(state, me);
    at.pts = slice.last().map_or(account.mailbox.pts, |event| event.pts);
    let new_encrypted_messages = if is_all { secret } else { Vec::new() };
    Reply::of(view.finish(), |users, chats| {
        if is_all {
            let state = at.into();
            let difference =
                types::updates::Difference { new_messages, new_encrypted_messages, other_updates, chats, users, state };
            return enums::updates::Difference::Difference(difference).to_bytes();
        }
        at.qts = asked.qts;
        let intermediate_state = at.into();
        let slice = types::updates::DifferenceSlice {
            new_messages,
            new_encrypted_messages,
            other_updates,
            chats,
            users,
            intermediate_state,
        };
        enums::updates::Difference::Slice(slice).to_bytes()
    })
}

/// A message of a secret chat: only the fact, nothing in it is ours to read.
pub(crate) fn secret_message(number: i32) -> enums::EncryptedMessage {
    let random_id = i64::from(number) + 1;
    types::EncryptedMessageService { random_id, chat_id: 1, date: 0, bytes: vec![0; 16] }.into()
}

/// Messages that are new and stand, and everything else that happened, each edited message once.
fn missed_in(view: &mut View<'_>, channel: Option<i64>, events: &[Event]) -> (Vec<enums::Message>, Vec<enums::Update>) {
    let world = view.world;
    let timeline = channel.map_or_else(|| &world.account(view.me).mailbox, |id| &world.channel(id).timeline);
    let new: BTreeSet<i32> = events.iter().filter_map(|event| as_new(&event.what)).collect();
    let mut messages = Vec::new();
    for id in &new {
        if let Some(said) = standing(timeline, *id) {
            messages.push(view.message(*id, said));
        }
    }
    let mut told = new;
    let mut updates = Vec::new();
    for event in events.iter().rev() {
        let is_told = match &event.what {
            Happening::New(_) => true,
            Happening::Edit(id) => standing(timeline, *id).is_none() || !told.insert(*id),
            _ => false,
        };
        if !is_told {
            updates.push(match channel {
                Some(id) => view.channel_update(id, event),
                None => view.mailbox_update(event),
            });
        }
    }
    updates.reverse();
    (messages, updates)
}

fn as_new(what: &Happening) -> Option<i32> {
    if let Happening::New(id) = what { Some(*id) } else { None }
}

fn standing(timeline: &Timeline, id: i32) -> Option<Said> {
    timeline.get(id).filter(|kept| kept.deleted.is_none()).map(|kept| kept.said)
}

/// "This channel moved": Telegram says so inside an account's difference, with the channel's pts of now.
fn channel_hints(state: &State, view: &mut View<'_>, since: i64) -> Vec<enums::Update> {
    if !state.options.channel_hints {
        return Vec::new();
    }
    let me = view.me;
    let moved = state.world.channels.iter().filter(|(_, channel)| {
        let is_news = channel.timeline.events.last().is_some_and(|event| event.at >= since);
        is_news && channel.members.contains(&me)
    });
    let hints = moved.map(|(id, channel)| {
        view.refer(Peer::Channel(*id));
        types::UpdateChannelTooLong { channel_id: *id, pts: Some(channel.timeline.pts) }.into()
    });
    hints.collect()
}

pub(super) fn get_channel_difference(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let asked: functions::updates::GetChannelDifference = call.read()?;
    let me = call.me()?;
    let id = channel_of(&state.world, me, &asked.channel)?;
    let pts = state.world.channel(id).timeline.pts;
    if asked.pts <= 0 {
        return Err(bad_request("PERSISTENT_TIMESTAMP_EMPTY"));
    }
    if asked.pts > pts {
        return Err(bad_request("PERSISTENT_TIMESTAMP_INVALID"));
    }
    let planned = state.faults.plan(me).channel_difference_is_too_long(id);
    if planned || pts - asked.pts > state.options.channel_too_long_after {
        return Ok(channel_too_long(state, me, id));
    }
    Ok(channel_difference(state, me, id, &asked))
}

fn channel_difference(state: &State, me: UserId, id: i64, asked: &functions::updates::GetChannelDifference) -> Reply {
    let timeline = &state.world.channel(id).timeline;
    let missed = timeline.since(asked.pts);
    let limit = usize::try_from(asked.limit).unwrap_or(0).max(1);
    let slice = &missed[..missed.len().min(limit)];
    let r#final = slice.len() == missed.len();
    let pts = slice.last().map_or(timeline.pts, |event| event.pts);
    let mut view = View::new(&state.world, me);
    let (new_messages, other_updates) = missed_in(&mut view, Some(id), slice);
    if missed.is_empty() {
        let answer = types::updates::ChannelDifferenceEmpty { r#final, pts, timeout: None };
        return Reply::plain(&enums::updates::ChannelDifference::Empty(answer));
    }
    view.refer(Peer::Channel(id));
    Reply::of(view.finish(), |users, chats| {
        let timeout = None;
        let answer = types::updates::ChannelDifference { r#final, pts, timeout, new_messages, other_updates, chats, users };
        enums::updates::ChannelDifference::Difference(answer).to_bytes()
    })
}

/// The newest messages and where the channel stands; what lies between is lost to the client unless it reads the history.
fn channel_too_long(state: &State, me: UserId, id: i64) -> Reply {
    let mut view = View::new(&state.world, me);
    let newest: Vec<_> = state.world.standing(me, Peer::Channel(id)).into_iter().take(10).collect();
    let messages: Vec<_> = newest.iter().map(|(id, said)| view.message(*id, *said)).collect();
    let dialog = super::dialogs::dialog(&mut view, Chat::Channel(id));
    Reply::of(view.finish(), |users, chats| {
        let (r#final, timeout) = (true, None);
        let answer = types::updates::ChannelDifferenceTooLong { r#final, timeout, dialog, messages, chats, users };
        enums::updates::ChannelDifference::TooLong(answer).to_bytes()
    })
}
