//! The crate's one error type: what failed, at which path, and why.
//!
//! Does not decide how a program ends: the command line asks [`Error::is_usage`] and
//! [`Error::is_sandbox_gap`] and chooses. Nothing about an example is ever an error.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why something could not be done, as one plain sentence; a hint or a frame stands below it.
#[derive(Debug)]
pub struct Error(Box<Kind>);

#[derive(Debug)]
enum Kind {
    /// The system refused.
    Io { verb: &'static str, path: PathBuf, source: io::Error },
    /// A file does not hold what it should.
    Invalid { verb: &'static str, path: PathBuf, cause: String },
    /// What the user typed or configured cannot be used.
    Usage { message: String },
    /// The sandbox that was asked for is not available.
    SandboxGap { message: String },
    /// No run came about for another reason.
    Harness { message: String },
}

impl Error {
    /// The system refused to `verb` the file at `path`.
    pub(crate) fn io(verb: &'static str, path: &Path, source: io::Error) -> Self {
        Self(Box::new(Kind::Io { verb, path: path.to_owned(), source }))
    }

    /// The file at `path` does not hold what it should.
    pub(crate) fn invalid(verb: &'static str, path: &Path, cause: impl fmt::Display) -> Self {
        let cause = cause.to_string();
        Self(Box::new(Kind::Invalid { verb, path: path.to_owned(), cause }))
    }

    /// What the user typed or configured cannot be used; a whole sentence.
    pub(crate) fn usage(message: impl fmt::Display) -> Self {
        Self(Box::new(Kind::Usage { message: message.to_string() }))
    }

    /// The sandbox that was asked for is not available; what the harness said.
    pub(crate) fn sandbox_gap(message: impl fmt::Display) -> Self {
        Self(Box::new(Kind::SandboxGap { message: message.to_string() }))
    }

    /// No run came about; what the harness said.
    pub(crate) fn harness(message: impl fmt::Display) -> Self {
        Self(Box::new(Kind::Harness { message: message.to_string() }))
    }

    /// Whether what the user typed or configured is at fault.
    pub fn is_usage(&self) -> bool {
        matches!(*self.0, Kind::Usage { .. })
    }

    /// Whether the sandbox that was asked for is not available.
    pub fn is_sandbox_gap(&self) -> bool {
        matches!(*self.0, Kind::SandboxGap { .. })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Kind::Io { verb, path, source } => {
                write!(f, "failed to {verb} `{}`: {}", path.display(), plain(source))
            }
            Kind::Invalid { verb, path, cause } => {
                write!(f, "failed to {verb} `{}`: {cause}", path.display())
            }
            Kind::Usage { message } | Kind::SandboxGap { message } | Kind::Harness { message } => {
                f.write_str(message)
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

/// What the system says, as part of a sentence: lower case and without the error number.
pub(crate) fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_verb_path_and_cause() {
        let error = Error::io("read", Path::new("a.md"), io::Error::from_raw_os_error(2));
        assert_eq!(error.to_string(), "failed to read `a.md`: no such file or directory");
        let error = Error::invalid("read", Path::new("m.json"), "it has version 2");
        assert_eq!(error.to_string(), "failed to read `m.json`: it has version 2");
        assert!(Error::usage("x").is_usage());
        assert!(Error::sandbox_gap("x").is_sandbox_gap());
        assert!(!Error::harness("x").is_sandbox_gap());
    }
}
