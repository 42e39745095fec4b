//! Why no run came about.
//!
//! Never about the program itself: whatever a program does is a [`Run`](crate::Run).

use std::fmt;
use std::io;

use crate::enforcement::Mechanism;

/// No run came about. The text says at which stage and why.
#[derive(Debug)]
pub struct Error(Box<Kind>);

#[derive(Debug)]
enum Kind {
    /// A mechanism does not work here and the caller requires all of them.
    Gap { mechanism: Mechanism, reason: String },
    /// The caller handed in something that cannot be run.
    Invalid { what: &'static str, value: String, cause: &'static str },
    /// Something failed on the host's side.
    Io { verb: &'static str, thing: String, source: io::Error },
    /// The launcher reported that it failed.
    Launch { stage: String, thing: String, cause: String },
    /// A named interpreter does not work.
    Interpreter { program: String, cause: String },
}

impl Error {
    /// Whether the sandbox is at fault: a required mechanism does not work here. Nothing was run.
    pub fn is_sandbox_gap(&self) -> bool {
        matches!(*self.0, Kind::Gap { .. })
    }

    /// Whether the interpreter is at fault.
    pub fn is_interpreter(&self) -> bool {
        matches!(*self.0, Kind::Interpreter { .. })
    }

    pub(crate) fn gap(mechanism: Mechanism, reason: impl Into<String>) -> Error {
        Error(Box::new(Kind::Gap { mechanism, reason: reason.into() }))
    }

    pub(crate) fn invalid(what: &'static str, value: &str, cause: &'static str) -> Error {
        Error(Box::new(Kind::Invalid { what, value: value.to_owned(), cause }))
    }

    pub(crate) fn io(verb: &'static str, thing: impl Into<String>, source: io::Error) -> Error {
        Error(Box::new(Kind::Io { verb, thing: thing.into(), source }))
    }

    pub(crate) fn launch(stage: String, thing: String, cause: String) -> Error {
        Error(Box::new(Kind::Launch { stage, thing, cause }))
    }

    pub(crate) fn interpreter(program: impl Into<String>, cause: impl Into<String>) -> Error {
        Error(Box::new(Kind::Interpreter { program: program.into(), cause: cause.into() }))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Kind::Gap { mechanism, reason } => {
                write!(out, "failed to enforce `{}`: {reason}", mechanism.name())
            }
            Kind::Invalid { what, value, cause } => {
                write!(out, "failed to accept {what} `{}`: {cause}", value.escape_debug())
            }
            Kind::Io { verb, thing, source } => write!(out, "failed to {verb} `{thing}`: {source}"),
            Kind::Launch { stage, thing, cause } => {
                write!(out, "failed to {stage} `{thing}`: {cause}")
            }
            Kind::Interpreter { program, cause } => {
                write!(out, "failed to use interpreter `{program}`: {cause}")
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &*self.0 {
            Kind::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}
