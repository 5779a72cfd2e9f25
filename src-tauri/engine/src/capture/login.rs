//! Signing in, as the window and the command line walk through it. After each step what is needed to go on is kept in the
//! archive: a restart in the middle loses nothing, and a finished or given-up sign-in leaves nothing behind.

use super::{Capture, clock, keep};
use crate::Failure;
use anyhow::Context;
use letopis_telegram::{Application, CodeSent, CodeWay, Error, Login, LoginStep, Owner, SessionData};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;

/// How long one question for the QR code waits; the window asks again.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a person must do next.
#[derive(Clone, PartialEq, Eq)]
pub enum LoginView {
    /// Nothing was begun.
    None,
    Code {
        phone: String,
        way: &'static str,
        length: Option<u32>,
        next: Option<&'static str>,
        resend_after: Option<i64>,
    },
    Qr {
        url: String,
        expires_at: i64,
    },
    Password {
        hint: Option<String>,
    },
    Done {
        account: i64,
        name: String,
    },
}

/// A sign-in in the middle, as it is kept.
#[derive(Clone, Default, Serialize, Deserialize)]
struct Kept {
    session: String,
    phone: String,
    hash: String,
    way: String,
    length: Option<u32>,
    next: Option<String>,
    resend_after: Option<i64>,
    /// A password is asked for; its hint may be empty.
    password: Option<String>,
    qr: bool,
}

pub struct Pending {
    app: Application,
    login: Login,
    kept: Kept,
}

fn way(way: CodeWay) -> &'static str {
    match way {
        CodeWay::App => "app",
        CodeWay::Sms => "sms",
        CodeWay::Call => "call",
        CodeWay::MissedCall => "missed-call",
        CodeWay::FlashCall => "flash-call",
        CodeWay::Email => "email",
        CodeWay::Fragment => "fragment",
        CodeWay::Word => "word",
        CodeWay::NeedsEmail => "needs-email",
        CodeWay::Unknown => "unknown",
    }
}

const WAYS: [&str; 10] =
    ["app", "sms", "call", "missed-call", "flash-call", "email", "fragment", "word", "needs-email", "unknown"];

fn known_way(name: &str) -> &'static str {
    WAYS.into_iter().find(|way| *way == name).unwrap_or("unknown")
}

impl Kept {
    fn view(&self) -> LoginView {
        if let Some(hint) = &self.password {
            return LoginView::Password { hint: Some(hint.clone()).filter(|hint| !hint.is_empty()) };
        }
        if self.hash.is_empty() {
            return LoginView::None;
        }
        LoginView::Code {
            phone: self.phone.clone(),
            way: known_way(&self.way),
            length: self.length,
            next: self.next.as_deref().map(known_way),
            resend_after: self.resend_after,
        }
    }

    fn code(&mut self, sent: CodeSent, now: i64) {
        self.hash = sent.hash;
        way(sent.way).clone_into(&mut self.way);
        self.length = sent.length;
        self.next = sent.next.map(|next| way(next).to_owned());
        self.resend_after = sent.timeout.map(|seconds| now + i64::from(seconds));
    }
}

impl Capture {
    /// Where the sign-in stands, after a restart too.
    ///
    /// # Errors
    /// `Damaged`.
    pub fn login_view(self: &Arc<Self>) -> Result<LoginView, Failure> {
        self.block(async |capture| Ok(capture.pending().await?.as_ref().map_or(LoginView::None, |p| p.kept.view())))
    }

    /// Begins by phone number: Telegram sends a code.
    ///
    /// # Errors
    /// `Telegram…`.
    pub fn login_by_phone(self: &Arc<Self>, app: Application, phone: &str) -> Result<LoginView, Failure> {
        let phone: String = phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
        self.block(async |capture| {
            let mut pending = capture.begin(app)?;
            pending.kept.phone.clone_from(&phone);
            let step = match pending.login.send_code(&phone).await {
                Ok(step) => step,
                Err(error) => return Err(clock::explained(&capture.hall, error, pending.login.server_time()).await.into()),
            };
            capture.go_on(pending, step).await
        })
    }

    /// Begins with a code to be scanned.
    ///
    /// # Errors
    /// `Telegram…`.
    pub fn login_by_qr(self: &Arc<Self>, app: Application) -> Result<LoginView, Failure> {
        self.block(async |capture| {
            let mut pending = capture.begin(app)?;
            pending.kept.qr = true;
            let step = match pending.login.qr().await {
                Ok(step) => step,
                Err(error) => return Err(clock::explained(&capture.hall, error, pending.login.server_time()).await.into()),
            };
            capture.go_on(pending, step).await
        })
    }

    /// Waits some seconds for the shown code to be scanned, and returns what to show next: often a fresh code.
    ///
    /// # Errors
    /// `Telegram…`.
    pub fn login_scanned(self: &Arc<Self>) -> Result<LoginView, Failure> {
        self.step(async |pending| pending.login.scanned(PATIENCE).await)
    }

    /// Sends the code in the next way, or a new code when there is no other way or the old one has expired.
    ///
    /// # Errors
    /// `Telegram…`.
    pub fn login_resend(self: &Arc<Self>) -> Result<LoginView, Failure> {
        self.step(async |pending| {
            let Kept { phone, hash, next, .. } = &pending.kept;
            if next.is_none() {
                return pending.login.send_code(phone).await;
            }
            match pending.login.resend(phone, hash).await {
                Err(Error::Refused(name)) if name == "PHONE_CODE_EXPIRED" => pending.login.send_code(phone).await,
                other => other,
            }
        })
    }

    /// # Errors
    /// `Telegram…`: a wrong or late code leaves the sign-in where it was.
    pub fn login_code(self: &Arc<Self>, code: &str) -> Result<LoginView, Failure> {
        let code: String = code.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        self.step(async |pending| pending.login.sign_in(&pending.kept.phone, &pending.kept.hash, &code).await)
    }

    /// # Errors
    /// `Telegram…`: a wrong password leaves the sign-in where it was.
    pub fn login_password(self: &Arc<Self>, password: &str) -> Result<LoginView, Failure> {
        self.step(async |pending| pending.login.password(password).await)
    }

    /// Gives up: nothing of it stays.
    ///
    /// # Errors
    /// The archive could not be written.
    pub fn login_cancel(self: &Arc<Self>) -> Result<(), Failure> {
        self.block(async |capture| {
            *capture.login.lock().await = None;
            capture.hall.write(|writer| writer.put_capture_login(None)).await
        })
    }

    fn begin(&self, app: Application) -> Result<Pending, Failure> {
        let taken = self.hall.archive()?.read(|reader| reader.capture_accounts())?.len();
        let session = keep::new_session(self.hall.options.server.as_deref(), taken)?;
        Ok(self.pending_of(app, session, Kept::default()))
    }

    fn pending_of(&self, app: Application, session: SessionData, kept: Kept) -> Pending {
        let login = Login::start(app.clone(), session, Arc::new(keep::NoStore), self.hall.options.tuning);
        Pending { app, login, kept }
    }

    /// The sign-in that is open, taken up again from the archive if need be.
    async fn pending(&self) -> Result<tokio::sync::MutexGuard<'_, Option<Pending>>, Failure> {
        let mut place = self.login.lock().await;
        if place.is_none()
            && let Some(json) = self.hall.read(|reader| reader.capture_login()).await?
        {
            let kept: Kept = serde_json::from_str(&json).map_err(|_| Failure::Damaged("a sign-in".into()))?;
            let (app, session) = keep::from_json(&kept.session)?;
            *place = Some(self.pending_of(app, session, kept));
        }
        Ok(place)
    }

    fn step(self: &Arc<Self>, ask: impl AsyncFnOnce(&mut Pending) -> Result<LoginStep, Error>) -> Result<LoginView, Failure> {
        self.block(async |capture| {
            let mut place = capture.pending().await?;
            let mut pending = place.take().ok_or(Failure::NoLogin)?;
            drop(place);
            match ask(&mut pending).await {
                Ok(step) => capture.go_on(pending, step).await,
                Err(error) => {
                    *capture.login.lock().await = Some(pending);
                    Err(error.into())
                }
            }
        })
    }

    /// Keeps what the next step needs, or the account when there is none.
    async fn go_on(&self, mut pending: Pending, step: LoginStep) -> Result<LoginView, Failure> {
        let view = match step {
            LoginStep::Done(owner) => return self.finish(&pending, owner).await,
            LoginStep::Qr(code) => LoginView::Qr { url: code.url, expires_at: code.expires },
            LoginStep::Password(hint) => {
                pending.kept.password = Some(hint.unwrap_or_default());
                pending.kept.view()
            }
            LoginStep::Code(sent) => {
                pending.kept.code(sent, self.hall.now().0);
                pending.kept.view()
            }
        };
        pending.kept.session = keep::to_json(&pending.app, &pending.login.session())?;
        let json = serde_json::to_string(&pending.kept).context("Write a sign-in")?;
        // A code to be scanned lives for seconds: nothing of it is worth keeping.
        if !(pending.kept.qr && pending.kept.password.is_none()) {
            self.hall.write(move |writer| writer.put_capture_login(Some(&json))).await?;
        }
        *self.login.lock().await = Some(pending);
        Ok(view)
    }

    async fn finish(&self, pending: &Pending, owner: Owner) -> Result<LoginView, Failure> {
        let json = keep::to_json(&pending.app, &pending.login.session())?;
        let (name, now) = (owner.name.clone(), self.hall.now());
        self.hall
            .write(move |writer| {
                writer.put_capture_account(owner.id, &name, &json, now)?;
                writer.put_capture_login(None)
            })
            .await?;
        *self.login.lock().await = None;
        (self.hall.tell)(super::Event::Account(owner.id));
        Ok(LoginView::Done { account: owner.id.0, name: owner.name })
    }
}
