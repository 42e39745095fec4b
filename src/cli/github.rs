//! What the runner of GitHub Actions is told without being asked: annotations at the lines of the
//! documents, and the summary of the step.
//!
//! Only where its variables are set. Writes the reports' own formats, and changes no status.

use std::fs::OpenOptions;
use std::io::{self, Write};

use super::talk::{Output, unwritten};
use super::{Here, variable};
use crate::error::Error;
use crate::model::Summary;
use crate::report::{Options, find};

/// What a step's summary may hold, with room to spare: 1 MiB is refused as a whole.
const MOST: usize = 1_000_000;

/// Whether standard output may hold lines for the runner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stdout {
    /// It is read by people.
    Free,
    /// It is a report that a program reads.
    Taken,
}

/// Tells the runner, where there is one.
///
/// # Errors
/// When standard output cannot be written.
pub(crate) fn tell(
    summary: &Summary,
    options: &Options,
    stdout: Stdout,
    here: &Here,
) -> Result<(), Error> {
    if variable("GITHUB_ACTIONS").as_deref() != Some("true") {
        return Ok(());
    }
    annotate(summary, options, stdout)?;
    if let Some(path) = variable("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) {
        let written = written("markdown", summary, options).and_then(|page| {
            let mut file = OpenOptions::new().append(true).create(true).open(&path)?;
            let room = MOST.saturating_sub(usize::try_from(file.metadata()?.len()).unwrap_or(MOST));
            if page.len() <= room { file.write_all(&page) } else { Ok(()) }
        });
        if let Err(error) = written {
            here.talk.warn(format!("failed to write the summary `{path}`: {error}"));
        }
    }
    Ok(())
}

/// The runner reads both streams, so a report on standard output stays whole.
fn annotate(summary: &Summary, options: &Options, stdout: Stdout) -> Result<(), Error> {
    let lines = written("github", summary, options).map_err(unwritten)?;
    if stdout == Stdout::Taken {
        // There is nobody left to tell when standard error is closed.
        let _ = io::stderr().lock().write_all(&lines);
        return Ok(());
    }
    let mut output = Output::new();
    output.write_all(&lines).map_err(unwritten)?;
    output.end()
}

fn written(name: &str, summary: &Summary, options: &Options) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let options = Options { color: false, ..options.clone() };
    if let Some(report) = find(name) {
        (report.write)(summary, &options, &mut bytes)?;
    }
    Ok(bytes)
}
