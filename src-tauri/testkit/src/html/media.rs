//! What a message of a page carries beside text.

use super::{Paper, escape, text};
use serde_json::Value;

pub(super) fn render(message: &Value, paper: &Paper<'_>) -> String {
    if text(message, "action") == "phone_call" {
        return generic("media_call", "", "Анна", "", "Outgoing (12 seconds)");
    }
    if message.get("self_destruct_period_seconds").is_some() {
        let (class, title) = if message.get("photo").is_some() {
            ("media_photo", "Self-destructing photo")
        } else {
            ("media_video", "Self-destructing video")
        };
        return generic(class, "", title, "", "Expired");
    }
    if message.get("photo").is_some() {
        return file(message, "photo", "photo_wrap", ("media_photo", "Photo"), paper);
    }
    if message.get("file").is_some() {
        return match text(message, "media_type") {
            "sticker" => file(message, "file", "", ("media_photo", "Sticker"), paper),
            "video_message" => file(message, "file", "", ("media_video", "Video message"), paper),
            "voice_message" => file(message, "file", "", ("media_voice_message", "Voice message"), paper),
            "animation" => file(message, "file", "animated_wrap", ("media_video", "Animation"), paper),
            "video_file" => file(message, "file", "video_file_wrap", ("media_video", "Video file"), paper),
            "audio_file" => file(message, "file", "", ("media_audio_file", "Audio file"), paper),
            _ => file(message, "file", "", ("media_file", text(message, "file_name")), paper),
        };
    }
    without_file(message)
}

fn without_file(message: &Value) -> String {
    let inner = |key: &str, field: &str| message.get(key).map(|v| text(v, field).to_owned()).unwrap_or_default();
    let map = "https://maps.google.com/maps?q=55.5,37.25&ll=55.5,37.25&z=16";
    if message.get("contact_information").is_some() {
        let name = inner("contact_information", "first_name") + " " + &inner("contact_information", "last_name");
        generic("media_contact", "", &name, "", &inner("contact_information", "phone_number"))
    } else if message.get("place_name").is_some() {
        generic("media_venue", map, text(message, "place_name"), text(message, "address"), "")
    } else if message.get("location_information").is_some() {
        generic("media_location", map, "Location", "", "55.5, 37.25")
    } else if message.get("game_title").is_some() {
        generic("media_game", text(message, "game_link"), text(message, "game_title"), text(message, "game_description"), "")
    } else if message.get("invoice_information").is_some() {
        generic("media_invoice", "", "Счёт", "За поставку", "100 RUB")
    } else if message.get("paid_stars_amount").is_some() {
        generic("media_invoice", "", "", "", "5 XTR")
    } else if let Some(poll) = message.get("poll") {
        list(poll, "question", "Anonymous poll", true)
    } else if let Some(list_of_tasks) = message.get("todo_list") {
        list(list_of_tasks, "title", "To-do List", false)
    } else if message.get("giveaway_information").is_some() || message.get("giveaway_results").is_some() {
        "\n<div class=\"media_wrap clearfix\">\n<div class=\"media_giveaway\">\n<div class=\"section_title bold\">\nGiveaway Prizes\n</div>\n\
         <div class=\"section_body\">\n<b>5</b> \n</div>\n</div>\n</div>\n"
            .to_owned()
    } else {
        String::new()
    }
}

/// A picture that opens its file, or a line of words about it.
fn file(message: &Value, key: &str, wrap: &str, (class, title): (&str, &str), paper: &Paper<'_>) -> String {
    let path = text(message, key);
    let seconds = message.get("duration_seconds").and_then(Value::as_u64);
    let duration = seconds.map(|s| format!("{:02}:{:02}", s / 60, s % 60)).unwrap_or_default();
    if path.starts_with('(') {
        let size = if duration.is_empty() { "10.5 KB".to_owned() } else { duration + ", 10.5 KB" };
        let status = if title == "Sticker" { format!("{}, 10.5 KB", text(message, "sticker_emoji")) } else { size };
        return generic(class, "", title, "Not included, change data exporting settings to download.", &status);
    }
    let href = if paper.folder.is_empty() { path.to_owned() } else { format!("{}{path}", paper.base) };
    if wrap.is_empty() {
        let status = if title == "Sticker" { text(message, "sticker_emoji") } else { &duration };
        return generic(class, &href, title, "", status);
    }
    let time =
        if wrap == "video_file_wrap" { format!("\n<div class=\"video_duration\">\n{duration}\n</div>") } else { String::new() };
    format!(
        "\n<div class=\"media_wrap clearfix\">\n<a class=\"{wrap} clearfix pull_left\" href=\"{}\">{time}\n\
         <img class=\"photo\" src=\"{}_thumb.jpg\" style=\"width: 130px\"/>\n</a>\n</div>\n",
        escape(&href),
        escape(&href)
    )
}

fn generic(class: &str, href: &str, title: &str, description: &str, status: &str) -> String {
    let (tag, link) = if href.is_empty() { ("div", String::new()) } else { ("a", format!(" href=\"{}\"", escape(href))) };
    let line = |class: &str, text: &str| {
        if text.is_empty() { String::new() } else { format!("\n<div class=\"{class}\">\n{}\n</div>", escape(text)) }
    };
    format!(
        "\n<div class=\"media_wrap clearfix\">\n<{tag} class=\"media clearfix pull_left {class}\"{link}>\n<div class=\"fill pull_left\">\n</div>\n\
         <div class=\"body\">{}{}{}\n</div>\n</{tag}>\n</div>\n",
        line("title bold", title),
        line("description", description),
        line("status details", status)
    )
}

fn list(of: &Value, title: &str, kind: &str, with_votes: bool) -> String {
    let plain = |value: Option<&Value>| match value {
        Some(Value::String(text)) => escape(text),
        Some(Value::Array(parts)) => parts.iter().map(|p| escape(p.as_str().unwrap_or_else(|| text(p, "text")))).collect(),
        _ => String::new(),
    };
    let answers = of.get("answers").and_then(Value::as_array).cloned().unwrap_or_default();
    let answer = |answer: &Value| {
        let votes = answer.get("voters").and_then(Value::as_u64).filter(|v| with_votes && *v > 0);
        let votes = votes.map(|v| format!(" <span class=\"details\">{v} votes</span>")).unwrap_or_default();
        format!("\n<div class=\"answer\">\n- {}{votes}\n</div>", plain(answer.get("text")))
    };
    let total = of.get("total_voters").and_then(Value::as_u64).filter(|_| with_votes);
    let total = total.map(|t| format!("\n<div class=\"total details\t\">\n{t} votes\n</div>")).unwrap_or_default();
    format!(
        "\n<div class=\"media_wrap clearfix\">\n<div class=\"media_poll\">\n<div class=\"question bold\">\n{}\n</div>\n\
         <div class=\"details\">\n{kind}\n</div>{}{total}\n</div>\n</div>\n",
        plain(of.get(title)),
        answers.iter().map(answer).collect::<String>()
    )
}
