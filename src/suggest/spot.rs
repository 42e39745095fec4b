//! A line that an interpreter stumbled over, and what may be edited there.
//!
//! Holds what all kinds of slips ask; proposes nothing itself.

use crate::syntax::lexical::{self, Kind};
use crate::text::{LineIndex, Span};

/// A small edit that may be what is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    /// What is replaced; empty to insert.
    pub(super) at: Span,
    /// What stands there before.
    pub(super) old: String,
    /// What stands there afterwards; empty to delete.
    pub(super) new: String,
    /// The less the likelier.
    pub(super) cost: u32,
}

impl Candidate {
    /// The edit as a sentence.
    pub(super) fn told(&self) -> String {
        let (old, new) = (self.old.trim(), self.new.trim());
        match (old.is_empty(), new.is_empty()) {
            (true, true) if self.at.is_empty() && self.new == " " => {
                "a blank is missing here".to_owned()
            }
            (true, true) if self.new.len() > self.old.len() => {
                "this line belongs further to the right".to_owned()
            }
            (true, true) => "this line belongs further to the left".to_owned(),
            (true, false) => format!("`{new}` is missing here"),
            (false, true) => format!("`{old}` is one too many"),
            (false, false) => format!("did you mean `{new}` instead of `{old}`?"),
        }
    }
}

/// Keywords that begin what ends in a colon.
pub(super) const HEADERS: &[&str] = &[
    "class", "def", "elif", "else", "except", "finally", "for", "if", "try", "while", "with",
    "async", "match", "case",
];

/// One line of code.
pub(super) struct Spot<'a> {
    /// All of the code.
    pub(super) code: &'a str,
    /// The line, without its newline.
    pub(super) at: Span,
    /// Where the interpreter stumbled: an offset in the code, within the line.
    pub(super) stumbled: Option<usize>,
    /// The stretches of the line that are neither string nor comment.
    pub(super) plain: Vec<Span>,
    /// The strings that begin in the line.
    pub(super) quoted: Vec<Span>,
    /// How many brackets the lines before leave open.
    opened: i32,
}

/// Lines beyond this are not edited.
const LONGEST: usize = 2000;

impl<'a> Spot<'a> {
    /// The lines that the error may be in: the one named, the one where a bracket was opened that
    /// nothing closes, and the one before.
    pub(super) fn around(code: &'a str, line: u32, column: Option<u32>) -> Vec<Self> {
        let index = LineIndex::new(code);
        let filled = |line: &u32| !code[index.span(*line).range()].trim().is_empty();
        let line = (1..=line.clamp(1, index.count())).rev().find(filled).unwrap_or(1);
        let parts = lexical::split(code);
        let mut lines = vec![line];
        lines.extend(unclosed(code, &parts).map(|at| index.line(at)));
        lines.extend((1..line).rev().find(filled));
        let mut seen = Vec::new();
        let mut spots = Vec::new();
        for one in lines {
            let at = index.span(one);
            if at.len() > LONGEST || seen.contains(&one) {
                continue;
            }
            seen.push(one);
            let named = column.filter(|_| one == line);
            let stumbled = named.map(|column| {
                let text = &code[at.range()];
                let before = text.chars().take(column.saturating_sub(1) as usize);
                at.start() + before.map(char::len_utf8).sum::<usize>()
            });
            let of = |wanted: Kind| {
                let inside = parts.iter().filter(move |(kind, _)| *kind == wanted);
                inside.map(|(_, part)| *part)
            };
            let plain = of(Kind::Plain).filter_map(|part| within(part, at)).collect();
            let before = Span::new(0, at.start());
            let earlier = of(Kind::Plain).filter_map(|part| within(part, before));
            let opened = earlier.map(|part| opens(&code[part.range()])).sum::<i32>().max(0);
            let begins = |part: &Span| at.start() <= part.start() && part.start() < at.end();
            let quoted = of(Kind::Quoted).filter(begins).collect();
            spots.push(Self { code, at, stumbled, plain, quoted, opened });
        }
        spots
    }

    /// The text of the line.
    pub(super) fn text(&self) -> &'a str {
        &self.code[self.at.range()]
    }

    /// Where the code of the line ends: before blanks and a comment.
    pub(super) fn end(&self) -> usize {
        let last = self.plain.iter().chain(&self.quoted).map(|part| part.end().min(self.at.end()));
        let end = last.max().unwrap_or(self.at.end());
        self.at.start() + self.code[self.at.start()..end].trim_end().len()
    }

    /// Where the code of the line begins, behind its indentation.
    pub(super) fn begin(&self) -> usize {
        self.at.start() + (self.text().len() - self.text().trim_start().len())
    }

    /// Characters outside strings and comments, with their offsets in the code.
    pub(super) fn chars(&self) -> impl Iterator<Item = (usize, char)> {
        self.plain.iter().flat_map(|part| {
            self.code[part.range()].char_indices().map(|(at, c)| (part.start() + at, c))
        })
    }

    /// Whether a bracket is open at the offset `at`, which lies in the line.
    pub(super) fn is_bracketed(&self, at: usize) -> bool {
        let line = Span::new(self.at.start(), at);
        let here = self.plain.iter().filter_map(|part| within(*part, line));
        self.opened + here.map(|part| opens(&self.code[part.range()])).sum::<i32>() > 0
    }

    /// Names, keywords and numbers outside strings and comments.
    pub(super) fn words(&self) -> Vec<Span> {
        let mut words: Vec<Span> = Vec::new();
        for (at, c) in self.chars().filter(|(_, c)| c.is_alphanumeric() || *c == '_') {
            match words.last_mut().filter(|word| word.end() == at) {
                Some(word) => *word = Span::new(word.start(), at + c.len_utf8()),
                None => words.push(Span::new(at, at + c.len_utf8())),
            }
        }
        words
    }

    /// An edit of `at` to `new`; the nearer to where the interpreter stumbled the less it costs.
    pub(super) fn candidate(&self, at: Span, new: &str, cost: u32) -> Candidate {
        let far = self.stumbled.map_or(0, |stumbled| {
            let behind = if at.start() > stumbled { at.start() - stumbled } else { 0 };
            let before = stumbled.saturating_sub(at.end());
            u32::try_from(behind + before).unwrap_or(u32::MAX).min(99)
        });
        let old = self.code[at.range()].to_owned();
        Candidate { at, old, new: new.to_owned(), cost: cost * 100 + far }
    }

    /// The edited line by itself, with what it cannot stand without around it; nothing where an
    /// edit is not within the line.
    pub(super) fn alone(&self, edit: &Candidate) -> Option<String> {
        let start = edit.at.start().checked_sub(self.at.start())?;
        let mut line = self.text().to_owned();
        let range = start..start + edit.at.len();
        line.get(range.clone())?;
        line.replace_range(range, &edit.new);
        let line = line.trim();
        let first = line.split(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
        let before = match first {
            "else" | "elif" => "if x:\n    pass\n",
            "except" | "finally" => "try:\n    pass\n",
            "return" | "yield" | "await" | "break" | "continue" => return None,
            _ => "",
        };
        let after = match line.as_bytes() {
            [b'@', ..] => "\ndef f(): pass",
            [.., b':'] => "\n    pass",
            _ => "",
        };
        Some(format!("{before}{line}{after}\n"))
    }
}

/// What of `part` lies in `line`.
fn within(part: Span, line: Span) -> Option<Span> {
    let (start, end) = (part.start().max(line.start()), part.end().min(line.end()));
    (start < end).then(|| Span::new(start, end))
}

/// How many more brackets `text` opens than it closes.
fn opens(text: &str) -> i32 {
    text.bytes().fold(0, |open, byte| match byte {
        b'(' | b'[' | b'{' => open + 1,
        b')' | b']' | b'}' => open - 1,
        _ => open,
    })
}

/// The offset of the last bracket that nothing closes.
fn unclosed(code: &str, parts: &[(Kind, Span)]) -> Option<usize> {
    let mut open = Vec::new();
    for (_, part) in parts.iter().filter(|(kind, _)| *kind == Kind::Plain) {
        for (at, c) in code[part.range()].char_indices() {
            match c {
                '(' | '[' | '{' => open.push(part.start() + at),
                ')' | ']' | '}' => drop(open.pop()),
                _ => {}
            }
        }
    }
    open.pop()
}
