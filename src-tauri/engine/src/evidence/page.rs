//! The page for people: what was said, in which versions, when it was seen and when it was gone, and what this proves.
//! Everything from a message is escaped; the page runs no script and asks nothing of the network.

use super::{Pack, Told, VersionTold, rest_of};
use crate::words::plural_ru;
use crate::{Clock, Lang};
use letopis_model::Timestamp;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;

const STYLE: &str = "body{font:15px/1.5 Inter,system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem;color:#1c1a17;background:#fff}
h1{font-size:1.3rem}h2{font-size:1.05rem;margin-top:2rem}section{border-top:1px solid #d9d5cd;padding-top:.5rem}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit;background:#f6f4ef;padding:.6rem .8rem;margin:.3rem 0;unicode-bidi:plaintext}
code{font-family:ui-monospace,monospace;font-size:.85em;overflow-wrap:anywhere}.gone{color:#a32a1c;font-weight:600}.sub{color:#6b665d}
@media print{body{margin:0;max-width:none}}";

/// Writes the page.
pub fn page(pack: &Pack, titles: &BTreeMap<String, String>, clock: &Clock, lang: Lang) -> String {
    let mut out = String::new();
    let say = |ru: &'static str, en: &'static str| lang.pick(ru, en);
    let title = say("Подтверждение из архива переписки", "Evidence from a chat archive");
    push(
        &mut out,
        &format!(
            "<!DOCTYPE html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title><style>{STYLE}</style></head><body>\n<h1>{title}</h1>\n",
            say("ru", "en"),
        ),
    );
    push(
        &mut out,
        &format!(
            "<p>{}: {}. {}.</p>\n<p>{}:<br><code>{} {}</code></p>\n",
            say("Составлено", "Made"),
            escape(&pack.made_at),
            escape(&pack.made_by),
            say("Голова дерева версий (число версий и корень)", "Head of the tree of versions (number of versions and root)"),
            pack.tree_head.size,
            escape(&pack.tree_head.root),
        ),
    );
    push(&mut out, &format!("<p>{}</p>\n<p>{}</p>\n<p>{}</p>\n", proves(lang), proves_not(lang), how(lang)));
    for told in &pack.messages {
        message(&mut out, told, titles.get(&told.chat).map_or("", String::as_str), clock, lang);
    }
    if !pack.media.is_empty() {
        push(&mut out, &format!("<section><h2>{}</h2><ul>", say("Файлы", "Files")));
        for file in &pack.media {
            push(&mut out, &format!("<li><a href=\"{0}\">{0}</a>, {1}</li>", escape(&file.file), bytes(file.size, lang)));
        }
        push(&mut out, "</ul></section>");
    }
    push(&mut out, "</body></html>\n");
    out
}

fn proves(lang: Lang) -> &'static str {
    lang.pick(
        "<b>Что это доказывает.</b> Каждый текст и каждая отметка об удалении ниже стояли в этом архиве именно такими, когда у его дерева была указанная голова. Если голова была известна раньше (напечатана, отправлена письмом), то не позже того дня.",
        "<b>What this proves.</b> Every text and every note of a deletion below stood in this archive in this very form when its tree had the head named above. If that head was known before (printed, mailed), then not later than on that day.",
    )
}

fn proves_not(lang: Lang) -> &'static str {
    lang.pick(
        "<b>Чего не доказывает.</b> Кто набирал текст и что архив вели честно с самого начала. Время удаления известно только промежутком: сообщение ещё видели и уже не видели.",
        "<b>What it does not prove.</b> Who typed the text, and that the archive was kept honestly from its beginning. The time of a deletion is known as an interval only: last seen, and found missing.",
    )
}

fn how(lang: Lang) -> &'static str {
    lang.pick(
        "Как проверить без программы — в файле VERIFY.md; проверяемые данные — в evidence.json. Эта страница только для чтения глазами.",
        "How to check it without the program is told in VERIFY.md; what is checked is evidence.json. This page is for the eye only.",
    )
}

fn message(out: &mut String, told: &Told, title: &str, clock: &Clock, lang: Lang) {
    let n = told.versions.len() as u64;
    let versions = match lang {
        Lang::Ru => format!("{n} {}", plural_ru(n, "запись", "записи", "записей")),
        Lang::En => format!("{n} {}", if n == 1 { "record" } else { "records" }),
    };
    push(
        out,
        &format!(
            "<section><h2>{}</h2><p class=\"sub\"><code>{}</code> · {versions}</p>\n",
            if title.is_empty() { escape(&told.chat) } else { escape(title) },
            escape(&told.link),
        ),
    );
    for told in &told.versions {
        version(out, told, clock, lang);
    }
    push(out, "</section>\n");
}

fn version(out: &mut String, told: &VersionTold, clock: &Clock, lang: Lang) {
    let leaf = told.leaf.as_deref().and_then(|leaf| serde_json::from_str::<Value>(leaf).ok());
    let Some(leaf) = leaf else {
        let gone = lang.pick(
            "стёрто по решению владельца архива; остался только хеш",
            "erased by decision of the archive's owner; only its hash is left",
        );
        return push(out, &format!("<p class=\"sub\">№ {}: {gone}</p>\n", told.index + 1));
    };
    let text = |key: &str| leaf.get(key).and_then(Value::as_str).unwrap_or_default();
    let time = |key: &str| leaf.get(key).and_then(Value::as_i64).map(|at| moment(at, clock));
    match text("what") {
        "deleted" => {
            let (from, to) = (time("deleted_from").unwrap_or_default(), time("deleted_to").unwrap_or_default());
            let words = match lang {
                Lang::Ru => format!("Удалено: ещё было {from}, уже не было {to}"),
                Lang::En => format!("Deleted: still there {from}, missing {to}"),
            };
            push(out, &format!("<p class=\"gone\">{}</p>\n", escape(&words)));
        }
        "media" => {
            let words = lang.pick("Файл сохранён", "File kept");
            push(out, &format!("<p>{words}: <code>{}</code></p>\n", escape(text("media_sha256"))));
        }
        _ => content(out, &leaf, &time, lang),
    }
}

fn content(out: &mut String, leaf: &Value, time: &dyn Fn(&str) -> Option<String>, lang: Lang) {
    let text = |key: &str| leaf.get(key).and_then(Value::as_str).unwrap_or_default();
    let mut parts = vec![if text("sender_name").is_empty() { text("sender").to_owned() } else { text("sender_name").to_owned() }];
    let dated = [("sent_at", "отправлено", "sent"), ("edited_at", "изменено", "edited"), ("seen_at", "замечено", "seen")];
    parts.extend(dated.iter().filter_map(|(key, ru, en)| Some(format!("{} {}", lang.pick(ru, en), time(key)?))));
    push(out, &format!("<p class=\"sub\">{}</p>\n", escape(&parts.join(" · "))));
    let rest = rest_of(leaf);
    let file = rest.media.and_then(|media| media.file_name.or(media.path));
    if let Some(name) = file {
        push(out, &format!("<p>[{}] {}</p>\n", escape(text("kind")), escape(&name)));
    }
    if !text("text").is_empty() {
        push(out, &format!("<pre>{}</pre>\n", escape(text("text"))));
    }
}

fn moment(at: i64, clock: &Clock) -> String {
    clock.zoned(Timestamp(at)).strftime("%Y-%m-%d %H:%M:%S %:z").to_string()
}

fn bytes(size: u64, lang: Lang) -> String {
    match lang {
        Lang::Ru => format!("{size} {}", plural_ru(size, "байт", "байта", "байт")),
        Lang::En => format!("{size} {}", if size == 1 { "byte" } else { "bytes" }),
    }
}

fn push(out: &mut String, part: &str) {
    // Writing to a String cannot fail.
    let _ = out.write_str(part);
}

/// Markup becomes text; control characters and those that turn the direction of a line become visible marks.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(c),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => push(&mut out, &format!("[U+{:04X}]", c as u32)),
            c if c.is_control() => push(&mut out, &format!("[U+{:04X}]", c as u32)),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_stays_text() {
        assert_eq!(escape("<script>&\"'\u{202e}\u{0}\nда"), "&lt;script&gt;&amp;&quot;&#39;[U+202E][U+0000]\nда");
    }
}
