//! Strings and numbers: prefixes, escapes, what f-strings may hold.
//!
//! Source: the reference's chapter on lexical analysis of each version; PEP 414 (`u''` in 3.3),
//! 498 and 701 (f-strings), 750 (t-strings), 515 (underscores), 3127 (octals).

use super::forms::Noted;
use super::{Seen, children};
use crate::model::Strength::Hard;
use crate::model::Versions;
use crate::text::Span;

impl Noted {
    pub(super) fn literal(&mut self, seen: Seen<'_, '_>) {
        match seen.kind {
            "string_start" => self.string_start(seen),
            "string_content" => self.string_content(seen),
            "interpolation" | "format_expression" => self.interpolation(seen),
            "concatenated_string" => self.concatenated(seen),
            _ => self.number(seen),
        }
    }

    fn string_start(&mut self, seen: Seen<'_, '_>) {
        let start = seen.own();
        if start.starts_with(['"', '\'']) {
            return;
        }
        if start.starts_with('`') {
            return self.hard("backticks", Versions::PY2, seen.node);
        }
        let has = |letter: char| prefix(start).contains(letter);
        if has('t') {
            self.hard("t-string", Versions::since(3, 14), seen.node);
        } else if has('f') {
            self.hard("f-string", Versions::since(3, 6), seen.node);
        } else if has('u') && has('r') {
            self.hard("ur\"\"", Versions::PY2, seen.node);
        } else if has('u') {
            let versions = Versions::PY2.or(Versions::since(3, 3));
            self.hard("u\"\"", versions, seen.node);
        } else if prefix(start).starts_with("rb") {
            self.hard("rb\"\"", Versions::since(3, 3), seen.node);
        }
    }

    fn string_content(&mut self, seen: Seen<'_, '_>) {
        let start = seen.parent().and_then(|string| string.child(0));
        let start = start.map_or_else(String::new, |start| prefix(seen.source(start)));
        let text = seen.own();
        if start.contains('b') {
            if !text.is_ascii() {
                self.hard("bytes beyond ASCII", Versions::PY2, seen.node);
            }
        } else if start.is_empty()
            && !self.unicode_literals
            && let Some(at) = malformed_escape(text)
        {
            let from = seen.node.start_byte() + at;
            let what = "`\\u` or `\\N` that is no escape";
            self.note(what, Versions::PY2, Hard, Span::new(from, from + 2));
        }
    }

    /// Before 3.12 an expression in an f-string could hold neither backslash nor `#` nor the quote
    /// around it, and no line break where that quote was a single one.
    fn interpolation(&mut self, seen: Seen<'_, '_>) {
        let node = seen.node;
        let string = seen.around.iter().rev().find(|node| node.kind() == "string");
        let Some(start) = string.and_then(|string| string.child(0)) else { return };
        let start = seen.source(start);
        if start.contains(['t', 'T']) {
            return;
        }
        let quote = start.trim_start_matches(|c: char| c.is_ascii_alphabetic());
        let end = children(node)
            .iter()
            .find(|child| matches!(child.kind(), "type_conversion" | "format_specifier"))
            .map_or(node.end_byte(), tree_sitter::Node::start_byte);
        let expression = &seen.text[node.start_byte()..end];
        let broken = quote.len() == 1 && expression.contains('\n');
        if broken || expression.contains(['\\', '#']) || expression.contains(quote) {
            let what = "f-string with quotes, comments or escapes inside";
            self.hard(what, Versions::since(3, 12), node);
        }
    }

    /// Text and bytes are one thing in Python 2 only.
    fn concatenated(&mut self, seen: Seen<'_, '_>) {
        let strings = children(seen.node);
        let mut starts = strings
            .iter()
            .filter(|string| string.kind() == "string")
            .filter_map(|string| string.child(0))
            .map(|start| prefix(seen.source(start)).contains('b'));
        if let Some(first) = starts.next()
            && starts.any(|other| other != first)
        {
            self.hard("text and bytes joined", Versions::PY2, seen.node);
        }
    }

    fn number(&mut self, seen: Seen<'_, '_>) {
        let text = seen.own();
        if text.contains('_') {
            self.hard("underscore in a number", Versions::since(3, 6), seen.node);
        }
        if seen.kind == "float" {
            return;
        }
        if text.ends_with(['l', 'L']) {
            return self.hard("long integer", Versions::PY2, seen.node);
        }
        let octal = text.len() > 1
            && text.starts_with('0')
            && text.bytes().all(|b| b.is_ascii_digit())
            && text.bytes().any(|b| b != b'0');
        if octal {
            self.hard("octal integer", Versions::PY2, seen.node);
        }
    }
}

/// The letters before the quote, in lower case.
fn prefix(start: &str) -> String {
    start.trim_end_matches(['"', '\'']).to_ascii_lowercase()
}

/// Where `text` has a `\u`, `\U` or `\N` that Python 3 cannot read.
fn malformed_escape(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at + 1 < bytes.len() {
        if bytes[at] != b'\\' {
            at += 1;
            continue;
        }
        let rest = &bytes[at + 2..];
        let digits = |count: usize| {
            rest.get(..count).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
        };
        let fine = match bytes[at + 1] {
            b'u' => digits(4),
            b'U' => {
                digits(8)
                    && rest.starts_with(b"00")
                    && (rest[2] == b'0' || rest.starts_with(b"0010"))
            }
            b'N' => {
                let name = rest.strip_prefix(b"{");
                let end = name.and_then(|name| name.iter().position(|b| *b == b'}'));
                end.is_some_and(|end| end > 0)
            }
            _ => true,
        };
        if !fine {
            return Some(at);
        }
        at += 2;
    }
    None
}
