//! Jupyter notebooks, in the forms 4 and 3 of nbformat.
//!
//! Cells of code are code in their language, what they printed is output, and cells of text are
//! Markdown. The strings that hold them stay where they are: an escape such as `\"` is written as
//! what it stands for, the rest is copied. What IPython understands and Python does not is told by
//! `magics`.

use super::json::{Id, Json, Trouble, escapes};
use super::{Format, magics, plain};
use crate::model::{Block, BlockKind, Document};
use crate::text::{Mapped, Replace, Span};

pub(super) const FORMAT: Format = Format { name: "ipynb", sniff, blocks, trouble };

fn sniff(document: &Document) -> bool {
    let start = document.text.trim_start();
    document.path.extension().as_deref() == Some("ipynb")
        || start.starts_with('{') && start.contains("\"nbformat\"")
}

fn blocks(document: &Document) -> Vec<Block> {
    let (notebook, trouble) = Notebook::read(document);
    let mut blocks = Vec::new();
    for cell in notebook.cells() {
        notebook.cell(cell, &mut blocks);
    }
    let lost = trouble.is_some() && blocks.is_empty();
    if lost { (plain::FORMAT.blocks)(document) } else { blocks }
}

fn trouble(document: &Document) -> Option<(u32, String)> {
    let (notebook, trouble) = Notebook::read(document);
    let trouble = trouble?;
    let line = document.lines.line(trouble.at);
    let mut found = Vec::new();
    for cell in notebook.cells() {
        notebook.cell(cell, &mut found);
    }
    let saved = if found.is_empty() { "read as plain text" } else { "read as far as its cells are whole" };
    Some((line, format!("is no notebook: expected {}; {saved}", trouble.what)))
}

/// A document read as JSON that holds cells.
struct Notebook<'d> {
    document: &'d Document,
    json: Json<'d>,
    language: String,
}

impl<'d> Notebook<'d> {
    /// As much of the notebook as can be read, and what is wrong with it.
    fn read(document: &'d Document) -> (Self, Option<Trouble>) {
        let (json, trouble) = Json::salvage(&document.text, "\"cell_type\"");
        let root = json.root();
        let is_list = |key| json.get(root, key).is_some_and(|id| json.is_list(id));
        let none = !is_list("cells") && !is_list("worksheets");
        let none = none.then_some(Trouble { at: 0, what: "an object with `cells`" });
        let language = language(&json);
        (Self { document, json, language }, trouble.or(none))
    }

    fn cells(&self) -> Vec<Id> {
        let items = |id: Id, key: &str| {
            self.json.get(id, key).map(|id| self.json.items(id)).unwrap_or_default()
        };
        let root = self.json.root();
        let sheets = items(root, "worksheets").iter().flat_map(|sheet| items(*sheet, "cells"));
        items(root, "cells").iter().chain(sheets).copied().collect()
    }

    fn cell(&self, cell: Id, blocks: &mut Vec<Block>) {
        let json = &self.json;
        let source = json.get(cell, "source").or_else(|| json.get(cell, "input"));
        let source = source.map(|id| self.lines(id)).unwrap_or_default();
        match json.word(cell, &["cell_type"]) {
            Some("code") => {
                let outputs = json.get(cell, "outputs").map(|id| json.items(id));
                let outputs = outputs.unwrap_or_default();
                // What goes to the other stream is talk of the program, no result of the code.
                let talk = |output: Id| {
                    [["name"], ["stream"]].iter().any(|key| json.word(output, key) == Some("stderr"))
                };
                let results = outputs.iter().filter(|output| !talk(**output));
                let printed = results.filter_map(|output| self.output(*output)).collect();
                let code = self.code(cell, source);
                let tags = self.tags(cell);
                let number = ["execution_count", "prompt_number"]
                    .iter()
                    .find_map(|key| json.number(cell, &[key]));
                blocks.extend(code.map(|code| Block { printed, tags, number, ..code }));
                blocks.extend(outputs.iter().filter_map(|output| self.output(*output)));
            }
            Some("markdown" | "heading") => {
                blocks.extend(source.block(BlockKind::Inner("markdown")));
            }
            // For programs that print the notebook; nothing runs it.
            _ => blocks.extend(source.block(BlockKind::Cell("raw".to_owned()))),
        }
    }

    /// The tags of a cell, and what its metadata says to us: one string, or a list of them.
    fn tags(&self, cell: Id) -> Vec<Span> {
        let json = &self.json;
        let paths: [&[&str]; 2] = [&["metadata", "tags"], &["metadata", "stillruns"]];
        let found = paths.iter().filter_map(|path| json.find(cell, path));
        let strings = found.flat_map(|id| if json.is_list(id) { json.items(id).to_vec() } else { vec![id] });
        strings.filter_map(|id| json.text(id)).collect()
    }

    fn code(&self, cell: Id, mut source: Lines) -> Option<Block> {
        let json = &self.json;
        let own = json
            .word(cell, &["metadata", "vscode", "languageId"])
            .or_else(|| json.word(cell, &["language"]));
        let language = own.map_or_else(|| self.language.clone(), str::to_lowercase);
        if !magics::are_known_in(&language) {
            return source.block(BlockKind::Cell(language));
        }
        let written = |source: &Lines| {
            Mapped::cut_written(&self.document.text, &source.lines, &source.written)
        };
        let opening = magics::opening(written(&source).text());
        source.lines.drain(..opening.lines.min(source.lines.len()));
        let Some(language) = opening.language else {
            let code = written(&source);
            source.written.extend(magics::written(&code));
            source.written.sort_by_key(|replace| replace.at);
            return source.block(BlockKind::Cell(language));
        };
        source.block(BlockKind::Cell(language))
    }

    /// What a cell printed, in words; pictures are left alone.
    fn output(&self, output: Id) -> Option<Block> {
        let json = &self.json;
        let paths: [&[&str]; 3] = [&["text"], &["data", "text/plain"], &["traceback"]];
        let id = paths.iter().find_map(|path| json.find(output, path))?;
        if json.get(output, "traceback").is_none() || !json.is_list(id) {
            return self.lines(id).block(BlockKind::Output);
        }
        // Its strings are lines, or several, without their ends.
        let mut all = Lines::default();
        for string in json.items(id) {
            let Lines { lines, written } = self.lines(*string);
            all.lines.extend(lines);
            all.written.extend(written);
        }
        all.block(BlockKind::Output)
    }

    /// The lines of a text that is one string or a list of strings. A string that does not end its
    /// line is continued by the next.
    fn lines(&self, id: Id) -> Lines {
        let one = [id];
        let strings = if self.json.is_list(id) { self.json.items(id) } else { &one };
        let mut found = Lines::default();
        let mut open: Option<(usize, usize)> = None;
        let strings = strings.iter().filter_map(|id| self.json.text(*id));
        for string in strings.filter(|string| !string.is_empty()) {
            let mut start = string.start();
            if let Some((line, end)) = open.take() {
                let at = Span::new(end, start);
                found.written.push(Replace { at, with: String::new() });
                start = line;
            }
            let mut ended = false;
            for escape in escapes(&self.document.text, string) {
                ended = escape.with == "\n" && escape.at.end() == string.end();
                match escape.with.as_str() {
                    "\n" => {
                        found.lines.push(Span::new(start, escape.at.start()));
                        start = escape.at.end();
                    }
                    "\r" => found.written.push(Replace { with: String::new(), ..escape }),
                    _ => found.written.push(escape),
                }
            }
            open = (!ended).then_some((start, string.end()));
        }
        found.lines.extend(open.map(|(start, end)| Span::new(start, end)));
        found
    }
}

/// Lines of a text inside strings, and what is written in another way there.
#[derive(Default)]
struct Lines {
    lines: Vec<Span>,
    written: Vec<Replace>,
}

impl Lines {
    /// As a block; `None` where there is not a single character.
    fn block(self, kind: BlockKind) -> Option<Block> {
        let filled = |span: &Span| !span.is_empty();
        let first = self.lines.iter().copied().find(filled)?;
        let last = self.lines.iter().copied().rfind(filled)?;
        let Self { lines, written } = self;
        Some(Block { written, ..Block::new(kind, first.cover(last), lines) })
    }
}

/// The language of a notebook's cells, as far as its metadata tells, in lower case.
fn language(json: &Json<'_>) -> String {
    let word = |path: &[&str]| json.word(json.root(), path);
    let named = word(&["metadata", "kernelspec", "language"])
        .or_else(|| word(&["metadata", "language_info", "name"]))
        .map_or_else(|| "python".to_owned(), str::to_lowercase);
    let version = word(&["metadata", "language_info", "version"]).unwrap_or("");
    let kernel = word(&["metadata", "kernelspec", "name"]).unwrap_or("");
    // Both versions call their language the same.
    let old = version.starts_with("2.") || version.is_empty() && kernel == "python2";
    if named == "python" && old { "python2".to_owned() } else { named }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::DocPath;

    fn found(text: &str) -> Vec<(BlockKind, String)> {
        let document = Document::new(DocPath::new("a.ipynb"), text.to_owned());
        let cut = |block: Block| {
            let code = Mapped::cut_written(text, &block.lines, &block.written);
            (block.kind, code.text().to_owned())
        };
        blocks(&document).into_iter().map(cut).collect()
    }

    fn cell(source: &str) -> Vec<(BlockKind, String)> {
        found(&format!(r#"{{"cells": [{{"cell_type": "code", "source": {source}}}]}}"#))
    }

    fn python(code: &str) -> Vec<(BlockKind, String)> {
        vec![(BlockKind::Cell("python".to_owned()), code.to_owned())]
    }

    #[test]
    fn sources_are_strings_or_lists_of_them() {
        assert_eq!(cell(r#""a\nb""#), python("a\nb\n"));
        assert_eq!(cell(r#"["a\n", "\tb = \"", "c\"\n", "\n"]"#), python("a\n\tb = \"c\"\n\n"));
        assert_eq!(cell(r#""a\r\nb\u000a""#), python("a\nb\n"));
        assert_eq!(cell("[]"), []);
        assert_eq!(cell("3"), []);
        assert_eq!(cell(r#"["", ""]"#), []);
    }

    #[test]
    fn magic_is_left_out_or_made_a_comment() {
        assert_eq!(cell(r#""%matplotlib inline\nx = 1""#), python("# %matplotlib inline\nx = 1\n"));
        assert_eq!(cell(r#"["%%time\n", "%time f()"]"#), python("f()\n"));
        let shell = vec![(BlockKind::Cell("bash".to_owned()), "ls\n".to_owned())];
        assert_eq!(cell(r#""%%bash\nls""#), shell);
    }

    #[test]
    fn trouble_has_a_line_and_loses_nothing() {
        let text = "{\n \"cells\": [\n  {\"cell_type\": }\n ]\n}";
        let document = Document::new(DocPath::new("a.ipynb"), text.to_owned());
        let (line, message) = trouble(&document).expect("it is no JSON");
        assert_eq!(line, 3);
        assert_eq!(message, "is no notebook: expected a value; read as plain text");
        assert_eq!(blocks(&document)[0].lines.len(), 5);
    }
}
