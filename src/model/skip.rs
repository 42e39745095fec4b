//! Regions that are not snippets.

use std::fmt;

use super::{Cue, Evidence};
use crate::text::Span;

/// A region that is not a snippet, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skip {
    /// Where in the document.
    pub at: Span,
    /// What made it look like code.
    pub cue: Cue,
    /// Why it is none.
    pub reason: SkipReason,
    /// What the decision rests on.
    pub evidence: Vec<Evidence>,
}

/// Why a region is not a snippet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SkipReason {
    /// Nothing is left when prompts and outputs are off.
    Empty,
    /// It is printed output.
    Output,
    /// The markup declares a language that is not run.
    DeclaredOther(String),
    /// It is another language or format by its looks.
    OtherLanguage(&'static str),
    /// It is prose.
    Prose,
    /// It names something but does nothing.
    NoEffect,
    /// It was several lines once and stands on one.
    Collapsed,
    /// Its blocks have lost their indentation.
    IndentationLost,
    /// Nothing speaks clearly for Python or shell.
    Unclear,
    /// It is larger than anything that is looked at.
    TooLarge,
}

impl SkipReason {
    /// A stable word for the kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Output => "output",
            Self::DeclaredOther(_) => "declared_other",
            Self::OtherLanguage(_) => "other_language",
            Self::Prose => "prose",
            Self::NoEffect => "no_effect",
            Self::Collapsed => "collapsed",
            Self::IndentationLost => "indentation_lost",
            Self::Unclear => "unclear",
            Self::TooLarge => "too_large",
        }
    }
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("nothing in it to run"),
            Self::Output => f.write_str("printed output"),
            Self::DeclaredOther(tag) => write!(f, "declared as `{tag}`"),
            Self::OtherLanguage(name) => write!(f, "looks like {name}"),
            Self::Prose => f.write_str("reads as prose"),
            Self::NoEffect => f.write_str("a mention without effect"),
            Self::Collapsed => f.write_str("several statements run together on one line"),
            Self::IndentationLost => f.write_str("its blocks have lost their indentation"),
            Self::Unclear => f.write_str("nothing speaks clearly for Python or shell"),
            Self::TooLarge => f.write_str("larger than 64 KiB"),
        }
    }
}
