//! What was asked of interpreters before, in a file of the user's cache folder.
//!
//! An answer holds for as long as the file of the executable is the same one, unchanged. What the
//! file says decides what becomes visible in the sandbox, so one that somebody else could have
//! written is not read, and the caller looks at every answer as at a fresh one.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Interpreter;

/// The version of the file; others are not read.
const VERSION: u32 = 1;

/// The largest file that is read, in bytes.
const LARGEST: u64 = 4 << 20;

/// Everything that is remembered.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Memory {
    version: u32,
    answers: BTreeMap<PathBuf, Answer>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    identity: Identity,
    interpreter: Interpreter,
}

/// Device, inode, size and time of the last change of a file, links followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Identity(u64, u64, u64, i64, i64);

impl Identity {
    pub(super) fn of(path: &Path) -> Option<Identity> {
        let data = fs::metadata(path).ok()?;
        Some(Identity(data.dev(), data.ino(), data.size(), data.mtime(), data.mtime_nsec()))
    }
}

impl Memory {
    /// Reads the file at `path`; nothing is remembered where there is none that can be trusted.
    pub(super) fn read(path: &Path) -> Memory {
        let nothing = Memory { version: VERSION, ..Memory::default() };
        let own = |data: &fs::Metadata| {
            let me = fs::metadata("/proc/self").map(|me| me.uid());
            data.is_file()
                && data.len() <= LARGEST
                && data.mode() & 0o022 == 0
                && me.is_ok_and(|me| me == data.uid())
        };
        if !fs::symlink_metadata(path).is_ok_and(|data| own(&data)) {
            return nothing;
        }
        let read =
            fs::read(path).ok().and_then(|bytes| serde_json::from_slice::<Memory>(&bytes).ok());
        read.filter(|memory| memory.version == VERSION).unwrap_or(nothing)
    }

    /// What `program`, which is `identity` now, answered.
    pub(super) fn answer(&self, program: &Path, identity: Identity) -> Option<&Interpreter> {
        let answer = self.answers.get(program)?;
        (answer.identity == identity).then_some(&answer.interpreter)
    }

    /// Remembers an answer; tells whether that is news.
    pub(super) fn keep(
        &mut self,
        program: &Path,
        identity: Identity,
        interpreter: &Interpreter,
    ) -> bool {
        let answer = Answer { identity, interpreter: interpreter.clone() };
        let old = self.answers.insert(program.to_owned(), answer.clone());
        old != Some(answer)
    }

    /// Writes the file whole. That it cannot be written costs a little time and is nobody's news.
    pub(super) fn write(&self, path: &Path) {
        let Some(folder) = path.parent() else { return };
        let write = || -> std::io::Result<()> {
            fs::create_dir_all(folder)?;
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            file.write_all(&serde_json::to_vec(self)?)?;
            file.persist(path)?;
            Ok(())
        };
        // A cache that cannot be written is no cache.
        let _ = write();
    }
}
