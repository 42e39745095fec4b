//! JSON whose every string knows where it stands.
//!
//! Reads RFC 8259 as Python's `json` does, `NaN` included, in one pass over the text and without
//! recursion. Of numbers only small whole ones are read: a document's code is in its strings.

use crate::text::{Replace, Span};

/// Deeper nesting is refused: no notebook comes near it.
const DEEPEST: usize = 500;

/// A value by its number in [`Json`].
pub(super) type Id = usize;

/// A text read as JSON.
pub(super) struct Json<'t> {
    text: &'t str,
    nodes: Vec<Node>,
}

enum Node {
    /// A number, `true`, `false` or `null`.
    Scalar(Span),
    /// A string: the bytes between its quotes.
    Text(Span),
    List(Vec<Id>),
    Map(Vec<(Span, Id)>),
}

/// Why a text is no JSON.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Trouble {
    /// Byte offset where it shows.
    pub at: usize,
    /// What was expected there.
    pub what: &'static str,
}

impl<'t> Json<'t> {
    /// Reads `text` as far as it is JSON, and tells what is wrong with it. Behind a flaw reading
    /// goes on at the next object that holds `key`, in quotes, as an item of the innermost list
    /// that held such an object before.
    pub(super) fn salvage(text: &'t str, key: &str) -> (Self, Option<Trouble>) {
        let mut reader = Reader { text, at: 0, nodes: Vec::new(), open: Vec::new() };
        let trouble = reader.document().err();
        let mut flaw = trouble.as_ref().map(|trouble| trouble.at);
        while let Some(at) = flaw {
            flaw = reader.resume(at, key);
        }
        if reader.nodes.is_empty() {
            reader.nodes.push(Node::Scalar(Span::default()));
        }
        (Self { text, nodes: reader.nodes }, trouble)
    }

    /// Reads the whole of `text`.
    #[cfg(test)]
    fn read(text: &'t str) -> Result<Self, Trouble> {
        let (json, trouble) = Self::salvage(text, "no key");
        trouble.map_or(Ok(json), Err)
    }

    /// The outermost value.
    pub(super) fn root(&self) -> Id {
        0
    }

    /// The value of `key` in the object `id`; of several the last, as Python has it.
    pub(super) fn get(&self, id: Id, key: &str) -> Option<Id> {
        let Node::Map(entries) = &self.nodes[id] else { return None };
        let named = |span: &Span| self.text.get(span.range()) == Some(key);
        entries.iter().rev().find(|(name, _)| named(name)).map(|(_, value)| *value)
    }

    /// The value that the keys of `path` lead to, one inside the other.
    pub(super) fn find(&self, id: Id, path: &[&str]) -> Option<Id> {
        path.iter().try_fold(id, |id, key| self.get(id, key))
    }

    /// The values of the list `id`; none where it is no list.
    pub(super) fn items(&self, id: Id) -> &[Id] {
        match &self.nodes[id] {
            Node::List(items) => items,
            _ => &[],
        }
    }

    /// Whether `id` is a list.
    pub(super) fn is_list(&self, id: Id) -> bool {
        matches!(self.nodes[id], Node::List(_))
    }

    /// The bytes between the quotes of the string `id`.
    pub(super) fn text(&self, id: Id) -> Option<Span> {
        match self.nodes[id] {
            Node::Text(span) => Some(span),
            _ => None,
        }
    }

    /// The string at the end of `path` as it is written, escapes and all: names need none.
    pub(super) fn word(&self, id: Id, path: &[&str]) -> Option<&'t str> {
        self.text.get(self.text(self.find(id, path)?)?.range())
    }

    /// The whole number at the end of `path`.
    pub(super) fn number(&self, id: Id, path: &[&str]) -> Option<u32> {
        match self.nodes[self.find(id, path)?] {
            Node::Scalar(at) => self.text.get(at.range())?.parse().ok(),
            _ => None,
        }
    }
}

/// The escapes in the string that stands at `at` of `text`, with what they stand for.
pub(super) fn escapes(text: &str, at: Span) -> Vec<Replace> {
    let mut found = Vec::new();
    let raw = text.get(at.range()).unwrap_or("");
    let mut done = 0;
    while let Some(next) = raw.as_bytes()[done..].iter().position(|&byte| byte == b'\\') {
        let start = done + next;
        let (with, len) = escape(&raw.as_bytes()[start..]);
        let span = Span::new(at.start() + start, at.start() + start + len);
        found.push(Replace { at: span, with: with.to_string() });
        done = start + len;
    }
    found
}

/// The character that the escape at the start of `bytes` stands for, and the escape's length. Half
/// of a surrogate pair stands for nothing that can be written.
fn escape(bytes: &[u8]) -> (char, usize) {
    let plain = match bytes.get(1) {
        Some(b'n') => '\n',
        Some(b't') => '\t',
        Some(b'r') => '\r',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'u') => return unicode(bytes),
        Some(&byte) if byte.is_ascii() => char::from(byte),
        _ => return (char::REPLACEMENT_CHARACTER, 1),
    };
    (plain, 2)
}

fn unicode(bytes: &[u8]) -> (char, usize) {
    let Some(first) = hex(bytes) else { return (char::REPLACEMENT_CHARACTER, 2) };
    if let Some(c) = char::from_u32(first) {
        return (c, 6);
    }
    let low = bytes.get(6..).and_then(hex).filter(|low| (0xdc00..0xe000).contains(low));
    match low {
        Some(low) if first < 0xdc00 => {
            let code = 0x10000 + ((first - 0xd800) << 10) + (low - 0xdc00);
            (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 12)
        }
        _ => (char::REPLACEMENT_CHARACTER, 6),
    }
}

/// The number behind the `\u` at the start of `bytes`.
fn hex(bytes: &[u8]) -> Option<u32> {
    let digits = bytes.strip_prefix(b"\\u")?.get(..4)?;
    digits.iter().try_fold(0, |sum, &byte| Some(sum * 16 + char::from(byte).to_digit(16)?))
}

/// The state of one reading: `open` holds the lists and objects around the place, each with the
/// key that waits for its value.
struct Reader<'t> {
    text: &'t str,
    at: usize,
    nodes: Vec<Node>,
    open: Vec<(Id, Span)>,
}

impl<'t> Reader<'t> {
    fn document(&mut self) -> Result<(), Trouble> {
        self.blank();
        let opened = self.value()?;
        self.rest(opened)
    }

    /// Goes on behind the flaw at `flaw` and returns the next one.
    fn resume(&mut self, flaw: usize, key: &str) -> Option<usize> {
        let held = self.text.get(flaw..)?.find(key)? + flaw;
        let start = self.text.get(flaw..held)?.rfind('{').map(|start| flaw + start);
        let Some(start) = start else { return Some(held + key.len()) };
        let name = key.trim_matches('"');
        let holds = |id: &Id| match &self.nodes[*id] {
            Node::Map(entries) => {
                entries.iter().any(|(span, _)| self.text.get(span.range()) == Some(name))
            }
            _ => false,
        };
        let is_list = |(id, _): &(Id, Span)| match &self.nodes[*id] {
            Node::List(items) => items.iter().rev().take(2).any(holds),
            _ => false,
        };
        let list = self.open.iter().rposition(is_list)?;
        self.open.truncate(list + 1);
        self.at = start;
        let read = self.value().and_then(|opened| self.rest(opened));
        // What begins anew ends behind the flaw, or the search would never end.
        read.err().map(|trouble| trouble.at.max(held + key.len()))
    }

    /// Reads what the open lists and objects still hold, the innermost of them just opened or not.
    fn rest(&mut self, mut opened: bool) -> Result<(), Trouble> {
        while let Some(&(id, _)) = self.open.last() {
            self.blank();
            let is_map = matches!(self.nodes[id], Node::Map(_));
            if self.next() == Some(if is_map { b'}' } else { b']' }) && !self.is_hanging() {
                self.at += 1;
                self.open.pop();
                opened = false;
                continue;
            }
            if !opened {
                self.expect(b',', "a comma or the end of a list or object")?;
            }
            self.blank();
            if is_map {
                let key = self.string("a key in double quotes")?;
                self.blank();
                self.expect(b':', "a colon behind a key")?;
                self.blank();
                if let Some(open) = self.open.last_mut() {
                    open.1 = key;
                }
            }
            opened = self.value()?;
        }
        self.blank();
        if self.at < self.text.len() {
            return Err(self.trouble("the end of the file"));
        }
        Ok(())
    }

    /// Whether a comma stands before the place, so that a value must follow.
    fn is_hanging(&self) -> bool {
        let before = self.text.as_bytes()[..self.at].iter().rev();
        before.copied().find(|byte| !byte.is_ascii_whitespace()) == Some(b',')
    }

    /// Reads a value, or the start of a list or object; tells whether one was opened.
    fn value(&mut self) -> Result<bool, Trouble> {
        match self.next() {
            Some(b'"') => {
                let text = self.string("a string")?;
                self.add(Node::Text(text));
                Ok(false)
            }
            Some(byte @ (b'[' | b'{')) => {
                if self.open.len() == DEEPEST {
                    return Err(self.trouble("less nesting"));
                }
                self.at += 1;
                let node =
                    if byte == b'[' { Node::List(Vec::new()) } else { Node::Map(Vec::new()) };
                let id = self.add(node);
                self.open.push((id, Span::default()));
                Ok(true)
            }
            _ => {
                let word = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
                let rest = &self.text.as_bytes()[self.at..];
                let len = rest.iter().position(|byte| !word(byte)).unwrap_or(rest.len());
                if !is_scalar(&self.text[self.at..self.at + len]) {
                    return Err(self.trouble("a value"));
                }
                let at = Span::new(self.at, self.at + len);
                self.at += len;
                self.add(Node::Scalar(at));
                Ok(false)
            }
        }
    }

    fn add(&mut self, node: Node) -> Id {
        let id = self.nodes.len();
        self.nodes.push(node);
        if let Some(&(parent, key)) = self.open.last() {
            match &mut self.nodes[parent] {
                Node::List(items) => items.push(id),
                Node::Map(entries) => entries.push((key, id)),
                Node::Scalar(_) | Node::Text(_) => {}
            }
        }
        id
    }

    fn string(&mut self, what: &'static str) -> Result<Span, Trouble> {
        self.expect(b'"', what)?;
        let start = self.at;
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(self.at) {
            match byte {
                b'"' => {
                    self.at += 1;
                    return Ok(Span::new(start, self.at - 1));
                }
                b'\\' => {
                    let escaped = bytes.get(self.at + 1).is_some_and(|b| b"\"\\/bfnrt".contains(b));
                    if !escaped && hex(&bytes[self.at..]).is_none() {
                        return Err(self.trouble("an escape of JSON"));
                    }
                    self.at += 2;
                }
                0..0x20 => return Err(self.trouble("the end of a string")),
                _ => self.at += 1,
            }
        }
        Err(self.trouble("the end of a string"))
    }

    fn next(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn expect(&mut self, byte: u8, what: &'static str) -> Result<(), Trouble> {
        if self.next() != Some(byte) {
            return Err(self.trouble(what));
        }
        self.at += 1;
        Ok(())
    }

    fn blank(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        self.at += rest.iter().position(|byte| !blank(byte)).unwrap_or(rest.len());
    }

    fn trouble(&self, what: &'static str) -> Trouble {
        Trouble { at: self.at, what }
    }
}

/// Whether `word` is a number or one of the names that stand for a value.
fn is_scalar(word: &str) -> bool {
    let names = ["true", "false", "null", "NaN", "Infinity", "-Infinity"];
    let number = word.trim_start_matches('-').starts_with(|c: char| c.is_ascii_digit());
    names.contains(&word) || number && word.parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_their_keys() {
        let text = r#" {"a": [1, -2e3, "x\n"], "b": {"c": "d"}, "b": {"c": "e"}, "f": []} "#;
        let json = Json::read(text).expect("it is JSON");
        let list = json.get(json.root(), "a").expect("there is one");
        assert_eq!(json.items(list).len(), 3);
        assert_eq!(json.text(json.items(list)[2]).map(|at| &text[at.range()]), Some("x\\n"));
        assert_eq!(json.word(json.root(), &["b", "c"]), Some("e"));
        assert_eq!(json.word(json.root(), &["a", "c"]), None);
    }

    #[test]
    fn trouble_is_where_it_shows() {
        let cases = [
            ("", 0),
            ("{\"a\": 1", 7),
            ("[1,]", 3),
            ("[1 2]", 3),
            ("{\"a\" 1}", 5),
            ("{a: 1}", 1),
            ("[\"a\nb\"]", 3),
            ("[\"\\x\"]", 2),
            ("[]]", 2),
            ("[truth]", 1),
            ("\"é", 3),
            ("[}", 1),
        ];
        for (text, at) in cases {
            assert_eq!(Json::read(text).err().map(|trouble| trouble.at), Some(at), "{text}");
        }
        assert!(Json::read(&"[".repeat(100_000)).is_err());
    }

    #[test]
    fn escapes_stand_for_characters() {
        let text = r#"a\n\"\u00e9\ud83d\ude00\ud83d\/"#;
        let found = escapes(text, Span::new(0, text.len()));
        let with: Vec<_> = found.iter().map(|replace| replace.with.as_str()).collect();
        assert_eq!(with, ["\n", "\"", "é", "😀", "\u{fffd}", "/"]);
        assert_eq!(found[3].at.len(), 12);
    }
}
