//! Which processor the lane of a run keeps to, where as many run at a time as there are processors.
//!
//! Knows no lanes: what a seat means is for the launcher to do.

use std::sync::{Mutex, PoisonError};

/// One for each program that may run at a time. Without processors there is nothing to keep to.
#[derive(Debug, Default)]
pub(super) struct Seats {
    processors: Vec<usize>,
    taken: Mutex<Vec<bool>>,
}

/// Is free again when this is dropped.
pub(super) struct Seat<'s>(&'s Seats, usize);

impl Seats {
    /// Seats for so many programs at a time. Fewer than there are processors are better moved about.
    pub(super) fn for_programs(programs: usize) -> Seats {
        let processors = processors();
        let processors = if programs < processors.len() { Vec::new() } else { processors };
        Seats { processors, taken: Mutex::default() }
    }

    /// The first that is free, so that they stay in use.
    pub(super) fn take(&self) -> Seat<'_> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let at = taken.iter().position(|taken| !taken).unwrap_or(taken.len());
        if at == taken.len() {
            taken.push(true);
        }
        taken[at] = true;
        Seat(self, at)
    }
}

impl Seat<'_> {
    pub(super) fn processor(&self) -> Option<usize> {
        let Seat(seats, at) = self;
        let turn = at.checked_rem(seats.processors.len())?;
        seats.processors.get(turn).copied()
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        let mut taken = self.0.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken[self.1] = false;
    }
}

/// Those that this process may use.
#[cfg(target_os = "linux")]
fn processors() -> Vec<usize> {
    use rustix::thread::{CpuSet, sched_getaffinity};
    let all = sched_getaffinity(None).unwrap_or_default();
    (0..CpuSet::MAX_CPU).filter(|&at| all.is_set(at)).collect()
}

/// Elsewhere no lane keeps to one.
#[cfg(not(target_os = "linux"))]
fn processors() -> Vec<usize> {
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_that_sit_at_a_time_have_different_processors_as_long_as_there_are() {
        let seats = Seats { processors: vec![3, 5], taken: Mutex::default() };
        let (first, second) = (seats.take(), seats.take());
        assert_eq!((first.processor(), second.processor()), (Some(3), Some(5)));
        assert_eq!(seats.take().processor(), Some(3));
        drop(first);
        assert_eq!(seats.take().processor(), Some(3));
        assert_eq!(second.processor(), Some(5));
    }

    #[test]
    fn nobody_keeps_to_one_where_there_are_more_than_programs() {
        let all = processors().len();
        assert_eq!(Seats::default().take().processor(), None);
        assert_eq!(Seats::for_programs(all.saturating_sub(1)).take().processor(), None);
        assert_eq!(Seats::for_programs(all).take().processor(), processors().first().copied());
    }
}
