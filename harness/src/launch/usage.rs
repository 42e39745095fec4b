//! What the processes of a run use right now, as told by `/proc`, and which there are.
//!
//! A look, not an account: between two looks a program may take and give back what it likes.

use std::collections::HashSet;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::fs::{CWD, Dir, Mode, OFlags, openat};
use rustix::io::{Errno, read};
use rustix::process::{Pid, Signal, kill_process};

use super::sys;

/// The `/proc` that was there before the new root, held open: it shows everything that the caller
/// started, whatever namespace that lives in. Its pids are those of its own namespace.
pub(super) struct Processes(OwnedFd);

impl Processes {
    pub(super) fn open() -> Result<Processes, Errno> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        openat(CWD, "/proc", flags, Mode::empty()).map(Processes)
    }

    /// Children of the caller.
    pub(super) fn children(&self) -> Vec<Pid> {
        self.below("self")
    }

    /// Private and shared memory of everything that the caller started, in bytes, without one
    /// child and its threads. Pages of files do not count, and pages that a fork shares count for
    /// each.
    pub(super) fn memory(&self, without: Option<Pid>) -> u64 {
        let mut seen = HashSet::new();
        let mut waiting = self.children();
        let mut sum = 0;
        while let Some(pid) = waiting.pop() {
            if seen.insert(pid) {
                let number = pid.as_raw_nonzero().to_string();
                if without != Some(pid) {
                    sum += self.of_one(&number);
                }
                waiting.extend(self.below(&number));
            }
        }
        sum
    }

    /// Kills and reaps what is left of the children, for a caller whose pids are those of this
    /// `/proc`. Says whether nothing remains, but one child that shall.
    pub(super) fn sweep(&self, but: Option<Pid>) -> bool {
        let give_up = Instant::now() + Duration::from_secs(10);
        loop {
            let mut left = self.children();
            left.retain(|child| Some(*child) != but);
            if left.is_empty() || Instant::now() > give_up {
                return left.is_empty();
            }
            for child in left {
                // It may have ended in between.
                let _ = kill_process(child, Signal::KILL);
                let _ = sys::wait(Some(child));
            }
        }
    }

    /// Children of all threads of a process. None when it is gone.
    fn below(&self, name: &str) -> Vec<Pid> {
        let mut all = Vec::new();
        for thread in self.list(&format!("{name}/task")) {
            let list = self.text(&format!("{name}/task/{thread}/children"));
            let pids = list.split_whitespace().filter_map(|pid| pid.parse().ok());
            all.extend(pids.filter_map(Pid::from_raw));
        }
        all
    }

    fn of_one(&self, name: &str) -> u64 {
        let kib = |line: &str| {
            let value = line.strip_prefix("RssAnon:").or_else(|| line.strip_prefix("RssShmem:"))?;
            value.trim().strip_suffix(" kB")?.parse::<u64>().ok()
        };
        1024 * self.text(&format!("{name}/status")).lines().filter_map(kib).sum::<u64>()
    }

    fn list(&self, path: &str) -> Vec<String> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let folder = openat(&self.0, path, flags, Mode::empty()).and_then(Dir::new);
        let entries = folder.into_iter().flatten().flatten();
        let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
        names.filter(|name| !name.starts_with('.')).collect()
    }

    fn text(&self, path: &str) -> String {
        let mut text = Vec::new();
        if let Ok(file) = openat(&self.0, path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()) {
            let mut buffer = [0; 4096];
            while let Ok(length @ 1..) = read(&file, &mut buffer) {
                text.extend_from_slice(&buffer[..length]);
            }
        }
        String::from_utf8_lossy(&text).into_owned()
    }
}
