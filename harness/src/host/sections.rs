//! One output stream that is divided by marks: what was printed in all, and between them.
//!
//! The marks come out of neither. Reads nothing itself; what a section is about is for the caller.

use super::capture::Capture;
use crate::run::Stream;

/// Takes any number of bytes, and bounds what it holds of the whole and of every section.
#[derive(Debug)]
pub(super) struct Sections {
    keep: usize,
    /// A word between two NUL bytes; empty where nothing is divided.
    mark: Vec<u8>,
    /// How many sections there may be.
    most: usize,
    whole: Capture,
    ended: Vec<Stream>,
    current: Capture,
    /// The beginning of what may be a mark.
    open: Vec<u8>,
}

impl Sections {
    /// At most `most` sections are told apart by `mark`; without one there are none.
    pub(super) fn new(keep: usize, mark: &str, most: usize) -> Sections {
        let mark = match mark {
            "" => Vec::new(),
            mark => [b"\0", mark.as_bytes(), b"\0"].concat(),
        };
        let (whole, current) = (Capture::new(keep), Capture::new(keep));
        Sections { keep, mark, most, whole, ended: Vec::new(), current, open: Vec::new() }
    }

    pub(super) fn take(&mut self, bytes: &[u8]) {
        if self.mark.is_empty() {
            return self.whole.take(bytes);
        }
        let bytes = [std::mem::take(&mut self.open).as_slice(), bytes].concat();
        // What was looked at and not kept yet begins at `from`.
        let (mut from, mut at) = (0, 0);
        while let Some(found) = bytes[at..].iter().position(|byte| *byte == 0) {
            at += found;
            let rest = &bytes[at..];
            if rest.len() < self.mark.len() && self.mark.starts_with(rest) {
                self.keep(&bytes[from..at]);
                self.open = rest.to_vec();
                return;
            }
            if rest.starts_with(&self.mark) && self.ended.len() < self.most {
                self.keep(&bytes[from..at]);
                let ended = std::mem::replace(&mut self.current, Capture::new(self.keep));
                self.ended.push(ended.finish());
                from = at + self.mark.len();
                at = from;
            } else {
                at += 1;
            }
        }
        self.keep(&bytes[from..]);
    }

    fn keep(&mut self, bytes: &[u8]) {
        self.whole.take(bytes);
        self.current.take(bytes);
    }

    pub(super) fn total(&self) -> u64 {
        self.whole.total()
    }

    /// The whole, and all sections: those that ended and one that did not.
    pub(super) fn finish(mut self) -> (Stream, Vec<Stream>) {
        let open = std::mem::take(&mut self.open);
        self.keep(&open);
        self.ended.push(self.current.finish());
        (self.whole.finish(), self.ended)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn divided(text: &[u8], size: usize) -> (String, Vec<String>) {
        let mut sections = Sections::new(100, "mark", 3);
        text.chunks(size).for_each(|chunk| sections.take(chunk));
        let (whole, sections) = sections.finish();
        (whole.text(), sections.iter().map(Stream::text).collect())
    }

    #[test]
    fn marks_divide_however_the_bytes_arrive() {
        let text = b"a\0b\0mark\0\0mark\0c\0mar\0\0mark\0d\0mark\0e\0ma";
        for size in 1..=text.len() {
            let (whole, sections) = divided(text, size);
            assert_eq!(sections, ["a\0b", "", "c\0mar\0", "d\0mark\0e\0ma"], "{size}");
            assert_eq!(whole, "a\0bc\0mar\0d\0mark\0e\0ma");
        }
    }
}
