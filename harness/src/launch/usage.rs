//! What the processes of a run use right now, as told by `/proc`, and which there are.
//!
//! A look, not an account: between two looks a program may take and give back what it likes.

use std::collections::{HashMap, HashSet};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::fs::{AtFlags, CWD, Dir, Mode, OFlags, openat, readlinkat, statat};
use rustix::io::{Errno, read};
use rustix::param::clock_ticks_per_second;
use rustix::process::{Pid, Signal, getuid, kill_process};

use super::sys;

/// What the processes of a run used at one moment.
#[derive(Debug, Default)]
pub(super) struct Look {
    /// Private and shared memory of theirs, in bytes. Pages of files do not count, and pages that a
    /// fork shares count for each.
    pub(super) private: u64,
    pub(super) shared: u64,
    /// Their address spaces, in bytes.
    pub(super) mapped: u64,
    /// CPU time of all that live, and of those that they waited for.
    pub(super) cpu: Duration,
    /// Processes and threads.
    pub(super) tasks: u64,
    /// Memory that is shared without a file on a disk, by all processes of the machine, in bytes.
    pub(super) shared_by_all: u64,
    /// Room for descriptors that they have together.
    descriptors: u64,
    names: Vec<String>,
}

/// With less room for descriptors than this, nobody can have many sockets.
const FEW_DESCRIPTORS: u64 = 1024;

/// How many sockets a program may have for nothing, and what one can hold at most in bytes: what is
/// on its way to it, by the kernel's default.
const FEW_SOCKETS: u64 = 256;
const FULL_SOCKET: u64 = 220 << 10;

/// The length of a range of addresses, `start-end`.
fn length_of(range: &str) -> u64 {
    let mut ends = range.split('-').map(|end| u64::from_str_radix(end, 16).ok());
    match (ends.next().flatten(), ends.next().flatten()) {
        (Some(start), Some(end)) => end.saturating_sub(start),
        _ => 0,
    }
}

fn kib(line: &str, key: &str) -> Option<u64> {
    let value = line.strip_prefix(key)?.trim().strip_suffix(" kB")?;
    Some(1024 * value.parse::<u64>().ok()?)
}

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

    /// What everything uses that the caller started, without one child and its threads.
    pub(super) fn look(&self, without: Option<Pid>) -> Look {
        let mut seen = HashSet::new();
        let mut waiting = self.children();
        let mut look = Look { shared_by_all: self.shared(), ..Look::default() };
        while let Some(pid) = waiting.pop() {
            if seen.insert(pid) {
                let name = pid.as_raw_nonzero().to_string();
                if without != Some(pid) {
                    self.add(&name, &mut look);
                    look.names.push(name.clone());
                }
                waiting.extend(self.below(&name));
            }
        }
        look
    }

    /// Whether somebody has stopped a process.
    pub(super) fn is_stopped(&self, pid: Pid) -> bool {
        let stat = self.text(&format!("{}/stat", pid.as_raw_nonzero()));
        // The state (`proc_pid_stat(5)`).
        stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with(['T', 't']))
    }

    /// Memory that these hold by sockets, beyond what a program may have of those, in bytes. The
    /// kernel counts it for nobody; here every socket counts as full.
    pub(super) fn of_sockets(&self, look: &Look) -> u64 {
        if look.descriptors < FEW_DESCRIPTORS {
            return 0;
        }
        let mut sockets = HashSet::new();
        for name in &look.names {
            for number in self.list(&format!("{name}/fd")) {
                let link = readlinkat(&self.0, format!("{name}/fd/{number}"), Vec::new());
                sockets.extend(link.ok().filter(|link| link.to_bytes().starts_with(b"socket:")));
            }
        }
        (sockets.len() as u64).saturating_sub(FEW_SOCKETS) * FULL_SOCKET
    }

    /// How much memory without a file these can share by what they map, in bytes.
    pub(super) fn sharable(&self, look: &Look) -> u64 {
        let mut sizes: HashMap<String, u64> = HashMap::new();
        for name in &look.names {
            let mut here: HashMap<String, u64> = HashMap::new();
            for line in self.text(&format!("{name}/maps")).lines() {
                // Range, rights, offset, device, inode, name (`proc_pid_maps(5)`).
                let fields: Vec<&str> = line.split_whitespace().collect();
                if let [range, _, _, _, inode, "/dev/zero", ..] = fields[..] {
                    *here.entry(inode.to_owned()).or_default() += length_of(range);
                }
            }
            for (inode, size) in here {
                let known = sizes.entry(inode).or_default();
                *known = size.max(*known);
            }
        }
        sizes.values().sum()
    }

    /// How much lies in files of a folder that have no name any more, but that these hold open or
    /// mapped, in bytes.
    pub(super) fn of_nameless_files(&self, look: &Look, folder: &Path) -> u64 {
        let of_folder =
            |path: &str| path.ends_with(" (deleted)") && Path::new(path).starts_with(folder);
        let mut sizes: HashMap<u64, u64> = HashMap::new();
        for name in &look.names {
            let mut mapped: HashMap<u64, u64> = HashMap::new();
            for line in self.text(&format!("{name}/maps")).lines() {
                // As above; the name is the rest of the line.
                let mut fields = line.splitn(6, ' ');
                let (range, inode) = (fields.next(), fields.nth(3));
                let path = fields.next().unwrap_or_default().trim_start();
                if let (Some(range), Some(Ok(inode))) = (range, inode.map(str::parse::<u64>))
                    && of_folder(path)
                {
                    *mapped.entry(inode).or_default() += length_of(range);
                }
            }
            for number in self.list(&format!("{name}/fd")) {
                let at = format!("{name}/fd/{number}");
                let link = readlinkat(&self.0, &at, Vec::new());
                let is_one = link.is_ok_and(|link| of_folder(&link.to_string_lossy()));
                if let Some(data) =
                    is_one.then(|| statat(&self.0, &at, AtFlags::empty()).ok()).flatten()
                {
                    mapped.insert(data.st_ino, u64::try_from(data.st_blocks).unwrap_or(0) * 512);
                }
            }
            for (inode, size) in mapped {
                let known = sizes.entry(inode).or_default();
                *known = size.max(*known);
            }
        }
        sizes.values().sum()
    }

    /// How many processes and threads of this user there are on the machine.
    pub(super) fn of_user(&self) -> u64 {
        let user = getuid().as_raw().to_string();
        let of_one = |name: &String| {
            let status = self.text(&format!("{name}/status"));
            let field = |key: &str| {
                let mut lines = status.lines();
                lines.find_map(|line| line.strip_prefix(key)?.split_whitespace().next())
            };
            let threads = field("Threads:").and_then(|count| count.parse::<u64>().ok());
            if field("Uid:") == Some(&user) { threads.unwrap_or(1) } else { 0 }
        };
        let all = self.list(".");
        all.iter().filter(|name| name.parse::<u32>().is_ok()).map(of_one).sum()
    }

    /// Memory of this machine that is shared without a file on a disk, in bytes.
    fn shared(&self) -> u64 {
        let text = self.text("meminfo");
        text.lines().find_map(|line| kib(line, "Shmem:")).unwrap_or_default()
    }

    fn add(&self, name: &str, look: &mut Look) {
        for line in self.text(&format!("{name}/status")).lines() {
            look.private += kib(line, "RssAnon:").unwrap_or_default();
            look.shared += kib(line, "RssShmem:").unwrap_or_default();
            look.mapped += kib(line, "VmSize:").unwrap_or_default();
            let count = |key: &str| line.strip_prefix(key)?.trim().parse::<u64>().ok();
            look.tasks += count("Threads:").unwrap_or_default();
            look.descriptors += count("FDSize:").unwrap_or_default();
        }
        // What its children took is in there once it waited for them (`proc_pid_stat(5)`).
        let stat = self.text(&format!("{name}/stat"));
        let fields = stat.rsplit(") ").next().unwrap_or_default().split(' ').skip(11).take(4);
        let ticks: u64 = fields.filter_map(|field| field.parse::<u64>().ok()).sum();
        look.cpu += Duration::from_millis(ticks * 1000 / clock_ticks_per_second());
    }

    /// Kills and reaps what is left of the children, and of theirs, for a caller whose pids are those
    /// of this `/proc` and to whom orphans fall. Says whether nothing remains, but one child that
    /// shall.
    pub(super) fn sweep(&self, but: Option<Pid>) -> bool {
        let give_up = Instant::now() + Duration::from_secs(10);
        loop {
            let mut left = self.children();
            left.retain(|child| Some(*child) != but);
            if left.is_empty() || Instant::now() > give_up {
                return left.is_empty();
            }
            // Whoever is stopped cannot run away by starting others: first all, then the end.
            let mut known = HashSet::new();
            while Instant::now() < give_up {
                let more: Vec<Pid> =
                    self.all(&left).into_iter().filter(|pid| known.insert(*pid)).collect();
                if more.is_empty() {
                    break;
                }
                for pid in more {
                    // It may have ended in between.
                    let _ = kill_process(pid, Signal::STOP);
                }
            }
            for pid in known {
                let _ = kill_process(pid, Signal::KILL);
            }
            for child in left {
                let _ = sys::wait(Some(child));
            }
        }
    }

    /// These and all below them.
    fn all(&self, roots: &[Pid]) -> Vec<Pid> {
        let mut all = roots.to_vec();
        let mut at = 0;
        while let Some(pid) = all.get(at) {
            all.extend(self.below(&pid.as_raw_nonzero().to_string()));
            at += 1;
        }
        all
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
