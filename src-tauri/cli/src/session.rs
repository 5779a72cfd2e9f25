//! One run: the archive folder, the passphrase, the clock, Ctrl-C and the language.

use crate::Outcome;
use crate::args::Args;
use crate::interrupt::{Interrupt, Working};
use anyhow::{Context, anyhow};
use letopis_engine::{Clock, Engine, Failure, Home, Job, Lang, OpenArchive, Secret};
use letopis_model::Timestamp;
use std::io::{BufRead, BufReader, IsTerminal};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use zeroize::Zeroizing;

pub struct Session {
    pub engine: Engine,
    pub lang: Lang,
    pub json: bool,
    clock: Clock,
    passphrase_file: Option<PathBuf>,
    interrupt: Interrupt,
}

impl Session {
    pub fn new(args: &Args) -> Result<Self, Failure> {
        let named = args.archive.clone().filter(|folder| !folder.as_os_str().is_empty());
        let folder = named.or_else(Home::default_folder).ok_or_else(|| anyhow!("no home folder; use --archive"))?;
        let clock = match args.now {
            Some(now) => Clock::at(Timestamp(now.as_second())),
            None => Clock::system(),
        };
        Ok(Session {
            engine: Engine::new(folder, clock.clone()),
            lang: args.lang(),
            json: args.json,
            clock,
            passphrase_file: args.passphrase_file.clone(),
            interrupt: Interrupt::listen()?,
        })
    }

    /// From the file, the environment or the terminal, in this order.
    pub fn passphrase(&self) -> Result<Zeroizing<String>, Failure> {
        match self.given()? {
            Some(passphrase) => Ok(passphrase),
            None => self.asked(self.lang_line("Пароль: ", "Passphrase: ")),
        }
    }

    fn given(&self) -> Result<Option<Zeroizing<String>>, Failure> {
        if let Some(path) = &self.passphrase_file {
            return first_line(path).map(Some);
        }
        Ok(std::env::var("LETOPIS_PASSPHRASE").ok().map(Zeroizing::new))
    }

    fn asked(&self, question: &str) -> Result<Zeroizing<String>, Failure> {
        if !std::io::stdin().is_terminal() {
            return Err(Failure::Locked);
        }
        let typed = self.interrupt.prompt(|| rpassword::prompt_password(question));
        Ok(Zeroizing::new(typed.context("Read the passphrase")?))
    }

    /// A new passphrase: from the file, the environment or twice from the terminal.
    pub fn new_passphrase(&self, file: Option<&Path>) -> Result<Zeroizing<String>, Failure> {
        if let Some(path) = file {
            return first_line(path);
        }
        if let Ok(text) = std::env::var("LETOPIS_NEW_PASSPHRASE") {
            return Ok(Zeroizing::new(text));
        }
        loop {
            let first = self.asked(self.lang_line("Новый пароль: ", "New passphrase: "))?;
            let again = self.asked(self.lang_line("Ещё раз: ", "Once more: "))?;
            if *first == *again {
                return Ok(first);
            }
            eprintln!("{}", self.lang_line("Пароли не совпадают.", "The passphrases differ."));
        }
    }

    /// Unlocks the archive and finishes a forgetting that was broken off.
    pub fn unlock(&self) -> Result<Arc<OpenArchive>, Failure> {
        let archive = self.unlock_as_it_lies()?;
        archive.finish_forgetting(&mut self.job())?;
        Ok(archive)
    }

    /// Unlocks the archive as it lies on the disk: by a passphrase that is given, else by the keyring where it is on,
    /// else by a passphrase that is asked for.
    pub fn unlock_as_it_lies(&self) -> Result<Arc<OpenArchive>, Failure> {
        if let Some(passphrase) = self.given()? {
            return self.opened(&Secret::Passphrase(&passphrase));
        }
        if self.engine.home().key_state().keyring {
            match self.opened(&Secret::Keyring) {
                // The passphrase is still a way in.
                Err(failure @ (Failure::NoKeyring | Failure::KeyringRefused)) if std::io::stdin().is_terminal() => {
                    eprintln!("{}", failure.words(self.lang));
                }
                other => return other,
            }
        }
        self.opened(&Secret::Passphrase(&self.passphrase()?))
    }

    fn opened(&self, secret: &Secret<'_>) -> Result<Arc<OpenArchive>, Failure> {
        let archive = self.engine.unlock(secret)?;
        if self.engine.home().key_state().rekeying {
            eprintln!(
                "{}",
                self.lang_line(
                    "Смена главного ключа не закончена. Архив цел; закончите её командой rekey.",
                    "A change of the master key is not finished. The archive is safe; finish it with rekey."
                )
            );
        }
        Ok(archive)
    }

    /// Unlocks the archive and brings its index up to date.
    pub fn open(&self) -> Result<Arc<OpenArchive>, Failure> {
        let archive = self.unlock()?;
        archive.catch_up(&mut self.job())?;
        if self.interrupt.was_asked() {
            return Err(Failure::Cancelled);
        }
        Ok(archive)
    }

    /// A job that draws a line on a terminal's stderr and stops on Ctrl-C.
    pub fn job(&self) -> Job<'static> {
        let draws = std::io::stderr().is_terminal();
        let (working, lang) = (self.work(), self.lang);
        Job::new(self.interrupt.flag(), move |progress| {
            let _lives_with_the_job = &working;
            if draws {
                crate::progress::draw(progress, lang);
            }
        })
    }

    /// Ctrl-C was pressed.
    pub fn is_interrupted(&self) -> bool {
        self.interrupt.was_asked()
    }

    /// A secret from the terminal, or the next line of what is piped in.
    pub fn ask(&self, ru: &'static str, en: &'static str) -> Result<String, Failure> {
        if std::io::stdin().is_terminal() {
            let typed = self.interrupt.prompt(|| rpassword::prompt_password(self.lang_line(ru, en)));
            return Ok(typed.context("Read an answer")?);
        }
        let mut line = String::new();
        let read = std::io::stdin().read_line(&mut line).context("Read an answer")?;
        if read == 0 { Err(Failure::Cancelled) } else { Ok(line.trim().to_owned()) }
    }

    /// Something that Ctrl-C must not cut in two.
    pub fn work(&self) -> Working {
        self.interrupt.work()
    }

    /// A moment with the local offset.
    pub fn rfc3339(&self, at: Timestamp) -> String {
        self.clock.zoned(at).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }

    pub fn date(&self, typed: &str) -> Result<Timestamp, Failure> {
        self.clock.start_of(typed).ok_or_else(|| Failure::NotADate(typed.to_owned()))
    }

    /// The access log: what cannot be noted is said, and reading goes on.
    pub fn noted(&self, noted: Result<(), Failure>) {
        if let Err(failure) = noted {
            crate::out::failure(&failure, self.lang);
        }
    }

    /// A day, or a moment with its offset.
    pub fn moment(&self, typed: &str) -> Result<Timestamp, Failure> {
        match typed.parse::<jiff::Timestamp>() {
            Ok(at) => Ok(Timestamp(at.as_second())),
            Err(_) => self.date(typed),
        }
    }

    pub fn lang_line(&self, ru: &'static str, en: &'static str) -> &'static str {
        match self.lang {
            Lang::Ru => ru,
            Lang::En => en,
        }
    }

    /// Says what is wrong with the command as it was typed.
    pub fn misused(&self, ru: &str, en: &str) -> Outcome {
        match self.lang {
            Lang::Ru => eprintln!("{ru}"),
            Lang::En => eprintln!("{en}"),
        }
        Outcome::Misused
    }
}

pub fn first_line(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let file = std::fs::File::open(path).map_err(|e| Failure::from_io(e, path.to_owned()))?;
    let mut line = Zeroizing::new(String::new());
    BufReader::new(file).read_line(&mut line).map_err(|e| Failure::from_io(e, path.to_owned()))?;
    let len = line.trim_end_matches(['\r', '\n']).len();
    line.truncate(len);
    Ok(line)
}
