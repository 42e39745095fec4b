//! Slips in indentation: a line too far to the right or left, a header without a body.

use super::spot::{Candidate, HEADERS, Spot};
use crate::syntax::lexical;
use crate::text::Span;

pub(super) fn slips(spot: &Spot<'_>, found: &mut Vec<Candidate>) {
    let (start, begin) = (spot.at.start(), spot.begin());
    let own = Span::new(start, begin);
    let mut known: Vec<&str> = vec![""];
    let mut header = None;
    for line in spot.code[..start].lines().filter(|line| !line.trim().is_empty()) {
        let indent = &line[..line.len() - line.trim_start().len()];
        known.retain(|other| other.len() < indent.len());
        known.push(indent);
        header = line.trim_end().ends_with(':').then(|| format!("{indent}    "));
    }
    for indent in known.iter().rev().copied().chain(header.as_deref()) {
        if indent != &spot.code[own.range()] {
            found.push(spot.candidate(own, indent, 3));
        }
    }
    let end = spot.end();
    if spot.code[begin.min(end)..end].ends_with(':') && is_hollow(spot.code) {
        let inner = format!("{}    ", &spot.code[own.range()]);
        found.push(spot.candidate(Span::new(end, end), &format!("\n{inner}pass"), 3));
    }
}

/// Whether the last line of `code` but for comments is a header, whose body is left out.
pub(super) fn is_hollow(code: &str) -> bool {
    let mut lines = code.lines().rev().map(str::trim);
    let last = lines.find(|line| !line.is_empty() && !line.starts_with('#')).unwrap_or("");
    let code = lexical::mask(last);
    let first = code.split(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
    code.trim_end().ends_with(':') && HEADERS.contains(&first)
}
