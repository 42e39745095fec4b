//! The difference between recorded verdicts and proposed ones: line by line, or of one example side
//! by side, below its source.
//!
//! Decides nothing over them.

use anstyle::{AnsiColor, Style};
use similar::{ChangeTag, TextDiff};

use crate::config::Config;
use crate::discover::{self, Options};
use crate::model::{Document, Found};
use crate::pipeline;
use crate::snapshot::{Delta, Pending, Record};
use crate::text::visible;

const OLD: Style = AnsiColor::Red.on_default();
const NEW: Style = AnsiColor::Green.on_default();

/// The document's name and every line that is new, gone, or near one.
pub(crate) fn diff(pending: &Pending, color: bool) -> String {
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

/// A document and what it holds, where it is still there.
pub(crate) struct Source(Option<(Document, Found)>);

impl Source {
    /// Of the document that `pending` is about.
    pub(crate) fn of(pending: &Pending, config: &Config) -> Self {
        let options = Options { root: &config.root, exclude: &[], force_exclude: false };
        let path = config.root.join(pending.document.as_str());
        let (documents, _) = discover::discover(&[path], &options);
        let found = |document: Document| {
            let found = pipeline::find(&document);
            (document, found)
        };
        Self(documents.into_iter().next().map(found))
    }

    /// The first line of the example that `delta` is about, and its lines.
    fn lines(&self, delta: &Delta) -> Option<(u32, Vec<String>)> {
        let (document, found) = self.0.as_ref()?;
        let snippet = found.snippets.iter().find(|one| Some(&one.id) == delta.id())?;
        let (start, end) = document.lines.lines_of(snippet.at);
        Some((start, (start..=end).map(|line| visible(document.line(line))).collect()))
    }
}

/// The most lines of source that are shown of one example.
const MOST_LINES: usize = 30;

/// What `delta` of `pending` is: its place, its source, and both sides beside one another on a
/// terminal of `width` columns.
pub(crate) fn sides(
    pending: &Pending,
    delta: &Delta,
    source: &Source,
    width: usize,
    color: bool,
) -> String {
    const PALE: Style = Style::new().dimmed();
    let paint = |style: Style, text: &str| {
        if color { format!("{style}{text}{style:#}") } else { text.to_owned() }
    };
    let name = visible(pending.document.as_str());
    let id = delta.id().map(ToString::to_string).unwrap_or_default();
    let change = match (&delta.old, &delta.new) {
        (None, _) => "new",
        (_, None) => "gone",
        _ => "changed",
    };
    let mut text = String::new();
    match source.lines(delta) {
        Some((start, lines)) => {
            text += &format!("{name}:{start}  {id}  {change}\n");
            for (line, number) in lines.iter().take(MOST_LINES).zip(start..) {
                text += &format!("{} {line}\n", paint(PALE, &format!("{number:5} |")));
            }
            if lines.len() > MOST_LINES {
                text += &paint(PALE, &format!("      | ... {} more\n", lines.len() - MOST_LINES));
            }
        }
        None => text += &format!("{name}  {id}  {change}\n"),
    }
    let half = (width.saturating_sub(3) / 2).max(20);
    let lines = |record: &Option<Record>| -> Vec<String> {
        let text = record.as_ref().map(Record::paragraph).unwrap_or_default();
        text.lines().map(|line| fitting(&visible(line), half)).collect()
    };
    let (old, new) = (lines(&delta.old), lines(&delta.new));
    text += &format!("{} | {}\n", fitting("recorded", half), fitting("now", half).trim_end());
    for at in 0..old.len().max(new.len()) {
        let (left, right) = (old.get(at), new.get(at));
        let differs = left != right;
        let style = |style: Style| if differs { style } else { Style::new() };
        let empty = fitting("", half);
        let left = paint(style(OLD), left.unwrap_or(&empty));
        let right = paint(style(NEW), right.unwrap_or(&empty).trim_end());
        text += &format!("{left} | {right}\n");
    }
    text
}

/// `text` in exactly `width` columns.
fn fitting(text: &str, width: usize) -> String {
    let cut = console::truncate_str(text, width, "…");
    console::pad_str(&cut, width, console::Alignment::Left, None).into_owned()
}
