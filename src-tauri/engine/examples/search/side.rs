//! One side of the comparison, in a process of its own, so that nobody pays for what another left in memory: FTS5 leaves a
//! million crumbs when it sorts, and an allocator looks through them for whoever comes next. Questions go in by number, the
//! processor's time and the hits come back; one side works at a time.

use crate::build::{ARCHIVE, corpus, link};
use crate::classes::{Ask, CLASSES, asks};
use crate::rival::Rival;
use crate::{answer, key, me, show, timed};
use letopis_archive::{Archive, Reader};
use letopis_search::{SearchIndex, parse};
use letopis_testkit::Corpus;
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

/// The process of a side, waiting for questions.
pub struct Side {
    child: Child,
    answers: BufReader<ChildStdout>,
}

impl Side {
    /// `how` is `sealed`, `plain` or `fts`.
    pub fn start(how: &str, folder: &Path, messages: u64) -> Side {
        let mut command = Command::new(me());
        command.args(["--side", how]).arg(folder).arg(messages.to_string());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let answers = BufReader::new(child.stdout.take().unwrap());
        Side { child, answers }
    }

    /// Processor time, and how many hits the page has.
    pub fn ask(&mut self, class: usize, number: usize, shown: bool) -> (Duration, usize) {
        writeln!(self.child.stdin.as_mut().unwrap(), "{class} {number} {}", usize::from(shown)).unwrap();
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        let [nanoseconds, hits] = numbers(&line);
        (Duration::from_nanos(nanoseconds as u64), hits)
    }
}

impl Drop for Side {
    fn drop(&mut self) {
        // Waiting closes its input first, and that ends it.
        self.child.wait().unwrap();
    }
}

fn numbers<const N: usize>(line: &str) -> [usize; N] {
    let numbers: Vec<usize> = line.split_whitespace().map(|n| n.parse().unwrap()).collect();
    numbers.try_into().unwrap()
}

/// Answers until nobody asks any more.
pub fn serve(how: &str, folder: &Path, messages: u64) {
    let corpus = corpus(messages);
    let reader = Archive::at(folder, key()).reader().unwrap();
    let engine = Engine::open(how, folder);
    let mut known: HashMap<usize, Vec<Ask>> = HashMap::new();
    for line in std::io::stdin().lines() {
        let [class, number, shown] = numbers(&line.unwrap());
        let ask = &known.entry(class).or_insert_with(|| asks(CLASSES[class], &corpus, messages))[number];
        let (spent, hits) = timed(|| engine.page(ask, &corpus, &reader, shown == 1));
        println!("{} {hits}", spent.as_nanos());
    }
}

enum Engine {
    Ours(Box<SearchIndex>),
    Fts(Box<Rival>),
}

impl Engine {
    fn open(how: &str, folder: &Path) -> Engine {
        match how {
            "sealed" => Engine::Ours(Box::new(SearchIndex::open(&folder.join("sealed"), &key(), ARCHIVE).unwrap())),
            "plain" => Engine::Ours(Box::new(SearchIndex::open_plain(&folder.join("plain"), ARCHIVE).unwrap())),
            _ => Engine::Fts(Box::new(Rival::open(folder))),
        }
    }

    fn page(&self, ask: &Ask, corpus: &Corpus, reader: &Reader, shown: bool) -> usize {
        match (self, &ask.rival) {
            (Engine::Ours(index), _) => answer(index, reader, ask, shown),
            (Engine::Fts(_), None) => 0,
            (Engine::Fts(rival), Some(question)) => {
                let found = rival.ask(question);
                if shown {
                    show(reader, &parse(&ask.query).unwrap().clauses, found.iter().map(|n| link(corpus, *n)));
                }
                found.len()
            }
        }
    }
}
