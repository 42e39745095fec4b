//! Whether a shell waits for more after a line: open quotes, brackets and blocks, operators at its
//! end.
//!
//! Counts words and marks without a grammar; heredocs are for `session`.

/// What is open after the lines that were taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pending {
    quote: Option<char>,
    /// Blocks and brackets that were begun and not ended.
    depth: u32,
    /// Whether the last line ends in an operator or a backslash.
    glued: bool,
}

impl Pending {
    /// Reads one more line.
    pub fn take(&mut self, line: &str) {
        let mut word = String::new();
        // Whether the next word is the name of a command, where words such as `for` count.
        let mut fresh = self.quote.is_none();
        let mut chars = line.chars().peekable();
        let mut before = ' ';
        while let Some(c) = chars.next() {
            if let Some(quote) = self.quote {
                if c == '\\' && quote == '"' {
                    chars.next();
                } else if c == quote {
                    self.quote = None;
                }
                before = c;
                continue;
            }
            match c {
                '\\' => {
                    chars.next();
                    word.push('x');
                }
                '\'' | '"' | '`' => {
                    self.quote = Some(c);
                    word.push('x');
                }
                '#' if before.is_whitespace() => break,
                ' ' | '\t' | ';' | '|' | '&' | '(' | ')' => {
                    fresh = self.end_word(&mut word, fresh);
                    fresh |= !matches!(c, ' ' | '\t');
                    match c {
                        '(' => self.depth += 1,
                        ')' => self.depth = self.depth.saturating_sub(1),
                        _ => {}
                    }
                }
                _ => word.push(c),
            }
            before = c;
        }
        self.end_word(&mut word, fresh);
        let end = line.trim_end();
        self.glued =
            self.quote.is_none() && ["|", "&&", "\\"].iter().any(|mark| end.ends_with(mark));
    }

    /// Counts the word that ends here; whether the next one is the name of a command again.
    fn end_word(&mut self, word: &mut String, fresh: bool) -> bool {
        if word.is_empty() {
            return fresh;
        }
        let mut still = false;
        if fresh {
            match word.as_str() {
                "if" | "for" | "while" | "until" | "case" | "select" | "{" => {
                    self.depth += 1;
                    still = matches!(word.as_str(), "if" | "while" | "until" | "{");
                }
                "fi" | "done" | "esac" | "}" => self.depth = self.depth.saturating_sub(1),
                "do" | "then" | "else" | "elif" | "!" => still = true,
                _ => {}
            }
        } else if word == "{" {
            // The body of a function.
            self.depth += 1;
            still = true;
        }
        word.clear();
        still
    }

    /// Whether more must follow.
    pub fn is_open(&self) -> bool {
        self.quote.is_some() || self.depth > 0 || self.glued
    }

    /// Whether a quote is open.
    pub fn is_quoted(&self) -> bool {
        self.quote.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_ends_are_seen() {
        let open = |lines: &[&str]| {
            let mut pending = Pending::default();
            lines.iter().for_each(|line| pending.take(line));
            pending.is_open()
        };
        for lines in [
            vec!["for i in 1 2; do"],
            vec!["echo 'a"],
            vec!["ls |"],
            vec!["make &&"],
            vec!["f() {"],
            vec!["if true; then"],
            vec!["x=$(ls"],
            vec!["while read a", "do"],
        ] {
            assert!(open(&lines), "{lines:?}");
        }
        for lines in [
            vec!["diff a b"],
            vec!["for i in 1 2; do", "echo $i", "done"],
            vec!["echo 'a", "b'"],
            vec!["echo it is done # 'x"],
            vec!["echo \"a\\\"b\""],
            vec!["f() {", "ls", "}"],
            vec!["grep for x"],
        ] {
            assert!(!open(&lines), "{lines:?}");
        }
    }
}
