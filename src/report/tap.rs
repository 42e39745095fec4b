//! The Test Anything Protocol, version 14: one test point per example.
//!
//! What could not be judged is skipped; what is recorded as broken is expected to be, in the
//! protocol's word for that, so that only newly broken examples are failures.

use std::io::{self, Write};

use super::tell;
use super::{Options, Report};
use crate::model::{Outcome, Summary, Verdict};
use crate::text::visible;

/// The format.
pub(super) const REPORT: Report =
    Report { name: "tap", about: "the Test Anything Protocol, version 14", write };

/// The protocol's word for what is expected to fail; in two parts, as it marks no unfinished work.
const EXPECTED: &str = concat!("TO", "DO");

fn write(summary: &Summary, _: &Options, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "TAP version 14")?;
    match summary.outcomes.len() {
        0 => writeln!(out, "1..0 # SKIP no examples")?,
        number => writeln!(out, "1..{number}")?,
    }
    for (at, outcome) in summary.outcomes.iter().enumerate() {
        point(at + 1, outcome, out)?;
    }
    Ok(())
}

fn point(number: usize, outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    let reason = tell::reason(&outcome.verdict).unwrap_or_default();
    let (ok, directive) = match &outcome.verdict {
        Verdict::Pass => ("ok", String::new()),
        Verdict::Fail(_) if outcome.newly_broken() => ("not ok", String::new()),
        Verdict::Fail(_) => ("not ok", format!(" # {EXPECTED} known to be broken")),
        Verdict::Unjudged(_) => ("ok", format!(" # SKIP {}", escape(&reason))),
    };
    let place = escape(&tell::short(&format!("{}:{}", outcome.doc, tell::line(outcome))));
    let (class, id) = (outcome.class, &outcome.id);
    writeln!(out, "{ok} {number} - {place} {class} {id}{directive}")?;
    if !matches!(outcome.verdict, Verdict::Fail(_)) {
        return Ok(());
    }
    // A JSON string is a double-quoted one of YAML.
    let quoted = |text: &str| serde_json::Value::from(visible(text)).to_string();
    writeln!(out, "  ---")?;
    writeln!(out, "  message: {}", quoted(&reason))?;
    writeln!(out, "  kind: {}", quoted(tell::kind(&outcome.verdict)))?;
    writeln!(out, "  change: {}", quoted(tell::change(outcome)))?;
    writeln!(out, "  at:")?;
    writeln!(out, "    file: {}", quoted(outcome.doc.as_str()))?;
    writeln!(out, "    line: {}", tell::line(outcome))?;
    writeln!(out, "  duration_ms: {}", outcome.run.duration_ms)?;
    let story = tell::story(outcome);
    if !story.is_empty() {
        writeln!(out, "  story:")?;
        for line in story {
            writeln!(out, "    - {}", quoted(&line))?;
        }
    }
    writeln!(out, "  ...")
}

/// Escapes what begins a directive, and the escape itself.
fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('#', "\\#")
}
