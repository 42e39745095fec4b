//! The languages that can be run.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A language that can be run. Closed on purpose: the compiler lists every place that must decide
/// when one is added.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Lang {
    /// Python that only Python 2 runs.
    Py2,
    /// Python that Python 3 runs; Python 2 may accept it as well.
    Py3,
    /// A POSIX-like shell.
    Shell,
}

impl Lang {
    /// All of them, in the order of listings.
    pub const ALL: [Self; 3] = [Self::Py2, Self::Py3, Self::Shell];

    /// The word used on the command line, in reports and in manifests.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Py2 => "py2",
            Self::Py3 => "py3",
            Self::Shell => "shell",
        }
    }

    /// The ending of an extracted file, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Py2 | Self::Py3 => "py",
            Self::Shell => "sh",
        }
    }

    /// Whether it is a Python.
    pub fn is_python(self) -> bool {
        self != Self::Shell
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
