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
    Change, Classification, Context, Counts, Cue, DocPath, Document, Edit, Entry, Event, Found,
    IdMaker, Lang, Outcome, Region, RunDigest, Skip, SkipReason, Snippet, Summary, Verdict, Why,
};
use crate::normalize::normalize;
use crate::pair::pair;
use crate::plan::plan;
use crate::restore::restore;
pub use crate::scan::{format_names, trouble};
use crate::scan::{scan, settings};
use crate::snapshot::{self, Recorded};
use crate::store::{self, Stored};
use crate::text::{Mapped, Span};

/// Everything in `document` that looks like code: what can be run, and what is skipped and why.
/// What is too short to tell by itself is asked about once more, when its neighbors are known.
pub fn find(document: &Document) -> Found {
    let regions = scan(document);
    let mut tried: Vec<Tried> = regions.iter().map(|region| Tried::new(region.clone())).collect();
    let undecided = regions.iter().zip(&tried).any(|(region, one)| one.is_undecided(region));
    if undecided {
        for (at, context) in contexts(document, &regions, &tried) {
            tried[at].again(&context);
        }
    }
    let mut ids = IdMaker::new(document.path.clone());
    let mut found = Found::default();
    for (region, one) in regions.into_iter().zip(tried) {
        match one.accept(region, &mut ids) {
            Ok(snippet) => found.snippets.push(snippet),
            Err(skip) => found.skips.push(*skip),
        }
    }
    found
}

/// A region on its way to being a snippet or a skip.
struct Tried {
    /// The region, its lines put back where they were lost.
    region: Region,
    /// What it holds when it is normalized.
    code: Mapped,
    edits: Vec<Edit>,
    result: Result<Classification, Box<Skip>>,
}

/// A decision that is as sure as this tells what stands next to it.
const SURE: u8 = 90;

/// A region this large is too large to be classified also when prompts and outputs are off.
const MOST_TO_NORMALIZE: usize = 1 << 20;

impl Tried {
    fn new(found: Region) -> Self {
        let text = found.code.text();
        if found.cue == Cue::Output || text.len() > MOST_TO_NORMALIZE {
            // Neither can become code, and rules look at a text many times.
            let result = classify(&found, text, &Context::default());
            return Self { code: found.code.clone(), edits: Vec::new(), region: found, result };
        }
        let (region, mut edits) = restore(&found).unwrap_or((found, Vec::new()));
        let (code, normalized) = normalize(&region.code);
        edits.extend(normalized);
        let result = classify(&region, code.text(), &Context::default());
        Self { region, code, edits, result }
    }

    /// Whether it is short, set apart without a tag, and not decided clearly.
    fn is_undecided(&self, found: &Region) -> bool {
        let filled = self.code.text().lines().filter(|line| !line.trim().is_empty());
        let apart = matches!(found.cue, Cue::Fenced | Cue::Indented) && found.tag.is_none();
        let open = match &self.result {
            Ok(classification) => classification.confidence < SURE,
            Err(skip) => matches!(skip.reason, SkipReason::NoEffect | SkipReason::Unclear),
        };
        apart && open && filled.take(3).count() <= 2
    }

    /// What it tells of its neighbors: nothing (`None`), or what it is, which may be no code.
    fn tells(&self) -> Option<Option<Lang>> {
        match &self.result {
            Ok(sure) if sure.confidence >= SURE => {
                Some(Some(if sure.lang.is_python() { Lang::Py3 } else { Lang::Shell }))
            }
            Err(skip)
                if matches!(
                    skip.reason,
                    SkipReason::DeclaredOther(_) | SkipReason::OtherLanguage(_)
                ) =>
            {
                Some(None)
            }
            _ => None,
        }
    }

    fn again(&mut self, context: &Context) {
        self.result = classify(&self.region, self.code.text(), context);
    }

    /// Every region ends here as a snippet or as a skip.
    fn accept(self, found: Region, ids: &mut IdMaker) -> Result<Snippet, Box<Skip>> {
        let classification = self.result.map_err(|skip| placed(skip, &self.code))?;
        let steps = pair(&self.region, &self.code);
        let id = ids.next(found.code.text());
        let Region { at, cue, tag, .. } = found;
        let (code, edits) = (self.code, self.edits);
        Ok(Snippet { id, at, cue, tag, code, classification, edits, steps })
    }
}

/// `skip`, its evidence at the places of the document: of its code nobody will ask.
fn placed(mut skip: Box<Skip>, code: &Mapped) -> Box<Skip> {
    for seen in &mut skip.evidence {
        seen.at = seen.at.and_then(|at| code.origin_span(at));
    }
    skip
}

/// The contexts of what is undecided among `tried`, with their places. Neighbors stand under the
/// same heading.
fn contexts(document: &Document, regions: &[Region], tried: &[Tried]) -> Vec<(usize, Context)> {
    let mut contexts = settings(document, regions);
    let (mut nearest, mut under) = (None, 0);
    for (one, (section, context)) in tried.iter().zip(&mut contexts) {
        context.before = nearest.filter(|_| *section == under);
        nearest = one.tells().unwrap_or(context.before);
        under = *section;
    }
    (nearest, under) = (None, 0);
    for (one, (section, context)) in tried.iter().zip(&mut contexts).rev() {
        context.after = nearest.filter(|_| *section == under);
        nearest = one.tells().unwrap_or(context.after);
        under = *section;
    }
    let open = |at: &usize| tried[*at].is_undecided(&regions[*at]);
    let contexts = contexts.into_iter().map(|(_, context)| context);
    contexts.enumerate().filter(|(at, _)| open(at)).collect()
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
    let result = classify(&region, code.text(), &Context::default());
    let result = result.map_err(|skip| placed(skip, &code));
    Fragment { code, result }
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
