//! What was found, extracted, run and judged.
//!
//! The facts of a run become what reports show in `outcome`.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use stillruns_harness::{Interpreter, Job, Limits, Network, Run, Sandbox};

use super::alike::Alike;
use super::bound::Bound;
use super::chained::Chained;
use super::in_parallel;
use super::memory::Memory;
use super::outcome::quote;
use super::tries::{self, Repeat};
use crate::error::Error;
use crate::ledger::Key;
use crate::model::{
    Counts, DocPath, Document, Entry, Event, Moved, Outcome, Place, Summary, Way, Why,
};
use crate::plan::{Refused, Terms};
use crate::run::{Next, Ran, Told, Ways};
use crate::snapshot::{self, Book, Known, Present};
use crate::store::{self, Held, Stored};

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
    /// Whether examples are run more than once.
    pub repeat: Repeat,
    /// What earlier runs left.
    pub memory: &'a Memory,
    /// What the sandbox does here, as far as it decides how programs end.
    pub offers: &'a [u8],
    /// Documents that are gone, where it is known what is there.
    pub orphans: Option<Orphans<'a>>,
    /// Whether the user wants all to end now.
    pub interrupted: &'a AtomicBool,
}

/// Documents that have records and are gone: where documents are, and which of them are meant.
pub struct Orphans<'a> {
    /// The folder that documents are named from.
    pub root: &'a Path,
    /// Whether a document would have been looked at if it were still there.
    pub meant: &'a (dyn Fn(&DocPath) -> bool + Sync),
}

/// Checks what is `held` in `documents`, as far as `keep` wants it.
///
/// # Errors
/// When a snapshot cannot be read, or the sandbox that was asked for is not available. Never
/// because of an example.
pub fn check(
    documents: &[Document],
    held: &[Held],
    keep: &dyn Fn(&Entry) -> bool,
    check: &Check<'_>,
    progress: &mut dyn FnMut(Event),
) -> Result<Summary, Error> {
    let all: Vec<&Stored> = held.iter().flat_map(|held| &held.stored).collect();
    let names = documents.iter().map(|document| &document.path);
    let mut summary = run_stored(names, &all, keep, check, progress)?;
    // Outcomes are in the order of the documents.
    let mut rest = summary.outcomes.as_mut_slice();
    for (document, held) in documents.iter().zip(held) {
        let number = rest.iter().take_while(|one| one.doc == document.path).count();
        let (own, others) = rest.split_at_mut(number);
        rest = others;
        let mut counts = Counts { skipped: held.skipped, ..Counts::default() };
        own.iter().for_each(|outcome| counts.add(&outcome.verdict));
        summary.documents.push((document.path.clone(), counts));
        quote(document, own);
    }
    Ok(summary)
}

/// Runs and judges those of `all`, which is everything that `documents` hold, that `keep` wants, as
/// far as their runs are not known already; outcomes in their order. When the runs are stopped,
/// those that did not run have none.
///
/// # Errors
/// When a snapshot cannot be read, or the sandbox that was asked for is not available.
pub fn run_stored<'d>(
    documents: impl Iterator<Item = &'d DocPath>,
    all: &[&Stored],
    keep: &dyn Fn(&Entry) -> bool,
    check: &Check<'_>,
    progress: &mut dyn FnMut(Event),
) -> Result<Summary, Error> {
    let root = check.orphans.as_ref().map(|orphans| orphans.root);
    let book = Book::open(check.snapshots, root, documents)?;
    let present: Vec<Present<'_>> = all.iter().map(|stored| present(stored)).collect();
    let matched = book.matched(&present);
    let mut summary = Summary::default();
    for (one, known) in present.iter().zip(&matched.known) {
        if let Some(Known { record, from, way, .. }) = known
            && (*way != Way::Stayed || record.id() != one.id)
        {
            summary.moved.push(Moved {
                doc: one.doc.clone(),
                id: one.id.clone(),
                from: (*from).clone(),
                from_id: record.id().clone(),
                way: *way,
            });
        }
    }
    let meant = |doc: &DocPath| {
        !book.is_orphan(doc) || check.orphans.as_ref().is_some_and(|orphans| (orphans.meant)(doc))
    };
    let gone = matched.gone.iter().filter(|(doc, _)| meant(doc));
    summary.gone = gone.map(|(doc, record)| ((*doc).clone(), record.id().clone())).collect();
    let names = summary.moved.iter().map(|one| (one.from_id.as_str(), one.id.as_str()));
    check.memory.rename(&names.filter(|(old, new)| old != new).collect::<Vec<_>>());
    let links = store::links(all);
    let wanted = (0..all.len()).filter(|&at| keep(&all[at].entry));
    let places = links.closure_of(wanted);
    let (stored, known): (Vec<&Stored>, Vec<_>) =
        places.iter().map(|&at| (all[at], matched.known[at])).unzip();
    let chained = Chained::new(&stored, links.only(&places));
    summary.outcomes = outcomes(&chained, &known, check, progress)?;
    // What is only needed was run for others.
    let kept = stored.iter().filter(|stored| keep(&stored.entry));
    let kept: HashSet<_> = kept.map(|one| (&one.entry.source.document, &one.entry.id)).collect();
    summary.outcomes.retain(|outcome| kept.contains(&(&outcome.doc, &outcome.id)));
    in_document_order(&mut summary.outcomes);
    check.memory.tell(&mut summary.outcomes);
    Ok(summary)
}

/// Puts the `outcomes` of every document, which stand together, in the order of its lines: they are
/// in the order in which they ran.
fn in_document_order(outcomes: &mut [Outcome]) {
    for of_one in outcomes.chunk_by_mut(|one, next| one.doc == next.doc) {
        of_one.sort_by_key(|outcome| outcome.start);
    }
}

/// An example as the book of records wants it.
pub fn present(stored: &Stored) -> Present<'_> {
    let Entry { id, class, source, sha256, .. } = &stored.entry;
    let content = snapshot::content_of(sha256);
    Present { doc: &source.document, id, class: *class, content, code: &stored.code }
}

fn outcomes(
    chained: &Chained<'_>,
    recorded: &[Option<Known<'_>>],
    check: &Check<'_>,
    progress: &mut dyn FnMut(Event),
) -> Result<Vec<Outcome>, Error> {
    let terms = Terms {
        interpreters: check.interpreters,
        limits: &check.limits,
        network: check.network,
        allow_network: check.allow_network,
        variables: check.variables,
    };
    let stored = chained.stored();
    let planned = chained.plan(&terms);
    let alone = check.memory.keys(planned.iter().map(|job| job.as_ref().ok()), check.offers);
    let keys = chained.keys(&alone);
    let known = match check.repeat {
        // Who looks for luck wants to see everything run.
        Repeat::Detect(_) => vec![None; keys.len()],
        Repeat::Never | Repeat::Retry(_) => recall(chained, &keys, &alone, check.memory),
    };
    let (bound, alike) = (Bound::default(), Alike::default());
    let conclude = |at: usize, job: Option<&Job>, runs: Result<&[Run], Refused>| {
        let names = || bound.names(stored, at);
        let one = |run: Result<&Run, Refused>| {
            let mut outcome = chained.outcome(at, job, run, recorded[at], &names);
            outcome.run.enforced = alike.first(outcome.run.enforced);
            outcome
        };
        match runs {
            Ok(runs) => tries::settle(runs.iter().map(|run| one(Ok(run))).collect(), check.repeat),
            Err(why) => one(Err(why)),
        }
    };
    let ready: Vec<usize> =
        (0..planned.len()).filter(|&at| planned[at].is_ok() && known[at].is_none()).collect();
    let begun = Begun { chained, planned: &planned, keys: &keys, alone: &alone, ready: &ready };
    let mut ran = begun.run(check, &conclude, progress)?.into_iter();
    let mut judged = judged(chained, &planned, &known, &conclude);
    let mut outcomes = Vec::with_capacity(stored.len());
    // Each job and its runs go when their outcome is there, as there may be many of all.
    for (at, (job, known)) in planned.into_iter().zip(known).enumerate() {
        let result = match (job, known) {
            (Err(why), _) => Some(conclude(at, None, Err(why))),
            (Ok(job), Some(run)) => {
                let one = || conclude(at, Some(&job), Ok(std::slice::from_ref(&*run)));
                Some(judged.remove(&at).unwrap_or_else(one))
            }
            (Ok(job), None) => ran.next().flatten().map(|result| match result {
                Ok(runs) => conclude(at, Some(&job), Ok(&runs)),
                Err(error) => conclude(at, Some(&job), Err(unavailable(&error))),
            }),
        };
        result.iter().for_each(|outcome| chained.judged(at, &outcome.verdict));
        outcomes.extend(result);
    }
    Ok(outcomes)
}

/// The outcomes of the runs that are `known`, by their places; not of those that verdicts over others
/// decide.
fn judged(
    chained: &Chained<'_>,
    planned: &[Result<Job, Refused>],
    known: &[Option<Box<Run>>],
    conclude: &Conclude<'_>,
) -> HashMap<usize, Outcome> {
    let known = known.iter().enumerate();
    let known = known.filter_map(|(at, run)| Some((at, &**run.as_ref()?)));
    let known: Vec<(usize, &Run)> = known.filter(|(at, _)| !chained.is_blocked(*at)).collect();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let judged = in_parallel(&known, threads, |&(at, run)| {
        conclude(at, planned[at].as_ref().ok(), Ok(std::slice::from_ref(run)))
    });
    known.into_iter().map(|(at, _)| at).zip(judged).collect()
}

/// The runs that are known under `keys`, or, of those that something they need is in the way of,
/// under the keys of what they are `alone`.
fn recall(
    chained: &Chained<'_>,
    keys: &[Option<Key>],
    alone: &[Option<Key>],
    memory: &Memory,
) -> Vec<Option<Box<Run>>> {
    let mut known = memory.recall(keys);
    let unknown = known.iter().zip(alone).map(|(known, key)| key.filter(|_| known.is_none()));
    let alone = memory.recall_alone(&unknown.collect::<Vec<_>>());
    for (at, (known, alone)) in known.iter_mut().zip(alone).enumerate() {
        match known {
            Some(run) => chained.known(at, run),
            None => *known = alone.and_then(|run| chained.known_alone(at, run)),
        }
    }
    known
}

fn unavailable(error: &stillruns_harness::Error) -> Refused {
    Refused { why: Why::SandboxUnavailable(error.to_string()), line: None }
}

/// What makes an outcome of the runs of the example at a place, which has this job.
type Conclude<'c> = dyn Fn(usize, Option<&Job>, Result<&[Run], Refused>) -> Outcome + Sync + 'c;

/// What is to be run, by places in `stored`.
struct Begun<'b> {
    chained: &'b Chained<'b>,
    planned: &'b [Result<Job, Refused>],
    keys: &'b [Option<Key>],
    alone: &'b [Option<Key>],
    ready: &'b [usize],
}

impl Begun<'_> {
    /// Runs what is ready, tells of it and remembers it; results in the order of `ready`.
    fn run(
        &self,
        check: &Check<'_>,
        conclude: &Conclude<'_>,
        progress: &mut dyn FnMut(Event),
    ) -> Result<Vec<Ran>, Error> {
        let Self { chained, planned, keys, alone, ready } = self;
        let stored = chained.stored();
        progress(Event::Planned { to_run: ready.len(), known: stored.len() - ready.len() });
        let jobs: Vec<&Job> = ready.iter().filter_map(|&at| planned[at].as_ref().ok()).collect();
        // Luck is looked for in each by itself, and only who is kept warm can tell of several.
        let apart = matches!(check.repeat, Repeat::Detect(_)) || !check.sandbox.keeps_warm();
        let lines = self.in_order(check.memory, self.lines(apart));
        let sandbox = check.sandbox.clone().at_once(check.threads.min(lines.len()));
        let one = |at: usize| chained.run(&sandbox, ready[at], jobs[at]);
        let line = |line: &[usize]| {
            let places: Vec<usize> = line.iter().map(|&at| ready[at]).collect();
            let jobs: Vec<&Job> = line.iter().map(|&at| jobs[at]).collect();
            chained.run_line(&sandbox, &places, &jobs)
        };
        let again = |at: usize, runs: &[Run]| {
            let last = runs.last().map(std::slice::from_ref);
            check.repeat.wants_more(runs.len(), || {
                last.is_some_and(|last| {
                    let outcome = conclude(ready[at], Some(jobs[at]), Ok(last));
                    outcome.verdict.word() == "fail"
                })
            })
        };
        let mut gap = None;
        let ways = Ways { line: &line, one: &one, again: &again };
        let ran = crate::run::run(ready.len(), &lines, check.threads, ways, |told| {
            if check.interrupted.load(Ordering::Relaxed) {
                return Next::Abandon;
            }
            match told {
                Told::Waiting => progress(Event::Waiting),
                Told::Began(at) => progress(Event::Began(began(stored[ready[at]]))),
                Told::Ended(_, Err(error)) if error.is_sandbox_gap() => {
                    gap = Some(Error::sandbox_gap(error));
                    return Next::Finish;
                }
                Told::Ended(at, result) => {
                    let (at, job) = (ready[at], Some(jobs[at]));
                    let outcome = match result {
                        Ok(runs) => conclude(at, job, Ok(runs)),
                        Err(error) => conclude(at, job, Err(unavailable(error))),
                    };
                    match result {
                        Ok(runs) if chained.is_blocked(at) => {
                            check.memory.ran_alone(alone[at], runs, outcome.class);
                        }
                        Ok(runs) => {
                            let always = |run: &Run| chained.fails_always(at, run);
                            check.memory.ran(keys[at], runs, &outcome, &always);
                        }
                        Err(_) => {}
                    }
                    let stops = check.stop_at_failure && outcome.newly_broken();
                    progress(Event::Finished(outcome.id, outcome.verdict));
                    return if stops { Next::Finish } else { Next::On };
                }
            }
            Next::On
        });
        if !ready.is_empty() {
            check.memory.tidy();
        }
        gap.map_or(Ok(ran), Err)
    }

    /// Lines of places in `ready` that may share one run; each by itself where all are to run `apart`.
    fn lines(&self, apart: bool) -> Vec<Vec<usize>> {
        if apart {
            return (0..self.ready.len()).map(|at| vec![at]).collect();
        }
        let mut jobs: Vec<Option<&Job>> = vec![None; self.planned.len()];
        self.ready.iter().for_each(|&at| jobs[at] = self.planned[at].as_ref().ok());
        let mut place = vec![0; self.planned.len()];
        self.ready.iter().enumerate().for_each(|(at, &one)| place[one] = at);
        let lines = self.chained.lines(&jobs).into_iter();
        lines.map(|line| line.into_iter().map(|at| place[at]).collect()).collect()
    }

    /// The same lines: what took long before begins first, so that it does not end last; then one
    /// interpreter comes after the other, as to change between them costs time.
    fn in_order(&self, memory: &Memory, lines: Vec<Vec<usize>>) -> Vec<Vec<usize>> {
        /// Below this an order is not worth leaving that of the document, in milliseconds.
        const LONG: u64 = 1000;
        let ids: Vec<&str> =
            self.ready.iter().map(|&at| self.chained.stored()[at].entry.id.as_str()).collect();
        let took = memory.past(&ids).into_iter().map(|past| {
            let last = past.and_then(|past| past.endings.last().map(|(_, _, millis)| *millis));
            last.filter(|millis| *millis >= LONG).unwrap_or(0)
        });
        let took: Vec<u64> = took.collect();
        let program = |line: &[usize]| {
            let first = line.first().and_then(|&at| self.planned[self.ready[at]].as_ref().ok());
            first.map(|job| &job.interpreter.program)
        };
        let mut programs = Vec::new();
        for line in &lines {
            let program = program(line);
            if !programs.contains(&program) {
                programs.push(program);
            }
        }
        let turn = |line: &[usize]| {
            let program = program(line);
            programs.iter().position(|one| *one == program)
        };
        let mut lines = lines;
        lines.sort_by_cached_key(|line| {
            (Reverse(line.iter().map(|&at| took[at]).max()), turn(line))
        });
        lines
    }
}

fn began(stored: &Stored) -> Place {
    let Entry { id, source, start, .. } = &stored.entry;
    Place { id: id.clone(), doc: source.document.clone(), start: *start }
}
