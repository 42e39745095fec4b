//! What dialects of Markdown add to CommonMark: bodies that are set apart by indentation under a
//! marker, blocks of code between tags, and lines that only carry markup.
//!
//! Goes by lines, after a first reading has told where fences are. How a line shows what it is, is
//! for `marks`.

use super::marks::{self, Closer, Mark};
use crate::model::{Block, BlockKind, Document};
use crate::text::Span;

/// What CommonMark says of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    Text,
    Indented,
    /// In a fence, or in front matter.
    Closed,
}

/// What the dialects add to a document.
#[derive(Debug, Default)]
pub(super) struct Additions {
    /// Bodies and blocks of code.
    pub blocks: Vec<Block>,
    /// Lines that are neither code nor prose.
    pub marks: Vec<u32>,
    /// Lines that CommonMark would take for something else.
    pub hidden: Vec<u32>,
}

/// Columns that a body stands deeper than its marker.
const BODY: usize = 4;

/// Everything that `document` holds beyond CommonMark; `readings` by line number.
pub(super) fn find(document: &Document, readings: &[Reading]) -> Additions {
    let mut search =
        Search { document, readings, added: Additions::default(), unclosed: Vec::new() };
    let mut number = 1;
    while number <= document.lines.count() {
        number = match search.reading(number) {
            Reading::Closed => number + 1,
            _ => search.take(number).max(number + 1),
        };
    }
    search.added
}

struct Search<'d> {
    document: &'d Document,
    readings: &'d [Reading],
    added: Additions,
    /// Ends that were looked for down to the last line and not found: looking again would find
    /// nothing either.
    unclosed: Vec<Closer>,
}

impl Search<'_> {
    /// Takes what begins at line `number`; the line behind it.
    fn take(&mut self, number: u32) -> u32 {
        let line = self.document.line(number);
        let is_text = self.reading(number) == Reading::Text;
        match marks::mark(line) {
            Some(Mark::Body) => self.body(number, marks::columns(line)),
            Some(Mark::Code { info, closer }) => self.code(number, info, &closer),
            Some(Mark::Whole { info, code }) => self.whole(number, info, code),
            Some(Mark::Pre) if is_text => self.preformatted(number),
            Some(Mark::Directive) if is_text => self.mark(number, self.directive_end(number)),
            Some(Mark::Slide) if is_text => self.mark(number, self.slide_end(number)),
            Some(Mark::Line) if is_text => self.mark(number, number + 1),
            Some(Mark::Element) => {
                let end = self.until(number, |line| line.trim_end().ends_with('>'));
                self.added.hidden.extend(number..end);
                self.mark(number, end)
            }
            Some(Mark::Comment) => {
                let end = self.until(number, |line| line.contains("*/}"));
                self.mark(number, end)
            }
            Some(Mark::Module) if is_text => {
                let end = self.until(number, |line| line.contains(['\'', '"']));
                self.mark(number, end)
            }
            None => self.nested(number),
            _ => number + 1,
        }
    }

    /// Takes the body whose marker stands behind quote marks or the marker of a list, or the tags
    /// directly above a fence, at line `number`; the line behind them.
    fn nested(&mut self, number: u32) -> u32 {
        let line = self.document.line(number);
        if marks::is_tags(line) {
            return self.tags(number);
        }
        match marks::nested_body(line) {
            Some((_, true)) => self.quote(number),
            // Deeper than the content of the item, however wide its marker is.
            Some((len, false)) if self.reading(number) == Reading::Text => {
                self.body(number, len.min(marks::columns(line) + 2))
            }
            _ => number + 1,
        }
    }

    /// For CommonMark tags go on up to a blank line, and hide the fence below them.
    fn tags(&mut self, number: u32) -> u32 {
        const MOST: u32 = 8;
        let last = self.document.lines.count().min(number + MOST);
        let end = (number + 1..=last).find(|line| !marks::is_tags(self.document.line(*line)));
        let fenced = |line: &u32| {
            let text = self.document.line(*line).trim_start();
            text.starts_with("```") || text.starts_with("~~~")
        };
        let Some(end) = end.filter(fenced) else { return number + 1 };
        self.added.hidden.extend(number..end);
        self.mark(number, end)
    }

    /// The lines of a quote from line `number` on, as a document of their own.
    fn quote(&mut self, number: u32) -> u32 {
        let mut lines = Vec::new();
        for below in number..=self.document.lines.count() {
            let Some(len) = marks::quote_mark(self.document.line(below)) else { break };
            let span = self.document.lines.span(below);
            lines.push(Span::new(span.start() + len, span.end()));
        }
        let end = number + u32::try_from(lines.len()).unwrap_or(1);
        let at = self.document.lines.lines_span(number, end - 1);
        self.added.blocks.push(Block::new(BlockKind::Inner("markdown"), at, lines));
        self.added.hidden.extend(number..end);
        end
    }

    /// The code at `code` of the line `number`, without white space around.
    fn whole(&mut self, number: u32, info: String, code: Span) -> u32 {
        let line = self.document.lines.span(number);
        let text = self.document.line(number);
        let start = line.start() + text.len() - text.trim_start().len();
        let inner = Span::new(start + code.start(), start + code.end());
        self.added.blocks.push(Block::new(BlockKind::Fenced(info), line, vec![inner]));
        self.added.hidden.push(number);
        number + 1
    }

    fn reading(&self, number: u32) -> Reading {
        self.readings.get(number as usize).copied().unwrap_or(Reading::Closed)
    }

    fn mark(&mut self, first: u32, end: u32) -> u32 {
        self.added.marks.extend(first..end);
        end
    }

    /// The body under the marker at line `marker`: lines that stand deeper, and blank ones between.
    /// The marker stands at `column`.
    fn body(&mut self, marker: u32, column: usize) -> u32 {
        let indent = column + BODY;
        let mut last = marker;
        for number in marker + 1..=self.document.lines.count() {
            let line = self.document.line(number);
            if line.trim().is_empty() {
                continue;
            }
            if marks::columns(line) < indent {
                break;
            }
            last = number;
        }
        if last == marker {
            return marker + 1;
        }
        let cut = |number| {
            let span = self.document.lines.span(number);
            let skip = marks::bytes(self.document.line(number), indent);
            Span::new(span.start() + skip, span.end())
        };
        let lines: Vec<Span> = (marker + 1..=last).map(cut).collect();
        let at = self.document.lines.lines_span(marker + 1, last);
        self.added.blocks.push(Block::new(BlockKind::Inner("markdown"), at, lines));
        self.added.hidden.extend(marker + 1..=last);
        self.mark(marker, marker + 1);
        last + 1
    }

    /// The code between the tag at line `opener` and `closer`; only the line itself where it is
    /// never closed.
    fn code(&mut self, opener: u32, info: String, closer: &Closer) -> u32 {
        let Some(end) = self.closing(opener, closer) else { return opener + 1 };
        let lines = (opener + 1..end).map(|number| self.document.lines.span(number)).collect();
        let at = self.document.lines.lines_span(opener, end);
        self.added.blocks.push(Block::new(BlockKind::Fenced(info), at, lines));
        self.added.hidden.extend(opener + 1..end);
        end + 1
    }

    /// The elements around preformatted text from line `opener` on, up to its end: for CommonMark
    /// they end at the first blank line.
    fn preformatted(&mut self, opener: u32) -> u32 {
        let Some(end) = self.closing(opener, &Closer::Pre) else { return opener + 1 };
        let lines = (opener..=end).map(|number| self.document.lines.span(number)).collect();
        let at = self.document.lines.lines_span(opener, end);
        self.added.blocks.push(Block::new(BlockKind::Inner("html"), at, lines));
        self.added.hidden.extend(opener..=end);
        end + 1
    }

    /// The first line below `opener` that is `closer`.
    fn closing(&mut self, opener: u32, closer: &Closer) -> Option<u32> {
        if self.unclosed.iter().any(|known| known.covers(closer)) {
            return None;
        }
        let mut below = opener + 1..=self.document.lines.count();
        let end = below.find(|number| closer.is(self.document.line(*number)));
        if end.is_none() {
            self.unclosed.push(closer.clone());
        }
        end
    }

    /// The line behind the options of the directive at `number`: `:name:` lines and deeper ones.
    fn directive_end(&self, number: u32) -> u32 {
        let option = |line: &str| {
            let named = line.trim_start().strip_prefix(':').and_then(|rest| rest.split_once(':'));
            named.is_some_and(|(name, _)| !name.is_empty() && !name.contains(' '))
                || !line.trim().is_empty() && marks::columns(line) >= BODY
        };
        let mut below = number + 1..=self.document.lines.count();
        let end = below.find(|line| {
            self.reading(*line) != Reading::Text || !option(self.document.line(*line))
        });
        end.unwrap_or(self.document.lines.count() + 1)
    }

    /// The line behind the settings of the slide that begins at `number`; the next line where it
    /// has none.
    fn slide_end(&self, number: u32) -> u32 {
        const LONGEST: u32 = 40;
        let apart = number == 1 || self.document.line(number - 1).trim().is_empty();
        let last = self.document.lines.count().min(number + LONGEST);
        let is_end = |line: &u32| self.document.line(*line).trim_end() == "---";
        let end = (number + 1..=last).find(is_end).filter(|_| apart);
        let Some(end) = end else { return number };
        let keyed = (number + 1..end).all(|line| marks::is_setting(self.document.line(line)));
        if keyed && end > number + 1 { end + 1 } else { number }
    }

    /// The line behind the first from `number` on that is `last`; the next line where a blank line
    /// comes before it.
    fn until(&self, number: u32, last: impl Fn(&str) -> bool) -> u32 {
        const LONGEST: u32 = 40;
        let below = number..=self.document.lines.count().min(number + LONGEST);
        let end = below
            .take_while(|line| !self.document.line(*line).trim().is_empty())
            .find(|line| last(self.document.line(*line)));
        end.unwrap_or(number) + 1
    }
}
