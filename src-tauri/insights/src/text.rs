//! Message text as sentences, clauses and words with their places in the original.
//! Never slices by index, never changes the original: a quote is always the author's own words.

use letopis_model::{Content, EntityKind};

/// Longer messages are analysed up to this many characters: a pasted log must not stall a whole chat.
const ANALYSED_CHARS: usize = 20_000;

/// What stood before a word: the border at which clauses are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Break {
    None,
    Comma,
    Dash,
    Colon,
}

/// How a sentence ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Plain,
    Question,
}

/// One word, number, mark or meaningful emoji; `norm` is lower case with ё as е.
#[derive(Clone)]
pub struct Word {
    pub norm: String,
    /// Bytes of the original.
    pub start: usize,
    pub end: usize,
    pub before: Break,
    /// Somebody else's words: «…», a quoted line, code.
    pub quoted: bool,
    pub capital: bool,
}

pub struct Sentence {
    pub words: Vec<Word>,
    pub end: End,
}

/// A parsed message.
pub struct Text<'a> {
    pub raw: &'a str,
    pub sentences: Vec<Sentence>,
    /// «)))», «😂» and their kin.
    pub laughs: bool,
    /// At least one question mark outside quotes.
    pub asks: bool,
}

impl<'a> Text<'a> {
    pub fn of(content: &'a Content) -> Self {
        let foreign = content
            .entities
            .iter()
            .filter(|e| matches!(e.kind, EntityKind::Blockquote | EntityKind::Pre | EntityKind::Code))
            .map(|e| (e.start as usize, e.start.saturating_add(e.len) as usize))
            .collect();
        Reader::new(&content.text, foreign).read()
    }

    pub fn plain(raw: &'a str) -> Self {
        Reader::new(raw, Vec::new()).read()
    }

    pub fn words(&self) -> impl Iterator<Item = &Word> {
        self.sentences.iter().flat_map(|s| s.words.iter())
    }

    pub fn count(&self) -> usize {
        self.sentences.iter().map(|s| s.words.len()).sum()
    }

    /// All words in one row, for patterns that cross sentences.
    pub fn flat(&self) -> Vec<Word> {
        self.words().cloned().collect()
    }
}

/// The clauses of a sentence: cut at commas, dashes, colons and at the words that open a new thought.
pub fn clauses(words: &[Word]) -> impl Iterator<Item = &[Word]> {
    words.chunk_by(|_, next| next.before == Break::None && !opens_clause(&next.norm))
}

fn opens_clause(word: &str) -> bool {
    matches!(word, "если" | "но" | "а" | "чтобы" | "чтоб" | "if" | "once" | "but" | "because" | "unless" | "тогда")
}

pub fn at(words: &[Word], index: usize) -> &str {
    words.get(index).map_or("", |w| w.norm.as_str())
}

pub fn has(words: &[Word], list: &[&str]) -> bool {
    words.iter().any(|w| list.contains(&w.norm.as_str()))
}

/// At most `count` words from `from` on.
pub fn some(words: &[Word], from: usize, count: usize) -> &[Word] {
    let rest = words.get(from..).unwrap_or_default();
    rest.get(..count.min(rest.len())).unwrap_or_default()
}

/// The original text from the first to the last of `words`.
pub fn span<'a>(raw: &'a str, words: &[Word]) -> &'a str {
    match (words.first(), words.last()) {
        (Some(first), Some(last)) => raw.get(first.start..last.end).unwrap_or_default(),
        _ => "",
    }
}

struct Reader<'a> {
    raw: &'a str,
    foreign: Vec<(usize, usize)>,
    sentences: Vec<Sentence>,
    words: Vec<Word>,
    word: Option<Word>,
    pending: Break,
    /// Straight quotes come in pairs, so they can be told open from closed.
    paired: bool,
    in_quotes: bool,
    in_line_quote: bool,
    laughs: bool,
    asks: bool,
}

impl<'a> Reader<'a> {
    fn new(raw: &'a str, foreign: Vec<(usize, usize)>) -> Self {
        Reader {
            raw,
            foreign,
            sentences: Vec::new(),
            words: Vec::new(),
            word: None,
            pending: Break::None,
            paired: raw.chars().take(ANALYSED_CHARS).filter(|c| *c == '"').count() % 2 == 0,
            in_quotes: false,
            in_line_quote: false,
            laughs: false,
            asks: false,
        }
    }

    fn read(mut self) -> Text<'a> {
        let mut chars = self.raw.char_indices().take(ANALYSED_CHARS).enumerate().peekable();
        let mut previous = '\n';
        let mut in_url = false;
        while let Some((nth, (at, c))) = chars.next() {
            let next = chars.peek().map_or('\n', |(_, (_, n))| *n);
            if in_url && !c.is_whitespace() {
                self.push_url(at, c);
            } else if ignorable(c) {
                continue;
            } else if self.word.is_none() && starts_url(self.raw, at, c) {
                in_url = true;
                self.begin(nth, at, c);
                self.push_url(at, c);
            } else if c.is_alphanumeric() || matches!(c, '_' | '@' | '#') || joins(previous, c, next) && self.word.is_some() {
                in_url = false;
                self.begin(nth, at, c);
                self.push(at, c);
            } else {
                in_url = false;
                self.finish_word();
                self.punctuation(nth, at, c, previous, next);
            }
            previous = c;
        }
        self.finish_sentence(End::Plain);
        Text { raw: self.raw, sentences: self.sentences, laughs: self.laughs, asks: self.asks }
    }

    fn begin(&mut self, nth: usize, at: usize, c: char) {
        if self.word.is_some() {
            return;
        }
        let quoted = self.in_quotes || self.in_line_quote || self.foreign.iter().any(|(from, to)| (*from..*to).contains(&nth));
        self.word = Some(Word {
            norm: String::new(),
            start: at,
            end: at,
            before: std::mem::replace(&mut self.pending, Break::None),
            quoted,
            capital: c.is_uppercase(),
        });
    }

    fn push(&mut self, at: usize, c: char) {
        if let Some(word) = &mut self.word {
            word.end = at + c.len_utf8();
            match c {
                'ё' | 'Ё' => word.norm.push('е'),
                '’' | 'ʼ' | '`' => word.norm.push('\''),
                '‑' | '–' => word.norm.push('-'),
                _ => word.norm.extend(c.to_lowercase()),
            }
        }
    }

    fn push_url(&mut self, at: usize, c: char) {
        if let Some(word) = &mut self.word {
            word.end = at + c.len_utf8();
            if word.norm.is_empty() {
                word.norm.push_str("<url>");
            }
        }
    }

    fn finish_word(&mut self) {
        if let Some(word) = self.word.take() {
            self.words.push(word);
        }
    }

    fn finish_sentence(&mut self, end: End) {
        self.finish_word();
        self.pending = Break::None;
        if !self.words.is_empty() {
            self.sentences.push(Sentence { words: std::mem::take(&mut self.words), end });
        }
    }

    fn punctuation(&mut self, nth: usize, at: usize, c: char, previous: char, next: char) {
        match c {
            '\n' => {
                self.finish_sentence(End::Plain);
                self.in_line_quote = false;
            }
            '>' if previous == '\n' => self.in_line_quote = true,
            '?' => {
                self.asks |= !self.in_quotes && !self.in_line_quote;
                self.finish_sentence(End::Question);
            }
            '!' | '…' | ';' => self.finish_sentence(End::Plain),
            '.' if next.is_whitespace() || next.is_uppercase() || next == '.' => self.finish_sentence(End::Plain),
            ',' => self.pending = Break::Comma,
            '(' if next.is_alphanumeric() => self.pending = Break::Comma,
            ')' if previous == ')' => self.laughs = true,
            ')' if previous.is_alphanumeric() => self.pending = Break::Comma,
            ':' => self.pending = Break::Colon,
            '—' | '–' => self.pending = Break::Dash,
            '-' if !next.is_alphanumeric() => self.pending = Break::Dash,
            '«' | '“' | '„' => self.in_quotes = true,
            '»' | '”' => self.in_quotes = false,
            '"' if self.paired => self.in_quotes = !self.in_quotes,
            '😂' | '🤣' | '😅' | '😜' | '😆' => self.laughs = true,
            '+' | '👍' | '👌' | '🤝' | '✅' | '🆗' | '💯' | '%' | '✔' => self.mark(nth, at, c),
            _ => {}
        }
    }

    /// A sign that means something by itself, kept as a word of its own; «%» joins the number before it.
    fn mark(&mut self, nth: usize, at: usize, c: char) {
        let touching = self.words.last_mut().filter(|w| c == '%' && w.end == at);
        if let Some(number) = touching {
            number.norm.push('%');
            number.end = at + 1;
            return;
        }
        self.begin(nth, at, c);
        self.push(at, c);
        self.finish_word();
    }
}

/// Zero-width, direction and variation marks, skin tones: invisible, so no part of a word.
fn ignorable(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{301}')
}

fn starts_url(raw: &str, at: usize, c: char) -> bool {
    let opens = matches!(c, 'h' | 'H' | 'w' | 'W' | 't');
    opens
        && raw.get(at..).is_some_and(|rest| {
            ["http://", "https://", "www.", "t.me/", "Http://", "Https://"].iter().any(|p| rest.starts_with(p))
        })
}

/// Whether `c` stands inside a word: 15.07, 15:30, 2-3, 15-го, I'll, rollback-нуть, dogovor.pdf.
fn joins(previous: char, c: char, next: char) -> bool {
    let digits = previous.is_ascii_digit() && next.is_ascii_digit();
    match c {
        ':' | ',' | '/' | '–' => digits,
        '.' => digits || (previous.is_alphanumeric() && next.is_ascii_lowercase()),
        '-' | '‑' => previous.is_alphanumeric() && next.is_alphanumeric(),
        '\'' | '’' | 'ʼ' | '`' => previous.is_alphabetic() && next.is_alphabetic(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let parsed = Text::plain(text);
        let words: Vec<String> = parsed.words().map(|w| w.norm.clone()).collect();
        assert_eq!(words, expected, "{text}");
    }

    #[test]
    fn words() {
        check("Ещё пришлю к 15:30, ок", &["еще", "пришлю", "к", "15:30", "ок"]);
        check("2-3 дня, 15-го и 15.07.", &["2-3", "дня", "15-го", "и", "15.07"]);
        check("I’ll send 12% 👍🏽", &["i'll", "send", "12%", "👍"]);
        check("см. https://a.example/x?y=1 и dogovor.pdf", &["см", "<url>", "и", "dogovor.pdf"]);
        check("при\u{200b}шлю", &["пришлю"]);
        check("+", &["+"]);
        check("שלום пришлю 🙂", &["שלום", "пришлю"]);
    }

    #[test]
    fn quotes_are_somebody_elses_words() {
        let text = Text::plain("вы писали «скину завтра» и молчите\n> пришлю\nда");
        let quoted: Vec<&str> = text.words().filter(|w| w.quoted).map(|w| w.norm.as_str()).collect();
        assert_eq!(quoted, ["скину", "завтра", "пришлю"]);
    }

    #[test]
    fn clauses_are_cut_at_commas_and_openers() {
        let text = Text::plain("если решите до пятницы, отгрузим в среду а счет завтра");
        let cut: Vec<&str> = clauses(&text.sentences[0].words).map(|c| span(text.raw, c)).collect();
        assert_eq!(cut, ["если решите до пятницы", "отгрузим в среду", "а счет завтра"]);
    }
}
