//! Blocks of a shell script: loops, conditions, functions.
//!
//! Their first lines begin with words of English, so a block counts only when it is closed.

use super::LONGEST;
use crate::syntax::lexical;

/// Longer blocks are no examples.
const MOST_LINES: usize = 60;

/// Number of `lines` up to the one that closes the block which the first of them opens; zero where
/// it opens none, or none is closed.
pub fn script_len<'l>(lines: impl Iterator<Item = &'l str>) -> usize {
    let mut depth = 0;
    for (at, line) in lines.take(MOST_LINES).enumerate() {
        if line.len() > LONGEST || at == 0 && !opens(line.trim()) {
            return 0;
        }
        depth += change(line);
        if depth <= 0 {
            return if depth == 0 { at + 1 } else { 0 };
        }
    }
    0
}

/// Whether `line` is the first one of a block.
fn opens(line: &str) -> bool {
    let first = line.split([' ', '(']).next().unwrap_or("");
    let ruled = |mark: &str| {
        line.split_once("; ").is_some_and(|(_, rest)| rest.contains(mark))
            || line.contains(&format!(";{mark}"))
    };
    match first {
        "for" => line.contains(" in ") && ruled("do"),
        "while" | "until" => ruled("do"),
        "if" => ruled("then"),
        "case" => line.ends_with(" in"),
        "function" => line.ends_with('{'),
        name => {
            let named =
                !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "_-".contains(c));
            named && line[name.len()..].starts_with("() {")
        }
    }
}

/// How many blocks more are open behind `line` than before it.
fn change(line: &str) -> i32 {
    let masked = lexical::mask(line);
    let spaced = masked.replace(';', " ; ");
    let mut begins = true;
    let mut depth = 0;
    for word in spaced.split_whitespace() {
        let next = matches!(
            word,
            ";" | "|" | "&&" | "||" | "do" | "then" | "else" | "{" | "(" | "!" | "()"
        ) || word.ends_with("()");
        depth += match word {
            "do" | "if" | "case" if begins => 1,
            "done" | "fi" | "esac" | "}" if begins => -1,
            "{" => 1,
            _ => 0,
        };
        begins = next;
    }
    depth
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_closed() {
        let cases = [
            ("for f in *.c; do\n  cc $f\ndone\nThat is all", 3),
            ("for f in *.c; do cc $f; done\nmore", 1),
            ("if [ -f x ]; then\n  rm x\nelif true; then\n  if a; then b; fi\nfi\n", 5),
            ("up() {\n  ping -c 1 $1\n}\nup a", 3),
            ("case $1 in\n  a) ls ;;\nesac", 3),
            ("while read -r a; do\n  echo $a\ndone < x", 3),
            ("for those in need; do tell us", 0),
            ("if you can; then do it", 0),
            ("if a; then\n  b", 0),
            ("show() calls it", 0),
        ];
        for (text, expected) in cases {
            assert_eq!(script_len(text.lines()), expected, "{text}");
        }
    }
}
