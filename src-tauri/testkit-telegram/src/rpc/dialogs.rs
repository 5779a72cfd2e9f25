//! The list of chats: pages, pinned ones, the archive, and the folders.

use grammers_tl_types::{Serializable, enums, functions, types};

use super::peers::peer_of;
use super::{Call, Refusal, Reply};
use crate::shape::peers::{notify_settings, peer};
use crate::shape::{View, blank};
use crate::state::State;
use crate::world::people::Folder;
use crate::world::{Chat, Peer, UserId, World};

const ARCHIVE: i32 = 1;

/// A chat's place in the list.
struct Place {
    chat: Chat,
    date: i64,
    top: i32,
    pinned: bool,
}

/// The list as the account sees it: pinned ones first, then the newest.
fn listed(world: &World, me: UserId, folder: Option<i32>) -> Vec<Place> {
    let account = world.account(me);
    let belongs = |chat: &Chat| folder.is_none_or(|folder| account.archived.contains(chat) == (folder == ARCHIVE));
    let mut places: Vec<Place> =
        account.dialogs.iter().filter(|chat| belongs(chat)).map(|chat| place(world, me, *chat)).collect();
    places.sort_by_key(|place| {
        let pinned = account.pinned.iter().position(|chat| *chat == place.chat).unwrap_or(usize::MAX);
        (pinned, std::cmp::Reverse((place.date, place.top)), place.chat)
    });
    places
}

fn place(world: &World, me: UserId, chat: Chat) -> Place {
    let newest = world.standing(me, chat.peer_for(me)).first().copied();
    let date = newest.map_or(0, |(_, said)| world.utterance(said).date);
    Place { chat, date, top: newest.map_or(0, |(id, _)| id), pinned: world.account(me).pinned.contains(&chat) }
}

pub(super) fn dialog(view: &mut View<'_>, chat: Chat) -> enums::Dialog {
    let (world, me) = (view.world, view.me);
    let at = chat.peer_for(me);
    view.refer(at);
    let account = world.account(me);
    let place = place(world, me, chat);
    let mark = |marks: &std::collections::BTreeMap<Peer, i32>| marks.get(&at).copied().unwrap_or(0);
    let inbox = mark(&account.read_inbox);
    let made = types::Dialog {
        pinned: place.pinned,
        unread_mark: false,
        view_forum_as_messages: false,
        peer: peer(at),
        top_message: place.top,
        read_inbox_max_id: inbox,
        read_outbox_max_id: mark(&account.read_outbox),
        unread_count: view.unread(at, inbox),
        unread_mentions_count: 0,
        unread_reactions_count: 0,
        unread_poll_votes_count: 0,
        notify_settings: notify_settings(),
        pts: if let Chat::Channel(id) = chat { Some(world.channel(id).timeline.pts) } else { None },
        draft: None,
        folder_id: account.archived.contains(&chat).then_some(ARCHIVE),
        ttl_period: None,
    };
    made.into()
}

/// The dialogs and the message on top of each.
fn described(view: &mut View<'_>, places: &[Place]) -> (Vec<enums::Dialog>, Vec<enums::Message>) {
    let dialogs = places.iter().map(|place| dialog(view, place.chat)).collect();
    let mut messages = Vec::new();
    for place in places {
        let newest = view.world.standing(view.me, place.chat.peer_for(view.me)).first().copied();
        messages.extend(newest.map(|(id, said)| view.message(id, said)));
    }
    (dialogs, messages)
}

pub(super) fn get_dialogs(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let asked: functions::messages::GetDialogs = call.read()?;
    let me = call.me()?;
    let all = listed(&state.world, me, asked.folder_id);
    let count = all.len();
    let mut rest: Vec<Place> = all.into_iter().filter(|place| !(asked.exclude_pinned && place.pinned)).collect();
    let offset = match &asked.offset_peer {
        enums::InputPeer::Empty => None,
        input => Some(peer_of(&state.world, me, input)?),
    };
    let known = offset.and_then(|offset| rest.iter().position(|place| place.chat.peer_for(me) == offset));
    let by_date = rest.iter().position(|place| place.date < i64::from(asked.offset_date) && !place.pinned);
    let from = match (known, asked.offset_date) {
        (Some(last), _) => last + 1,
        (None, 0) => 0,
        (None, _) => by_date.unwrap_or(rest.len()),
    };
    rest.drain(..from);
    rest.truncate(usize::try_from(asked.limit).unwrap_or(0).clamp(1, 100));
    let is_all = rest.len() == count;
    let mut view = View::new(&state.world, me);
    let (mut dialogs, messages) = described(&mut view, &rest);
    if asked.folder_id == Some(0) && offset.is_none() {
        dialogs.extend(archive(&state.world, me));
    }
    Ok(Reply::of(view.finish(), |users, chats| {
        if is_all {
            return enums::messages::Dialogs::Dialogs(types::messages::Dialogs { dialogs, messages, chats, users }).to_bytes();
        }
        let count = i32::try_from(count).expect("a small list");
        enums::messages::Dialogs::Slice(types::messages::DialogsSlice { count, dialogs, messages, chats, users }).to_bytes()
    }))
}

/// The archive stands in the main list as one line.
fn archive(world: &World, me: UserId) -> Option<enums::Dialog> {
    let archived = listed(world, me, Some(ARCHIVE));
    let first = archived.first()?;
    let folder = blank!(types::Folder; 0u32, ARCHIVE, String::from("Archived Chats"));
    let made = types::DialogFolder {
        pinned: true,
        folder: folder.into(),
        peer: peer(first.chat.peer_for(me)),
        top_message: first.top,
        unread_muted_peers_count: 0,
        unread_unmuted_peers_count: 0,
        unread_muted_messages_count: 0,
        unread_unmuted_messages_count: 0,
    };
    Some(made.into())
}

fn peer_dialogs(state: &State, me: UserId, places: &[Place]) -> Reply {
    let mut view = View::new(&state.world, me);
    let (dialogs, messages) = described(&mut view, places);
    let account = state.world.account(me);
    let at = types::updates::State {
        pts: account.mailbox.pts,
        qts: account.qts,
        date: state.date(),
        seq: account.seq,
        unread_count: 0,
    };
    Reply::of(view.finish(), |users, chats| {
        let answer = types::messages::PeerDialogs { dialogs, messages, chats, users, state: at.into() };
        enums::messages::PeerDialogs::Dialogs(answer).to_bytes()
    })
}

pub(super) fn get_pinned_dialogs(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let asked: functions::messages::GetPinnedDialogs = call.read()?;
    let me = call.me()?;
    let mut places = listed(&state.world, me, Some(asked.folder_id));
    places.retain(|place| place.pinned);
    Ok(peer_dialogs(state, me, &places))
}

pub(super) fn get_peer_dialogs(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let asked: functions::messages::GetPeerDialogs = call.read()?;
    let me = call.me()?;
    let mut places = Vec::new();
    for input in &asked.peers {
        match input {
            enums::InputDialogPeer::Peer(input) => {
                let at = peer_of(&state.world, me, &input.peer)?;
                places.push(place(&state.world, me, state.world.chat(me, at)));
            }
            enums::InputDialogPeer::Folder(folder) => places.extend(listed(&state.world, me, Some(folder.folder_id))),
            enums::InputDialogPeer::Community(_) => return Err(super::bad_request("PEER_ID_INVALID")),
        }
    }
    Ok(peer_dialogs(state, me, &places))
}

pub(super) fn get_dialog_filters(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let me = call.me()?;
    let mut view = View::new(&state.world, me);
    let mut filters = vec![enums::DialogFilter::Default];
    filters.extend(state.world.account(me).folders.iter().map(|folder| filter(&mut view, folder)));
    let answer = types::messages::DialogFilters { tags_enabled: false, filters };
    Ok(Reply::plain(&enums::messages::DialogFilters::Filters(answer)))
}

pub(crate) fn filter(view: &mut View<'_>, folder: &Folder) -> enums::DialogFilter {
    let me = view.me;
    let mut inputs = |chats: &[Chat]| chats.iter().map(|chat| view.input_peer(chat.peer_for(me))).collect();
    let (include_peers, exclude_peers) = (inputs(&folder.chats), inputs(&folder.excluded));
    let made = types::DialogFilter {
        contacts: folder.kinds.contacts,
        non_contacts: folder.kinds.non_contacts,
        groups: folder.kinds.groups,
        broadcasts: folder.kinds.broadcasts,
        bots: folder.kinds.bots,
        exclude_muted: false,
        exclude_read: false,
        exclude_archived: false,
        title_noanimate: false,
        id: folder.id,
        title: types::TextWithEntities { text: folder.title.clone(), entities: Vec::new() }.into(),
        emoticon: None,
        color: None,
        pinned_peers: Vec::new(),
        include_peers,
        exclude_peers,
    };
    made.into()
}
