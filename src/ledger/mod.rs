//! What earlier runs left: a cache of facts by key, and how examples ended before.
//!
//! One SQLite file per project, which several processes use at the same time and which none of them
//! can leave broken by being killed. Knows nothing of what a fact means, and is never a reason for
//! a check to fail: whatever is wrong with the file ends its use and is told in one sentence.

mod file;
mod history;

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};

use crate::error::Error;

pub use history::{Ending, Past, day};

/// What decides a fact, as a digest.
pub type Key = [u8; 32];

/// The key of what is made of `parts`, in which nothing runs together.
pub fn key<'p>(parts: impl IntoIterator<Item = &'p [u8]>) -> Key {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    }
    digest.finalize().into()
}

/// What a fact is about; keys of different kinds never meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// How a program ended.
    Run = 1,
    /// What a document holds.
    Document = 2,
    /// What this machine offers.
    Machine = 3,
}

impl Kind {
    /// All of them, with the word for what there are many of.
    pub const ALL: [(Self, &'static str); 3] =
        [(Self::Run, "runs"), (Self::Document, "documents"), (Self::Machine, "machines")];
}

/// A fact that nobody asked for goes after so many seconds: 30 days.
const LIFE: u64 = 30 * DAY;
const DAY: u64 = 24 * 60 * 60;

/// The ledger of one project.
#[derive(Debug)]
pub struct Ledger {
    /// Nothing when it is not wanted or not usable.
    db: Option<Connection>,
    path: PathBuf,
    now: u64,
    trouble: Option<String>,
}

impl Ledger {
    /// A ledger that holds nothing and keeps nothing.
    pub fn off() -> Self {
        Self { db: None, path: PathBuf::new(), now: 0, trouble: None }
    }

    /// The ledger in `folder`, which is made when it is not there; `now` in seconds since 1970. A
    /// file that is none of ours, or is damaged, is set aside.
    pub fn open(folder: &Path, now: u64) -> Self {
        let path = folder.join(file::NAME);
        match file::open(&path) {
            Ok((db, trouble)) => Self { db: Some(db), path, now, trouble },
            Err(cause) => {
                let trouble = format!("the cache `{}` is not used: {cause}", path.display());
                Self { db: None, path, now, trouble: Some(trouble) }
            }
        }
    }

    /// Whether it holds nothing and keeps nothing.
    pub fn is_off(&self) -> bool {
        self.db.is_none()
    }

    /// What was wrong with it since this was last asked; a whole sentence.
    pub fn trouble(&mut self) -> Option<String> {
        self.trouble.take()
    }

    /// The facts behind `keys`, each where one is kept.
    pub fn recall(&mut self, kind: Kind, keys: &[Key]) -> Vec<Option<Vec<u8>>> {
        let now = self.now;
        let nothing = || vec![None; keys.len()];
        let Some(values) = self.using(|db| recall(db, kind, keys, now)) else {
            return nothing();
        };
        let mut found = Vec::with_capacity(keys.len());
        for (value, key) in values.into_iter().zip(keys) {
            match value.as_deref().map(|value| unsealed(kind, key, value)) {
                Some(None) => {
                    self.damaged("what it holds is not what was put in");
                    return nothing();
                }
                fact => found.push(fact.flatten()),
            }
        }
        found
    }

    /// Keeps facts, all or none of them.
    pub fn keep(&mut self, kind: Kind, facts: &[(Key, Vec<u8>)]) {
        let now = self.now;
        if facts.is_empty() {
            return;
        }
        self.using(|db| {
            let change = db.transaction()?;
            for (key, fact) in facts {
                let put =
                    "INSERT OR REPLACE INTO fact (kind, key, value, used) VALUES (?, ?, ?, ?)";
                change.prepare_cached(put)?.execute(params![
                    kind as u8,
                    key.as_slice(),
                    sealed(kind, key, fact),
                    now
                ])?;
            }
            change.commit()?;
            Ok(())
        });
    }

    /// Drops facts that nobody asked for in a long time; at most once a day.
    pub fn tidy(&mut self) {
        let now = self.now;
        self.using(|db| {
            let last: Option<u64> = db
                .query_row("SELECT value FROM meta WHERE name = 'tidied'", [], |row| row.get(0))
                .optional()?;
            if last.is_some_and(|last| last + DAY > now) {
                return Ok(());
            }
            let change = db.transaction()?;
            change.execute("DELETE FROM fact WHERE used < ?", [now.saturating_sub(LIFE)])?;
            change.execute("INSERT OR REPLACE INTO meta VALUES ('tidied', ?)", [now])?;
            change.commit()?;
            Ok(())
        });
    }

    /// How many facts of each kind there are and how many bytes they have, how many endings, and
    /// the size of the file in bytes.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn stats(&mut self) -> Result<Stats, Error> {
        let path = self.path.clone();
        let read = |db: &mut Connection| {
            let count = "SELECT count(*), coalesce(sum(length(value)), 0) FROM fact WHERE kind = ?";
            let mut facts = Vec::new();
            for (kind, word) in Kind::ALL {
                let found =
                    db.query_row(count, [kind as u8], |row| Ok((row.get(0)?, row.get(1)?)))?;
                facts.push((word, found));
            }
            let endings = db.query_row("SELECT count(*) FROM ending", [], |row| row.get(0))?;
            Ok((facts, endings))
        };
        let Some((facts, endings)) = self.using(read) else {
            let cause = self.trouble().unwrap_or_else(|| "it is not used".to_owned());
            return Err(Error::invalid("read", &path, cause));
        };
        Ok(Stats { facts, endings, bytes: file::size(&path), path })
    }

    /// Removes every fact, and the endings of examples as well when `history` says so.
    ///
    /// # Errors
    /// When the file cannot be changed.
    pub fn clean(&mut self, history: History) -> Result<(), Error> {
        let path = self.path.clone();
        let done = self.using(|db| {
            db.execute("DELETE FROM fact", [])?;
            if history == History::Dropped {
                db.execute_batch("DELETE FROM ending; DELETE FROM state;")?;
            }
            db.execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE);")
        });
        match done {
            Some(()) => Ok(()),
            None => {
                let cause = self.trouble().unwrap_or_else(|| "it is not used".to_owned());
                Err(Error::invalid("clean", &path, cause))
            }
        }
    }

    /// Asks or changes the file; should that fail it is used no more.
    fn using<T>(&mut self, work: impl FnOnce(&mut Connection) -> rusqlite::Result<T>) -> Option<T> {
        let db = self.db.as_mut()?;
        match work(db) {
            Ok(done) => Some(done),
            Err(error) if file::is_damage(&error) => {
                self.damaged(&error.to_string());
                None
            }
            Err(error) => {
                self.db = None;
                let shown = self.path.display();
                self.trouble = Some(format!("the cache `{shown}` is not used: {error}"));
                None
            }
        }
    }

    fn damaged(&mut self, cause: &str) {
        self.db = None;
        self.trouble = Some(file::set_aside(&self.path, cause));
    }
}

/// Whether the endings of examples stay when facts go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum History {
    /// They stay.
    Kept,
    /// They go.
    Dropped,
}

/// What a ledger holds.
#[derive(Clone, Debug)]
pub struct Stats {
    /// Per kind its word, how many facts, and their bytes.
    pub facts: Vec<(&'static str, (u64, u64))>,
    /// Runs of examples that are remembered.
    pub endings: u64,
    /// Bytes on the disk.
    pub bytes: u64,
    /// The file.
    pub path: PathBuf,
}

fn recall(
    db: &mut Connection,
    kind: Kind,
    keys: &[Key],
    now: u64,
) -> rusqlite::Result<Vec<Option<Vec<u8>>>> {
    let mut found = Vec::with_capacity(keys.len());
    let mut old = Vec::new();
    {
        let mut ask = db.prepare("SELECT value, used FROM fact WHERE kind = ? AND key = ?")?;
        for key in keys {
            let row: Option<(Vec<u8>, u64)> = ask
                .query_row(params![kind as u8, key.as_slice()], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })
                .optional()?;
            let Some((value, used)) = row else {
                found.push(None);
                continue;
            };
            found.push(Some(value));
            if used + DAY < now {
                old.push(*key);
            }
        }
    }
    if !old.is_empty() {
        let change = db.transaction()?;
        for key in old {
            let touch = "UPDATE fact SET used = ? WHERE kind = ? AND key = ?";
            change.prepare_cached(touch)?.execute(params![now, kind as u8, key.as_slice()])?;
        }
        change.commit()?;
    }
    Ok(found)
}

const SEAL: usize = 8;

/// The fact behind a part of the digest of it and its key, so that a flipped bit is noticed,
/// wherever it is.
fn sealed(kind: Kind, of: &Key, fact: &[u8]) -> Vec<u8> {
    let mut value = seal(kind, of, fact).to_vec();
    value.extend_from_slice(fact);
    value
}

fn unsealed(kind: Kind, of: &Key, value: &[u8]) -> Option<Vec<u8>> {
    let (told, fact) = value.split_at_checked(SEAL)?;
    (seal(kind, of, fact) == *told).then(|| fact.to_vec())
}

fn seal(kind: Kind, of: &Key, fact: &[u8]) -> [u8; SEAL] {
    let whole = key([&[kind as u8], of.as_slice(), fact]);
    std::array::from_fn(|at| whole[at])
}

#[cfg(test)]
mod tests;
