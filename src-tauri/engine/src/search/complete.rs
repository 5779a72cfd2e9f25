//! What a query may go on with at the cursor: names of operators, their values, people and chats of this archive.

use super::holds;
use crate::{Failure, Lang, OpenArchive};
use letopis_search::{OperatorName, operator_named};

const OFFERED: usize = 8;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompletionKind {
    Operator,
    Value,
}

/// Puts `insert` in place of the characters from `start` to the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    pub kind: CompletionKind,
    pub start: u32,
    pub insert: String,
    /// As it is shown.
    pub label: String,
    pub operator: OperatorName,
}

const TIMES: &[(&str, &str)] = &[
    ("сегодня", "today"),
    ("вчера", "yesterday"),
    ("эта неделя", "this week"),
    ("прошлая неделя", "last week"),
    ("этот месяц", "this month"),
    ("прошлый месяц", "last month"),
    ("7 дней", "7 days"),
    ("30 дней", "30 days"),
    ("этот год", "this year"),
];

impl OpenArchive {
    /// `cursor` in characters.
    pub fn complete(&self, query: &str, cursor: usize, lang: Lang) -> Result<Vec<Completion>, Failure> {
        let before: String = query.chars().take(cursor).collect();
        let start = piece_start(&before);
        let piece: String = before.chars().skip(start).collect();
        let (minus, piece) = piece.strip_prefix('-').map_or((0, piece.as_str()), |rest| (1, rest));
        let start = u32::try_from(start + minus).unwrap_or(u32::MAX);
        let mut offered = match piece.split_once(':') {
            None => operators(piece, start, lang),
            Some((name, typed)) => match operator_named(name) {
                Some(operator) => self.values(operator, name, typed, start, lang)?,
                None => Vec::new(),
            },
        };
        offered.truncate(OFFERED);
        Ok(offered)
    }

    fn values(
        &self,
        operator: OperatorName,
        name: &str,
        typed: &str,
        start: u32,
        lang: Lang,
    ) -> Result<Vec<Completion>, Failure> {
        let part = typed.trim_start_matches(['"', '«', '(']);
        let all: Vec<String> = match operator {
            OperatorName::From => self.index.senders()?.into_iter().collect(),
            OperatorName::In => self.people()?.titles.into_values().collect(),
            OperatorName::Manager => self.people()?.managers.into_values().collect(),
            OperatorName::To => {
                let people = self.people()?;
                people.managers.into_values().chain(people.titles.into_values()).collect()
            }
            OperatorName::Before | OperatorName::After | OperatorName::On | OperatorName::During => {
                TIMES.iter().map(|(ru, en)| lang.pick(ru, en).to_owned()).collect()
            }
            OperatorName::Has | OperatorName::Is | OperatorName::Kind => {
                operator.values().iter().map(|(ru, en)| lang.pick(ru, en).to_owned()).collect()
            }
        };
        let fits = |value: &String| !value.trim().is_empty() && value != part && holds(value, part);
        let mut fitting: Vec<String> = all.into_iter().filter(fits).collect();
        // What begins so comes first.
        fitting.sort_by_key(|value| !value.to_lowercase().starts_with(&part.to_lowercase()));
        fitting.dedup();
        let made = |value: String| {
            let plain: String = value.chars().filter(|c| !matches!(c, '"' | '«' | '»' | '“' | '”' | '„')).collect();
            let quoted = if plain.contains(|c: char| c.is_whitespace()) { format!("\"{plain}\"") } else { plain };
            Completion { kind: CompletionKind::Value, start, insert: format!("{name}:{quoted} "), label: value, operator }
        };
        Ok(fitting.into_iter().map(made).collect())
    }
}

fn operators(piece: &str, start: u32, lang: Lang) -> Vec<Completion> {
    let typed = piece.to_lowercase();
    if typed.is_empty() || !typed.chars().all(char::is_alphabetic) {
        return Vec::new();
    }
    let offered = OperatorName::all().filter_map(|operator| {
        let (ru, en) = operator.shown();
        let shown = lang.pick(ru, en);
        let name = [shown, ru, en].into_iter().find(|name| name.starts_with(&typed))?;
        let insert = format!("{name}:");
        Some(Completion { kind: CompletionKind::Operator, start, label: insert.clone(), insert, operator })
    });
    offered.collect()
}

/// Where the piece under the cursor begins: behind the last space outside quotes and brackets.
fn piece_start(before: &str) -> usize {
    let (mut start, mut open) = (0, false);
    for (at, c) in before.chars().enumerate() {
        match c {
            '"' => open = !open,
            '«' | '“' | '(' => open = true,
            '»' | '”' | ')' => open = false,
            c if c.is_whitespace() && !open => start = at + 1,
            _ => {}
        }
    }
    start
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_operators_are_offered_as_they_begin() {
        let offered = |piece: &str, lang| operators(piece, 0, lang).into_iter().map(|c| c.insert).collect::<Vec<_>>();
        assert_eq!(offered("о", Lang::Ru), ["от:"]);
        assert_eq!(offered("fr", Lang::Ru), ["from:"]);
        assert_eq!(offered("b", Lang::En), ["before:"]);
        assert_eq!(offered("", Lang::En), [""; 0]);
        assert_eq!(offered("47", Lang::En), [""; 0]);
    }

    #[test]
    fn the_piece_under_the_cursor() {
        for (before, start) in [("", 0), ("да от:Ан", 3), ("от:\"Анна Бе", 0), ("за:(прошлая не", 0), ("«да нет» о", 9)]
        {
            assert_eq!(piece_start(before), start, "{before}");
        }
    }
}
