//! What differs from run to run: a table of kinds, each with the words in the code that make it so.
//!
//! Without such a word a date is a date like any other number. Matchers are tried where a word
//! begins.

use crate::text::{run, shape};

/// One kind of volatile text.
struct Kind {
    /// Words of which one must stand in the code; none where the text alone tells.
    because: &'static [&'static str],
    /// How many bytes it has at the beginning of a text, if it is one.
    length: fn(&str) -> Option<usize>,
    placeholder: &'static str,
}

const KINDS: &[Kind] = &[
    Kind { because: &[], length: address, placeholder: "at <address>" },
    Kind { because: &["id("], length: large, placeholder: "<id>" },
    Kind { because: &["hash("], length: hash, placeholder: "<hash>" },
    Kind { because: &["uuid"], length: uuid, placeholder: "<uuid>" },
    Kind { because: &["tempfile", "mktemp", "mkdtemp"], length: temporary, placeholder: "<temp>" },
    Kind {
        because: &["getcwd", "pwd", "abspath", "__file__", "resolve("],
        length: absolute,
        placeholder: "<path>",
    },
    Kind {
        because: &["getpid", "getppid", "$$", "$!", "&\n"],
        length: small,
        placeholder: "<pid>",
    },
    Kind { because: READS_CLOCK, length: date, placeholder: "<date>" },
    Kind { because: READS_CLOCK, length: time, placeholder: "<time>" },
    Kind { because: READS_CLOCK, length: stamp, placeholder: "<stamp>" },
    Kind { because: MEASURES, length: duration, placeholder: "<duration>" },
    Kind { because: &[], length: frame, placeholder: "File <frame>" },
];

/// Code that asks what time it is; arithmetic with dates that it names itself does not.
const READS_CLOCK: &[&str] = &[
    "now(",
    "utcnow(",
    "today(",
    "time.time",
    "localtime(",
    "gmtime(",
    "ctime(",
    "getmtime",
    "time()",
    "st_mtime",
    "ls -l",
    "uptime",
    "$(date",
    "`date",
    "logging",
    "time_ns",
];

/// Code that measures.
const MEASURES: &[&str] = &[
    "perf_counter",
    "time.time",
    "timeit",
    "monotonic",
    "process_time",
    "clock()",
    "time()",
    "%time",
    "now(",
    "time_ns",
];

/// `text` with everything that `code` makes volatile replaced.
pub(super) fn redact(text: &str, code: &str) -> String {
    let asks = |kind: &&Kind| {
        let says = |word: &&str| code.contains(*word);
        kind.because.is_empty() || kind.because.iter().any(says)
    };
    let mut kinds: Vec<&Kind> = KINDS.iter().filter(asks).collect();
    if code.lines().any(|line| line.split_whitespace().next() == Some("date")) {
        kinds.extend(KINDS.iter().filter(|kind| kind.because == READS_CLOCK));
    }
    let mut made = String::with_capacity(text.len());
    let mut rest = text;
    let mut inside = false;
    while let Some(first) = rest.chars().next() {
        let found = kinds.iter().filter(|_| !inside).find_map(|kind| {
            let length = (kind.length)(rest).filter(|length| !goes_on(&rest[*length..]))?;
            Some((length, kind.placeholder))
        });
        if let Some((length, placeholder)) = found {
            made.push_str(placeholder);
            rest = &rest[length..];
            inside = false;
        } else {
            made.push(first);
            rest = &rest[first.len_utf8()..];
            inside = first.is_alphanumeric() || first == '_';
        }
    }
    made
}

fn goes_on(text: &str) -> bool {
    text.chars().next().is_some_and(|next| next.is_alphanumeric() || next == '_')
}

/// `at 0x7f3c5a2b1d90`, as objects are shown.
fn address(text: &str) -> Option<usize> {
    let digits = run(text.strip_prefix("at 0x")?, |byte| byte.is_ascii_hexdigit());
    (digits >= 6).then_some(5 + digits)
}

/// What `id` returns.
fn large(text: &str) -> Option<usize> {
    let digits = run(text, |byte| byte.is_ascii_digit());
    (digits >= 7).then_some(digits)
}

/// What `hash` returns for a string.
fn hash(text: &str) -> Option<usize> {
    let sign = usize::from(text.starts_with('-'));
    Some(sign + large(&text[sign..])?)
}

fn small(text: &str) -> Option<usize> {
    let digits = run(text, |byte| byte.is_ascii_digit());
    (2..=7).contains(&digits).then_some(digits)
}

fn uuid(text: &str) -> Option<usize> {
    let is_uuid = |part: &str| {
        part.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
    };
    text.get(..36).is_some_and(is_uuid).then_some(36)
}

/// A name below a folder for temporary files.
fn temporary(text: &str) -> Option<usize> {
    let roots = ["/private/var/folders/", "/var/folders/", "/var/tmp/", "/tmp/"];
    let root = roots.iter().find(|root| text.starts_with(**root))?;
    let name = path(&text[root.len()..]);
    (name > 0).then_some(root.len() + name)
}

fn absolute(text: &str) -> Option<usize> {
    let name = path(text.strip_prefix('/')?);
    (name > 0).then_some(1 + name)
}

fn path(text: &str) -> usize {
    run(text, |byte| {
        byte > b' ' && !matches!(byte, b'"' | b'\'' | b'`' | b':' | b',' | b')' | b'>' | b']')
    })
}

/// `2024-05-06`, `Mon May  6`, `datetime.datetime(2024, 5, 6, ...)`.
fn date(text: &str) -> Option<usize> {
    let object = ["datetime.datetime(", "datetime.date(", "datetime.time(", "time.struct_time("];
    if object.iter().any(|name| text.starts_with(name)) {
        return Some(text.find(')')? + 1);
    }
    if let Some(length) = shape(text, "dddd-dd-dd").or_else(|| shape(text, "dd/dd/dddd")) {
        let zone = match text[length..].strip_prefix(['T', ' ']).and_then(time) {
            Some(time) => length + 1 + time,
            None => length,
        };
        return Some(zone);
    }
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let month = |text: &str| {
        const MONTHS: [&str; 12] =
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let rest = MONTHS.iter().find_map(|month| text.strip_prefix(month))?;
        let blank = run(rest, |byte| byte == b' ');
        let day = run(&rest[blank..], |byte| byte.is_ascii_digit());
        (blank > 0 && (1..=2).contains(&day)).then_some(3 + blank + day)
    };
    match DAYS.iter().find_map(|day| text.strip_prefix(day)?.strip_prefix(' ')) {
        Some(rest) => Some(4 + month(rest)?),
        None => month(text),
    }
}

/// `12:34:56`, with a fraction or without, and its zone.
fn time(text: &str) -> Option<usize> {
    let mut length = shape(text, "dd:dd:dd").or_else(|| shape(text, "dd:dd"))?;
    if let Some(fraction) = text[length..].strip_prefix(['.', ',']) {
        let digits = run(fraction, |byte| byte.is_ascii_digit());
        length += if digits > 0 { 1 + digits } else { 0 };
    }
    let zones = ["+dd:dd", "-dd:dd", "+dddd", "-dddd", "Z"];
    Some(length + zones.iter().find_map(|zone| shape(&text[length..], zone)).unwrap_or(0))
}

/// Seconds since 1970.
fn stamp(text: &str) -> Option<usize> {
    let digits = run(text, |byte| byte.is_ascii_digit());
    let fraction = match text[digits..].strip_prefix('.') {
        Some(rest) => run(rest, |byte| byte.is_ascii_digit()),
        None => 0,
    };
    (digits == 10).then_some(digits + if fraction > 0 { 1 + fraction } else { 0 })
}

/// A measured number and its unit, or a fraction with many places.
fn duration(text: &str) -> Option<usize> {
    let whole = run(text, |byte| byte.is_ascii_digit());
    let fraction = match text[whole..].strip_prefix('.') {
        Some(rest) => run(rest, |byte| byte.is_ascii_digit()),
        None => 0,
    };
    if whole == 0 {
        return None;
    }
    let mut number = whole + if fraction > 0 { 1 + fraction } else { 0 };
    if let Some(power) = text[number..].strip_prefix("e-") {
        number += 2 + run(power, |byte| byte.is_ascii_digit());
    }
    let blank = run(&text[number..], |byte| byte == b' ');
    let unit = run(&text[number + blank..], |byte| byte.is_ascii_alphabetic() || byte >= 0x80);
    let units = [
        "ns", "us", "µs", "μs", "ms", "s", "sec", "secs", "second", "seconds", "min", "m", "usec",
        "msec", "nsec",
    ];
    if units.contains(&&text[number + blank..number + blank + unit]) {
        return Some(number + blank + unit);
    }
    (fraction >= 5).then_some(number)
}

/// Where a traceback passes: files and lines are those of the author's machine.
fn frame(text: &str) -> Option<usize> {
    let rest = text.strip_prefix("File \"")?;
    let (file, behind) = rest.split_once('"')?;
    let line = behind.strip_prefix(", line ")?;
    Some(6 + file.len() + 1 + 7 + run(line, |byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_what_the_code_makes_volatile_is_replaced() {
        for (code, text, expected) in [
            ("", "<f at 0x7f3c5a2b1d90>", "<f at <address>>"),
            ("", "0x7f3c5a2b1d90", "0x7f3c5a2b1d90"),
            ("id(x)", "140234567890", "<id>"),
            ("x", "140234567890", "140234567890"),
            ("uuid.uuid4()", "123e4567-e89b-12d3-a456-426614174000", "<uuid>"),
            ("datetime.now()", "2024-05-06T07:08:09.12+02:00", "<date>"),
            ("datetime.now()", "datetime.datetime(2024, 5, 6, 7, 8)", "<date>"),
            ("date", "Mon May  6 07:08:09 UTC 2024", "<date> <time> UTC 2024"),
            ("date(2024, 5, 6)", "2024-05-06", "2024-05-06"),
            ("time.time()", "1700000000.123", "<stamp>"),
            ("time.perf_counter()", "0.001234567 12 ms 3", "<duration> <duration> 3"),
            ("os.getcwd()", "'/home/x/y'", "'<path>'"),
            ("echo $$", "4242", "<pid>"),
            ("", "  File \"/a/b.py\", line 3, in f", "  File <frame>, in f"),
            ("time.time()", "café 日本", "café 日本"),
        ] {
            assert_eq!(redact(text, code), expected, "{code}");
        }
    }

    proptest! {
        #[test]
        fn redacting_is_total(text in ".*", odd in "[0-9:.µsmT/tmpJan -]{0,40}") {
            let code = "now( time.time timeit id( uuid tempfile pwd $$";
            redact(&text, code);
            redact(&odd, code);
        }
    }
}
