//! Formats of data: JSON, YAML, settings, tables.

use super::{Line, Looks, PYTHON_HEADERS, Seen, Text, likely, sure};

pub(super) const ALL: &[(&str, Looks)] =
    &[("JSON", json), ("YAML", yaml), ("an INI file", ini), ("a table", table), ("CSV", csv)];

/// JSON, also with comments, commas at the end, or one value per line.
fn json(text: &Text<'_>) -> Option<Seen> {
    let first = text.first();
    let code = text.code.trim();
    let bracketed = code.starts_with('{') || code.starts_with('[') && code.contains(['{', '"']);
    let closed = code.ends_with(['}', ']', ',']);
    if !bracketed || !closed {
        return None;
    }
    let reads = |text: &str| serde_json::from_str::<serde_json::Value>(text).is_ok();
    if reads(code) {
        // Python reads this as well, unless a constant is written in JSON's way.
        return if text.python && !constant(text) { likely(first) } else { sure(first) };
    }
    if text.lines.len() > 1
        && text.lines.iter().all(|line| line.text.starts_with('{') && reads(line.text))
    {
        return sure(first);
    }
    (!text.acts && reads(&strict(code))).then(|| sure(first)).flatten()
}

fn constant(text: &Text<'_>) -> bool {
    let mut words = text.masked.split(|c: char| !c.is_alphanumeric());
    words.any(|word| matches!(word, "true" | "false" | "null"))
}

/// `code` without comments at the ends of lines and without commas before closing brackets.
fn strict(code: &str) -> String {
    let mut strict = String::with_capacity(code.len());
    for line in code.lines() {
        let line = line.trim();
        let comment = line.starts_with("//") || line == "...";
        let line = line.split_once(" // ").map_or(line, |(before, _)| before.trim_end());
        if comment {
            continue;
        }
        if line.starts_with(['}', ']']) && strict.ends_with(',') {
            strict.pop();
        }
        strict.push_str(line);
    }
    if strict.ends_with(',') {
        strict.pop();
    }
    strict
}

fn yaml(text: &Text<'_>) -> Option<Seen> {
    let least = text.lines.iter().map(|line| line.indent()).min()?;
    let outer = |line: &&Line<'_>| line.indent() == least;
    let comment = |line: &str| line.starts_with('#') || line == "---" || line == "...";
    let fits =
        |line: &str| key(line).is_some() || line.starts_with("- ") || line == "-" || comment(line);
    // A scalar that goes on over lines has a mark that nothing else ends its lines with.
    let scalar = |line: &str| {
        key(line).is_some_and(|value| matches!(value, "|" | ">" | "|-" | ">-" | "|+" | ">+"))
    };
    let framed = text.lines.iter().filter(outer).all(|line| fits(line.trimmed()));
    if framed && let Some(told) = text.find(scalar) {
        return sure(told);
    }
    let told = text.find(|line| key(line).is_some())?;
    let keys = text.count(|line| key(line).is_some());
    if text.first().text == "---" && text.most(60, fits) {
        return sure(text.first());
    }
    if keys < 2 && !(keys == 1 && text.lines.len() > 1 && text.most(100, fits))
        || !text.most(80, fits)
    {
        return None;
    }
    // A list of keys, or a key above deeper keys: annotations of names are neither.
    let nested = text.lines.windows(2).any(|pair| {
        key(pair[0].trimmed()) == Some("")
            && (pair[1].indent() > pair[0].indent() || pair[1].trimmed().starts_with("- "))
    });
    let listed = text.find(|line| line.strip_prefix("- ").is_some_and(|rest| key(rest).is_some()));
    if (nested || listed.is_some()) && !text.acts { sure(told) } else { likely(told) }
}

/// The value behind `key: ` where `line` begins with one, after the mark of a list.
fn key(line: &str) -> Option<&str> {
    let line = line.strip_prefix("- ").unwrap_or(line);
    let (key, rest) = line.split_once(':')?;
    let word = |c: char| {
        c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ' | '"' | '\'' | '/' | '*')
    };
    let plain = !key.is_empty()
        && key.chars().all(word)
        && key.split(' ').count() <= 2
        && (rest.is_empty() || rest.starts_with(' '))
        && !PYTHON_HEADERS.contains(&key.split(' ').next().unwrap_or(""));
    let value = rest.trim();
    let value = value.split_once(" #").map_or(value, |(value, _)| value.trim_end());
    (plain && !value.ends_with(['(', ',', ':'])).then_some(value)
}

fn ini(text: &Text<'_>) -> Option<Seen> {
    let section = |line: &str| {
        let line = line.split_once(" #").map_or(line, |(line, _)| line.trim_end());
        let inner = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        inner.is_some_and(|name| {
            let name =
                name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
            !name.is_empty()
                && !name.starts_with([' ', '\'', '-'])
                && !name.contains([',', '(', '=', '[', '{', '$'])
                && name.chars().any(char::is_alphabetic)
        })
    };
    let setting = |line: &str| {
        let key = line.split_once(['=', ':']).map(|(key, _)| key.trim());
        key.is_some_and(|key| {
            let word = |c: char| c.is_alphanumeric() || "_-./\"' *".contains(c);
            !key.is_empty() && key.chars().all(word) && key.split(' ').count() <= 3
        })
    };
    let told = text.find(section)?;
    let fits = |line: &str| setting(line) || section(line) || line.starts_with(['#', ';']);
    // Below a key, brackets hold a list over lines.
    let inside = |line: &str| {
        fits(line)
            || line.starts_with(['"', '\'', ']', '}', '{']) && line.ends_with([',', ']', '}', '"'])
    };
    let alone = text.lines.len() == 1;
    if alone {
        return likely(told).filter(|_| !text.first().text.contains(' '));
    }
    if text.count(setting) == 0 && text.count(section) < text.lines.len() || !text.most(75, inside)
    {
        return None;
    }
    sure(told)
}

fn table(text: &Text<'_>) -> Option<Seen> {
    let drawn = |line: &str| {
        line.starts_with(['┌', '├', '└', '│', '╭', '╰', '╞', '┏', '┡', '┃', '╔', '║', '╚'])
    };
    if let Some(told) = text.find(drawn).filter(|_| text.most(60, drawn)) {
        return sure(told);
    }
    let rule = |line: &str| {
        line.len() > 3 && line.chars().all(|c| matches!(c, '+' | '-' | '=' | '|' | ':' | ' '))
    };
    let told = text.find(rule)?;
    let row = |line: &str| rule(line) || line.matches('|').count() > 1;
    if text.lines.len() > 1 && text.most(90, row) {
        return sure(told);
    }
    // Columns below one another, under a rule of dashes.
    let columns = |line: &str| line.trim().contains("  ") || line.contains('\t');
    (!text.python && text.lines.len() > 2 && text.most(80, |line| rule(line) || columns(line)))
        .then(|| likely(told))
        .flatten()
}

/// Lines with the same number of fields, at least three lines and three fields.
fn csv(text: &Text<'_>) -> Option<Seen> {
    let first = text.first();
    if text.lines.len() < 3 || text.acts || text.commands > 0 {
        return None;
    }
    [',', ';', '\t'].iter().find_map(|mark| {
        let fields = first.text.matches(*mark).count();
        let even = |line: &str| {
            line.matches(*mark).count() == fields
                && !line.ends_with(*mark)
                && !line.contains(['(', '{', '['])
        };
        (fields >= 2 && text.most(90, even)).then(|| likely(first)).flatten()
    })
}
