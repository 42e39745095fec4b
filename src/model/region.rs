//! What looks like code, and why.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Directive, Expected};
use crate::text::{Mapped, Span};

/// A part of a document that may be code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    /// The whole region in the document, prompts and outputs included.
    pub at: Span,
    /// What makes it look like code.
    pub cue: Cue,
    /// The language that the markup declares, as written.
    pub tag: Option<String>,
    /// The content, container prefixes off; prompts and outputs still in it.
    pub code: Mapped,
    /// How sure the lines and indentation are that were put back, in percent; `None` where they
    /// stand as they were found.
    pub restored: Option<u32>,
    /// What the document says that it prints, where that stands apart from it.
    pub printed: Option<Expected>,
    /// What the document says about how it is to be run: first what holds for all of it, last what
    /// stands nearest.
    pub directives: Vec<Directive>,
    /// The first and last of the numbers that the kernel gave what is typed in it, where the
    /// document tells them: `In [3]:`, or what a notebook says of a cell.
    pub numbers: Option<(u32, u32)>,
}

/// What makes a region look like code.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Cue {
    /// A fence.
    Fenced,
    /// Indentation that the markup takes for code.
    Indented,
    /// A code span inside a line.
    Inline,
    /// An IPython cell, `In [n]:`.
    Ipython,
    /// A `>>>` session outside any block.
    Doctest,
    /// A `$` session outside any block.
    Prompt,
    /// Nothing but the shape of the lines.
    Unfenced,
    /// The printed result under a cell: a region so that nothing vanishes, never code.
    Output,
}

impl Cue {
    /// The word used in listings and manifests.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fenced => "fenced",
            Self::Indented => "indented",
            Self::Inline => "inline",
            Self::Ipython => "ipython",
            Self::Doctest => "doctest",
            Self::Prompt => "prompt",
            Self::Unfenced => "unfenced",
            Self::Output => "output",
        }
    }

    /// Whether the author set the region apart; if so, code that does not parse is a broken
    /// example rather than no example.
    pub fn is_marked(self) -> bool {
        !matches!(self, Self::Unfenced | Self::Inline | Self::Output)
    }
}

impl fmt::Display for Cue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
