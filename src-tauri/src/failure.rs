//! Engine failures as the window gets them: a code to act on and words to show. The cause of an unexpected one is logged.

use crate::state::Shell;
use crate::view;
use letopis_engine::{Failure, FailureKind, Lang};

pub type Answer<T> = Result<T, view::Failure>;

pub fn told(failure: &Failure, lang: Lang) -> view::Failure {
    if let Failure::Other(cause) = failure {
        tracing::error!("{cause:#}");
    }
    let code = match failure.kind() {
        // A lost way into the key file is no reason to salvage: another way opens the archive as it is.
        FailureKind::Damaged if matches!(failure, Failure::Damaged(_)) => view::FailureCode::Damaged,
        FailureKind::WrongKey => view::FailureCode::WrongKey,
        FailureKind::TooSoon => view::FailureCode::TooSoon,
        FailureKind::Locked => view::FailureCode::Locked,
        FailureKind::Cancelled => view::FailureCode::Cancelled,
        FailureKind::Query => view::FailureCode::Query,
        FailureKind::OpenElsewhere | FailureKind::Keyring | FailureKind::Usage | FailureKind::Damaged | FailureKind::Other => {
            view::FailureCode::Other
        }
    };
    view::Failure { code, text: failure.words(lang) }
}

/// Runs blocking work off the window's thread.
pub async fn blocking<T: Send + 'static>(
    app: tauri::AppHandle,
    work: impl FnOnce(&Shell) -> Result<T, Failure> + Send + 'static,
) -> Answer<T> {
    use tauri::Manager;
    let handle = app.clone();
    let done = tauri::async_runtime::spawn_blocking(move || {
        let shell = handle.state::<Shell>();
        work(&shell).map_err(|failure| told(&failure, shell.lang()))
    });
    match done.await {
        Ok(answer) => answer,
        // A panic inside: the archive's transactions undo themselves, the window lives on.
        Err(_) => {
            let lang = app.state::<Shell>().lang();
            Err(told(&Failure::Other(anyhow::anyhow!("a command panicked")), lang))
        }
    }
}
