//! Indentation, which the grammar does not judge.
//!
//! Every statement of a block stands in one column, a block is deeper than its header and holds
//! something. A tab goes to the next multiple of eight, as the reference says; Python 3 refuses
//! what is right only so, and wrong with tabs of another width.

use tree_sitter::Node;

use super::{Form, Seen};
use crate::model::{Strength, Versions};
use crate::syntax::span;
use crate::text::Span;

/// How deep a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Depth {
    /// With tabs to the next multiple of eight.
    columns: usize,
    /// With tabs of one column.
    characters: usize,
}

/// The columns of the blocks around the node that is walked over.
#[derive(Default)]
pub(super) struct Columns {
    /// By the number of nodes around it, the column of each block that is open, once a statement
    /// of it was seen.
    blocks: Vec<(usize, Option<Depth>)>,
    mixed: Option<Span>,
}

impl Columns {
    /// Looks at one node; what stands in a wrong column, and headers without a block, go to
    /// `damaged`.
    pub(super) fn look(&mut self, seen: Seen<'_, '_>, damaged: &mut Vec<Span>) {
        if !seen.node.is_named() {
            return;
        }
        let level = seen.around.len();
        while self.blocks.last().is_some_and(|(of, _)| *of >= level) {
            self.blocks.pop();
        }
        let stands = self.stands(seen);
        if matches!(seen.kind, "block" | "module") {
            self.blocks.push((level, None));
            if seen.kind == "block" && is_empty(seen) {
                damaged.push(seen.parent().map_or(span(seen.node), header));
            }
        }
        if stands == Some(false) {
            damaged.push(header(seen.node));
        }
    }

    /// Whether a statement or clause stands where it must; nothing where it does not begin a line,
    /// or is neither.
    fn stands(&mut self, seen: Seen<'_, '_>) -> Option<bool> {
        let clause = matches!(
            seen.kind,
            "elif_clause" | "else_clause" | "except_clause" | "finally_clause" | "decorator"
        ) || seen.parent_kind() == "decorated_definition";
        let inside = matches!(seen.parent_kind(), "block" | "module");
        if !clause && !inside || matches!(seen.kind, "comment" | "ERROR" | "line_continuation") {
            return None;
        }
        let depth = depth(seen)?;
        let open = self.blocks.len();
        let (_, own) = *self.blocks.last()?;
        let at = span(seen.node);
        match own {
            Some(own) => self.equal(own, depth, at),
            // A clause before any statement of the block: the header did not begin its line.
            None if clause => None,
            None => {
                self.blocks[open - 1].1 = Some(depth);
                let outer = self.blocks[..open - 1].iter().rev().find_map(|(_, depth)| *depth);
                outer.map(|outer| self.deeper(outer, depth, at))
            }
        }
    }

    fn equal(&mut self, own: Depth, depth: Depth, at: Span) -> Option<bool> {
        let equal = own.columns == depth.columns;
        if equal && own.characters != depth.characters {
            self.mixed.get_or_insert(at);
        }
        Some(equal)
    }

    fn deeper(&mut self, outer: Depth, depth: Depth, at: Span) -> bool {
        let deeper = depth.columns > outer.columns;
        if deeper && depth.characters <= outer.characters {
            self.mixed.get_or_insert(at);
        }
        deeper
    }

    /// Tabs and spaces that only Python 2 takes for one indentation.
    pub(super) fn mixed(&self) -> Option<Form> {
        let form = |at| Form {
            what: "tabs and spaces mixed",
            versions: Versions::PY2,
            strength: Strength::Hard,
            at,
        };
        self.mixed.map(form)
    }
}

/// How deep the line is that the node begins, if it does.
fn depth(seen: Seen<'_, '_>) -> Option<Depth> {
    let start = seen.node.start_byte();
    let blank = seen.text.get(start - seen.node.start_position().column..start)?;
    let mut depth = Depth { columns: 0, characters: 0 };
    for c in blank.chars() {
        match c {
            ' ' => {
                depth.columns += 1;
                depth.characters += 1;
            }
            '\t' => {
                depth.columns = depth.columns / 8 * 8 + 8;
                depth.characters += 1;
            }
            '\u{c}' => depth = Depth { columns: 0, characters: 0 },
            '\u{feff}' => {}
            _ => return None,
        }
    }
    Some(depth)
}

/// Whether a block holds nothing at all. A remark in place of a body, deeper than the header, is an
/// example left open, and has lost no indentation.
fn is_empty(seen: Seen<'_, '_>) -> bool {
    if seen.node.named_child_count() > 0 {
        return false;
    }
    let rest = seen.text.get(seen.node.start_byte()..).unwrap_or("");
    let lines = rest.lines().skip(1).filter(|line| !line.trim().is_empty());
    let header = seen.parent().map_or(0, |header| header.start_position().column);
    let remark = |line: &str| {
        let blank = line.len() - line.trim_start().len();
        line.trim_start().starts_with('#') && blank > header
    };
    !lines.take(1).any(remark)
}

/// The node up to its block: a whole definition as the place of a mistake says nothing.
fn header(node: Node<'_>) -> Span {
    let whole = span(node);
    let body = node.child_by_field_name("body").or_else(|| node.child_by_field_name("consequence"));
    match body {
        Some(body) if body.start_byte() > whole.start() => {
            Span::new(whole.start(), body.start_byte())
        }
        _ => whole,
    }
}
