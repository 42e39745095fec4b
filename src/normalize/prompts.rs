//! Prompts, and the marks of continued lines.

use super::Rule;
use crate::syntax::session::{self, Role};
use crate::text::{Replace, Span};

pub(super) const RULE: Rule = Rule { name: "prompts", edits };

fn edits(text: &str) -> Vec<Replace> {
    let Some(session) = session::split(text) else { return Vec::new() };
    let mut found = Vec::new();
    for (span, role) in session.lines {
        let (Role::Input(len) | Role::More(len)) = role else { continue };
        let typed = text[span.start() + len..span.end()].trim();
        // A prompt with nothing behind it: the whole line goes.
        let end = if typed.is_empty() && len > 0 { span.end() + 1 } else { span.start() + len };
        if len > 0 {
            let at = Span::new(span.start(), end.min(text.len()));
            found.push(Replace { at, with: String::new() });
        }
    }
    found
}
