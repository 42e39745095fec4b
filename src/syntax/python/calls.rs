//! Stars, arguments and parameters: which version takes them where.
//!
//! Source: PEP 3102 (keyword-only), 3132 (starred targets), 448 (3.5), 570 (3.8), 646 (3.11), and
//! the grammar of each version for commas behind stars.

use super::forms::Noted;
use super::{Seen, children};
use crate::model::Versions;

impl Noted {
    /// `*a` or `**a` outside the parameters of a definition.
    pub(super) fn splat(&mut self, seen: Seen<'_, '_>) {
        let node = seen.node;
        // The grammar may bind a star tighter than the attributes and calls behind its name.
        let begun = |at: &&tree_sitter::Node<'_>| {
            at.start_byte() == node.start_byte() && matches!(at.kind(), "attribute" | "call")
        };
        let inner = seen.around.iter().rev().take_while(begun).count();
        let seen = Seen { around: &seen.around[..seen.around.len() - inner], ..seen };
        let parent = seen.parent_kind();
        match (seen.kind, parent) {
            (_, "parameters" | "lambda_parameters" | "typed_parameter") => {}
            ("splat_type", _) if seen.above(1) == "typed_parameter" => {
                self.hard("starred annotation", Versions::since(3, 11), node);
            }
            ("splat_type", _) => {}
            // Checked with the other arguments.
            (_, "argument_list") => {}
            ("dictionary_splat", "dictionary") => {
                self.hard("`**` in a dict", Versions::since(3, 5), node);
            }
            ("list_splat_pattern", "pattern_list") if is_value(seen) => {
                self.hard("starred value", Versions::since(3, 5), node);
            }
            ("list_splat_pattern", _) => self.hard("starred target", Versions::PY3, node),
            ("list_splat", "list" | "tuple" | "set" | "expression_statement") => {
                self.hard("starred value", Versions::since(3, 5), node);
            }
            ("list_splat", "subscript") => {
                self.hard("starred index", Versions::since(3, 11), node);
            }
            ("list_splat", "expression_list" | "pattern_list") => match seen.above(1) {
                "return_statement" | "yield" => {
                    self.hard("starred value returned", Versions::since(3, 8), node);
                }
                "for_statement" => {
                    self.hard("starred value to loop over", Versions::since(3, 9), node);
                }
                _ => self.hard("starred value", Versions::since(3, 5), node),
            },
            _ => {}
        }
    }

    /// Positional arguments behind a star, several stars, and commas behind stars: 3.5.
    pub(super) fn arguments(&mut self, seen: Seen<'_, '_>) {
        if seen.parent_kind() != "call" {
            return;
        }
        let (mut starred, mut doubled) = (false, false);
        let mut comma = None;
        for child in children(seen.node) {
            let general = match child.kind() {
                "(" | "comment" => continue,
                "," => {
                    comma = Some(child);
                    continue;
                }
                ")" => comma.is_some() && (starred || doubled),
                "list_splat" => {
                    let again = starred || doubled;
                    starred = true;
                    again
                }
                "dictionary_splat" => {
                    let again = doubled;
                    doubled = true;
                    again
                }
                "keyword_argument" => doubled,
                _ => starred || doubled,
            };
            if general {
                let what = "arguments behind a starred one";
                return self.hard(what, Versions::since(3, 5), child);
            }
            comma = None;
        }
    }

    /// Parameters by keyword or position only, annotated ones, tuples, and commas behind stars.
    pub(super) fn parameters(&mut self, seen: Seen<'_, '_>) {
        let (mut starred, mut open) = (false, false);
        let mut comma = None;
        for child in children(seen.node) {
            let kind = child.kind();
            let inner = match kind {
                "typed_parameter" | "default_parameter" => {
                    child.child(0).map_or(kind, |c| c.kind())
                }
                _ => kind,
            };
            if matches!(kind, "typed_parameter" | "typed_default_parameter") {
                self.hard("annotation", Versions::PY3, child);
            }
            match inner {
                "," => {
                    comma = Some(child);
                    continue;
                }
                "comment" => continue,
                "(" | ")" | ":" => {}
                "keyword_separator" => {
                    self.hard("keyword-only parameter", Versions::PY3, child);
                    starred = true;
                }
                "positional_separator" => {
                    self.hard("positional-only parameter", Versions::since(3, 8), child);
                }
                "list_splat_pattern" => (starred, open) = (true, true),
                "dictionary_splat_pattern" => starred = true,
                "tuple_pattern" => self.hard("tuple parameter", Versions::PY2, child),
                _ if open => {
                    self.hard("keyword-only parameter", Versions::PY3, child);
                    open = false;
                }
                _ => {}
            }
            if kind != ")" {
                comma = None;
            }
        }
        if let Some(comma) = comma.filter(|_| starred) {
            self.hard("comma behind starred parameters", Versions::since(3, 6), comma);
        }
    }
}

/// Whether the list of names that the node stands in is assigned, not assigned to.
fn is_value(seen: Seen<'_, '_>) -> bool {
    let mut around = seen.around.iter().rev();
    let (list, assignment) = (around.next(), around.next());
    assignment.and_then(|it| it.child_by_field_name("right")).as_ref() == list && list.is_some()
}
