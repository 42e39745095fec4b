//! Snippets that need others: what runs before each, and what becomes of it when that does not end.
//!
//! A snippet is never broken by what it needs: where that does not run to its end it is unjudged,
//! whatever is wrong there, unless it cannot be read at all.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use stillruns_harness::{
    End, Error, Finish, Frame, Job, Part, PartRun, Run, Sandbox, Start, Usage, Watch,
};

use crate::judge::{Subject, fails_always, judge};
use crate::ledger::{Key, key};
use crate::model::{Graph, Loaded, Outcome, Verdict, Why};
use crate::plan::{Chains, Refused, Terms, is_meant_to_fail, lines, plan, read_as};
use crate::snapshot::Known;
use crate::store::Stored;

use super::outcome::outcome;
use super::traced;

/// The stored snippets, which hold all that any of them needs, and how they hang together.
pub(super) struct Chained<'s> {
    stored: &'s [&'s Stored],
    chains: Chains<'s>,
    /// Those that did not run to their end, as far as is known.
    stuck: Vec<AtomicBool>,
    /// Those that were not begun after what they need.
    blocked: Vec<OnceLock<Blocked>>,
    /// How they end without it, as far as that is known.
    alone: Vec<OnceLock<Box<Run>>>,
    /// What is said of them in the end, as far as it is.
    verdicts: Vec<OnceLock<Verdict>>,
    /// Whether no interpreter here can run several of them and tell of each.
    apart: AtomicBool,
}

/// Why a snippet was not begun.
#[derive(Debug)]
struct Blocked {
    /// The snippet that did not run to its end.
    place: usize,
    /// How it ended, where it ran before this one.
    finish: Option<Finish>,
    /// What keeps this one from being run after it, where that is known before any run.
    why: Option<Why>,
}

/// How often a line is tried where the interpreter is not ready in time.
const MOST_TRIES: usize = 3;

/// How many of the snippets before one are told in reports: the nearest.
const MOST_LOADED: usize = 24;

impl<'s> Chained<'s> {
    pub(super) fn new(stored: &'s [&'s Stored], links: Graph) -> Self {
        let chains = Chains::new(stored, links);
        let stuck = stored.iter().map(|_| AtomicBool::new(false)).collect();
        let blocked = stored.iter().map(|_| OnceLock::new()).collect();
        let alone = stored.iter().map(|_| OnceLock::new()).collect();
        let verdicts = stored.iter().map(|_| OnceLock::new()).collect();
        let apart = AtomicBool::new(false);
        Self { stored, chains, stuck, blocked, alone, verdicts, apart }
    }

    pub(super) fn stored(&self) -> &'s [&'s Stored] {
        self.stored
    }

    /// `keys`, each with those of what the snippet needs in it.
    pub(super) fn keys(&self, keys: &[Option<Key>]) -> Vec<Option<Key>> {
        let mut all: Vec<Option<Key>> = Vec::with_capacity(keys.len());
        for (at, own) in keys.iter().enumerate() {
            let needs = self.chains.needs(at);
            let parts: Option<Vec<Key>> =
                [*own].into_iter().chain(needs.iter().map(|link| all[link.to])).collect();
            all.push(match parts {
                Some(parts) if needs.is_empty() => parts.first().copied(),
                parts => parts.map(|parts| key(parts.iter().map(|part| &part[..]))),
            });
        }
        all
    }

    /// The snippet at the place `at` ran before, like this.
    pub(super) fn known(&self, at: usize, run: &Run) {
        self.stuck[at].store(!self.is_whole(at, run), Ordering::Relaxed);
    }

    /// Whether the snippet at the place `at` ran as far as it is meant to, so that others may come
    /// behind it.
    fn is_whole(&self, at: usize, run: &Run) -> bool {
        let raised = matches!(run.finish, Finish::Raised { .. });
        is_whole(run) || raised && is_meant_to_fail(&self.stored[at].entry)
    }

    /// The snippet at the place `at` ran before without what it needs, like this. Gives that back
    /// where no more is to be known: where something that it needs is known to be in its way.
    pub(super) fn known_alone(&self, at: usize, run: Box<Run>) -> Option<Box<Run>> {
        let Some(place) = self.in_the_way(at) else {
            // It is told once.
            let _ = self.alone[at].set(run);
            return None;
        };
        self.block(at, Blocked { place, finish: None, why: None });
        self.stuck[at].store(true, Ordering::Relaxed);
        Some(run)
    }

    /// What the snippet at the place `at` needs and did not run to its end, as far as is known.
    fn in_the_way(&self, at: usize) -> Option<usize> {
        let is_stuck = |place: &usize| self.stuck[*place].load(Ordering::Relaxed);
        self.chains.needs(at).iter().map(|link| link.to).find(is_stuck)
    }

    /// What is said of the snippet at the place `at` in the end.
    pub(super) fn judged(&self, at: usize, verdict: &Verdict) {
        // It is said once.
        let _ = self.verdicts[at].set(verdict.clone());
    }

    /// Whether the snippet at the place `at` was not begun after what it needs.
    pub(super) fn is_blocked(&self, at: usize) -> bool {
        self.blocked[at].get().is_some()
    }

    /// Whether the snippet at the place `at`, which ended like this, can only fail.
    pub(super) fn fails_always(&self, at: usize, run: &Run) -> bool {
        let Stored { entry, code } = self.stored[at];
        let before = self.chains.closure(at);
        let before: Vec<&str> =
            before.into_iter().map(|place| self.stored[place].code.as_str()).collect();
        entry.class.is_python() && fails_always(entry.class, code, &before, run)
    }

    /// The job of every snippet, without what runs before it, or why it has none.
    pub(super) fn plan(&self, terms: &Terms<'_>) -> Vec<Result<Job, Refused>> {
        let mut planned: Vec<Result<Job, Refused>> = Vec::with_capacity(self.stored.len());
        for (at, stored) in self.stored.iter().enumerate() {
            let lacks = self.chains.needs(at).iter().find_map(|link| {
                let refused = planned[link.to].as_ref().err()?;
                Some(self.needs(link.to, &Verdict::Unjudged(refused.why.clone())))
            });
            let reads = match lacks {
                Some(why) => Err(refused(why)),
                None => self.chains.reads(at),
            };
            planned.push(match reads {
                Ok(reads) => plan(stored, reads, terms),
                Err(refused) => self.plan_alone(at, refused, terms),
            });
        }
        planned
    }

    /// The job of the snippet at the place `at` without anything before it, where it cannot be run
    /// after what it needs: whether it can be read, it shows by itself.
    fn plan_alone(&self, at: usize, why: Refused, terms: &Terms<'_>) -> Result<Job, Refused> {
        let stored = self.stored[at];
        let python = stored.entry.class.is_python();
        let Some(job) = plan(stored, self.chains.alone(at), terms).ok().filter(|_| python) else {
            return Err(why);
        };
        self.block(at, Blocked { place: at, finish: None, why: Some(why.why) });
        Ok(job)
    }

    /// Notes why the snippet at the place `at` was not begun after what it needs.
    fn block(&self, at: usize, blocked: Blocked) {
        // Two threads never run one snippet, and what is known before any run stays so.
        let _ = self.blocked[at].set(blocked);
    }

    /// Those that have a job in `jobs`, in lines that can share one run.
    pub(super) fn lines(&self, jobs: &[Option<&Job>]) -> Vec<Vec<usize>> {
        lines(&self.chains, jobs)
    }

    /// Runs the snippets at the `places` of a line, which have these `jobs` without what runs before
    /// them, in one run. Those behind the first need just what is before them, or nothing. Returns
    /// the runs of those that it came to, as far as it is sure that they would have been the same by
    /// themselves, which it is of those that ended well only.
    pub(super) fn run_line(
        &self,
        sandbox: &Sandbox,
        places: &[usize],
        jobs: &[&Job],
    ) -> Vec<Option<Run>> {
        let (Some((&first, _)), Some((main, others))) = (places.split_first(), jobs.split_last())
        else {
            return Vec::new();
        };
        if self.apart.load(Ordering::Relaxed) || self.in_the_way(first).is_some() {
            return Vec::new();
        }
        let lang = read_as(main);
        let unrelated = places.get(1).is_some_and(|&at| self.chains.needs(at).is_empty());
        let mut before = self.chains.before(first, lang).parts;
        let unwatched = before.len();
        before.extend(others.iter().map(|job| Part::new(&*job.name, &*job.code)));
        let watched = others.iter().map(|job| Watch { steps: job.steps.clone() }).collect();
        // Whatever is wrong is told by the runs of each.
        let job = Job { before, watched, unrelated, ..(*main).clone() };
        let mut tries = 1;
        let run = loop {
            match sandbox.run(&job) {
                // It ends behind the first of them; the interpreter may be ready for the next try.
                Ok(run) if run.start == Start::Cold && tries < MOST_TRIES => tries += 1,
                Ok(run) => break run,
                Err(_) => return Vec::new(),
            }
        };
        if run.start == Start::Cold {
            self.apart.store(true, Ordering::Relaxed);
        }
        let runs = divide(run, unwatched, others.len());
        for (place, run) in places.iter().zip(&runs) {
            run.iter().for_each(|run| self.known(*place, run));
        }
        runs
    }

    /// Runs the snippet at the place `at`, whose `job` is without what runs before it, after all
    /// that it needs. Where something of that does not run to its end it runs alone, because what
    /// cannot be read is broken whatever comes before it.
    pub(super) fn run(&self, sandbox: &Sandbox, at: usize, job: &Job) -> Result<Run, Error> {
        let known = self.blocked[at].get().map(|blocked| blocked.place);
        let mut blocked = known.or_else(|| self.in_the_way(at));
        let mut finish = None;
        let mut result = None;
        if blocked.is_none() {
            let before = self.chains.before(at, read_as(job));
            let whole = Job { before: before.parts, ..job.clone() };
            let ran = sandbox.run(&whole);
            if let Ok(Run { finish: Finish::Prefix { part, finish: its }, .. }) = &ran {
                blocked = before.places.get(*part as usize).copied();
                finish = Some((**its).clone());
            } else {
                result = Some(ran);
            }
        }
        if let Some(place) = blocked {
            self.block(at, Blocked { place, finish, why: None });
        }
        let alone =
            || self.alone[at].get().map_or_else(|| sandbox.run(job), |run| Ok((**run).clone()));
        let result = result.unwrap_or_else(alone);
        let whole = blocked.is_none() && result.as_ref().is_ok_and(|run| self.is_whole(at, run));
        self.stuck[at].store(!whole, Ordering::Relaxed);
        result
    }

    /// The snippet at the place `at` after its run, or why it had none.
    pub(super) fn outcome(
        &self,
        at: usize,
        job: Option<&Job>,
        run: Result<&Run, Refused>,
        recorded: Option<Known<'_>>,
        names: &dyn Fn() -> Vec<String>,
    ) -> Outcome {
        let trace = match (job, &run) {
            (Some(job), Ok(run)) => self.trace(at, job, run),
            _ => Vec::new(),
        };
        let lacks = |run| self.lacks(at, run).map(refused);
        let run = run.and_then(|run| lacks(run).map_or(Ok(run), Err));
        let mut outcome = outcome(self.stored[at], job, run, recorded, names);
        if let Some(job) = job {
            let line = |name: &str, line: u32| self.line_of_file(at, job, name, line);
            let lines = &outcome.run.stderr_tail;
            outcome.run.stderr_places = traced::places(lines, &outcome.doc, &line);
        }
        outcome.background.loaded = self.loaded(at);
        outcome.background.trace = trace;
        outcome.background.later = self.stored[at].entry.later.clone();
        outcome
    }

    /// Why the `run` of the snippet at the place `at` says nothing about it.
    fn lacks(&self, at: usize, run: &Run) -> Option<Why> {
        let Blocked { place, finish, why } = self.blocked[at].get()?;
        if matches!(run.finish, Finish::SyntaxError { .. }) {
            return None;
        }
        if why.is_some() {
            return why.clone();
        }
        match (self.verdicts[*place].get(), finish) {
            // By itself it passes.
            (None | Some(Verdict::Pass), Some(finish)) => {
                let Stored { entry, code } = self.stored[*place];
                let subject = Subject { lang: entry.class, code, python: None, known: &Vec::new };
                let its = Run { finish: finish.clone(), ..run.clone() };
                Some(self.needs(*place, &judge(&subject, &its).verdict))
            }
            (known, _) => Some(self.needs(*place, known.unwrap_or(&Verdict::Pass))),
        }
    }

    /// That the snippet at `place`, over which there is this verdict, does not run to its end; or
    /// the one that it is for that it does not.
    fn needs(&self, place: usize, verdict: &Verdict) -> Why {
        if let Verdict::Unjudged(why @ Why::NeedsSnippet { .. }) = verdict {
            return why.clone();
        }
        let entry = &self.stored[place].entry;
        let because = match verdict {
            Verdict::Pass => "it does not run to its end".to_owned(),
            Verdict::Fail(cause) => cause.to_string(),
            Verdict::Unjudged(why) => why.to_string(),
        };
        Why::NeedsSnippet { line: entry.start, id: entry.id.clone(), because }
    }

    /// What runs before the snippet at the place `at`: the nearest of it.
    pub(super) fn loaded(&self, at: usize) -> Vec<Loaded> {
        let places = self.chains.graph().nearest(at, MOST_LOADED);
        let needs = self.chains.needs(at);
        let loaded = |place: &usize| Loaded {
            id: self.stored[*place].entry.id.clone(),
            start: self.stored[*place].entry.start,
            brings: needs
                .iter()
                .filter(|link| link.to == *place)
                .filter_map(|link| link.kind.name().map(str::to_owned))
                .collect(),
        };
        places.iter().map(loaded).collect()
    }

    /// The one-based document lines that the traceback of a run passes, the outermost first.
    pub(super) fn trace(&self, at: usize, job: &Job, run: &Run) -> Vec<u32> {
        let Finish::Raised { frames, .. } = &run.finish else { return Vec::new() };
        if frames.iter().all(|frame| frame.part.is_none()) {
            let own = |frame: &Frame| self.line(at, frame.line);
            return frames.iter().filter_map(own).collect();
        }
        let places = self.chains.before(at, read_as(job)).places;
        let line = |frame: &Frame| match frame.part {
            None => self.line(at, frame.line),
            Some(part) => self.line(*places.get(part as usize)?, frame.line),
        };
        frames.iter().filter_map(line).collect()
    }

    /// The document line of the one-based `line` of the file `name` that was run for the snippet at
    /// the place `at`: its own, or that of one before it.
    fn line_of_file(&self, at: usize, job: &Job, name: &str, line: u32) -> Option<u32> {
        if name == job.name {
            return self.line(at, line);
        }
        let id = name.rsplit_once('.')?.0;
        let places = self.chains.closure(at).into_iter();
        let place = places.rev().find(|place| self.stored[*place].entry.id.as_str() == id)?;
        self.line(place, line)
    }

    /// The document line of the one-based `line` of the snippet at `place`.
    fn line(&self, place: usize, line: u32) -> Option<u32> {
        let lines = &self.stored[place].entry.lines;
        lines.get((line as usize).checked_sub(1)?).copied()
    }
}

/// Refused for a reason that lies in another example.
fn refused(why: Why) -> Refused {
    Refused { why, line: None }
}

/// What the run of a line tells of each of its snippets, of which `watched` stand before the last;
/// other programs came before those.
fn divide(run: Run, unwatched: usize, watched: usize) -> Vec<Option<Run>> {
    let Run { start, end, finish, stdout, stderr, steps, parts, usage, enforcement } = run;
    let before: u64 = parts.iter().map(|part| part.wall_ms).sum();
    let all_told = parts.len() == watched;
    let whole = |part: PartRun| {
        let PartRun { finish, stdout, stderr, steps, wall_ms } = part;
        let usage = Usage { wall_ms, ..Usage::default() };
        let (end, enforcement, parts) = (End::Exited(0), enforcement.clone(), Vec::new());
        let run = Run { start, end, finish, stdout, stderr, steps, parts, usage, enforcement };
        is_whole(&run).then_some(run)
    };
    let told = parts.len();
    let mut runs: Vec<Option<Run>> = parts.into_iter().map(whole).collect();
    match finish {
        Finish::Prefix { part, .. } if part as usize == unwatched + told => runs.push(None),
        Finish::Prefix { .. } => {}
        _ if all_told => {
            let usage = Usage { wall_ms: usage.wall_ms.saturating_sub(before), ..usage };
            let (enforcement, parts) = (enforcement.clone(), Vec::new());
            let run = Run { start, end, finish, stdout, stderr, steps, parts, usage, enforcement };
            runs.push(is_whole(&run).then_some(run));
        }
        // It is not clear what is whose.
        _ => {}
    }
    runs
}

/// Whether a program ran to its end, so that others may come behind it.
fn is_whole(run: &Run) -> bool {
    let ended =
        matches!(run.finish, Finish::Completed | Finish::Exited { last_statement: true, .. });
    ended && run.end == End::Exited(0)
}
