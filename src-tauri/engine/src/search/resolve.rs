//! Operators and chosen facets as conditions of the index: names become chats, people and accounts, times become moments.

use super::{People, SearchFilter, holds, times};
use crate::{Failure, OpenArchive};
use letopis_model::{ChatId, Direction, MessageKind, MessageLink};
use letopis_search::{Condition, Flag, HasValue, IsValue, Op, Operator, OperatorName, Parsed, Problem};
use std::collections::BTreeMap;

fn not(condition: Condition) -> Condition {
    Condition::Not(Box::new(condition))
}

fn problem(problem: Problem) -> Failure {
    Failure::Query(Box::new(problem))
}

impl OpenArchive {
    /// Several `from:`, `to:`, `in:`, `manager:`, `kind:` choose one of many, as several values of one do; others all hold.
    pub(super) fn resolve(&self, parsed: &Parsed, chosen: &SearchFilter, people: &People) -> Result<Condition, Failure> {
        let mut all = chosen_conditions(chosen, people);
        let mut choices: BTreeMap<OperatorName, Vec<Condition>> = BTreeMap::new();
        for operator in &parsed.operators {
            let condition = self.operator(operator, people)?;
            match operator.name {
                _ if operator.negated => all.push(not(condition)),
                OperatorName::From | OperatorName::To | OperatorName::In | OperatorName::Manager | OperatorName::Kind => {
                    choices.entry(operator.name).or_default().push(condition);
                }
                OperatorName::Before | OperatorName::After | OperatorName::On | OperatorName::During => all.push(condition),
                OperatorName::Has | OperatorName::Is => all.push(condition),
            }
        }
        all.extend(choices.into_values().map(Condition::AnyOf));
        Ok(Condition::All(all))
    }

    fn operator(&self, operator: &Operator, people: &People) -> Result<Condition, Failure> {
        let shown = operator.name.shown().1.to_owned();
        let each = operator.values.iter().map(|value| match value {
            Op::Name(part) => self
                .named(operator.name, part, people)?
                .ok_or_else(|| problem(Problem::NoSuchName { operator: shown.clone(), value: part.clone() })),
            Op::Time(text) => self
                .time(operator.name, text)
                .ok_or_else(|| problem(Problem::NotATime { operator: shown.clone(), value: text.clone() })),
            Op::Has(value) => self.has(*value),
            Op::Is(value) => Ok(Condition::Flag(is(*value))),
            Op::Kind(kind) => Ok(Condition::Kinds(vec![*kind])),
        });
        Ok(Condition::AnyOf(each.collect::<Result<_, _>>()?))
    }

    fn named(&self, name: OperatorName, part: &str, people: &People) -> Result<Option<Condition>, Failure> {
        Ok(match name {
            OperatorName::From => {
                let senders: Vec<String> = self.index.senders()?.into_iter().filter(|sender| holds(sender, part)).collect();
                (!senders.is_empty()).then_some(Condition::Senders(senders))
            }
            OperatorName::In => in_chats(part, people),
            OperatorName::Manager => of_managers(&accounts(part, people), people),
            // To a client: what the manager wrote in their chat. To a manager: what others wrote in the manager's chats.
            _ => {
                let out = in_chats(part, people).map(|chats| Condition::All(vec![chats, Condition::Flag(Flag::Out)]));
                let managers = of_managers(&accounts(part, people), people);
                let incoming = managers.map(|managers| Condition::All(vec![managers, Condition::Flag(Flag::In)]));
                let ways: Vec<Condition> = out.into_iter().chain(incoming).collect();
                (!ways.is_empty()).then_some(Condition::AnyOf(ways))
            }
        })
    }

    fn time(&self, name: OperatorName, text: &str) -> Option<Condition> {
        let (from, to) = times::period(text, &self.clock)?;
        Some(match name {
            OperatorName::Before => Condition::Sent { from: None, to: Some(from.0) },
            OperatorName::After => Condition::Sent { from: Some(from.0), to: None },
            _ => Condition::Sent { from: Some(from.0), to: Some(to.0) },
        })
    }

    fn has(&self, value: HasValue) -> Result<Condition, Failure> {
        let flag = |flag| Ok(Condition::Flag(flag));
        match value {
            HasValue::Photo => Ok(Condition::Kinds(vec![MessageKind::Photo])),
            HasValue::Video => Ok(Condition::Kinds(vec![MessageKind::Video, MessageKind::VideoNote])),
            HasValue::Voice => Ok(Condition::Kinds(vec![MessageKind::Voice])),
            HasValue::File => flag(Flag::File),
            HasValue::Link => flag(Flag::Link),
            HasValue::Phone => flag(Flag::Phone),
            HasValue::Email => flag(Flag::Email),
            HasValue::Amount => flag(Flag::Amount),
            HasValue::Date => flag(Flag::Date),
            HasValue::Promise => self.found(|found| found.promises.iter().copied().collect()),
            HasValue::Question => self.found(|found| found.questions.iter().copied().collect()),
        }
    }

    /// Messages in which something was found.
    fn found(&self, of: impl Fn(&crate::ChatFindings) -> Vec<MessageLink>) -> Result<Condition, Failure> {
        let mut messages: BTreeMap<ChatId, Vec<i64>> = BTreeMap::new();
        for record in self.look(|reader| reader.chats())? {
            for link in of(&*self.findings_of(&record)?) {
                messages.entry(link.chat).or_default().push(link.message.0);
            }
        }
        Ok(Condition::Messages(messages))
    }
}

fn is(value: IsValue) -> Flag {
    match value {
        IsValue::Deleted => Flag::Deleted,
        IsValue::Edited => Flag::Edited,
        IsValue::Forwarded => Flag::Forwarded,
        IsValue::Reply => Flag::Reply,
        IsValue::In => Flag::In,
        IsValue::Out => Flag::Out,
    }
}

fn accounts(part: &str, people: &People) -> Vec<String> {
    people
        .managers
        .iter()
        .filter(|(account, name)| *account == part || holds(name, part))
        .map(|(account, _)| account.clone())
        .collect()
}

/// The accounts' own chats, and those they share with others.
fn of_managers(accounts: &[String], people: &People) -> Option<Condition> {
    if accounts.is_empty() {
        return None;
    }
    let shared = people.shared.iter().filter(|(_, owners)| owners.iter().any(|o| accounts.contains(&o.0.to_string())));
    let shared: Vec<ChatId> = shared.map(|(chat, _)| *chat).collect();
    Some(Condition::AnyOf(vec![Condition::Managers(accounts.to_vec()), Condition::Chats(shared)]))
}

fn in_chats(part: &str, people: &People) -> Option<Condition> {
    let named = people.titles.iter().filter(|(id, title)| *id == part || holds(title, part));
    let chats: Vec<ChatId> = named.filter_map(|(id, _)| id.parse().ok()).collect();
    (!chats.is_empty()).then_some(Condition::Chats(chats))
}

fn chosen_conditions(chosen: &SearchFilter, people: &People) -> Vec<Condition> {
    let mut all = Vec::new();
    all.extend(of_managers(&chosen.managers, people));
    if !chosen.chats.is_empty() {
        all.push(Condition::Chats(chosen.chats.clone()));
    }
    if !chosen.senders.is_empty() {
        all.push(Condition::Senders(chosen.senders.clone()));
    }
    if !chosen.kinds.is_empty() {
        all.push(Condition::Kinds(chosen.kinds.clone()));
    }
    if chosen.from.is_some() || chosen.to.is_some() {
        all.push(Condition::Sent { from: chosen.from.map(|t| t.0), to: chosen.to.map(|t| t.0) });
    }
    for (wanted, flag) in [(chosen.deleted, Flag::Deleted), (chosen.edited, Flag::Edited)] {
        all.extend(wanted.map(|wanted| if wanted { Condition::Flag(flag) } else { not(Condition::Flag(flag)) }));
    }
    all.extend(chosen.direction.map(|d| Condition::Flag(if d == Direction::Out { Flag::Out } else { Flag::In })));
    all
}
