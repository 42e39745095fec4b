//! GitLab's Code Quality report: an array of broken examples.
//!
//! GitLab itself compares two such reports by their fingerprints, which therefore hold no line
//! numbers. What could not be judged is no issue of quality and is left out.

use std::io::{self, Write};

use serde::Serialize;

use super::tell;
use super::{Options, Report};
use crate::model::{Outcome, Summary, sha256_hex};

/// The format.
pub(super) const REPORT: Report =
    Report { name: "gitlab", about: "Code Quality of GitLab", write };

#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

fn write(summary: &Summary, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let problems = tell::problems(summary);
    let issues: Vec<Issue> = problems.into_iter().map(|one| issue(one, options)).collect();
    serde_json::to_writer_pretty(&mut *out, &issues)?;
    out.write_all(b"\n")
}

fn issue(outcome: &Outcome, options: &Options) -> Issue {
    let kind = tell::kind(&outcome.verdict);
    let reason = tell::reason(&outcome.verdict).unwrap_or_default();
    let line = tell::line(outcome);
    Issue {
        description: format!("The {} example no longer runs: {reason}", outcome.class),
        check_name: format!("stillruns/{kind}"),
        fingerprint: sha256_hex(format!("{}\0{kind}", outcome.id).as_bytes()),
        severity: if outcome.newly_broken() { "major" } else { "minor" },
        location: Location {
            path: tell::path(&outcome.doc, &options.within),
            lines: Lines { begin: line, end: line },
        },
    }
}
