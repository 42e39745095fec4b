//! The statements of Python that stand on one line, told apart without a grammar.
//!
//! Pages that lose line breaks leave code such as `import os x = f(1) print(x)`. Two operands side
//! by side, or a keyword that begins a statement where none can begin, tell where a break was. It
//! works on what is broken as well: a quote or bracket too many must not hide all that follows.
//! Which of the statements stand inside which is not asked here.

mod tail;
mod tokens;

use crate::text::Span;
use tokens::{Kind, Token, tokens};

pub use tail::{is_likely, tail};

/// One statement, or one comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its bytes, without white space around them.
    pub span: Span,
    /// Whether it begins a block: `if x:`, `def f():`.
    pub header: bool,
    /// Whether it is a comment.
    pub comment: bool,
}

/// Splits `line` into statements and comments, in order.
pub fn split(line: &str) -> Vec<Statement> {
    let tokens = tokens(line);
    let mut splitter = Splitter { line, tokens: &tokens, first: 0, depth: 0, found: Vec::new() };
    for (at, token) in tokens.iter().enumerate() {
        if token.kind == Kind::Comment {
            splitter.end(at, false);
            let span = token.span;
            splitter.found.push(Statement { span, header: false, comment: true });
            splitter.first = at + 1;
            continue;
        }
        if at > splitter.first && splitter.begins(at) {
            splitter.end(at, false);
        }
        splitter.take(at);
    }
    splitter.end(tokens.len(), false);
    splitter.found
}

struct Splitter<'l> {
    line: &'l str,
    tokens: &'l [Token],
    /// The first token of the statement that is being read.
    first: usize,
    depth: u32,
    found: Vec<Statement>,
}

impl<'l> Splitter<'l> {
    fn text(&self, at: usize) -> &'l str {
        self.tokens.get(at).map_or("", |token| &self.line[token.span.range()])
    }

    fn kind(&self, at: usize) -> Option<Kind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    /// Counts the token in; a colon may end the header that it stands in.
    fn take(&mut self, at: usize) {
        match self.kind(at) {
            // `)(`, typed the wrong way round, opens nothing.
            Some(Kind::Open) if self.depth == 0 && at > 0 && self.is_stray_close(at - 1) => {}
            Some(Kind::Open) => self.depth += 1,
            Some(Kind::Close) => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        let header = HEADERS.contains(&self.text(self.first)) || self.text(self.first) == "async";
        if self.depth == 0 && self.text(at) == ":" && header {
            self.end(at + 1, true);
        }
    }

    /// Whether the token is a closing bracket that nothing opened.
    fn is_stray_close(&self, at: usize) -> bool {
        let depth =
            self.tokens[self.first..=at].iter().fold(0i32, |depth, token| match token.kind {
                Kind::Open => depth + 1,
                Kind::Close => depth - 1,
                _ => depth,
            });
        self.kind(at) == Some(Kind::Close) && depth < 0
    }

    /// Ends the statement before token `at`.
    fn end(&mut self, at: usize, header: bool) {
        if at > self.first {
            let span = self.tokens[self.first].span.cover(self.tokens[at - 1].span);
            self.found.push(Statement { span, header, comment: false });
            self.first = at;
            self.depth = 0;
        }
    }

    /// Whether a statement begins with the token `at`.
    fn begins(&self, at: usize) -> bool {
        let Token { kind, spaced, .. } = self.tokens[at];
        let text = self.text(at);
        if !spaced && self.text(at - 1) != ":" {
            return false;
        }
        if self.depth > 0 {
            // Inside brackets only what cannot stand there: somebody forgot to close one.
            let starts = ["def", "class", "import", "return", "raise", "while", "print"];
            let assigned = kind == Kind::Name && self.is_assigned(at);
            return self.is_operand_end(at - 1) && (starts.contains(&text) || assigned);
        }
        if text == "@" {
            return self.decorates(at);
        }
        if self.text(at - 1) == ":" {
            return matches!(text, "def" | "class");
        }
        let operand = self.is_operand_end(at - 1);
        match kind {
            Kind::Name => self.name_begins(at, text, operand),
            Kind::Number => false,
            Kind::Quoted => operand && self.kind(at - 1) == Some(Kind::Close),
            Kind::Open => operand && self.kind(at - 1) == Some(Kind::Close),
            _ => false,
        }
    }

    fn name_begins(&self, at: usize, text: &str, operand: bool) -> bool {
        let first = self.text(self.first);
        match text {
            "and" | "or" | "in" | "is" | "not" | "as" => false,
            "if" => operand && !self.has_before(at, "else", ":"),
            "else" => self.text(at + 1) == ":",
            "for" => operand && self.has_before(at, ":", ""),
            "import" => operand && (first != "from" || self.has_within(at, "import")),
            "from" => operand && !matches!(first, "raise" | "yield"),
            _ if STARTS.contains(&text) => operand || self.text(at - 1) == "pass",
            // `from module iport name` is one statement all the same.
            _ if first == "from" && !self.has_within(at, "import") => false,
            _ => operand,
        }
    }

    /// Whether the token can end an expression, so that the next operand begins another.
    fn is_operand_end(&self, at: usize) -> bool {
        match self.kind(at) {
            Some(Kind::Name) => !NO_OPERANDS.contains(&self.text(at)),
            Some(Kind::Number | Kind::Quoted | Kind::Close) => true,
            // `)(` that opens nothing.
            Some(Kind::Open) => self.depth == 0,
            Some(Kind::Sign) => self.text(at) == "...",
            _ => false,
        }
    }

    /// Whether a name, with attributes, is assigned to: `name =`, not `name=value` of a call.
    fn is_assigned(&self, at: usize) -> bool {
        let mut next = at + 1;
        while self.text(next) == "." {
            next += 2;
        }
        self.text(next) == "=" && self.tokens[next].spaced
    }

    /// Whether `wanted` comes behind token `at`, outside brackets, before `limit`.
    fn has_before(&self, at: usize, wanted: &str, limit: &str) -> bool {
        let mut depth = 0i32;
        for next in at + 1..self.tokens.len() {
            match self.kind(next) {
                Some(Kind::Open) => depth += 1,
                Some(Kind::Close) => depth -= 1,
                Some(Kind::Comment) => return false,
                _ if depth > 0 => {}
                _ if self.text(next) == wanted => return true,
                _ if self.text(next) == limit || STARTS.contains(&self.text(next)) => return false,
                _ => {}
            }
        }
        false
    }

    fn has_within(&self, at: usize, word: &str) -> bool {
        (self.first..at).any(|token| self.text(token) == word)
    }

    /// Whether `@name(…)` before a definition begins at `at`.
    fn decorates(&self, at: usize) -> bool {
        let mut next = at + 1;
        let mut depth = 0;
        while let Some(kind) = self.kind(next) {
            match kind {
                Kind::Open => depth += 1,
                Kind::Close => depth -= 1,
                _ if depth > 0 => {}
                _ if matches!(self.text(next), "def" | "class" | "async" | "@") => return true,
                Kind::Name | Kind::Sign if next < at + 12 => {}
                _ => return false,
            }
            next += 1;
        }
        false
    }
}

/// Keywords that begin a block.
const HEADERS: &[&str] = &[
    "def", "class", "for", "while", "if", "elif", "else", "try", "except", "finally", "with", "@",
];

/// Keywords that begin a statement and never stand inside one.
const STARTS: &[&str] = &[
    "def", "class", "while", "try", "elif", "except", "finally", "with", "return", "raise",
    "assert", "del", "pass", "break", "continue", "global", "print", "async",
];

/// Words behind which an operand goes on with the same statement.
const NO_OPERANDS: &[&str] = &[
    "and", "or", "not", "in", "is", "if", "else", "for", "as", "from", "import", "lambda", "await",
    "yield", "return", "raise", "assert", "del", "print", "exec", "global", "nonlocal", "def",
    "class", "while", "with", "elif", "except", "async", "try", "finally",
];

/// Every word of `text` with the byte that it begins at.
fn word_starts(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_whitespace().map(|word| (word.as_ptr() as usize - text.as_ptr() as usize, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_told_apart() {
        let cases: &[(&str, &[&str])] = &[
            (
                "import os, sys path = sys.argv[0] print(path)",
                &["import os, sys", "path = sys.argv[0]", "print(path)"],
            ),
            ("for a in b(c): d(a)", &["for a in b(c):", "d(a)"]),
            ("x = a if b else c y = 2", &["x = a if b else c", "y = 2"]),
            (
                "if a > 0: self.x = a else: raise E('a')",
                &["if a > 0:", "self.x = a", "else:", "raise E('a')"],
            ),
            ("c = C('x') (c + d).most(4) # why", &["c = C('x')", "(c + d).most(4)", "# why"]),
            ("d = e.copy)( d.f(x) d.g(y)", &["d = e.copy)(", "d.f(x)", "d.g(y)"]),
            (
                "a = open('b'c') d = a.read() e = f('g')",
                &["a = open('b'c')", "d = a.read()", "e = f('g')"],
            ),
            ("from a iport b @b def f(*c): pass", &["from a iport b", "@b", "def f(*c):", "pass"]),
            (
                "@p def f): return 1 @f.g: def f(s, v): s.v = v",
                &["@p", "def f):", "return 1", "@f.g:", "def f(s, v):", "s.v = v"],
            ),
            ("x = f(y) # 3+ z = g(y)", &["x = f(y)", "# 3+", "z = g(y)"]),
            ("print a, b # one # two", &["print a, b", "# one", "# two"]),
            (
                "x = [y for y in z if y] w = {k: v for k in u}",
                &["x = [y for y in z if y]", "w = {k: v for k in u}"],
            ),
            ("s = \"\"\" a b\"\"\" t = d(s)", &["s = \"\"\" a b\"\"\"", "t = d(s)"]),
            (
                "def f(a): return not a.b('c:') print(f(1))",
                &["def f(a):", "return not a.b('c:')", "print(f(1))"],
            ),
            ("x = 1; y = 2", &["x = 1; y = 2"]),
            ("f(a, ...) b = g(c)", &["f(a, ...)", "b = g(c)"]),
            ("g = lambda x: x + 1", &["g = lambda x: x + 1"]),
            ("raise A('b') from c", &["raise A('b') from c"]),
            ("", &[]),
        ];
        for (line, expected) in cases {
            let found: Vec<&str> = split(line).iter().map(|one| &line[one.span.range()]).collect();
            assert_eq!(found, *expected, "{line}");
        }
    }
}
