//! The truth test of the search: every class of queries against a plain scan over the archive, on the demo company and on
//! random correspondence. The scan reads every kept content of every message and knows no index; it must find the very
//! same messages: none missed, none wrong.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may stop")]

use letopis_engine::model::{ChatId, Content, Direction, Message, MessageId, MessageKind, MessageLink, Timestamp};
use letopis_engine::{
    Anchor, Clock, Engine, Job, Lang, OpenArchive, SearchFilter, SearchRequest, Sort, TimeZone, Way, attached_line,
};
use letopis_search::plain::{Token, TokenKind, allowance, distance, has_amount, stems, tokens};
use letopis_testkit::Corpus;
use std::collections::BTreeSet;
use std::sync::Arc;

const NOW: i64 = 1_788_264_000;
/// A word that so many contents hold is searched whole while it is typed.
const COMMON: usize = 20;

/// One content of a message, taken apart.
struct Read {
    parts: Vec<String>,
    /// Tokens of all parts with the stems they are found by; positions run on, with a gap between parts.
    tokens: Vec<(Token, Vec<String>)>,
}

struct Scanned {
    message: Message,
    title: String,
    contents: Vec<Read>,
}

fn all_stems(text: &str) -> Vec<String> {
    let (stem, second) = stems(text);
    std::iter::once(stem).chain(second).collect()
}

fn read(content: &Content) -> Read {
    let file = content.media.as_ref().and_then(|m| m.file_name.clone()).unwrap_or_default();
    let parts: Vec<String> = [content.text.clone(), file, attached_line(content)].into_iter().filter(|p| !p.is_empty()).collect();
    let (mut all, mut base) = (Vec::new(), 0);
    for part in &parts {
        let found = tokens(part);
        let length = found.iter().map(|t| t.position + 1).max().unwrap_or(0);
        all.extend(found.into_iter().map(|token| {
            let both = if token.kind == TokenKind::Special { Vec::new() } else { all_stems(&token.text) };
            (Token { position: token.position + base, ..token }, both)
        }));
        base += length + 1;
    }
    Read { parts, tokens: all }
}

fn scan(archive: &OpenArchive) -> Vec<Scanned> {
    let mut all = Vec::new();
    for chat in archive.chats().unwrap() {
        let mut anchor = Anchor::First;
        loop {
            let page = archive.page(chat.record.chat, anchor, 500).unwrap();
            let Some(last) = page.messages.last() else { break };
            anchor = Anchor::After(last.link.message);
            for message in page.messages {
                let mut contents = vec![read(&message.content)];
                for version in archive.versions(message.link).unwrap() {
                    let earlier = read(&version.content);
                    if earlier.parts != contents[0].parts {
                        contents.push(earlier);
                    }
                }
                all.push(Scanned { message, title: chat.record.title.clone(), contents });
            }
            if !page.has_after {
                break;
            }
        }
    }
    all
}

type Links = BTreeSet<MessageLink>;

struct Truth {
    archive: Arc<OpenArchive>,
    scanned: Vec<Scanned>,
    asked: usize,
}

impl Truth {
    fn of(archive: Arc<OpenArchive>) -> Truth {
        let scanned = scan(&archive);
        assert_eq!(scanned.len() as u64, archive.totals().unwrap().messages);
        Truth { archive, scanned, asked: 0 }
    }

    fn found(&self, query: &str, sort: Sort) -> Links {
        let mut links = Links::new();
        let request = |offset, limit| SearchRequest { query, filter: SearchFilter::default(), sort, offset, limit };
        loop {
            let page = self.archive.search_page(&request(links.len(), 500)).unwrap_or_else(|e| panic!("{query}: {e}"));
            for hit in &page.hits {
                assert!(links.insert(hit.message.link), "{query} {sort:?}: {} came twice", hit.message.link);
            }
            if page.hits.len() < 500 {
                break;
            }
        }
        let counts = self.archive.search_counts(&request(0, 1), &Default::default()).unwrap();
        assert_eq!(counts.total, links.len(), "{query}: the count");
        links
    }

    /// A content for which everything holds makes its message a hit. Gives how many there are.
    fn check(&mut self, query: &str, holds: impl Fn(&Scanned, &Read) -> bool) -> usize {
        let is_hit = |one: &&Scanned| one.contents.iter().any(|content| holds(one, content));
        let expected: Links = self.scanned.iter().filter(is_hit).map(|one| one.message.link).collect();
        for sort in [Sort::Newest, Sort::Relevance, Sort::Oldest] {
            let found = self.found(query, sort);
            let missed: Vec<_> = expected.difference(&found).take(3).collect();
            let wrong: Vec<_> = found.difference(&expected).take(3).collect();
            assert!(missed.is_empty() && wrong.is_empty(), "{query} {sort:?}: missed {missed:?}, wrong {wrong:?}");
        }
        self.asked += 1;
        expected.len()
    }
}

impl Read {
    fn has(&self, holds: impl Fn(&Token) -> bool) -> bool {
        self.tokens.iter().any(|(token, _)| holds(token))
    }

    fn has_form(&self, wanted: &[String]) -> bool {
        self.tokens.iter().any(|(_, both)| wanted.iter().any(|w| both.contains(w)))
    }

    fn places(&self, wanted: &[String]) -> Vec<usize> {
        self.tokens.iter().filter(|(_, both)| wanted.iter().any(|w| both.contains(w))).map(|(t, _)| t.position).collect()
    }

    fn words(&self) -> Vec<&Token> {
        self.tokens.iter().map(|(token, _)| token).filter(|token| token.kind == TokenKind::Word).collect()
    }

    fn has_phrase(&self, phrase: &[String]) -> bool {
        let at = |position: usize, text: &String| self.has(|t| t.position == position && t.text == *text);
        self.words().iter().any(|first| (0..).zip(phrase).all(|(n, text)| at(first.position + n, text)))
    }

    fn has_near(&self, a: &[String], b: &[String], within: usize) -> bool {
        let second = self.places(b);
        self.places(a).iter().any(|x| second.iter().any(|y| x.abs_diff(*y) <= within))
    }
}

fn is_plain_word(text: &str) -> bool {
    text.chars().count() > 2 && text.chars().all(char::is_alphabetic)
}

/// Words of the archive to ask for, from all over it.
fn sample(truth: &Truth, count: usize) -> Vec<String> {
    let contents = truth.scanned.iter().flat_map(|s| &s.contents);
    let all: Vec<String> = contents.flat_map(|c| c.words()).map(|t| t.text.clone()).filter(|w| is_plain_word(w)).collect();
    let step = (all.len() / count).max(1);
    let words: BTreeSet<String> = all.into_iter().step_by(step).collect();
    words.into_iter().collect()
}

/// `count`: about how many words, phrases and sums are asked for.
fn every_class(mut truth: Truth, count: usize) {
    let words = sample(&truth, count);
    let mut hits = 0;
    for word in &words {
        let wanted = all_stems(word);
        hits += truth.check(&format!("{word} "), |_, c| c.has_form(&wanted));
        let beginning: String = word.chars().take(3).collect();
        hits += truth.check(&format!("{beginning}*"), |_, c| c.has(|t| t.text.starts_with(&beginning)));
        let part: String = word.chars().skip(1).take(3).collect();
        hits += truth.check(&format!("*{part}*"), |_, c| c.has(|t| t.text.contains(&part)));
        truth.check(&format!("*{part}"), |_, c| c.has(|t| t.text.ends_with(&part)));
    }
    for pair in words.chunks_exact(2) {
        let (a, b) = (pair[0].as_str(), pair[1].as_str());
        let (x, y) = (all_stems(a), all_stems(b));
        truth.check(&format!("{a} {b} "), |_, c| c.has_form(&x) && c.has_form(&y));
        hits += truth.check(&format!("{a} ИЛИ {b} "), |_, c| c.has_form(&x) || c.has_form(&y));
        hits += truth.check(&format!("{a} -{b} "), |_, c| c.has_form(&x) && !c.has_form(&y));
        if x != y {
            truth.check(&format!("{a} РЯДОМ/4 {b} "), |_, c| c.has_near(&x, &y, 4));
        }
    }
    hits += phrases(&mut truth, count);
    hits += specials(&mut truth, count);
    hits += operators(&mut truth, &words);
    typos(&mut truth, &words);
    hits += words.iter().map(|word| in_chats(&truth, word)).sum::<usize>();
    assert!(truth.asked > count * 8, "{} queries", truth.asked);
    assert!(hits > 1000, "{hits} hits: queries that find nothing prove nothing");
}

/// Hits of one chat at a time, walked both ways in the order of the chat, and what is marked in its messages: those that the
/// scan finds, no more and no fewer. Gives how many there are.
fn in_chats(truth: &Truth, word: &str) -> usize {
    let wanted = all_stems(word);
    let chats: BTreeSet<_> = truth.scanned.iter().map(|one| one.message.link.chat).collect();
    let query = format!("{word} ");
    let mut hits = 0;
    for chat in chats {
        let of_chat: Vec<&Scanned> = truth.scanned.iter().filter(|one| one.message.link.chat == chat).collect();
        let is_hit = |one: &&&Scanned| one.contents.iter().any(|content| content.has_form(&wanted));
        let mut expected: Vec<MessageLink> = of_chat.iter().filter(is_hit).map(|one| one.message.link).collect();
        expected.sort_unstable_by_key(|link| link.message);
        hits += expected.len();
        walk(truth, &query, chat, &expected);
        for part in of_chat.chunks(400) {
            let links: Vec<MessageLink> = part.iter().map(|one| one.message.link).collect();
            let marked = truth.archive.search_marks(&query, SearchFilter::default(), &links).unwrap();
            let found: Links = marked.iter().map(|one| one.link).collect();
            assert_eq!(found, links.into_iter().filter(|link| expected.contains(link)).collect(), "{word}: marked messages");
            for one in part.iter().filter(is_hit) {
                let marks = marked.iter().find(|marked| marked.link == one.message.link).unwrap();
                let current = marks.texts.iter().find(|(version, _)| *version == 0).map_or(&[][..], |(_, marks)| marks);
                let text = &one.message.content.text;
                let words =
                    current.iter().map(|(start, len)| text.chars().skip(*start as usize).take(*len as usize).collect::<String>());
                let forms = tokens(text).into_iter().filter(|token| all_stems(&token.text).iter().any(|s| wanted.contains(s)));
                assert_eq!(words.count(), forms.filter(|token| token.kind == TokenKind::Word).count(), "{word} in {text}");
            }
        }
    }
    hits
}

fn walk(truth: &Truth, query: &str, chat: ChatId, expected: &[MessageLink]) {
    let step = |from, way| truth.archive.search_in_chat(query, SearchFilter::default(), chat, from, way).unwrap();
    let total = expected.len();
    let check = |from: Option<MessageId>, way, at: Option<usize>| {
        let found = step(from, way);
        let hit = at.map(|at| expected[at]);
        assert_eq!(
            (found.total, found.number, found.hit),
            (total, at.map_or(0, |at| at + 1), hit),
            "{query} {way:?} from {from:?}"
        );
    };
    let last = total.checked_sub(1);
    check(None, Way::Here, last);
    check(None, Way::Next, last.map(|_| 0));
    check(None, Way::Previous, last);
    check(Some(MessageId(i64::MIN)), Way::Here, last.map(|_| 0));
    for (at, link) in expected.iter().enumerate() {
        let here = Some(link.message);
        check(here, Way::Here, Some(at));
        check(here, Way::Next, Some((at + 1) % total));
        check(here, Way::Previous, Some((at + total - 1) % total));
        // Just behind it, where no hit is.
        if expected.get(at + 1).is_none_or(|next| next.message.0 > link.message.0 + 1) {
            let behind = Some(MessageId(link.message.0 + 1));
            check(behind, Way::Here, Some(at));
            check(behind, Way::Next, Some((at + 1) % total));
            check(behind, Way::Previous, Some(at));
        }
    }
}

fn phrases(truth: &mut Truth, count: usize) -> usize {
    let beginning = |s: &Scanned| s.contents[0].words().into_iter().map(|t| t.text.clone()).take(3).collect::<Vec<_>>();
    let phrases: Vec<Vec<String>> = truth
        .scanned
        .iter()
        .step_by(truth.scanned.len() / (count * 3) + 1)
        .map(beginning)
        .filter(|words| words.len() > 1 && words.iter().all(|w| is_plain_word(w)))
        .collect();
    phrases.iter().map(|words| truth.check(&format!("\"{}\"", words.join(" ")), |_, c| c.has_phrase(words))).sum()
}

/// Sums, phones, addresses, emoji: asked in one spelling, found in all.
fn specials(truth: &mut Truth, count: usize) -> usize {
    let tokens_of = |s: &Scanned| s.contents.iter().flat_map(|c| &c.tokens).map(|(t, _)| t.clone()).collect::<Vec<_>>();
    let all: BTreeSet<String> =
        truth.scanned.iter().flat_map(tokens_of).filter(|t| t.kind == TokenKind::Special).map(|t| t.text).collect();
    let step = all.len() / (count * 3) + 1;
    let mut hits = 0;
    for term in all.iter().step_by(step).filter(|term| !term.starts_with('~')) {
        let query = term.strip_prefix('=').map_or(term.clone(), |number| format!("{number} руб"));
        let words: Vec<String> = tokens(&query).into_iter().filter(|t| t.kind == TokenKind::Word).map(|t| t.text).collect();
        let wanted = words.first().map_or(Vec::new(), |only| all_stems(only));
        hits += truth.check(&format!("{query} "), |_, c| {
            let literal = match words.as_slice() {
                [] => false,
                [_] => c.has_form(&wanted),
                _ => c.has_phrase(&words),
            };
            literal || c.has(|t| t.text == *term)
        });
    }
    hits
}

fn operators(truth: &mut Truth, words: &[String]) -> usize {
    let word = words[0].as_str();
    let wanted = all_stems(word);
    let title: String = truth.scanned[0].title.chars().take(8).collect();
    let named = truth.scanned.iter().map(|s| s.message.sender_name.as_str()).find(|n| !n.is_empty());
    let sender: String = named.unwrap().chars().take(5).collect();
    let plain = |text: &str| text.to_lowercase().replace('ё', "е");
    let holds = |name: &str, part: &str| plain(name).contains(&plain(part));
    let mut hits = 0;
    for (deleted, reply) in [("это:удалено", "is:reply"), ("is:deleted", "статус:ответ")] {
        hits += truth.check(deleted, |s, _| s.message.deleted.is_some());
        truth.check(&format!("-{deleted} {word} "), |s, c| s.message.deleted.is_none() && c.has_form(&wanted));
        truth.check(reply, |s, _| s.message.content.reply_to.is_some());
    }
    hits += truth.check("is:edited", |s, _| s.message.edited_at.is_some() || s.message.versions > 1);
    hits += truth.check("is:out", |s, _| s.message.direction == Direction::Out);
    hits += truth.check("это:входящее", |s, _| s.message.direction == Direction::In);
    hits += truth.check(&format!("чат:\"{title}\""), |s, _| holds(&s.title, &title));
    hits += truth.check(&format!("from:\"{sender}\""), |s, _| holds(&s.message.sender_name, &sender));
    truth.check("kind:(photo voice)", |s, _| matches!(s.message.content.kind, MessageKind::Photo | MessageKind::Voice));
    truth.check("есть:голос", |s, _| s.message.content.kind == MessageKind::Voice);
    let special = |c: &Read, mark: char| c.has(|t| t.kind == TokenKind::Special && t.text.starts_with(mark));
    hits += truth.check("has:amount", |_, c| c.parts.iter().any(|p| has_amount(p)));
    hits += truth.check("есть:телефон", |_, c| special(c, '+'));
    hits += truth.check("has:date", |_, c| special(c, '~'));
    let middle = truth.scanned[truth.scanned.len() / 2].message.sent_at.unwrap_or_default();
    let day = Clock::fixed(middle, TimeZone::UTC).zoned(middle).date();
    let start = day.to_zoned(TimeZone::UTC).unwrap().timestamp().as_second();
    let sent = |s: &Scanned| s.message.sent_at.map(|t| t.0);
    hits += truth.check(&format!("on:{day}"), |s, _| sent(s).is_some_and(|at| (start..start + 86_400).contains(&at)));
    hits += truth.check(&format!("after:{day}"), |s, _| sent(s).is_some_and(|at| at >= start));
    hits += truth.check(&format!("до:{day}"), |s, _| sent(s).is_some_and(|at| at < start));
    hits
}

/// A word nobody wrote: the answer is what is a letter or two away, by the same rule for all.
fn typos(truth: &mut Truth, words: &[String]) {
    let letters = |text: &str| text.chars().all(char::is_alphabetic);
    for word in words.iter().filter(|w| w.chars().count() > 4) {
        let wrong: String = word.chars().enumerate().map(|(n, c)| if n == 0 { 'ъ' } else { c }).collect();
        let asked = all_stems(&wrong);
        let known = truth.scanned.iter().flat_map(|s| &s.contents).any(|c| c.has_form(&asked));
        if known {
            continue;
        }
        let (stem, _) = stems(&wrong);
        let near = usize::from(allowance(&wrong));
        // Most words are too long or too short to be near.
        let is_near =
            |a: &str, b: &str| letters(b) && a.chars().count().abs_diff(b.chars().count()) <= near && distance(a, b) <= near;
        truth.check(&format!("{wrong} "), |_, c| {
            c.tokens.iter().any(|(token, both)| is_near(&wrong, &token.text) || both.iter().any(|s| is_near(&stem, s)))
        });
    }
}

fn engine() -> (tempfile::TempDir, Engine) {
    let dir = tempfile::tempdir().unwrap();
    let engine = Engine::new(dir.path().join("archive"), Clock::fixed(Timestamp(NOW), TimeZone::UTC));
    engine.create("лес шумит над рекой").unwrap();
    (dir, engine)
}

#[test]
fn on_the_demo_company_nothing_is_missed_and_nothing_is_wrong() {
    let (_dir, engine) = engine();
    let archive = engine.archive().unwrap();
    archive.load_demo(Lang::Ru, &mut Job::quiet()).unwrap();
    every_class(Truth::of(archive), 6);
}

#[test]
fn on_random_correspondence_nothing_is_missed_and_nothing_is_wrong() {
    for seed in [1, 2] {
        let (_dir, engine) = engine();
        let archive = engine.archive().unwrap();
        let corpus = Corpus { seed, messages: 1200 };
        archive.append(&corpus.heads()).unwrap();
        // Edits and deletions of the first half come after it was indexed.
        let (first, later): (Vec<_>, Vec<_>) = (0..corpus.messages).map(|n| corpus.changes(n)).partition(|all| all.len() == 1);
        archive.append(&first.into_iter().flatten().chain(later.iter().map(|all| all[0].clone())).collect::<Vec<_>>()).unwrap();
        archive.catch_up(&mut Job::quiet()).unwrap();
        for part in later.chunks(16) {
            archive.append(&part.iter().flatten().cloned().collect::<Vec<_>>()).unwrap();
            archive.catch_up(&mut Job::quiet()).unwrap();
        }
        every_class(Truth::of(archive), 14);
    }
}

/// A word that is being typed is marked as it was searched: whole where it is common, as a beginning where it is rare.
#[test]
fn what_is_typed_is_marked_as_it_is_searched() {
    let (_dir, engine) = engine();
    let archive = engine.archive().unwrap();
    archive.load_demo(Lang::Ru, &mut Job::quiet()).unwrap();
    let truth = Truth::of(archive);
    let all: Vec<MessageLink> = truth.scanned.iter().map(|one| one.message.link).collect();
    let mut beginnings = 0;
    for query in ["до", "на", "по", "промст", "фикси", "догово", "скидк"] {
        let marked: Vec<_> = all
            .chunks(400)
            .flat_map(|links| truth.archive.search_marks(query, SearchFilter::default(), links).unwrap())
            .collect();
        let found = truth.found(query, Sort::Newest);
        assert_eq!(marked.iter().map(|one| one.link).collect::<Links>(), found, "{query}");
        let wanted = all_stems(query);
        let holding = truth.scanned.iter().flat_map(|one| &one.contents).filter(|content| content.has_form(&wanted)).count();
        let texts = |link| truth.scanned.iter().find(|one| one.message.link == link).unwrap().message.content.text.clone();
        for one in &marked {
            let text = texts(one.link);
            for (start, len) in one.texts.iter().filter(|(version, _)| *version == 0).flat_map(|(_, marks)| marks) {
                let word: String = text.chars().skip(*start as usize).take(*len as usize).collect();
                let is_form = all_stems(&word.to_lowercase()).iter().any(|stem| wanted.contains(stem));
                beginnings += usize::from(!is_form);
                assert!(is_form || holding < COMMON, "{query}: «{word}» is marked, but the word is common and searched whole");
            }
        }
    }
    assert!(beginnings > 0, "some were found as beginnings");
}

/// A message is found as soon as the follower has seen it, a rebuild changes no answer, and an index of strange bytes is
/// replaced by a whole one.
#[test]
fn live_messages_are_found_and_a_rebuild_changes_nothing() {
    let (dir, engine) = engine();
    let archive = engine.archive().unwrap();
    let corpus = Corpus { seed: 3, messages: 300 };
    let (heard, told) = std::sync::mpsc::channel();
    archive.start_background(move || heard.send(()).unwrap_or(())).unwrap();
    archive.append(&corpus.heads()).unwrap();
    archive.append(&(0..300).flat_map(|n| corpus.changes(n)).collect::<Vec<_>>()).unwrap();
    while archive.not_indexed().unwrap() > 0 {
        told.recv_timeout(std::time::Duration::from_secs(60)).unwrap();
    }
    let asked = "договор ";
    let links = |archive: &OpenArchive| -> Vec<MessageLink> {
        let request =
            SearchRequest { query: asked, filter: SearchFilter::default(), sort: Sort::Relevance, offset: 0, limit: 100 };
        let mut links: Vec<MessageLink> = archive.search(&request).unwrap().hits.iter().map(|hit| hit.message.link).collect();
        links.sort_unstable(); // how much a word weighs may change a little, what is found may not
        links
    };
    let before = links(&archive);
    assert!(!before.is_empty());
    archive.rebuild_index(&mut Job::quiet()).unwrap();
    assert_eq!(links(&archive), before);
    drop(archive);
    engine.lock();
    let index = dir.path().join("archive").join("index");
    let meta = index.join("meta.json");
    std::fs::write(&meta, b"strange bytes").unwrap();
    let archive = engine.unlock(&letopis_engine::Secret::Passphrase("лес шумит над рекой")).unwrap();
    archive.catch_up(&mut Job::quiet()).unwrap();
    assert_eq!(links(&archive), before);
}
