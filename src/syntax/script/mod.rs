//! A text read as shell script, by its logical lines, without a grammar.
//!
//! The grammar of Bash accepts most prose, so what is a command is asked of each line: by the name
//! in front, and by arguments that only commands have. Weighing the lines is left to others.

mod line;
mod words;

use std::collections::HashSet;

use super::session;
use crate::text::Span;

pub use line::Kind;

/// One logical line: a command with its continuations and heredocs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Logical {
    /// From its first character that is no blank to its end, heredocs and all.
    pub at: Span,
    /// Number of lines that are neither blank nor comments.
    pub lines: usize,
    /// What it is.
    pub kind: Kind,
}

impl Logical {
    /// Whether it leaves no doubt that a shell is to read it.
    pub fn is_telling(&self) -> bool {
        matches!(self.kind, Kind::Form(..) | Kind::Command { telling: true, .. })
    }
}

/// Reads `text` by logical lines; total on all input. Blank lines and comments are left out.
pub fn read(text: &str) -> Vec<Logical> {
    let functions = functions(text);
    let mut logical = Vec::new();
    let mut case = 0_usize;
    let mut at = 0;
    while at < text.len() {
        let end = end_of(text, at);
        let whole = &text[at..end];
        let line = whole.trim();
        if !line.is_empty() && !line.starts_with('#') {
            let start = at + (whole.len() - whole.trim_start().len());
            let next = text[end..].lines().next().unwrap_or("").trim();
            let around = line::Around { functions: &functions, next, in_case: case > 0 };
            let kind = line::kind(line, &around).moved(start);
            match kind {
                Kind::Form("case … esac", _) if line.starts_with("case") => case += 1,
                Kind::Form("case … esac", _) if line == "esac" => case = case.saturating_sub(1),
                _ => {}
            }
            let filled = |line: &&str| !line.trim().is_empty();
            let lines = line.lines().filter(filled).count();
            logical.push(Logical { at: Span::new(start, start + line.len()), lines, kind });
        }
        at = end;
    }
    logical
}

/// Names that the text defines functions by.
fn functions(text: &str) -> HashSet<&str> {
    let named = |line| {
        let name = words::function_name(line)?;
        Some(name)
    };
    text.lines().filter_map(named).collect()
}

/// A quote or bracket that is not closed within so many bytes is none.
const FARTHEST: usize = 8 * 1024;

/// Where the logical line ends that begins at `at`, its newline included.
fn end_of(text: &str, at: usize) -> usize {
    let first = text[at..].find('\n').map_or(text.len(), |end| at + end + 1);
    let end = joined(text, at).unwrap_or(first);
    heredocs_end(text, at, end)
}

/// The end of the line that goes on over escaped newlines, open quotes and brackets, and operators
/// that want another command; `None` where it never closes.
fn joined(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut quote, mut depth, mut at) = (None, 0_usize, start);
    while at < bytes.len() {
        if at - start > FARTHEST {
            return None;
        }
        let before = if at > start { bytes[at - 1] } else { b'\n' };
        match (quote, bytes[at]) {
            (Some(b'\''), b'\'') => quote = None,
            (Some(b'\''), _) => {}
            (_, b'\\') => at += 1,
            (Some(open), byte) => quote = (open != byte).then_some(open),
            (None, byte @ (b'\'' | b'"')) if !is_apostrophe(bytes, at) => quote = Some(byte),
            (None, b'#') if before.is_ascii_whitespace() => {
                at = text[at..].find('\n').map_or(bytes.len(), |end| at + end);
                continue;
            }
            (None, b'(') if depth > 0 || matches!(before, b'$' | b'=') => depth += 1,
            (None, b')') => depth = depth.saturating_sub(1),
            (None, b'\n') if depth == 0 && !waits(&text[start..at]) => return Some(at + 1),
            _ => {}
        }
        at += 1;
    }
    (quote.is_none() && depth == 0).then_some(bytes.len())
}

/// Whether the quote at `at` stands inside a word of a sentence.
fn is_apostrophe(bytes: &[u8], at: usize) -> bool {
    let letter =
        |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_alphabetic);
    bytes[at] == b'\'' && letter(at.checked_sub(1)) && letter(Some(at + 1))
}

/// Whether `line` ends with an operator behind which another command must follow.
fn waits(line: &str) -> bool {
    let line = line.trim_end();
    line.ends_with("&&") || line.ends_with('|') && line.len() > 1
}

/// `end`, moved behind the heredocs that the line from `start` opens.
fn heredocs_end(text: &str, start: usize, end: usize) -> usize {
    let Some(word) = text[start..end].lines().find_map(session::heredoc) else { return end };
    let mut at = end;
    for line in text[end..].split_inclusive('\n') {
        at += line.len();
        if line.trim() == word {
            return at;
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_joined_to_commands() {
        let cases: [(&str, &[usize]); 9] = [
            ("ls \\\n  -l\npwd\n", &[2, 1]),
            ("cat <<EOF > f\na\n b\nEOF\nls\n", &[4, 1]),
            ("awk '{\n  print $1\n}' f\nls", &[3, 1]),
            ("a=$(ls |\n  wc -l)\nls", &[2, 1]),
            ("ls |\n wc\n", &[2]),
            ("make &&\n\n make install\n", &[2]),
            ("plugins=(\n  git\n)\nls", &[3, 1]),
            ("don't\ndo it\n", &[1, 1]),
            ("echo 'never closed\nls\n", &[1, 1]),
        ];
        for (text, lines) in cases {
            let found: Vec<usize> = read(text).iter().map(|line| line.lines).collect();
            assert_eq!(found, lines, "{text}");
        }
    }

    #[test]
    fn spans_are_of_the_text() {
        let text = "# first\n\n  sudo -u me pip install x\n";
        let line = read(text)[0];
        assert_eq!(&text[line.at.range()], "sudo -u me pip install x");
        let Kind::Command { name, .. } = line.kind else { panic!("{line:?}") };
        assert_eq!(&text[name.range()], "pip");
    }
}
