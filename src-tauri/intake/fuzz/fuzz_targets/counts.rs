//! What must hold for any bytes.

use letopis_intake::{Options, Problem, Sink, import_bytes};
use letopis_model::Change;
use std::ops::ControlFlow;

#[derive(Default)]
struct Counts {
    messages: u64,
    lost: u64,
    last: u64,
}

impl Sink for Counts {
    fn change(&mut self, change: Change) -> ControlFlow<()> {
        self.messages += u64::from(matches!(change, Change::Posted(_)));
        ControlFlow::Continue(())
    }

    fn problem(&mut self, problem: Problem) {
        self.lost += u64::from(problem.why.loses_a_message());
    }

    fn progress(&mut self, read: u64, total: u64) -> ControlFlow<()> {
        assert!(self.last <= read && read <= total);
        self.last = read;
        ControlFlow::Continue(())
    }
}

pub fn check(bytes: &[u8]) {
    let mut counts = Counts::default();
    if let Ok(report) = import_bytes(bytes, &Options::default(), &mut counts) {
        assert_eq!((report.messages, report.lost), (counts.messages, counts.lost));
    }
}
