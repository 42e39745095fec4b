//! What need not be done again: the runs of jobs and the examples of documents that nothing which
//! decides them has changed since.
//!
//! Keeps runs, not verdicts, so that judging is always done anew. What is kept and why only that:
//! see `ran`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use stillruns_harness::{End, Job, Level, Mechanism, Network, Run, Start};

use super::{find, in_parallel};
use crate::fingerprint;
use crate::ledger::{Ending, Key, Kind, Ledger, Past, day, key};
use crate::model::{self, Change, Document, History, Lang, Outcome, Verdict, Why};
use crate::snapshot;
use crate::store::{self, Held};

/// The ledger, and what decides whether its facts still hold.
pub struct Memory {
    ledger: Mutex<Ledger>,
    own: PathBuf,
    tool: Key,
    system: Key,
    programs: Mutex<BTreeMap<PathBuf, Key>>,
}

impl Memory {
    /// Remembers by `ledger`; `own` is the file of this program.
    pub fn new(ledger: Ledger, own: &Path) -> Self {
        Self {
            ledger: Mutex::new(ledger),
            own: own.to_owned(),
            tool: fingerprint::tool(own),
            system: fingerprint::system(),
            programs: Mutex::default(),
        }
    }

    /// Every use of it is whole, so one that panicked left it as it was.
    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was wrong with the ledger since this was last asked; a whole sentence.
    pub fn trouble(&self) -> Option<String> {
        self.ledger().trouble()
    }

    /// What is told about this machine under the name `what`: by an earlier run, while nothing has
    /// changed that decides it, or by `ask`.
    ///
    /// # Errors
    /// Those of `ask`.
    pub fn of_machine<T, E>(&self, what: &str, ask: impl FnOnce() -> Result<T, E>) -> Result<T, E>
    where
        T: serde::Serialize + serde::de::DeserializeOwned,
    {
        if self.ledger().is_off() {
            return ask();
        }
        let key = key([what.as_bytes(), &self.tool, &fingerprint::machine(&self.own)]);
        let known = self.ledger().recall(Kind::Machine, &[key]).pop().flatten();
        if let Some(told) = known.and_then(|fact| serde_json::from_slice(&fact).ok()) {
            return Ok(told);
        }
        let told = ask()?;
        if let Ok(fact) = serde_json::to_vec(&told) {
            self.ledger().keep(Kind::Machine, &[(key, fact)]);
        }
        Ok(told)
    }

    /// What every one of `documents` holds; on `threads` threads where it must be found.
    pub fn hold_all(&self, documents: &[Document], threads: usize) -> Vec<Held> {
        let fresh = |document: &Document| store::hold(document, &find(document));
        if self.ledger().is_off() {
            return in_parallel(documents, threads, fresh);
        }
        let keys = in_parallel(documents, threads, |document| self.key_of_document(document));
        let facts = self.ledger().recall(Kind::Document, &keys);
        let places: Vec<usize> = (0..documents.len()).collect();
        let read = |fact: &Vec<u8>| serde_json::from_slice::<Held>(fact).ok();
        let held = in_parallel(&places, threads, |&at| {
            let known = facts[at].as_ref().and_then(read);
            known.map_or_else(|| (fresh(&documents[at]), true), |held| (held, false))
        });
        let new = held.iter().zip(&keys).filter(|((_, new), _)| *new);
        let new: Vec<(Key, Vec<u8>)> = new
            .filter_map(|((held, _), key)| Some((*key, serde_json::to_vec(held).ok()?)))
            .collect();
        self.ledger().keep(Kind::Document, &new);
        held.into_iter().map(|(held, _)| held).collect()
    }

    fn key_of_document(&self, document: &Document) -> Key {
        let format = document.format.as_deref().unwrap_or_default();
        let path = document.path.as_str();
        key([&self.tool[..], path.as_bytes(), format.as_bytes(), document.text.as_bytes()])
    }

    /// The key of each job, under `offers` of the sandbox; nothing for one that sees more of the
    /// world than its key tells.
    pub(super) fn keys<'j>(
        &self,
        jobs: impl Iterator<Item = Option<&'j Job>>,
        offers: &[u8],
    ) -> Vec<Option<Key>> {
        let off = self.ledger().is_off();
        jobs.map(|job| {
            let job = job.filter(|job| !off && job.policy.network != Network::Host)?;
            let mut programs = self.programs.lock().unwrap_or_else(PoisonError::into_inner);
            let interpreter = &job.interpreter;
            let program = programs
                .entry(interpreter.program.clone())
                .or_insert_with(|| fingerprint::program(&interpreter.program, &interpreter.roots));
            let job = serde_json::to_vec(job).ok()?;
            Some(key([&self.tool[..], &self.system, program, offers, &job]))
        })
        .collect()
    }

    /// The runs that are known, in the order of `keys`.
    pub(super) fn recall(&self, keys: &[Option<Key>]) -> Vec<Option<Box<Run>>> {
        let asked: Vec<Key> = keys.iter().flatten().copied().collect();
        if asked.is_empty() {
            return vec![None; keys.len()];
        }
        let mut facts = self.ledger().recall(Kind::Run, &asked).into_iter();
        let mut take = |_| facts.next().flatten();
        let facts: Vec<_> = keys.iter().map(|key| key.and_then(&mut take)).collect();
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        in_parallel(&facts, threads, |fact| serde_json::from_slice(fact.as_ref()?).ok())
    }

    /// As `recall`, of runs without what comes before.
    pub(super) fn recall_alone(&self, keys: &[Option<Key>]) -> Vec<Option<Box<Run>>> {
        let keys: Vec<Option<Key>> = keys.iter().map(|key| key.map(alone)).collect();
        self.recall(&keys)
    }

    /// Keeps how an example ended without what it needs, for the next time when that is in its way.
    /// Of such a run only one thing is asked, whether it can be read, and Python reads a program
    /// before it begins it.
    pub(super) fn ran_alone(&self, key: Option<Key>, runs: &[Run], class: Lang) {
        if let (Some(key), Some(run)) = (key, runs.last())
            && class.is_python()
            && matches!(run.end, End::Exited(_))
            && is_apart(run)
            && let Ok(fact) = serde_json::to_vec(run)
        {
            self.ledger().keep(Kind::Run, &[(alone(key), fact)]);
        }
    }

    /// Remembers that an example ran, and keeps its run for the next time when another would end the
    /// same: one that passed, one that told what is missing here, or one that `fails_always`, by
    /// its text and its interpreter alone. Every other failure may have been bad luck, and whoever
    /// mended something that no key knows of wants to see it run again.
    pub(super) fn ran(
        &self,
        key: Option<Key>,
        runs: &[Run],
        outcome: &Outcome,
        fails_always: &dyn Fn(&Run) -> bool,
    ) {
        let mut ledger = self.ledger();
        let flaky = outcome.change == Change::Flaky;
        ledger.remember(&[Ending {
            id: outcome.id.to_string(),
            doc: outcome.doc.to_string(),
            told: snapshot::told(&outcome.verdict),
            millis: outcome.run.duration_ms,
            flaky,
        }]);
        if let (Some(key), Some(run)) = (key, runs.last())
            && !flaky
            && is_settled(run, &outcome.verdict, fails_always)
            && let Ok(fact) = serde_json::to_vec(run)
        {
            ledger.keep(Kind::Run, &[(key, fact)]);
        }
    }

    /// Fills in how earlier runs of what is broken or flaky ended, where there were any.
    pub(super) fn tell(&self, outcomes: &mut [Outcome]) {
        let told = |one: &&mut Outcome| {
            matches!(one.verdict, Verdict::Fail(_)) || one.change == Change::Flaky
        };
        let mut outcomes: Vec<&mut Outcome> = outcomes.iter_mut().filter(told).collect();
        let ids: Vec<String> = outcomes.iter().map(|one| one.id.to_string()).collect();
        let pasts = self.past(&ids.iter().map(String::as_str).collect::<Vec<_>>());
        for (outcome, past) in outcomes.iter_mut().zip(pasts) {
            outcome.background.history =
                past.filter(|past| past.runs > 1).map(|past| history(&past));
        }
    }

    /// Drops what was not asked for in a long time.
    pub(super) fn tidy(&self) {
        self.ledger().tidy();
    }

    /// What is remembered of each of `ids`.
    pub fn past(&self, ids: &[&str]) -> Vec<Option<Past>> {
        self.ledger().past(ids)
    }

    /// Lets examples keep their past under new ids, given as the old one and the new one.
    pub fn rename(&self, ids: &[(&str, &str)]) {
        self.ledger().rename(ids);
    }
}

/// What is remembered of an example, as reports show it.
fn history(past: &Past) -> History {
    let run = |(_, told, duration_ms): &(u64, String, u64)| model::Past {
        verdict: told.split(':').next().unwrap_or_default().to_owned(),
        duration_ms: *duration_ms,
    };
    History {
        since: Some(day(past.since)),
        flaked: u32::try_from(past.flaked).unwrap_or(u32::MAX),
        runs: past.endings.iter().map(run).collect(),
    }
}

/// The key of what an example does without what it needs.
fn alone(own: Key) -> Key {
    key([b"alone", &own[..]])
}

/// Whether a program saw nothing of this machine but what its key tells, and was not disturbed.
fn is_apart(run: &Run) -> bool {
    // Without these it saw the files, the processes or the network of this machine.
    let closed = [Mechanism::Namespaces, Mechanism::Mounts, Mechanism::Network];
    closed.iter().all(|one| *run.enforcement.level(*one) == Level::Full)
        && run.start != Start::Again
}

/// Whether nothing but what its key tells decided over `run`, and luck had no part in it.
fn is_settled(run: &Run, verdict: &Verdict, fails_always: &dyn Fn(&Run) -> bool) -> bool {
    is_apart(run)
        && match verdict {
            Verdict::Pass => true,
            Verdict::Fail(_) => fails_always(run),
            Verdict::Unjudged(why) => is_lasting(why),
        }
}

/// Whether what is missing was missing by the key alone.
fn is_lasting(why: &Why) -> bool {
    match why {
        Why::NeedsModule(_)
        | Why::NeedsCommand(_)
        | Why::NeedsNetwork
        | Why::NeedsInput
        | Why::Placeholder(_)
        | Why::NeedsContext(_)
        | Why::Denied(_) => true,
        Why::NoInterpreter(_)
        | Why::NeedsSnippet { .. }
        | Why::SandboxUnavailable(_)
        | Why::NeedsVariable(_)
        | Why::SkippedByDirective(_) => false,
    }
}
