//! What differs from run to run becomes a placeholder: addresses, temporary paths, times,
//! durations, process numbers.
//!
//! A table of small matchers, each tried where a word begins. Knows nothing of verdicts.

use crate::text::{run, shape};

/// Finds one volatile thing at the very beginning of a text: how many bytes it has and what
/// stands for it.
type Matcher = fn(&str) -> Option<(usize, &'static str)>;

/// In order of preference: what contains others comes first.
const MATCHERS: [Matcher; 7] = [address, uuid, temporary, process, date_and_time, clock, duration];

/// `text` with every volatile part replaced.
pub(super) fn redact(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    let mut rest = text;
    let mut inside_word = false;
    while let Some(first) = rest.chars().next() {
        let found = (!inside_word).then(|| MATCHERS.iter().find_map(|matcher| matcher(rest)));
        if let Some((len, placeholder)) = found.flatten() {
            made.push_str(placeholder);
            rest = &rest[len..];
            inside_word = false;
        } else {
            made.push(first);
            rest = &rest[first.len_utf8()..];
            inside_word = first.is_alphanumeric() || first == '_';
        }
    }
    made
}

fn address(text: &str) -> Option<(usize, &'static str)> {
    let digits = run(text.strip_prefix("0x")?, |byte| byte.is_ascii_hexdigit());
    (digits >= 6).then_some((2 + digits, "<address>"))
}

fn uuid(text: &str) -> Option<(usize, &'static str)> {
    let is_uuid = |part: &str| {
        part.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
    };
    (text.get(..36).is_some_and(is_uuid) && !begins_word(&text[36..])).then_some((36, "<uuid>"))
}

/// The folder under a temporary folder is random; what lies in it may have a telling name.
fn temporary(text: &str) -> Option<(usize, &'static str)> {
    let roots = ["/private/var/folders/", "/var/folders/", "/var/tmp/", "/tmp/", "/dev/shm/"];
    let root = roots.iter().find(|root| text.starts_with(**root))?;
    let name = run(&text[root.len()..], |byte| {
        byte > b' ' && !matches!(byte, b'/' | b'"' | b'\'' | b'`' | b':' | b',' | b')' | b'>')
    });
    (name > 0).then_some((root.len() + name, "<temp>"))
}

fn process(text: &str) -> Option<(usize, &'static str)> {
    const WORDS: [(&str, &str); 7] = [
        ("pid ", "pid <pid>"),
        ("pid=", "pid=<pid>"),
        ("pid: ", "pid: <pid>"),
        ("PID ", "PID <pid>"),
        ("PID: ", "PID: <pid>"),
        ("process ", "process <pid>"),
        ("/proc/", "/proc/<pid>"),
    ];
    WORDS.iter().find_map(|(word, placeholder)| {
        let digits = run(text.strip_prefix(word)?, |byte| byte.is_ascii_digit());
        (digits > 0).then_some((word.len() + digits, *placeholder))
    })
}

fn date_and_time(text: &str) -> Option<(usize, &'static str)> {
    let mut len = shape(text, "dddd-dd-dd")?;
    let mut kind = "<date>";
    if let Some(after) = text[len..].strip_prefix(['T', ' '])
        && let Some(time) = time(after)
    {
        len += 1 + time;
        kind = "<time>";
        let zone = ["+dd:dd", "-dd:dd", "+dddd", "-dddd", "Z"];
        len += zone.iter().find_map(|zone| shape(&text[len..], zone)).unwrap_or(0);
    }
    (!begins_word(&text[len..])).then_some((len, kind))
}

fn clock(text: &str) -> Option<(usize, &'static str)> {
    let len = time(text)?;
    (!begins_word(&text[len..])).then_some((len, "<time>"))
}

/// Whole seconds are often part of the example, `sleep 5 s`; fractions are measured.
fn duration(text: &str) -> Option<(usize, &'static str)> {
    let whole = run(text, |byte| byte.is_ascii_digit());
    let fraction = match text.get(whole..).and_then(|rest| rest.strip_prefix('.')) {
        Some(digits) => run(digits, |byte| byte.is_ascii_digit()),
        None => 0,
    };
    if whole == 0 {
        return None;
    }
    let mut len = whole + if fraction > 0 { fraction + 1 } else { 0 };
    len += usize::from(text[len..].starts_with(' '));
    let unit = run(&text[len..], |byte| byte.is_ascii_alphabetic() || byte >= 0x80);
    let is_unit = match &text[len..len + unit] {
        "ms" | "us" | "µs" | "μs" | "ns" | "msec" | "usec" | "nsec" => true,
        "s" | "sec" | "secs" | "second" | "seconds" => fraction > 0,
        _ => false,
    };
    is_unit.then_some((len + unit, "<duration>"))
}

/// `12:34:56`, with a fraction or without.
fn time(text: &str) -> Option<usize> {
    let len = shape(text, "dd:dd:dd")?;
    let fraction = text[len..]
        .strip_prefix(['.', ','])
        .map_or(0, |digits| run(digits, |byte| byte.is_ascii_digit()));
    Some(if fraction > 0 { len + 1 + fraction } else { len })
}

fn begins_word(text: &str) -> bool {
    text.chars().next().is_some_and(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn volatile_parts_become_placeholders_and_nothing_else() {
        let cases = [
            ("<object at 0x7f3c5a2b1d90>", "<object at <address>>"),
            ("mask 0xff", "mask 0xff"),
            ("open '/tmp/tmpab12/x.txt'", "open '<temp>/x.txt'"),
            ("/tmp/a: no", "<temp>: no"),
            ("at 2024-05-06T07:08:09.123Z end", "at <time> end"),
            ("on 2024-05-06", "on <date>"),
            ("at 07:08:09,5", "at <time>"),
            ("ratio 1:2:3", "ratio 1:2:3"),
            ("took 1.25s", "took <duration>"),
            ("took 12 ms", "took <duration>"),
            ("after 5 seconds", "after 5 seconds"),
            ("version 3.12.1", "version 3.12.1"),
            ("pid 4242 killed", "pid <pid> killed"),
            ("/proc/77/fd", "/proc/<pid>/fd"),
            ("id 123e4567-e89b-12d3-a456-426614174000", "id <uuid>"),
            ("café 日本", "café 日本"),
        ];
        for (text, expected) in cases {
            assert_eq!(redact(text), expected);
        }
    }

    proptest! {
        #[test]
        fn redacting_is_total(text in ".*", odd in "[0-9:.µsmT/tmp -]{0,40}") {
            redact(&text);
            redact(&odd);
        }
    }
}
