//! What reports show beside a verdict: the code, what it rests on, what was run before it, and
//! what was seen in earlier runs.
//!
//! Whichever stage knows a thing fills it in; what nobody knows stays empty. Judges nothing.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Correction, Cue, LaterEntry, Noted, SnippetId};

/// What reports show beside a verdict.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Background {
    /// The lines of the document from the first to the last of the region, as far as they were
    /// kept: a long line is cut, and ends in an ellipsis then.
    pub source: String,
    /// What made it look like code.
    pub origin: Option<Cue>,
    /// What the class rests on.
    pub evidence: Vec<Noted>,
    /// What normalizing changed.
    pub edits: Vec<Noted>,
    /// What was run before it in the same state, in that order; of many the nearest.
    pub loaded: Vec<Loaded>,
    /// The one-based document lines that the traceback passes, the outermost first: of the example
    /// itself, and of those that ran before it.
    pub trace: Vec<u32>,
    /// Names that it needs and that only a later example defines.
    pub later: Vec<LaterEntry>,
    /// Where its output is not what the document shows.
    pub differences: Vec<Difference>,
    /// What the author may have meant.
    pub suggestion: Option<Suggestion>,
    /// What earlier runs showed.
    pub history: Option<History>,
}

/// An example that was run before another in the same state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Loaded {
    /// The example.
    pub id: SnippetId,
    /// First line of its region in the document, one-based.
    pub start: u32,
    /// What it brings: names, variables, files.
    pub brings: Vec<String>,
}

/// Output that is not what the document shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Difference {
    /// The one-based document line where the shown output begins.
    pub line: u32,
    /// What the document shows.
    pub expected: String,
    /// What was printed.
    pub actual: String,
}

/// What the author may have meant; never applied by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Suggestion {
    /// What to do, as a sentence or a question.
    pub message: String,
    /// The one-based document line that it would change, where it is one line.
    pub line: Option<u32>,
    /// That whole line of the document as it would read then, without its newline.
    pub replacement: Option<String>,
    /// The edits that make it so, all to be made at once; empty where it speaks of none, or where
    /// one of them has no place in the document.
    #[serde(default)]
    pub edits: Vec<Correction>,
}

impl Suggestion {
    /// A suggestion of which it is not known yet how the document would read.
    pub fn new(message: impl Into<String>, edits: Vec<Correction>) -> Self {
        Self { message: message.into(), line: None, replacement: None, edits }
    }
}

/// What earlier runs showed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct History {
    /// Since when it is as it is now, in words for people: a day or a commit.
    pub since: Option<String>,
    /// How often it ended differently without a change of anything.
    pub flaked: u32,
    /// The last runs, the oldest first.
    pub runs: Vec<Past>,
}

/// One earlier run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Past {
    /// `pass`, `fail` or `unjudged`.
    pub verdict: String,
    /// Wall time, milliseconds.
    pub duration_ms: u64,
}
