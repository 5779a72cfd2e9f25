//! What can go wrong with a file as a whole ([`Error`]) and with a part of it ([`Problem`]).
//! Neither ever holds a message text, a name or a phone: only places and closed reasons.

use std::{fmt, io};

/// Why nothing could be imported; one variant per thing a caller would do differently.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is no such file or folder")]
    NotFound,
    #[error("the file may not be read by this user")]
    NoAccess,
    #[error("the file is empty")]
    Empty,
    #[error("this is not an export that Letopis knows")]
    NotAnExport,
    /// A zip, gzip, rar… with, perhaps, an export inside.
    #[error("this is a packed file")]
    Packed,
    #[error("the file breaks off before its first message")]
    NothingSalvaged,
    #[error("the file could not be read")]
    Io(#[source] io::Error),
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Error::NotFound,
            io::ErrorKind::PermissionDenied => Error::NoAccess,
            _ => Error::Io(error),
        }
    }
}

/// A part of the file that was not taken, or was taken with a reservation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where in the file: `chats.list[3].messages[17] (line 512, byte 40213)`.
    pub place: String,
    pub why: Reason,
}

/// Why; the words for a person are made by the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// The file ends here, before its structure is closed.
    Truncated,
    /// The file ends inside this message.
    CutMessage,
    /// Not JSON, even after the known repairs; reading goes on at the next message.
    BrokenSyntax,
    /// Something between the chats and messages is broken; it was stepped over.
    BrokenSection,
    /// Structure is broken so that the rest of the file cannot be placed for certain.
    RestUnreadable,
    /// Something else than an object stands where a message or a chat must be.
    NotAnObject,
    /// One message of more than 64 MB.
    TooLarge,
    /// Nested deeper than any message is.
    TooDeep,
    /// The message has no whole-number id.
    NoId,
    /// The message has no date that can be read.
    NoDate,
    /// The text of the message is neither a string nor a list of parts.
    WrongText,
    /// The file does not say which chat this is: it has a number of its own until another source tells. Nothing is lost.
    UnknownChat,
    /// A page of a chat is not there, though later ones are.
    PageMissing,
    /// Some bytes of the message are no UTF-8 (an editor saved the file in another encoding): they are shown as �. Nothing
    /// else is lost.
    WrongEncoding,
    /// The path of an attached file leads out of the export; it is kept as text. Nothing is lost.
    UnsafePath,
    /// Dates have no time zone and none was given: read as UTC. Said once for a file; nothing is lost.
    TimezoneAssumed,
    /// The manager's name that was given could not be used: the file does not say whose account it is, and nobody, or
    /// more than one user, writes under that name. Nothing is lost.
    ManagerUnknown,
}

impl Reason {
    /// Whether one element of a `messages` list was not taken.
    pub fn loses_a_message(self) -> bool {
        match self {
            Reason::CutMessage
            | Reason::BrokenSyntax
            | Reason::NotAnObject
            | Reason::TooLarge
            | Reason::TooDeep
            | Reason::NoId
            | Reason::NoDate
            | Reason::WrongText => true,
            Reason::Truncated
            | Reason::BrokenSection
            | Reason::RestUnreadable
            | Reason::UnknownChat
            | Reason::PageMissing
            | Reason::WrongEncoding
            | Reason::UnsafePath
            | Reason::TimezoneAssumed
            | Reason::ManagerUnknown => false,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Reason::Truncated => "the file breaks off here",
            Reason::CutMessage => "the file breaks off inside this message",
            Reason::BrokenSyntax => "not readable here",
            Reason::BrokenSection => "a part between the messages is broken and was stepped over",
            Reason::RestUnreadable => "the rest of the file cannot be placed for certain",
            Reason::NotAnObject => "an object was expected",
            Reason::TooLarge => "a single message larger than 64 MB",
            Reason::TooDeep => "nested too deeply",
            Reason::NoId => "the message has no id",
            Reason::NoDate => "the message has no readable date",
            Reason::WrongText => "the text has an unknown form",
            Reason::UnknownChat => "it does not say which chat this is; it has a number of its own until another source tells",
            Reason::PageMissing => "this page is missing",
            Reason::WrongEncoding => "some characters could not be read: the file was saved in another encoding",
            Reason::UnsafePath => "the path of the attached file leads out of the export and was not followed",
            Reason::TimezoneAssumed => "dates without a time zone are read as UTC",
            Reason::ManagerUnknown => "the manager's name was not used: the file does not say whose account it is",
        })
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.why)
    }
}
