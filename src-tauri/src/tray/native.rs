//! The icon of Windows and macOS, drawn by Tauri.

use super::{Act, Entry, Face};
use std::sync::Arc;
use tauri::menu::{Menu, MenuItem};
use tauri::tray::{MouseButton, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Wry};

type OnAct = Arc<dyn Fn(Act) + Send + Sync>;

pub struct Icon {
    app: AppHandle,
    icon: TrayIcon<Wry>,
}

const ACTS: [(&str, Act); 5] =
    [("open", Act::Open), ("pause", Act::Pause), ("resume", Act::Resume), ("lock", Act::Lock), ("quit", Act::Quit)];

impl Icon {
    /// `None` when the system refuses.
    pub fn show(app: &AppHandle, face: Face, on_act: OnAct) -> Option<Self> {
        let on_click = on_act.clone();
        let mut builder = TrayIconBuilder::with_id("letopis").show_menu_on_left_click(cfg!(target_os = "macos"));
        if let Some(picture) = app.default_window_icon() {
            builder = builder.icon(picture.clone());
        }
        let builder = builder.on_menu_event(move |_, event| {
            if let Some((_, act)) = ACTS.iter().find(|(id, _)| event.id.as_ref() == *id) {
                on_act(*act);
            }
        });
        let builder = builder.on_tray_icon_event(move |_, event| {
            if let TrayIconEvent::DoubleClick { button: MouseButton::Left, .. } = event {
                on_click(Act::Open);
            }
        });
        match builder.build(app) {
            Ok(icon) => {
                let icon = Icon { app: app.clone(), icon };
                icon.update(face);
                Some(icon)
            }
            Err(error) => {
                tracing::warn!(%error, "no tray icon");
                None
            }
        }
    }

    pub fn update(&self, face: Face) {
        let drawn = menu(&self.app, &face.menu())
            .and_then(|menu| self.icon.set_menu(Some(menu)))
            .and_then(|()| self.icon.set_tooltip(Some(face.line())));
        if let Err(error) = drawn {
            tracing::warn!(%error, "the tray icon keeps its old words");
        }
    }

    pub fn is_there(&self) -> bool {
        true
    }
}

fn menu(app: &AppHandle, entries: &[Entry]) -> tauri::Result<Menu<Wry>> {
    let menu = Menu::new(app)?;
    for entry in entries {
        let id = ACTS.iter().find(|(_, act)| entry.act == Some(*act)).map_or("line", |(id, _)| *id);
        menu.append(&MenuItem::with_id(app, id, &entry.label, entry.act.is_some(), None::<&str>)?)?;
    }
    Ok(menu)
}
