//! Lines and indentation that a page lost, put back.
//!
//! Only where nothing marked the code, because only such code comes through a scraper; and only
//! white space changes. What the author got wrong stays wrong. Below [`THRESHOLD`] the region is
//! left as it was found, and ends as a skip that says what happened to it.

mod indent;

use crate::model::{Cue, Edit, Region, RuleName};
use crate::syntax::{shape, statements};
use crate::text::{Replace, Span};

/// Statements in a hundred that must look like statements for the rest to be believed.
pub const THRESHOLD: u32 = 75;

/// Larger code is left as it is: each statement may be compared with those around it, and what is
/// larger than this ends as a skip anyway.
const LARGEST: usize = 64 * 1024;

/// Deeper nesting is left as it was found: Python refuses more than a hundred levels.
const DEEPEST: usize = 100;

/// The region with its lines and indentation restored, and what was changed; nothing where there
/// is nothing to restore, or too little to go by.
pub fn restore(region: &Region) -> Option<(Region, Vec<Edit>)> {
    let text = region.code.text();
    if region.cue != Cue::Unfenced || text.len() > LARGEST {
        return None;
    }
    let pieces = pieces(text);
    let collapsed = pieces.windows(2).any(|pair| pair[0].line == pair[1].line);
    let flat = is_flat(&pieces);
    let confidence = confidence(&pieces);
    if pieces.len() < 2 || !(collapsed || flat) || confidence < THRESHOLD {
        return None;
    }
    let levels = indent::levels(&pieces);
    if levels.iter().any(|level| *level > DEEPEST) {
        return None;
    }
    let proposed = edits(text, &pieces, &levels);
    let rule = RuleName(if collapsed { "lines" } else { "indentation" });
    let edit = |replace: &Replace| Edit {
        rule,
        at: region.code.origin_span(replace.at),
        with: replace.with.clone(),
    };
    let edits: Vec<Edit> = proposed.iter().map(edit).collect();
    let code = region.code.replace(&proposed);
    Some((Region { code, restored: Some(confidence), ..region.clone() }, edits))
}

/// A statement or comment of a region.
#[derive(Clone, Copy, Debug)]
struct Piece<'t> {
    text: &'t str,
    span: Span,
    /// Zero-based line that it begins on.
    line: usize,
    /// Columns of white space before its line.
    indent: usize,
    header: bool,
    comment: bool,
    /// Whether it stays on the line of the statement before it.
    trailing: bool,
}

/// Every statement of `text`, in order. What stands inside a string or bracket over several lines
/// belongs to the statement that opened it.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let single = text.trim_end().lines().count() < 2;
    let mut found: Vec<Piece<'_>> = Vec::new();
    let (mut at, mut open, mut string) = (0, 0, None);
    for (number, whole) in text.split_inclusive('\n').enumerate() {
        let line = whole.trim_end();
        let inside = open > 0 || string.is_some();
        let was_string = string.is_some();
        string = string_after(line, string);
        if !inside && !line.trim().is_empty() {
            let before = found.len();
            // Where lines survived, a block on one line is how its author wrote it.
            if single || shape::is_collapsed(line) {
                found.extend(split(line, at, number, text));
            } else {
                found.push(whole_line(line, at, number, text));
            }
            settle_comments(&mut found[before..]);
        }
        if !was_string && string.is_none() {
            open = (open + shape::depth(line)).max(0);
        }
        at += whole.len();
    }
    found
}

fn whole_line<'t>(line: &'t str, at: usize, number: usize, text: &'t str) -> Piece<'t> {
    let indent = line.len() - line.trim_start().len();
    let span = Span::new(at + indent, at + line.len());
    let own = &text[span.range()];
    Piece {
        text: own,
        span,
        line: number,
        indent,
        header: shape::is_header(own),
        comment: own.starts_with('#'),
        trailing: false,
    }
}

fn split<'t>(line: &'t str, at: usize, number: usize, text: &'t str) -> Vec<Piece<'t>> {
    let trimmed = line.trim_start();
    let indent = line.len() - trimmed.len();
    let piece = |statement: &statements::Statement| {
        let start = at + indent + statement.span.start();
        let span = Span::new(start, at + indent + statement.span.end());
        Piece {
            text: &text[span.range()],
            span,
            line: number,
            indent,
            header: statement.header,
            comment: statement.comment,
            trailing: false,
        }
    };
    statements::split(trimmed).iter().map(piece).collect()
}

/// A comment stays on its line when code goes on behind it, or when it shows a result.
fn settle_comments(line: &mut [Piece<'_>]) {
    let last_code = line.iter().rposition(|piece| !piece.comment).unwrap_or(0);
    let several = line.iter().filter(|piece| !piece.comment).count() > 1;
    for at in 1..line.len() {
        let result =
            ["# =>", "# ->", "#=>", "#>"].iter().any(|mark| line[at].text.starts_with(mark));
        let only = !several && !line[at - 1].header && at == 1 && line.len() == 2;
        line[at].trailing = line[at].comment && (at < last_code || result || only);
    }
}

/// The mark of the string that is open behind `line`, given the one that was open before it.
fn string_after(line: &str, open: Option<&'static str>) -> Option<&'static str> {
    let mut open = open;
    let mut rest = line;
    loop {
        let next = match open {
            Some(mark) => rest.find(mark).map(|at| (at, mark)),
            None => ["\"\"\"", "'''"]
                .into_iter()
                .filter_map(|mark| rest.find(mark).map(|at| (at, mark)))
                .min(),
        };
        let Some((at, mark)) = next else { return open };
        open = if open.is_some() { None } else { Some(mark) };
        rest = &rest[at + mark.len()..];
    }
}

/// Whether some block header is followed by a line that is not deeper, and no line is.
fn is_flat(pieces: &[Piece<'_>]) -> bool {
    let same = pieces.iter().all(|piece| piece.indent == pieces[0].indent);
    same && pieces.windows(2).any(|pair| pair[0].header && pair[1].line > pair[0].line)
}

/// Statements in a hundred that look like statements.
fn confidence(pieces: &[Piece<'_>]) -> u32 {
    // A word alone is what is left of a sentence.
    let prose =
        |piece: &Piece<'_>| shape::is_identifier(piece.text) && !statements::is_likely(piece.text);
    if pieces.iter().any(prose) {
        return 0;
    }
    let good = pieces.iter().filter(|piece| piece.comment || statements::is_likely(piece.text));
    u32::try_from(good.count() * 100 / pieces.len().max(1)).unwrap_or(0)
}

fn edits(text: &str, pieces: &[Piece<'_>], levels: &[usize]) -> Vec<Replace> {
    let mut found = Vec::new();
    for (at, piece) in pieces.iter().enumerate().filter(|(_, piece)| !piece.trailing) {
        let line = text[..piece.span.start()].rfind('\n').map_or(0, |end| end + 1);
        let before = at.checked_sub(1).map(|at| pieces[at].span.end()).filter(|end| *end > line);
        let blank = " ".repeat(4 * levels[at]);
        let (start, with) = match before {
            Some(end) => (end, format!("\n{blank}")),
            None => (line, blank),
        };
        // Only white space gives way.
        let gap = &text[start..piece.span.start()];
        if gap != with && gap.chars().all(char::is_whitespace) {
            found.push(Replace { at: Span::new(start, piece.span.start()), with });
        }
    }
    found
}

/// The first word of a statement.
fn word(text: &str) -> &str {
    let text = text.strip_prefix("async ").unwrap_or(text);
    if text.starts_with('@') {
        return "@";
    }
    lexical_word(text)
}

fn lexical_word(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Mapped;

    fn restored(text: &str) -> Option<String> {
        let code = Mapped::cut(text, [Span::new(0, text.len())]);
        let at = Span::new(0, text.len());
        let region = Region {
            at,
            cue: Cue::Unfenced,
            tag: None,
            code,
            restored: None,
            printed: None,
            directives: Vec::new(),
            numbers: None,
        };
        restore(&region).map(|(region, _)| region.code.text().to_owned())
    }

    #[test]
    fn lines_and_indentation_come_back() {
        let cases = [
            (
                "class Box(object): lid = 0 def __init__(self): self.n = 1 self.m = 2 def get(self): \
                 return self.n class Jar(Box): pass",
                "class Box(object):\n    lid = 0\n    def __init__(self):\n        self.n = 1\n        \
                 self.m = 2\n    def get(self):\n        return self.n\nclass Jar(Box):\n    pass",
            ),
            (
                "@property def size(self): if self.n > 0: return self.n else: raise ValueError('n') @size.setter def size(self, n): self.n = n",
                "@property\ndef size(self):\n    if self.n > 0:\n        return self.n\n    else:\n        raise ValueError('n')\n@size.setter\ndef size(self, n):\n    self.n = n",
            ),
            (
                "def outer(f): def inner(*args): return f(*args) return inner",
                "def outer(f):\n    def inner(*args):\n        return f(*args)\n    return inner",
            ),
            (
                "class A(object):\n\"\"\"Doc\"\"\"\ndef f(self):\nfor x in y:\nprint(x)\nreturn 1\nlast = f\nif __name__ == '__main__':\na = A()\na.f()\n",
                "class A(object):\n    \"\"\"Doc\"\"\"\n    def f(self):\n        for x in y:\n            print(x)\n        return 1\n    last = f\nif __name__ == '__main__':\n    a = A()\n    a.f()\n",
            ),
            ("x = f(1) # why y = f(x)", "x = f(1) # why\ny = f(x)"),
            ("import os print os.name # one # two", "import os\nprint os.name\n# one\n# two"),
        ];
        for (text, expected) in cases {
            assert_eq!(restored(text).as_deref(), Some(expected), "{text}");
        }
        for text in [
            "import a; import b",
            "x = f(1)",
            "import a\nclass B(a.C): ...\n",
            "f(1)\n... do it\n",
            "x = f(1)\ny = 2\n",
            "def f():\n    return 1\n",
            "f(a)  # why\n",
        ] {
            assert_eq!(restored(text), None, "{text}");
        }
    }
}
