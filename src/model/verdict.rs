//! The judgement over one run.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Contrast, SnippetId};

/// The judgement over one run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It ran to its end without complaint.
    Pass,
    /// The example is broken.
    Fail(Cause),
    /// No fair run was possible; says nothing about the example.
    Unjudged(Why),
}

impl Verdict {
    /// `pass`, `fail` or `unjudged`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail(_) => "fail",
            Self::Unjudged(_) => "unjudged",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pass => f.write_str("pass"),
            Self::Fail(cause) => write!(f, "fail: {cause}"),
            Self::Unjudged(why) => write!(f, "unjudged: {why}"),
        }
    }
}

/// What is wrong with a broken example.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", content = "detail", rename_all = "snake_case")]
pub enum Cause {
    /// The interpreter refuses to read it; its message.
    Syntax(String),
    /// It raised this exception.
    Exception {
        /// The type's name.
        name: String,
        /// The message.
        message: String,
    },
    /// It ended with this status.
    ExitStatus(i32),
    /// It was ended by this signal.
    Signal(i32),
    /// It ended before its last statement without saying that it failed.
    EndedEarly,
    /// It did not end in time.
    Timeout,
    /// It wanted more memory than it may have.
    Memory,
    /// It printed more than it may.
    TooMuchOutput,
    /// It passed, and this directive says that it fails.
    UnexpectedPass(String),
    /// It prints something else than the document shows.
    OutputDiffers(Contrast),
}

impl Cause {
    /// A stable word for the kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Syntax(_) => "syntax",
            Self::Exception { .. } => "exception",
            Self::ExitStatus(_) => "exit_status",
            Self::Signal(_) => "signal",
            Self::EndedEarly => "ended_early",
            Self::Timeout => "timeout",
            Self::Memory => "memory",
            Self::TooMuchOutput => "too_much_output",
            Self::UnexpectedPass(_) => "unexpected_pass",
            Self::OutputDiffers(_) => "output_differs",
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(message) => write!(f, "syntax: {message}"),
            Self::Exception { name, message } if message.is_empty() => f.write_str(name),
            Self::Exception { name, message } => write!(f, "{name}: {message}"),
            Self::ExitStatus(status) => write!(f, "exit status {status}"),
            Self::Signal(signal) => write!(f, "ended by signal {signal}"),
            Self::EndedEarly => f.write_str("ended before its last statement"),
            Self::Timeout => f.write_str("did not end in time"),
            Self::Memory => f.write_str("out of memory"),
            Self::TooMuchOutput => f.write_str("too much output"),
            Self::UnexpectedPass(spelling) => {
                write!(f, "passed, and `{spelling}` says that it fails")
            }
            Self::OutputDiffers(_) => f.write_str("output differs"),
        }
    }
}

/// Why no fair run was possible.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", content = "detail", rename_all = "snake_case")]
pub enum Why {
    /// A module that is not installed.
    NeedsModule(String),
    /// A command that is not installed.
    NeedsCommand(String),
    /// The network, which is off.
    NeedsNetwork,
    /// Somebody at the keyboard.
    NeedsInput,
    /// Something to be filled in by the reader.
    Placeholder(String),
    /// Names or files that the snippet does not make itself.
    NeedsContext(Vec<String>),
    /// An earlier example that does not run to its end.
    NeedsSnippet {
        /// The first line of its region, one-based.
        line: u32,
        /// The example.
        id: SnippetId,
        /// What is wrong with it.
        because: String,
    },
    /// An interpreter that is not installed.
    NoInterpreter(String),
    /// Something that the sandbox refuses.
    Denied(String),
    /// No run came about; what the sandbox said.
    SandboxUnavailable(String),
    /// An environment variable that it is not given.
    NeedsVariable(String),
    /// This directive says not to run it.
    SkippedByDirective(String),
}

impl Why {
    /// A stable word for the kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::NeedsModule(_) => "needs_module",
            Self::NeedsCommand(_) => "needs_command",
            Self::NeedsNetwork => "needs_network",
            Self::NeedsInput => "needs_input",
            Self::Placeholder(_) => "placeholder",
            Self::NeedsContext(_) => "needs_context",
            Self::NeedsSnippet { .. } => "needs_snippet",
            Self::NoInterpreter(_) => "no_interpreter",
            Self::Denied(_) => "denied",
            Self::SandboxUnavailable(_) => "sandbox_unavailable",
            Self::NeedsVariable(_) => "needs_variable",
            Self::SkippedByDirective(_) => "skipped_by_directive",
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NeedsModule(name) => write!(f, "needs module `{name}`"),
            Self::NeedsCommand(name) => write!(f, "needs command `{name}`"),
            Self::NeedsNetwork => f.write_str("needs the network"),
            Self::NeedsInput => f.write_str("needs input"),
            Self::Placeholder(text) => write!(f, "placeholder `{text}`"),
            Self::NeedsContext(names) => write!(f, "needs context: {}", names.join(", ")),
            Self::NeedsSnippet { line, because, .. } => write!(f, "needs line {line}: {because}"),
            Self::NoInterpreter(name) => write!(f, "no interpreter: needs {name}"),
            Self::Denied(what) => write!(f, "the sandbox refuses it: {what}"),
            Self::SandboxUnavailable(what) => write!(f, "sandbox unavailable: {what}"),
            Self::NeedsVariable(name) => write!(f, "needs the environment variable `{name}`"),
            Self::SkippedByDirective(spelling) => write!(f, "skipped by directive `{spelling}`"),
        }
    }
}
