//! What a check tells of one snippet: its verdict beside what was recorded, and facts of its run.
//!
//! All of a check together is a `Summary`.

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Background, DocPath, Lang, Rewrite, SnippetId, Verdict};

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
    /// As recorded, for another document or under another name of this one.
    Moved,
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
            Self::Moved => "moved",
        }
    }
}

/// A line of a file that was run, named in standard error, and where it stands in its document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StderrPlace {
    /// Which of the last lines of standard error names it, counted from zero.
    pub at: usize,
    /// What is written there.
    pub written: String,
    /// The same with the path and the line of the document.
    pub meant: String,
}

/// The facts of a run that reports show; the run itself stays with the harness.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunDigest {
    /// Wall time, milliseconds.
    pub duration_ms: u64,
    /// The interpreter and its version, `python 3.13.0`; empty when none was found.
    pub interpreter: String,
    /// Mechanisms that were in force, and those that were not, with the reason.
    pub enforced: Arc<BTreeMap<String, String>>,
    /// The last lines of standard error, as they were printed.
    pub stderr_tail: Vec<String>,
    /// Where these name lines of the files that were run, and the lines of documents that these
    /// came from.
    pub stderr_places: Vec<StderrPlace>,
    /// How it ended when it was tried before, in that order; empty when it ran once.
    pub earlier: Vec<Verdict>,
    /// What it printed, where that is recorded.
    pub output: Option<String>,
    /// What it prints otherwise than its document shows.
    pub rewrites: Vec<Rewrite>,
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

/// Where a snippet is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The snippet.
    pub id: SnippetId,
    /// Its document.
    pub doc: DocPath,
    /// First line of the region, one-based.
    pub start: u32,
}

/// What happens while jobs run.
#[derive(Clone, Debug)]
pub enum Event {
    /// How many snippets there are to run, and how many need not be.
    Planned {
        /// These will be run.
        to_run: usize,
        /// Of these the verdict is known without a run.
        known: usize,
    },
    /// A snippet is run now.
    Began(Place),
    /// One will not be run again; its verdict.
    Finished(SnippetId, Verdict),
    /// Nothing else happened for a moment.
    Waiting,
}
