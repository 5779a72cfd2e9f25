//! A StatusNotifierItem over D-Bus, without a system library. A desktop without a place for it (GNOME without its
//! extension, a bare window manager) says so, and there is no icon.

use super::{Act, Face};
use ksni::blocking::{Handle, TrayMethods};
use ksni::menu::{MenuItem, StandardItem};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tauri::AppHandle;

type OnAct = Arc<dyn Fn(Act) + Send + Sync>;

struct Item {
    face: Face,
    picture: Vec<ksni::Icon>,
    on_act: OnAct,
    has_place: Arc<AtomicBool>,
}

pub struct Icon {
    handle: Handle<Item>,
    has_place: Arc<AtomicBool>,
}

impl Icon {
    /// `None` where the desktop has no place for it.
    pub fn show(app: &AppHandle, face: Face, on_act: OnAct) -> Option<Self> {
        let picture = app.default_window_icon().map(picture).into_iter().collect();
        let has_place = Arc::new(AtomicBool::new(true));
        match (Item { face, picture, on_act, has_place: has_place.clone() }).spawn() {
            Ok(handle) => Some(Icon { handle, has_place }),
            Err(error) => {
                tracing::info!(%error, "no tray icon");
                None
            }
        }
    }

    pub fn update(&self, face: Face) {
        // None: the desktop has thrown the icon out; the next look notices.
        let _ = self.handle.update(|item| item.face = face);
    }

    /// The desktop may take its place for icons away at any time, and bring it back.
    pub fn is_there(&self) -> bool {
        !self.handle.is_closed() && self.has_place.load(Ordering::Relaxed)
    }
}

impl ksni::Tray for Item {
    fn id(&self) -> String {
        "letopis".to_owned()
    }

    fn title(&self) -> String {
        "Letopis".to_owned()
    }

    fn icon_pixmap(&self) -> Vec<ksni::Icon> {
        self.picture.clone()
    }

    fn tool_tip(&self) -> ksni::ToolTip {
        ksni::ToolTip { title: "Letopis".to_owned(), description: self.face.line(), ..ksni::ToolTip::default() }
    }

    fn activate(&mut self, _x: i32, _y: i32) {
        (self.on_act)(Act::Open);
    }

    fn watcher_online(&self) {
        self.has_place.store(true, Ordering::Relaxed);
    }

    /// A hidden window comes back, or nobody could bring it back. True: the icon waits for its place to return.
    fn watcher_offline(&self, _: ksni::OfflineReason) -> bool {
        self.has_place.store(false, Ordering::Relaxed);
        (self.on_act)(Act::Open);
        true
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        let item = |entry: super::Entry| {
            let act = entry.act;
            let activate = Box::new(move |item: &mut Self| {
                if let Some(act) = act {
                    (item.on_act)(act);
                }
            });
            MenuItem::Standard(StandardItem { label: entry.label, enabled: act.is_some(), activate, ..StandardItem::default() })
        };
        self.face.menu().into_iter().map(item).collect()
    }
}

/// RGBA to the ARGB that the protocol wants.
fn picture(image: &tauri::image::Image<'_>) -> ksni::Icon {
    let mut data = image.rgba().to_vec();
    data.chunks_exact_mut(4).for_each(|pixel| pixel.rotate_right(1));
    let side = |n: u32| i32::try_from(n).unwrap_or_default();
    ksni::Icon { width: side(image.width()), height: side(image.height()), data }
}
