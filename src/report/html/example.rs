//! One example on the page: its verdict in a line that opens, its code at the lines of the
//! document, and everything that explains the verdict.
//!
//! In a report of very many examples, those that pass are shown more briefly.

use std::io::{self, Write};

use similar::{ChangeTag, TextDiff};

use super::{bars, escape, markup, paint, spans};
use crate::model::{Background, Outcome, Summary, Verdict};
use crate::report::{Options, tell};

/// Characters that are shown of one line of output.
const LONGEST: usize = 1000;

/// How much is shown of examples that pass, so that the page stays one that opens at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Depth {
    /// Everything.
    Whole,
    /// The code, without colors and evidence.
    Plain,
    /// The first lines of the code.
    Brief,
}

impl Depth {
    /// Bytes of a page that opens at once on a small machine.
    const MOST: usize = 7_000_000;
    /// Lines of an example that is shown briefly.
    const LINES: usize = 8;

    /// What keeps the page of `summary` small enough.
    pub(super) fn of(summary: &Summary) -> Self {
        // Markup, and colors, take about as much as the code itself.
        let size = |whole: bool| -> usize {
            let one = |outcome: &Outcome| {
                let code = outcome.background.source.len();
                let evidence = outcome.background.evidence.len() * 40;
                if whole || outcome.verdict != Verdict::Pass {
                    500 + 2 * code + evidence
                } else {
                    350 + code
                }
            };
            summary.outcomes.iter().map(one).sum()
        };
        match (size(true), size(false)) {
            (whole, _) if whole <= Self::MOST => Self::Whole,
            (_, plain) if plain <= Self::MOST => Self::Plain,
            _ => Self::Brief,
        }
    }

    /// What the page says about it.
    pub(super) fn told(self) -> Option<&'static str> {
        match self {
            Self::Whole => None,
            Self::Plain => Some(
                "So many examples are here that those that pass are shown without what their \
                 class rests on; <code>stillruns explain</code> tells it.",
            ),
            Self::Brief => Some(
                "So many examples are here that only the first lines are shown of those that \
                 pass.",
            ),
        }
    }
}

/// Whether an example is open from the beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Door {
    /// It is.
    Open,
    /// It is to be opened.
    Shut,
}

/// Writes one example.
pub(super) fn example(
    outcome: &Outcome,
    options: &Options,
    depth: Depth,
    door: Door,
    out: &mut dyn Write,
) -> io::Result<()> {
    let depth = if outcome.verdict == Verdict::Pass { depth } else { Depth::Whole };
    let (id, class, change) = (&outcome.id, outcome.class, tell::change(outcome));
    let verdict = outcome.verdict.word();
    let open = if door == Door::Open { " open" } else { "" };
    write!(out, "<details class=\"x {verdict} {class} {change}\" id=\"{id}\"{open}><summary>")?;
    write!(out, "<b>{verdict}</b> <span class=at>line {}</span> ", tell::line(outcome))?;
    if let Some(reason) = tell::reason(&outcome.verdict) {
        let reason = tell::cut(&reason, 200);
        let words = match outcome.verdict {
            Verdict::Unjudged(_) => spans(&reason),
            _ => escape(&reason),
        };
        write!(out, "<span class=why>{words}</span> ")?;
    }
    let shown = if matches!(change, "known" | "new") && outcome.verdict == Verdict::Pass {
        String::new()
    } else {
        format!(" · {change}")
    };
    writeln!(out, "<small>{class}{shown}</small></summary>")?;
    code(outcome, depth, out)?;
    explained(outcome, out)?;
    if matches!(outcome.verdict, Verdict::Fail(_)) {
        commands(outcome, options, out)?;
    }
    facts(outcome, out)?;
    if depth == Depth::Whole {
        seen(&outcome.background, out)?;
    }
    writeln!(out, "</details>")
}

/// The code at the lines of the document, the broken line marked.
fn code(outcome: &Outcome, depth: Depth, out: &mut dyn Write) -> io::Result<()> {
    let source = &outcome.background.source;
    if source.is_empty() {
        return Ok(());
    }
    let most = if depth == Depth::Brief { Depth::LINES } else { usize::MAX };
    let mut painter = paint::Painter::new(outcome.class);
    write!(out, "<ol start={}>", outcome.start)?;
    for (number, line) in (outcome.start..=u32::MAX).zip(source.lines()).take(most) {
        let is_hit = outcome.line == Some(number) && matches!(outcome.verdict, Verdict::Fail(_));
        out.write_all(if is_hit { b"<li class=hit>" } else { b"<li>" })?;
        match depth {
            Depth::Whole => out.write_all(painter.line(line).as_bytes())?,
            Depth::Plain | Depth::Brief => out.write_all(plain(line).as_bytes())?,
        }
        writeln!(out)?;
        if is_hit && let Some(reason) = tell::reason(&outcome.verdict) {
            write!(out, "<em>{}</em>", escape(&reason))?;
        }
    }
    let left = source.lines().count().saturating_sub(most);
    if left > 0 {
        write!(out, "<li>… {} more", tell::plural(left, "line"))?;
    }
    writeln!(out, "</ol>")
}

/// A line of code as HTML.
pub(super) fn plain(line: &str) -> String {
    markup(&tell::code(line))
}

/// Everything that explains the verdict.
fn explained(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    let background = &outcome.background;
    if let Some(suggestion) = &background.suggestion {
        write!(out, "<p class=hint>{}", escape(&suggestion.message))?;
        if let Some(text) = &suggestion.replacement {
            write!(out, " <code>{}</code>", escape(&tell::cut(text.trim(), 300)))?;
        }
        writeln!(out, "</p>")?;
    }
    for difference in &background.differences {
        writeln!(out, "<h3>Output, shown at line {}</h3>", difference.line)?;
        compared(&difference.expected, &difference.actual, out)?;
    }
    if !outcome.run.stderr_tail.is_empty() {
        writeln!(out, "<h3>Standard error</h3>")?;
        let lines: Vec<String> =
            tell::stderr(outcome).iter().map(|line| plain(&tell::cut(line, LONGEST))).collect();
        writeln!(out, "<pre>{}</pre>", lines.join("\n"))?;
    }
    if !background.loaded.is_empty() {
        write!(out, "<p>Run after ")?;
        for (at, loaded) in background.loaded.iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            write!(out, "{comma}<a href=\"#{}\">line {}</a>", loaded.id, loaded.start)?;
            if !loaded.brings.is_empty() {
                write!(out, " ({})", escape(&tell::short(&loaded.brings.join(", "))))?;
            }
        }
        writeln!(out, ".</p>")?;
    }
    past(background, out)
}

/// Two texts line by line; what is not in both is marked by a sign, a word and a color.
fn compared(expected: &str, actual: &str, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "<pre class=diff>")?;
    for change in TextDiff::from_lines(expected, actual).iter_all_changes() {
        let line = plain(&tell::cut(change.value().trim_end_matches('\n'), LONGEST));
        match change.tag() {
            ChangeTag::Equal => writeln!(out, "  {line}")?,
            ChangeTag::Delete => writeln!(out, "<del>- {line}</del>")?,
            ChangeTag::Insert => writeln!(out, "<ins>+ {line}</ins>")?,
        }
    }
    writeln!(out, "</pre>")
}

fn past(background: &Background, out: &mut dyn Write) -> io::Result<()> {
    let Some(history) = &background.history else { return Ok(()) };
    write!(out, "<p class=past>")?;
    if !history.runs.is_empty() {
        bars::runs(history, out)?;
        write!(out, " ")?;
    }
    if let Some(since) = &history.since {
        write!(out, "so since {} ", escape(since))?;
    }
    if history.flaked > 0 {
        write!(out, "flaked {}", tell::plural(history.flaked as usize, "time"))?;
    }
    writeln!(out, "</p>")
}

/// The facts of the run in one line.
fn facts(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    let Outcome { id, start, end, run, .. } = outcome;
    let lines = if start == end { format!("line {start}") } else { format!("lines {start}–{end}") };
    let mut facts = vec![format!("<code>{id}</code>"), lines];
    facts.extend(outcome.background.origin.map(|cue| cue.as_str().to_owned()));
    if !run.interpreter.is_empty() {
        facts.push(escape(&run.interpreter));
        facts.push(format!("{} ms", run.duration_ms));
    }
    let gaps = run.enforced.iter().filter(|(_, how)| *how != "full");
    facts.extend(gaps.map(|(name, how)| escape(&format!("{name} {how}"))));
    if !run.earlier.is_empty() {
        let words: Vec<&str> = run.earlier.iter().map(Verdict::word).collect();
        facts.push(format!("before: {}", words.join(", ")));
    }
    writeln!(out, "<p class=facts>{}</p>", facts.join(" · "))
}

/// What the class rests on, and what was changed to run it.
fn seen(background: &Background, out: &mut dyn Write) -> io::Result<()> {
    let notes = background.evidence.iter().chain(&background.edits);
    let mut open = false;
    for note in notes {
        if !open {
            write!(out, "<ul>")?;
            open = true;
        }
        let what = escape(&tell::short(&note.what));
        match note.line {
            Some(line) => write!(out, "<li>{line}: {what}")?,
            None => write!(out, "<li>{what}")?,
        }
    }
    if open { writeln!(out, "</ul>") } else { Ok(()) }
}

fn commands(outcome: &Outcome, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let place = tell::typed(&outcome.doc, &format!(":{}", outcome.start), options);
    write!(out, "<dl>")?;
    for (label, verb) in [("why", "explain"), ("rerun", "check"), ("accept", "accept")] {
        write!(out, "<dt>{label}<dd><code>stillruns {verb} {}</code>", escape(&place))?;
    }
    writeln!(out, "</dl>")
}
