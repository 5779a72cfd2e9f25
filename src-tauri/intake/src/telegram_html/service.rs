//! Actions: the pages hold only an English sentence. The well-known ones get the name that the JSON export gives them, so
//! that both read alike; the sentence is always kept. Members, ids and numbers are not guessed out of it.

use serde_json::{Map, Value};

/// Words of a sentence and the action they tell; what stands before them is who did it. The first that fits counts.
const ACTIONS: &[(&str, &str)] = &[
    (" to the voice chat", "invite_to_group_call"),
    (" created group «", "create_group"),
    (" changed group title to «", "edit_group_title"),
    (" changed group photo", "edit_group_photo"),
    (" removed group photo", "delete_group_photo"),
    (" joined group by link from ", "join_group_by_link"),
    (" joined group by request", "join_group_by_request"),
    (" converted this group to a supergroup", "migrate_to_supergroup"),
    (" converted a basic group to this supergroup", "migrate_from_group"),
    (" pinned this message", "pin_message"),
    (" took a screenshot", "take_screenshot"),
    (" joined Telegram", "joined_telegram"),
    (" requested your phone number", "requested_phone_number"),
    (" started voice chat", "group_call"),
    (" scheduled a voice chat for ", "group_call_scheduled"),
    (" has set messages ", "set_messages_ttl"),
    (" changed chat theme to ", "edit_chat_theme"),
    (" disabled chat theme", "edit_chat_theme"),
    (" created topic «", "topic_created"),
    (" changed topic ", "topic_edit"),
    (" suggests to use this photo", "suggest_profile_photo"),
    (" set a new background for this chat", "set_chat_wallpaper"),
    (" invited ", "invite_members"),
    (" removed ", "remove_members"),
    (" scored ", "score_in_game"),
    (" sent you a gift", "send_premium_gift"),
];

/// Sentences that name nobody.
const ALONE: &[(&str, &str)] = &[
    ("History cleared", "clear_history"),
    ("Channel title changed to «", "edit_group_title"),
    ("Channel photo changed", "edit_group_photo"),
    ("Channel photo removed", "delete_group_photo"),
    ("Voice chat scheduled for ", "group_call_scheduled"),
    ("Voice chat", "group_call"),
    ("New messages will ", "set_messages_ttl"),
    ("You have successfully transferred ", "send_payment"),
    ("You were charged ", "send_payment"),
];

/// What the exporter could not read itself.
pub(super) fn is_unsupported(sentence: &str) -> bool {
    sentence.starts_with("This message is not supported by this version of Telegram Desktop")
}

/// An action read from its sentence.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Read {
    pub action: &'static str,
    pub actor: Option<String>,
    pub fields: Map<String, Value>,
}

pub(super) fn read(sentence: &str, target: Option<i64>) -> Read {
    let mut fields = Map::new();
    let alone = ALONE.iter().find(|(words, _)| sentence.starts_with(words)).map(|(_, action)| (*action, None));
    let created = || (sentence.starts_with("Channel «") && sentence.ends_with("» created")).then_some(("create_channel", None));
    let told = || {
        let (at, action) = ACTIONS.iter().find_map(|(words, action)| Some((sentence.find(words)?, *action)))?;
        let actor = match action {
            "invite_to_group_call" => sentence.split_once(" invited ")?.0,
            _ => sentence.split_at_checked(at)?.0,
        };
        Some((action, Some(actor)))
    };
    let (action, actor) = alone.or_else(created).or_else(told).unwrap_or(("custom", None));
    if matches!(action, "create_group" | "edit_group_title" | "create_channel" | "topic_created" | "migrate_from_group") {
        let title = sentence.split_once('«').and_then(|(_, rest)| rest.rsplit_once('»')).map(|(title, _)| title);
        fields.extend(title.map(|title| ("title".to_owned(), title.into())));
    }
    if let ("pin_message", Some(id)) = (action, target) {
        fields.insert("message_id".to_owned(), id.into());
    }
    // The name that the JSON export gives to the text of an action that it does not know.
    fields.insert("information_text".to_owned(), sentence.into());
    let actor = actor.map(str::to_owned).filter(|name| !name.is_empty() && name != "Deleted" && name != "Deleted Account");
    Read { action, actor, fields }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences() {
        let check = |sentence: &str, action: &str, actor: &str, title: &str| {
            let read = read(sentence, None);
            let found = read.fields.get("title").and_then(Value::as_str).unwrap_or_default();
            assert_eq!((read.action, read.actor.as_deref().unwrap_or_default(), found), (action, actor, title), "{sentence}");
            assert_eq!(read.fields.get("information_text").unwrap(), sentence);
        };
        check("Анна Белова created group «Бригада «Юг»» with members Игорь", "create_group", "Анна Белова", "Бригада «Юг»");
        check("Анна invited Игорь and Олег", "invite_members", "Анна", "");
        check("Анна invited Игорь to the voice chat", "invite_to_group_call", "Анна", "");
        check("Анна removed group photo", "delete_group_photo", "Анна", "");
        check("Анна removed Олег", "remove_members", "Анна", "");
        check("Анна pinned this message", "pin_message", "Анна", "");
        check("Channel «Новости» created", "create_channel", "", "Новости");
        check("Channel photo changed", "edit_group_photo", "", "");
        check("History cleared", "clear_history", "", "");
        check("Deleted joined Telegram", "joined_telegram", "", "");
        check("Что-то новое", "custom", "", "");
    }

    #[test]
    fn a_pin_says_what_was_pinned() {
        assert_eq!(read("Анна pinned this message", Some(-999_997_039)).fields["message_id"], -999_997_039);
    }
}
