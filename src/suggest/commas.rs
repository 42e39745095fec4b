//! Slips in separators: a comma or colon lost or one too many.

use super::spot::{Candidate, Spot};
use crate::text::Span;

pub(super) fn slips(spot: &Spot<'_>, found: &mut Vec<Candidate>) {
    let mut before: Option<(usize, char)> = None;
    for (at, c) in spot.chars().filter(|(_, c)| !c.is_whitespace()) {
        if matches!(c, ',' | ':' | ';' | '.' | '=' | '@' | '?' | '$' | '!' | '`' | '\\') {
            let doubled = before.is_some_and(|(_, last)| ",:;.([{".contains(last));
            let cost = match c {
                ',' | ';' | '.' if doubled => 1,
                ':' if at + 1 == spot.end() => 2,
                _ => 4,
            };
            found.push(spot.candidate(Span::new(at, at + 1), "", cost));
        }
        before = Some((at, c));
    }
    let code = spot.code;
    // Two values side by side: `[1 2]`, `{'a': 1 'b': 2}`, `f(a b)`.
    let mut values: Vec<Span> = spot.words();
    values.extend(spot.quoted.iter().filter(|part| part.end() <= spot.at.end()));
    values.extend(
        spot.chars().filter(|(_, c)| "([{)]}".contains(*c)).map(|(at, _)| Span::new(at, at + 1)),
    );
    values.sort_by_key(|value| value.start());
    let lists = spot.words().first().is_some_and(|word| LISTS.contains(&&code[word.range()]));
    for pair in values.windows(2) {
        let (one, next) = (pair[0], pair[1]);
        if !lists && !spot.is_bracketed(one.end()) {
            continue;
        }
        let apart = one.end() <= next.start() && code[one.end()..next.start()].trim().is_empty();
        let ends = !"([{".contains(&code[one.range()]);
        let begins = !")]}".contains(&code[next.range()]);
        if apart && ends && begins {
            let gap = Span::new(one.end(), one.end());
            let mark = match (wants_colon(spot, one.end()), one.end() == next.start()) {
                (true, _) => ":",
                (false, true) => ", ",
                (false, false) => ",",
            };
            found.push(spot.candidate(gap, mark, 3));
        }
    }
    // At the end of an item that the next line goes on behind: `1⏎ 2`.
    let end = spot.end();
    if !code[..end].ends_with([',', '(', '[', '{', ':']) {
        found.push(spot.candidate(Span::new(end, end), ",", 5));
    }
}

/// Words behind which values stand side by side without brackets.
const LISTS: &[&str] = &[
    "import", "from", "for", "print", "return", "global", "del", "assert", "raise", "yield",
    "except",
];

/// Whether what ends at `end` is the key of a dict: behind `{` or a comma, with no colon since.
fn wants_colon(spot: &Spot<'_>, end: usize) -> bool {
    let mut depth = 0;
    let (mut colon, mut comma) = (false, false);
    let before: Vec<(usize, char)> = spot.chars().take_while(|(at, _)| *at < end).collect();
    for (_, c) in before.into_iter().rev() {
        match c {
            ')' | ']' | '}' => depth += 1,
            '{' if depth == 0 => return !colon,
            '(' | '[' if depth == 0 => return false,
            '(' | '[' | '{' => depth -= 1,
            ',' if depth == 0 => comma = true,
            ':' if depth == 0 && !comma => colon = true,
            _ => {}
        }
    }
    false
}
