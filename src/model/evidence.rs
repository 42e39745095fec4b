//! What was seen in a region and what was concluded from it.

use std::fmt;

use super::Lang;
use crate::text::Span;

/// One observation about a region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// What was seen.
    pub signal: Signal,
    /// The language it speaks for; `None` speaks for "not code".
    pub speaks_for: Option<Lang>,
    /// Where in the normalized code it was seen, if at one place.
    pub at: Option<Span>,
}

/// The kinds of observation. How much each weighs is decided in one place, by the classifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signal {
    /// The markup declares a language that we run, under this tag.
    Tag(String),
    /// The markup declares another language, or none, under this tag.
    ForeignTag(String),
    /// The region is an IPython cell.
    Cell,
    /// Lines begin with a prompt of this kind.
    Prompt(&'static str),
    /// The first line names an interpreter.
    Shebang(String),
    /// The Python grammar accepts the whole.
    PythonParses,
    /// The Python grammar stumbles.
    PythonError,
    /// A form with an effect that only Python writes this way: an import, a definition, a call.
    PythonForm(&'static str),
    /// Syntax that Python 3 refuses or gives another meaning.
    Py2Only(&'static str),
    /// Syntax that Python 2 refuses.
    Py3Only(&'static str),
    /// A module that only Python 2 has is imported.
    Py2Module(String),
    /// A module that only Python 3 has is imported.
    Py3Module(String),
    /// A line begins with a known command that has arguments of a command.
    Command(String),
    /// A construct that only shells have.
    ShellForm(&'static str),
    /// The Bash grammar stumbles.
    ShellError,
    /// It is another language or format.
    OtherLanguage(&'static str),
    /// It reads as prose.
    Prose,
    /// It is only a mention: a name, a literal or an expression without effect.
    NoEffect,
    /// Lines and indentation were put back; so many statements in a hundred look like statements.
    Restored(u32),
    /// Several statements stand on one line that were several lines once.
    Collapsed,
    /// A block header is followed by a line that is not deeper.
    IndentationLost,
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tag(tag) => write!(f, "tagged `{tag}`"),
            Self::ForeignTag(tag) => write!(f, "tagged `{tag}`, which is not run"),
            Self::Cell => f.write_str("IPython cell"),
            Self::Prompt(kind) => write!(f, "{kind} prompt"),
            Self::Shebang(program) => write!(f, "first line names {program}"),
            Self::PythonParses => f.write_str("parses as Python"),
            Self::PythonError => f.write_str("does not parse as Python"),
            Self::PythonForm(form) => write!(f, "Python: {form}"),
            Self::Py2Only(form) => write!(f, "Python 2 only: {form}"),
            Self::Py3Only(form) => write!(f, "Python 3 only: {form}"),
            Self::Py2Module(name) => write!(f, "imports `{name}`, which only Python 2 has"),
            Self::Py3Module(name) => write!(f, "imports `{name}`, which only Python 3 has"),
            Self::Command(name) => write!(f, "command `{name}`"),
            Self::ShellForm(form) => write!(f, "shell: {form}"),
            Self::ShellError => f.write_str("does not parse as shell"),
            Self::OtherLanguage(name) => write!(f, "looks like {name}"),
            Self::Prose => f.write_str("reads as prose"),
            Self::NoEffect => f.write_str("a mention without effect"),
            Self::Restored(confidence) => {
                write!(f, "lines or indentation restored, {confidence} % of statements likely")
            }
            Self::Collapsed => f.write_str("several statements run together on one line"),
            Self::IndentationLost => f.write_str("block without indentation"),
        }
    }
}

/// The decision over one region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Classification {
    /// What it is run as.
    pub lang: Lang,
    /// Every language that accepts it; holds `lang`.
    pub accepts: Vec<Lang>,
    /// How far the decision is ahead of the next best one, in the weights of the classifier.
    pub margin: u32,
    /// What it rests on.
    pub evidence: Vec<Evidence>,
}
