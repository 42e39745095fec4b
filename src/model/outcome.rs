//! What a check tells of one snippet: its verdict beside what was recorded, and facts of its run.
//!
//! All of a check together is a `Summary`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Background, DocPath, Lang, SnippetId, Verdict};

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
    /// It ended differently when it was tried again, so nobody can say.
    Flaky,
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
            Self::Flaky => "flaky",
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
    /// The last lines of standard error, as they were printed.
    pub stderr_tail: Vec<String>,
    /// How it ended when it was tried before, in that order; empty when it ran once.
    pub earlier: Vec<Verdict>,
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
    /// The one-based column there, in characters, where known.
    pub column: Option<u32>,
    /// Beside what was recorded.
    pub change: Change,
    /// The facts that reports show.
    pub run: RunDigest,
    /// What reports show beside the verdict.
    pub background: Background,
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
