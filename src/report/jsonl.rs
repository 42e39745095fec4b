//! JSON lines: one event per line, the format that all others can be made from.
//!
//! Only ever grows: a field keeps its name and meaning within one `schema_version`. What is
//! written here is read again by `read`.

use std::collections::BTreeMap;
use std::io::{self, Write};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Options, Report};
use crate::model::{
    Background, Cause, Change, Counts, DocPath, Lang, Moved, Outcome, Shard, SnippetId,
    StderrPlace, Summary, Verdict, Way, Why,
};

/// The version of the events.
pub(super) const SCHEMA_VERSION: u32 = 1;

/// The format.
pub(super) const REPORT: Report =
    Report { name: "jsonl", about: "one event per line, for programs", write };

/// One line.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
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
        /// The interpreters that were found, the best first.
        #[serde(default)]
        interpreters: Vec<String>,
        /// The mechanisms of the sandbox and how far each works here.
        sandbox: BTreeMap<String, String>,
        /// Which part of a run this is; absent when it is all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shard: Option<Shard>,
    },
    /// One example after its run.
    Finished(Box<Finished>),
    /// An example that was recorded and is no longer there.
    Gone {
        /// The version of these events.
        schema_version: u32,
        /// The example.
        id: SnippetId,
        /// Its document.
        doc: DocPath,
    },
    /// An example that is recorded for another document, another place, or under another name.
    Moved {
        /// The version of these events.
        schema_version: u32,
        /// The example.
        id: SnippetId,
        /// Its document.
        doc: DocPath,
        /// The document that it is recorded for.
        from: DocPath,
        /// Its name there.
        from_id: SnippetId,
        /// What became of it.
        way: Way,
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

/// One example after its run.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Finished {
    /// The version of these events.
    pub(super) schema_version: u32,
    /// The example.
    pub(super) id: SnippetId,
    /// Its document.
    pub(super) doc: DocPath,
    /// First line of its region, one-based.
    pub(super) start: u32,
    /// Last line of its region, one-based.
    pub(super) end: u32,
    /// What it was run as.
    pub(super) class: Lang,
    /// The interpreter and its version; null when none was found.
    pub(super) interpreter: Option<String>,
    /// `pass`, `fail` or `unjudged`.
    pub(super) verdict: String,
    /// What is broken; null unless the verdict is `fail`.
    pub(super) cause: Option<Cause>,
    /// Why there is no judgement; null unless the verdict is `unjudged`.
    pub(super) reason: Option<Why>,
    /// The document line that the verdict is about, one-based, where known.
    pub(super) line: Option<u32>,
    /// The column there, one-based and in characters, where known.
    #[serde(default)]
    pub(super) column: Option<u32>,
    /// Beside what was recorded.
    pub(super) change: Change,
    /// Wall time in milliseconds.
    pub(super) duration_ms: u64,
    /// The mechanisms that were in force, and those that were not, with the reason.
    pub(super) enforced: BTreeMap<String, String>,
    /// The last lines of standard error, as they were printed.
    #[serde(default)]
    pub(super) stderr_tail: Vec<String>,
    /// Where these name lines of the files that were run, and which lines of documents these came
    /// from; absent where they name none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) stderr_places: Vec<StderrPlace>,
    /// How it ended when it was tried before, in that order; empty when it ran once.
    #[serde(default)]
    pub(super) earlier: Vec<Verdict>,
    /// The code, what its class rests on, what was run before it, earlier runs.
    #[serde(default)]
    pub(super) background: Background,
}

fn write(summary: &Summary, _: &Options, out: &mut dyn Write) -> io::Result<()> {
    let schema_version = SCHEMA_VERSION;
    let started = Line::Started {
        schema_version,
        tool: "stillruns".to_owned(),
        version: summary.machine.version.clone(),
        interpreters: summary.machine.interpreters.clone(),
        sandbox: summary.machine.sandbox.clone(),
        shard: summary.shard.clone(),
    };
    line(&started, out)?;
    for outcome in &summary.outcomes {
        line(&Line::Finished(Box::new(Finished::of(outcome))), out)?;
    }
    for (doc, id) in &summary.gone {
        line(&Line::Gone { schema_version, id: id.clone(), doc: doc.clone() }, out)?;
    }
    for moved in summary.moved.iter().cloned() {
        let Moved { doc, id, from, from_id, way } = moved;
        line(&Line::Moved { schema_version, id, doc, from, from_id, way }, out)?;
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

impl Finished {
    /// The event that tells `outcome`.
    pub(super) fn of(outcome: &Outcome) -> Self {
        let (cause, reason) = match &outcome.verdict {
            Verdict::Pass => (None, None),
            Verdict::Fail(cause) => (Some(cause.clone()), None),
            Verdict::Unjudged(why) => (None, Some(why.clone())),
        };
        let interpreter = outcome.run.interpreter.clone();
        Self {
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
            column: outcome.column,
            change: outcome.change.clone(),
            duration_ms: outcome.run.duration_ms,
            enforced: (*outcome.run.enforced).clone(),
            stderr_tail: outcome.run.stderr_tail.clone(),
            stderr_places: outcome.run.stderr_places.clone(),
            earlier: outcome.run.earlier.clone(),
            background: outcome.background.clone(),
        }
    }
}

fn line(event: &Line, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, event)?;
    out.write_all(b"\n")
}
