//! Commands that GitHub's runner turns into annotations at the lines of the documents.
//!
//! Of one step it keeps ten of a kind, so what is newly broken comes first. What is recorded as
//! broken is a warning. The sum is a notice.

use std::io::{self, Write};

use super::tell;
use super::{Options, Report};
use crate::model::{Outcome, Summary};

/// The format.
pub(super) const REPORT: Report =
    Report { name: "github", about: "annotations of GitHub Actions", write };

fn write(summary: &Summary, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    for outcome in tell::problems(summary) {
        annotate(outcome, options, out)?;
    }
    let totals = summary.totals();
    let message = format!(
        "{} pass, {} fail, {} unjudged; {} newly broken",
        totals.pass,
        totals.fail,
        totals.unjudged,
        summary.newly_broken()
    );
    writeln!(out, "::notice title=stillruns::{message}")
}

fn annotate(outcome: &Outcome, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let (level, standing) = match outcome.newly_broken() {
        true => ("error", "newly broken"),
        false => ("warning", "known to be broken"),
    };
    let reason = tell::reason(&outcome.verdict).unwrap_or_default();
    let mut lines = vec![reason];
    lines.extend(tell::story(outcome));
    lines.push(format!("example {} ({})", outcome.id, outcome.class));
    let line = tell::line(outcome);
    writeln!(
        out,
        "::{level} file={},line={line},endLine={line},title={}::{}",
        property(&tell::short(&tell::path(&outcome.doc, &options.within))),
        property(&format!("{} example {standing}", outcome.class)),
        data(&lines.join("\n")),
    )
}

/// Escapes the text of a command as the runner's own toolkit does.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes the value of a property of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
