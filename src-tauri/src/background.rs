//! Running without the window: the tray icon, closing to it, starting at login, notices on the desktop. Where the desktop
//! has no place for an icon, closing minimises the window instead: a program must not vanish without a way back.

use crate::events::{ArchiveLocked, StaysInTray};
use crate::notices::{self, Audience, Notices};
use crate::single;
use crate::state::Shell;
use crate::tray::{Accounts, Act, Face, Icon};
use letopis_engine::{Failure, capture, moment};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tauri::{AppHandle, Manager, WebviewWindow, WindowEvent};
use tauri_specta::Event;

/// The argument that the system gives at login: the window stays out of the way.
pub const AT_LOGIN: &str = "--background";
/// A desktop may bring up its place for icons later than us.
const LOOK_AGAIN: Duration = Duration::from_secs(20);
/// What follows closely is drawn once.
const GATHER: Duration = Duration::from_millis(200);

pub struct Background {
    notices: Mutex<Notices>,
    has_icon: AtomicBool,
    in_front: AtomicBool,
    redraw: SyncSender<()>,
    redraws: Mutex<Option<Receiver<()>>>,
}

impl Default for Background {
    fn default() -> Self {
        let (redraw, redraws) = sync_channel(1);
        Background {
            notices: Mutex::default(),
            has_icon: AtomicBool::new(false),
            in_front: AtomicBool::new(false),
            redraw,
            redraws: Mutex::new(Some(redraws)),
        }
    }
}

impl Background {
    pub fn has_icon(&self) -> bool {
        self.has_icon.load(Ordering::Relaxed)
    }

    /// The icon says how things stand now, soon.
    pub fn redraw(&self) {
        // A full line means that it is about to be drawn anyway.
        let _ = self.redraw.try_send(());
    }
}

/// Starts the thread that keeps the icon; once in a program.
pub fn start(app: &AppHandle) -> Result<(), Failure> {
    let background = app.state::<Background>();
    let Some(redraws) = background.redraws.lock().unwrap_or_else(PoisonError::into_inner).take() else { return Ok(()) };
    let app = app.clone();
    let started = std::thread::Builder::new().name("tray".into()).spawn(move || keep_icon(&app, &redraws));
    started.map(drop).map_err(|e| Failure::Other(anyhow::Error::new(e).context("Start the tray icon")))
}

fn keep_icon(app: &AppHandle, redraws: &Receiver<()>) {
    let mut icon: Option<Icon> = None;
    let mut drawn = None;
    let acting = app.clone();
    let on_act: Arc<dyn Fn(Act) + Send + Sync> = Arc::new(move |act| do_soon(&acting, act));
    let mut is_first = true;
    loop {
        let face = face(&app.state::<Shell>());
        match &icon {
            None => icon = Icon::show(app, face, on_act.clone()),
            Some(icon) if drawn != Some(face) => icon.update(face),
            Some(_) => {}
        }
        drawn = Some(face);
        app.state::<Background>().has_icon.store(icon.as_ref().is_some_and(Icon::is_there), Ordering::Relaxed);
        if std::mem::take(&mut is_first) && std::env::args().any(|argument| argument == AT_LOGIN) {
            step_aside(app);
        }
        match redraws.recv_timeout(LOOK_AGAIN) {
            Ok(()) => std::thread::sleep(GATHER),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

fn face(shell: &Shell) -> Face {
    let standings = shell.engine.behind().map(|archive| archive.standings());
    let accounts = match standings {
        Some(Ok(standings)) => Some(Accounts::of(&standings)),
        Some(Err(error)) => {
            tracing::warn!(%error, "the tray icon does not know the accounts");
            None
        }
        None => None,
    };
    Face { lang: shell.lang(), is_locked: shell.archive().is_err(), accounts }
}

/// The icon's own thread must not wait for the archive.
fn do_soon(app: &AppHandle, act: Act) {
    let acting = app.clone();
    let work = move || {
        let done = do_now(&acting, act);
        if let Err(error) = done {
            tracing::error!(%error, "what was chosen by the tray icon was not done");
        }
        acting.state::<Background>().redraw();
    };
    if let Err(error) = std::thread::Builder::new().name("tray act".into()).spawn(work) {
        tracing::error!(%error, "what was chosen by the tray icon was not begun");
    }
}

fn do_now(app: &AppHandle, act: Act) -> Result<(), Failure> {
    let shell = app.state::<Shell>();
    match act {
        Act::Open => come_back(app),
        Act::Pause => shell.pause_recording()?,
        Act::Resume => shell.resume_recording()?,
        Act::Lock => {
            shell.lock();
            told(ArchiveLocked.emit(app));
        }
        Act::Quit => single::quit(app),
    }
    Ok(())
}

fn told(done: tauri::Result<()>) {
    if let Err(error) = done {
        tracing::warn!(%error, "the window did not do as it was told");
    }
}

fn window(app: &AppHandle) -> Option<WebviewWindow> {
    app.get_webview_window("main")
}

/// Brings the window to the front from wherever it is.
pub fn come_back(app: &AppHandle) {
    let Some(window) = window(app) else { return };
    told(window.show());
    told(window.unminimize());
    told(window.set_focus());
}

/// Hides the window where an icon brings it back, minimises it elsewhere.
pub fn step_aside(app: &AppHandle) {
    let Some(window) = window(app) else { return };
    // Not every desktop says that a hidden window has lost the focus.
    app.state::<Background>().in_front.store(false, Ordering::Relaxed);
    told(if app.state::<Background>().has_icon() { window.hide() } else { window.minimize() });
}

/// The window's own events: who looks, and what closing means.
pub fn on_window(window: &tauri::Window, event: &WindowEvent) {
    let app = window.app_handle();
    match event {
        WindowEvent::Focused(is) => app.state::<Background>().in_front.store(*is, Ordering::Relaxed),
        WindowEvent::CloseRequested { api, .. } => {
            let shell = app.state::<Shell>();
            if !shell.settings().close_to_tray {
                return;
            }
            api.prevent_close();
            if shell.explain_tray() {
                told(StaysInTray.emit(app));
            } else {
                step_aside(app);
            }
        }
        _ => {}
    }
}

/// What capture tells is drawn and, if it is worth it, said on the desktop.
pub fn heard(app: &AppHandle, event: &capture::Event) {
    let (background, shell) = (app.state::<Background>(), app.state::<Shell>());
    if !matches!(event, capture::Event::Grew) {
        background.redraw();
    }
    let watching = background.in_front.load(Ordering::Relaxed) && shell.archive().is_ok();
    let audience = Audience { wanted: shell.settings().notices, watching };
    let mut decided = background.notices.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(notice) = decided.decide(event, audience, moment().steady) {
        notices::show(notice, shell.lang());
    }
}
