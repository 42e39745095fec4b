//! JUnit's XML, for services that show test results: a suite per document, a case per example.
//!
//! What could not be judged is skipped, and so is what is recorded as broken: as in the exit
//! status, only what is newly broken is a failure. Names hold no line numbers, so that a service
//! recognizes an example again.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Duration;

use quick_junit::{NonSuccessKind, Report as Document, TestCase, TestCaseStatus, TestRerun, TestSuite};

use super::tell;
use super::{Options, Report};
use crate::model::{DocPath, Outcome, Summary, Verdict};
use crate::text::visible;

/// The format.
pub(super) const REPORT: Report =
    Report { name: "junit", about: "XML, for services that show test results", write };

fn write(summary: &Summary, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let mut examples: BTreeMap<&DocPath, Vec<&Outcome>> = BTreeMap::new();
    for outcome in &summary.outcomes {
        examples.entry(&outcome.doc).or_default().push(outcome);
    }
    let mut report = Document::new("stillruns");
    let mut total = Duration::ZERO;
    for (doc, _) in &summary.documents {
        let mut suite = TestSuite::new(text(doc.as_str()));
        suite.extra.insert("file".into(), text(&tell::path(doc, &options.within)).into());
        let mut time = Duration::ZERO;
        for outcome in examples.remove(doc).unwrap_or_default() {
            time = time.saturating_add(Duration::from_millis(outcome.run.duration_ms));
            suite.add_test_case(case(outcome, options));
        }
        suite.set_time(time);
        total = total.saturating_add(time);
        report.add_test_suite(suite);
    }
    report.set_time(total);
    report.serialize(out).map_err(io::Error::other)
}

fn case(outcome: &Outcome, options: &Options) -> TestCase {
    let name = format!("{} {}", outcome.class, outcome.id);
    let mut case = TestCase::new(name, status(outcome));
    case.set_classname(text(outcome.doc.as_str()));
    case.set_time(Duration::from_millis(outcome.run.duration_ms));
    let file = tell::path(&outcome.doc, &options.within);
    case.extra.insert("file".into(), text(&file).into());
    case.extra.insert("line".into(), tell::line(outcome).to_string().into());
    if !outcome.run.stderr_tail.is_empty() {
        let lines: Vec<String> = tell::stderr(outcome).iter().map(|line| text(line)).collect();
        case.set_system_err(lines.join("\n"));
    }
    case
}

fn status(outcome: &Outcome) -> TestCaseStatus {
    let reason = tell::reason(&outcome.verdict).map(|reason| text(&reason)).unwrap_or_default();
    let mut status = match &outcome.verdict {
        Verdict::Pass => TestCaseStatus::success(),
        Verdict::Fail(_) if outcome.newly_broken() => {
            TestCaseStatus::non_success(NonSuccessKind::Failure)
        }
        Verdict::Fail(_) | Verdict::Unjudged(_) => TestCaseStatus::skipped(),
    };
    if matches!(outcome.verdict, Verdict::Fail(_)) {
        let known = if outcome.newly_broken() { "" } else { "known to be broken: " };
        status.set_message(format!("{}: {known}{reason}", text(&tell::place(outcome))));
        let story: Vec<String> = tell::story(outcome).iter().map(|line| text(line)).collect();
        status.set_description(story.join("\n"));
    } else {
        status.set_message(reason);
    }
    status.set_type(tell::kind(&outcome.verdict));
    for earlier in outcome.run.earlier.iter().filter(|one| **one != Verdict::Pass) {
        let mut rerun = TestRerun::new(NonSuccessKind::Failure);
        rerun.set_type(tell::kind(earlier));
        rerun.set_message(tell::reason(earlier).map(|reason| text(&reason)).unwrap_or_default());
        status.add_rerun(rerun);
    }
    status
}

/// `text` in one line of characters that XML has: the library takes off the rest but these two.
fn text(text: &str) -> String {
    visible(text).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}
