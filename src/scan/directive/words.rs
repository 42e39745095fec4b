//! Words and settings in a line of directives: `skip`, `timeout=30s`, `test="skip - why"`,
//! `retry:3`, `.class`.
//!
//! Takes them apart; what they mean is for `ours` and `foreign`.

/// One word, or one setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// The word, or the name of the setting.
    pub key: String,
    /// What it is set to, quotes off.
    pub value: Option<String>,
}

/// The words of `text`: blanks, commas and semicolons part them, but not inside of quotes and
/// brackets. Braces around all of it do not count.
pub(super) fn words(text: &str) -> Vec<Word> {
    let text = text.trim();
    let inner = text.strip_prefix('{').map_or(text, |rest| rest.strip_suffix('}').unwrap_or(rest));
    let parts = split(inner, |c| c.is_whitespace() || matches!(c, ',' | ';'));
    parts.into_iter().take(MOST_WORDS).map(word).collect()
}

/// The longest spelling that is told, in characters.
const LONGEST_SPELLING: usize = 120;

/// `text` as it is told: on one line, and not too much of it.
pub(super) fn spelling(text: &str) -> String {
    let start = text.get(..text.floor_char_boundary(LONGEST_SPELLING * 4)).unwrap_or("");
    let words: Vec<&str> = start.split_whitespace().collect();
    words.join(" ").chars().take(LONGEST_SPELLING).collect()
}

/// A line holds so many words at most.
const MOST_WORDS: usize = 64;

/// The parts of `text` that are not empty, where `apart` tells what stands between: never inside
/// of quotes or brackets.
pub(super) fn split(text: &str, apart: impl Fn(char) -> bool) -> Vec<&str> {
    let (mut quote, mut depth, mut start) = (None, 0u32, 0);
    let mut found = Vec::new();
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth = depth.saturating_sub(1),
            (None, _) if depth == 0 && apart(c) => {
                found.push(&text[start..at]);
                start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    found.push(&text[start..]);
    found.retain(|part| !part.is_empty());
    found
}

fn word(text: &str) -> Word {
    let end = text.find(['=', ':', '(', '"', '\'']).unwrap_or(text.len());
    match text.as_bytes().get(end) {
        Some(b'=' | b':') if end > 0 => {
            let value = unquoted(&text[end + 1..]).to_owned();
            Word { key: text[..end].to_owned(), value: Some(value) }
        }
        _ => Word { key: text.to_owned(), value: None },
    }
}

/// `text` without the quotes around it.
pub(super) fn unquoted(text: &str) -> &str {
    let text = text.trim();
    let inner = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
    inner('"').or_else(|| inner('\'')).unwrap_or(text)
}

/// A span of time in milliseconds: `30s`, `500ms`, `2m`, `1.5`, which are seconds.
pub(super) fn millis(text: &str) -> Option<u64> {
    const LONGEST: f64 = 24.0 * 3600.0 * 1000.0;
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let unit = match unit.trim() {
        "ms" => 1.0,
        "" | "s" | "sec" => 1000.0,
        "m" | "min" => 60_000.0,
        "h" => 3_600_000.0,
        _ => return None,
    };
    let millis = number.parse::<f64>().ok()? * unit;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is in between")]
    (1.0..=LONGEST).contains(&millis).then_some(millis as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_apart_outside_of_quotes_and_brackets() {
        let all = |text| {
            let told = |word: Word| match word.value {
                Some(value) => format!("{}={value}", word.key),
                None => word.key,
            };
            words(text).into_iter().map(told).collect::<Vec<_>>()
        };
        assert_eq!(all("skip, timeout=30s  x"), ["skip", "timeout=30s", "x"]);
        assert_eq!(
            all("{.python test=\"skip - a, b\" #id}"),
            [".python", "test=skip - a, b", "#id"]
        );
        assert_eq!(all("retry:3 mark: x(a, b)"), ["retry=3", "mark=", "x(a, b)"]);
        assert_eq!(all(""), [""; 0]);
    }

    #[test]
    fn times_have_units() {
        let cases = [("30s", 30_000), ("500ms", 500), ("2m", 120_000), ("4", 4000), ("1.5", 1500)];
        for (text, expected) in cases {
            assert_eq!(millis(text), Some(expected), "{text}");
        }
        for text in ["", "soon", "0", "-1s", "1e9s", "99999999h", "s", "1.2.3"] {
            assert_eq!(millis(text), None, "{text}");
        }
    }
}
