//! What a reader would grant: a table of rules, each of which makes two texts alike in one respect.
//!
//! The rules apply one after the other, and after each the texts are compared. No rule touches a
//! number that the code determines.

use super::{Setting, doctest, order, volatile};
use crate::model::Shown;
use crate::syntax::flags::Flags;

/// A rule: whether it holds in a setting, and what it makes of a text.
struct Rule {
    holds: fn(&Setting<'_>) -> bool,
    apply: fn(&str, &Setting<'_>) -> String,
}

const RULES: &[Rule] = &[
    // Blanks at the ends of lines, blank lines at the ends, and other line ends.
    Rule { holds: |_| true, apply: |text, _| trimmed(text) },
    // Prompts of shells and names of scripts in front of messages.
    Rule { holds: |_| true, apply: |text, _| without_speaker(text) },
    // What one Python writes otherwise than the other.
    Rule { holds: |_| true, apply: |text, _| dialect(text) },
    // Addresses, dates, times, folders: where the code is the reason.
    Rule { holds: |_| true, apply: |text, setting| volatile::redact(text, setting.code) },
    // Between brackets, authors break lines as they like.
    Rule { holds: |_| true, apply: |text, _| order::unspaced(text) },
    // Elements of sets and dictionaries have no order that counts.
    Rule { holds: |_| true, apply: |text, _| order::sorted(text) },
    // In comments, strings often stand without their quotes.
    Rule { holds: |setting| setting.shown == Shown::Comment, apply: |text, _| unquoted(text) },
];

/// Lines that stand for what the document leaves out.
const CUTS: &[&str] = &[
    "...",
    "[...]",
    "(...)",
    "…",
    "[…]",
    "[snip]",
    "<snip>",
    "-- snip --",
    "--snip--",
    "(output omitted)",
    "[output omitted]",
    "...snip...",
    "[truncated]",
    "<truncated>",
    "etc.",
];

/// Whether the texts are alike once some rules are applied to both.
pub(super) fn alike(want: &str, got: &str, setting: &Setting<'_>) -> bool {
    if setting.flags.has(Flags::KEEP_TRAILING_WHITESPACE) {
        return false;
    }
    let plain = with_cuts(want);
    let written =
        [without_margin(&plain, got), without_remarks(&plain, got), with_bare_match(&plain)];
    let mut wants: Vec<String> = written.into_iter().flatten().collect();
    wants.push(plain);
    let mut got = got.to_owned();
    let rules = RULES.iter().filter(|rule| (rule.holds)(setting));
    rules.into_iter().any(|rule| {
        got = (rule.apply)(&got, setting);
        wants.iter_mut().any(|want| {
            *want = (rule.apply)(want, setting);
            doctest::check(want, &got, setting.flags) || doctest::matches(want, &got, "...")
        })
    })
}

/// `want` without the margin that all of its lines have and `got` has not.
fn without_margin(want: &str, got: &str) -> Option<String> {
    let blank = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let filled = |line: &&str| !line.trim().is_empty();
    let margin = |text: &str| text.lines().filter(filled).map(blank).min().unwrap_or(0);
    let depth = margin(want);
    (depth > 0 && margin(got) == 0).then(|| {
        let cut = |line: &str| format!("{}\n", line.get(depth..).unwrap_or("").trim_end());
        want.lines().map(cut).collect()
    })
}

/// `want` with matches of regular expressions as Python 3 shows them, which tells more of them.
fn with_bare_match(want: &str) -> Option<String> {
    let (before, behind) = want.split_once("<_sre.SRE_Match object at 0x")?;
    let (_, rest) = behind.split_once('>')?;
    Some(format!("{before}<re.Match object; ...>{rest}"))
}

/// `want` without the remarks behind its lines, where `got` has nothing that looks like one.
fn without_remarks(want: &str, got: &str) -> Option<String> {
    let remark = |line: &str| line.find(" # ").filter(|at| !line[..*at].trim().is_empty());
    let cut = |line: &str| format!("{}\n", line[..remark(line).unwrap_or(line.len())].trim_end());
    (!got.contains('#') && want.lines().any(|line| remark(line).is_some()))
        .then(|| want.lines().map(cut).collect())
}

/// `want`, in which lines that say that something is left out say so in one way.
fn with_cuts(want: &str) -> String {
    let line = |whole: &str| {
        let content = whole.trim_end_matches('\n');
        match CUTS.contains(&content.trim().to_ascii_lowercase().as_str()) {
            true => "...".to_owned(),
            false => whole.replace('…', "..."),
        }
    };
    want.split_inclusive('\n').map(line).collect()
}

fn trimmed(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let filled = |line: &&str| !line.is_empty() && *line != "<BLANKLINE>";
    let first = lines.iter().position(filled).unwrap_or(0);
    let last = lines.iter().rposition(filled).map_or(0, |at| at + 1);
    let mut made = String::with_capacity(text.len());
    for line in &lines[first.min(last)..last] {
        made.push_str(if *line == "<BLANKLINE>" { "" } else { line });
        made.push('\n');
    }
    made
}

/// Messages of shells without who speaks: `bash: x: command not found`, `zsh: command not found: x`
/// and `/tmp/a.sh: line 1: x: command not found` are one.
fn without_speaker(text: &str) -> String {
    const SPEAKERS: &[&str] = &["-bash", "bash", "sh", "-sh", "dash", "zsh", "-zsh"];
    let line = |whole: &str| {
        let rest = match whole.split_once(": ") {
            Some((name, rest)) if SPEAKERS.contains(&name) => place(rest).unwrap_or(rest),
            Some((name, rest)) if !name.contains(char::is_whitespace) => {
                place(rest).unwrap_or(whole)
            }
            _ => whole,
        };
        // zsh puts the name last.
        match rest.trim_end().strip_prefix("command not found: ") {
            Some(name) => format!("{name}: command not found\n"),
            None => rest.to_owned(),
        }
    };
    text.split_inclusive('\n').map(line).collect()
}

/// What stands behind the place of a message, if it has one.
fn place(text: &str) -> Option<&str> {
    let text = text.strip_prefix("eval: ").unwrap_or(text);
    let (number, rest) = text.strip_prefix("line ").unwrap_or(text).split_once(": ")?;
    number.parse::<u32>().is_ok().then_some(rest)
}

/// What Python 2 writes as Python 3 writes it, and older 3 as newer: `u'a'`, `5L`, `<type 'int'>`,
/// `set([1])`, modules of exceptions.
fn dialect(text: &str) -> String {
    let text = text.replace("<type '", "<class '").replace("exceptions.", "");
    let text = text.replace("<class 'unicode'>", "<class 'str'>");
    let text = text.replace(" instance at 0x", " object at 0x");
    let text = ordered(&text.replace("<_sre.SRE_Match object; ", "<re.Match object; "));
    let mut made = String::with_capacity(text.len());
    let mut before = ' ';
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        let apart = !(before.is_alphanumeric() || before == '_' || before == '\'' || before == '"');
        let next = chars.peek().copied().unwrap_or(' ');
        let prefix = char == 'u' && apart && matches!(next, '\'' | '"');
        let long = char == 'L' && before.is_ascii_digit() && !next.is_alphanumeric();
        if !prefix && !long {
            made.push(char);
        }
        before = char;
    }
    bare_sets(&made)
}

/// `OrderedDict({'a': 1})`, which Python 3.12 began with, as `OrderedDict([('a', 1)])`: its order
/// counts.
fn ordered(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("OrderedDict({") {
        made.extend([before, "OrderedDict([("]);
        rest = behind;
        let (mut depth, mut quote) = (0, None);
        for (at, c) in behind.char_indices() {
            rest = &behind[at + c.len_utf8()..];
            match (quote, c) {
                (Some(open), _) if c == open => quote = None,
                (None, '\'' | '"') => quote = Some(c),
                (None, ':') if depth == 0 => {
                    made.push(',');
                    continue;
                }
                (None, ',') if depth == 0 => {
                    made.push_str("), (");
                    continue;
                }
                (None, '}') if depth == 0 => {
                    made.push_str(")]");
                    break;
                }
                (None, '(' | '[' | '{') => depth += 1,
                (None, ')' | ']' | '}') => depth -= 1,
                // The blank behind a comma was made with the bracket.
                (None, ' ') if made.ends_with('(') => continue,
                _ => {}
            }
            made.push(c);
        }
    }
    made + rest
}

/// `set([1, 2])` as `{1, 2}`.
fn bare_sets(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("set([") {
        let Some(end) = behind.find("])").filter(|_| !before.ends_with(char::is_alphanumeric))
        else {
            made.push_str(&rest[..before.len() + 5]);
            rest = behind;
            continue;
        };
        made.push_str(before);
        match &behind[..end] {
            "" => made.push_str("set()"),
            inner => made.extend(["{", inner, "}"]),
        }
        rest = &behind[end + 2..];
    }
    made + rest
}

fn unquoted(text: &str) -> String {
    let text = text.trim();
    let quoted = ['\'', '"'].into_iter().find_map(|quote| {
        text.strip_prefix(quote)?.strip_suffix(quote).filter(|inner| !inner.contains(quote))
    });
    quoted.unwrap_or(text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alike_in(shown: Shown, code: &str, want: &str, got: &str) -> bool {
        alike(want, got, &Setting { shown, flags: Flags::default(), code })
    }

    #[test]
    fn readers_grant_what_says_nothing() {
        let session = Shown::Session;
        for (code, want, got) in [
            ("", "a  \nb\n\n", "a\nb\n"),
            ("", "{2, 1, (3, 4)}\n", "{1, (3, 4), 2}\n"),
            ("", "{'b': [2], 'a': 1}\n", "{'a': 1, 'b': [2]}\n"),
            ("", "[u'a', 5L]\n", "['a', 5]\n"),
            ("", "set([1, 2])\n", "{1, 2}\n"),
            ("", "<type 'int'>\n", "<class 'int'>\n"),
            ("", "<a.B instance at 0xb7f8>\n", "<a.B object at 0xb7f8>\n"),
            (
                "",
                "OrderedDict([('a', (1, 2)),\n             ('b', [3])])\n",
                "OrderedDict({'a': (1, 2), 'b': [3]})\n",
            ),
            (
                "",
                "<_sre.SRE_Match object at 0x7f>\n",
                "<re.Match object; span=(0, 1), match='a'>\n",
            ),
            ("", "    3\n", "3\n"),
            ("", "3  # three\n", "3\n"),
            ("", "<a.B object at 0x7f3c5a2b1d90>\n", "<a.B object at 0x10aa3b5c0>\n"),
            ("", "<a.B object at 0x...>\n", "<a.B object at 0x10aa3b5c0>\n"),
            ("", "1\n2\n[snip]\n9\n", "1\n2\n3\n4\n9\n"),
            ("", "1\n...\n", "1\n2\n3\n"),
            ("datetime.now()", "2024-01-02 10:11:12.131415\n", "2026-03-04 01:02:03.000004\n"),
            ("time.perf_counter()", "took 1.25 s\n", "took 0.31 s\n"),
            ("tempfile.mkdtemp()", "'/tmp/tmpab12'\n", "'/tmp/tmpzz99'\n"),
            ("x", "bash: x: command not found\n", "snippet.sh: line 1: x: command not found\n"),
            ("x", "zsh: command not found: x\n", "bash: line 3: x: command not found\n"),
        ] {
            assert!(alike_in(session, code, want, got), "{want} {got}");
        }
        let cell = Shown::Cell;
        assert!(alike_in(cell, "", "[1,\n 2]\n", "[1, 2]\n"));
        assert!(alike_in(cell, "", "{'a': 1,\n 'b': 2}\n", "{'b': 2, 'a': 1}\n"));
        assert!(alike_in(Shown::Comment, "", "hi\n", "'hi'\n"));
    }

    #[test]
    fn a_wrong_value_is_never_granted() {
        for shown in [Shown::Session, Shown::Cell, Shown::Block, Shown::Comment] {
            for (code, want, got) in [
                ("", "1\n", "2\n"),
                ("", "0.1\n", "0.10000000000000001\n"),
                ("hex(x)", "0xdeadbeef\n", "0xdeadbeee\n"),
                ("date(2024, 1, 31) + day", "2024-02-01\n", "2024-02-02\n"),
                ("x", "took 1.25 s\n", "took 1.35 s\n"),
                ("tempfile.x", "/tmp/a 3\n", "/tmp/b 4\n"),
                ("", "{1, 2}\n", "{1, 3}\n"),
                ("", "{'a': 1, 'b': 2}\n", "{'a': 2, 'b': 1}\n"),
                ("", "[1, 2]\n", "[2, 1]\n"),
                ("", "OrderedDict([('a', 1), ('b', 2)])\n", "OrderedDict({'b': 2, 'a': 1})\n"),
                ("", "a\n  b\n", "a\nb\n"),
                ("", "3 # three\n", "4\n"),
                ("", "'a b'\n", "'ab'\n"),
                ("", "a\nb\n", "a\n"),
                ("", "1 2\n", "12\n"),
                ("", "1\n2\n", "1 2\n"),
                ("", "[1, 2]\n[3]\n", "[1, 2] [3]\n"),
                ("", "[12, 3]\n", "[1, 23]\n"),
                ("", "<a.B object at 0x7f3c5a2b1d90>\n", "<a.C object at 0x7f3c5a2b1d90>\n"),
                ("time.time()", "{'n': 3}\n", "{'n': 4}\n"),
                ("time.time()", "1700000000.5 3\n", "1800000000.5 4\n"),
                ("", "'u'\n", "''\n"),
                ("", "True\n", "False\n"),
            ] {
                assert!(!alike_in(shown, code, want, got), "{shown:?} {want} {got}");
            }
        }
    }
}
