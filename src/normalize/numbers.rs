//! Numbers of lines in front of code.
//!
//! They come off where every line that is not blank has one, they count up, and code stands behind
//! the first: tables of numbers stay what they are.

use super::{Rule, lines};
use crate::syntax::numbering;
use crate::syntax::session;
use crate::syntax::shape::{self, Shape};
use crate::text::{Replace, Span};

pub(super) const RULE: Rule = Rule { name: "numbers", edits };

fn edits(text: &str) -> Vec<Replace> {
    let filled = || lines(text).filter(|(_, line)| !line.trim().is_empty());
    let count = numbering::run(filled().map(|(_, line)| line));
    if count == 0 || count < filled().count() {
        return Vec::new();
    }
    let numbered = || filled().filter_map(|(at, line)| Some((at, line, numbering::mark(line)?.1)));
    let mut behind = numbered().map(|(_, line, len)| &line[len..]).filter(|code| !code.trim().is_empty());
    let code = behind.next().is_some_and(|code| {
        matches!(shape::shape(code), Shape::Python | Shape::Shell) || shape::is_inner_line(code)
            || session::prompt(code).is_some()
    });
    if !code {
        return Vec::new();
    }
    numbered()
        .map(|(at, _, len)| Replace { at: Span::new(at, at + len), with: String::new() })
        .collect()
}
