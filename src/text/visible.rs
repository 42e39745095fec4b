//! Text from outside made safe to show: what a terminal would obey or hide is spelled out.
//!
//! Does not shorten, and does not color.

/// `text` with every control character (C0, DEL, C1), bidirectional control, line separator and
/// invisible mark as an escape like `\n` or `\u{1b}`; tabs too.
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if is_hidden(character) {
            shown.extend(character.escape_debug());
        } else {
            shown.push(character);
        }
    }
    shown
}

fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}'
                | '\u{200b}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{2069}'
                | '\u{feff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_spelled_out() {
        let cases = [
            ("plain é 日本 e\u{301}", "plain é 日本 e\u{301}"),
            ("\u{1b}[31m\r\n\t\0", "\\u{1b}[31m\\r\\n\\t\\0"),
            ("\u{7f}\u{9b}", "\\u{7f}\\u{9b}"),
            ("a\u{202e}b\u{2066}", "a\\u{202e}b\\u{2066}"),
        ];
        for (text, expected) in cases {
            assert_eq!(visible(text), expected);
        }
    }
}
