//! Resource limits of the program, inherited by all its processes.
//!
//! Most of them bind one process each; what all together use is watched by the stem.

use rustix::process::{Resource, Rlimit, getrlimit, getuid, setrlimit};

use super::wire::Failure;
use crate::enforcement::Level;
use crate::job::Limits;

/// One limit: its name, and what it is to be.
pub(super) type Row = (&'static str, Resource, Rlimit);

/// All limits as they are to be for a process that starts out with those of the caller. `ours` is
/// how many processes that are not the program's count among its own.
pub(super) fn table(limits: &Limits, ours: u64) -> Vec<Row> {
    let cpu = limits.cpu.as_secs() + u64::from(limits.cpu.subsec_nanos() > 0);
    let table = [
        ("cpu", Resource::Cpu, cpu.max(1)),
        ("as", Resource::As, limits.memory_bytes.saturating_mul(2)),
        ("fsize", Resource::Fsize, limits.file_bytes),
        ("nofile", Resource::Nofile, limits.open_files),
        ("nproc", Resource::Nproc, limits.processes.saturating_add(ours)),
        ("core", Resource::Core, 0),
        ("memlock", Resource::Memlock, 64 << 10),
        ("msgqueue", Resource::Msgqueue, 0),
        ("nice", Resource::Nice, 0),
        ("rtprio", Resource::Rtprio, 0),
    ];
    let row = |(name, resource, wanted)| {
        // An outer limit may be lower still, and cannot be raised.
        let outer = getrlimit(resource).maximum.unwrap_or(u64::MAX);
        let value = outer.min(wanted);
        // Whoever ignores the signal at the limit of CPU time is killed a second later.
        let maximum = if resource == Resource::Cpu { value + 1 } else { value };
        (name, resource, Rlimit { current: Some(value), maximum: Some(outer.min(maximum)) })
    };
    table.map(row).to_vec()
}

/// Sets all limits for this process and its children.
pub(super) fn apply(limits: &Limits, ours: u64) -> Result<Level, Failure> {
    for (name, resource, limit) in table(limits, ours) {
        setrlimit(resource, limit)
            .map_err(|error| Failure::new("set", format!("limit {name}"), error))?;
    }
    if getuid().is_root() {
        return Ok(Level::Partial("the number of processes of root is not limited".to_owned()));
    }
    Ok(Level::Full)
}
