//! Output that a document shows and that is no longer what is printed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The first place where shown and printed output part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Contrast {
    /// The one-based document line of the first shown line that differs.
    pub line: u32,
    /// The one-based document lines of the shown text, first and last.
    pub lines: (u32, u32),
    /// The shown text, at most 4 KiB of it.
    pub expected: String,
    /// What is printed, at most 4 KiB of it.
    pub actual: String,
}

/// Output that a step printed and that its document shows otherwise: what has to be written there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewrite {
    /// Spans of the lines that the document shows, in its decoded text.
    pub spans: Vec<(u32, u32)>,
    /// What is printed, whole, every line with its newline.
    pub text: String,
}

impl Contrast {
    const LONGEST: usize = 4 << 10;

    /// Between a text that stands on these document `lines` and what is printed; `first` is the
    /// index of the first line that differs.
    pub fn new(expected: &str, actual: &str, lines: &[u32], first: usize) -> Self {
        let line = lines.get(first).or(lines.last()).copied().unwrap_or(1);
        let ends = (lines.first().copied().unwrap_or(line), lines.last().copied().unwrap_or(line));
        let cut = |text: &str| {
            let end = text.floor_char_boundary(Self::LONGEST);
            let rest = if end < text.len() { "…\n" } else { "" };
            format!("{}{rest}", &text[..end])
        };
        Self { line, lines: ends, expected: cut(expected), actual: cut(actual) }
    }
}
