//! Events read again: the lines of `jsonl` back into the summary that they tell.
//!
//! What an event has beyond what is known here is passed over, as events only grow; an event or a
//! version that is not known is refused. Opens no file.

use std::fmt;

use super::jsonl::{Finished, Line, SCHEMA_VERSION};
use crate::model::{Counts, MachineDigest, Moved, Outcome, RunDigest, Summary, Verdict};

/// Why lines could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// The one-based line.
    pub line: usize,
    /// What is wrong with it.
    pub cause: String,
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.cause)
    }
}

/// The summary that the lines of one `jsonl` report tell.
///
/// # Errors
/// When a line is no event, the first is not `started`, or the last is not the `summary` of those
/// before it.
pub fn read(text: &str) -> Result<Summary, Unread> {
    let mut summary = Summary::default();
    let mut told = None;
    let mut last = 0;
    for (at, text) in text.lines().enumerate() {
        last = at + 1;
        let unread = |cause: String| Unread { line: at + 1, cause };
        check_version(text).map_err(unread)?;
        let line: Line =
            serde_json::from_str(text).map_err(|error| unread(format!("no event: {error}")))?;
        let first = matches!(line, Line::Started { .. });
        if first != (at == 0) || told.is_some() {
            let cause = "`started` comes first and `summary` last, once each";
            return Err(unread(cause.to_owned()));
        }
        match line {
            Line::Started { version, interpreters, sandbox, shard, .. } => {
                summary.shard = shard;
                summary.machine = MachineDigest { version, interpreters, sandbox };
            }
            Line::Finished(finished) => {
                summary.outcomes.push(outcome(*finished).map_err(unread)?);
            }
            Line::Gone { doc, id, .. } => summary.gone.push((doc, id)),
            Line::Moved { id, doc, from, from_id, way, .. } => {
                summary.moved.push(Moved { doc, id, from, from_id, way });
            }
            Line::Document { doc, counts, .. } => summary.documents.push((doc, counts)),
            Line::Summary { documents, counts, newly_broken, gone, .. } => {
                told = Some((documents, counts, newly_broken, gone));
            }
        }
    }
    let found =
        (summary.documents.len(), summary.totals(), summary.newly_broken(), summary.gone.len());
    match told {
        None => Err(Unread { line: last.max(1), cause: "it ends before its summary".to_owned() }),
        Some(told) if told != found || summary.totals().examples() != number(&summary) => {
            let cause = "the summary does not tell what stands before it".to_owned();
            Err(Unread { line: last, cause })
        }
        Some(_) => Ok(summary),
    }
}

fn number(summary: &Summary) -> u32 {
    let mut counts = Counts::default();
    summary.outcomes.iter().for_each(|outcome| counts.add(&outcome.verdict));
    counts.examples()
}

/// A newer version may mean other things by the same words.
fn check_version(text: &str) -> Result<(), String> {
    #[derive(serde::Deserialize)]
    struct Versioned {
        schema_version: u32,
    }
    match serde_json::from_str(text) {
        Ok(Versioned { schema_version: SCHEMA_VERSION }) => Ok(()),
        Ok(Versioned { schema_version }) => Err(format!(
            "its events have version {schema_version}, and this program reads {SCHEMA_VERSION}"
        )),
        Err(error) => Err(format!("no event: {error}")),
    }
}

fn outcome(event: Finished) -> Result<Outcome, String> {
    let verdict = match (event.verdict.as_str(), event.cause, event.reason) {
        ("pass", None, None) => Verdict::Pass,
        ("fail", Some(cause), None) => Verdict::Fail(cause),
        ("unjudged", None, Some(why)) => Verdict::Unjudged(why),
        (word, ..) => return Err(format!("`{word}` does not go with its cause and reason")),
    };
    Ok(Outcome {
        id: event.id,
        doc: event.doc,
        start: event.start,
        end: event.end,
        class: event.class,
        verdict,
        line: event.line,
        column: event.column,
        change: event.change,
        run: RunDigest {
            rewrites: Vec::new(),
            duration_ms: event.duration_ms,
            interpreter: event.interpreter.unwrap_or_default(),
            enforced: event.enforced.into(),
            stderr_tail: event.stderr_tail,
            stderr_places: event.stderr_places,
            earlier: event.earlier,
            output: None,
        },
        background: event.background,
    })
}
