//! A stage: a server, an archive, and Анна's account under capture.

use letopis_engine::capture::{
    Application, Capture, CaptureRule, CaptureState, Consent, Event, LoginView, Options, RuleOf, Tuning,
};
use letopis_engine::model::{AccountId, ChatId, Message, MessageId, MessageLink, PeerId};
use letopis_engine::{Anchor, Clock, Engine, OpenArchive};
use letopis_testkit_telegram::{Chat, Peer, Shown, Telegram, TruthMessage, UserId};
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

pub const PHONE: &str = "+79990000001";
pub const PASSPHRASE: &str = "верная лошадь батарея";
/// A wait longer than this is a failure, not a slow machine.
const PATIENCE: Duration = Duration::from_secs(60);

pub fn quick() -> Tuning {
    Tuning {
        hole_wait: Duration::from_millis(60),
        silence: Duration::from_millis(900),
        rpc_timeout: Duration::from_millis(1500),
        ping: Duration::from_millis(300),
        pause: Duration::ZERO,
        file_pause: Duration::ZERO,
    }
}

pub struct Stage {
    pub tg: Telegram,
    pub anna: UserId,
    pub engine: Engine,
    pub server: PathBuf,
    pub events: Arc<(Mutex<Vec<Event>>, Condvar)>,
    pub tuning: Tuning,
    folder: tempfile::TempDir,
}

impl Stage {
    /// A server with Анна on it, and an empty archive.
    pub fn new() -> Self {
        Self::on(Telegram::start())
    }

    pub fn on(tg: Telegram) -> Self {
        let anna = tg.account("Анна Белова", PHONE);
        let folder = tempfile::tempdir().unwrap();
        let server = folder.path().join("server.json");
        let engine = Engine::new(folder.path().join("archive"), Clock::system());
        engine.create(PASSPHRASE).unwrap();
        let stage = Stage { tg, anna, engine, server, events: Arc::default(), tuning: quick(), folder };
        stage.provide(4);
        stage
    }

    /// Devices for the next sign-ins.
    pub fn provide(&self, count: usize) {
        let devices: Vec<String> = (0..count).map(|_| self.tg.provision().to_json()).collect();
        std::fs::write(&self.server, format!("{{\"devices\":[{}]}}", devices.join(","))).unwrap();
    }

    /// The server as strangers know it: addresses and a public key.
    pub fn strange(&self) {
        std::fs::write(&self.server, self.tg.description()).unwrap();
    }

    pub fn archive(&self) -> Arc<OpenArchive> {
        self.engine.archive().unwrap()
    }

    pub fn capture(&self) -> Arc<Capture> {
        let events = self.events.clone();
        let tell = move |event| {
            events.0.lock().unwrap().push(event);
            events.1.notify_all();
        };
        let options = Options { tuning: self.tuning, server: Some(self.server.clone()) };
        self.archive().start_capture(options, Arc::new(tell)).unwrap()
    }

    /// Closes the archive and opens it again, as a restart of the program does.
    pub fn restart(&self) -> Arc<Capture> {
        self.engine.lock();
        self.unlock();
        self.capture()
    }

    pub fn unlock(&self) {
        self.engine.unlock(&letopis_engine::Secret::Passphrase(PASSPHRASE)).unwrap();
    }

    pub fn stop(&self) {
        self.archive().stop_capture();
    }

    pub fn sign_in(&self) -> AccountId {
        let capture = self.capture();
        let LoginView::Code { .. } = capture.login_by_phone(application(), PHONE).unwrap() else { panic!("no code was sent") };
        let code = self.tg.code(self.anna);
        let LoginView::Done { account, .. } = capture.login_code(&code).unwrap() else { panic!("not signed in") };
        AccountId(account)
    }

    pub fn consent(&self, account: AccountId) {
        let consent = Consent {
            account,
            given: true,
            at: self.engine.now(),
            who: "Анна Белова".into(),
            text_version: "1".into(),
            text: "Я согласна".into(),
            scope: "рабочие чаты".into(),
            owner_present: true,
        };
        self.capture().give_consent(consent).unwrap();
    }

    /// Signed in, consented, everything named in `chats` in scope, live.
    pub fn live(&self, chats: &[Chat]) -> AccountId {
        self.live_from(chats, Some(0))
    }

    pub fn live_from(&self, chats: &[Chat], days: Option<u32>) -> AccountId {
        let account = self.sign_in();
        self.consent(account);
        let rules = chats.iter().map(|chat| allow(self.peer(*chat))).collect();
        self.capture().set_scope(account, rules, days).unwrap();
        self.capture().switch(account, true).unwrap();
        self.wait_live(account);
        self.wait_idle(account);
        account
    }

    pub fn peer(&self, chat: Chat) -> PeerId {
        peer(chat.peer_for(self.anna))
    }

    pub fn chat(&self, chat: Chat) -> ChatId {
        ChatId::new(Some(AccountId(self.anna.0)), self.peer(chat))
    }

    pub fn state(&self, account: AccountId) -> CaptureState {
        self.archive().accounts().unwrap().into_iter().find(|view| view.account == account).unwrap().state
    }

    /// Waits until something is so; the state is looked at after every event and some times a second.
    pub fn until(&self, what: &str, mut is_so: impl FnMut() -> bool) {
        let began = Instant::now();
        while !is_so() {
            assert!(began.elapsed() < PATIENCE, "waited in vain: {what}\n{}", self.log());
            let events = self.events.0.lock().unwrap();
            drop(self.events.1.wait_timeout(events, Duration::from_millis(40)).unwrap());
        }
    }

    fn log(&self) -> String {
        let rpcs = self.tg.rpcs();
        let tail = rpcs.iter().rev().take(25).rev().map(|rpc| format!("{} {:?}", rpc.method, rpc.answer));
        let states: Vec<_> = self.archive().accounts().unwrap().into_iter().map(|view| view.state).collect();
        format!("{states:?}\n{}", tail.collect::<Vec<_>>().join("\n"))
    }

    pub fn wait_live(&self, account: AccountId) {
        self.until("live", || self.state(account) == CaptureState::Live);
    }

    /// Live, and nothing owed to any chat.
    pub fn wait_idle(&self, account: AccountId) {
        self.until("idle", || {
            let view = self.archive().accounts().unwrap().into_iter().find(|view| view.account == account).unwrap();
            view.is_idle
        });
    }

    pub fn message(&self, chat: Chat, id: i32) -> Option<Message> {
        let link = MessageLink::new(self.chat(chat), MessageId(i64::from(id)));
        self.archive().find_message(link).unwrap()
    }

    pub fn texts(&self, chat: Chat) -> Vec<String> {
        match self.archive().page(self.chat(chat), Anchor::Last, 10_000) {
            Ok(page) => page.messages.into_iter().map(|message| message.content.text).collect(),
            Err(_) => Vec::new(),
        }
    }

    pub fn wait_text(&self, chat: Chat, text: &str) {
        self.until(text, || self.texts(chat).iter().any(|found| found == text));
    }

    pub fn versions(&self, message: &Message) -> Vec<String> {
        let versions = self.archive().versions(message.link).unwrap();
        versions.into_iter().map(|version| version.content.text).collect()
    }

    /// Compares the archive with what the server showed of these chats.
    pub fn compare(&self, chats: &[Chat], seed: u64) {
        let mut complaints = Vec::new();
        let truth = self.tg.truth(self.anna);
        for told in truth.iter().filter(|told| chats.iter().any(|chat| chat.peer_for(self.anna) == told.peer)) {
            self.compare_one(told, &mut complaints);
        }
        for chat in chats {
            let known: Vec<i32> = truth.iter().filter(|t| t.peer == chat.peer_for(self.anna)).map(|t| t.id).collect();
            let Ok(page) = self.archive().page(self.chat(*chat), Anchor::Last, 100_000) else { continue };
            for message in page.messages.iter().filter(|m| !known.contains(&(m.link.message.0 as i32))) {
                complaints.push(format!("invented: {}", message.link));
            }
        }
        assert!(complaints.is_empty(), "seed {seed}:\n{}\n{}", complaints.join("\n"), self.log());
    }

    fn compare_one(&self, told: &TruthMessage, complaints: &mut Vec<String>) {
        let chat = ChatId::new(Some(AccountId(self.anna.0)), peer(told.peer));
        let link = MessageLink::new(chat, MessageId(i64::from(told.id)));
        let kept = self.archive().find_message(link).unwrap();
        let alive = told.deleted.is_none();
        let must = told.versions.iter().any(|version| version.shown == Shown::Acked);
        let Some(kept) = kept else {
            if must || alive {
                complaints.push(format!(
                    "lost: {link} {:?} deleted {:?}",
                    told.versions.iter().map(|v| (v.at, v.shown)).collect::<Vec<_>>(),
                    told.deleted
                ));
            }
            return;
        };
        let versions = self.versions(&kept);
        let last = told.versions.last();
        for version in &told.versions {
            let standing = alive && Some(version) == last;
            if (version.shown == Shown::Acked || standing) && !version.service && !versions.contains(&version.text) {
                complaints.push(format!("version lost: {link} {:?} standing {standing}", version.shown));
            }
        }
        for text in versions.iter().filter(|text| !told.versions.iter().any(|version| version.text == **text)) {
            complaints.push(format!("version invented: {link} {} chars", text.chars().count()));
        }
        let distinct: std::collections::BTreeSet<&String> = versions.iter().collect();
        let texts: std::collections::BTreeSet<&String> = told.versions.iter().map(|version| &version.text).collect();
        if distinct.len() < versions.len() && texts.len() == told.versions.len() {
            complaints.push(format!("doubled: {link} {} of {}", versions.len(), distinct.len()));
        }
        match (told.deleted, kept.deleted) {
            (None, Some(_)) => complaints.push(format!("deletion invented: {link}")),
            (Some(_), None) => complaints.push(format!("deletion missed: {link}")),
            (Some(told), Some(kept)) if !(kept.from.0..=kept.to.0).contains(&told.at) => {
                complaints.push(format!("false interval: {link} {}..{} true {}", kept.from.0, kept.to.0, told.at));
            }
            _ => {}
        }
    }

    /// Nothing but reading methods was ever sent.
    pub fn check_silence(&self) {
        let allowed = letopis_telegram_methods();
        for rpc in self.tg.rpcs() {
            assert!(allowed.contains(&&*rpc.method), "{} was sent", rpc.method);
        }
    }

    pub fn path(&self) -> &std::path::Path {
        self.folder.path()
    }
}

fn letopis_telegram_methods() -> Vec<&'static str> {
    letopis_engine::capture::methods()
}

pub fn application() -> Application {
    Application { api_id: 12345, api_hash: "0123456789abcdef0123456789abcdef".into(), proxy: None, language: "ru" }
}

pub fn allow(peer: PeerId) -> CaptureRule {
    CaptureRule { of: RuleOf::Chat(peer), allow: true, with_private: false }
}

pub fn peer(peer: Peer) -> PeerId {
    match peer {
        Peer::User(id) => PeerId::user(id),
        Peer::Group(id) => PeerId::group(id),
        Peer::Channel(id) => PeerId::channel(id),
    }
}
