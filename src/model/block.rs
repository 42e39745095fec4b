//! What the markup of a document says, before anybody asks whether it is code.

use crate::text::{Replace, Span};

/// Lines that the markup sets apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// What the markup calls them.
    pub kind: BlockKind,
    /// The whole block in the document, markers included.
    pub at: Span,
    /// The content line by line: spans of the document without markers and container prefixes.
    pub lines: Vec<Span>,
    /// What the format writes in another way than code does, such as `&lt;` or `\"`: spans of the
    /// document inside `lines`, ascending, with what they stand for.
    pub written: Vec<Replace>,
    /// For code: the blocks that show what it prints, where the format knows them.
    pub printed: Vec<Block>,
    /// For code: where the document holds words about it apart from it, such as the tags of a cell.
    pub tags: Vec<Span>,
    /// For a cell: the number that the kernel gave it when it was run.
    pub number: Option<u32>,
}

impl Block {
    /// A block whose lines stand in the document as they are.
    pub fn new(kind: BlockKind, at: Span, lines: Vec<Span>) -> Self {
        let (written, printed, tags) = (Vec::new(), Vec::new(), Vec::new());
        Self { kind, at, lines, written, printed, tags, number: None }
    }
}

/// The kinds of block that markup knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BlockKind {
    /// A fence with its info string, which may be empty.
    Fenced(String),
    /// A block that is code by its indentation; a tag may come from an attribute line.
    Indented(Option<String>),
    /// A code span inside a line.
    CodeSpan,
    /// A cell of a notebook, with its language.
    Cell(String),
    /// The printed result of a cell.
    Output,
    /// A document inside the document, in the format of that name: its lines are read as one of
    /// their own.
    Inner(&'static str),
    /// Text that markup says nothing about: paragraphs, list items, table cells.
    Prose,
}
