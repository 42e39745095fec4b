//! What the markup of a document says, before anybody asks whether it is code.

use crate::text::Span;

/// Lines that the markup sets apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// What the markup calls them.
    pub kind: BlockKind,
    /// The whole block in the document, markers included.
    pub at: Span,
    /// The content line by line: spans of the document without markers and container prefixes.
    pub lines: Vec<Span>,
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
    /// Text that markup says nothing about: paragraphs, list items, table cells.
    Prose,
}
