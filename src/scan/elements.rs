//! The tags and the text of HTML, one after the other.
//!
//! Takes everything: what is no tag is text. Knows nothing of how elements nest.

use crate::text::Span;

/// A piece of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'d> {
    Text,
    /// A begin tag with its attributes, as they stand there.
    Open(&'d str, &'d str),
    Close(&'d str),
    /// A comment, a declaration, or an element whose text is not shown on the page, with its tags.
    Hidden,
}

/// The pieces of `range` of `text` with where they lie; together they are all of it. Made as they
/// are asked for: those of a page of one line would take many times its room.
pub(super) fn pieces(text: &str, range: Span) -> Pieces<'_> {
    let end = range.end().min(text.len());
    let start = if text.get(range.start()..end).is_some() { range.start() } else { end };
    Pieces { text, end, at: start, text_from: start, quotes: true, comments: true, next: None }
}

/// The pieces of a page that are still to come.
pub(super) struct Pieces<'d> {
    text: &'d str,
    end: usize,
    /// Where the next tag is looked for.
    at: usize,
    /// Where the text that no piece holds yet begins.
    text_from: usize,
    /// Whether quotes in tags are believed. One that is never closed would swallow the page.
    quotes: bool,
    /// Whether comments are believed. One that is never closed is text, and so are all behind it.
    comments: bool,
    /// What comes behind the text that was given last.
    next: Option<(Span, Piece<'d>)>,
}

impl<'d> Iterator for Pieces<'d> {
    type Item = (Span, Piece<'d>);

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(next) = self.next.take() {
            return Some(next);
        }
        let found = self.find_tag();
        let start = found.map_or(self.end, |(at, _)| at.start());
        let text = Span::new(self.text_from, start);
        self.text_from = found.map_or(self.end, |(at, _)| at.end());
        if text.is_empty() {
            return found;
        }
        self.next = found;
        Some((text, Piece::Text))
    }
}

impl<'d> Pieces<'d> {
    /// The next piece that is no text.
    fn find_tag(&mut self) -> Option<(Span, Piece<'d>)> {
        while let Some(start) = self.look_for(self.at, "<") {
            let rest = &self.text[start..self.end];
            let found = if rest.starts_with("<!--") && self.comments {
                let end = self.look_for(start + 4, "-->").map(|end| end + 3);
                self.comments = end.is_some();
                end.map(|end| (end, Piece::Hidden))
            } else if rest.starts_with("<!") || rest.starts_with("<?") {
                self.tag_end(start).map(|end| (end, Piece::Hidden))
            } else {
                self.tag(start)
            };
            self.at = found.map_or(start + 1, |(end, _)| end);
            if let Some((end, piece)) = found {
                return Some((Span::new(start, end), piece));
            }
        }
        self.at = self.end;
        None
    }

    fn look_for(&self, from: usize, what: &str) -> Option<usize> {
        self.text.get(from..self.end)?.find(what).map(|at| from + at)
    }

    /// The tag at `start`, and where it ends; with what it hides, for scripts and styles.
    fn tag(&mut self, start: usize) -> Option<(usize, Piece<'d>)> {
        let rest = &self.text[start + 1..self.end];
        let (closing, named) = rest.strip_prefix('/').map_or((false, rest), |rest| (true, rest));
        let word = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == ':';
        let len = named.find(|c| !word(c)).unwrap_or(named.len());
        let name = &named[..len];
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        if !named[len..].starts_with(['>', '/']) && !named[len..].starts_with(char::is_whitespace) {
            return None;
        }
        let end = self.tag_end(start)?;
        if closing {
            return Some((end, Piece::Close(name)));
        }
        let attributes = &self.text[start + 1 + len..end - 1];
        if ["script", "style", "textarea", "title"].iter().any(|raw| raw.eq_ignore_ascii_case(name))
            && !attributes.ends_with('/')
        {
            return Some((self.raw_end(end, name), Piece::Hidden));
        }
        Some((end, Piece::Open(name, attributes)))
    }

    /// Where the tag that begins at `start` ends; `None` where another begins before that.
    fn tag_end(&mut self, start: usize) -> Option<usize> {
        let bytes = &self.text.as_bytes()[..self.end];
        let mut quote = None;
        let mut value = false;
        for (at, &byte) in bytes.iter().enumerate().skip(start + 1) {
            match (quote, byte) {
                (Some(open), _) if open == byte => quote = None,
                (Some(_), _) => {}
                (None, b'>') => return Some(at + 1),
                (None, b'<') => return None,
                // Quotes stand behind equals signs only; elsewhere they are slips of the pen.
                (None, b'"' | b'\'') if value && self.quotes => quote = Some(byte),
                _ => {}
            }
            value = byte == b'=' || value && byte.is_ascii_whitespace();
        }
        if quote.is_some() {
            self.quotes = false;
            return self.tag_end(start);
        }
        None
    }

    /// The end of the raw text of the element `name` with its end tag, or the end of the page.
    fn raw_end(&self, from: usize, name: &str) -> usize {
        let mut at = from;
        while let Some(found) = self.look_for(at, "</") {
            let rest = self.text.get(found + 2..(found + 2 + name.len()).min(self.end));
            if rest.is_some_and(|rest| rest.eq_ignore_ascii_case(name)) {
                return self.look_for(found, ">").map_or(self.end, |end| end + 1);
            }
            at = found + 2;
        }
        self.end
    }
}

/// The value of the attribute `name` among `attributes`; names are read in any case.
pub(super) fn attribute<'d>(attributes: &'d str, name: &str) -> Option<&'d str> {
    let mut rest = attributes;
    while let Some((before, after)) = rest.split_once('=') {
        let key = before.trim_end().rsplit(|c: char| c.is_whitespace() || c == '"' || c == '\'');
        let is_it = key.into_iter().next().is_some_and(|key| key.eq_ignore_ascii_case(name));
        let after = after.trim_start();
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (value, left) = match quote {
            Some(quote) => after[1..].split_once(quote).unwrap_or((&after[1..], "")),
            None => {
                let len = after.find(char::is_whitespace).unwrap_or(after.len());
                after.split_at(len)
            }
        };
        if is_it {
            return Some(value);
        }
        rest = left;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(&str, Piece<'_>)> {
        let found = pieces(text, Span::new(0, text.len()));
        found.map(|(at, piece)| (&text[at.range()], piece)).collect()
    }

    #[test]
    fn what_is_no_tag_is_text() {
        use Piece::{Close, Hidden, Open, Text};
        assert_eq!(
            read("a<b class='>'>c</b >"),
            [
                ("a", Text),
                ("<b class='>'>", Open("b", " class='>'")),
                ("c", Text),
                ("</b >", Close("b"))
            ]
        );
        assert_eq!(read("1 < 2 <é> <a"), [("1 < 2 <é> <a", Text)]);
        assert_eq!(
            read("<!-- <b> -->x<!-- <i>"),
            [("<!-- <b> -->", Hidden), ("x<!-- ", Text), ("<i>", Open("i", "")),]
        );
        assert_eq!(
            read("<SCRIPT>a</b></Script >x<style>"),
            [("<SCRIPT>a</b></Script >", Hidden), ("x", Text), ("<style>", Hidden)]
        );
        assert_eq!(
            read("<p a=\"><b>x"),
            [("<p a=\">", Open("p", " a=\"")), ("<b>", Open("b", "")), ("x", Text)]
        );
    }

    #[test]
    fn attributes_are_found_by_name() {
        let attributes = " id=a CLASS = \"x y\" data-lang='py' hidden";
        assert_eq!(attribute(attributes, "class"), Some("x y"));
        assert_eq!(attribute(attributes, "data-lang"), Some("py"));
        assert_eq!(attribute(attributes, "lang"), None);
        assert_eq!(attribute("class=\"é", "class"), Some("é"));
        assert_eq!(attribute("", "class"), None);
    }
}
