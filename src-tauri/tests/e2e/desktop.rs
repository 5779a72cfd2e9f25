//! A desktop on the test's message bus: it shows notices and has a place for icons by the clock, and remembers both.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use zbus::blocking::{Connection, Proxy, connection};
use zbus::zvariant::{OwnedValue, Value};

const PATIENCE: Duration = Duration::from_secs(180);
const POLL: Duration = Duration::from_millis(200);

#[derive(Default)]
struct Seen {
    notices: Vec<String>,
    /// The bus name of the icon.
    icon: Option<String>,
}

pub struct Desktop {
    bus: Connection,
    seen: Arc<Mutex<Seen>>,
}

struct Notifications(Arc<Mutex<Seen>>);

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Notifications {
    #[allow(clippy::too_many_arguments, reason = "the protocol has so many")]
    fn notify(
        &self,
        _app: &str,
        _replaces: u32,
        _icon: &str,
        summary: &str,
        body: &str,
        _actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _timeout: i32,
    ) -> u32 {
        let mut seen = self.0.lock().unwrap();
        seen.notices.push(format!("{summary}: {body}"));
        seen.notices.len() as u32
    }

    fn get_server_information(&self) -> (String, String, String, String) {
        ("test".into(), "letopis".into(), "1".into(), "1.2".into())
    }

    fn get_capabilities(&self) -> Vec<String> {
        vec!["body".into()]
    }
}

struct Watcher(Arc<Mutex<Seen>>);

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, service: &str, #[zbus(header)] header: zbus::message::Header<'_>) {
        let sender = header.sender().map(ToString::to_string);
        self.0.lock().unwrap().icon = if service.starts_with('/') { sender } else { Some(service.to_owned()) };
    }

    fn register_status_notifier_host(&self, _service: &str) {}

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        Vec::new()
    }
}

type Layout = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

impl Desktop {
    pub fn start() -> Self {
        let seen: Arc<Mutex<Seen>> = Arc::default();
        let bus = connection::Builder::session()
            .unwrap()
            .name("org.freedesktop.Notifications")
            .unwrap()
            .name("org.kde.StatusNotifierWatcher")
            .unwrap()
            .serve_at("/org/freedesktop/Notifications", Notifications(seen.clone()))
            .unwrap()
            .serve_at("/StatusNotifierWatcher", Watcher(seen.clone()))
            .unwrap()
            .build()
            .unwrap();
        Desktop { bus, seen }
    }

    /// Waits for a notice with this word.
    pub async fn told(&self, word: &str) -> String {
        let end = PATIENCE.as_millis() / POLL.as_millis();
        for _ in 0..end {
            let found = self.seen.lock().unwrap().notices.iter().find(|notice| notice.contains(word)).cloned();
            match found {
                Some(notice) => return notice,
                None => tokio::time::sleep(POLL).await,
            }
        }
        panic!("no notice says «{word}»: {:?}", self.seen.lock().unwrap().notices);
    }

    pub fn count(&self, word: &str) -> usize {
        self.seen.lock().unwrap().notices.iter().filter(|notice| notice.contains(word)).count()
    }

    fn menu(&self) -> Option<(Proxy<'_>, Vec<(i32, String)>)> {
        let icon = self.seen.lock().unwrap().icon.clone()?;
        let proxy = Proxy::new(&self.bus, icon, "/MenuBar", "com.canonical.dbusmenu").ok()?;
        let (_, (_, _, children)): (u32, Layout) = proxy.call("GetLayout", &(0, -1, Vec::<String>::new())).ok()?;
        let entry = |child: OwnedValue| {
            let (id, facts, _) = Layout::try_from(child).ok()?;
            let label: String = facts.get("label")?.clone().try_into().ok()?;
            Some((id, label))
        };
        Some((proxy, children.into_iter().filter_map(entry).collect()))
    }

    /// Waits until a line of the icon's menu has these words.
    pub async fn icon_says(&self, words: &str) {
        let end = PATIENCE.as_millis() / POLL.as_millis();
        for _ in 0..end {
            if self.menu().is_some_and(|(_, menu)| menu.iter().any(|(_, label)| label.contains(words))) {
                return;
            }
            tokio::time::sleep(POLL).await;
        }
        panic!("the icon does not say «{words}»: {:?}", self.menu().map(|(_, menu)| menu));
    }

    /// Clicks a line of the icon's menu.
    pub async fn choose(&self, label: &str) {
        self.icon_says(label).await;
        let (proxy, menu) = self.menu().unwrap();
        let (id, _) = menu.iter().find(|(_, one)| one == label).unwrap();
        let _: () = proxy.call("Event", &(*id, "clicked", Value::from(0i32), 0u32)).unwrap();
    }
}
