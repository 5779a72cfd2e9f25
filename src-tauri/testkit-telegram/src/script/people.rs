//! People and their accounts: who exists, who may sign in, what Telegram itself writes to them.

use grammers_tl_types::{enums, types};

use crate::srp::Verifier;
use crate::state::State;
use crate::telegram::Telegram;
use crate::world::people::{Account, Password, User};
use crate::world::{Chat, Peer, UserId};

/// Ids of people begin here; they are given in order.
const FIRST_USER: i64 = 1001;

pub(crate) fn named(name: &str, phone: Option<&str>) -> User {
    let (first_name, last_name) = name.split_once(' ').unwrap_or((name, ""));
    User {
        first_name: first_name.to_owned(),
        last_name: last_name.to_owned(),
        username: None,
        phone: phone.map(str::to_owned),
        bot: false,
        deleted: false,
    }
}

impl State {
    fn add_person(&mut self, person: User) -> UserId {
        let taken = self.world.users.range(UserId(FIRST_USER)..UserId(777_000)).next_back();
        let id = UserId(taken.map_or(FIRST_USER, |(id, _)| id.0 + 1));
        self.world.users.insert(id, person);
        id
    }

    /// Telegram or a person writes to an account, outside any scripted talk.
    pub(crate) fn notice(&mut self, account: UserId, from: UserId, text: &str) {
        self.send_now(crate::world::private(account, from), from, super::draft::Draft::text(text));
    }
}

impl Telegram {
    /// Somebody without an account here: a client, a colleague.
    pub fn user(&self, name: &str) -> UserId {
        self.with_state(|state| state.add_person(named(name, None)))
    }

    pub fn bot(&self, name: &str) -> UserId {
        self.with_state(|state| state.add_person(User { bot: true, ..named(name, None) }))
    }

    /// Somebody who can sign in with this phone.
    pub fn account(&self, name: &str, phone: &str) -> UserId {
        self.with_state(|state| {
            let id = state.add_person(named(name, Some(phone)));
            let home = state.options.home_dc;
            state.world.accounts.insert(id, Account::new(home));
            id
        })
    }

    /// The account lives in this data centre; others send its logins there.
    pub fn set_home_dc(&self, account: UserId, dc: i32) {
        self.with_state(|state| state.world.account_mut(account).home_dc = dc);
    }

    /// Two-step password.
    pub fn set_password(&self, account: UserId, password: &str, hint: &str) {
        self.with_state(|state| {
            let verifier = Verifier::new(password, &mut state.dice);
            state.world.account_mut(account).password = Some(Password { verifier, hint: hint.to_owned() });
        });
    }

    pub fn set_username(&self, user: UserId, name: &str) {
        self.with_state(|state| state.world.users.get_mut(&user).expect("a person").username = Some(name.to_owned()));
    }

    /// The person changes their name; accounts that talk with them hear of it.
    pub fn rename_person(&self, user: UserId, name: &str) {
        self.with_state(|state| {
            let new = named(name, None);
            let (first_name, last_name) = (new.first_name, new.last_name);
            let person = state.world.users.get_mut(&user).expect("a person");
            (person.first_name, person.last_name) = (first_name.clone(), last_name.clone());
            let accounts: Vec<UserId> = state.world.accounts.keys().copied().collect();
            for account in accounts {
                let (first_name, last_name) = (first_name.clone(), last_name.clone());
                let update = types::UpdateUserName { user_id: user.0, first_name, last_name, usernames: Vec::new() };
                state.happen_loosely(account, update.into(), &[Peer::User(user.0)]);
            }
        });
    }

    /// The person deletes their Telegram account: the name is gone, the messages stay.
    pub fn delete_person(&self, user: UserId) {
        self.with_state(|state| state.world.users.get_mut(&user).expect("a person").deleted = true);
    }

    pub fn add_contact(&self, account: UserId, user: UserId) {
        self.with_state(|state| _ = state.world.account_mut(account).contacts.insert(user));
    }

    /// The login code that was sent last.
    ///
    /// # Panics
    /// If none was sent.
    pub fn code(&self, account: UserId) -> String {
        self.look(|state| state.code_of(account)).expect("a code was sent")
    }

    /// The account's phone scans a QR code. False if no device shows this one, or no more.
    pub fn accept_login_token(&self, account: UserId, token: &[u8]) -> bool {
        self.with_state(|state| state.accept_token(account, token))
    }

    /// The account's phone scans the newest code that any device shows. False if none shows one.
    pub fn scan(&self, account: UserId) -> bool {
        self.with_state(|state| {
            let shown = state.keys.values().filter_map(|key| key.login_token.as_ref());
            let newest = shown.filter(|token| token.accepted_by.is_none()).max_by_key(|token| token.expires);
            newest.map(|token| token.bytes.clone()).is_some_and(|bytes| state.accept_token(account, &bytes))
        })
    }

    /// How many devices are signed in.
    pub fn devices(&self, account: UserId) -> usize {
        self.look(|state| {
            let home = state.world.account(account).home_dc;
            state.keys.values().filter(|key| key.account == Some(account) && key.dc == home).count()
        })
    }

    /// Takeout must wait so many seconds from now on; `None`: at once.
    pub fn takeout_delay(&self, account: UserId, seconds: Option<u32>) {
        self.with_state(|state| state.world.account_mut(account).takeout_delay = seconds);
    }

    /// Something in a secret chat of the account: only its qts moves.
    pub fn secret_message(&self, account: UserId) {
        self.with_state(|state| {
            state.world.account_mut(account).qts += 1;
            let qts = state.world.account(account).qts;
            let message = crate::rpc::difference::secret_message(qts - 1);
            let update: enums::Update = types::UpdateNewEncryptedMessage { message, qts }.into();
            state.happen_noisily(account, update);
        });
    }

    /// The chat with one person, in both lists.
    pub fn private(&self, one: UserId, other: UserId) -> Chat {
        crate::world::private(one, other)
    }
}
