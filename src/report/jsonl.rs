//! JSON lines: one event per line, the format that others can be made from.
//!
//! Only ever grows: a field keeps its name and meaning within one `schema_version`.

use std::collections::BTreeMap;
use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;

use super::{Options, Report};
use crate::model::{Cause, Change, Counts, DocPath, Lang, Outcome, SnippetId, Summary, Verdict, Why};

/// The version of the events.
const SCHEMA_VERSION: u32 = 1;

/// The format.
pub(super) const REPORT: Report =
    Report { name: "jsonl", about: "one event per line, for programs", write };

/// One line.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "stillruns event")]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Line {
    /// The first line.
    Started {
        /// The version of these events.
        schema_version: u32,
        /// `stillruns`.
        tool: String,
        /// Its version.
        version: String,
        /// The mechanisms of the sandbox and how far each works here.
        sandbox: BTreeMap<String, String>,
    },
    /// One example after its run.
    Finished {
        /// The version of these events.
        schema_version: u32,
        /// The example.
        id: SnippetId,
        /// Its document.
        doc: DocPath,
        /// First line of its region, one-based.
        start: u32,
        /// Last line of its region, one-based.
        end: u32,
        /// What it was run as.
        class: Lang,
        /// The interpreter and its version; null when none was found.
        interpreter: Option<String>,
        /// `pass`, `fail` or `unjudged`.
        verdict: String,
        /// What is broken; null unless the verdict is `fail`.
        cause: Option<Cause>,
        /// Why there is no judgement; null unless the verdict is `unjudged`.
        reason: Option<Why>,
        /// The document line that the verdict is about, one-based, where known.
        line: Option<u32>,
        /// Beside what was recorded.
        change: Change,
        /// Wall time in milliseconds.
        duration_ms: u64,
        /// The mechanisms that were in force, and those that were not, with the reason.
        enforced: BTreeMap<String, String>,
    },
    /// An example that was recorded and is no longer there.
    Gone {
        /// The version of these events.
        schema_version: u32,
        /// The example.
        id: SnippetId,
        /// Its document.
        doc: DocPath,
    },
    /// One document, after its examples.
    Document {
        /// The version of these events.
        schema_version: u32,
        /// Its name.
        doc: DocPath,
        /// Its verdicts.
        counts: Counts,
    },
    /// The last line.
    Summary {
        /// The version of these events.
        schema_version: u32,
        /// Number of documents.
        documents: usize,
        /// All verdicts.
        counts: Counts,
        /// Number of examples that are broken and were not recorded as broken.
        newly_broken: usize,
        /// Number of recorded examples that are no longer there.
        gone: usize,
    },
}

fn write(summary: &Summary, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let schema_version = SCHEMA_VERSION;
    let started = Line::Started {
        schema_version,
        tool: "stillruns".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        sandbox: options.sandbox.clone(),
    };
    line(&started, out)?;
    for outcome in &summary.outcomes {
        line(&finished(outcome), out)?;
    }
    for (doc, id) in &summary.gone {
        line(&Line::Gone { schema_version, id: id.clone(), doc: doc.clone() }, out)?;
    }
    for (doc, counts) in &summary.documents {
        line(&Line::Document { schema_version, doc: doc.clone(), counts: *counts }, out)?;
    }
    let sum = Line::Summary {
        schema_version,
        documents: summary.documents.len(),
        counts: summary.totals(),
        newly_broken: summary.newly_broken(),
        gone: summary.gone.len(),
    };
    line(&sum, out)
}

fn finished(outcome: &Outcome) -> Line {
    let (cause, reason) = match &outcome.verdict {
        Verdict::Pass => (None, None),
        Verdict::Fail(cause) => (Some(cause.clone()), None),
        Verdict::Unjudged(why) => (None, Some(why.clone())),
    };
    let interpreter = outcome.run.interpreter.clone();
    Line::Finished {
        schema_version: SCHEMA_VERSION,
        id: outcome.id.clone(),
        doc: outcome.doc.clone(),
        start: outcome.start,
        end: outcome.end,
        class: outcome.class,
        interpreter: (!interpreter.is_empty()).then_some(interpreter),
        verdict: outcome.verdict.word().to_owned(),
        cause,
        reason,
        line: outcome.line,
        change: outcome.change.clone(),
        duration_ms: outcome.run.duration_ms,
        enforced: outcome.run.enforced.clone(),
    }
}

fn line(event: &Line, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, event)?;
    out.write_all(b"\n")
}
