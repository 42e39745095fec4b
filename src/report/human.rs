//! The format for people: problems in document order, then counts, then one line in sum.
//!
//! Color only underlines what the words say. Text from documents and programs is shown with its
//! control characters spelled out.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use anstyle::{AnsiColor, Style};
use similar::{ChangeTag, TextDiff};

use super::reasons::reasons;
use super::tell;
use super::{Detail, Options, Report};
use crate::model::{Change, Counts, Difference, DocPath, Moved, Outcome, Summary, Verdict, Way};
use crate::text::visible;

/// The format.
pub(super) const REPORT: Report = Report { name: "human", about: "for people", write };

/// How many lines around the broken one are shown.
const CONTEXT: u32 = 2;

/// So many broken examples are seen at one glance.
const FEW: usize = 3;

const GOOD: Style = AnsiColor::Green.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();
const OPEN: Style = AnsiColor::Yellow.on_default().bold();
const PALE: Style = Style::new().dimmed();

fn write(summary: &Summary, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let page = Page { options };
    for outcome in &summary.outcomes {
        page.outcome(outcome, summary, out)?;
    }
    if options.detail > Detail::Quiet {
        for (doc, id) in &summary.gone {
            writeln!(out, "{} {}  {id}", page.paint(PALE, "gone"), visible(doc.as_str()))?;
        }
        page.moves(summary, out)?;
        for (doc, counts) in &summary.documents {
            writeln!(out, "{}: {}", visible(doc.as_str()), page.counts(*counts))?;
        }
        page.reasons(summary, out)?;
    }
    page.again(summary, out)?;
    page.sum(summary, out)
}

struct Page<'a> {
    options: &'a Options,
}

impl Page<'_> {
    fn outcome(
        &self,
        outcome: &Outcome,
        summary: &Summary,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let known = outcome.change == Change::Same;
        let (shown, whole) = match (&outcome.verdict, self.options.detail) {
            (_, Detail::Verbose) => (true, true),
            (Verdict::Fail(_), Detail::Usual) => (true, !known),
            (Verdict::Fail(_), Detail::Quiet) => (!known, !known),
            _ => {
                let news = matches!(outcome.change, Change::Fixed | Change::Flaky);
                (news && self.options.detail > Detail::Quiet, false)
            }
        };
        if !shown {
            return Ok(());
        }
        self.status(outcome, out)?;
        if whole && matches!(outcome.verdict, Verdict::Fail(_)) {
            self.frame(outcome, summary, out)?;
            self.help(outcome, out)?;
            writeln!(out)?;
        }
        Ok(())
    }

    /// Verdict, change, time, place, id, class and interpreter; the cause on a line of its own.
    fn status(&self, outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
        let (style, word) = match outcome.verdict {
            Verdict::Pass => (GOOD, "PASS"),
            Verdict::Fail(_) => (BAD, "FAIL"),
            Verdict::Unjudged(_) => (OPEN, "UNJUDGED"),
        };
        let change = match outcome.change {
            Change::Same => "known",
            ref change => change.word(),
        };
        let interpreter = match outcome.run.interpreter.as_str() {
            "" => String::new(),
            name => format!(" ({})", visible(name)),
        };
        let place = format!("{}:{}", outcome.doc, outcome.line.unwrap_or(outcome.start));
        writeln!(
            out,
            "{} {change}  {}  {}  {}  {}{interpreter}",
            self.paint(style, word),
            seconds(outcome.run.duration_ms),
            visible(&place),
            outcome.id,
            outcome.class,
        )?;
        let lines = [tell::reason(&outcome.verdict), tell::tries(outcome), tell::later(outcome)];
        for line in lines.into_iter().flatten() {
            writeln!(out, "  {line}")?;
        }
        Ok(())
    }

    /// The lines of the document around the broken one, which may stand in an earlier example.
    fn frame(
        &self,
        outcome: &Outcome,
        summary: &Summary,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let line = outcome.line.unwrap_or(outcome.start);
        let holds = |one: &&Outcome| one.doc == outcome.doc && (one.start..=one.end).contains(&line);
        let holder = Some(outcome).filter(holds).or_else(|| summary.outcomes.iter().find(holds));
        let Some(holder) = holder else { return Ok(()) };
        let near = |number: u32| number.abs_diff(line) <= CONTEXT;
        let numbered = (holder.start..=u32::MAX).zip(holder.background.source.lines());
        let lines: Vec<(u32, &str)> = numbered.filter(|(number, _)| near(*number)).collect();
        let before = lines.iter().take_while(|(number, _)| *number < line);
        let start: usize = before.map(|(_, text)| tell::code(text).len() + 1).sum();
        let Some((_, code)) = lines.iter().find(|(number, _)| *number == line) else {
            return Ok(());
        };
        let marked = marked(code, outcome);
        let [from, to] =
            [marked.start, marked.end].map(|at| start + tell::code(&code[..at]).len());
        let first = lines[0].0;
        let text: Vec<String> = lines.iter().map(|(_, text)| tell::code(text)).collect();
        let label = tell::reason(&outcome.verdict).unwrap_or_default();
        let frame = Snippet::source(text.join("\n"))
            .path(visible(outcome.doc.as_str()))
            .line_start(first as usize)
            .fold(false)
            .annotation(AnnotationKind::Primary.span(from..to).label(label));
        let renderer = if self.options.color { Renderer::styled() } else { Renderer::plain() };
        let group = Group::with_level(Level::ERROR).element(frame);
        writeln!(out, "{}", renderer.render(&[group]))
    }

    /// What was printed and run before it, what the author may have meant, and what to do.
    fn help(&self, outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
        let background = &outcome.background;
        for difference in &background.differences {
            let title = format!("output, shown at line {}:", difference.line);
            writeln!(out, "  {}", self.paint(PALE, &title))?;
            self.compared(difference, out)?;
        }
        let tail = tell::stderr(outcome);
        if !tail.is_empty() {
            writeln!(out, "  {}", self.paint(PALE, "standard error:"))?;
            for line in &tail {
                writeln!(out, "  {} {}", self.paint(PALE, "|"), tell::short(line))?;
            }
        }
        let words = [
            ("trace", tell::trace(outcome)),
            ("state", tell::loaded(outcome)),
            ("help", background.suggestion.as_ref().map(|one| tell::short(&one.message))),
            ("past", tell::since(outcome)),
        ];
        for (label, text) in words {
            if let Some(text) = text {
                writeln!(out, "  {} {text}", self.paint(PALE, &format!("{label}:")))?;
            }
        }
        let place = tell::typed(&outcome.doc, &format!(":{}", outcome.start), self.options);
        for (label, verb) in [("why", "explain"), ("rerun", "check"), ("accept", "accept")] {
            let label = self.paint(PALE, &format!("{label}:"));
            writeln!(out, "  {label} stillruns {verb} {place}")?;
        }
        Ok(())
    }

    /// Expected and actual output, line by line.
    fn compared(&self, difference: &Difference, out: &mut dyn Write) -> io::Result<()> {
        let lines = TextDiff::from_lines(&difference.expected, &difference.actual);
        for change in lines.iter_all_changes() {
            let (sign, style) = match change.tag() {
                ChangeTag::Equal => (' ', PALE),
                ChangeTag::Delete => ('-', BAD),
                ChangeTag::Insert => ('+', GOOD),
            };
            let line = visible(change.value().trim_end_matches('\n'));
            writeln!(out, "  {}", self.paint(style, &format!("{sign} {line}")))?;
        }
        Ok(())
    }

    /// From where to where examples were moved, and how many.
    fn moves(&self, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
        let mut ways: BTreeMap<(Way, &DocPath, &DocPath), usize> = BTreeMap::new();
        for Moved { doc, from, way, .. } in &summary.moved {
            *ways.entry((*way, from, doc)).or_default() += 1;
        }
        for ((way, from, doc), number) in ways {
            let word = match way {
                Way::Stayed | Way::Edited => continue,
                Way::Moved => "moved",
                Way::Renamed => "renamed",
            };
            let place = match from == doc {
                true => format!("within {}", visible(doc.as_str())),
                false => format!("{} -> {}", visible(from.as_str()), visible(doc.as_str())),
            };
            let word = self.paint(PALE, word);
            writeln!(out, "{word} {place}: {}", tell::plural(number, "example"))?;
        }
        Ok(())
    }

    fn counts(&self, counts: Counts) -> String {
        let part = |style, number, word| {
            let text = format!("{number} {word}");
            if number > 0 { self.paint(style, &text) } else { text }
        };
        let parts = [
            part(GOOD, counts.pass, "pass"),
            part(BAD, counts.fail, "fail"),
            part(OPEN, counts.unjudged, "unjudged"),
            part(PALE, counts.skipped, "skipped"),
        ];
        parts.join(", ")
    }

    /// Why examples could not be judged, and what would help.
    fn reasons(&self, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
        for reason in reasons(summary) {
            let word = self.paint(OPEN, "unjudged");
            let names = match reason.names(5) {
                names if names.is_empty() => names,
                names => format!(" ({names})"),
            };
            writeln!(out, "{word}: {} {}{names}", reason.number, reason.kind.replace('_', " "))?;
            writeln!(out, "  {} {}", self.paint(PALE, "help:"), reason.hint)?;
        }
        Ok(())
    }

    /// What is newly broken once more, where the first of it has scrolled away.
    fn again(&self, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
        let new: Vec<&Outcome> =
            summary.outcomes.iter().filter(|outcome| outcome.newly_broken()).collect();
        if new.len() <= FEW {
            return Ok(());
        }
        writeln!(out)?;
        for outcome in new {
            let reason = tell::reason(&outcome.verdict).unwrap_or_default();
            let place = tell::place(outcome);
            writeln!(out, "{} {place}  {reason}", self.paint(BAD, "newly broken"))?;
        }
        Ok(())
    }

    fn sum(&self, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
        let totals = summary.totals();
        let examples = tell::plural(summary.outcomes.len(), "example");
        let documents = tell::plural(summary.documents.len(), "document");
        let broken = match summary.newly_broken() {
            0 => "nothing newly broken".to_owned(),
            number => self.paint(BAD, &format!("{number} newly broken")),
        };
        let flaky = summary.outcomes.iter().filter(|one| one.change == Change::Flaky).count();
        let flaky = if flaky > 0 { format!(", {flaky} flaky") } else { String::new() };
        writeln!(out, "{examples} in {documents}: {}; {broken}{flaky}", self.counts(totals))
    }

    fn paint(&self, style: Style, text: &str) -> String {
        if self.options.color { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}

/// The part of the broken `line` that is underlined: from the known column what the suggestion
/// would replace, or one character; all of the line without.
fn marked(line: &str, outcome: &Outcome) -> Range<usize> {
    let lead = line.len() - line.trim_start().len();
    let Some(column) = outcome.column else { return lead..lead.max(line.trim_end().len()) };
    let offset = |column: u32| {
        let mut starts = line.char_indices().map(|(at, _)| at);
        starts.nth(column.saturating_sub(1) as usize).unwrap_or(line.len())
    };
    let suggestion = outcome.background.suggestion.as_ref();
    let edit = suggestion.and_then(|suggestion| suggestion.edits.first());
    let old = edit.filter(|edit| Some(edit.line) == outcome.line && edit.column == column);
    let width = old.map_or(0, |edit| edit.old.chars().count()).max(1);
    offset(column)..offset(column.saturating_add(u32::try_from(width).unwrap_or(1)))
}

fn seconds(millis: u64) -> String {
    format!("{}.{:02}s", millis / 1000, millis % 1000 / 10)
}
