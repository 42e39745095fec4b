//! Recorded verdicts: compared with new ones, proposed, accepted, rejected.
//!
//! One `verdicts.snap` per document, `verdicts.snap.new` while it waits for review, both as insta
//! writes them, so `cargo insta review` works on them. Does not judge, and never replaces a
//! recorded file unless somebody accepts a proposal.

mod book;
mod decide;
mod file;
mod redact;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::model::{Change, DocPath, SnippetId, Verdict};
use crate::store;

pub use book::{Book, Known, Matched, Present, unreferenced};
pub use decide::{Decision, Delta, Pending, accept, decide, pending, prune, reject};
pub use file::{Record, Recorded, content_of, parse};

const NAME: &str = "verdicts.snap";
const PENDING: &str = "verdicts.snap.new";

/// The file below the snapshot folder `root` that records `document`.
pub fn path(root: &Path, document: &DocPath) -> PathBuf {
    root.join(store::folder(document)).join(NAME)
}

/// Reads a recorded file; nothing when there is none.
///
/// # Errors
/// When the file is malformed, or the system refuses.
pub fn read(path: &Path) -> Result<Option<Recorded>, Error> {
    Ok(parsed(path)?.map(|(_, recorded)| recorded))
}

/// A verdict as it is recorded: one line, nothing volatile in it.
pub fn told(verdict: &Verdict) -> String {
    file::told(verdict)
}

/// What `verdict` is beside the recorded one.
pub fn compare(record: &Record, verdict: &Verdict) -> Change {
    match (record.word(), verdict.word()) {
        ("pass", "pass") | ("flaky", "pass") => Change::Same,
        // It is known to do so now and then.
        ("flaky", "fail") => Change::Flaky,
        (_, "pass") => Change::Fixed,
        ("pass" | "unjudged", "fail") => Change::Broken,
        _ if record.verdict() == file::told(verdict) => Change::Same,
        _ => Change::Changed,
    }
}

/// Whether `output` is another than what is recorded; where none is, nothing is expected.
pub fn prints_otherwise(record: &Record, output: &str) -> bool {
    let printed = record.clone().with_output(output);
    record.output().is_some() && printed.output() != record.output()
}

/// What is to be recorded of a document: for every one of `present`, in that order, the record of
/// `fresh` if it was judged, or else what `base` or `moved` says of it.
///
/// `base` is what waits for review or else is recorded; `moved` are records from other documents,
/// under the ids that their examples have now.
pub fn merge(
    base: Option<&Recorded>,
    present: &[Present<'_>],
    fresh: &[Record],
    moved: &[Record],
) -> Recorded {
    let old = base.map_or(&[][..], |base| &base.records);
    let by_id = |records: &[Record], id: &SnippetId| records.iter().position(|one| one.id() == id);
    let mut used: Vec<bool> =
        old.iter().map(|record| present.iter().any(|one| one.id == record.id())).collect();
    let mut records = Vec::with_capacity(present.len());
    for one in present {
        let named = by_id(old, one.id);
        let alike = || {
            let same = |(at, record): (usize, &Record)| {
                !used[at] && !one.content.is_empty() && record.content() == one.content
            };
            old.iter().enumerate().position(same)
        };
        let before = named.or_else(alike);
        if let Some(at) = before {
            used[at] = true;
        }
        let before = before
            .map(|at| old[at].clone().renamed(one.id.clone()))
            .or_else(|| by_id(moved, one.id).map(|at| moved[at].clone()));
        let record = match (by_id(fresh, one.id), before) {
            (Some(at), Some(before)) => Some(fresh[at].clone().unless_same_as(&before)),
            (Some(at), None) => Some(fresh[at].clone()),
            (None, before) => before,
        };
        records.extend(record);
    }
    Recorded { records }
}

/// Writes `recorded` beside the recorded file of `document`, as [`update`] does.
///
/// # Errors
/// As [`update`].
pub fn propose(root: &Path, document: &DocPath, recorded: &Recorded) -> Result<bool, Error> {
    update(root, document, &|_| recorded.clone())
}

/// Proposes what `merge` makes of what waits for review, or else of what is recorded, for
/// `document`: writes it beside the recorded file when its contents differ from that, and removes a
/// proposal that is out of date otherwise. Tells whether a proposal waits now.
///
/// # Errors
/// When the recorded file is malformed, or the system refuses.
pub fn update(
    root: &Path,
    document: &DocPath,
    merge: &dyn Fn(Option<&Recorded>) -> Recorded,
) -> Result<bool, Error> {
    let mut lock = None;
    loop {
        let folder = root.join(store::folder(document));
        let old = read(&folder.join(NAME))?;
        // A proposal that cannot be read is nobody's decision, and is made anew.
        let waiting = read(&folder.join(PENDING)).ok().flatten();
        let mut wanted = merge(waiting.as_ref().or(old.as_ref()));
        for record in &mut wanted.records {
            let mut known = old.iter().flat_map(|old| &old.records);
            if let Some(known) = known.find(|known| known.id() == record.id()) {
                *record = record.clone().unless_same_as(known);
            }
        }
        let change = decide::change(root, document, old.as_ref(), &wanted)?;
        // Most runs change nothing, and need not wait for others. Who does looks again when it is
        // alone.
        match (&change, &lock) {
            (decide::Step::Nothing(waits), _) => return Ok(*waits),
            (_, None) => lock = Some(store::lock(root)?),
            (_, Some(_)) => return change.take(root),
        }
    }
}

fn parsed(path: &Path) -> Result<Option<(DocPath, Recorded)>, Error> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Error::io("read", path, error)),
    };
    let text =
        String::from_utf8(bytes).map_err(|_| Error::invalid("read", path, "it is not UTF-8"))?;
    let parsed = file::parse(&text)
        .map_err(|(line, cause)| Error::invalid("read", path, format!("line {line}: {cause}")))?;
    Ok(Some(parsed))
}

/// Every file called `name` below `folder`. Folders are entered, links are not: ours are only ever
/// written into real folders.
fn collect(folder: &Path, name: &str, paths: &mut Vec<PathBuf>) -> Result<(), Error> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(Error::io("read", folder, error)),
    };
    for entry in entries {
        let entry = entry.map_err(|error| Error::io("read", folder, error))?;
        let kind = entry.file_type().map_err(|error| Error::io("read", &entry.path(), error))?;
        if kind.is_dir() {
            collect(&entry.path(), name, paths)?;
        } else if entry.file_name() == name {
            paths.push(entry.path());
        }
    }
    Ok(())
}
