//! What a session types, and what its document says that this prints.
//!
//! Lines and texts only: running the one and comparing it with the other is for later stages.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::text::{LineIndex, Mapped, Span};

/// One typed statement or command, or code that is run as a whole, and what it prints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// First of the one-based lines of the normalized code that are typed.
    pub first: u32,
    /// Last of them.
    pub last: u32,
    /// What the document shows below; `None` where it shows nothing.
    pub expected: Option<Expected>,
}

/// Output as the document shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The text, every line with its newline, without prompts, indentation and marks of its markup.
    pub text: Mapped,
    /// Where each line of the text stands in the document; empty spans are empty lines.
    pub spans: Vec<Span>,
    /// How it is shown.
    pub shown: Shown,
}

/// How a document shows output, which tells what it holds.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    /// Below a prompt: what is printed, and the values of expressions.
    Session,
    /// Below a cell: what is printed, and the value of its last expression.
    Cell,
    /// In a block of its own: what is printed.
    Block,
    /// In a comment: what is printed, or the value of the expression before it.
    Comment,
}

impl Shown {
    /// The word used in listings and manifests.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Cell => "cell",
            Self::Block => "block",
            Self::Comment => "comment",
        }
    }
}

impl Expected {
    /// The lines `parts` of `source`, given without their newline.
    pub fn cut(source: &Mapped, parts: &[Span], shown: Shown) -> Self {
        let mut spans: Vec<Span> = Vec::with_capacity(parts.len());
        for part in parts {
            let line_end = Span::new(part.end(), part.end() + 1);
            let before = spans.last().map_or(0, |before| before.end());
            let at = source.origin_span(*part).or_else(|| {
                let end = source.origin_span(line_end)?;
                Some(Span::new(end.start(), end.start()))
            });
            spans.push(at.unwrap_or(Span::new(before, before)));
        }
        let text = Mapped::cut_lines(source.text(), parts).through(source);
        Self { text, spans, shown }
    }

    /// Adds what is shown after this.
    pub fn extend(&mut self, more: &Self) {
        self.text.append(&more.text);
        self.spans.extend(&more.spans);
    }
}

/// A [`Step`] on disk and in listings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StepEntry {
    /// First of the one-based lines of the code that are typed.
    pub first: u32,
    /// Last of them.
    pub last: u32,
    /// The one-based document line of each.
    pub lines: Vec<u32>,
    /// What the document shows below; null where it shows nothing.
    pub expected: Option<ExpectedEntry>,
}

impl StepEntry {
    /// The lines of `code` that belong to each of `steps`, which are in order.
    pub fn texts<'c>(steps: &[Self], code: &'c str) -> Vec<&'c str> {
        let mut starts = vec![0];
        starts.extend(code.split_inclusive('\n').scan(0, |at, line| {
            *at += line.len();
            Some(*at)
        }));
        let start = |line: u32| starts.get(line as usize).copied().unwrap_or(code.len());
        let text = |step: &Self| &code[start(step.first.saturating_sub(1))..start(step.last)];
        steps.iter().map(|step| if step.last < step.first { "" } else { text(step) }).collect()
    }
}

/// [`Expected`] output on disk and in listings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectedEntry {
    /// How the document shows it.
    pub shown: Shown,
    /// The text, every line with its newline, without prompts, indentation and marks of its markup.
    pub text: String,
    /// The one-based document line of every line of the text.
    pub lines: Vec<u32>,
    /// First byte and end of every line of the text in the decoded document.
    pub spans: Vec<(u32, u32)>,
}

impl ExpectedEntry {
    /// Whether an exception is shown: a traceback, or its last line alone.
    pub fn tells_exception(&self) -> bool {
        let traceback = |line: &str| {
            line.contains("Traceback (most recent call last)")
                || line.contains("Traceback (innermost last)")
        };
        let last = self.text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("");
        let kind = last.split(':').next().unwrap_or("").trim_end();
        let named = kind.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
        let ends = ["Error", "Exception", "Interrupt", "StopIteration", "SystemExit"];
        named && ends.iter().any(|end| kind.ends_with(end)) || self.text.lines().any(traceback)
    }
}

impl Step {
    /// As it is written. `sources` are the document lines of the lines of the code, and `lines` is
    /// the index of the document.
    pub fn entry(&self, sources: &[u32], lines: &LineIndex) -> StepEntry {
        let typed = (self.first as usize).saturating_sub(1)..self.last as usize;
        let expected = self.expected.as_ref().map(|expected| ExpectedEntry {
            shown: expected.shown,
            text: expected.text.text().to_owned(),
            lines: expected.spans.iter().map(|span| lines.line(span.start())).collect(),
            spans: expected.spans.iter().map(|span| (*span).into()).collect(),
        });
        let typed = sources.get(typed).unwrap_or(&[]).to_vec();
        StepEntry { first: self.first, last: self.last, lines: typed, expected }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_know_where_they_stand() {
        let source = "> a\n>\n> b\n";
        let lines = [Span::new(2, 3), Span::new(5, 5), Span::new(8, 9)];
        let code = Mapped::cut_lines(source, &lines);
        assert_eq!(code.text(), "a\n\nb\n");
        let parts = [Span::new(0, 1), Span::new(2, 2), Span::new(3, 4)];
        let mut expected = Expected::cut(&code, &parts, Shown::Session);
        assert_eq!(expected.text.text(), "a\n\nb\n");
        assert_eq!(expected.spans, lines);
        let step = Step { first: 1, last: 1, expected: Some(expected.clone()) };
        let entry = step.entry(&[1], &LineIndex::new(source));
        assert_eq!(entry.lines, [1]);
        assert_eq!(entry.expected.map(|expected| expected.lines), Some(vec![1, 2, 3]));
        expected.extend(&Expected::cut(&code, &[], Shown::Session));
        assert_eq!(expected.spans.len(), 3);
    }
}
