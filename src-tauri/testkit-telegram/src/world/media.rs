//! Files: their bytes, their data centre, and the references under which clients may ask for them.

/// One file of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MediaId(pub(crate) usize);

#[derive(Clone, Debug)]
pub(crate) struct Media {
    pub(crate) kind: MediaKind,
    pub(crate) bytes: Vec<u8>,
    pub(crate) dc: i32,
    pub(crate) date: i64,
}

#[derive(Clone, Debug)]
pub(crate) enum MediaKind {
    Photo,
    File { name: String, mime: String },
    Voice { seconds: i32 },
    RoundVideo { seconds: i32 },
    Video { seconds: i32 },
    Sticker { emoji: String },
}

/// Where media ids begin on the wire, so that they look like no other id.
const FIRST: i64 = 5_000_000_000;

impl MediaId {
    pub(crate) fn wire(self) -> i64 {
        FIRST + i64::try_from(self.0).expect("a small number of files")
    }

    pub(crate) fn from_wire(id: i64) -> Option<Self> {
        usize::try_from(id.checked_sub(FIRST)?).ok().map(Self)
    }

    pub(crate) fn access_hash(self) -> i64 {
        crate::dice::mix(self.wire() as u64) as i64
    }

    /// A reference is the epoch it was given out in; a later epoch makes it expired.
    pub(crate) fn reference(self, epoch: u32) -> Vec<u8> {
        let mut reference = vec![1u8];
        reference.extend(epoch.to_le_bytes());
        reference.extend(self.wire().to_le_bytes());
        reference
    }
}
