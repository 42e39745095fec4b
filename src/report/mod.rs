//! What a check found, told in one format or another.
//!
//! A format only writes: it decides nothing about verdicts, reads no file and knows no terminal.

use std::io::{self, Write};

use crate::model::Summary;

/// Declares one module per format, each with a `const REPORT`, and builds the table.
macro_rules! reports {
    [$($name:ident),+ $(,)?] => {
        $(mod $name;)+

        /// All formats, in the order of help texts; the first is the default.
        pub const REPORTS: &[Report] = &[$($name::REPORT),+];
    };
}

reports![human, jsonl, json, junit, sarif, github, gitlab, markdown, html, tap, badge,];

mod read;
mod reasons;
mod tell;

pub use json::Whole;
pub use jsonl::{Finished, Line};
pub use read::{Unread, read};

/// A format.
#[derive(Clone, Copy, Debug)]
pub struct Report {
    /// The word after `--format`.
    pub name: &'static str,
    /// What it is for, in a few words.
    pub about: &'static str,
    /// Writes a summary in it.
    pub write: fn(&Summary, &Options, &mut dyn Write) -> io::Result<()>,
}

/// How a report is wanted, and what a summary does not know.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Whether escape sequences for color may be written.
    pub color: bool,
    /// How much is told.
    pub detail: Detail,
    /// What leads from the current folder to the project, `../` or nothing; for commands to copy.
    pub prefix: String,
    /// What leads from the top of the repository to the project, `docs/` or nothing; for services
    /// that know files by their place in the repository.
    pub within: String,
}

/// How much is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    /// What is newly broken, and the sum.
    Quiet,
    /// What is broken, the counts of every document, and the sum.
    #[default]
    Usual,
    /// Every example.
    Verbose,
}

/// The format of the given name.
pub fn find(name: &str) -> Option<&'static Report> {
    REPORTS.iter().find(|report| report.name == name)
}
