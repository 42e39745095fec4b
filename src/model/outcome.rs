//! What a check tells: verdicts beside what was recorded, as events and in sum.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{DocPath, Lang, SnippetId, Verdict};

/// A verdict beside the recorded one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// As recorded.
    Same,
    /// Nothing was recorded for it.
    New,
    /// It did not pass and passes now.
    Fixed,
    /// It was not broken and is now.
    Broken,
    /// It differs in another way.
    Changed,
    /// It was recorded and is no longer in the document.
    Gone,
}

impl Change {
    /// The word used in reports.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::New => "new",
            Self::Fixed => "fixed",
            Self::Broken => "broken",
            Self::Changed => "changed",
            Self::Gone => "gone",
        }
    }
}

/// The facts of a run that reports show; the run itself stays with the harness.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunDigest {
    /// Wall time, milliseconds.
    pub duration_ms: u64,
    /// The interpreter and its version, `python 3.13.0`; empty when none was found.
    pub interpreter: String,
    /// Mechanisms that were in force, and those that were not, with the reason.
    pub enforced: BTreeMap<String, String>,
    /// The last lines of standard error, control characters made visible.
    pub stderr_tail: Vec<String>,
}

/// One snippet after its run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The snippet.
    pub id: SnippetId,
    /// Its document.
    pub doc: DocPath,
    /// First line of the region, one-based.
    pub start: u32,
    /// Last line of the region, one-based.
    pub end: u32,
    /// What it was run as.
    pub class: Lang,
    /// The judgement.
    pub verdict: Verdict,
    /// The one-based document line that the verdict is about, where known.
    pub line: Option<u32>,
    /// Beside what was recorded.
    pub change: Change,
    /// The facts that reports show.
    pub run: RunDigest,
}

impl Outcome {
    /// Whether it is broken and was not recorded as broken.
    pub fn newly_broken(&self) -> bool {
        matches!(self.verdict, Verdict::Fail(_))
            && matches!(self.change, Change::New | Change::Broken)
    }
}

/// What happens while jobs run.
#[derive(Clone, Debug)]
pub enum Event {
    /// This many snippets will be run.
    Planned(usize),
    /// The run of one has ended.
    Finished(SnippetId),
}

/// Verdicts of one document, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Snippets that ran to their end.
    pub pass: u32,
    /// Broken snippets.
    pub fail: u32,
    /// Snippets that could not be judged.
    pub unjudged: u32,
    /// Regions that are not snippets.
    pub skipped: u32,
}

/// Everything that a report may want to tell.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Every snippet, in document order.
    pub outcomes: Vec<Outcome>,
    /// Recorded snippets that are no longer there.
    pub gone: Vec<(DocPath, SnippetId)>,
    /// Per document in order, also those without a snippet.
    pub documents: Vec<(DocPath, Counts)>,
    /// The text of each document, by name, for frames.
    pub sources: BTreeMap<DocPath, String>,
}

impl Summary {
    /// The counts of all documents together.
    pub fn totals(&self) -> Counts {
        self.documents.iter().fold(Counts::default(), |sum, (_, counts)| Counts {
            pass: sum.pass + counts.pass,
            fail: sum.fail + counts.fail,
            unjudged: sum.unjudged + counts.unjudged,
            skipped: sum.skipped + counts.skipped,
        })
    }

    /// Number of snippets that are broken and were not recorded as broken.
    pub fn newly_broken(&self) -> usize {
        self.outcomes.iter().filter(|outcome| outcome.newly_broken()).count()
    }
}
