//! No blank lines at either end, and exactly one newline behind the last line.

use super::Rule;
use crate::text::{Replace, Span};

pub(super) const RULE: Rule = Rule { name: "newline", edits };

fn edits(text: &str) -> Vec<Replace> {
    let mut found = Vec::new();
    let body = text.trim_end();
    let blank = text.len() - text.trim_start().len();
    let head = text[..blank].rfind('\n').map_or(0, |end| end + 1);
    if body.is_empty() {
        if !text.is_empty() {
            found.push(Replace { at: Span::new(0, text.len()), with: String::new() });
        }
        return found;
    }
    if head > 0 {
        found.push(Replace { at: Span::new(0, head), with: String::new() });
    }
    match &text[body.len()..] {
        "\n" => {}
        rest if rest.starts_with('\n') => {
            let at = Span::new(body.len() + 1, text.len());
            found.push(Replace { at, with: String::new() });
        }
        _ => {
            let at = Span::new(body.len(), text.len());
            found.push(Replace { at, with: "\n".to_owned() });
        }
    }
    found
}
