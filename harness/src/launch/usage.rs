//! What the processes of a run use right now, as told by `/proc`.
//!
//! A look, not an account: between two looks a program may take and give back what it likes.

use std::collections::HashSet;
use std::fs;

use rustix::process::Pid;

/// Private and shared memory of a process and all its descendants, in bytes. Pages of files do not
/// count, and pages that a fork shares count for each.
pub(super) fn memory(root: Pid) -> u64 {
    let mut seen = HashSet::new();
    let mut waiting = vec![root];
    let mut sum = 0;
    while let Some(pid) = waiting.pop() {
        if seen.insert(pid) {
            sum += of_one(pid);
            waiting.extend(children(pid));
        }
    }
    sum
}

/// Children of all threads of a process. None when it is gone.
pub(super) fn children(pid: Pid) -> Vec<Pid> {
    let threads = fs::read_dir(format!("/proc/{}/task", pid.as_raw_nonzero()));
    let mut all = Vec::new();
    for thread in threads.into_iter().flatten().flatten() {
        let list = fs::read_to_string(thread.path().join("children")).unwrap_or_default();
        let pids = list.split_whitespace().filter_map(|pid| pid.parse().ok());
        all.extend(pids.filter_map(Pid::from_raw));
    }
    all
}

fn of_one(pid: Pid) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", pid.as_raw_nonzero()));
    let kib = |line: &str| {
        let value = line.strip_prefix("RssAnon:").or_else(|| line.strip_prefix("RssShmem:"))?;
        value.trim().strip_suffix(" kB")?.parse::<u64>().ok()
    };
    1024 * status.unwrap_or_default().lines().filter_map(kib).sum::<u64>()
}
