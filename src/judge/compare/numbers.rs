//! Numbers that are compared by their values: pytest's NUMBER and doctestplus's FLOAT_CMP.
//!
//! The text between the numbers is left as it is, for others to compare.

use crate::text::Span;

/// `got` with every number that `want` writes out with fewer digits, and rightly so, as `want`
/// writes it.
pub(super) fn written_alike(want: &str, got: &str) -> String {
    replaced(want, got, |want, got| {
        let (mantissa, exponent) = want.split_once(['e', 'E']).unwrap_or((want, "0"));
        let Some((_, fraction)) = mantissa.split_once('.') else { return false };
        let places = fraction.len() as i32 - exponent.parse::<i32>().unwrap_or(0);
        differ(want, got).is_some_and(|by| by <= 10f64.powi(-places))
    })
}

/// `got` with every number that is as good as that of `want` as `want` writes it.
pub(super) fn close(want: &str, got: &str) -> String {
    const RELATIVE: f64 = 1e-5;
    const ABSOLUTE: f64 = 1e-8;
    replaced(want, got, |want, got| {
        let size = want.parse::<f64>().map_or(0.0, f64::abs);
        differ(want, got).is_some_and(|by| by <= ABSOLUTE + RELATIVE * size)
    })
}

fn differ(want: &str, got: &str) -> Option<f64> {
    Some((want.parse::<f64>().ok()? - got.parse::<f64>().ok()?).abs())
}

fn replaced(want: &str, got: &str, alike: impl Fn(&str, &str) -> bool) -> String {
    let (wanted, found) = (numbers(want), numbers(got));
    if wanted.len() != found.len() {
        return got.to_owned();
    }
    let mut made = String::with_capacity(got.len());
    let mut done = 0;
    for (one, other) in wanted.into_iter().zip(found) {
        let (one, text) = (&want[one.range()], &got[other.range()]);
        made.push_str(&got[done..other.start()]);
        made.push_str(if alike(one, text) { one } else { text });
        done = other.end();
    }
    made + &got[done..]
}

/// The numbers of a text, signs and exponents included; digits of a name are none.
pub(super) fn numbers(text: &str) -> Vec<Span> {
    let bytes = text.as_bytes();
    let digits =
        |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let word = |at: usize| {
        at.checked_sub(1).is_some_and(|before| {
            let byte = bytes[before];
            byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
        })
    };
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let sign = usize::from(matches!(bytes[at], b'+' | b'-'));
        let whole = digits(at + sign);
        let mut end = at + sign + whole;
        let fraction = match bytes.get(end) {
            Some(b'.') => digits(end + 1),
            _ => 0,
        };
        if whole + fraction == 0 || word(at) {
            at += 1;
            continue;
        }
        if bytes.get(end) == Some(&b'.') && (fraction > 0 || whole > 0) {
            end += 1 + fraction;
        }
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            let power = if end + 1 + sign <= bytes.len() { digits(end + 1 + sign) } else { 0 };
            end += if power > 0 { 1 + sign + power } else { 0 };
        }
        found.push(Span::new(at, end));
        at = end;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_and_compared_as_they_are_written() {
        let found = |text: &str| -> Vec<String> {
            numbers(text).into_iter().map(|span| text[span.range()].to_owned()).collect()
        };
        assert_eq!(found("[1, -2.5, .5 3e-4 a1 x_2 7.]"), ["1", "-2.5", ".5", "3e-4", "7."]);
        for (want, got, expected) in [
            ("0.33", "0.333333", "0.33"),
            ("0.35", "0.333333", "0.333333"),
            ("1.5e3", "1501.2", "1.5e3"),
            ("3", "4", "4"),
            ("1.0 a", "1.04 b", "1.0 b"),
            ("1.0, 2.0", "1.0", "1.0"),
        ] {
            assert_eq!(written_alike(want, got), expected, "{want} {got}");
        }
        assert_eq!(close("1e10", "10000000001.0"), "1e10");
        assert_eq!(close("1.0", "1.001"), "1.001");
    }
}
