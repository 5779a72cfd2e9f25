//! Ctrl-C. While something is being kept, the first one asks the work to stop at its next border; otherwise, and the
//! second time, the program ends at once with 130. That is safe: other commands only read, and the database undoes a
//! transaction that was cut off.

use anyhow::Context;
use letopis_engine::Failure;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

const CANCELLED: i32 = 130;

#[derive(Clone, Default)]
pub struct Interrupt {
    asked: Arc<AtomicBool>,
    working: Arc<AtomicUsize>,
    prompting: Arc<AtomicBool>,
}

/// While it lives, Ctrl-C waits for the work's next border.
pub struct Working(Arc<AtomicUsize>);

impl Drop for Working {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Interrupt {
    /// Begins to listen; once in a program.
    pub fn listen() -> Result<Self, Failure> {
        let interrupt = Interrupt::default();
        let heard = interrupt.clone();
        ctrlc::set_handler(move || heard.press()).context("Listen to Ctrl-C")?;
        Ok(interrupt)
    }

    fn press(&self) {
        let is_first = !self.asked.swap(true, Ordering::SeqCst);
        if is_first && self.working.load(Ordering::SeqCst) > 0 {
            return;
        }
        if self.prompting.load(Ordering::SeqCst) {
            show_typing();
        }
        std::process::exit(CANCELLED)
    }

    pub fn work(&self) -> Working {
        self.working.fetch_add(1, Ordering::SeqCst);
        Working(self.working.clone())
    }

    /// Runs a question whose answer is not shown while it is typed.
    pub fn prompt<T>(&self, ask: impl FnOnce() -> T) -> T {
        self.prompting.store(true, Ordering::SeqCst);
        let answer = ask();
        self.prompting.store(false, Ordering::SeqCst);
        answer
    }

    /// The flag that a job looks at.
    pub fn flag(&self) -> Arc<AtomicBool> {
        self.asked.clone()
    }

    pub fn was_asked(&self) -> bool {
        self.asked.load(Ordering::SeqCst)
    }
}

/// The hidden prompt dies with the program and cannot turn the terminal's echo on again itself.
fn show_typing() {
    if cfg!(unix) {
        // A terminal that stays mute is a nuisance, not a reason to go on.
        let _ = std::process::Command::new("stty").arg("echo").status();
        eprintln!();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_counts_itself() {
        let interrupt = Interrupt::default();
        let outer = interrupt.work();
        drop(interrupt.work());
        assert_eq!(interrupt.working.load(Ordering::SeqCst), 1);
        interrupt.press();
        assert!(interrupt.was_asked() && interrupt.flag().load(Ordering::SeqCst), "the first one only asks");
        drop(outer);
        assert_eq!(interrupt.working.load(Ordering::SeqCst), 0);
    }
}
