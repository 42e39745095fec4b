//! A control group for a lane: the kernel counts memory of all kinds, processes and CPU time of all
//! that runs in it together. Version 1 and version 2, where this user may make groups.
//!
//! Makes, fills and removes it, and asks for its counts; what is too much is said by the limits of a
//! job, and the end of a run by `scales`.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::enforcement::Level;
use crate::job::Limits;

/// How the folders of groups are named, before the number of their launcher.
const NAME: &str = "stillruns-";

/// What the stem and a warm interpreter may need in the group of their programs, in bytes.
const OURS: u64 = 96 << 20;

/// The group of a lane, as its launcher holds it. Removed by [`Group::remove`].
pub(super) struct Group {
    folders: Vec<PathBuf>,
    /// Where the launcher came from, by the same order.
    homes: Vec<PathBuf>,
    pub(super) gauges: Gauges,
}

/// What the stem needs of the group, which it cannot find by name any more.
#[derive(Debug, Default)]
pub(super) struct Gauges {
    memory: Option<File>,
    pids: Option<File>,
    /// Tells how many processes were killed as there was no more memory.
    kills: Option<File>,
    /// Tells CPU time, by the key and the unit of its version.
    cpu: Option<File>,
}

/// Counts of a group up to now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) kills: u64,
    pub(super) cpu: Duration,
}

impl Group {
    /// Makes a group and moves this process there; on failure everything is as before, and the text
    /// says why.
    pub(super) fn enter() -> Result<Group, String> {
        let places = places()?;
        let mut group = Group { folders: Vec::new(), homes: Vec::new(), gauges: Gauges::default() };
        for place in places {
            let entered = group.make(&place).and_then(|folder| group.settle(&place, &folder));
            if let Err(error) = entered {
                group.leave();
                group.remove();
                return Err(format!("no control group in {}: {error}", place.parent.display()));
            }
        }
        Ok(group)
    }

    /// Moves this process back to where it was; what it started stays.
    pub(super) fn leave(&self) {
        for home in &self.homes {
            // Then it stays, which only means that the group cannot be removed.
            let _ = move_to(home);
        }
    }

    /// Removes the group, once all that was in it has ended.
    pub(super) fn remove(&self) {
        for folder in &self.folders {
            for _ in 0..100 {
                // What was killed takes a moment to go.
                match fs::remove_dir(folder) {
                    Err(error) if error.raw_os_error() == Some(libc::EBUSY) => {
                        std::thread::sleep(Duration::from_millis(2));
                    }
                    _ => break,
                }
            }
        }
    }

    fn make(&mut self, place: &Place) -> io::Result<PathBuf> {
        clear(&place.parent);
        let folder = place.parent.join(format!("{NAME}{}", std::process::id()));
        fs::create_dir(&folder)?;
        self.folders.push(folder.clone());
        Ok(folder)
    }

    fn settle(&mut self, place: &Place, folder: &Path) -> io::Result<()> {
        let write = |name: &str| File::options().write(true).open(folder.join(name));
        let read = |name: &str| File::open(folder.join(name));
        for controller in &place.controllers {
            match (controller.as_str(), place.version) {
                ("memory", 1) => {
                    self.gauges.memory = Some(write("memory.limit_in_bytes")?);
                    self.gauges.kills = Some(read("memory.oom_control")?);
                }
                ("memory", _) => {
                    self.gauges.memory = Some(write("memory.max")?);
                    self.gauges.kills = Some(read("memory.events")?);
                }
                ("pids", _) => self.gauges.pids = Some(write("pids.max")?),
                ("cpuacct", _) => self.gauges.cpu = Some(read("cpuacct.usage")?),
                ("cpu", 2) => self.gauges.cpu = Some(read("cpu.stat")?),
                _ => {}
            }
        }
        move_to(folder)?;
        self.homes.push(place.home.clone());
        Ok(())
    }
}

impl Gauges {
    /// How far the group bounds a run.
    pub(super) fn level(&self) -> Level {
        let parts = [("memory", &self.memory), ("pids", &self.pids), ("cpu", &self.cpu)];
        let lacking: Vec<&str> =
            parts.iter().filter(|(_, file)| file.is_none()).map(|(name, _)| *name).collect();
        if lacking.is_empty() {
            return Level::Full;
        }
        Level::Partial(format!("no control of {}", lacking.join(", ")))
    }

    /// Sets the limits of a run, beside which `ours` processes of ours are in the group.
    pub(super) fn set(&self, limits: &Limits, ours: u64) -> io::Result<()> {
        let memory = limits.memory_bytes.saturating_add(limits.scratch_bytes).saturating_add(OURS);
        let pids = limits.processes.saturating_add(ours);
        for (file, value) in [(&self.memory, memory), (&self.pids, pids)] {
            if let Some(file) = file {
                // The kernel's own greatest number is less than the language's.
                file.write_at(value.min(1 << 60).to_string().as_bytes(), 0)?;
            }
        }
        Ok(())
    }

    /// What the group used up to now.
    pub(super) fn counts(&self) -> Counts {
        let text = |file: &Option<File>| {
            let mut buffer = [0; 1024];
            let read = file.as_ref().and_then(|file| file.read_at(&mut buffer, 0).ok());
            String::from_utf8_lossy(&buffer[..read.unwrap_or(0)]).into_owned()
        };
        let kills = value(&text(&self.kills), "oom_kill").unwrap_or_default();
        let cpu = text(&self.cpu);
        let cpu = match value(&cpu, "usage_usec") {
            Some(micros) => Duration::from_micros(micros),
            // Version 1 knows one number, in nanoseconds.
            None => Duration::from_nanos(cpu.trim().parse().unwrap_or_default()),
        };
        Counts { kills, cpu }
    }
}

/// The number behind a key.
fn value(text: &str, key: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(' ')?.trim().parse().ok())
}

/// One hierarchy in which a group is to be made.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    version: u32,
    controllers: Vec<String>,
    /// Where this process is.
    home: PathBuf,
    /// Below which the group is to be made.
    parent: PathBuf,
}

fn move_to(folder: &Path) -> io::Result<()> {
    // Of a single thread that moves itself the older file takes less locking.
    let tasks = folder.join("tasks");
    let file = if tasks.exists() { tasks } else { folder.join("cgroup.procs") };
    File::options().write(true).open(file)?.write_at(b"0", 0).map(|_| ())
}

/// Removes groups of launchers that were killed before they could.
fn clear(parent: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let pid = name.to_str().and_then(|name| name.strip_prefix(NAME));
        if pid.is_some_and(|pid| !Path::new("/proc").join(pid).exists()) {
            // One with something in it is not removed by the kernel.
            let _ = fs::remove_dir(entry.path());
        }
    }
}

fn places() -> Result<Vec<Place>, String> {
    let read = |path: &str| fs::read_to_string(path).map_err(|error| format!("{path}: {error}"));
    let (mounts, groups) = (read("/proc/self/mounts")?, read("/proc/self/cgroup")?);
    let places = version_1(&mounts, &groups);
    if !places.is_empty() {
        return Ok(places);
    }
    let Some((top, home)) = version_2(&mounts, &groups) else {
        return Err("no control groups are mounted".to_owned());
    };
    // A group with processes has no groups with limits of their own, so it is made beside this one.
    let parent = if home == top { home.clone() } else { home.parent().unwrap_or(&home).to_owned() };
    let offered = read(&parent.join("cgroup.subtree_control").display().to_string())?;
    let controllers: Vec<String> = offered.split_whitespace().map(str::to_owned).collect();
    if !controllers.iter().any(|one| one == "memory" || one == "pids") {
        return Err(format!("{} hands on no control of memory or pids", parent.display()));
    }
    Ok(vec![Place { version: 2, controllers, home, parent }])
}

/// The hierarchies of version 1 that count what is to be counted.
fn version_1(mounts: &str, groups: &str) -> Vec<Place> {
    // Number, controllers, path (`cgroups(7)`).
    let own: HashMap<&str, &str> = groups
        .lines()
        .filter_map(|line| {
            let mut fields = line.splitn(3, ':').skip(1);
            Some((fields.next()?, fields.next()?))
        })
        .collect();
    let mut places = Vec::new();
    for (at, kind, options) in mounts.lines().filter_map(mount) {
        let options: Vec<&str> = options.split(',').collect();
        let wanted = ["memory", "pids", "cpuacct"];
        let controllers: Vec<String> = wanted
            .iter()
            .filter(|one| options.contains(one))
            .map(|one| (*one).to_owned())
            .collect();
        let path = own.iter().find(|(names, _)| {
            names.split(',').any(|name| controllers.iter().any(|one| one == name))
        });
        if kind == "cgroup"
            && !controllers.is_empty()
            && let Some((_, path)) = path
        {
            let home = Path::new(at).join(path.trim_start_matches('/'));
            places.push(Place { version: 1, controllers, parent: home.clone(), home });
        }
    }
    places
}

/// Where version 2 is mounted, and where in there this process is.
fn version_2(mounts: &str, groups: &str) -> Option<(PathBuf, PathBuf)> {
    let (at, ..) = mounts.lines().filter_map(mount).find(|(_, kind, _)| *kind == "cgroup2")?;
    let path = groups.lines().find_map(|line| line.strip_prefix("0::"))?;
    Some((at.into(), Path::new(at).join(path.trim_start_matches('/'))))
}

/// Place, kind and options of a line of `/proc/self/mounts`.
fn mount(line: &str) -> Option<(&str, &str, &str)> {
    let mut fields = line.split(' ').skip(1);
    Some((fields.next()?, fields.next()?, fields.next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_versions_are_found_where_they_are_mounted() {
        let mounts = "proc /proc proc rw 0 0\n\
                      cgroup /sys/fs/cgroup/memory cgroup rw,relatime,memory 0 0\n\
                      cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,cpu,cpuacct 0 0\n\
                      cgroup /sys/fs/cgroup/freezer cgroup rw,freezer 0 0\n\
                      cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n";
        let groups = "4:memory:/a/b\n2:cpu,cpuacct:/\n1:freezer:/\n0::/user.slice/x.scope\n";
        let places = version_1(mounts, groups);
        let seen: Vec<_> = places
            .iter()
            .map(|place| (place.controllers.join(","), place.home.display().to_string()))
            .collect();
        assert_eq!(
            seen,
            [
                ("memory".to_owned(), "/sys/fs/cgroup/memory/a/b".to_owned()),
                ("cpuacct".to_owned(), "/sys/fs/cgroup/cpu,cpuacct/".to_owned()),
            ]
        );
        let (top, home) = version_2(mounts, groups).unwrap();
        assert_eq!(top, Path::new("/sys/fs/cgroup/unified"));
        assert_eq!(home, top.join("user.slice/x.scope"));
        assert_eq!(version_1("proc /proc proc rw 0 0\n", groups), []);
        assert_eq!(version_2("proc /proc proc rw 0 0\n", groups), None);
    }

    #[test]
    fn counts_are_read_of_both_versions() {
        assert_eq!(value("oom_kill_disable 0\nunder_oom 0\noom_kill 3\n", "oom_kill"), Some(3));
        assert_eq!(value("low 0\noom 1\noom_kill 2\noom_group_kill 0\n", "oom_kill"), Some(2));
        assert_eq!(value("usage_usec 77\nuser_usec 3\n", "usage_usec"), Some(77));
        assert_eq!(value("12345\n", "usage_usec"), None);
    }
}
