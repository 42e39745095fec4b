//! Output compared exactly as Python's own doctest compares it: `OutputChecker` and the rules for
//! exceptions of `DocTestRunner`, in CPython's `Lib/doctest.py`.
//!
//! No leniency of our own: that comes after, in `lenient`.

use super::numbers;
use crate::syntax::flags::Flags;

/// Whether output that was `got` is as it is `want`ed, both with the newlines at their ends.
pub(crate) fn check(want: &str, got: &str, flags: Flags) -> bool {
    if want == got || flags.has(Flags::IGNORE_OUTPUT) {
        return true;
    }
    let truth = [("1\n", "True\n"), ("0\n", "False\n")];
    if !flags.has(Flags::DONT_ACCEPT_TRUE_FOR_1) && truth.contains(&(want, got)) {
        return true;
    }
    let (mut want, mut got) = (ascii(want), ascii(got));
    if want == got {
        return true;
    }
    if !flags.has(Flags::DONT_ACCEPT_BLANKLINE) {
        want = blank(&want, |line| line.trim_end() == "<BLANKLINE>");
        got = blank(&got, |line| line.trim().is_empty());
    }
    if flags.has(Flags::NORMALIZE_WHITESPACE) {
        (want, got) = (collapsed(&want), collapsed(&got));
    }
    if flags.has(Flags::NUMBER) {
        got = numbers::written_alike(&want, &got);
    }
    if flags.has(Flags::FLOAT_CMP) {
        got = numbers::close(&want, &got);
    }
    want == got
        || flags.has(Flags::ELLIPSIS) && matches(&want, &got, "...")
        || flags.has(Flags::TAGS) && want.contains('<') && matches(&tags(&want), &got, "\0")
}

/// `text` with what is beyond ASCII as Python escapes it, which the other side may show so.
fn ascii(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    for char in text.chars() {
        match char as u32 {
            0..=0x7f => made.push(char),
            point @ 0x80..=0xff => made.push_str(&format!("\\x{point:02x}")),
            point @ 0x100..=0xffff => made.push_str(&format!("\\u{point:04x}")),
            point => made.push_str(&format!("\\U{point:08x}")),
        }
    }
    made
}

/// `text`, its lines that are `blank` made empty.
fn blank(text: &str, blank: impl Fn(&str) -> bool) -> String {
    let line = |whole: &str| {
        let content = whole.trim_end_matches('\n');
        if blank(content) { whole[content.len()..].to_owned() } else { whole.to_owned() }
    };
    text.split_inclusive('\n').map(line).collect()
}

/// Words with one blank between them.
pub(super) fn collapsed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `want` with every `<...>` as one NUL.
fn tags(want: &str) -> String {
    let mut made = String::new();
    let mut rest = want;
    while let Some((before, behind)) = rest.split_once('<') {
        made.push_str(before);
        let inner = behind.find(['>', '\n', '<']);
        match inner.filter(|&end| behind[end..].starts_with('>')) {
            Some(end) => {
                made.push('\0');
                rest = &behind[end + 1..];
            }
            None => {
                made.push('<');
                rest = behind;
            }
        }
    }
    made + rest
}

/// Whether `got` is `want`, in which every `marker` stands for any text: the parts between follow
/// one another, and the first and last stand at the ends.
pub(super) fn matches(want: &str, got: &str, marker: &str) -> bool {
    let mut parts: Vec<&str> = want.split(marker).collect();
    if parts.len() == 1 {
        return want == got;
    }
    let (first, last) = (parts.remove(0), parts.pop().unwrap_or_default());
    let Some(inner) = got.strip_prefix(first).and_then(|rest| rest.strip_suffix(last)) else {
        return false;
    };
    let mut rest = inner;
    parts.into_iter().all(|part| match rest.find(part) {
        Some(at) => {
            rest = &rest[at + part.len()..];
            true
        }
        None => false,
    })
}

/// The message at the end of a traceback that `want` begins with, as doctest finds it: the first
/// line behind the header that begins with a letter, and all below.
pub(crate) fn exception(want: &str) -> Option<&str> {
    let header = want.lines().next()?.trim_end();
    let known = ["Traceback (most recent call last):", "Traceback (innermost last):"];
    if !known.contains(&header) {
        return None;
    }
    let mut at = want.find('\n')? + 1;
    for line in want[at..].split_inclusive('\n') {
        if line.starts_with(|c: char| c.is_alphanumeric() || c == '_') {
            return Some(&want[at..]);
        }
        at += line.len();
    }
    None
}

/// Whether an exception that is shown as `got` is as it is `want`ed.
pub(crate) fn check_exception(want: &str, got: &str, flags: Flags) -> bool {
    check(want, got, flags)
        || flags.has(Flags::IGNORE_EXCEPTION_DETAIL)
            && check(&type_only(want), &type_only(got), flags)
}

/// The name of the type, without its module.
fn type_only(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default();
    let name = line.split(':').next().unwrap_or_default();
    name.rsplit('.').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `python3 -m doctest` decides, option by option.
    #[test]
    fn output_is_compared_as_doctest_compares_it() {
        let (none, ellipsis) = (Flags::default(), Flags::ELLIPSIS);
        let white = Flags::NORMALIZE_WHITESPACE;
        for (want, got, flags, expected) in [
            ("1\n", "1\n", none, true),
            ("1\n", "2\n", none, false),
            ("1\n", "True\n", none, true),
            ("0\n", "False\n", none, true),
            ("True\n", "1\n", none, false),
            ("1\n", "True\n", Flags::DONT_ACCEPT_TRUE_FOR_1, false),
            ("a\n<BLANKLINE>\nb\n", "a\n\nb\n", none, true),
            ("a\n<BLANKLINE>  \nb\n", "a\n  \nb\n", none, true),
            ("a\n<BLANKLINE>\nb\n", "a\n\nb\n", Flags::DONT_ACCEPT_BLANKLINE, false),
            ("a b\n", "a   b\n", none, false),
            ("a b\n", "a\n  b\n", white, true),
            ("ab\n", "a b\n", white, false),
            ("[0, ..., 9]\n", "[0, 1, 9]\n", none, false),
            ("[0, ..., 9]\n", "[0, 1, 9]\n", ellipsis, true),
            ("[0, ..., 9]\n", "[0, 9]\n", ellipsis, false),
            ("...\n", "\n", ellipsis, true),
            ("aa...aa\n", "aaa\n", ellipsis, false),
            ("a...b...c\n", "abc\n", ellipsis, true),
            ("a...b...c\n", "acb\n", ellipsis, false),
            ("[0, ...,   9]\n", "[0,\n 1, 9]\n", ellipsis.with(white), true),
            ("0.333\n", "0.3333333\n", Flags::NUMBER, true),
            ("0.335\n", "0.3333333\n", Flags::NUMBER, false),
            ("[1.0, 2.0]\n", "[1.0000001, 2.0]\n", Flags::FLOAT_CMP, true),
            ("[1.0, 2.1]\n", "[1.0, 2.0]\n", Flags::FLOAT_CMP, false),
            ("at <x>, <y>.\n", "at 1, 2.\n", Flags::TAGS, true),
            ("at <x>, 3.\n", "at 1, 2.\n", Flags::TAGS, false),
            ("1\n", "", Flags::IGNORE_OUTPUT, true),
            ("'f\\xf6\\u2713'\n", "'fö✓'\n", none, true),
        ] {
            assert_eq!(check(want, got, flags), expected, "{want:?} {got:?}");
        }
    }

    #[test]
    fn exceptions_are_found_below_any_stack_and_compared_by_type_and_message() {
        let want = "Traceback (most recent call last):\n  File \"x\"\n    [...]\nA: b\nc\n";
        assert_eq!(exception(want), Some("A: b\nc\n"));
        assert_eq!(exception("Traceback (innermost last):\n\nA\n"), Some("A\n"));
        assert_eq!(exception("a\nTraceback (most recent call last):\nA\n"), None);
        assert_eq!(exception("Traceback (most recent call last):\n  A\n"), None);
        let detail = Flags::IGNORE_EXCEPTION_DETAIL;
        for (want, got, flags, expected) in [
            ("A: b\n", "A: b\n", Flags::default(), true),
            ("A: b\n", "A: c\n", Flags::default(), false),
            ("A: b\n", "A: c\n", detail, true),
            ("A\n", "m.A: c\n", detail, true),
            ("B: c\n", "A: c\n", detail, false),
            ("A: b...\n", "A: bcd\n", Flags::ELLIPSIS, true),
        ] {
            assert_eq!(check_exception(want, got, flags), expected, "{want} {got}");
        }
    }
}
