//! The one processor that the processes of a lane keep to, if any: they hand over to each other all
//! the time, which costs most between two. A program may use them all.

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// Keeps this process, and what it starts, to one processor. Returns all that it may use otherwise;
/// nothing where that cannot be done, which costs no more than time.
pub(super) fn keep_to(one: usize) -> Option<CpuSet> {
    let all =
        sched_getaffinity(None).ok().filter(|all| one < CpuSet::MAX_CPU && all.is_set(one))?;
    let mut only = CpuSet::new();
    only.set(one);
    sched_setaffinity(None, &only).ok().map(|()| all)
}

/// Lets this process, and what it starts, use all again.
pub(super) fn release(all: &CpuSet) {
    // It could be kept to one, so it can be let go.
    let _ = sched_setaffinity(None, all);
}

/// All as the kernel reads them: a bit for each, in words of its own order.
pub(super) fn bytes(all: &CpuSet) -> Vec<u8> {
    const BITS: usize = u64::BITS as usize;
    let word = |at: usize| {
        let set = (0..BITS).filter(|bit| all.is_set(at * BITS + bit));
        set.fold(0, |word: u64, bit| word | 1 << bit)
    };
    (0..CpuSet::MAX_CPU / BITS).flat_map(|at| word(at).to_ne_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_reads_every_processor() {
        let mut some = CpuSet::new();
        for at in [0, 9, 64, 1023] {
            some.set(at);
        }
        let bytes = bytes(&some);
        assert_eq!(bytes.len(), 128);
        let words: Vec<u64> =
            bytes.chunks(8).map(|word| u64::from_ne_bytes(word.try_into().unwrap())).collect();
        assert_eq!((words[0], words[1], words[15]), (1 | 1 << 9, 1, 1 << 63));
    }
}
