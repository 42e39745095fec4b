//! One JSON object with everything, for programs that want the whole at once.
//!
//! The same facts as the events of `jsonl`, and of the same types.

use std::collections::BTreeMap;
use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;

use super::jsonl::{Finished, SCHEMA_VERSION};
use super::{Options, Report};
use crate::model::{Counts, DocPath, SnippetId, Summary, Tool};

/// The format.
pub(super) const REPORT: Report =
    Report { name: "json", about: "one object, for programs", write };

/// The object.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "stillruns report")]
pub struct Whole {
    /// The version of this form.
    schema_version: u32,
    /// What wrote it.
    tool: Tool,
    /// The interpreters that were found, the best first.
    interpreters: Vec<String>,
    /// The mechanisms of the sandbox and how far each works.
    sandbox: BTreeMap<String, String>,
    /// Every example after its run, in document order.
    outcomes: Vec<Finished>,
    /// Examples that were recorded and are no longer there.
    gone: Vec<Gone>,
    /// Every document in order, also those without an example.
    documents: Vec<Document>,
    /// All of it in numbers.
    summary: Sum,
}

/// An example that was recorded and is no longer there.
#[derive(Debug, Serialize, JsonSchema)]
struct Gone {
    /// The example.
    id: SnippetId,
    /// Its document.
    doc: DocPath,
}

/// One document.
#[derive(Debug, Serialize, JsonSchema)]
struct Document {
    /// Its name.
    doc: DocPath,
    /// Its verdicts.
    counts: Counts,
}

/// All of it in numbers.
#[derive(Debug, Serialize, JsonSchema)]
struct Sum {
    /// Number of documents.
    documents: usize,
    /// All verdicts.
    counts: Counts,
    /// Number of examples that are broken and were not recorded as broken.
    newly_broken: usize,
    /// Number of recorded examples that are no longer there.
    gone: usize,
}

fn write(summary: &Summary, _: &Options, out: &mut dyn Write) -> io::Result<()> {
    let name = "stillruns".to_owned();
    let gone = summary.gone.iter();
    let documents = summary.documents.iter();
    let whole = Whole {
        schema_version: SCHEMA_VERSION,
        tool: Tool { name, version: summary.machine.version.clone() },
        interpreters: summary.machine.interpreters.clone(),
        sandbox: summary.machine.sandbox.clone(),
        outcomes: summary.outcomes.iter().map(Finished::of).collect(),
        gone: gone.map(|(doc, id)| Gone { id: id.clone(), doc: doc.clone() }).collect(),
        documents: documents
            .map(|(doc, counts)| Document { doc: doc.clone(), counts: *counts })
            .collect(),
        summary: Sum {
            documents: summary.documents.len(),
            counts: summary.totals(),
            newly_broken: summary.newly_broken(),
            gone: summary.gone.len(),
        },
    };
    serde_json::to_writer_pretty(&mut *out, &whole)?;
    out.write_all(b"\n")
}
