//! What stands at the head of a block besides its language: the info string of a fence, attributes
//! in braces, the options of a directive.

use super::foreign::heads;
use super::{Reach, Said, ours, words};
use crate::model::{Block, Directive, Document, Region, Remark, Scope};
use crate::text::Span;

/// The head of a block goes over so many lines at most.
const LONGEST: u32 = 60;

/// What the head of `block` says of `region`, its content.
pub(super) fn head(document: &Document, block: &Block, region: &Region) -> Vec<Directive> {
    let first = document.lines.line(block.at.start());
    let end = document.lines.line(region.at.start()).min(first + LONGEST);
    let mut found = Vec::new();
    for number in first..end {
        let line = document.line(number);
        let text = line.trim_start_matches([' ', '\t', '>']).trim_end();
        let start = document.lines.span(number).start() + line.trim_end().len() - text.len();
        let at = Span::new(start, start + text.len());
        found.extend(said(text).into_iter().map(|said| Directive {
            what: said.what,
            scope: Scope::Block,
            tool: said.tool,
            spelling: words::spelling(text),
            at,
        }));
    }
    found
}

/// What the tags of `block` say, and what is wrong with those that are ours: `stillruns: skip`,
/// `stillruns-skip`, or without the name where nobody else has the word.
pub(super) fn tags(document: &Document, block: &Block) -> (Vec<Directive>, Vec<Remark>) {
    let (mut found, mut remarks) = (Vec::new(), Vec::new());
    for at in &block.tags {
        let text = document.text.get(at.range()).unwrap_or("");
        let named = ours::addressed(text).or_else(|| text.strip_prefix("stillruns-"));
        let said = match named {
            Some(words) => {
                let (said, wrong) = ours::words(words);
                remarks.extend(wrong.into_iter().map(|message| Remark { at: *at, message }));
                said
            }
            None => {
                let ours = words::words(text).iter().filter_map(ours::known).collect::<Vec<_>>();
                let told = |what| Said { what, reach: Reach::Block, tool: "notebook" };
                if ours.is_empty() {
                    heads::tag(text).into_iter().map(told).collect()
                } else {
                    ours
                }
            }
        };
        found.extend(said.into_iter().map(|said| Directive {
            what: said.what,
            scope: Scope::Block,
            tool: said.tool,
            spelling: words::spelling(text),
            at: *at,
        }));
    }
    (found, remarks)
}

/// What one line of a head says.
fn said(line: &str) -> Vec<Said> {
    if let Some((name, value)) = option(line) {
        return heads::option(name, value.trim());
    }
    if let Some((name, argument)) = directive(line) {
        return heads::directive(name, argument.trim());
    }
    let Some(info) = info(line) else { return Vec::new() };
    let (language, rest) = apart(info);
    let named = language.strip_prefix('{').and_then(|rest| rest.split_once('}'));
    let mut found = named.map(|(name, _)| heads::directive(name, rest)).unwrap_or_default();
    let all = words::words(if language.starts_with('{') { info } else { rest });
    found.extend(all.iter().filter_map(ours::known));
    found.extend(all.iter().flat_map(heads::word));
    found
}

/// `:name: value`, or `name: value` as in YAML.
fn option(line: &str) -> Option<(&str, &str)> {
    let (name, value) = match line.strip_prefix(':') {
        Some(rest) => rest.split_once(':')?,
        None => {
            line.strip_prefix("tags").and_then(|rest| Some(("tags", rest.strip_prefix(':')?)))?
        }
    };
    let word = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    (!name.is_empty() && name.chars().all(word)).then_some((name, value))
}

/// `.. name:: argument`.
fn directive(line: &str) -> Option<(&str, &str)> {
    line.strip_prefix(".. ")?.trim_start().split_once("::")
}

/// The info string of a fence, or the attributes of a block, in whatever format.
fn info(line: &str) -> Option<&str> {
    let fence = line.trim_start_matches(['`', '~', ':']);
    if line.len() - fence.len() >= 3 {
        return Some(fence.trim());
    }
    let lower = line.to_ascii_lowercase();
    if let Some(at) = lower.find("begin_src") {
        return Some(line[at + "begin_src".len()..].trim());
    }
    line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'))
}

/// The language that `info` begins with, and what stands behind it. Braces hold both.
fn apart(info: &str) -> (&str, &str) {
    if info.starts_with('{') {
        let end = info.find('}').map_or(info.len(), |end| end + 1);
        return info.split_at(end);
    }
    let end = info.find(|c: char| c.is_whitespace() || c == ',').unwrap_or(info.len());
    info.split_at(end)
}
