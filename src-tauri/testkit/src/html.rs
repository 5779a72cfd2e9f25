//! The HTML pages of an export, as Telegram Desktop writes them from the same messages: what JSON tells and HTML does not
//! (ids of people, times of edits and actions) is lost here as it is there.

mod media;
mod words;

use crate::export::Export;
use serde_json::Value;
use std::fmt::Write as _;

/// Messages on one page.
const PAGE: usize = 1000;
/// Seconds within which the next message of the same sender shows no name.
const JOIN: i64 = 900;

/// How old the pages are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    /// Before 3.7.6 of June 2022: no offset beside the dates.
    WithoutOffset,
    Now,
}

/// A file of the export and its text.
pub type Page = (String, String);

impl Export {
    /// All pages, with their paths in the export.
    pub fn to_html(&self, age: Age) -> Vec<Page> {
        if self.is_single() {
            let messages = self.chats().next().map(|chat| chat.messages).unwrap_or_default();
            let title = self.chats().next().and_then(|c| c.title.as_str()).unwrap_or("Deleted Account");
            return pages(title, messages, "", "", age);
        }
        let mut found = vec![("export_results.html".to_owned(), self.summary())];
        let mut list = String::new();
        for (number, chat) in self.chats().enumerate() {
            let folder = format!("chats/chat_{}", number + 1);
            let title = match chat.kind {
                "saved_messages" => "Saved messages",
                _ => chat.title.as_str().unwrap_or("Deleted Account"),
            };
            found.extend(pages(title, chat.messages, &folder, "../../", age));
            list.push_str(&entry(title, chat.kind, &folder, chat.messages.len()));
        }
        found.push(("lists/chats.html".to_owned(), page("Chats", &format!("<div class=\"entry_list\">{list}</div>"), "../")));
        found
    }

    fn summary(&self) -> String {
        let row = |label: &str, value: &str| {
            format!(
                "<div class=\"row\">\n<div class=\"label details\">\n{label}\n</div>\n<div class=\"value bold\">\n{}\n</div>\n</div>",
                escape(value)
            )
        };
        let name = self.owner_name().unwrap_or_default();
        let (first, last) = name.split_once(' ').unwrap_or((name, ""));
        let rows = if name.is_empty() { String::new() } else { row("First name", first) + &row("Last name", last) };
        page("Exported Data", &format!("<div class=\"personal_info clearfix\"><div class=\"rows names\">{rows}</div></div>"), "")
    }
}

fn entry(title: &str, kind: &str, folder: &str, count: usize) -> String {
    let info = match kind {
        "personal_chat" | "saved_messages" | "replies" | "verification_codes" => "private",
        "bot_chat" => "bot",
        "private_channel" | "public_channel" => "channel",
        _ => "group",
    };
    format!(
        "\n<a class=\"entry block_link clearfix\" href=\"../{folder}/messages.html#allow_back\">\n<div class=\"body\">\n\
         <div class=\"pull_right info details\">\n{info}\n</div>\n<div class=\"name bold\">\n{}\n</div>\n\
         <div class=\"details_entry details\">\n{count} messages\n</div>\n</div>\n</a>\n",
        escape(title)
    )
}

fn page(title: &str, body: &str, base: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html>\n\n <head>\n\n  <meta charset=\"utf-8\"/>\n<title>Exported Data</title>\n  \
         <link href=\"{base}css/style.css\" rel=\"stylesheet\"/>\n\n  <script src=\"{base}js/script.js\" type=\"text/javascript\">\n\n  \
         </script>\n\n </head>\n\n <body onload=\"CheckLocation();\">\n\n  <div class=\"page_wrap\">\n\n   \
         <div class=\"page_header\">\n\n    <div class=\"content\">\n\n     <div class=\"text bold\">\n{} \n     </div>\n\n    \
         </div>\n\n   </div>\n\n   <div class=\"page_body chat_page\">\n\n    <div class=\"history\">\n{body}\n    </div>\n\n   </div>\n\n  \
         </div>\n\n </body>\n\n</html>\n",
        escape(title)
    )
}

fn pages(title: &str, messages: &[Value], folder: &str, base: &str, age: Age) -> Vec<Page> {
    let mut out = Vec::new();
    let mut separators = 0;
    let parts: Vec<&[Value]> = if messages.is_empty() { vec![&[]] } else { messages.chunks(PAGE).collect() };
    for (number, part) in parts.into_iter().enumerate() {
        let body = history(part, &mut separators, &Paper { folder, base, age });
        let body = if messages.is_empty() { service(-1, "No exported messages") } else { body };
        let name = if number == 0 { "messages.html".to_owned() } else { format!("messages{}.html", number + 1) };
        let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
        out.push((path, page(title, &body, base)));
    }
    out
}

/// Where a page lies and how old it is.
pub(crate) struct Paper<'a> {
    folder: &'a str,
    base: &'a str,
    age: Age,
}

fn history(messages: &[Value], separators: &mut i64, paper: &Paper<'_>) -> String {
    let mut out = String::new();
    let mut before: Option<&Value> = None;
    for message in messages {
        let day = |m: &Value| text(m, "date").split('T').next().unwrap_or_default().to_owned();
        if before.is_none_or(|before| day(before) != day(message)) && !day(message).is_empty() {
            *separators -= 1;
            out.push_str(&service(*separators, &words::day(&day(message))));
        }
        out.push_str(&one(message, before, paper));
        before = Some(message);
    }
    out
}

fn one(message: &Value, before: Option<&Value>, paper: &Paper<'_>) -> String {
    let id = message.get("id").and_then(Value::as_i64).unwrap_or_default();
    match text(message, "type") {
        "unsupported" => {
            service(id, "This message is not supported by this version of Telegram Desktop. Please update the application.")
        }
        "service" if text(message, "action") != "phone_call" => service(id, &words::action(message)),
        _ => default(id, message, before, paper),
    }
}

fn service(id: i64, sentence: &str) -> String {
    format!(
        "\n     <div class=\"message service\" id=\"message{id}\">\n\n      <div class=\"body details\">\n{sentence}\n      </div>\n\n     </div>\n"
    )
}

fn default(id: i64, message: &Value, before: Option<&Value>, paper: &Paper<'_>) -> String {
    let joined = before.is_some_and(|before| joins(message, before));
    let class = if joined { "message default clearfix joined" } else { "message default clearfix" };
    let mut out = format!("\n     <div class=\"{class}\" id=\"message{id}\">\n");
    if !joined {
        out.push_str("\n      <div class=\"pull_left userpic_wrap\">\n<div class=\"userpic userpic1\" style=\"width: 42px\">\n<div class=\"initials\">\nX\n</div>\n</div>\n      </div>\n");
    }
    let _ = write!(
        out,
        "\n      <div class=\"body\">\n\n       <div class=\"pull_right date details\" title=\"{}\">\n{}\n       </div>\n",
        date(text(message, "date"), paper.age),
        clock(message)
    );
    if !joined {
        let via = if message.get("forwarded_from").is_none() { via(message) } else { String::new() };
        let _ = write!(out, "\n       <div class=\"from_name\">\n{}{via} \n       </div>\n", shown(message, "from", "actor"));
    }
    let forwarded = message.get("forwarded_from").is_some();
    if forwarded {
        out.push_str("\n       <div class=\"forwarded body\">\n");
        if !joined {
            let _ = write!(
                out,
                "\n        <div class=\"from_name\">\n{}{}<span {}> 01.01.2020 10:00:00</span>\n        </div>\n",
                shown(message, "forwarded_from", ""),
                via(message),
                match paper.age {
                    Age::WithoutOffset => "class=\"details\"".to_owned(),
                    Age::Now => format!("class=\"date details\" title=\"{}\"", date("2020-01-01T10:00:00", paper.age)),
                }
            );
        }
    }
    if let Some(to) = message.get("reply_to_message_id") {
        let words = match message.get("reply_to_peer_id") {
            Some(_) => "In reply to a message in another chat".to_owned(),
            None => format!("In reply to <a href=\"#go_to_message{to}\" onclick=\"return GoToMessage({to})\">this message</a>"),
        };
        let _ = write!(out, "\n       <div class=\"reply_to details\">\n{words}\n       </div>\n");
    }
    out.push_str(&media::render(message, paper));
    let rich = words::rich(message);
    if !rich.is_empty() {
        let _ = write!(out, "\n       <div class=\"text\">\n{rich}\n       </div>\n");
    }
    out.push_str(&words::buttons(message));
    if message.get("author").is_some() {
        let _ = write!(out, "\n       <div class=\"signature details\">\n{}\n       </div>\n", escape(text(message, "author")));
    }
    if forwarded {
        out.push_str("\n       </div>\n");
    }
    out.push_str(&words::reactions(message));
    out + "\n      </div>\n\n     </div>\n"
}

fn joins(message: &Value, before: &Value) -> bool {
    let same = |key: &str| message.get(key) == before.get(key);
    let is_default = |m: &Value| text(m, "type") == "message" || text(m, "action") == "phone_call";
    let moment = |m: &Value| text(m, "date_unixtime").parse::<i64>().unwrap_or_default();
    let apart = (moment(message) - moment(before)).abs();
    let day = |m: &Value| text(m, "date").get(..10).unwrap_or_default().to_owned();
    let limit = if message.get("forwarded_from").is_some() { 1 } else { JOIN };
    let known = message.get("from_id").is_some_and(Value::is_string);
    is_default(before)
        && known
        && same("from_id")
        && same("via_bot")
        && same("forwarded_from")
        && day(message) == day(before)
        && apart <= limit
}

fn via(message: &Value) -> String {
    message.get("via_bot").and_then(Value::as_str).map(|bot| format!(" via {bot}")).unwrap_or_default()
}

fn shown(message: &Value, key: &str, other: &str) -> String {
    let name = message.get(key).or_else(|| message.get(other)).and_then(Value::as_str);
    escape(name.unwrap_or("Deleted Account"))
}

fn text<'a>(message: &'a Value, key: &str) -> &'a str {
    message.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn clock(message: &Value) -> String {
    text(message, "date").split('T').nth(1).unwrap_or_default().chars().take(5).collect()
}

/// `2025-05-16T00:39:56` → `16.05.2025 00:39:56 UTC+00:00`.
fn date(local: &str, age: Age) -> String {
    let (day, time) = local.split_once('T').unwrap_or_default();
    let mut parts = day.split('-');
    let (year, month, day) = (parts.next(), parts.next(), parts.next());
    let offset = if age == Age::Now { " UTC+00:00" } else { "" };
    format!("{}.{}.{} {time}{offset}", day.unwrap_or_default(), month.unwrap_or_default(), year.unwrap_or_default())
}

/// As the exporter escapes: line breaks become tags, control characters numbers.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\u{2028}' | '\u{2029}' => out.push_str("<br>"),
            '"' => out.push_str("&quot;"),
            '&' => out.push_str("&amp;"),
            '\'' => out.push_str("&apos;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c if (c as u32) < 32 => {
                let _ = write!(out, "&#x{:02X};", c as u32);
            }
            c => out.push(c),
        }
    }
    out
}
