//! What a real server tells beside the talk: reactions, edits that change nothing, a past taken away, bundles, noise.

use grammers_tl_types::{enums, types};

use crate::telegram::Telegram;
use crate::world::message::Said;
use crate::world::{Chat, Peer, UserId};

impl Telegram {
    /// An edit event without a change, as link previews and polls make them. No archive should see a version in it.
    pub fn touch(&self, said: Said) {
        self.with_state(|state| state.tell_edit(said));
    }

    pub fn react(&self, said: Said, who: UserId, emoji: &str) {
        self.with_state(|state| {
            state.world.utterance_mut(said).reactions.push((who, emoji.to_owned()));
            state.tell_reaction(said);
        });
    }

    /// An administrator takes a channel's past away from this account: up to this message, it included.
    pub fn hide_before(&self, chat: Chat, account: UserId, said: Said) {
        let Chat::Channel(channel_id) = chat else { panic!("only a channel hides its past") };
        self.with_state(|state| {
            let now = state.now();
            let available_min_id = state.world.channel(channel_id).timeline.id_of(said).expect("said there");
            state.world.account_mut(account).hidden.insert(channel_id, (available_min_id, now));
            let update = types::UpdateChannelAvailableMessages { channel_id, available_min_id };
            state.happen_loosely(account, update.into(), &[Peer::Channel(channel_id)]);
        });
    }

    /// Everything the script does inside goes out in one `updatesCombined` per account, newest first.
    pub fn at_once<T>(&self, script: impl FnOnce(&Telegram) -> T) -> T {
        self.with_state(|state| state.bundle = Some(std::collections::BTreeMap::new()));
        let result = script(self);
        self.with_state(crate::state::State::deliver_bundle);
        result
    }

    /// Updates nobody archives: somebody is online, somebody types, the configuration changed.
    pub fn noise(&self, account: UserId, about: UserId) {
        let typing = types::UpdateUserTyping {
            user_id: about.0,
            top_msg_id: None,
            action: enums::SendMessageAction::SendMessageTypingAction,
        };
        let expires = self.with_state(|state| state.date()) + 60;
        let status = types::UpdateUserStatus { user_id: about.0, status: types::UserStatusOnline { expires }.into() };
        let updates = [typing.into(), status.into(), enums::Update::Config];
        self.with_state(|state| updates.into_iter().for_each(|update| state.happen_noisily(account, update)));
    }
}
