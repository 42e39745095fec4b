//! Slips in brackets: one lost, one too many, two swapped, one of the wrong kind.

use super::spot::{Candidate, Spot};
use crate::text::Span;

pub(super) fn slips(spot: &Spot<'_>, found: &mut Vec<Candidate>) {
    let mut open: Vec<(usize, char)> = Vec::new();
    let mut before = None;
    for (at, c) in spot.chars() {
        match c {
            '(' | '[' | '{' => open.push((at, c)),
            ')' | ']' | '}' => {
                let here = Span::new(at, at + 1);
                match open.pop() {
                    Some((_, opened)) if closer(opened) == c => {}
                    Some((_, opened)) => {
                        let right = closer(opened).to_string();
                        found.push(spot.candidate(here, &right, 2));
                        found.push(spot.candidate(Span::new(at, at), &right, 2));
                        found.push(spot.candidate(here, "", 3));
                    }
                    None => unopened(spot, here, c, found),
                }
            }
            _ => {}
        }
        if let Some((last, ')')) = before
            && c == '('
        {
            found.push(spot.candidate(Span::new(last, at + 1), "()", 1));
        }
        before = (!c.is_whitespace()).then_some((at, c)).or(before);
    }
    for (at, opened) in open {
        unclosed(spot, at, opened, found);
    }
}

fn closer(opened: char) -> char {
    match opened {
        '(' => ')',
        '[' => ']',
        _ => '}',
    }
}

/// A bracket that nothing opened: one too many, or the opening one was lost.
fn unopened(spot: &Spot<'_>, at: Span, closed: char, found: &mut Vec<Candidate>) {
    found.push(spot.candidate(at, "", 3));
    let words: Vec<Span> =
        spot.words().into_iter().filter(|word| word.end() <= at.start()).collect();
    let is_def = words.first().is_some_and(|word| &spot.code[word.range()] == "def");
    let opener = match closed {
        ')' => "(",
        ']' => "[",
        _ => "{",
    };
    for (count, word) in words.iter().enumerate() {
        let text = &spot.code[word.range()];
        // `def f self):`: the bracket stands for the blank.
        if let Some(last) = count.checked_sub(1).map(|before| words[before])
            && spot.code[last.end()..word.start()].trim().is_empty()
            && !(is_def && count == 1)
        {
            let blank = Span::new(last.end(), word.start());
            found.push(spot.candidate(blank, opener, if is_def { 1 } else { 4 }));
        }
        // `def fself):`.
        for first in ["self", "cls"] {
            let name = text.strip_suffix(first).filter(|name| is_def && !name.is_empty());
            if let Some(name) = name.filter(|_| count == 1) {
                let gap = word.start() + name.len();
                found.push(spot.candidate(Span::new(gap, gap), opener, 2));
            }
        }
        let end = Span::new(word.end(), word.end());
        if !(is_def && count == 0) {
            found.push(spot.candidate(end, opener, 5));
        }
    }
}

/// A bracket that the line does not close: at its end, before what ends a header, or before what
/// cannot stand within it.
fn unclosed(spot: &Spot<'_>, at: usize, opened: char, found: &mut Vec<Candidate>) {
    let closer = closer(opened).to_string();
    let end = spot.end();
    let ends_header = spot.code[..end].ends_with(':') && opened != '{';
    let last = if ends_header { end - 1 } else { end };
    found.push(spot.candidate(Span::new(last, last), &closer, 2));
    found.push(spot.candidate(Span::new(at, at + 1), "", 5));
    for (here, c) in spot.chars().filter(|(here, _)| *here > at) {
        if matches!(c, ',' | ')' | ']' | '}' | ':' | '=') {
            found.push(spot.candidate(Span::new(here, here), &closer, 4));
        }
    }
}
