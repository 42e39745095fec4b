//! Numbers of lines in front of code.
//!
//! They come off where every line that is not blank has one, they count up, and code stands behind
//! the first: tables of numbers stay what they are.

use super::{Rule, lines};
use crate::syntax::numbering;
use crate::text::{Replace, Span};

pub(super) const RULE: Rule = Rule { name: "numbers", edits };

fn edits(text: &str) -> Vec<Replace> {
    let filled = || lines(text).filter(|(_, line)| !line.trim().is_empty());
    let count = numbering::listing(filled().map(|(_, line)| line));
    if count == 0 || count < filled().count() {
        return Vec::new();
    }
    let numbered = filled().filter_map(|(at, line)| Some((at, numbering::mark(line)?.1)));
    numbered
        .map(|(at, len)| Replace { at: Span::new(at, at + len), with: String::new() })
        .collect()
}
