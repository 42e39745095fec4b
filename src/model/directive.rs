//! What a document says about how its examples are to be run.
//!
//! A closed set, whatever tool an author wrote the words for. How they are spelled is for `scan`,
//! what follows from them for `plan` and `judge`.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::text::{LineIndex, Span};

/// One instruction, and what gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// What is to be done.
    pub what: Instruction,
    /// What it is about.
    pub scope: Scope,
    /// Whose spelling it is, such as `stillruns` or `sybil`.
    pub tool: &'static str,
    /// As it is written in the document.
    pub spelling: String,
    /// Where in the document.
    pub at: Span,
}

impl Directive {
    /// As it is written to disk; `lines` is the index of the document.
    pub fn entry(&self, lines: &LineIndex) -> DirectiveEntry {
        DirectiveEntry {
            what: self.what.clone(),
            scope: self.scope,
            tool: self.tool.to_owned(),
            spelling: self.spelling.clone(),
            line: lines.line(self.at.start()),
        }
    }
}

/// What is to be done with an example.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", content = "detail", rename_all = "snake_case")]
pub enum Instruction {
    /// Do not run it; why, where that is said.
    Skip(Option<String>),
    /// Do not run it when this expression of Python holds.
    SkipIf(String),
    /// It fails, and is meant to.
    ExpectFail {
        /// The exception that it raises, where that is said.
        raises: Option<String>,
        /// The status that it ends with, where that is said.
        status: Option<i32>,
    },
    /// Run it, and compare nothing that it prints.
    NoCompare,
    /// It needs the network.
    NeedsNetwork,
    /// It needs this module.
    NeedsModule(String),
    /// It goes on from the example of this name, or else from the one before it.
    Continue(Option<String>),
    /// It shares its state with the others of this group.
    Group(String),
    /// It knows nothing of what came before, nor does what follows.
    NewSession,
    /// The page does not show it: it prepares for others or cleans up behind them.
    Hidden(Part),
    /// What it is called.
    Name(String),
    /// How long it may take, in milliseconds.
    Timeout(u64),
    /// How many times more it is run when it fails.
    Retries(u32),
    /// It is given this environment variable of the host, where the configuration allows it.
    Env(String),
    /// How its output is compared.
    Match(MatchOption),
    /// The line, and what belongs to it, is left out.
    Omit,
    /// The author means it to be run.
    Run,
}

/// What a hidden example is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// For those behind it.
    Setup,
    /// For what those before it leave.
    Cleanup,
}

/// How output is compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", content = "detail", rename_all = "snake_case")]
pub enum MatchOption {
    /// `...` stands for anything.
    Ellipsis,
    /// All white space is alike.
    NormalizeWhitespace,
    /// Of an exception only its type counts.
    IgnoreExceptionDetail,
    /// Numbers are compared as numbers.
    Numbers,
    /// Warnings do not count.
    IgnoreWarnings,
    /// Warnings are part of the output.
    ShowWarnings,
    /// White space at the ends of lines counts.
    KeepTrailingWhitespace,
    /// An empty line is written as such, not as `<BLANKLINE>`.
    PlainBlankLines,
    /// `1` and `True` differ.
    TrueIsNotOne,
    /// These characters do not count.
    Remove(String),
}

/// What an instruction is about.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// All of the document, or all between two marks.
    Document,
    /// One example.
    Block,
    /// The statement at its line.
    Statement,
}

impl Instruction {
    /// A stable word for the kind.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Skip(_) => "skip",
            Self::SkipIf(_) => "skip-if",
            Self::ExpectFail { .. } => "expect-fail",
            Self::NoCompare => "non-deterministic",
            Self::NeedsNetwork => "needs=network",
            Self::NeedsModule(_) => "needs-module",
            Self::Continue(_) => "continue",
            Self::Group(_) => "group",
            Self::NewSession => "new-session",
            Self::Hidden(Part::Setup) => "hidden setup",
            Self::Hidden(Part::Cleanup) => "hidden cleanup",
            Self::Name(_) => "name",
            Self::Timeout(_) => "timeout",
            Self::Retries(_) => "retries",
            Self::Env(_) => "env",
            Self::Match(_) => "match",
            Self::Omit => "omit",
            Self::Run => "run",
        }
    }
}

impl fmt::Display for Instruction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())?;
        match self {
            Self::Skip(Some(text)) | Self::SkipIf(text) => write!(f, " ({text})"),
            Self::ExpectFail { raises: Some(name), .. } => write!(f, " ({name})"),
            Self::ExpectFail { status: Some(status), .. } => write!(f, " (status {status})"),
            Self::NeedsModule(name)
            | Self::Continue(Some(name))
            | Self::Group(name)
            | Self::Name(name)
            | Self::Env(name) => write!(f, "={name}"),
            Self::Timeout(millis) => write!(f, "={millis}ms"),
            Self::Retries(count) => write!(f, "={count}"),
            Self::Match(option) => write!(f, " ({option:?})"),
            _ => Ok(()),
        }
    }
}

/// Something that is wrong with what a document says to us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// Where in the document.
    pub at: Span,
    /// A sentence without a full stop.
    pub message: String,
}

/// A [`Directive`] on disk and in listings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DirectiveEntry {
    /// What is to be done.
    pub what: Instruction,
    /// What it is about.
    pub scope: Scope,
    /// Whose spelling it is, such as `stillruns` or `sybil`.
    pub tool: String,
    /// As it is written in the document.
    pub spelling: String,
    /// The one-based document line.
    pub line: u32,
}
