//! Text with its formatting, sentences of actions, buttons and reactions of a page.

use super::{escape, text};
use serde_json::Value;
use std::fmt::Write as _;

/// `2025-05-08` → `8 May 2025`.
pub(super) fn day(date: &str) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let mut parts = date.split('-').map(|part| part.parse::<usize>().unwrap_or(1));
    let (year, month, day) = (parts.next().unwrap_or(1), parts.next().unwrap_or(1), parts.next().unwrap_or(1));
    format!("{day} {} {year}", MONTHS.get(month.saturating_sub(1)).copied().unwrap_or_default())
}

pub(super) fn action(message: &Value) -> String {
    let who = message.get("actor").and_then(Value::as_str).map_or("Deleted".to_owned(), escape);
    let title = escape(text(message, "title"));
    match text(message, "action") {
        "create_group" => format!("{who} created group &laquo;{title}&raquo; with members {}", members(message)),
        "edit_group_title" => format!("{who} changed group title to &laquo;{title}&raquo;"),
        "edit_group_photo" => format!("{who} changed group photo"),
        "invite_members" => format!("{who} invited {}", members(message)),
        "remove_members" => format!("{who} removed {}", members(message)),
        "join_group_by_link" => format!("{who} joined group by link from {who}"),
        "pin_message" => {
            let id = message.get("message_id").and_then(Value::as_i64).unwrap_or_default();
            format!("{who} pinned <a href=\"#go_to_message{id}\" onclick=\"return GoToMessage({id})\">this message</a>")
        }
        "clear_history" => "History cleared".to_owned(),
        "create_channel" => format!("Channel &laquo;{title}&raquo; created"),
        "topic_created" => format!("{who} created topic &laquo;{title}&raquo;"),
        "migrate_from_group" => format!("{who} converted a basic group to this supergroup &laquo;{title}&raquo;"),
        "" => escape(text(message, "information_text")),
        other => format!("{who} did {}", escape(other)),
    }
}

fn members(message: &Value) -> String {
    let names = message.get("members").and_then(Value::as_array).cloned().unwrap_or_default();
    names.iter().map(|n| escape(n.as_str().unwrap_or("Deleted Account"))).collect::<Vec<_>>().join(", ")
}

pub(super) fn rich(message: &Value) -> String {
    let parts = message.get("text_entities").or_else(|| message.get("text"));
    match parts {
        Some(Value::String(plain)) => escape(plain),
        Some(Value::Array(parts)) => parts.iter().map(part).collect(),
        _ => String::new(),
    }
}

fn part(part: &Value) -> String {
    if let Value::String(plain) = part {
        return escape(plain);
    }
    let shown = escape(text(part, "text"));
    let rest = shown.chars().skip(1).collect::<String>();
    match text(part, "type") {
        "mention" => format!("<a href=\"https://t.me/{rest}\">{shown}</a>"),
        "hashtag" => format!("<a href=\"\" onclick=\"return ShowHashtag(&quot;{rest}&quot;)\">{shown}</a>"),
        "cashtag" => format!("<a href=\"\" onclick=\"return ShowCashtag(&quot;{rest}&quot;)\">{shown}</a>"),
        "bot_command" => format!("<a href=\"\" onclick=\"return ShowBotCommand(&quot;{rest}&quot;)\">{shown}</a>"),
        "mention_name" => format!("<a href=\"\" onclick=\"return ShowMentionName()\">{shown}</a>"),
        "link" => format!("<a href=\"{shown}\">{shown}</a>"),
        "email" => format!("<a href=\"mailto:{shown}\">{shown}</a>"),
        "phone" => format!("<a href=\"tel:{shown}\">{shown}</a>"),
        "text_link" => format!("<a href=\"{}\">{shown}</a>", escape(text(part, "href"))),
        "bold" => format!("<strong>{shown}</strong>"),
        "italic" => format!("<em>{shown}</em>"),
        "underline" => format!("<u>{shown}</u>"),
        "strikethrough" => format!("<s>{shown}</s>"),
        "code" => format!("<code>{shown}</code>"),
        "pre" => format!("<pre>{shown}</pre>"),
        "blockquote" => format!("<blockquote>{shown}</blockquote>"),
        "spoiler" => {
            format!(
                "<span class=\"spoiler hidden\" onclick=\"ShowSpoiler(this)\"><span aria-hidden=\"true\">{shown}</span></span>"
            )
        }
        "custom_emoji" => format!("<a href = \"{}\">{shown}</a>", escape(text(part, "document_id"))),
        _ => shown,
    }
}

pub(super) fn buttons(message: &Value) -> String {
    let Some(rows) = message.get("inline_bot_buttons").and_then(Value::as_array) else { return String::new() };
    let mut out = "\n<table class=\"bot_buttons_table\">\n<tbody>".to_owned();
    for row in rows.iter().filter_map(Value::as_array) {
        out.push_str("\n<tr>\n<td class=\"bot_button_row\">");
        for button in row {
            // The text of a button is not escaped by the exporter; here it holds nothing to escape.
            let _ = write!(
                out,
                "\n<div class=\"bot_button\">\n<a href=\"{}\">\n<div>\n{}\n</div>\n</a>\n</div>",
                escape(text(button, "data")),
                text(button, "text")
            );
        }
        out.push_str("\n</td>\n</tr>");
    }
    out + "\n</tbody>\n</table>\n"
}

pub(super) fn reactions(message: &Value) -> String {
    let Some(reactions) = message.get("reactions").and_then(Value::as_array) else { return String::new() };
    let mut out = "\n<span class=\"reactions\">".to_owned();
    for reaction in reactions {
        let (class, mark) = match text(reaction, "type") {
            "paid" => ("reaction paid", "⭐".to_owned()),
            "custom_emoji" => ("reaction", "<a href = \"stickers/sticker.webp\">👋</a>".to_owned()),
            _ => ("reaction", escape(text(reaction, "emoji"))),
        };
        let _ = write!(out, "\n<span class=\"{class}\">\n<span class=\"emoji\">\n{mark}\n</span>");
        let count = reaction.get("count").and_then(Value::as_u64).unwrap_or_default();
        let recent = reaction.get("recent").and_then(Value::as_array).map_or(0, Vec::len);
        if recent > 0 {
            let person = "\n<div class=\"userpic userpic2\" title=\"X\">\n<div class=\"initials\">\nX\n</div>\n</div>";
            let _ = write!(out, "\n<span class=\"userpics\">{}\n</span>", person.repeat(recent));
        }
        if recent == 0 || count > recent as u64 {
            let _ = write!(out, "\n<span class=\"count\">\n{count}\n</span>");
        }
        out.push_str("\n</span>");
    }
    out + "\n</span>\n"
}
