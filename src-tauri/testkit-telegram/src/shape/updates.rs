//! Events as TL updates. Content is always that of now, as a real server's differences have it.

use grammers_tl_types::{enums, types};

use super::View;
use super::peers::{input_peer, peer};
use crate::truth::Part;
use crate::world::Peer;
use crate::world::message::Said;
use crate::world::timeline::{Event, Happening, Timeline};

impl View<'_> {
    pub(crate) fn mailbox_update(&mut self, event: &Event) -> enums::Update {
        let (pts, pts_count) = (event.pts, event.count);
        let mailbox = &self.world.account(self.me).mailbox;
        match &event.what {
            Happening::New(id) => {
                let message = self.message(*id, said(mailbox, *id));
                types::UpdateNewMessage { message, pts, pts_count }.into()
            }
            Happening::Edit(id) => {
                let message = self.message(*id, said(mailbox, *id));
                types::UpdateEditMessage { message, pts, pts_count }.into()
            }
            Happening::Delete(ids) => {
                self.show_gone(mailbox, ids);
                types::UpdateDeleteMessages { messages: ids.clone(), pts, pts_count }.into()
            }
            Happening::ReadInbox { peer: at, up_to } => {
                self.refer(*at);
                let still_unread_count = self.unread(*at, *up_to);
                let (folder_id, top_msg_id, peer, max_id) = (None, None, peer(*at), *up_to);
                types::UpdateReadHistoryInbox { folder_id, peer, top_msg_id, max_id, still_unread_count, pts, pts_count }.into()
            }
            Happening::ReadOutbox { peer: at, up_to } => {
                self.refer(*at);
                types::UpdateReadHistoryOutbox { peer: peer(*at), max_id: *up_to, pts, pts_count }.into()
            }
            Happening::Pinned { peer: at, ids, on } => {
                self.refer(*at);
                let (pinned, messages) = (*on, ids.clone());
                types::UpdatePinnedMessages { pinned, peer: peer(*at), messages, pts, pts_count }.into()
            }
            Happening::Archived { peer: at, on } => {
                self.refer(*at);
                let folder_peers = vec![types::FolderPeer { peer: peer(*at), folder_id: i32::from(*on) }.into()];
                types::UpdateFolderPeers { folder_peers, pts, pts_count }.into()
            }
        }
    }

    pub(crate) fn channel_update(&mut self, channel_id: i64, event: &Event) -> enums::Update {
        let (pts, pts_count) = (event.pts, event.count);
        let timeline = &self.world.channel(channel_id).timeline;
        self.refer(Peer::Channel(channel_id));
        match &event.what {
            Happening::New(id) => {
                let message = self.message(*id, said(timeline, *id));
                types::UpdateNewChannelMessage { message, pts, pts_count }.into()
            }
            Happening::Edit(id) => {
                let message = self.message(*id, said(timeline, *id));
                types::UpdateEditChannelMessage { message, pts, pts_count }.into()
            }
            Happening::Delete(ids) => {
                self.show_gone(timeline, ids);
                types::UpdateDeleteChannelMessages { channel_id, messages: ids.clone(), pts, pts_count }.into()
            }
            Happening::Pinned { ids, on, .. } => {
                let (pinned, messages) = (*on, ids.clone());
                types::UpdatePinnedChannelMessages { pinned, channel_id, messages, pts, pts_count }.into()
            }
            Happening::ReadInbox { .. } | Happening::ReadOutbox { .. } | Happening::Archived { .. } => {
                panic!("an account's own mark is no event of a channel")
            }
        }
    }

    fn show_gone(&mut self, timeline: &Timeline, ids: &[i32]) {
        for id in ids {
            self.show(said(timeline, *id), Part::Deletion);
        }
    }

    /// Messages of others after this id.
    pub(crate) fn unread(&self, at: Peer, up_to: i32) -> i32 {
        let standing = self.world.standing(self.me, at);
        let unread = standing.iter().take_while(|(id, _)| *id > up_to);
        let of_others = unread.filter(|(_, said)| self.world.utterance(*said).from != self.me).count();
        i32::try_from(of_others).expect("a small chat")
    }

    pub(crate) fn input_peer(&mut self, at: Peer) -> enums::InputPeer {
        self.refer(at);
        input_peer(self.me, at)
    }
}

fn said(timeline: &Timeline, id: i32) -> Said {
    timeline.get(id).expect("an event names a message of its timeline").said
}
