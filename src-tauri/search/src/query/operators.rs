//! The operators and their values: one table, read by the parser and by who completes them as they are typed.

use super::Problem;
use crate::words::normal;
use letopis_model::MessageKind;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OperatorName {
    From,
    To,
    In,
    Manager,
    Before,
    After,
    On,
    During,
    Has,
    Is,
    Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HasValue {
    Photo,
    Video,
    Voice,
    File,
    Link,
    Phone,
    Email,
    Amount,
    Date,
    Promise,
    Question,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IsValue {
    Deleted,
    Edited,
    Forwarded,
    Reply,
    In,
    Out,
}

/// One value of an operator; names and times as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Op {
    Name(String),
    Time(String),
    Has(HasValue),
    Is(IsValue),
    Kind(MessageKind),
}

/// Names of the operators; the first Russian and the first English one are shown, all are read.
const NAMES: &[(OperatorName, &[&str], &[&str])] = &[
    (OperatorName::From, &["от"], &["from"]),
    (OperatorName::To, &["кому"], &["to"]),
    (OperatorName::In, &["чат", "в"], &["in", "chat"]),
    (OperatorName::Manager, &["менеджер"], &["manager"]),
    (OperatorName::Before, &["до"], &["before"]),
    (OperatorName::After, &["после"], &["after"]),
    (OperatorName::On, &["дата"], &["on"]),
    (OperatorName::During, &["за", "период"], &["during"]),
    (OperatorName::Has, &["есть", "содержит"], &["has"]),
    (OperatorName::Is, &["это", "статус"], &["is"]),
    (OperatorName::Kind, &["вид"], &["kind"]),
];

type Values<T> = &'static [(T, &'static [&'static str], &'static [&'static str])];

const HAS: Values<HasValue> = &[
    (HasValue::Photo, &["фото"], &["photo"]),
    (HasValue::Video, &["видео"], &["video"]),
    (HasValue::Voice, &["голос", "голосовое"], &["voice"]),
    (HasValue::File, &["файл", "документ"], &["file"]),
    (HasValue::Link, &["ссылка"], &["link"]),
    (HasValue::Phone, &["телефон"], &["phone"]),
    (HasValue::Email, &["почта"], &["email"]),
    (HasValue::Amount, &["сумма"], &["amount"]),
    (HasValue::Date, &["дата"], &["date"]),
    (HasValue::Promise, &["обещание"], &["promise"]),
    (HasValue::Question, &["вопрос"], &["question"]),
];

const IS: Values<IsValue> = &[
    (IsValue::Deleted, &["удалено", "удаленное", "удаленные"], &["deleted"]),
    (IsValue::Edited, &["изменено", "измененное", "измененные"], &["edited"]),
    (IsValue::Forwarded, &["переслано", "пересланное"], &["forwarded"]),
    (IsValue::Reply, &["ответ"], &["reply"]),
    (IsValue::In, &["входящее", "входящие"], &["in"]),
    (IsValue::Out, &["исходящее", "исходящие"], &["out"]),
];

const KINDS: Values<MessageKind> = &[
    (MessageKind::Text, &["текст"], &["text"]),
    (MessageKind::Photo, &["фото"], &["photo"]),
    (MessageKind::Video, &["видео"], &["video"]),
    (MessageKind::VideoNote, &["кружок", "видеосообщение"], &["video_note"]),
    (MessageKind::Voice, &["голос", "голосовое"], &["voice"]),
    (MessageKind::Audio, &["аудио", "музыка"], &["audio"]),
    (MessageKind::Animation, &["анимация", "гиф"], &["animation", "gif"]),
    (MessageKind::Sticker, &["стикер"], &["sticker"]),
    (MessageKind::File, &["файл", "документ"], &["file"]),
    (MessageKind::Contact, &["контакт"], &["contact"]),
    (MessageKind::Location, &["место"], &["location"]),
    (MessageKind::Poll, &["опрос"], &["poll"]),
    (MessageKind::Todo, &["список"], &["todo"]),
    (MessageKind::Game, &["игра"], &["game"]),
    (MessageKind::Invoice, &["счет"], &["invoice"]),
    (MessageKind::Giveaway, &["розыгрыш"], &["giveaway"]),
    (MessageKind::PaidMedia, &["платное"], &["paid_media"]),
    (MessageKind::Service, &["событие"], &["service"]),
    (MessageKind::Unsupported, &["неизвестное"], &["unsupported"]),
];

impl OperatorName {
    /// (Russian, English), as it is shown and completed.
    pub fn shown(self) -> (&'static str, &'static str) {
        NAMES.iter().find(|(name, ..)| *name == self).map_or(("", ""), |(_, ru, en)| first(ru, en))
    }

    pub fn all() -> impl Iterator<Item = OperatorName> {
        NAMES.iter().map(|(name, ..)| *name)
    }

    /// The values it takes, if they are few, as (Russian, English).
    pub fn values(self) -> Vec<(&'static str, &'static str)> {
        match self {
            OperatorName::Has => HAS.iter().map(|(_, ru, en)| first(ru, en)).collect(),
            OperatorName::Is => IS.iter().map(|(_, ru, en)| first(ru, en)).collect(),
            OperatorName::Kind => KINDS.iter().map(|(_, ru, en)| first(ru, en)).collect(),
            OperatorName::From | OperatorName::To | OperatorName::In | OperatorName::Manager => Vec::new(),
            OperatorName::Before | OperatorName::After | OperatorName::On | OperatorName::During => Vec::new(),
        }
    }
}

fn first(ru: &[&'static str], en: &[&'static str]) -> (&'static str, &'static str) {
    (ru.first().copied().unwrap_or_default(), en.first().copied().unwrap_or_default())
}

fn value_of<T: Copy>(values: Values<T>, typed: &str) -> Option<T> {
    values.iter().find(|(_, ru, en)| ru.contains(&typed) || en.contains(&typed)).map(|(value, ..)| *value)
}

/// The operator of this name, in either language.
pub fn operator_named(name: &str) -> Option<OperatorName> {
    let plain = normal(name);
    NAMES.iter().find(|(_, ru, en)| ru.contains(&plain.as_str()) || en.contains(&plain.as_str())).map(|(name, ..)| *name)
}

/// Reads one operator. `None`: its value is still being typed.
pub fn read(name: &str, value: &str, listed: bool, typing: bool) -> Result<Option<(OperatorName, Vec<Op>)>, Problem> {
    let Some(operator) = operator_named(name) else {
        return Err(Problem::UnknownOperator { name: name.to_owned(), nearest: nearest(&normal(name)) });
    };
    let parts = parts(operator, value, listed);
    if parts.is_empty() {
        return if typing { Ok(None) } else { Err(Problem::NoValue { operator: name.to_owned() }) };
    }
    let mut values = Vec::new();
    for part in parts {
        match one_value(operator, &part) {
            Some(value) => values.push(value),
            // «is:del» with the cursor behind it is on its way to «is:deleted».
            None if typing && operator.values().iter().any(|(ru, en)| ru.starts_with(&part) || en.starts_with(&part)) => {
                return Ok(None);
            }
            None => {
                return Err(Problem::UnknownValue { operator: name.to_owned(), value: part, allowed: operator.values() });
            }
        }
    }
    Ok(Some((operator, values)))
}

fn one_value(operator: OperatorName, part: &str) -> Option<Op> {
    match operator {
        OperatorName::From | OperatorName::To | OperatorName::In | OperatorName::Manager => Some(Op::Name(part.to_owned())),
        OperatorName::Before | OperatorName::After | OperatorName::On | OperatorName::During => Some(Op::Time(part.to_owned())),
        // «есть:удалено» is as good Russian as «это:удалено».
        OperatorName::Has => value_of(HAS, part).map(Op::Has).or_else(|| value_of(IS, part).map(Op::Is)),
        OperatorName::Is => value_of(IS, part).map(Op::Is),
        OperatorName::Kind => value_of(KINDS, part).map(Op::Kind),
    }
}

/// A list in brackets: words of few values part at spaces too, names at commas only, a time is one.
fn parts(operator: OperatorName, value: &str, listed: bool) -> Vec<String> {
    let cleaned = |part: &str| part.trim().trim_matches('"').to_owned();
    let all: Vec<String> = match operator {
        OperatorName::Before | OperatorName::After | OperatorName::On | OperatorName::During => vec![cleaned(value)],
        OperatorName::From | OperatorName::To | OperatorName::In | OperatorName::Manager if listed => {
            value.split([',', ';', '|']).map(cleaned).collect()
        }
        OperatorName::From | OperatorName::To | OperatorName::In | OperatorName::Manager => vec![cleaned(value)],
        OperatorName::Has | OperatorName::Is | OperatorName::Kind => {
            value.split([' ', ',', ';', '|']).map(|part| cleaned(part).to_lowercase().replace('ё', "е")).collect()
        }
    };
    all.into_iter().filter(|part| !part.is_empty()).collect()
}

/// The operator a mistyped name is one or two letters away from.
fn nearest(typed: &str) -> Option<&'static str> {
    let all = NAMES.iter().flat_map(|(_, ru, en)| ru.iter().chain(en.iter()));
    let close = all.filter(|name| name.chars().count() > 1).map(|name| (crate::similar::distance(typed, name), *name));
    close.filter(|(far, name)| *far <= name.chars().count().div_ceil(3)).min().map(|(_, name)| name)
}
