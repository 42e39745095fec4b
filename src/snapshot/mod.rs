//! Recorded verdicts: compared with new ones, proposed, accepted, rejected.
//!
//! One `verdicts.snap` per document, `verdicts.snap.new` while it waits for review, both as insta
//! writes them, so `cargo insta review` works on them. Does not judge, and never replaces a
//! recorded file unless [`accept`] is called.

mod file;
mod redact;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::model::{Change, DocPath, SnippetId, Verdict};
use crate::store;

pub use file::{Record, Recorded, parse};

const NAME: &str = "verdicts.snap";
const PENDING: &str = "verdicts.snap.new";

/// Snapshots that wait for review, of one document.
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
}

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

/// What `verdict` over the snippet `id` is beside the recorded one.
pub fn compare(recorded: &Recorded, id: &SnippetId, verdict: &Verdict) -> Change {
    let Some(record) = recorded.records.iter().find(|record| record.id() == id) else {
        return Change::New;
    };
    match (record.word(), verdict.word()) {
        ("pass", "pass") => Change::Same,
        (_, "pass") => Change::Fixed,
        ("pass" | "unjudged", "fail") => Change::Broken,
        _ if record.verdict() == file::told(verdict) => Change::Same,
        _ => Change::Changed,
    }
}

/// The recorded snippets that are not among `present`.
pub fn gone(recorded: &Recorded, present: &[&SnippetId]) -> Vec<SnippetId> {
    let ids = recorded.records.iter().map(Record::id);
    ids.filter(|id| !present.contains(id)).cloned().collect()
}

/// The records of a document of which only some examples were judged: for every id of `present`,
/// in that order, the fresh record, or else what is recorded.
pub fn merge(recorded: Option<&Recorded>, present: &[&SnippetId], fresh: &[Record]) -> Recorded {
    let old = recorded.map_or(&[][..], |recorded| &recorded.records);
    let pick = |id: &&SnippetId| {
        let is_it = |record: &&Record| record.id() == *id;
        fresh.iter().find(is_it).or_else(|| old.iter().find(is_it)).cloned()
    };
    Recorded { records: present.iter().filter_map(pick).collect() }
}

/// Writes `recorded` beside the recorded file of `document` when its contents differ from it, and
/// removes a proposal that is out of date otherwise. Tells whether a proposal waits now.
///
/// # Errors
/// When the recorded file is malformed, or the system refuses.
pub fn propose(root: &Path, document: &DocPath, recorded: &Recorded) -> Result<bool, Error> {
    let folder = store::folder(document);
    let pending = folder.join(PENDING);
    let old = read(&root.join(&folder).join(NAME))?;
    let nothing_new = match &old {
        Some(old) => file::contents(old) == file::contents(recorded),
        None => recorded.records.is_empty(),
    };
    if nothing_new {
        if fs::symlink_metadata(root.join(&pending)).is_ok() {
            store::remove(root, &pending)?;
        }
        return Ok(false);
    }
    let text = file::render(document, recorded);
    if store::read(root, &pending)?.as_deref() != Some(text.as_bytes()) {
        store::write(root, &pending, text.as_bytes())?;
    }
    Ok(true)
}

/// Every proposal below `root`, by path; nothing when there is no such folder.
///
/// # Errors
/// When one is malformed, or the system refuses.
pub fn pending(root: &Path) -> Result<Vec<Pending>, Error> {
    let mut paths = Vec::new();
    collect(root, &mut paths)?;
    paths.sort();
    paths.into_iter().map(|path| look(&path)).collect()
}

/// Makes a proposal the record.
///
/// # Errors
/// When the system refuses.
pub fn accept(pending: &Pending) -> Result<(), Error> {
    let recorded = pending.path.with_file_name(NAME);
    fs::rename(&pending.path, &recorded).map_err(|error| Error::io("accept", &pending.path, error))
}

/// Drops a proposal.
///
/// # Errors
/// When the system refuses.
pub fn reject(pending: &Pending) -> Result<(), Error> {
    fs::remove_file(&pending.path).map_err(|error| Error::io("reject", &pending.path, error))
}

fn look(path: &Path) -> Result<Pending, Error> {
    let Some((document, new)) = parsed(path)? else {
        return Err(Error::invalid("read", path, "it is no longer there"));
    };
    let old = read(&path.with_file_name(NAME))?;
    Ok(Pending {
        document,
        path: path.to_owned(),
        old: old.map(|old| file::contents(&old)).unwrap_or_default(),
        new: file::contents(&new),
    })
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

/// Folders are entered, links are not: a proposal is only ever written into a real folder.
fn collect(folder: &Path, paths: &mut Vec<PathBuf>) -> Result<(), Error> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(Error::io("read", folder, error)),
    };
    for entry in entries {
        let entry = entry.map_err(|error| Error::io("read", folder, error))?;
        let kind = entry.file_type().map_err(|error| Error::io("read", &entry.path(), error))?;
        if kind.is_dir() {
            collect(&entry.path(), paths)?;
        } else if entry.file_name() == PENDING {
            paths.push(entry.path());
        }
    }
    Ok(())
}
