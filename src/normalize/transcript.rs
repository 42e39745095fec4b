//! Lines of a session that were printed, not typed.

use super::Rule;
use crate::syntax::session::{self, Role};
use crate::text::{Replace, Span};

pub(super) const RULE: Rule = Rule { name: "transcript", edits };

fn edits(text: &str) -> Vec<Replace> {
    let Some(session) = session::split(text) else { return Vec::new() };
    let printed = session.lines.iter().filter(|(_, role)| *role == Role::Output);
    printed
        .map(|(span, _)| {
            let end = (span.end() + 1).min(text.len());
            Replace { at: Span::new(span.start(), end), with: String::new() }
        })
        .collect()
}
