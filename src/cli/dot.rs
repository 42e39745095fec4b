//! The links between examples as a graph, in the language of Graphviz.
//!
//! Chooses nothing, and draws nothing: that is for `dot` and its like.

use std::io::{self, Write};

use super::select::Selection;
use crate::model::{Document, Found};

/// Writes one graph of everything that was chosen and what that needs, a cluster per document. An
/// edge leads from an example to one that it needs; what is defined too late is dashed.
///
/// # Errors
/// When `out` cannot be written.
pub(super) fn write(selection: &Selection, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "digraph links {{\n  node [shape=box];")?;
    for (number, (document, found)) in selection.documents.iter().zip(&selection.found).enumerate()
    {
        let chosen = selection.chosen_of(document, found).map(|(place, _)| place);
        let kept = found.links.closure_of(chosen);
        if kept.is_empty() {
            continue;
        }
        writeln!(out, "  subgraph cluster_{number} {{")?;
        writeln!(out, "    label={};", quoted(document.path.as_str()))?;
        for place in kept {
            one(document, found, place, out)?;
        }
        writeln!(out, "  }}")?;
    }
    writeln!(out, "}}")
}

fn one(document: &Document, found: &Found, place: usize, out: &mut impl Write) -> io::Result<()> {
    let snippet = &found.snippets[place];
    let id = quoted(snippet.id.as_str());
    let line = snippet.first_line(&document.lines);
    let label = quoted(&format!("{line} {}", snippet.classification.lang.as_str()));
    writeln!(out, "    {id} [label={label}];")?;
    for link in found.link_entries(place, &document.lines) {
        let (to, label) = (quoted(link.id.as_str()), quoted(&link.kind.to_string()));
        writeln!(out, "    {id} -> {to} [label={label}];")?;
    }
    for later in found.links.later(place) {
        let to = quoted(found.snippets[later.at].id.as_str());
        let label = quoted(&format!("{} too late", later.name));
        writeln!(out, "    {id} -> {to} [label={label}, style=dashed, constraint=false];")?;
    }
    Ok(())
}

/// `text` as a quoted string: a backslash begins escapes, and characters that are not to be seen
/// are left out.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in crate::text::visible(text).chars() {
        if matches!(c, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn nothing_in_a_name_ends_its_quotes() {
        assert_eq!(quoted("a\"b\\c"), r#""a\"b\\c""#);
        assert_eq!(quoted("\\"), r#""\\""#);
        assert!(!quoted("a\nb\u{1b}[31m").contains(['\n', '\u{1b}']));
    }
}
