//! Lanes that wait for their next run, kept by what they were built from.
//!
//! Starts none and judges none: whoever gives a lane back vouches for it.

use std::sync::{Mutex, PoisonError};

use super::lane::Lane;
use crate::launch::wire::Terms;

/// Idle lanes, the least recently used first. Dropping it ends them all.
#[derive(Debug, Default)]
pub(super) struct Pool {
    idle: Mutex<Vec<(Terms, Lane)>>,
}

impl Pool {
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
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    (2 * processors).max(8)
}

impl Drop for Pool {
    fn drop(&mut self) {
        let idle = self.idle.get_mut().unwrap_or_else(PoisonError::into_inner);
        // All at once, so that they go at the same time; each is then waited for.
        idle.iter().for_each(|(_, lane)| lane.hang_up());
    }
}
