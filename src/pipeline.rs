//! The stages in order: the only file that names them all.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use stillruns_harness::{Interpreter, Job, Level, Limits, Mechanism, Run, Sandbox};

use crate::classify::classify;
use crate::error::Error;
use crate::judge::judge;
use crate::model::{
    Change, Classification, Counts, Cue, DocPath, Document, Entry, Event, Found, IdMaker, Outcome,
    Region, RunDigest, Skip, Snippet, Summary, Verdict, Why,
};
use crate::normalize::normalize;
use crate::pair::pair;
use crate::plan::plan;
use crate::restore::restore;
use crate::scan::scan;
pub use crate::scan::{format_names, trouble};
use crate::snapshot::{self, Recorded};
use crate::store::{self, Stored};
use crate::text::{Mapped, Span};

/// Everything in `document` that looks like code: what can be run, and what is skipped and why.
pub fn find(document: &Document) -> Found {
    let mut ids = IdMaker::new(document.path.clone());
    let mut found = Found::default();
    for region in scan(document) {
        match accept(&region, &mut ids) {
            Ok(snippet) => found.snippets.push(snippet),
            Err(skip) => found.skips.push(*skip),
        }
    }
    found
}

/// A text that stands alone, as if it were the untagged block of a document, and what it is.
pub struct Fragment {
    /// What the text holds when it is normalized.
    pub code: Mapped,
    /// What it is, or why it is no code.
    pub result: Result<Classification, Box<Skip>>,
}

/// Says what `text` is.
pub fn fragment(text: &str) -> Fragment {
    let at = Span::new(0, text.len());
    let code = Mapped::cut(text, [at]);
    let region = Region { at, cue: Cue::Fenced, tag: None, code, restored: None, printed: None };
    let (code, _) = normalize(&region.code);
    let result = classify(&region, code.text());
    Fragment { code, result }
}

/// A region this large is too large to be classified also when prompts and outputs are off.
const MOST_TO_NORMALIZE: usize = 1 << 20;

/// Every region ends here as a snippet or as a skip.
fn accept(found: &Region, ids: &mut IdMaker) -> Result<Snippet, Box<Skip>> {
    let text = found.code.text();
    if found.cue == Cue::Output || text.len() > MOST_TO_NORMALIZE {
        // Neither can become code, and rules look at a text many times.
        classify(found, text)?;
    }
    let restored = restore(found);
    let region = restored.as_ref().map_or(found, |(region, _)| region);
    let (code, normalized) = normalize(&region.code);
    let classification = classify(region, code.text())?;
    let steps = pair(region, &code);
    let id = ids.next(text);
    let mut edits = restored.map(|(_, edits)| edits).unwrap_or_default();
    edits.extend(normalized);
    let Region { at, cue, tag, .. } = found.clone();
    Ok(Snippet { id, at, cue, tag, code, classification, edits, steps })
}

/// [`find`] on every document, on `threads` threads; results in the order of the documents.
pub fn find_all(documents: &[Document], threads: usize) -> Vec<Found> {
    in_parallel(documents, threads, find)
}

/// `work` on every one of `items`, on `threads` threads; results in the order of the items.
pub fn in_parallel<T: Sync, R: Send>(
    items: &[T],
    threads: usize,
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        while let Some((at, item)) = {
            let at = next.fetch_add(1, Ordering::Relaxed);
            items.get(at).map(|item| (at, item))
        } {
            done.push((at, work(item)));
        }
        done
    };
    let mut done: Vec<(usize, R)> = thread::scope(|scope| {
        let threads: Vec<_> =
            (0..threads.clamp(1, items.len().max(1))).map(|_| scope.spawn(worker)).collect();
        let join = |thread: thread::ScopedJoinHandle<'_, _>| {
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        threads.into_iter().flat_map(join).collect()
    });
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, done)| done).collect()
}

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
        summary.sources.insert(document.path.clone(), document.text.clone());
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
        *match outcome.verdict {
            Verdict::Pass => &mut counts.pass,
            Verdict::Fail(_) => &mut counts.fail,
            Verdict::Unjudged(_) => &mut counts.unjudged,
        } += 1;
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
    let planned: Vec<Result<Job, Why>> =
        stored.iter().map(|stored| plan(stored, check.interpreters, &check.limits)).collect();
    let ready: Vec<usize> = (0..planned.len()).filter(|&at| planned[at].is_ok()).collect();
    let jobs: Vec<Job> = planned.iter().flatten().cloned().collect();
    progress(Event::Planned(jobs.len()));
    let conclude = |at: usize, run: Result<&Run, Why>| {
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
            Ok(_) => ran
                .next()
                .flatten()
                .map(|result| result.map_err(|error| Why::SandboxUnavailable(error.to_string()))),
        };
        if let Some(result) = result {
            outcomes.push(conclude(at, result.as_ref().map_err(Clone::clone)));
        }
    }
    Ok(outcomes)
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

fn outcome(
    stored: &Stored,
    job: Option<&Job>,
    run: Result<&Run, Why>,
    recorded: Option<&Recorded>,
) -> Outcome {
    let entry = &stored.entry;
    let (verdict, line) = match &run {
        Ok(run) => judge(entry.class, &stored.code, run),
        Err(why) => (Verdict::Unjudged(why.clone()), None),
    };
    let change =
        recorded.map_or(Change::New, |recorded| snapshot::compare(recorded, &entry.id, &verdict));
    // One-based line of the file to the line of the document that it came from.
    let line = line.and_then(|line| entry.lines.get((line as usize).checked_sub(1)?).copied());
    let mut digest = run.map_or_else(|_| RunDigest::default(), digest);
    if let Some(job) = job {
        digest.interpreter = format!("{} {}", job.interpreter.id, job.interpreter.version);
    }
    Outcome {
        id: entry.id.clone(),
        doc: entry.source.document.clone(),
        start: entry.start,
        end: entry.end,
        class: entry.class,
        verdict,
        line,
        change,
        run: digest,
    }
}

/// How many of the last lines of standard error reports get.
const LAST_LINES: usize = 12;

fn digest(run: &Run) -> RunDigest {
    let stderr = run.stderr.text();
    let lines: Vec<&str> = stderr.lines().collect();
    let tail = &lines[lines.len().saturating_sub(LAST_LINES)..];
    let level = |mechanism: Mechanism| match run.enforcement.level(mechanism) {
        Level::Full => "full".to_owned(),
        Level::Partial(why) => format!("partial: {why}"),
        Level::Absent(why) => format!("absent: {why}"),
    };
    RunDigest {
        duration_ms: run.usage.wall_ms,
        interpreter: String::new(),
        enforced: Mechanism::ALL.iter().map(|one| (one.name().to_owned(), level(*one))).collect(),
        stderr_tail: tail.iter().map(|line| (*line).to_owned()).collect(),
    }
}
