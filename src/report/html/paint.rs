//! Colors for code: comments, strings and keywords, line by line.
//!
//! A reader's aid over lines as the document has them, markup and prompts included; what is code
//! and what it means is decided elsewhere.

use super::example::plain;
use crate::model::Lang;

const PYTHON: &[&str] = &[
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "exec", "finally", "for", "from", "global", "if",
    "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "print", "raise", "return",
    "try", "while", "with", "yield",
];

const SHELL: &[&str] = &[
    "case", "do", "done", "elif", "else", "esac", "exit", "export", "fi", "for", "function", "if",
    "in", "local", "return", "select", "set", "source", "then", "until", "while",
];

/// Characters of a string on one line: a quote that is not closed by then is only a quote.
const LONGEST: usize = 2000;

/// Paints the lines of one example, in order.
pub(super) struct Painter {
    lang: Lang,
    /// The quotes that a string of several lines ends with.
    within: Option<&'static str>,
}

impl Painter {
    /// Begins an example.
    pub(super) fn new(lang: Lang) -> Self {
        Self { lang, within: None }
    }

    /// The next line as HTML.
    pub(super) fn line(&mut self, line: &str) -> String {
        let mut painted = String::with_capacity(line.len() * 2);
        let mut rest = line;
        if let Some(quotes) = self.within {
            let end = rest.find(quotes).map(|at| at + quotes.len());
            if end.is_some() {
                self.within = None;
            }
            let end = end.unwrap_or(rest.len());
            wrap("u", &rest[..end], &mut painted);
            rest = &rest[end..];
        }
        let mut before = None;
        while let Some(first) = rest.chars().next() {
            let (tag, length) = self.token(rest, first, before);
            let (token, after) = rest.split_at(length);
            match tag {
                Some(tag) => wrap(tag, token, &mut painted),
                None => painted.push_str(&plain(token)),
            }
            before = token.chars().next_back();
            rest = after;
        }
        painted
    }

    /// What `rest` begins with: the element for it, if any, and its length in bytes.
    fn token(
        &mut self,
        rest: &str,
        first: char,
        before: Option<char>,
    ) -> (Option<&'static str>, usize) {
        let apart = before.is_none_or(char::is_whitespace);
        match first {
            '#' if apart || self.lang.is_python() => (Some("i"), rest.len()),
            '"' | '\'' => self.string(rest, first),
            _ if is_word(first) => {
                let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                let keywords = if self.lang.is_python() { PYTHON } else { SHELL };
                // An attribute, an option or a part of a path has the letters of a keyword only.
                let bound = before.is_some_and(|c| matches!(c, '.' | '-' | '/' | '$'))
                    || rest[length..].starts_with(['-', '/']);
                let is_keyword = keywords.contains(&&rest[..length]) && !bound;
                (is_keyword.then_some("b"), length)
            }
            _ => {
                let other = |c: char| !is_word(c) && !matches!(c, '#' | '"' | '\'');
                let end = rest[first.len_utf8()..].find(|c| !other(c) || c == ' ');
                (None, end.map_or(rest.len(), |end| end + first.len_utf8()))
            }
        }
    }

    /// A string, where it ends on this line or is one of several lines.
    fn string(&mut self, rest: &str, quote: char) -> (Option<&'static str>, usize) {
        let triple = if quote == '"' { "\"\"\"" } else { "'''" };
        if self.lang.is_python() && rest.starts_with(triple) {
            return match rest[3..].find(triple) {
                Some(at) => (Some("u"), at + 6),
                None => {
                    self.within = Some(triple);
                    (Some("u"), rest.len())
                }
            };
        }
        let escapes = self.lang.is_python() || quote == '"';
        let mut escaped = false;
        for (at, character) in rest.char_indices().skip(1).take(LONGEST) {
            if character == quote && !escaped {
                return (Some("u"), at + 1);
            }
            escaped = escapes && character == '\\' && !escaped;
        }
        (None, 1)
    }
}

fn wrap(tag: &str, text: &str, painted: &mut String) {
    if !text.is_empty() {
        painted.push_str(&format!("<{tag}>{}</{tag}>", plain(text)));
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_comments_and_keywords_are_told_apart() {
        let cases = [
            (Lang::Py3, "for x in 'a#b': # c", "<b>for</b> x <b>in</b> <u>&#39;a#b&#39;</u>: <i># c</i>"),
            (Lang::Py3, "a.is_in = format", "a.is_in = format"),
            (Lang::Py3, r"'a\'b' 'c", r"<u>&#39;a\&#39;b&#39;</u> &#39;c"),
            (Lang::Shell, "echo a#b # c", "echo a#b <i># c</i>"),
            (Lang::Shell, "./for --in 'x'", "./for --in <u>&#39;x&#39;</u>"),
            (Lang::Shell, "don't", "don&#39;t"),
            (Lang::Py2, "</script>\u{1b}", "&lt;/script&gt;\\u{1b}"),
        ];
        for (lang, line, expected) in cases {
            assert_eq!(Painter::new(lang).line(line), expected);
        }
    }

    #[test]
    fn a_string_of_several_lines_ends_where_its_quotes_do() {
        let mut painter = Painter::new(Lang::Py3);
        let quotes = "&quot;&quot;&quot;";
        assert_eq!(painter.line("a = \"\"\"x"), format!("a = <u>{quotes}x</u>"));
        assert_eq!(painter.line("if '"), "<u>if &#39;</u>");
        assert_eq!(painter.line("\"\"\" + b"), format!("<u>{quotes}</u> + b"));
        assert_eq!(painter.line("b"), "b");
    }

    #[test]
    fn every_line_keeps_its_text() {
        for line in ["a\tb 'x' # é", "'''", "\"\"\"\"", "# '", "''''''", "x'y'''z"] {
            let mut painter = Painter::new(Lang::Py3);
            for _ in 0..3 {
                let painted = painter.line(line);
                let text = ["b", "i", "u"].iter().fold(painted, |text, tag| {
                    text.replace(&format!("<{tag}>"), "").replace(&format!("</{tag}>"), "")
                });
                assert_eq!(text, plain(line));
            }
        }
    }
}
