//! Notebooks that are written as Python files: cells under `# %%`, or under `# In[3]:` as an
//! export leaves them.
//!
//! Unlike other Python files these are examples from the first line to the last. Cells of text are
//! comments, and are read as Markdown.

use super::{Format, magics, no_trouble};
use crate::model::{Block, BlockKind, Document};
use crate::text::{Mapped, Span};

pub(super) const FORMAT: Format = Format { name: "percent", sniff, blocks, trouble: no_trouble };

fn sniff(document: &Document) -> bool {
    document.path.extension().as_deref() == Some("py")
        && document.text.lines().any(|line| marker(line).is_some())
}

/// What a cell holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cell {
    Code,
    Text,
    /// For programs that print the notebook.
    Raw,
}

/// The cell that `line` begins.
fn marker(line: &str) -> Option<Cell> {
    let rest = line.strip_prefix('#')?.trim_start();
    if let Some(title) = rest.strip_prefix("%%") {
        // A magic for a whole cell stands in the cell.
        let apart = title.is_empty() || title.starts_with([' ', '\t', '%']);
        let kind = match () {
            () if title.contains("[markdown]") || title.contains("[md]") => Cell::Text,
            () if title.contains("[raw]") => Cell::Raw,
            () => Cell::Code,
        };
        return apart.then_some(kind);
    }
    let number = rest.strip_prefix("In[")?.trim_end().strip_suffix("]:")?;
    number.bytes().all(|byte| byte.is_ascii_digit() || byte == b' ').then_some(Cell::Code)
}

fn blocks(document: &Document) -> Vec<Block> {
    let mut found = Vec::new();
    let count = document.lines.count();
    let mut kind = Cell::Code;
    let start = front_matter(document) + 1;
    let mut first = start;
    for line in start..=count + 1 {
        let next = if line > count { None } else { marker(document.line(line)) };
        if next.is_none() && line <= count {
            continue;
        }
        match kind {
            Cell::Code => code(document, first, line, &mut found),
            Cell::Text => found.extend(text(document, first, line)),
            Cell::Raw => {}
        }
        kind = next.unwrap_or(kind);
        first = line + 1;
    }
    found
}

/// Number of comments at the top that hold the notebook's settings.
fn front_matter(document: &Document) -> u32 {
    let mark = |line: u32| document.line(line).trim_end() == "# ---";
    let commented = |line: &u32| document.line(*line).starts_with('#');
    let below = (2..=document.lines.count()).take_while(commented);
    if mark(1) { below.into_iter().find(|line| mark(*line)).unwrap_or(0) } else { 0 }
}

/// The cell of code in the lines `first..end`. Comments at its end that a blank line sets apart
/// are the cell of text below it, where no marker says so.
fn code(document: &Document, first: u32, end: u32, found: &mut Vec<Block>) {
    let blank = |line: &u32| document.line(*line).trim().is_empty();
    let commented = |line: &u32| document.line(*line).starts_with('#');
    let told = (first..end).rev().take_while(|line| blank(line) || commented(line)).last();
    let told = told.unwrap_or(end);
    let is_export = first > 1 && document.line(first - 1).contains("In[");
    // Directly below a statement a comment belongs to it.
    let start = (told..end).find(|line| commented(line) && (*line == first || blank(&(line - 1))));
    let split = start.filter(|start| is_export || *start == first).unwrap_or(end);
    let filled = (first..split).any(|line| !blank(&line) && !commented(&line));
    if filled {
        let lines: Vec<Span> = (first..split).map(|line| document.lines.span(line)).collect();
        let cut = Mapped::cut_lines(&document.text, &lines);
        let written = magics::written(&cut);
        let at = document.lines.lines_span(first, split - 1);
        let kind = BlockKind::Cell("python".to_owned());
        found.push(Block { written, ..Block::new(kind, at, lines) });
    }
    found.extend(text(document, split, end).filter(|_| is_export));
}

/// The cell of text in the lines `first..end`: comments, or a string alone.
fn text(document: &Document, first: u32, end: u32) -> Option<Block> {
    let line = |number: u32| {
        let span = document.lines.span(number);
        let text = document.line(number);
        let rest = text.strip_prefix('#').map(|rest| rest.strip_prefix(' ').unwrap_or(rest));
        let quotes = matches!(text.trim_end(), "\"\"\"" | "'''" | "r\"\"\"");
        let len = if quotes { text.len() } else { rest.map_or(0, |rest| text.len() - rest.len()) };
        Span::new(span.start() + len, span.end())
    };
    let lines: Vec<Span> = (first..end).map(line).collect();
    let at = document.lines.lines_span(first, end.max(first + 1) - 1);
    let filled = lines.iter().any(|span| !span.is_empty());
    filled.then(|| Block::new(BlockKind::Inner("markdown"), at, lines))
}

#[cfg(test)]
mod tests {
    use super::super::tests::code_in;
    use super::*;

    fn code(text: &str) -> Vec<(BlockKind, String)> {
        code_in(&FORMAT, "a.py", text)
    }

    fn python(code: &str) -> (BlockKind, String) {
        (BlockKind::Cell("python".to_owned()), code.to_owned())
    }

    fn markdown(text: &str) -> (BlockKind, String) {
        (BlockKind::Inner("markdown"), text.to_owned())
    }

    #[test]
    fn cells_begin_at_their_markers() {
        assert_eq!(
            code("# ---\n# a: b\n# ---\n# %% [markdown]\n# # T\n# %% name\nx = 1\n# c\n"),
            [markdown("# T\n"), python("x = 1\n# c\n\n")]
        );
        assert_eq!(
            code("# coding: utf-8\n\n# In[1]:\n\n\nx = 1\n\n\n# # T\n# a\n\n# In[ ]:\n\n\ny = x\n"),
            [python("\n\nx = 1\n\n\n"), markdown("# T\na\n\n"), python("\n\ny = x\n\n")]
        );
        assert_eq!(code("#%%\n%matplotlib inline\n"), [python("# %matplotlib inline\n\n")]);
        assert_eq!(code("# %%\n# only a remark\n"), []);
    }
}
