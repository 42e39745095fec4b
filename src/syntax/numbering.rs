//! Numbers of lines that were printed in front of code.
//!
//! Their sequence, and code behind the first of them, tell them from other numbers: tables of
//! numbers, and what a loop prints, stay what they are.

use super::session;
use super::shape::{self, Shape};

/// How many of `lines`, from the first on, are a listing with numbers; zero where they are none.
pub fn listing<'t>(lines: impl Iterator<Item = &'t str> + Clone) -> usize {
    let count = run(lines.clone());
    let behind = lines.take(count).filter_map(|line| Some(&line[mark(line)?.1..]));
    let first = behind.into_iter().find(|code| !code.trim().is_empty());
    let code = first.is_some_and(|code| {
        matches!(shape::shape(code), Shape::Python | Shape::Shell)
            || shape::is_inner_line(code)
            || session::prompt(code).is_some()
    });
    if code { count } else { 0 }
}

/// How many of `lines`, from the first on, are numbered one after the other; zero where it is only
/// one.
fn run<'t>(lines: impl IntoIterator<Item = &'t str>) -> usize {
    let mut expected = None;
    let mut len = 0;
    for line in lines {
        let Some((number, _)) = mark(line) else { break };
        if expected.is_some_and(|expected| expected != number) {
            break;
        }
        expected = number.checked_add(1);
        len += 1;
    }
    if len > 1 { len } else { 0 }
}

/// The number that `line` begins with, and the bytes that it takes with its colon or bar and one
/// blank behind it. A number with a point or a bracket is that of an item in a list, unless it is
/// filled up to two digits.
pub fn mark(line: &str) -> Option<(u32, usize)> {
    let start = line.len() - line.trim_start().len();
    let digits = line[start..].bytes().take_while(u8::is_ascii_digit).count();
    if !(1..=4).contains(&digits) {
        return None;
    }
    let number = line[start..start + digits].parse().ok()?;
    let rest = &line[start + digits..];
    let behind = rest.trim_start_matches(' ');
    let bar = behind.strip_prefix('|').or_else(|| rest.strip_prefix(':'));
    let bar = bar.or_else(|| rest.strip_prefix('.').filter(|_| digits > 1));
    let code = bar.unwrap_or(rest);
    let code = match code.strip_prefix([' ', '\t']) {
        Some(code) => code,
        None if code.is_empty() => code,
        None => return None,
    };
    Some((number, line.len() - code.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_lines_count_up() {
        assert_eq!(run(["1 a", "2", "3  b", "5 c"]), 3);
        assert_eq!(run([" 9: a", "10: b"]), 2);
        assert_eq!(run(["1. a", "2. b"]), 0);
        assert_eq!(run(["09. a", "10. b"]), 2);
        assert_eq!(run(["1 a", "b"]), 0);
        assert_eq!(mark("01 |  x"), Some((1, 5)));
        assert_eq!(mark("1:2"), None);
        assert_eq!(mark("12345 x"), None);
    }
}
