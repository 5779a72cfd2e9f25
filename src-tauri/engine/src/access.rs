//! The access log: who opened, searched, exported what. Opening the same chat again within ten minutes is one visit, and
//! of a query that is being typed only its last form is written.

use crate::{Failure, OpenArchive};
use letopis_archive::{Access, AccessRecord, Noted};
use letopis_model::{ChatId, Timestamp};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Seconds within which a chat is not noted again.
const VISIT: i64 = 600;
/// Seconds after which a query counts as meant.
const TYPED: i64 = 3;

/// Rows of the log read at once.
const LOOKED_AT: usize = 2_000;

/// What was seen lately and is not to be noted twice.
#[derive(Default)]
pub(crate) struct Lately {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    chats: HashMap<ChatId, Timestamp>,
    typing: Option<(Timestamp, String)>,
}

impl Lately {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_new_visit(&self, chat: ChatId, now: Timestamp) -> bool {
        let before = self.inner().chats.insert(chat, now);
        before.is_none_or(|at| now.0 - at.0 > VISIT || now < at)
    }

    /// Takes the query that was typed last, if `now` is late enough for it to have been meant.
    fn typed(&self, now: Timestamp, next: Option<&str>) -> Option<String> {
        let mut inner = self.inner();
        let waiting = inner.typing.take();
        inner.typing = next.map(|query| (now, query.to_owned()));
        let (at, query) = waiting?;
        let is_replaced = next.is_some_and(|next| next.starts_with(&query) || query.starts_with(next)) && now.0 - at.0 < TYPED;
        (!is_replaced).then_some(query)
    }
}

/// The system's name of whoever works here; where it says none, the name of the home folder.
pub fn who() -> String {
    let named = |name| std::env::var(name).ok().filter(|value: &String| !value.is_empty());
    let home = || Some(std::path::Path::new(&named("HOME")?).file_name()?.to_string_lossy().into_owned());
    ["USER", "LOGNAME", "USERNAME"].into_iter().find_map(named).or_else(home).unwrap_or_else(|| "?".to_owned())
}

impl OpenArchive {
    /// Adds a row to the access log.
    pub fn note(&self, action: Access, chat: Option<ChatId>, what: &str, why: &str) -> Result<(), Failure> {
        let (at, noted) = (self.clock.now(), Noted { action, chat, what: what.to_owned(), why: why.to_owned() });
        self.writer.run(move |writer| writer.note_access(at, &who(), &noted))
    }

    /// Notes that a chat was opened, once a visit.
    pub fn note_visit(&self, chat: ChatId) -> Result<(), Failure> {
        match self.lately.is_new_visit(chat, self.clock.now()) {
            true => self.note(Access::OpenedChat, Some(chat), "", ""),
            false => Ok(()),
        }
    }

    /// Notes a query that is being typed; the last form of it counts.
    pub fn note_typing(&self, query: &str) -> Result<(), Failure> {
        let query = query.trim();
        let next = (!query.is_empty()).then_some(query);
        match self.lately.typed(self.clock.now(), next) {
            Some(meant) => self.note(Access::Searched, None, &meant, ""),
            None => Ok(()),
        }
    }

    /// The access log, newest first.
    pub fn access_log(&self, before: Option<i64>, limit: usize) -> Result<Vec<AccessRecord>, Failure> {
        self.note_typing("")?;
        self.read(|reader| reader.access_log(before, limit))
    }

    /// Rows of some actions only (of all when there are none), newest first, and the number to go on from.
    pub fn access_page(
        &self,
        actions: &[Access],
        before: Option<i64>,
        limit: usize,
    ) -> Result<(Vec<AccessRecord>, Option<i64>), Failure> {
        let mut rows: Vec<AccessRecord> = Vec::new();
        let mut before = before;
        loop {
            let read = self.access_log(before, LOOKED_AT)?;
            let is_last = read.len() < LOOKED_AT;
            before = read.last().map(|row| row.no);
            rows.extend(read.into_iter().filter(|row| actions.is_empty() || actions.contains(&row.action)));
            if rows.len() > limit {
                rows.truncate(limit);
                let next = rows.last().map(|row| row.no);
                return Ok((rows, next));
            }
            if is_last {
                return Ok((rows, None));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use letopis_model::PeerId;

    #[test]
    fn a_visit_is_noted_once_in_ten_minutes() {
        let lately = Lately::default();
        let kirill = ChatId::new(None, PeerId::user(555));
        let noted: Vec<bool> = [0, 5, 599, 1200, 1000].iter().map(|at| lately.is_new_visit(kirill, Timestamp(*at))).collect();
        assert_eq!(noted, [true, false, false, true, true], "a clock set back is a new visit");
    }

    #[test]
    fn of_a_query_being_typed_the_last_form_counts() {
        let lately = Lately::default();
        let mut noted = Vec::new();
        for (at, query) in [(0, "до"), (1, "дого"), (2, "договор"), (9, "счёт"), (10, "счёт 47"), (11, "")] {
            noted.extend(lately.typed(Timestamp(at), (!query.is_empty()).then_some(query)));
        }
        assert_eq!(noted, ["договор", "счёт 47"]);
    }
}
