//! A run beside its snippet: the verdict, the line of the document, and the facts that reports show.
//!
//! Judges nothing itself.

use stillruns_harness::{Job, Level, Mechanism, Run};

use crate::judge::judge;
use crate::model::{Background, Change, Document, Outcome, RunDigest, Verdict, Why};
use crate::snapshot::{self, Recorded};
use crate::store::Stored;

/// One snippet after its run, or why it had none; `job` is what was to be run.
pub(super) fn outcome(
    stored: &Stored,
    job: Option<&Job>,
    run: Result<&Run, Why>,
    recorded: Option<&Recorded>,
) -> Outcome {
    let entry = &stored.entry;
    let (verdict, line) = match &run {
        Ok(run) => judge(entry.class, &stored.code, run),
        Err(why) => (Verdict::Unjudged(why.clone()), None),
    };
    let change =
        recorded.map_or(Change::New, |recorded| snapshot::compare(recorded, &entry.id, &verdict));
    // One-based line of the file to the line of the document that it came from.
    let line = line.and_then(|line| entry.lines.get((line as usize).checked_sub(1)?).copied());
    let mut digest = run.map_or_else(|_| RunDigest::default(), digest);
    if let Some(job) = job {
        digest.interpreter = format!("{} {}", job.interpreter.id, job.interpreter.version);
    }
    Outcome {
        id: entry.id.clone(),
        doc: entry.source.document.clone(),
        start: entry.start,
        end: entry.end,
        class: entry.class,
        verdict,
        line,
        change,
        run: digest,
        background: Background {
            origin: Some(entry.origin),
            evidence: entry.evidence.clone(),
            edits: entry.edits.clone(),
            ..Background::default()
        },
    }
}

/// The most characters that reports get of one line, and bytes of one example: many examples may
/// stand on one long line.
const LONGEST_LINE: usize = 1000;
const LONGEST_EXAMPLE: usize = 1 << 16;

/// Fills in the lines of `document` that every one of its `outcomes` is about.
pub fn quote<'o>(document: &Document, outcomes: impl IntoIterator<Item = &'o mut Outcome>) {
    for outcome in outcomes {
        let mut source = String::new();
        for number in outcome.start..=outcome.end.min(document.lines.count()) {
            let line = document.line(number);
            let kept = line.char_indices().nth(LONGEST_LINE).map_or(line.len(), |(at, _)| at);
            if source.len() + kept > LONGEST_EXAMPLE {
                break;
            }
            source.push_str(&line[..kept]);
            source.push_str(if kept < line.len() { "…\n" } else { "\n" });
        }
        outcome.background.source = source;
    }
}

/// How many of the last lines of standard error reports get.
const LAST_LINES: usize = 12;

fn digest(run: &Run) -> RunDigest {
    let stderr = run.stderr.text();
    let lines: Vec<&str> = stderr.lines().collect();
    let tail = &lines[lines.len().saturating_sub(LAST_LINES)..];
    let level = |mechanism: Mechanism| match run.enforcement.level(mechanism) {
        Level::Full => "full".to_owned(),
        Level::Partial(why) => format!("partial: {why}"),
        Level::Absent(why) => format!("absent: {why}"),
    };
    RunDigest {
        duration_ms: run.usage.wall_ms,
        interpreter: String::new(),
        enforced: Mechanism::ALL.iter().map(|one| (one.name().to_owned(), level(*one))).collect(),
        stderr_tail: tail.iter().map(|line| (*line).to_owned()).collect(),
        earlier: Vec::new(),
    }
}
