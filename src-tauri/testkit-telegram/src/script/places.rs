//! Groups, channels, forums, folders: making them, coming and going.

use grammers_tl_types::types;

use crate::shape::View;
use crate::state::State;
use crate::telegram::Telegram;
use crate::world::people::{Folder, FolderKinds};
use crate::world::places::{Channel, ChannelKind, Group};
use crate::world::timeline::{Happening, Timeline};
use crate::world::{Chat, Peer, Service, Topic, UserId};

/// Ids of groups and of channels begin here. Bare ids of different kinds may be equal on purpose.
const FIRST_GROUP: i64 = 1001;
const FIRST_CHANNEL: i64 = 1001;
/// The first id a client may give a folder.
const FIRST_FOLDER: i32 = 2;

impl State {
    fn new_channel(&mut self, title: &str, kind: ChannelKind, members: &[UserId]) -> i64 {
        let id = FIRST_CHANNEL + i64::try_from(self.world.channels.len()).expect("few channels");
        let channel = Channel {
            title: title.to_owned(),
            kind,
            creator: *members.first().expect("somebody makes a channel"),
            members: members.iter().copied().collect(),
            former: std::collections::BTreeMap::new(),
            date: self.now(),
            timeline: Timeline::new(),
            topics: std::collections::BTreeMap::new(),
            migrated_from: None,
            deleted: false,
        };
        self.world.channels.insert(id, channel);
        self.list(Chat::Channel(id));
        id
    }

    /// Puts the chat into the list of all who see it.
    fn list(&mut self, chat: Chat) {
        for account in self.world.audience(chat) {
            self.world.account_mut(account).dialogs.insert(chat);
        }
    }

    fn tell_channel(&mut self, account: UserId, id: i64) {
        if self.world.accounts.contains_key(&account) {
            self.happen_loosely(account, types::UpdateChannel { channel_id: id }.into(), &[Peer::Channel(id)]);
        }
    }

    fn come(&mut self, chat: Chat, who: UserId) {
        match chat {
            Chat::Private(..) => panic!("nobody joins a private chat"),
            Chat::Group(id) => {
                let group = self.world.groups.get_mut(&id).expect("a group of this server");
                group.members.insert(who);
                group.former.remove(&who);
                group.version += 1;
            }
            Chat::Channel(id) => {
                let channel = self.world.channel_mut(id);
                channel.members.insert(who);
                channel.former.remove(&who);
                self.tell_channel(who, id);
            }
        }
        self.list(chat);
        if self.notes_membership(chat) {
            self.serve_notice(chat, who, Service::Added(vec![who]));
        }
    }

    fn go(&mut self, chat: Chat, who: UserId, by: UserId) {
        if self.notes_membership(chat) {
            self.serve_notice(chat, by, Service::Left(who));
        }
        let now = self.now();
        match chat {
            Chat::Private(..) => panic!("nobody leaves a private chat; clear its history"),
            Chat::Group(id) => {
                let group = self.world.groups.get_mut(&id).expect("a group of this server");
                group.members.remove(&who);
                group.former.insert(who);
                group.version += 1;
            }
            Chat::Channel(id) => {
                let channel = self.world.channel_mut(id);
                channel.members.remove(&who);
                channel.former.insert(who, now);
                if let Some(account) = self.world.accounts.get_mut(&who) {
                    account.dialogs.remove(&chat);
                }
                self.tell_channel(who, id);
            }
        }
    }

    /// Broadcast channels do not say who comes and goes.
    fn notes_membership(&self, chat: Chat) -> bool {
        !matches!(chat, Chat::Channel(id) if self.world.channel(id).is_broadcast())
    }

    fn end(&mut self, chat: Chat) {
        let Chat::Channel(id) = chat else {
            let Chat::Group(id) = chat else { panic!("a private chat has no owner to delete it") };
            let group = self.world.groups.get_mut(&id).expect("a group of this server");
            group.deactivated = true;
            return;
        };
        let (members, now) = (self.world.channel(id).members.clone(), self.now());
        let channel = self.world.channel_mut(id);
        channel.deleted = true;
        channel.former.extend(members.iter().map(|member| (*member, now)));
        channel.members.clear();
        for member in members {
            if let Some(account) = self.world.accounts.get_mut(&member) {
                account.dialogs.remove(&chat);
            }
            self.tell_channel(member, id);
        }
    }

    fn put_folder(&mut self, account: UserId, folder: Folder) {
        let own = self.world.account_mut(account);
        own.folders.retain(|known| known.id != folder.id);
        own.folders.push(folder.clone());
        let mut view = View::new(&self.world, account);
        let filter = crate::rpc::dialogs::filter(&mut view, &folder);
        self.happen_loosely(account, types::UpdateDialogFilter { id: folder.id, filter: Some(filter) }.into(), &[]);
    }

    fn free_folder(&self, account: UserId) -> i32 {
        self.world.account(account).folders.iter().map(|folder| folder.id + 1).max().unwrap_or(FIRST_FOLDER)
    }
}

impl Telegram {
    /// A basic group; the first member made it.
    pub fn group(&self, title: &str, members: &[UserId]) -> Chat {
        self.with_state(|state| {
            let id = FIRST_GROUP + i64::try_from(state.world.groups.len()).expect("few groups");
            let creator = *members.first().expect("somebody makes a group");
            let group = Group {
                title: title.to_owned(),
                creator,
                members: members.iter().copied().collect(),
                former: std::collections::BTreeSet::new(),
                date: state.now(),
                migrated_to: None,
                deactivated: false,
                version: 1,
            };
            state.world.groups.insert(id, group);
            state.list(Chat::Group(id));
            state.serve_notice(Chat::Group(id), creator, Service::Created(title.to_owned()));
            Chat::Group(id)
        })
    }

    pub fn supergroup(&self, title: &str, members: &[UserId]) -> Chat {
        self.with_state(|state| Chat::Channel(state.new_channel(title, ChannelKind::Supergroup, members)))
    }

    pub fn channel(&self, title: &str, members: &[UserId]) -> Chat {
        self.with_state(|state| Chat::Channel(state.new_channel(title, ChannelKind::Broadcast, members)))
    }

    pub fn forum(&self, title: &str, members: &[UserId]) -> Chat {
        self.with_state(|state| Chat::Channel(state.new_channel(title, ChannelKind::Forum, members)))
    }

    /// A topic of a forum.
    pub fn topic(&self, forum: Chat, title: &str) -> Topic {
        let Chat::Channel(id) = forum else { panic!("only a forum has topics") };
        self.with_state(|state| {
            let creator = state.world.channel(id).creator;
            let said = state.serve_notice(forum, creator, Service::Topic(title.to_owned()));
            let number = state.world.channel(id).timeline.id_of(said).expect("it was just said");
            state.world.channel_mut(id).topics.insert(number, title.to_owned());
            Topic(number)
        })
    }

    pub fn join(&self, chat: Chat, who: UserId) {
        self.with_state(|state| state.come(chat, who));
    }

    pub fn leave(&self, chat: Chat, who: UserId) {
        self.with_state(|state| state.go(chat, who, who));
    }

    pub fn kick(&self, chat: Chat, who: UserId, by: UserId) {
        self.with_state(|state| state.go(chat, who, by));
    }

    /// The owner deletes the whole group or channel.
    pub fn delete_chat(&self, chat: Chat) {
        self.with_state(|state| state.end(chat));
    }

    pub fn rename(&self, chat: Chat, who: UserId, title: &str) {
        self.with_state(|state| {
            match chat {
                Chat::Private(..) => panic!("a private chat has no title"),
                Chat::Group(id) => state.world.groups.get_mut(&id).expect("a group").title = title.to_owned(),
                Chat::Channel(id) => state.world.channel_mut(id).title = title.to_owned(),
            }
            state.serve_notice(chat, who, Service::Title(title.to_owned()));
        });
    }

    /// A basic group becomes a supergroup; both say so.
    pub fn migrate(&self, group: Chat) -> Chat {
        let Chat::Group(id) = group else { panic!("only a basic group migrates") };
        self.with_state(|state| {
            let (title, creator) = (state.world.groups[&id].title.clone(), state.world.groups[&id].creator);
            let mut members = vec![creator];
            members.extend(state.world.groups[&id].members.iter().filter(|member| **member != creator));
            let channel = state.new_channel(&title, ChannelKind::Supergroup, &members);
            state.world.channel_mut(channel).migrated_from = Some(id);
            state.serve_notice(group, creator, Service::MigratedTo(channel));
            let old = state.world.groups.get_mut(&id).expect("a group");
            (old.migrated_to, old.deactivated) = (Some(channel), true);
            state.serve_notice(Chat::Channel(channel), creator, Service::MigratedFrom(id, title));
            Chat::Channel(channel)
        })
    }

    /// A folder of these chats; its id.
    pub fn folder(&self, account: UserId, title: &str, chats: &[Chat]) -> i32 {
        self.with_state(|state| {
            let id = state.free_folder(account);
            let (title, chats, excluded, kinds) = (title.to_owned(), chats.to_vec(), Vec::new(), FolderKinds::default());
            state.put_folder(account, Folder { id, title, chats, excluded, kinds });
            id
        })
    }

    /// A folder that takes kinds of chats by rule: any of `contacts`, `non_contacts`, `groups`, `broadcasts`, `bots`.
    pub fn folder_of_kinds(&self, account: UserId, title: &str, kinds: &[&str], excluded: &[Chat]) -> i32 {
        let takes = |kind: &str| kinds.contains(&kind);
        let kinds = FolderKinds {
            contacts: takes("contacts"),
            non_contacts: takes("non_contacts"),
            groups: takes("groups"),
            broadcasts: takes("broadcasts"),
            bots: takes("bots"),
        };
        self.with_state(|state| {
            let id = state.free_folder(account);
            state.put_folder(
                account,
                Folder { id, title: title.to_owned(), chats: Vec::new(), excluded: excluded.to_vec(), kinds },
            );
            id
        })
    }

    /// Puts a chat into a folder that is there.
    pub fn add_to_folder(&self, account: UserId, folder: i32, chat: Chat) {
        self.with_state(|state| {
            let folders = &state.world.account(account).folders;
            let mut folder = folders.iter().find(|known| known.id == folder).expect("a folder of this account").clone();
            folder.chats.push(chat);
            state.put_folder(account, folder);
        });
    }

    pub fn remove_folder(&self, account: UserId, id: i32) {
        self.with_state(|state| {
            state.world.account_mut(account).folders.retain(|folder| folder.id != id);
            state.happen_loosely(account, types::UpdateDialogFilter { id, filter: None }.into(), &[]);
        });
    }

    /// Moves a chat into the archive or out of it.
    pub fn archive(&self, account: UserId, chat: Chat, on: bool) {
        self.with_state(|state| {
            let archived = &mut state.world.account_mut(account).archived;
            _ = if on { archived.insert(chat) } else { archived.remove(&chat) };
            state.happen_in_mailbox(account, Happening::Archived { peer: chat.peer_for(account), on });
        });
    }

    pub fn pin_dialog(&self, account: UserId, chat: Chat, on: bool) {
        self.with_state(|state| {
            let pinned = &mut state.world.account_mut(account).pinned;
            pinned.retain(|known| *known != chat);
            if on {
                pinned.push(chat);
            }
        });
    }
}
