//! A bounded sink for one output stream: keeps head and tail, counts the rest.
//!
//! Reads nothing itself and does not decide how much is too much.

use std::collections::VecDeque;

use crate::run::Stream;

/// Takes any number of bytes and holds at most twice `keep` of them.
#[derive(Debug)]
pub(super) struct Capture {
    keep: usize,
    head: Vec<u8>,
    tail: VecDeque<u8>,
    total: u64,
}

impl Capture {
    pub(super) fn new(keep: usize) -> Capture {
        Capture { keep, head: Vec::new(), tail: VecDeque::new(), total: 0 }
    }

    pub(super) fn take(&mut self, bytes: &[u8]) {
        self.total += bytes.len() as u64;
        let room = (self.keep - self.head.len()).min(bytes.len());
        let (first, rest) = bytes.split_at(room);
        self.head.extend_from_slice(first);
        let last = &rest[rest.len().saturating_sub(self.keep)..];
        let over = (self.tail.len() + last.len()).saturating_sub(self.keep);
        self.tail.drain(..over);
        self.tail.extend(last);
    }

    pub(super) fn total(&self) -> u64 {
        self.total
    }

    pub(super) fn finish(self) -> Stream {
        let kept = (self.head.len() + self.tail.len()) as u64;
        let cut = kept < self.total;
        Stream { head: self.head, tail: self.tail.into(), total: self.total, cut }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn captured(keep: usize, pieces: &[&str]) -> Stream {
        let mut capture = Capture::new(keep);
        pieces.iter().for_each(|piece| capture.take(piece.as_bytes()));
        capture.finish()
    }

    #[test]
    fn head_and_tail_are_kept_however_the_bytes_arrive() {
        let whole = "abcdefghijklmnop";
        for keep in 0..20 {
            let at_once = captured(keep, &[whole]);
            let bytes: Vec<&str> = (0..whole.len()).map(|at| &whole[at..=at]).collect();
            assert_eq!(captured(keep, &bytes), at_once, "{keep}");
            let head = keep.min(whole.len());
            assert_eq!(at_once.head, &whole.as_bytes()[..head]);
            let tail = keep.min(whole.len() - head);
            assert_eq!(at_once.tail, &whole.as_bytes()[whole.len() - tail..]);
            assert_eq!(at_once.cut, keep * 2 < whole.len());
            assert_eq!(at_once.total, 16);
        }
    }
}
