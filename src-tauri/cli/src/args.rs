//! The command line as it is typed. Names here are a contract with scripts: add, never rename.

use clap::{ArgGroup, Args as ClapArgs, Parser, Subcommand, ValueEnum};
use letopis_engine::{Lang, Sort};
use std::path::PathBuf;

#[derive(Parser)]
#[command(name = "letopis-cli", version, about = "Encrypted chronicle of a team's work chats")]
pub struct Args {
    /// Folder of the archive
    #[arg(long, env = "LETOPIS_ARCHIVE", global = true)]
    pub archive: Option<PathBuf>,
    /// File whose first line is the passphrase (else LETOPIS_PASSPHRASE, else asked)
    #[arg(long, global = true, value_name = "F")]
    pub passphrase_file: Option<PathBuf>,
    /// One JSON object a line
    #[arg(long, global = true)]
    pub json: bool,
    #[arg(long, global = true)]
    pub lang: Option<CliLang>,
    /// What "now" is, RFC 3339
    #[arg(long, global = true, value_name = "RFC3339")]
    pub now: Option<jiff::Timestamp>,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum CliLang {
    Ru,
    En,
}

impl Args {
    /// `--lang`, else the language of `LANG`.
    pub fn lang(&self) -> Lang {
        match self.lang {
            Some(CliLang::Ru) => Lang::Ru,
            Some(CliLang::En) => Lang::En,
            None => Lang::from_tag(&locale()),
        }
    }
}

/// The system's locale; an empty variable is none.
fn locale() -> String {
    let set = |name| std::env::var(name).ok().filter(|value: &String| !value.is_empty());
    set("LC_ALL").or_else(|| set("LANG")).unwrap_or_default()
}

#[derive(Subcommand)]
pub enum Command {
    /// Create an empty archive; prints the recovery key once
    Init,
    /// Create an archive with the demo company
    Demo,
    /// Import export files or folders
    Import(Import),
    /// List chats
    Chats {
        #[arg(long)]
        manager: Option<String>,
    },
    /// What was seen of the chats and what was not
    Coverage {
        #[arg(long)]
        chat: Option<String>,
    },
    /// Full-text search
    Search(Search),
    /// Read messages
    Show(Show),
    /// A summary with citations
    Summary(Summary),
    /// The promise ledger
    Promises(Promises),
    /// Write a handover pack
    Handover(Handover),
    /// The feed of edits and deletions
    Changes {
        /// A day (2026-11-19) or a moment (RFC 3339)
        #[arg(long, value_name = "T")]
        since: Option<String>,
        #[arg(long, default_value_t = 200)]
        limit: usize,
    },
    /// Write evidence of messages that a stranger can check
    Evidence(Evidence),
    /// Write one encrypted file with everything, while the archive is in use
    Backup { file: PathBuf },
    /// Make an archive folder (--archive) of a backup
    Restore(Restore),
    /// Read everything that is whole out of a damaged archive (--archive) into a new folder; the damaged one is not touched
    Salvage(SalvageInto),
    /// Erase a chat for good: first a report with a code, then the same with --confirm
    Forget(Forget),
    /// Chats that must not be erased: place, lift, list
    Hold(Hold),
    /// How long a manager's messages are kept
    Retention(Retention),
    /// Who opened, searched, exported what
    Access {
        #[arg(long, default_value_t = 200)]
        limit: usize,
    },
    /// The head of the tree of versions, to print or to mail to oneself; or compare with one
    Head {
        /// "SIZE ROOT" as it was printed
        #[arg(long, value_name = "HEAD")]
        compare: Option<String>,
    },
    /// Build the search index anew
    Reindex,
    /// Write the database anew, as small as its content
    Compact,
    /// Change the passphrase
    Passphrase(Passphrase),
    /// Make a new recovery key; the old one opens nothing any more
    Recovery,
    /// Let the system keyring open the archive, or no more
    Keyring { switch: Switch },
    /// Change the master key and rewrite the archive under it; goes on with a change that was stopped
    Rekey(Rekey),
    /// Managers' Telegram accounts
    Accounts {
        #[command(subcommand)]
        what: Option<Accounts>,
    },
    /// Sign an account in: a code, a QR code, a two-step password
    Login(Login),
    /// Record the accounts that are switched on
    Watch {
        /// End when everything that was owed is read
        #[arg(long)]
        once: bool,
    },
    /// Check the archive and the index
    Verify {
        /// Also compute every content's hash anew
        #[arg(long)]
        deep: bool,
    },
}

/// Without one of these the accounts are listed. ACCOUNT is the number that the list shows.
#[derive(Subcommand)]
pub enum Accounts {
    /// The account's chats and folders, names only
    Scan { account: i64 },
    /// Record that the owner agreed
    Consent {
        account: i64,
        /// Who agrees, by name
        #[arg(long)]
        by: String,
        /// The phone's owner is here
        #[arg(long)]
        owner_present: bool,
    },
    /// Stop recording at once
    Withdraw {
        account: i64,
        #[arg(long)]
        by: String,
    },
    /// What is work; replaces what was said before
    Scope {
        account: i64,
        /// user:1, group:2 or channel:3; may be repeated
        #[arg(long)]
        chat: Vec<String>,
        /// A folder's number; may be repeated
        #[arg(long)]
        folder: Vec<i32>,
        /// The private chats of these folders too
        #[arg(long)]
        with_private: bool,
        /// A chat that stays out, whatever folder it stands in
        #[arg(long)]
        never: Vec<String>,
        /// How many days to read back; 0: everything; else since the consent
        #[arg(long)]
        days: Option<u32>,
    },
    /// Switch recording on
    On { account: i64 },
    /// Switch recording off
    Off { account: i64 },
    /// Read a whole chat again, to its first message: edits and deletions that were missed long ago. Ctrl-C stops it, the
    /// next call goes on
    Sweep {
        account: i64,
        /// user:1, group:2 or channel:3
        chat: String,
        /// Give it up; what it found stays
        #[arg(long)]
        cancel: bool,
    },
    /// Read history back by Telegram's export, whose limits are softer. Telegram tells the account's devices of it
    Takeout {
        account: i64,
        /// At the ordinary pace again
        #[arg(long)]
        off: bool,
    },
    /// End the session on Telegram's side and forget its keys
    SignOut { account: i64 },
}

#[derive(ClapArgs)]
pub struct Login {
    /// The number of your own application, from my.telegram.org
    #[arg(long, env = "LETOPIS_API_ID")]
    pub api_id: i32,
    /// A file whose first line is the application's api_hash (else LETOPIS_API_HASH)
    #[arg(long, value_name = "F")]
    pub api_hash_file: Option<PathBuf>,
    #[arg(long, required_unless_present_any = ["qr", "resume"])]
    pub phone: Option<String>,
    /// Sign in by a QR code
    #[arg(long, conflicts_with = "phone")]
    pub qr: bool,
    /// Go on with the sign-in that was begun
    #[arg(long, conflicts_with_all = ["phone", "qr"])]
    pub resume: bool,
    /// socks5://user:password@host:port
    #[arg(long)]
    pub proxy: Option<String>,
}

#[derive(ClapArgs)]
pub struct Evidence {
    #[arg(required = true, value_name = "LINK")]
    pub links: Vec<String>,
    /// A folder that does not exist yet
    #[arg(long)]
    pub out: PathBuf,
    /// Prove under the head of this many versions, one that was printed earlier
    #[arg(long, value_name = "SIZE")]
    pub under: Option<u64>,
    /// Goes to the access log
    #[arg(long, value_name = "TEXT")]
    pub why: Option<String>,
}

#[derive(ClapArgs)]
pub struct Restore {
    pub file: PathBuf,
    /// What is given as passphrase is the recovery key
    #[arg(long)]
    pub recovery: bool,
}

#[derive(ClapArgs)]
pub struct SalvageInto {
    /// A folder that does not exist yet
    pub folder: PathBuf,
    /// What is given as passphrase is the recovery key
    #[arg(long)]
    pub recovery: bool,
}

#[derive(ClapArgs)]
pub struct Forget {
    #[arg(long)]
    pub chat: String,
    /// The code of the report
    #[arg(long, value_name = "CODE")]
    pub confirm: Option<String>,
    #[arg(long, value_name = "TEXT")]
    pub why: Option<String>,
}

#[derive(ClapArgs)]
pub struct Hold {
    /// Place a hold on this chat
    #[arg(long)]
    pub chat: Option<String>,
    /// Lift it instead
    #[arg(long, requires = "chat")]
    pub lift: bool,
    #[arg(long, value_name = "TEXT")]
    pub why: Option<String>,
}

#[derive(ClapArgs)]
pub struct Retention {
    #[arg(long)]
    pub manager: Option<String>,
    #[arg(long, requires = "manager", value_parser = clap::value_parser!(u32).range(1..))]
    pub days: Option<u32>,
    /// Keep for ever
    #[arg(long, requires = "manager", conflicts_with = "days")]
    pub forever: bool,
    /// Only say what would be erased
    #[arg(long, requires = "days")]
    pub dry_run: bool,
    /// Erase now what is older than the rules say
    #[arg(long, conflicts_with_all = ["days", "forever"])]
    pub apply: bool,
}

#[derive(ClapArgs)]
pub struct Import {
    #[arg(required = true)]
    pub paths: Vec<PathBuf>,
    #[arg(long)]
    pub manager: Option<String>,
    /// Telegram's id of the account that the export was made from, if the export does not tell
    #[arg(long)]
    pub owner_id: Option<i64>,
    /// The name that its owner writes under, for HTML exports
    #[arg(long, value_name = "NAME")]
    pub owner_name: Option<String>,
    /// Time zone of the exporting computer, for files of before June 2022
    #[arg(long, value_name = "IANA")]
    pub timezone: Option<String>,
    /// Count, but keep nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Also write the report to a file (text, or JSON if it is called .json)
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
}

#[derive(ClapArgs)]
pub struct Search {
    pub query: String,
    #[arg(long, default_value_t = 20)]
    pub limit: usize,
    #[arg(long, default_value_t = 0)]
    pub offset: usize,
    #[arg(long, default_value = "relevance")]
    pub sort: CliSort,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum CliSort {
    Relevance,
    Newest,
    Oldest,
}

impl From<CliSort> for Sort {
    fn from(sort: CliSort) -> Self {
        match sort {
            CliSort::Relevance => Sort::Relevance,
            CliSort::Newest => Sort::Newest,
            CliSort::Oldest => Sort::Oldest,
        }
    }
}

#[derive(ClapArgs)]
pub struct Show {
    /// A message's link
    #[arg(required_unless_present = "chat", conflicts_with = "chat")]
    pub link: Option<String>,
    /// Messages around the linked one
    #[arg(long, default_value_t = 0)]
    pub context: usize,
    #[arg(long)]
    pub chat: Option<String>,
    /// First day, 2026-11-19
    #[arg(long)]
    pub at: Option<String>,
    #[arg(long, default_value_t = 50)]
    pub limit: usize,
    /// Every kept content
    #[arg(long)]
    pub versions: bool,
}

#[derive(ClapArgs)]
#[command(group(ArgGroup::new("whose").required(true).args(["chat", "manager", "team"])))]
pub struct Summary {
    #[arg(long)]
    pub chat: Vec<String>,
    #[arg(long)]
    pub manager: Option<String>,
    #[arg(long)]
    pub team: bool,
    #[arg(long)]
    pub from: String,
    /// Exclusive
    #[arg(long)]
    pub to: String,
    /// What the summary should be about; needs a model
    #[arg(long, value_name = "TEXT")]
    pub prompt: Option<String>,
    /// Which language model writes it; only `none` so far
    #[arg(long, value_name = "NAME|none")]
    pub model: Option<String>,
}

#[derive(ClapArgs)]
pub struct Promises {
    #[arg(long)]
    pub state: Option<CliState>,
    #[arg(long)]
    pub manager: Option<String>,
    #[arg(long, value_name = "D")]
    pub due_before: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CliState {
    Open,
    Kept,
    Late,
    Broken,
    Withdrawn,
}

#[derive(ClapArgs)]
pub struct Handover {
    #[arg(long)]
    pub manager: String,
    #[arg(long)]
    pub chat: Vec<String>,
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=3))]
    pub months: u32,
    #[arg(long)]
    pub out: PathBuf,
    #[arg(long, value_name = "F")]
    pub pack_passphrase_file: PathBuf,
}

#[derive(ClapArgs)]
pub struct Passphrase {
    /// File whose first line is the new passphrase (else LETOPIS_NEW_PASSPHRASE, else asked)
    #[arg(long, value_name = "F")]
    pub new_passphrase_file: Option<PathBuf>,
    /// The old passphrase is forgotten: file whose first line is the recovery key
    #[arg(long, value_name = "F")]
    pub recovery_key_file: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    On,
    Off,
}

#[derive(ClapArgs)]
pub struct Rekey {
    /// Only go on with a change that was stopped
    #[arg(long)]
    pub finish: bool,
}
