//! A run beside its snippet: the verdict, the line of the document, and the facts that reports show.
//!
//! Judges nothing itself.

use std::cmp::Reverse;
use std::sync::Arc;

use stillruns_harness::{Job, Level, Mechanism, Run};

use crate::judge::{Compared, Judgement, Subject, expect, judge, judge_steps, judge_whole};
use crate::model::{
    Background, Cause, Change, Correction, Document, Entry, Outcome, Python, RunDigest, Suggestion,
    Verdict, Way,
};
use crate::plan::Refused;
use crate::snapshot::{self, Known};
use crate::store::Stored;
use crate::suggest::{Broken, suggest};
use crate::text::Columns;

/// One snippet after its run, or why it had none; `job` is what was to be run.
pub(super) fn outcome(
    stored: &Stored,
    job: Option<&Job>,
    run: Result<&Run, Refused>,
    known: Option<Known<'_>>,
    names: &dyn Fn() -> Vec<String>,
) -> Outcome {
    let entry = &stored.entry;
    let python = job.filter(|_| entry.class.is_python());
    let python = python.and_then(|job| Python::parse(&job.interpreter.version));
    let subject = Subject { lang: entry.class, code: &stored.code, python, known: names };
    let compared = match &run {
        Ok(run) => judged(&subject, entry, job, run),
        Err(refused) => Judgement::from(Verdict::Unjudged(refused.why.clone())).into(),
    };
    let Compared { judgement, differences, rewrites } = compared;
    // What a directive says comes last, and is about its own line.
    let told = match &run {
        Ok(run) => expect(&entry.directives, run, &judgement.verdict),
        Err(refused) => Some((judgement.verdict.clone(), refused.line)),
    };
    let (judgement, told) = match told {
        Some((verdict, line)) => (verdict.into(), line),
        None => (judgement, None),
    };
    let Judgement { verdict, line, column, suggestion } = judgement;
    let suggestion = suggestion.or_else(|| match (&verdict, line, python) {
        (Verdict::Fail(Cause::Syntax(_)), Some(line), Some(python)) => {
            suggest(&Broken { code: &stored.code, line, column, python })
        }
        _ => None,
    });
    let output = run.as_ref().ok().map(|run| run.stdout.text());
    let change = known.map_or(Change::New, |known| beside(known, &verdict, output.as_deref()));
    let suggestion = suggestion.map(|one| suggestion_in_document(entry, one));
    let column = line.zip(column).and_then(|(line, column)| place(entry, line, column)?.1);
    let line = match &verdict {
        Verdict::Fail(Cause::OutputDiffers(contrast)) => Some(contrast.line),
        _ => line.and_then(|line| Some(place(entry, line, 1)?.0)).or(told),
    };
    let mut digest = run.map_or_else(|_| RunDigest::default(), digest);
    digest.output = output;
    digest.rewrites = rewrites;
    if let Some(job) = job {
        digest.interpreter = format!("{} {}", job.interpreter.id, job.interpreter.version);
    }
    Outcome {
        id: entry.id.clone(),
        doc: entry.source.document.clone(),
        start: entry.start,
        end: entry.end,
        class: entry.class,
        verdict,
        line,
        column,
        change,
        run: digest,
        background: Background {
            origin: Some(entry.origin),
            evidence: entry.evidence.clone(),
            edits: entry.edits.clone(),
            suggestion,
            differences,
            ..Background::default()
        },
    }
}

/// What `verdict` and `output` are beside what is recorded.
fn beside(known: Known<'_>, verdict: &Verdict, output: Option<&str>) -> Change {
    let change = snapshot::compare(known.record, verdict);
    let otherwise = output.is_some_and(|text| snapshot::prints_otherwise(known.record, text));
    match change {
        Change::Same if otherwise => Change::Changed,
        Change::Same if matches!(known.way, Way::Moved | Way::Renamed) => Change::Moved,
        change => change,
    }
}

/// The verdict over a run, with the output that the document shows where it shows some.
fn judged(subject: &Subject<'_>, entry: &Entry, job: Option<&Job>, run: &Run) -> Compared {
    match entry.steps.as_slice() {
        [_, ..] if job.is_some_and(|job| !job.steps.is_empty()) => judge_steps(subject, entry, run),
        [step] => judge_whole(subject, entry, step, run),
        _ => judge(subject, run).into(),
    }
}

/// The most characters that reports get of one line, and bytes of one example: many examples may
/// stand on one long line.
const LONGEST_LINE: usize = 1000;
const LONGEST_EXAMPLE: usize = 1 << 16;

/// Fills in the lines of `document` that every one of its `outcomes` is about.
pub fn quote<'o>(document: &Document, outcomes: impl IntoIterator<Item = &'o mut Outcome>) {
    for outcome in outcomes {
        let mut source = String::new();
        for number in outcome.start..=outcome.end.min(document.lines.count()) {
            let line = cut(document.line(number));
            if source.len() + line.len() > LONGEST_EXAMPLE {
                break;
            }
            source.push_str(&line);
            source.push('\n');
        }
        outcome.background.source = source;
        if let Some(suggestion) = &mut outcome.background.suggestion {
            fill_in(suggestion, document);
        }
    }
}

/// How the line of `document` would read that all edits of `suggestion` are in.
fn fill_in(suggestion: &mut Suggestion, document: &Document) {
    let Some(first) = suggestion.edits.first() else { return };
    let number = first.line;
    if suggestion.edits.iter().any(|edit| edit.line != number || edit.new.contains('\n')) {
        return;
    }
    let mut line = document.line(number).to_owned();
    let mut edits: Vec<&Correction> = suggestion.edits.iter().collect();
    edits.sort_by_key(|edit| Reverse(edit.column));
    for edit in edits {
        let mut starts = line.char_indices().map(|(at, _)| at);
        let from = starts.nth(edit.column as usize - 1).unwrap_or(line.len());
        // What the markup writes otherwise, such as `&lt;`, is not replaced by what is meant.
        if !line[from..].starts_with(&edit.old) {
            return;
        }
        line.replace_range(from..from + edit.old.len(), &edit.new);
    }
    suggestion.line = Some(number);
    suggestion.replacement = Some(line);
}

/// The line and column of the document that a line and column of the file came from. What is wrong
/// at the end of the file, behind its last line, is told of that.
fn place(entry: &Entry, line: u32, column: u32) -> Option<(u32, Option<u32>)> {
    let at = (line as usize).checked_sub(1)?.min(entry.lines.len().checked_sub(1)?);
    let columns = entry.columns.get(at).and_then(|columns| Columns::parse(columns));
    let column = columns.and_then(|columns| columns.source(column));
    Some((*entry.lines.get(at)?, column))
}

/// `suggestion` with places of the document; without its edits where one has none there.
fn suggestion_in_document(entry: &Entry, mut suggestion: Suggestion) -> Suggestion {
    let placed = suggestion.edits.into_iter().map(|edit| {
        let (line, column) = place(entry, edit.line, edit.column)?;
        Some(Correction { line, column: column?, ..edit })
    });
    suggestion.edits = placed.collect::<Option<_>>().unwrap_or_default();
    suggestion
}

/// `line`, or its beginning and an ellipsis.
fn cut(line: &str) -> String {
    match line.char_indices().nth(LONGEST_LINE) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line.to_owned(),
    }
}

/// How many of the last lines of standard error reports get.
const LAST_LINES: usize = 12;

fn digest(run: &Run) -> RunDigest {
    let stderr = run.stderr.text();
    let lines: Vec<&str> = stderr.lines().collect();
    let tail = &lines[lines.len().saturating_sub(LAST_LINES)..];
    let level = |mechanism: Mechanism| match run.enforcement.level(mechanism) {
        Level::Full => "full".to_owned(),
        Level::Partial(why) => format!("partial: {why}"),
        Level::Absent(why) => format!("absent: {why}"),
    };
    let enforced = Mechanism::ALL.iter().map(|one| (one.name().to_owned(), level(*one)));
    RunDigest {
        duration_ms: run.usage.wall_ms,
        interpreter: String::new(),
        enforced: Arc::new(enforced.collect()),
        stderr_tail: tail.iter().map(|line| cut(line)).collect(),
        stderr_places: Vec::new(),
        earlier: Vec::new(),
        output: None,
        rewrites: Vec::new(),
    }
}
