//! Words that ask: for an act, for information, for a date or an amount, for a meeting; and those that only seem to ask.

use super::Patterns;
use super::frames::patterns;
use std::sync::OnceLock;
