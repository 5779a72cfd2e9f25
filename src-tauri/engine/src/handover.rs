//! Handover: a draft proposed from findings, edited by the lead, sealed into one file.

mod draft;
mod pack;

pub use draft::{Draft, DraftClient, DraftLine, DraftRequest, LineKind, Person};
pub use pack::{WrittenPack, service_detail};
