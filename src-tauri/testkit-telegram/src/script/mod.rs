//! What people do. Every call is one event at the server's time: it is stored, gets its pts, and is pushed.

pub(crate) mod demo;
pub(crate) mod draft;
pub(crate) mod files;
pub(crate) mod people;
pub(crate) mod places;
pub(crate) mod play;
pub(crate) mod rumour;
pub(crate) mod talk;
