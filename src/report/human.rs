//! The format for people: problems in document order, then counts, then one line in sum.
//!
//! Color only underlines what the words say. Text from documents and programs is shown with its
//! control characters spelled out.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use anstyle::{AnsiColor, Style};

use super::{Detail, Options, Report};
use crate::model::{Change, Counts, DocPath, Outcome, Summary, Verdict, Why};
use crate::text::{LineIndex, visible};

/// The format.
pub(super) const REPORT: Report = Report { name: "human", about: "for people", write };

/// How many lines around the broken one are shown.
const CONTEXT: u32 = 2;

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
        for (doc, counts) in &summary.documents {
            writeln!(out, "{}: {}", visible(doc.as_str()), page.counts(*counts))?;
        }
        page.reasons(summary, out)?;
    }
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
            _ => (outcome.change == Change::Fixed && self.options.detail > Detail::Quiet, false),
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
        match &outcome.verdict {
            Verdict::Pass => Ok(()),
            Verdict::Fail(cause) => writeln!(out, "  {}", visible(&cause.to_string())),
            Verdict::Unjudged(why) => writeln!(out, "  {}", visible(&why.to_string())),
        }
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
        let text = &holder.background.source;
        let index = LineIndex::new(text);
        let at = line - holder.start + 1;
        if index.span(at).is_empty() && at >= index.count() {
            return Ok(());
        }
        let first = at.saturating_sub(CONTEXT).max(1);
        let last = (at + CONTEXT).min(holder.end - holder.start + 1).min(index.count());
        let lines = index.lines_span(first, last);
        let spot = index.span(at);
        let marked = marked(&text[spot.range()], outcome);
        let begins = spot.start() - lines.start();
        let (from, to) = (begins + marked.start, begins + marked.end);
        let label = match &outcome.verdict {
            Verdict::Fail(cause) => visible(&cause.to_string()),
            _ => String::new(),
        };
        let frame = Snippet::source(&text[lines.range()])
            .path(visible(outcome.doc.as_str()))
            .line_start((holder.start + first - 1) as usize)
            .fold(false)
            .annotation(AnnotationKind::Primary.span(from..to).label(label));
        let renderer = if self.options.color { Renderer::styled() } else { Renderer::plain() };
        let group = Group::with_level(Level::ERROR).element(frame);
        writeln!(out, "{}", renderer.render(&[group]))
    }

    fn help(&self, outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
        let tail = &outcome.run.stderr_tail;
        if !tail.is_empty() {
            writeln!(out, "  {}", self.paint(PALE, "standard error:"))?;
            for line in tail {
                writeln!(out, "  {} {}", self.paint(PALE, "|"), visible(line))?;
            }
        }
        if let Some(suggestion) = &outcome.background.suggestion {
            let label = self.paint(PALE, "help:");
            writeln!(out, "  {label} {}", visible(&suggestion.message))?;
        }
        let doc = self.typed(&outcome.doc, "");
        let place = self.typed(&outcome.doc, &format!(":{}", outcome.start));
        let lines =
            [("why", "explain", &place), ("rerun", "check", &place), ("accept", "accept", &doc)];
        for (label, verb, object) in lines {
            let label = self.paint(PALE, &format!("{label}:"));
            writeln!(out, "  {label} stillruns {verb} {object}")?;
        }
        Ok(())
    }

    /// A document's name as it can be typed where the program was started.
    fn typed(&self, doc: &DocPath, suffix: &str) -> String {
        let name = doc.as_str();
        let prefix = if name.starts_with('/') { "" } else { self.options.prefix.as_str() };
        let whole = format!("{prefix}{name}{suffix}");
        let harmless = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-:+@,=".contains(&byte);
        if whole.bytes().all(harmless) {
            return whole;
        }
        if whole.chars().any(char::is_control) {
            return format!("$'{}'", whole.escape_default());
        }
        format!("'{}'", whole.replace('\'', "'\\''"))
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
        let mut kinds: BTreeMap<&str, (u32, Vec<String>, &Why)> = BTreeMap::new();
        for outcome in &summary.outcomes {
            let Verdict::Unjudged(why) = &outcome.verdict else { continue };
            let (number, names, _) = kinds.entry(why.kind()).or_insert((0, Vec::new(), why));
            *number += 1;
            for name in missing(why).into_iter().map(visible) {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        for (kind, (number, names, why)) in kinds {
            let word = self.paint(OPEN, "unjudged");
            let names = match names.len() {
                0 => String::new(),
                1..=5 => format!(" ({})", names.join(", ")),
                more => format!(" ({}, and {} more)", names[..5].join(", "), more - 5),
            };
            writeln!(out, "{word}: {number} {}{names}", kind.replace('_', " "))?;
            writeln!(out, "  {} {}", self.paint(PALE, "help:"), hint(why))?;
        }
        Ok(())
    }

    fn sum(&self, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
        let totals = summary.totals();
        let examples = plural(summary.outcomes.len(), "example");
        let documents = plural(summary.documents.len(), "document");
        let broken = match summary.newly_broken() {
            0 => "nothing newly broken".to_owned(),
            number => self.paint(BAD, &format!("{number} newly broken")),
        };
        writeln!(out, "{examples} in {documents}: {}; {broken}", self.counts(totals))
    }

    fn paint(&self, style: Style, text: &str) -> String {
        if self.options.color { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}

/// The names of what is missing.
fn missing(why: &Why) -> Vec<&str> {
    match why {
        Why::NeedsModule(name)
        | Why::NeedsCommand(name)
        | Why::NoInterpreter(name)
        | Why::Placeholder(name)
        | Why::Denied(name)
        | Why::SandboxUnavailable(name)
        | Why::NeedsVariable(name)
        | Why::SkippedByDirective(name) => vec![name],
        Why::NeedsContext(names) => names.iter().map(String::as_str).collect(),
        Why::NeedsNetwork | Why::NeedsInput => Vec::new(),
    }
}

/// The flag, setting or change that would make it possible to judge.
fn hint(why: &Why) -> &'static str {
    match why {
        Why::NeedsModule(_) => {
            "name an interpreter that has it: `--python PATH`, or `python = [\"PATH\"]`"
        }
        Why::NeedsCommand(_) => "install it; commands come from the system's folders",
        Why::NeedsNetwork => {
            "say so above the example, `<!-- stillruns: needs=network -->`, and allow it: \
             `--allow-network`"
        }
        Why::NeedsInput => "examples run without a keyboard; show the answers in the example",
        Why::Placeholder(_) => "it is left to the reader; put a real value in its place",
        Why::NeedsContext(_) => "define the names in the example itself",
        Why::NoInterpreter(_) => {
            "install one, or name it: `--python PATH`; `stillruns doctor` lists what is found"
        }
        Why::Denied(_) => "`--sandbox off` runs it unprotected",
        Why::SandboxUnavailable(_) => {
            "`stillruns doctor` tells what is missing; `--sandbox best-effort` does without"
        }
        Why::NeedsVariable(_) => {
            "allow it, `env = [\"NAME\"]` in `stillruns.toml`, and set it where stillruns runs"
        }
        Why::SkippedByDirective(_) => "nothing, if that is meant; take the directive out to run it",
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
    offset(column)..offset(column + u32::try_from(width).unwrap_or(1))
}

fn seconds(millis: u64) -> String {
    format!("{}.{:02}s", millis / 1000, millis % 1000 / 10)
}

fn plural(number: usize, word: &str) -> String {
    if number == 1 { format!("{number} {word}") } else { format!("{number} {word}s") }
}
