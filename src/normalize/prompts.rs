//! Prompts, and the marks of continued lines.

use super::Rule;
use crate::syntax::session::{self, Role};
use crate::text::{Replace, Span};

pub(super) const RULE: Rule = Rule { name: "prompts", edits };

fn edits(text: &str) -> Vec<Replace> {
    let Some(session) = session::split(text) else { return Vec::new() };
    let mut found = Vec::new();
    let mut open = None;
    for (span, role) in session.lines {
        let (Role::Input(len) | Role::More(len)) = role else { continue };
        if matches!(role, Role::Input(_)) {
            open = None;
        }
        let typed = text[span.start() + len..span.end()].trim();
        // A prompt with nothing behind it: the whole line goes, unless it is one of a string.
        let gone = typed.is_empty() && len > 0 && open.is_none();
        let end = if gone { span.end() + 1 } else { span.end().min(span.start() + len) };
        open = opened(typed, open);
        if len > 0 {
            let at = Span::new(span.start(), end.min(text.len()));
            found.push(Replace { at, with: String::new() });
        }
    }
    found
}

/// The quote of the string in triple quotes that is open behind `line`, where that of `open` is
/// open before it.
fn opened(line: &str, mut open: Option<char>) -> Option<char> {
    let mut rest = line;
    while let Some(at) = rest.find(['\'', '"', '#', '\\']) {
        let here = &rest[at..];
        let first = here.chars().next()?;
        let tripled = here.starts_with("\"\"\"") || here.starts_with("'''");
        let len = match (open, first) {
            (None, '#') => return None,
            (_, '\\') => 1 + here[1..].chars().next().map_or(0, char::len_utf8),
            (None, _) if tripled => {
                open = Some(first);
                3
            }
            // A string of one line ends on it.
            (None, _) => here[1..].find(first).map_or(here.len(), |end| end + 2),
            (Some(quote), _) if tripled && quote == first => {
                open = None;
                3
            }
            _ => 1,
        };
        rest = &here[len..];
    }
    open
}
