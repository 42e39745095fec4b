//! Lanes that wait for their next run, kept by what they were built from; and those that are busy,
//! so that all of them can be ended at once.
//!
//! Starts none and judges none: whoever gives a lane back vouches for it.

use std::io;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::{LazyLock, Mutex, PoisonError};

use super::lane::Lane;
use crate::launch::wire::Terms;

/// Idle lanes, the least recently used first. Dropping it ends them all.
#[derive(Debug, Default)]
pub(super) struct Pool {
    idle: Mutex<Vec<(Terms, Lane)>>,
    busy: Mutex<Busy>,
}

/// Sockets to the lanes that run something, by a number of their own.
#[derive(Debug, Default)]
struct Busy {
    next: u64,
    lanes: Vec<(u64, UnixStream)>,
    /// Nothing is to run any more.
    stopped: bool,
}

/// A lane that is known to be busy, until this is dropped.
pub(super) struct Entered<'p>(&'p Pool, u64);

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        let mut busy = self.0.busy.lock().unwrap_or_else(PoisonError::into_inner);
        busy.lanes.retain(|(number, _)| *number != self.1);
    }
}

impl Pool {
    /// Enters a lane among the busy ones; nothing when no lane may be busy any more.
    pub(super) fn enter(&self, lane: &Lane) -> io::Result<Option<Entered<'_>>> {
        let control = lane.control()?;
        let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        if busy.stopped {
            return Ok(None);
        }
        busy.next += 1;
        let number = busy.next;
        busy.lanes.push((number, control));
        Ok(Some(Entered(self, number)))
    }

    /// Orders every busy lane to end its run, and lets none be busy from now on.
    pub(super) fn stop(&self) {
        let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        busy.stopped = true;
        for (_, control) in &busy.lanes {
            // One that has gone already has ended its run.
            let _ = control.shutdown(Shutdown::Write);
        }
    }

    /// Takes the lane for these terms that served last, as its memory is the warmest.
    pub(super) fn take(&self, terms: &Terms) -> Option<Lane> {
        loop {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            let at = idle.iter().rposition(|(known, _)| known == terms)?;
            let (_, lane) = idle.remove(at);
            // One that died in the meantime is reaped outside of the lock.
            drop(idle);
            if lane.waits() {
                return Some(lane);
            }
        }
    }

    /// Keeps a lane for later. When there are too many, the one goes that waited longest.
    pub(super) fn give(&self, terms: Terms, lane: Lane) {
        let oldest = {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            idle.push((terms, lane));
            (idle.len() > most()).then(|| idle.remove(0))
        };
        drop(oldest);
    }
}

/// How many lanes may be idle at a time. A note often holds both Pythons and a shell, so a small
/// machine needs more than twice its processors.
fn most() -> usize {
    // To ask means to read half a dozen files.
    static MOST: LazyLock<usize> = LazyLock::new(|| {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        (2 * processors).max(8)
    });
    *MOST
}

impl Drop for Pool {
    fn drop(&mut self) {
        let idle = self.idle.get_mut().unwrap_or_else(PoisonError::into_inner);
        // All at once, so that they go at the same time; each is then waited for.
        idle.iter().for_each(|(_, lane)| lane.hang_up());
    }
}
