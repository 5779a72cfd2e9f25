//! Pages of a chat, replies, and messages by id.

use grammers_tl_types::{Serializable, enums, functions, types};

use super::peers::{channel_of, peer_of};
use super::{Call, Refusal, Reply};
use crate::shape::View;
use crate::state::State;
use crate::world::message::Said;
use crate::world::timeline::Timeline;
use crate::world::{Peer, Topic, UserId, World};

/// Most messages in one page, and most ids in one question.
const PAGE: usize = 100;

/// Which part of a list, newest first, a client asks for.
struct Window {
    offset_id: i32,
    offset_date: i32,
    add_offset: i32,
    limit: i32,
    max_id: i32,
    min_id: i32,
}

/// The requests that ask for a window name its sides alike, and have no type in common.
macro_rules! window {
    ($asked:ident) => {
        Window {
            offset_id: $asked.offset_id,
            offset_date: $asked.offset_date,
            add_offset: $asked.add_offset,
            limit: $asked.limit,
            max_id: $asked.max_id,
            min_id: $asked.min_id,
        }
    };
}

impl Window {
    /// The offset names a place in the list, `add_offset` moves it, then `limit` messages are taken, and of these only
    /// those strictly between `min_id` and `max_id` (core.telegram.org/api/offsets).
    fn cut(&self, world: &World, all: &[(i32, Said)]) -> Vec<(i32, Said)> {
        let is_past = |(id, said): &(i32, Said)| match (self.offset_id, self.offset_date) {
            (0, 0) => true,
            (0, date) => world.utterance(*said).date < i64::from(date),
            (offset, _) => *id < offset,
        };
        let at = all.iter().position(is_past).unwrap_or(all.len());
        let at = i64::try_from(at).expect("a small list") + i64::from(self.add_offset);
        let limit = i64::from(self.limit).clamp(0, PAGE as i64);
        let within = |place: i64| usize::try_from(place).unwrap_or(0).min(all.len());
        let page = &all[within(at)..within(at + limit)];
        let fits = |id: i32| (self.max_id == 0 || id < self.max_id) && id > self.min_id;
        page.iter().filter(|(id, _)| fits(*id)).copied().collect()
    }
}

pub(super) fn get_history(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let asked: functions::messages::GetHistory = call.read()?;
    let me = call.me()?;
    let at = peer_of(&state.world, me, &asked.peer)?;
    let window = window!(asked);
    let all = state.world.standing(me, at);
    Ok(page(state, me, at, &window.cut(&state.world, &all), all.len()))
}

/// The messages of a topic, or those that answer a message.
pub(super) fn get_replies(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let asked: functions::messages::GetReplies = call.read()?;
    let me = call.me()?;
    let at = peer_of(&state.world, me, &asked.peer)?;
    let window = window!(asked);
    let mut all = state.world.standing(me, at);
    let answered = state.world.timeline(me, at).get(asked.msg_id).map(|kept| kept.said);
    all.retain(|(_, said)| {
        let utterance = state.world.utterance(*said);
        utterance.topic == Some(Topic(asked.msg_id)) || (answered.is_some() && utterance.reply == answered)
    });
    Ok(page(state, me, at, &window.cut(&state.world, &all), all.len()))
}

fn page(state: &State, me: UserId, at: Peer, page: &[(i32, Said)], count: usize) -> Reply {
    let mut view = View::new(&state.world, me);
    view.refer(at);
    let messages: Vec<_> = page.iter().map(|(id, said)| view.message(*id, *said)).collect();
    answer(view, at, messages, count)
}

/// The three shapes of one answer: a channel's, everything, a part.
fn answer(view: View<'_>, at: Peer, messages: Vec<enums::Message>, count: usize) -> Reply {
    let pts = if let Peer::Channel(id) = at { Some(view.world.channel(id).timeline.pts) } else { None };
    let is_all = messages.len() >= count;
    let count = i32::try_from(count).expect("a small chat");
    Reply::of(view.finish(), |users, chats| {
        let topics = Vec::new();
        let answer: enums::messages::Messages = match pts {
            Some(pts) => {
                let (inexact, offset_id_offset) = (false, None);
                types::messages::ChannelMessages { inexact, pts, count, offset_id_offset, messages, topics, chats, users }.into()
            }
            None if is_all => types::messages::Messages { messages, topics, chats, users }.into(),
            None => {
                let (inexact, next_rate, offset_id_offset, search_flood) = (false, None, None, None);
                let slice = types::messages::MessagesSlice {
                    inexact,
                    count,
                    next_rate,
                    offset_id_offset,
                    search_flood,
                    messages,
                    topics,
                    chats,
                    users,
                };
                slice.into()
            }
        };
        answer.to_bytes()
    })
}

fn ids(inputs: &[enums::InputMessage]) -> Vec<i32> {
    let ids = inputs.iter().filter_map(|input| if let enums::InputMessage::Id(input) = input { Some(input.id) } else { None });
    ids.take(PAGE).collect()
}

/// Each id in its place: what stands, or an empty message.
fn by_id(view: &mut View<'_>, timeline: &Timeline, hidden: i32, ids: &[i32]) -> Vec<enums::Message> {
    let one = |id: &i32| match timeline.get(*id) {
        Some(kept) if kept.deleted.is_none() && *id > hidden => view.message(*id, kept.said),
        gone => view.empty(*id, gone.map(|kept| kept.said)),
    };
    ids.iter().map(one).collect()
}

pub(super) fn get_messages(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let asked: functions::messages::GetMessages = call.read()?;
    let me = call.me()?;
    let mut view = View::new(&state.world, me);
    let messages = by_id(&mut view, &state.world.account(me).mailbox, 0, &ids(&asked.id));
    let count = messages.len();
    Ok(answer(view, Peer::User(me.0), messages, count))
}

pub(super) fn get_channel_messages(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let asked: functions::channels::GetMessages = call.read()?;
    let me = call.me()?;
    let id = channel_of(&state.world, me, &asked.channel)?;
    let mut view = View::new(&state.world, me);
    view.refer(Peer::Channel(id));
    let hidden = state.world.hidden(me, Peer::Channel(id)).map_or(0, |(id, _)| id);
    let messages = by_id(&mut view, &state.world.channel(id).timeline, hidden, &ids(&asked.id));
    let count = messages.len();
    Ok(answer(view, Peer::Channel(id), messages, count))
}

/// One range: accounts here are small.
pub(super) fn get_split_ranges(_: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    call.me()?;
    let range: enums::MessageRange = types::MessageRange { min_id: 1, max_id: i32::MAX }.into();
    Ok(Reply::plain(&vec![range]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Telegram;

    #[test]
    fn a_window_is_cut_as_telegram_cuts_it() {
        let tg = Telegram::start();
        let (anna, kirill) = (tg.account("Анна", "+79990000001"), tg.user("Кирилл"));
        let chat = tg.private(anna, kirill);
        (0..10).for_each(|n| _ = tg.say(chat, kirill, &format!("сообщение {n}")));
        let check = |window: Window, expected: &[i32]| {
            let ids = tg.look(|state| {
                let all = state.world.standing(anna, Peer::User(kirill.0));
                window.cut(&state.world, &all).into_iter().map(|(id, _)| id).collect::<Vec<_>>()
            });
            assert_eq!(ids, expected);
        };
        let window = |offset_id, add_offset, limit, max_id, min_id| Window {
            offset_id,
            offset_date: 0,
            add_offset,
            limit,
            max_id,
            min_id,
        };
        check(window(0, 0, 3, 0, 0), &[10, 9, 8]);
        check(window(8, 0, 3, 0, 0), &[7, 6, 5]);
        check(window(8, -2, 3, 0, 0), &[9, 8, 7]);
        check(window(1, -3, 3, 0, 0), &[3, 2, 1]);
        check(window(0, -5, 5, 0, 0), &[]);
        check(window(0, 0, 100, 9, 6), &[8, 7]);
        check(window(0, 8, 100, 0, 0), &[2, 1]);
        check(window(1, 0, 100, 0, 0), &[]);
    }
}
