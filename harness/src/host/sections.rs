//! One output stream that is divided by marks: what every program printed, in all and between them.
//!
//! The marks come out of neither. Reads nothing itself; what a section is about is for the caller.

use super::capture::Capture;
use crate::job::Job;
use crate::run::Stream;

/// Takes any number of bytes, and bounds what it holds of every program and of every section.
#[derive(Debug)]
pub(super) struct Sections {
    keep: usize,
    /// A word between two NUL bytes; empty where nothing is divided.
    mark: Vec<u8>,
    /// The programs: how many steps each has. All but the last end with a mark too.
    steps: Vec<usize>,
    ended: Vec<Divided>,
    /// Marks that were seen.
    marks: usize,
    /// Bytes that are held of what ended.
    held: u64,
    whole: Capture,
    sections: Vec<Stream>,
    current: Capture,
    /// The beginning of what may be a mark.
    open: Vec<u8>,
}

/// What one program printed.
#[derive(Debug)]
pub(super) struct Divided {
    pub(super) whole: Stream,
    /// That of its steps that ended, and of one that did not; nothing where it has none.
    pub(super) sections: Vec<Stream>,
}

/// More than this is not held of all programs before the main one.
const MOST_HELD: u64 = 64 << 20;

impl Sections {
    /// For the programs of `job`, between which and whose steps there are marks.
    pub(super) fn new(job: &Job, mark: &str) -> Sections {
        let watched = job.watched.iter().map(|watch| watch.steps.len());
        Sections::of(job.limits.kept_bytes, mark, watched.chain([job.steps.len()]).collect())
    }

    fn of(keep: usize, mark: &str, steps: Vec<usize>) -> Sections {
        let mark = match mark {
            "" => Vec::new(),
            mark => [b"\0", mark.as_bytes(), b"\0"].concat(),
        };
        Sections {
            keep,
            mark,
            steps,
            ended: Vec::new(),
            marks: 0,
            held: 0,
            whole: Capture::new(keep),
            sections: Vec::new(),
            current: Capture::new(keep),
            open: Vec::new(),
        }
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
            if rest.starts_with(&self.mark) && self.awaits_mark() {
                self.keep(&bytes[from..at]);
                self.divide();
                from = at + self.mark.len();
                at = from;
            } else {
                // Whoever knows how many there must be sees that there are more.
                self.marks += usize::from(rest.starts_with(&self.mark));
                at += 1;
            }
        }
        self.keep(&bytes[from..]);
    }

    fn keep(&mut self, bytes: &[u8]) {
        self.whole.take(bytes);
        if self.steps_of_this() > 0 {
            self.current.take(bytes);
        }
    }

    /// Steps of the program that prints now.
    fn steps_of_this(&self) -> usize {
        self.steps.get(self.ended.len()).copied().unwrap_or_default()
    }

    fn awaits_mark(&self) -> bool {
        self.ended.len() + 1 < self.steps.len() || self.sections.len() < self.steps_of_this()
    }

    /// Ends the section, or the program.
    fn divide(&mut self) {
        self.marks += 1;
        let is_step = self.sections.len() < self.steps_of_this();
        let section = std::mem::replace(&mut self.current, Capture::new(self.keep)).finish();
        if is_step {
            self.sections.push(section);
            return;
        }
        let whole = std::mem::replace(&mut self.whole, Capture::new(self.keep)).finish();
        let sections = std::mem::take(&mut self.sections);
        let all = sections.iter().chain([&whole]);
        self.held += all.map(|one| (one.head.len() + one.tail.len()) as u64).sum::<u64>();
        self.ended.push(Divided { whole, sections });
    }

    /// Whether the program that prints now printed more than `most` bytes, or all of them so much
    /// that nobody wants to hold it.
    pub(super) fn is_flood(&self, most: u64) -> bool {
        self.whole.total() > most || self.held > MOST_HELD
    }

    /// How many programs ended.
    pub(super) fn ended(&self) -> usize {
        self.ended.len()
    }

    /// The programs that ended and one that did not, and how many marks there were.
    pub(super) fn finish(mut self) -> (Vec<Divided>, usize) {
        let open = std::mem::take(&mut self.open);
        self.keep(&open);
        if self.steps_of_this() > 0 {
            self.sections.push(self.current.finish());
        }
        self.ended.push(Divided { whole: self.whole.finish(), sections: self.sections });
        (self.ended, self.marks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Text = (String, Vec<String>);

    fn divided(text: &[u8], size: usize, steps: &[usize]) -> (Vec<Text>, usize) {
        let mut sections = Sections::of(100, "mark", steps.to_vec());
        text.chunks(size).for_each(|chunk| sections.take(chunk));
        let (all, marks) = sections.finish();
        let texts = |one: &Divided| one.sections.iter().map(Stream::text).collect();
        (all.iter().map(|one| (one.whole.text(), texts(one))).collect(), marks)
    }

    #[test]
    fn marks_divide_however_the_bytes_arrive() {
        let text = b"a\0b\0mark\0\0mark\0c\0mar\0\0mark\0d\0mark\0e\0ma";
        for size in 1..=text.len() {
            let (all, marks) = divided(text, size, &[3]);
            let [(whole, sections)] = all.as_slice() else { panic!("{all:?}") };
            assert_eq!(*sections, ["a\0b", "", "c\0mar\0", "d\0mark\0e\0ma"], "{size}");
            assert_eq!(whole, "a\0bc\0mar\0d\0mark\0e\0ma");
            assert_eq!(marks, 4);
        }
    }

    #[test]
    fn programs_end_with_a_mark_of_their_own() {
        let text = b"a\0mark\0b\0mark\0\0mark\0c\0mark\0d";
        for size in 1..=text.len() {
            let (all, marks) = divided(text, size, &[0, 1, 1]);
            let all: Vec<(&str, usize)> =
                all.iter().map(|(whole, sections)| (whole.as_str(), sections.len())).collect();
            assert_eq!((all, marks), (vec![("a", 0), ("b", 1), ("cd", 2)], 4), "{size}");
        }
    }
}
