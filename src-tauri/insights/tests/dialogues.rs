//! Scores the detectors on invented dialogues and holds the bars. A line that people may label either way is neutral.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use letopis_insights::{Author, Findings, Promise, find};
use letopis_model::{ChatId, Content, Direction, Message, MessageId, MessageKind, MessageLink, PeerId, Timestamp};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Deserialize)]
struct Line {
    dialogue: String,
    id: i64,
    at: String,
    side: String,
    text: String,
    file: Option<String>,
    promise: Option<Gold>,
    #[serde(default)]
    ambiguous: bool,
    #[serde(default)]
    fragment: bool,
    #[serde(default)]
    question: bool,
    #[serde(default)]
    question_neutral: bool,
    answered_by: Option<i64>,
    #[serde(default)]
    request: Vec<String>,
    #[serde(default)]
    objection: Vec<String>,
}

#[derive(Deserialize)]
struct Gold {
    owner: String,
    due: Option<String>,
    #[serde(default)]
    alt: Vec<Option<String>>,
}

/// True and false positives, false negatives.
#[derive(Default)]
struct Score {
    hits: usize,
    false_alarms: usize,
    missed: usize,
    log: Vec<String>,
}

impl Score {
    fn count(&mut self, gold: bool, found: bool, line: &Line) {
        match (gold, found) {
            (true, true) => self.hits += 1,
            (false, true) => {
                self.false_alarms += 1;
                self.log.push(format!("  false  {}/{} {}", line.dialogue, line.id, line.text));
            }
            (true, false) => {
                self.missed += 1;
                self.log.push(format!("  missed {}/{} {}", line.dialogue, line.id, line.text));
            }
            (false, false) => {}
        }
    }
    fn precision(&self) -> f64 {
        share(self.hits, self.hits + self.false_alarms)
    }
    fn recall(&self) -> f64 {
        share(self.hits, self.hits + self.missed)
    }
    fn f1(&self) -> f64 {
        share(2 * self.hits, 2 * self.hits + self.false_alarms + self.missed)
    }
    fn print(&self, name: &str) {
        println!("{name}: P {:.3} R {:.3} F1 {:.3} ({} right)", self.precision(), self.recall(), self.f1(), self.hits);
        self.log.iter().for_each(|l| println!("{l}"));
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

fn corpus() -> Vec<Vec<Line>> {
    let path = std::env::var("LETOPIS_DIALOGUES")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/tests/dialogues.jsonl").into());
    let text = std::fs::read_to_string(path).unwrap();
    let mut dialogues: BTreeMap<String, Vec<Line>> = BTreeMap::new();
    for row in text.lines() {
        let line: Line = serde_json::from_str(row).unwrap();
        dialogues.entry(line.dialogue.clone()).or_default().push(line);
    }
    dialogues.into_values().collect()
}

fn messages(lines: &[Line], tz: &TimeZone) -> Vec<Message> {
    lines.iter().map(|line| message(line, tz)).collect()
}

fn message(line: &Line, tz: &TimeZone) -> Message {
    let at: DateTime = line.at.parse().unwrap();
    let client = line.side == "client";
    Message {
        link: MessageLink::new(ChatId::new(None, PeerId::user(1)), MessageId(line.id)),
        sender: None,
        sender_name: if client { "Егор".into() } else { "Анна".into() },
        direction: if client { Direction::In } else { Direction::Out },
        sent_at: Some(Timestamp(tz.to_zoned(at).unwrap().timestamp().as_second())),
        edited_at: None,
        content: Content {
            kind: if line.file.is_some() { MessageKind::File } else { MessageKind::Text },
            ..Content::text(line.text.clone())
        },
        deleted: None,
        versions: 1,
        reactions: Vec::new(),
    }
}

fn of<'a>(findings: &'a Findings, line: &Line) -> Vec<&'a Promise> {
    let ours = |p: &&Promise| p.quote.link.message.0 == line.id && p.author != Author::Client;
    findings.promises.iter().filter(ours).collect()
}

#[derive(Default)]
struct Report {
    promises: Score,
    questions: Score,
    unanswered: Score,
    objections: Score,
    requests: BTreeMap<String, Score>,
    due: (usize, usize),
    owner: (usize, usize),
    invented: usize,
    manager_messages: usize,
}

fn score_promise(report: &mut Report, line: &Line, findings: &Findings) {
    let found = of(findings, line);
    let gold = line.promise.as_ref().filter(|p| p.owner != "client");
    report.manager_messages += usize::from(line.side == "manager");
    if line.ambiguous || line.fragment {
        return;
    }
    report.promises.count(gold.is_some(), !found.is_empty(), line);
    let (Some(gold), false) = (gold, found.is_empty()) else { return };
    let accepted: Vec<Option<String>> = std::iter::once(gold.due.clone()).chain(gold.alt.clone()).collect();
    let given: Vec<Option<String>> = found.iter().map(|p| p.due.map(|d| d.to_string())).collect();
    let right = given.iter().any(|d| accepted.contains(d));
    report.due = (report.due.0 + usize::from(right), report.due.1 + 1);
    report.invented += usize::from(!right && accepted.iter().all(Option::is_none));
    let named = found.iter().any(|p| format!("{:?}", p.author).to_lowercase() == gold.owner);
    report.owner = (report.owner.0 + usize::from(named), report.owner.1 + 1);
    if !right || !named {
        println!(
            "  due/owner {}/{} {} : {given:?} {:?} for {accepted:?} {}",
            line.dialogue, line.id, line.text, found[0].author, gold.owner
        );
    }
}

fn score_client(report: &mut Report, line: &Line, findings: &Findings) {
    let question = findings.questions.iter().find(|q| q.quote.link.message.0 == line.id);
    if !line.question_neutral {
        report.questions.count(line.question, question.is_some(), line);
        let waits = question.is_some_and(|q| q.answered_by.is_none());
        report.unanswered.count(line.question && line.answered_by.is_none(), waits, line);
    }
    let classes: Vec<&str> = findings
        .requests
        .iter()
        .filter(|r| r.quote.link.message.0 == line.id)
        .flat_map(|r| r.classes.iter().map(|c| c.name()))
        .collect();
    for class in ["bug", "feature", "complaint", "price", "documents", "meeting", "status", "cancel"] {
        let gold = line.request.iter().any(|c| c == class);
        report.requests.entry(class.into()).or_default().count(gold, classes.contains(&class), line);
    }
    let objections: BTreeSet<&str> = findings
        .objections
        .iter()
        .filter(|o| o.quote.link.message.0 == line.id)
        .flat_map(|o| o.classes.iter().map(|c| c.name()))
        .collect();
    for class in ["price", "timing", "competitor", "authority", "need", "trust", "terms"] {
        report.objections.count(line.objection.iter().any(|c| c == class), objections.contains(class), line);
    }
}

#[test]
fn bars_are_held_on_invented_dialogues() {
    let tz = TimeZone::get("Europe/Moscow").unwrap();
    let mut report = Report::default();
    let mut gold_promises = 0;
    for lines in corpus() {
        let messages = messages(&lines, &tz);
        let now = messages.last().and_then(|m| m.sent_at).unwrap().plus(3600);
        let findings = find(&messages, now, &tz);
        for line in &lines {
            gold_promises += usize::from(line.promise.is_some());
            score_promise(&mut report, line, &findings);
            if line.side == "client" {
                score_client(&mut report, line, &findings);
            }
        }
    }
    let macro_f1 = report.requests.values().map(Score::f1).sum::<f64>() / report.requests.len() as f64;
    report.promises.print("promises");
    report.questions.print("questions");
    report.unanswered.print("unanswered");
    report.requests.iter().for_each(|(class, score)| score.print(class));
    report.objections.print("objections");
    let (due, owner) = (share(report.due.0, report.due.1), share(report.owner.0, report.owner.1));
    let false_rate = 100.0 * share(report.promises.false_alarms, report.manager_messages);
    println!(
        "due {due:.3} invented {} owner {owner:.3} requests macro-F1 {macro_f1:.3} false per 100 {false_rate:.2}, {gold_promises} promises",
        report.invented
    );
    assert!(report.promises.precision() >= 0.92 && report.promises.recall() >= 0.85 && false_rate <= 3.0);
    assert!(due >= 0.90 && owner >= 0.90 && share(report.invented, report.due.1) <= 0.05);
    assert!(report.questions.f1() >= 0.88);
    assert!(report.unanswered.recall() >= 0.70 && report.unanswered.precision() >= 0.60);
    assert!(macro_f1 >= 0.65 && report.objections.f1() >= 0.70);
}
