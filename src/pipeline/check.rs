//! What was found, extracted, run and judged.
//!
//! The facts of a run become what reports show in `outcome`.

use std::collections::BTreeMap;
use std::path::Path;

use stillruns_harness::{Interpreter, Job, Limits, Network, Run, Sandbox};

use super::outcome::{outcome, quote};
use crate::error::Error;
use crate::model::{Counts, DocPath, Document, Entry, Event, Found, Outcome, Summary, Why};
use crate::plan::{Refused, Terms, plan};
use crate::snapshot::{self, Recorded};
use crate::store::{self, Stored};

/// What a check needs besides the documents.
pub struct Check<'a> {
    /// Where snippets run.
    pub sandbox: &'a Sandbox,
    /// What they may run on, the best first.
    pub interpreters: &'a [Interpreter],
    /// What each may use.
    pub limits: Limits,
    /// How many run at a time.
    pub threads: usize,
    /// The folder of the recorded verdicts.
    pub snapshots: &'a Path,
    /// What network all of them have.
    pub network: Network,
    /// Whether those that say they need the network are given that of the host.
    pub allow_network: bool,
    /// The environment variables that they may ask for, those that are not set without a value.
    pub variables: &'a BTreeMap<String, Option<String>>,
    /// Whether to begin no more runs after the first newly broken example.
    pub stop_at_failure: bool,
}

/// Checks what was `found` in `documents`, as far as `keep` wants it: extracts it to a folder that
/// lasts as long as the check, and runs what lies there.
///
/// # Errors
/// When the folder or a snapshot cannot be read or written, or the sandbox that was asked for is
/// not available. Never because of an example.
pub fn check(
    documents: &[Document],
    found: &[Found],
    keep: &dyn Fn(&Entry) -> bool,
    check: &Check<'_>,
    progress: &mut dyn FnMut(Event),
) -> Result<Summary, Error> {
    let scratch = tempfile::tempdir()
        .map_err(|source| Error::io("create", Path::new("a temporary folder"), source))?;
    let pairs: Vec<(&Document, &Found)> = documents.iter().zip(found).collect();
    store::extract(scratch.path(), &pairs)?;
    let stored: Vec<Stored> =
        store::load(scratch.path())?.into_iter().filter(|stored| keep(&stored.entry)).collect();
    let outcomes = run_stored(&stored, check, progress)?;
    let mut summary = Summary { outcomes, ..Summary::default() };
    for (document, found) in pairs {
        let mut counts = count(&summary.outcomes, &document.path);
        counts.skipped = u32::try_from(found.skips.len()).unwrap_or(u32::MAX);
        summary.documents.push((document.path.clone(), counts));
        quote(document, summary.outcomes.iter_mut().filter(|one| one.doc == document.path));
        let present: Vec<_> = found.snippets.iter().map(|snippet| &snippet.id).collect();
        if let Some(recorded) = snapshot::read(&snapshot::path(check.snapshots, &document.path))? {
            let gone = snapshot::gone(&recorded, &present).into_iter();
            summary.gone.extend(gone.map(|id| (document.path.clone(), id)));
        }
    }
    Ok(summary)
}

fn count(outcomes: &[Outcome], document: &DocPath) -> Counts {
    let mut counts = Counts::default();
    for outcome in outcomes.iter().filter(|outcome| outcome.doc == *document) {
        counts.add(&outcome.verdict);
    }
    counts
}

/// Runs and judges stored snippets; outcomes in the order of `stored`. When the runs are stopped
/// at a failure, those that did not run have none.
///
/// # Errors
/// When a snapshot cannot be read, or the sandbox that was asked for is not available.
pub fn run_stored(
    stored: &[Stored],
    check: &Check<'_>,
    progress: &mut dyn FnMut(Event),
) -> Result<Vec<Outcome>, Error> {
    let recorded = recorded(stored, check.snapshots)?;
    let terms = Terms {
        interpreters: check.interpreters,
        limits: &check.limits,
        network: check.network,
        allow_network: check.allow_network,
        variables: check.variables,
    };
    let planned: Vec<Result<Job, Refused>> =
        stored.iter().map(|stored| plan(stored, &terms)).collect();
    let ready: Vec<usize> = (0..planned.len()).filter(|&at| planned[at].is_ok()).collect();
    let jobs: Vec<Job> = planned.iter().flatten().cloned().collect();
    progress(Event::Planned(jobs.len()));
    let conclude = |at: usize, run: Result<&Run, Refused>| {
        let recorded = recorded.get(&stored[at].entry.source.document);
        outcome(&stored[at], planned[at].as_ref().ok(), run, recorded.and_then(Option::as_ref))
    };
    let mut gap = None;
    let ran = crate::run::run(check.sandbox, &jobs, check.threads, |at, result| {
        let at = ready[at];
        progress(Event::Finished(stored[at].entry.id.clone()));
        match result {
            Ok(run) => !(check.stop_at_failure && conclude(at, Ok(run)).newly_broken()),
            Err(error) if error.is_sandbox_gap() => {
                gap = Some(Error::sandbox_gap(error));
                false
            }
            Err(_) => true,
        }
    });
    if let Some(gap) = gap {
        return Err(gap);
    }
    let mut ran = ran.into_iter();
    let mut outcomes = Vec::with_capacity(stored.len());
    for (at, job) in planned.iter().enumerate() {
        let result = match job {
            Err(why) => Some(Err(why.clone())),
            Ok(_) => ran.next().flatten().map(|result| result.map_err(|error| unavailable(&error))),
        };
        if let Some(result) = result {
            outcomes.push(conclude(at, result.as_ref().map_err(Clone::clone)));
        }
    }
    Ok(outcomes)
}

fn unavailable(error: &stillruns_harness::Error) -> Refused {
    Refused { why: Why::SandboxUnavailable(error.to_string()), line: None }
}

type Records = BTreeMap<DocPath, Option<Recorded>>;

/// The recorded verdicts of every document that `stored` is from.
fn recorded(stored: &[Stored], snapshots: &Path) -> Result<Records, Error> {
    let mut recorded = Records::new();
    for stored in stored {
        let document = &stored.entry.source.document;
        if !recorded.contains_key(document) {
            let known = snapshot::read(&snapshot::path(snapshots, document))?;
            recorded.insert(document.clone(), known);
        }
    }
    Ok(recorded)
}
