//! Text and its formatting out of tags. The exporter writes line breaks as `<br>` only: a line break of the page itself is
//! layout, and is dropped at the edges and a space between words. Offsets are counted in `char`s.

use super::tokens::Tag;
use letopis_model::{Entity, EntityKind};

/// Formatting does not nest deeper.
const TOO_DEEP: usize = 64;

/// A text being put together.
#[derive(Debug, Default)]
pub(super) struct Rich {
    pub text: String,
    pub entities: Vec<Entity>,
    chars: u32,
    /// Layout was read that may turn out to stand between two words.
    layout: bool,
    open: Vec<Open>,
}

/// A formatting tag that is not closed yet.
#[derive(Debug)]
struct Open {
    tag: String,
    /// `None`: a tag without a meaning of its own.
    mark: Option<Mark>,
    start: u32,
    start_byte: usize,
}

#[derive(Debug)]
enum Mark {
    Kind(EntityKind),
    /// A link: its kind shows when its text is known.
    Link(String),
}

impl Rich {
    pub fn push(&mut self, raw: &str) {
        let mut rest = raw;
        while let Some(at) = rest.find('\n') {
            let (before, after) = rest.split_at(at);
            self.plain(before.trim_end_matches('\r'));
            self.layout = true;
            rest = after.trim_start_matches([' ', '\t', '\n', '\r']);
        }
        self.plain(rest);
    }

    fn plain(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        self.settle_layout();
        self.text.push_str(text);
        self.chars = self.chars.saturating_add(u32::try_from(text.chars().count()).unwrap_or(u32::MAX));
    }

    fn settle_layout(&mut self) {
        if std::mem::take(&mut self.layout) && !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push(' ');
            self.chars += 1;
        }
    }

    pub fn open(&mut self, tag: &Tag) {
        if tag.name == "br" {
            self.layout = false;
            self.text.push('\n');
            self.chars += 1;
            return;
        }
        if tag.empty || self.open.len() >= TOO_DEEP {
            return;
        }
        let mark = mark(tag);
        if mark.is_some() {
            self.settle_layout();
        }
        self.open.push(Open { tag: tag.name.clone(), mark, start: self.chars, start_byte: self.text.len() });
    }

    /// `false`: no such tag is open here.
    pub fn close(&mut self, name: &str) -> bool {
        let Some(at) = self.open.iter().rposition(|open| open.tag == name) else { return false };
        while self.open.len() > at {
            self.close_last();
        }
        true
    }

    fn close_last(&mut self) {
        let Some(Open { mark: Some(mark), start, start_byte, .. }) = self.open.pop() else { return };
        let shown = self.text.get(start_byte..).unwrap_or_default();
        if shown.is_empty() {
            return;
        }
        let (kind, value) = match mark {
            Mark::Kind(kind) => (kind, None),
            Mark::Link(address) => link(address, shown),
        };
        self.entities.push(Entity { kind, start, len: self.chars - start, value });
    }

    /// The text and its marks in the order in which they start.
    pub fn finish(mut self) -> (String, Vec<Entity>) {
        while !self.open.is_empty() {
            self.close_last();
        }
        self.entities.sort_by_key(|e| (e.start, u32::MAX - e.len));
        (self.text, self.entities)
    }
}

fn mark(tag: &Tag) -> Option<Mark> {
    let kind = match tag.name.as_str() {
        "strong" | "b" => EntityKind::Bold,
        "em" | "i" => EntityKind::Italic,
        "u" => EntityKind::Underline,
        "s" | "del" | "strike" => EntityKind::Strikethrough,
        "code" => EntityKind::Code,
        "pre" => EntityKind::Pre,
        "blockquote" => EntityKind::Blockquote,
        "span" if tag.has_class("spoiler") => EntityKind::Spoiler,
        "a" => return Some(anchor(tag)),
        _ => return None,
    };
    Some(Mark::Kind(kind))
}

/// What has no address is told by the script that it calls.
fn anchor(tag: &Tag) -> Mark {
    let script = tag.attribute("onclick").unwrap_or_default();
    let scripts = [
        ("ShowHashtag", EntityKind::Hashtag),
        ("ShowBotCommand", EntityKind::BotCommand),
        ("ShowCashtag", EntityKind::Cashtag),
        ("ShowMentionName", EntityKind::MentionName),
        ("ShowNotLoadedEmoji", EntityKind::CustomEmoji),
        ("ShowNotAvailableEmoji", EntityKind::CustomEmoji),
    ];
    match scripts.into_iter().find(|(name, _)| script.contains(name)) {
        Some((_, kind)) => Mark::Kind(kind),
        None => Mark::Link(tag.attribute("href").unwrap_or_default().to_owned()),
    }
}

fn link(address: String, shown: &str) -> (EntityKind, Option<String>) {
    let is_sticker = || {
        let path = address.trim_start_matches("../");
        !address.contains("://")
            && (path.starts_with("stickers/") || path.starts_with("video_files/") || path.contains("/stickers/"))
    };
    let mentions = || shown.strip_prefix('@').is_some_and(|name| address.rsplit('/').next() == Some(name));
    if address == shown {
        (EntityKind::Link, None)
    } else if address.strip_prefix("mailto:") == Some(shown) {
        (EntityKind::Email, None)
    } else if address.strip_prefix("tel:") == Some(shown) {
        (EntityKind::Phone, None)
    } else if mentions() {
        (EntityKind::Mention, None)
    } else if is_sticker() {
        // Names a file of this one export: says nothing about the message.
        (EntityKind::CustomEmoji, None)
    } else if address.is_empty() {
        (EntityKind::Unknown, None)
    } else {
        (EntityKind::TextLink, Some(address))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tokens::{Token, Tokens};
    use super::*;

    fn check(html: &str, text: &str, marks: &str) {
        let mut rich = Rich::default();
        let mut tokens = Tokens::new(html.as_bytes());
        while let Some(token) = tokens.next().unwrap() {
            match token {
                Token::Open(tag) => rich.open(&tag),
                Token::Close(name) => drop(rich.close(&name)),
                Token::Text(text) => rich.push(&text),
            }
        }
        let (found, entities) = rich.finish();
        let entities: Vec<_> = entities
            .iter()
            .map(|e| format!("{e:?}{}", e.value.as_deref().map(|v| format!("={v}")).unwrap_or_default()))
            .collect();
        assert_eq!((found.as_str(), entities.join(" ").as_str()), (text, marks), "{html}");
    }

    #[test]
    fn what_the_exporter_writes() {
        check("\nПривет\n    ", "Привет", "");
        check("\nраз<br>два<br><br>три\n   ", "раз\nдва\n\nтри", "");
        check("\nПривет, <strong>Игорь</strong>!\n", "Привет, Игорь!", "Bold@8+5");
        check("\n<em>а</em><u>б</u><s>в</s><code>г</code>\n", "абвг", "Italic@0+1 Underline@1+1 Strikethrough@2+1 Code@3+1");
        check("<pre>fn main()<br>  x</pre>", "fn main()\n  x", "Pre@0+13");
        check("<blockquote>цитата</blockquote>", "цитата", "Blockquote@0+6");
        check("<a href=\"https://a.example\">https://a.example</a>", "https://a.example", "Link@0+17");
        check("<a href=\"a.example\">a.example</a>", "a.example", "Link@0+9");
        check("<a href=\"https://a.example\">тут</a>", "тут", "TextLink@0+3=https://a.example");
        check("<a href=\"mailto:a@a.example\">a@a.example</a>", "a@a.example", "Email@0+11");
        check("<a href=\"tel:+7 900\">+7 900</a>", "+7 900", "Phone@0+6");
        check("<a href=\"https://t.me/igor\">@igor</a>", "@igor", "Mention@0+5");
        check("<a href=\"\" onclick=\"return ShowHashtag(&quot;счёт&quot;)\">#счёт</a>", "#счёт", "Hashtag@0+5");
        check("<a href=\"\" onclick=\"return ShowBotCommand(&quot;start&quot;)\">/start</a>", "/start", "BotCommand@0+6");
        check("<a href=\"\" onclick=\"return ShowMentionName()\">Анна</a>", "Анна", "MentionName@0+4");
        check("<a href = \"../../chats/chat_1/stickers/a (2).webp\">🔥</a>", "🔥", "CustomEmoji@0+1");
        check("<a href=\"\" onclick=\"return ShowNotLoadedEmoji();\">🔥</a>", "🔥", "CustomEmoji@0+1");
        check(
            "до <span class=\"spoiler hidden\" onclick=\"ShowSpoiler(this)\"><span aria-hidden=\"true\">тайна</span></span>",
            "до тайна",
            "Spoiler@3+5",
        );
        check("a &lt;b&gt; &amp; &quot;c&quot;", "a <b> & \"c\"", "");
        check("👍🏽<strong>x</strong>", "👍🏽x", "Bold@2+1");
        check("אב <em>ג</em>", "אב ג", "Italic@3+1");
    }

    #[test]
    fn what_others_make_of_it() {
        check("\n   Привет,\n   мир\n", "Привет, мир", "");
        check("а<br/>\n   б", "а\nб", "");
        check("<b>не закрыт", "не закрыт", "Bold@0+9");
        check("</div>а</b>", "а", "");
        check("<strong></strong>а", "а", "");
        check("<b>а<i>б</b>в</i>", "абв", "Bold@0+2 Italic@1+1");
    }
}
