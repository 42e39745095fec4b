//! A whole check in sum: everything that a report may want to tell.
//!
//! Whatever a report tells comes from here, and all of it can be written as events and read again.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{DocPath, Outcome, SnippetId, Verdict};

/// Everything that a report may want to tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// What it was run with.
    pub machine: MachineDigest,
    /// Which part of a run this is, when it is not all.
    pub shard: Option<Shard>,
    /// Every snippet, in document order.
    pub outcomes: Vec<Outcome>,
    /// Recorded snippets that are no longer there.
    pub gone: Vec<(DocPath, SnippetId)>,
    /// Snippets that are recorded for another document, another place, or under another name.
    pub moved: Vec<Moved>,
    /// Per document in order, also those without a snippet.
    pub documents: Vec<(DocPath, Counts)>,
}

/// One of several parts of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Shard {
    /// What tells runs apart: made of all examples of the run and of how it was parted.
    pub run: String,
    /// How examples were dealt out: `hash` or `count`.
    pub by: String,
    /// Which part this is, one-based.
    pub index: u32,
    /// How many parts there are.
    pub of: u32,
    /// How many examples the run has.
    pub total: u32,
    /// The places of this part's examples among them, zero-based and rising.
    pub places: Vec<u32>,
}

/// A snippet that is recorded elsewhere than where it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Moved {
    /// The document that it is in now.
    pub doc: DocPath,
    /// Its name there.
    pub id: SnippetId,
    /// The document that it is recorded for.
    pub from: DocPath,
    /// Its name there.
    pub from_id: SnippetId,
    /// What became of it.
    pub way: Way,
}

/// What became of a snippet since it was recorded.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// It is where it was, and reads as it did.
    Stayed,
    /// It is where it was and reads otherwise.
    Edited,
    /// It stands elsewhere, in its document or in another.
    Moved,
    /// It stands in another document, and that of its record is gone.
    Renamed,
}

/// What examples were run with, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MachineDigest {
    /// The version of this program.
    pub version: String,
    /// The interpreters that were found, `python 3.13.0`, the best first.
    pub interpreters: Vec<String>,
    /// The mechanisms of the sandbox and how far each works.
    pub sandbox: BTreeMap<String, String>,
}

impl Default for MachineDigest {
    fn default() -> Self {
        let version = env!("CARGO_PKG_VERSION").to_owned();
        Self { version, interpreters: Vec::new(), sandbox: BTreeMap::new() }
    }
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

impl Counts {
    /// Counts one more verdict.
    pub fn add(&mut self, verdict: &Verdict) {
        *match verdict {
            Verdict::Pass => &mut self.pass,
            Verdict::Fail(_) => &mut self.fail,
            Verdict::Unjudged(_) => &mut self.unjudged,
        } += 1;
    }

    /// Number of snippets.
    pub fn examples(self) -> u32 {
        self.pass.saturating_add(self.fail).saturating_add(self.unjudged)
    }
}

impl Summary {
    /// The counts of all documents together.
    pub fn totals(&self) -> Counts {
        self.documents.iter().fold(Counts::default(), |sum, (_, counts)| Counts {
            pass: sum.pass.saturating_add(counts.pass),
            fail: sum.fail.saturating_add(counts.fail),
            unjudged: sum.unjudged.saturating_add(counts.unjudged),
            skipped: sum.skipped.saturating_add(counts.skipped),
        })
    }

    /// Number of snippets that are broken and were not recorded as broken.
    pub fn newly_broken(&self) -> usize {
        self.outcomes.iter().filter(|outcome| outcome.newly_broken()).count()
    }
}
