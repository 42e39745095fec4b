//! reStructuredText, as docutils and Sphinx read it: directives of code and literal blocks.
//!
//! Reads line by line and keeps no tree: a directive inside another one, or inside a list, is
//! found where it stands. Doctest blocks are left to the common search.

use super::lines::columns;
use super::rows::Rows;
use super::{Format, grid, literals, no_trouble};
use crate::model::{Block, BlockKind, Document};
use crate::syntax::shape;
use crate::text::Span;

pub(super) const FORMAT: Format = Format { name: "rst", sniff, blocks, trouble: no_trouble };

fn sniff(document: &Document) -> bool {
    match document.path.extension().as_deref() {
        Some("rst" | "rest") => true,
        None | Some("txt" | "text") => signs(document) >= 2,
        _ => false,
    }
}

/// How many different signs of the markup the document shows. A directive counts twice: nothing
/// else looks like one.
fn signs(document: &Document) -> usize {
    let (mut directive, mut target, mut role, mut literal, mut title) = (0, 0, 0, 0, 0);
    let (mut above, mut led) = ("", false);
    for line in document.text.lines().take(5000) {
        match explicit(line) {
            Some(Explicit::Directive(..)) => directive = 2,
            Some(Explicit::Named) => target = 1,
            _ => {}
        }
        let named = |at: usize| line[..at].ends_with(|c: char| c.is_ascii_lowercase());
        role |= usize::from(line.match_indices(":`").any(|(at, _)| named(at)));
        if led && !line.trim().is_empty() {
            literal |= usize::from(line.starts_with([' ', '\t']));
            led = false;
        }
        led |= line.ends_with("::");
        let ruled = |mark: char| line.len() >= 4 && line.chars().all(|c| c == mark);
        let as_long = above.chars().count() == line.len();
        title |= usize::from(as_long && ['=', '-', '~', '^', '*'].into_iter().any(ruled));
        above = line;
    }
    directive + target + role + literal + title
}

fn blocks(document: &Document) -> Vec<Block> {
    let mut reader =
        Reader { document, rows: Rows::new(document), language: None, found: Vec::new() };
    let mut line = 1;
    while line <= document.lines.count() {
        line = reader.read(line);
    }
    let Reader { rows, mut found, .. } = reader;
    let prose = rows.prose();
    found.extend(literals::blocks(document, &prose, &["``"]));
    found.extend(prose.lines.iter().flat_map(|line| roles(document, *line)));
    found.push(prose);
    found
}

/// What a line that begins with two dots is.
enum Explicit<'d> {
    /// A directive: its name, and what stands behind its colons.
    Directive(&'d str, &'d str),
    /// A target of links, or a substitution.
    Named,
    /// A footnote or citation; its text begins that many bytes into the line.
    Note(usize),
    Comment,
}

/// `text` begins with the two dots, if it has any.
fn explicit(text: &str) -> Option<Explicit<'_>> {
    let rest = text.strip_prefix("..").filter(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))?;
    let rest = rest.trim_start();
    if rest.starts_with(['_', '|']) {
        return Some(Explicit::Named);
    }
    if let Some((_, note)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return Some(Explicit::Note(text.len() - note.len()));
    }
    let directive = rest.split_once("::").filter(|(name, argument)| {
        let word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '+');
        let apart = argument.is_empty() || argument.starts_with([' ', '\t']);
        apart && !name.is_empty() && name.trim_end().chars().all(word)
    });
    Some(directive.map_or(Explicit::Comment, |(name, argument)| {
        Explicit::Directive(name.trim_end(), argument.trim())
    }))
}

/// Directives whose argument is the beginning of their text.
const TELLING: &[&str] = &[
    "note", "warning", "tip", "hint", "important", "caution", "danger", "error", "attention",
    "seealso", "todo",
];

/// Directives that describe one object each; what follows them at once are more signatures.
const OBJECTS: &[&str] = &[
    "function", "method", "class", "classmethod", "staticmethod", "decorator", "attribute", "data",
    "exception", "module", "option", "program", "envvar", "c:function", "cpp:function", "cmdoption",
];

struct Reader<'d> {
    document: &'d Document,
    rows: Rows<'d>,
    /// What `highlight` said last.
    language: Option<String>,
    found: Vec<Block>,
}

impl Reader<'_> {
    /// Reads what begins at `line` and returns the first line behind it.
    fn read(&mut self, line: u32) -> u32 {
        let text = self.rows.text(line);
        let start = markers(text);
        let column = columns(&text[..start]);
        match explicit(&text[start..]) {
            Some(Explicit::Directive(name, argument)) => {
                self.directive(line, column, &name.to_ascii_lowercase(), argument)
            }
            Some(Explicit::Named) => self.taken(line, line),
            Some(Explicit::Note(len)) => {
                let note = &text[start + len..];
                let blank = note.len() - note.trim_start().len();
                self.rows.narrow(line, start + len + blank);
                line + 1
            }
            Some(Explicit::Comment) => {
                // Two dots above a blank line are an empty comment, which ends what is above it.
                let empty = text[start..].trim_end().len() == 2 && self.rows.is_blank(line + 1);
                let body = if empty { None } else { self.rows.body(line + 1, column + 1) };
                self.taken(line, body.unwrap_or(line))
            }
            None if text.trim_start().starts_with('+') => {
                grid::read(self.document, &mut self.rows, line, "rst", &mut self.found).unwrap_or(line + 1)
            }
            None if text.trim_end().ends_with("::") => self.literal(line, column),
            None => line + 1,
        }
    }

    fn taken(&mut self, first: u32, last: u32) -> u32 {
        self.rows.take(first, last);
        last + 1
    }

    fn directive(&mut self, line: u32, column: usize, name: &str, argument: &str) -> u32 {
        let Some(kind) = self.kind(name, argument) else {
            return self.other(line, column, name, argument);
        };
        let Some(last) = self.rows.body(line + 1, column + 1) else {
            return self.taken(line, line);
        };
        let code = self.options(line + 1, last);
        match self.rows.filled(code).filter(|first| *first <= last) {
            Some(first) => {
                let edge = self.rows.edge(first, last);
                let block = self.rows.block(kind, (line, last), first..=last, edge);
                self.found.push(block);
                last + 1
            }
            None => self.taken(line, last),
        }
    }

    /// What the body of the directive `name` is; `None` where it is ordinary text.
    fn kind(&self, name: &str, argument: &str) -> Option<BlockKind> {
        let word = argument.split_whitespace().next();
        let tag = match name {
            "code-block" | "sourcecode" | "code" => {
                word.filter(|word| *word != "default").or(self.language.as_deref()).unwrap_or("")
            }
            "code-tab" | "prompt" => word.unwrap_or(""),
            "plot" | "bokeh-plot" | "altair-plot" | "pyvista-plot" | "exec_code" => "python",
            "runblock" => word.unwrap_or("pycon"),
            "ipython" | "doctest" | "testcode" | "testsetup" | "testcleanup"
            | "jupyter-execute" | "parsed-literal" | "math" | "raw" | "graphviz" | "digraph"
            | "graph" | "uml" | "mermaid" | "productionlist" => name,
            "testoutput" => return Some(BlockKind::Output),
            _ => return None,
        };
        Some(BlockKind::Fenced(tag.to_owned()))
    }

    /// A directive that holds ordinary text, or nothing: only its own lines are taken.
    fn other(&mut self, line: u32, column: usize, name: &str, argument: &str) -> u32 {
        if name == "highlight" {
            // `default` is Python only where it can be read as Python.
            let word = argument.split_whitespace().next().filter(|word| *word != "default");
            self.language = word.map(str::to_owned);
        }
        self.rows.take(line, line);
        if TELLING.contains(&name) && !argument.is_empty() {
            self.rows.narrow(line, self.rows.text(line).trim_end().len() - argument.len());
        }
        let object = OBJECTS.contains(&name.strip_prefix("py:").unwrap_or(name));
        let mut next = line + 1;
        while !self.rows.is_blank(next) && self.rows.column(next) > column {
            if !object && !is_option(self.rows.text(next)) {
                break;
            }
            next = self.taken(next, next);
        }
        next
    }

    /// The first line from `first` on that is no option of a directive.
    fn options(&self, first: u32, last: u32) -> u32 {
        let mut next = first;
        let edge = self.rows.column(first);
        while next <= last && !self.rows.is_blank(next) {
            let goes_on = next > first && self.rows.column(next) > edge;
            if !is_option(self.rows.text(next)) && !goes_on {
                break;
            }
            next += 1;
        }
        next
    }

    /// The literal block that the two colons at the end of `line` lead to.
    fn literal(&mut self, line: u32, column: usize) -> u32 {
        let Some(first) = self.rows.filled(line + 1) else { return line + 1 };
        let kind = BlockKind::Indented(self.language.clone());
        if self.rows.column(first) > column {
            let Some(last) = self.rows.body(first, column + 1) else { return line + 1 };
            let edge = self.rows.edge(first, last);
            let block = self.rows.block(kind, (first, last), first..=last, edge);
            self.found.push(block);
            return last + 1;
        }
        let apart = self.rows.column(first) == column && first > line + 1;
        match apart.then(|| self.quoted(first)).flatten() {
            Some((last, marks)) => {
                let block = self.rows.block(kind, (first, last), first..=last, column);
                let lines = block.lines.iter();
                let inside = lines.map(|span| {
                    let start = (span.start() + marks).min(span.end());
                    Span::new(start, span.end())
                });
                self.found.push(Block { lines: inside.collect(), ..block });
                last + 1
            }
            None => line + 1,
        }
    }

    /// The last line of the literal block that is set apart by the same mark before every line, and
    /// the bytes of that mark that are no code: prompts are, quote marks are not.
    fn quoted(&self, first: u32) -> Option<(u32, usize)> {
        let mark = self.rows.text(first).trim_start().chars().next()?;
        if !mark.is_ascii_punctuation() {
            return None;
        }
        let marked = |line: &u32| self.rows.text(*line).trim_start().starts_with(mark);
        let last = (first..=self.rows.count()).take_while(marked).last()?;
        let quoted = |line: u32| {
            let text = self.rows.text(line).trim();
            text == ">" || text.starts_with("> ")
        };
        Some((last, if (first..=last).all(quoted) { 2 } else { 0 }))
    }
}

/// The code in `line` that roles such as `:code:` and `:python:` hold, where it has the shape of a
/// command or statement.
fn roles(document: &Document, line: Span) -> Vec<Block> {
    let text = document.text.get(line.range()).unwrap_or("");
    let mut found = Vec::new();
    for role in [":code:`", ":literal:`", ":python:`", ":py:`", ":bash:`", ":shell:`", ":sh:`", ":command:`"] {
        for (start, _) in text.match_indices(role) {
            let begin = start + role.len();
            let Some(len) = text[begin..].find('`') else { break };
            let inner = Span::new(line.start() + begin, line.start() + begin + len);
            if shape::is_typeable(&text[begin..begin + len]) {
                let around = Span::new(line.start() + start, inner.end() + 1);
                found.push(Block::new(BlockKind::CodeSpan, around, vec![inner]));
            }
        }
    }
    found
}

/// Whether `text` is an option or field: `:name:`, and what it is set to.
fn is_option(text: &str) -> bool {
    let inner = text.trim_start().strip_prefix(':').and_then(|rest| rest.split_once(':'));
    inner.is_some_and(|(name, value)| {
        let word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
        !name.is_empty()
            && name.chars().all(word)
            && (value.is_empty() || value.starts_with([' ', '\t']))
    })
}

/// Length of the white space and list markers that `text` begins with.
fn markers(text: &str) -> usize {
    let mut start = text.len() - text.trim_start().len();
    loop {
        let rest = &text[start..];
        let word = rest.split([' ', '\t']).next().unwrap_or("");
        let number = word.trim_start_matches('(').strip_suffix(['.', ')']).unwrap_or("");
        let counted = number == "#" || !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
        if !matches!(word, "-" | "*" | "+") && !counted || word.len() == rest.trim_end().len() {
            return start;
        }
        start = text.len() - rest[word.len()..].trim_start().len();
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::code_in;
    use super::*;
    use crate::model::DocPath;

    fn code(text: &str) -> Vec<(BlockKind, String)> {
        code_in(&FORMAT, "a.rst", text)
    }

    #[test]
    fn directives_lose_their_options_and_indentation() {
        let fenced = |tag: &str, code: &str| vec![(BlockKind::Fenced(tag.into()), code.to_owned())];
        assert_eq!(
            code(".. code-block:: python\n   :linenos:\n   :caption: a\n     b\n\n   x\n     y\nz"),
            fenced("python", "x\n  y\n")
        );
        assert_eq!(code("- .. code:: sh\n\n       ls\n\n  more"), fenced("sh", "ls\n"));
        assert_eq!(code(".. CODE-BLOCK:: C\n\n\tx\n"), fenced("C", "x\n"));
        assert_eq!(code(".. code-block:: python\nno body"), []);
        assert_eq!(code(".. note:: a\n\n   .. code::\n      x\n"), fenced("", "x\n"));
    }

    #[test]
    fn two_colons_lead_to_a_literal_block() {
        let literal = |code: &str| vec![(BlockKind::Indented(None), code.to_owned())];
        assert_eq!(code("a::\n\n  x\n\n    y\n\nb"), literal("x\n\n  y\n"));
        assert_eq!(code("a::\n\n> x\n>\n> y\n\nb"), literal("x\n\ny\n"));
        assert_eq!(code("a::\n\n$ x\n$ y\nb"), literal("$ x\n$ y\n"));
        assert_eq!(code("a::\n\nb"), []);
        assert_eq!(code("..\n  a::\n\n    x\n"), []);
    }

    #[test]
    fn text_is_told_from_markup_by_two_signs() {
        let is_rst =
            |text: &str| sniff(&Document::new(DocPath::new("a.txt"), text.to_owned()));
        assert!(is_rst(".. note:: x\n"));
        assert!(is_rst("Title\n=====\n\nSee::\n\n    x\n"));
        assert!(!is_rst("Title\n=====\n\nA sentence.\n"));
        assert!(!is_rst("See std::\n    x\n"));
        assert!(!is_rst(".. and so on: a::b\n"));
    }
}
