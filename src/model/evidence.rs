//! What was seen in a region and what was concluded from it.

use std::fmt;

use super::{Lang, Versions};
use crate::text::Span;

/// One observation about a region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// What was seen.
    pub signal: Signal,
    /// The language it speaks for; `None` speaks for "not code".
    pub speaks_for: Option<Lang>,
    /// The versions of Python that have what was seen; all where it tells none apart.
    pub versions: Versions,
    /// How strongly it binds to those versions.
    pub strength: Strength,
    /// Where in the normalized code it was seen, if at one place; of a skip, where in the document.
    pub at: Option<Span>,
}

impl Evidence {
    /// An observation that tells no versions apart.
    pub fn new(signal: Signal, speaks_for: Option<Lang>, at: Option<Span>) -> Self {
        Self { signal, speaks_for, versions: Versions::ALL, strength: Strength::Weak, at }
    }

    /// An observation that binds Python code to `versions`.
    pub fn of(versions: Versions, strength: Strength, signal: Signal, at: Option<Span>) -> Self {
        let lang = if versions.meets(Versions::PY3) { Lang::Py3 } else { Lang::Py2 };
        Self { signal, speaks_for: Some(lang), versions, strength, at }
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.signal.fmt(f)?;
        if self.versions == Versions::ALL {
            return Ok(());
        }
        write!(f, " (Python {})", self.versions)
    }
}

/// How strongly something seen binds code to the versions that have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// A habit of those who write for these versions; the others run it as well, or may.
    Weak,
    /// A name that the other versions do not have.
    Strong,
    /// Syntax that the other versions refuse.
    Hard,
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
    /// The first line begins with the prompt of another program, whose session has this name.
    OtherPrompt(&'static str),
    /// The first line names an interpreter.
    Shebang(String),
    /// The Python grammar accepts the whole.
    PythonParses,
    /// The Python grammar stumbles.
    PythonError,
    /// A form with an effect that only Python writes this way: an import, a definition, a call.
    PythonForm(&'static str),
    /// Syntax that not every version reads alike.
    Syntax(&'static str),
    /// A module, builtin, attribute or method that not every version has.
    Name(String),
    /// A way of writing that is usual with some versions only.
    Habit(&'static str),
    /// What an interpreter printed, in the way of its version.
    Printed(&'static str),
    /// A line begins with a known command that has arguments of a command.
    Command(String),
    /// A line is a known command, but has no arguments that only commands have.
    BareCommand(String),
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
    /// The next snippet before or after it in the document is of this language.
    Neighbor,
    /// The heading above it says so.
    Heading(String),
    /// The document as a whole says so, by its front matter or its format.
    Document(String),
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
            Self::OtherPrompt(name) => write!(f, "prompt of {name}"),
            Self::Shebang(program) => write!(f, "first line names {program}"),
            Self::PythonParses => f.write_str("parses as Python"),
            Self::PythonError => f.write_str("does not parse as Python"),
            Self::PythonForm(form) => write!(f, "Python: {form}"),
            Self::Syntax(form) | Self::Habit(form) => f.write_str(form),
            Self::Name(name) => write!(f, "`{name}`"),
            Self::Printed(what) => write!(f, "printed: {what}"),
            Self::Command(name) | Self::BareCommand(name) => write!(f, "command `{name}`"),
            Self::ShellForm(form) => write!(f, "shell: {form}"),
            Self::ShellError => f.write_str("does not parse as shell"),
            Self::OtherLanguage(name) => write!(f, "looks like {name}"),
            Self::Prose => f.write_str("reads as prose"),
            Self::Neighbor => f.write_str("next to a snippet of the same language"),
            Self::Heading(heading) => write!(f, "below the heading `{heading}`"),
            Self::Document(what) => write!(f, "the document is {what}"),
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
    /// The versions of Python that run it, as far as can be told; none for a shell.
    pub versions: Versions,
    /// What its author wrote it for, where what was printed or declared tells.
    pub authored: Option<Lang>,
    /// How sure the decision is, in percent.
    pub confidence: u8,
    /// What it rests on.
    pub evidence: Vec<Evidence>,
}
