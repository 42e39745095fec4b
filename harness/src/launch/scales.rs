//! Weighs from outside what the processes of a run use together, and says when it is too much.
//!
//! Looks only, and now and then: what a single process may use is bound by `rlimits`, and where
//! there are control groups the kernel itself counts all of them.

use std::path::Path;
use std::time::Duration;

use rustix::process::Pid;

use super::cgroup::{Counts, Gauges};
use super::heap::{Room, is_heap};
use super::usage::Processes;
use super::wire::Order;
use crate::job::Limits;
use crate::run::{End, Usage};

/// More CPU time than we take during a run.
const OURS: Duration = Duration::from_millis(500);

/// The scales for one run.
pub(super) struct Scales<'a> {
    processes: &'a Processes,
    limits: &'a Limits,
    /// A child that is ours.
    ours: Option<Pid>,
    /// CPU time of one program that is watched, or of all together where none is.
    cpu: Duration,
    gauges: &'a Gauges,
    /// What the control group had counted before.
    counted: Counts,
    /// Shared memory of the machine when it was looked at first.
    shared: Option<u64>,
    /// A folder of the host, which has no limit of its own.
    folder: Option<(&'a Path, Room)>,
    /// CPU time of all processes when they were looked at last.
    spent: Duration,
    /// What it had been, and what the control group had counted, when a program was looked at first;
    /// nothing before that.
    before: Option<(Duration, Duration)>,
}

impl<'a> Scales<'a> {
    pub(super) fn new(
        processes: &'a Processes,
        gauges: &'a Gauges,
        order: &'a Order,
        ours: Option<Pid>,
    ) -> Scales<'a> {
        let folder = order.scratch.as_deref().map(|folder| (folder, Room::of(&order.job)));
        let (limits, cpu, counted) = (&order.job.limits, order.cpu, gauges.counts());
        let (shared, spent) = (None, Duration::ZERO);
        let before = Some((Duration::ZERO, counted.cpu));
        Scales { processes, limits, cpu, ours, gauges, counted, shared, folder, spent, before }
    }

    /// From now on CPU time is that of another program.
    pub(super) fn restart(&mut self) {
        self.before = None;
    }

    /// Whether the kernel killed something of the run, as its memory was used up.
    pub(super) fn was_killed(&self) -> bool {
        self.gauges.counts().kills > self.counted.kills
    }

    /// The cost of a run of which `reaped` is what was waited for: whatever was killed together with
    /// its first process was not, so what was seen of it must do.
    pub(super) fn cost(&self, reaped: Usage) -> Usage {
        let seen = u64::try_from(self.spent.as_millis()).unwrap_or(u64::MAX);
        let user_ms = reaped.user_ms.max(seen.saturating_sub(reaped.system_ms));
        Usage { user_ms, ..reaped }
    }

    /// Whether the server will not do anything any more.
    pub(super) fn is_server_stopped(&self) -> bool {
        self.ours.is_some_and(|server| self.processes.is_stopped(server))
    }

    /// Whether the run must end, and how.
    pub(super) fn weigh(&mut self) -> Option<End> {
        let look = self.processes.look(self.ours);
        self.spent = look.cpu;
        let counted = self.gauges.counts().cpu;
        let (spent, counted_before) = *self.before.get_or_insert((look.cpu, counted));
        let counted = counted.saturating_sub(counted_before);
        // What we ourselves take is in there as well.
        let took = look.cpu.saturating_sub(spent).max(counted.saturating_sub(OURS));
        if took > self.cpu {
            return Some(End::TimedOut);
        }
        let most = self.limits.memory_bytes;
        let before = *self.shared.get_or_insert(look.shared_by_all);
        let grown = look.shared_by_all.saturating_sub(before);
        let mut memory = look.private + look.shared + self.processes.of_sockets(&look);
        let mut hidden = false;
        if look.mapped > most || grown > most {
            // Shared pages stay, whether they are still mapped or not, as long as anything of theirs
            // is. Once that is only a part, nothing but the machine as a whole shows them.
            let sharable = self.processes.sharable(&look);
            memory += sharable.saturating_sub(look.shared);
            hidden = grown > most && sharable > 0;
        }
        // Where there is such a folder there is no limit on processes that would surely hold.
        let crowd = self.folder.is_some() && look.tasks > self.limits.processes + 2;
        let heap = self.folder.is_some_and(|(folder, room)| {
            let nameless = self.processes.of_nameless_files(&look, folder);
            nameless > room.bytes || is_heap(folder, Room { bytes: room.bytes - nameless, ..room })
        });
        (memory > most || hidden || crowd || heap).then_some(End::OutOfMemory)
    }
}
