//! Slips in quotes: one lost, one too many, a typographic one, an apostrophe that ends a string.

use super::spot::{Candidate, Spot};
use crate::text::Span;

pub(super) fn slips(spot: &Spot<'_>, found: &mut Vec<Candidate>) {
    for (at, c) in spot.text().char_indices() {
        let straight = match c {
            '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{b4}' | '`' => "'",
            '\u{201c}' | '\u{201d}' | '\u{201e}' => "\"",
            '\u{2013}' | '\u{2212}' => "-",
            _ => continue,
        };
        let at = spot.at.start() + at;
        found.push(spot.candidate(Span::new(at, at + c.len_utf8()), straight, 2));
    }
    let marks: Vec<(usize, char)> = spot
        .text()
        .char_indices()
        .filter(|(_, c)| matches!(c, '\'' | '"'))
        .map(|(at, c)| (spot.at.start() + at, c))
        .collect();
    for quote in ['\'', '"'] {
        let own: Vec<usize> =
            marks.iter().filter(|(_, c)| *c == quote).map(|(at, _)| *at).collect();
        if own.len() % 2 == 1 {
            odd(spot, quote, &own, found);
        }
    }
}

/// An odd number of quotes of one kind.
fn odd(spot: &Spot<'_>, quote: char, own: &[usize], found: &mut Vec<Candidate>) {
    let mark = quote.to_string();
    let code = spot.code;
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    for at in own {
        let here = Span::new(*at, at + 1);
        let inside =
            is_letter(code[..*at].chars().next_back()) && is_letter(code[at + 1..].chars().next());
        if inside {
            // `'it's'`; a prefix such as `r'` has one letter before it.
            found.push(spot.candidate(Span::new(*at, *at), "\\", 2));
        }
        found.push(spot.candidate(here, "", 5));
        // `['a', b']`: the word that it ends has lost its own.
        let line = &code[spot.at.start()..*at];
        let word =
            line.trim_end_matches(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
        if word.len() < line.len() && word.trim_end().ends_with(['[', '(', '{', ',', '=', ':']) {
            let start = spot.at.start() + word.len();
            found.push(spot.candidate(Span::new(start, start), &mark, 2));
        }
    }
    // Behind the last one: where a value may end.
    let Some(last) = own.last().copied() else { return };
    let rest = &code[last + 1..spot.at.end()];
    let trimmed = last + 1 + rest.trim_end().len();
    let mut ends = vec![(trimmed, 2)];
    let mut at = trimmed;
    while let Some(c) = code[last + 1..at].chars().next_back().filter(|c| ")]}:,;".contains(*c)) {
        at -= c.len_utf8();
        ends.push((at, 1));
    }
    for (at, c) in rest.char_indices() {
        if ")]},:".contains(c) {
            ends.push((last + 1 + at, 3));
        }
    }
    for (at, cost) in ends {
        found.push(spot.candidate(Span::new(at, at), &mark, cost));
    }
    // Before a word: `print(hello")`, `x = hello"`.
    let before = &code[spot.at.start()..own[0]];
    for (at, c) in before.char_indices() {
        let next = spot.at.start() + at + c.len_utf8();
        if "([{,=: ".contains(c) && code[next..own[0]].starts_with(|c: char| !c.is_whitespace()) {
            found.push(spot.candidate(Span::new(next, next), &mark, 3));
        }
    }
}
