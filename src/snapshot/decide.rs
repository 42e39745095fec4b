//! Proposals: looked at, accepted or rejected, as a whole or example by example.
//!
//! Every file is read, changed and written by one process at a time, and appears whole.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::file::{self, Record, Recorded};
use super::{NAME, PENDING, collect, parsed, read, unreferenced};
use crate::error::Error;
use crate::model::{DocPath, SnippetId};
use crate::store;

/// What waits for review, of one document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// The document.
    pub document: DocPath,
    /// The file that waits, `….snap.new`.
    pub path: PathBuf,
    /// The contents that are recorded now; empty when nothing is.
    pub old: String,
    /// The contents that would be.
    pub new: String,
    /// The same, example by example.
    pub deltas: Vec<Delta>,
}

/// What would change for one example; at least one side is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delta {
    /// What is recorded.
    pub old: Option<Record>,
    /// What would be.
    pub new: Option<Record>,
}

impl Delta {
    /// The example, under the name that it has now where it is still there.
    pub fn id(&self) -> Option<&SnippetId> {
        self.new.as_ref().or(self.old.as_ref()).map(Record::id)
    }
}

/// Every proposal below `root`, by path; nothing when there is no such folder.
///
/// # Errors
/// When one is malformed, or the system refuses.
pub fn pending(root: &Path) -> Result<Vec<Pending>, Error> {
    let mut paths = Vec::new();
    collect(root, PENDING, &mut paths)?;
    paths.sort();
    paths.into_iter().map(|path| look(&path)).collect()
}

fn look(path: &Path) -> Result<Pending, Error> {
    let Some((document, new)) = parsed(path)? else {
        return Err(Error::invalid("read", path, "it is no longer there"));
    };
    let old = read(&path.with_file_name(NAME))?;
    Ok(Pending {
        document,
        path: path.to_owned(),
        deltas: deltas(old.as_ref(), &new),
        old: old.map(|old| file::contents(&old)).unwrap_or_default(),
        new: file::contents(&new),
    })
}

/// What differs, the examples that are still there first.
fn deltas(old: Option<&Recorded>, new: &Recorded) -> Vec<Delta> {
    let recorded: &[Record] = old.map_or(&[], |old| &old.records);
    let partners = partners(recorded, &new.records);
    let pairs = partners.iter().map(|at| at.map(|at| &recorded[at])).zip(&new.records);
    let still = pairs
        .filter(|(old, record)| *old != Some(*record))
        .map(|(old, record)| Delta { old: old.cloned(), new: Some(record.clone()) });
    let kept: BTreeSet<usize> = partners.iter().flatten().copied().collect();
    let gone = (0..recorded.len()).filter(|at| !kept.contains(at));
    let gone = gone.map(|at| Delta { old: Some(recorded[at].clone()), new: None });
    still.chain(gone).collect()
}

/// The place in `recorded` of what each of `new` was: of the same id, else of the same content, else
/// what stood between the same neighbors.
fn partners(recorded: &[Record], new: &[Record]) -> Vec<Option<usize>> {
    let mut open: Vec<bool> = vec![true; recorded.len()];
    let mut take = |is_it: &dyn Fn(&Record) -> bool| {
        let at = (0..recorded.len()).find(|&at| open[at] && is_it(&recorded[at]))?;
        open[at] = false;
        Some(at)
    };
    let mut partners: Vec<Option<usize>> =
        new.iter().map(|record| take(&|old| old.id() == record.id())).collect();
    for (partner, record) in partners.iter_mut().zip(new) {
        if partner.is_none() && !record.content().is_empty() {
            *partner = take(&|old| old.content() == record.content());
        }
    }
    pair_edits(recorded, new, &open, &mut partners);
    partners
}

/// Gives those of `new` without a partner one of those `recorded` that are open between the same
/// neighbors: one that begins alike, or else the one in its place where there are as many.
fn pair_edits(recorded: &[Record], new: &[Record], open: &[bool], partners: &mut [Option<usize>]) {
    let mut at = 0;
    while at < new.len() {
        if partners[at].is_some() {
            at += 1;
            continue;
        }
        let end = at + partners[at..].iter().take_while(|one| one.is_none()).count();
        let first = partners[..at].iter().rev().find_map(|one| *one).map_or(0, |place| place + 1);
        let last = partners[end..].iter().find_map(|one| *one).unwrap_or(recorded.len());
        let mut left: Vec<usize> = (first..last).filter(|&place| open[place]).collect();
        let mut edited: Vec<usize> = (at..end).collect();
        edited.retain(|&at| {
            let alike = |place: &usize| {
                let old = &recorded[*place];
                old.class() == new[at].class() && old.code() == new[at].code()
            };
            let found = left.iter().position(alike);
            partners[at] = found.map(|found| left.remove(found));
            found.is_none()
        });
        let mut pairs = edited.iter().zip(&left);
        if edited.len() == left.len()
            && pairs.clone().all(|(at, place)| new[*at].class() == recorded[*place].class())
        {
            pairs.by_ref().for_each(|(at, place)| partners[*at] = Some(*place));
        }
        at = end;
    }
}

/// Makes a proposal the record.
///
/// # Errors
/// When the system refuses, or the proposal is no longer there.
pub fn accept(root: &Path, pending: &Pending) -> Result<(), Error> {
    decide(root, pending, Decision::Accept, &|_| true)
}

/// Drops a proposal.
///
/// # Errors
/// As [`accept`].
pub fn reject(root: &Path, pending: &Pending) -> Result<(), Error> {
    decide(root, pending, Decision::Reject, &|_| true)
}

/// Accept or reject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// What is proposed is recorded.
    Accept,
    /// What is recorded stays.
    Reject,
}

/// Decides over those examples of a proposal that `meant` names; the others go on waiting.
///
/// # Errors
/// As [`accept`].
pub fn decide(
    root: &Path,
    pending: &Pending,
    decision: Decision,
    meant: &dyn Fn(&Delta) -> bool,
) -> Result<(), Error> {
    let _lock = store::lock(root)?;
    let folder = store::folder(&pending.document);
    let path = root.join(&folder).join(PENDING);
    // Another process may have proposed something else since.
    let Some(proposed) = read(&path)? else {
        return Err(Error::invalid("decide over", &path, "it is no longer there"));
    };
    let old = read(&root.join(&folder).join(NAME))?;
    let mut recorded = old.clone().unwrap_or_default();
    let mut waiting = recorded.clone();
    for delta in deltas(old.as_ref(), &proposed) {
        let take = meant(&delta);
        if take && decision == Decision::Accept {
            apply(&mut recorded, &delta);
        }
        if !take || decision == Decision::Accept {
            apply(&mut waiting, &delta);
        }
    }
    if decision == Decision::Accept {
        record(root, &pending.document, &recorded)?;
    }
    let now = Some(&recorded).filter(|now| !now.records.is_empty());
    change(root, &pending.document, now, &waiting)?.take(root)?;
    Ok(())
}

fn apply(recorded: &mut Recorded, delta: &Delta) {
    let is_it = |record: &Record, old: &Record| record.id() == old.id();
    let at =
        delta.old.as_ref().and_then(|old| recorded.records.iter().position(|one| is_it(one, old)));
    match (at, &delta.new) {
        (Some(at), Some(new)) => recorded.records[at] = new.clone(),
        (Some(at), None) => {
            recorded.records.remove(at);
        }
        (None, Some(new)) => recorded.records.push(new.clone()),
        (None, None) => {}
    }
}

/// Writes the recorded file of `document`, or removes it when nothing is recorded any more.
fn record(root: &Path, document: &DocPath, recorded: &Recorded) -> Result<(), Error> {
    let file = store::folder(document).join(NAME);
    if recorded.records.is_empty() {
        return store::remove(root, &file);
    }
    let text = file::render(document, recorded);
    store::write(root, &file, text.as_bytes())
}

/// Removes the records of every document that is no longer below `documents`, and what is proposed
/// for it; tells which.
///
/// # Errors
/// When a record is malformed, or the system refuses.
pub fn prune(root: &Path, documents: &Path) -> Result<Vec<DocPath>, Error> {
    let unreferenced = unreferenced(root, documents)?;
    if unreferenced.is_empty() {
        return Ok(Vec::new());
    }
    let _lock = store::lock(root)?;
    let mut removed = Vec::new();
    for (document, _) in unreferenced {
        let folder = store::folder(&document);
        store::remove(root, &folder.join(PENDING))?;
        store::remove(root, &folder.join(NAME))?;
        removed.push(document);
    }
    Ok(removed)
}

/// What is to be done to the file that waits, so that it says what is wanted.
pub(super) enum Step {
    /// It does already; whether one waits.
    Nothing(bool),
    Write(PathBuf, String),
    Remove(PathBuf),
}

impl Step {
    /// Does it; tells whether a proposal waits now.
    pub(super) fn take(&self, root: &Path) -> Result<bool, Error> {
        match self {
            Self::Nothing(waits) => Ok(*waits),
            Self::Write(file, text) => store::write(root, file, text.as_bytes()).map(|()| true),
            Self::Remove(file) => store::remove(root, file).map(|()| false),
        }
    }
}

/// The step to a proposal of `wanted` for `document`, of which `old` is recorded.
pub(super) fn change(
    root: &Path,
    document: &DocPath,
    old: Option<&Recorded>,
    wanted: &Recorded,
) -> Result<Step, Error> {
    let file = store::folder(document).join(PENDING);
    let waiting = store::read(root, &file)?;
    let nothing_new = match old {
        Some(old) => file::contents(old) == file::contents(wanted),
        None => wanted.records.is_empty(),
    };
    if nothing_new {
        return Ok(if waiting.is_some() { Step::Remove(file) } else { Step::Nothing(false) });
    }
    let text = file::render(document, wanted);
    Ok(if waiting.as_deref() == Some(text.as_bytes()) {
        Step::Nothing(true)
    } else {
        Step::Write(file, text)
    })
}
