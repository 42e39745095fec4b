//! The difference between recorded verdicts and proposed ones, line by line.
//!
//! Decides nothing over them.

use anstyle::{AnsiColor, Style};
use similar::{ChangeTag, TextDiff};

use crate::snapshot::Pending;
use crate::text::visible;

/// The document's name and every line that is new, gone, or near one.
pub(crate) fn diff(pending: &Pending, color: bool) -> String {
    const OLD: Style = AnsiColor::Red.on_default();
    const NEW: Style = AnsiColor::Green.on_default();
    let mut text = format!("{}\n", visible(pending.document.as_str()));
    let diff = TextDiff::from_lines(&pending.old, &pending.new);
    for change in diff.grouped_ops(3).iter().flatten().flat_map(|op| diff.iter_changes(op)) {
        let (sign, style) = match change.tag() {
            ChangeTag::Delete => ('-', OLD),
            ChangeTag::Insert => ('+', NEW),
            ChangeTag::Equal => (' ', Style::new()),
        };
        let line = format!("{sign} {}", visible(change.value().trim_end_matches('\n')));
        text += &if color { format!("{style}{line}{style:#}\n") } else { format!("{line}\n") };
    }
    text.push('\n');
    text
}
