//! SARIF 2.1.0, for services that show results of static analysis.
//!
//! A result is a broken example; one that could not be judged is a notification of the run. The
//! forms below are those parts of the standard that are used (sections 3.13 to 3.58 of OASIS
//! SARIF 2.1.0).

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Value, json};

use super::tell;
use super::{Options, Report};
use crate::model::{Change, Outcome, Summary, Verdict};
use crate::text::visible;

/// The format.
pub(super) const REPORT: Report =
    Report { name: "sarif", about: "SARIF 2.1.0, for code scanning", write };

/// What stands for the top of the repository.
const TOP: &str = "%SRCROOT%";

fn write(summary: &Summary, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let problems = tell::problems(summary);
    let kinds: BTreeMap<&str, ()> =
        problems.iter().map(|one| (tell::kind(&one.verdict), ())).collect();
    let kinds: Vec<&str> = kinds.into_keys().collect();
    let places: BTreeMap<_, _> = summary.outcomes.iter().map(|one| (&one.id, one)).collect();
    let results: Vec<Value> = problems
        .iter()
        .map(|one| {
            let index = kinds.iter().position(|kind| *kind == tell::kind(&one.verdict));
            let loaded = one.background.loaded.iter().filter_map(|one| places.get(&one.id));
            result(one, index, &loaded.copied().collect::<Vec<_>>(), options)
        })
        .collect();
    let open = summary.outcomes.iter().filter(|one| matches!(one.verdict, Verdict::Unjudged(_)));
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "stillruns",
                "version": summary.machine.version,
                "semanticVersion": summary.machine.version,
                "rules": kinds.iter().map(|kind| rule(kind)).collect::<Vec<_>>(),
            }},
            "invocations": [{
                "executionSuccessful": true,
                "toolExecutionNotifications":
                    open.map(|one| notification(one, options)).collect::<Vec<_>>(),
            }],
            "originalUriBaseIds": {
                TOP: {"description": {"text": "The top of the repository."}},
            },
            "columnKind": "unicodeCodePoints",
            "results": results,
            "properties": {
                "interpreters": summary.machine.interpreters,
                "sandbox": summary.machine.sandbox,
                "counts": summary.totals(),
            },
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &log)?;
    out.write_all(b"\n")
}

/// What one kind of cause means. The id is the stable word of the events.
fn rule(kind: &str) -> Value {
    let about = match kind {
        "syntax" => "The interpreter refuses to read the example.",
        "exception" => "The example raises an exception.",
        "exit_status" => "The example ends with a status that is not zero.",
        "signal" => "The example is ended by a signal.",
        "ended_early" => "The example ends before its last statement.",
        "timeout" => "The example does not end in time.",
        "memory" => "The example wants more memory than it may have.",
        "too_much_output" => "The example prints more than it may.",
        "output_differs" => "The example prints something else than its document shows.",
        _ => "The example is broken.",
    };
    let words = kind.split('_');
    let name: String = words
        .map(|word| word[..1].to_ascii_uppercase() + &word[1..])
        .chain(["Example".to_owned()])
        .collect();
    json!({
        "id": kind,
        "name": name,
        "shortDescription": {"text": about},
        "fullDescription": {"text": format!("{about} `stillruns explain FILE:LINE` tells more.")},
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": ["documentation"]},
    })
}

fn result(
    outcome: &Outcome,
    index: Option<usize>,
    loaded: &[&Outcome],
    options: &Options,
) -> Value {
    let mut lines = vec![tell::reason(&outcome.verdict).unwrap_or_default()];
    lines.extend(tell::story(outcome));
    let mut result = json!({
        "ruleId": tell::kind(&outcome.verdict),
        "kind": "fail",
        "level": "error",
        "message": {"text": lines.join("\n")},
        "locations": [location(outcome, options)],
        "partialFingerprints": {"stillruns/v1": outcome.id},
        "baselineState": match outcome.change {
            Change::Same => "unchanged",
            Change::Changed | Change::Flaky => "updated",
            _ => "new",
        },
        "properties": {
            "class": outcome.class,
            "interpreter": outcome.run.interpreter,
            "duration_ms": outcome.run.duration_ms,
            "change": outcome.change,
        },
    });
    if let Some(index) = index {
        result["ruleIndex"] = json!(index);
    }
    if !loaded.is_empty() {
        let related = loaded.iter().enumerate().map(|(at, one)| {
            let mut place = location(one, options);
            place["id"] = json!(at);
            place["message"] = json!({"text": "was run before it in the same state"});
            place
        });
        result["relatedLocations"] = related.collect();
    }
    if let Some(fix) = fix(outcome, options) {
        result["fixes"] = json!([fix]);
    }
    result
}

/// A reference to the document of `outcome`, from the top of the repository where it lies there.
fn artifact(outcome: &Outcome, options: &Options) -> Value {
    let path = tell::path(&outcome.doc, &options.within);
    let uri = tell::uri(&path);
    if path.starts_with('/') { json!({"uri": uri}) } else { json!({"uri": uri, "uriBaseId": TOP}) }
}

/// The line that the verdict is about, within the lines of the example.
fn location(outcome: &Outcome, options: &Options) -> Value {
    let line = tell::line(outcome);
    let (start, end) = (outcome.start.max(1), outcome.end.max(outcome.start).max(1));
    let mut place = json!({
        "artifactLocation": artifact(outcome, options),
        "region": {"startLine": line, "endLine": line},
    });
    if let Some(column) = outcome.column {
        place["region"]["startColumn"] = json!(column.max(1));
    }
    // Where the line is that of another example, the context would not hold it.
    if (start..=end).contains(&line) {
        place["contextRegion"] = json!({"startLine": start, "endLine": end});
        let source = &outcome.background.source;
        if !source.is_empty() {
            let text: Vec<String> = source.lines().map(visible).collect();
            place["contextRegion"]["snippet"] = json!({"text": text.join("\n")});
        }
    }
    json!({"physicalLocation": place})
}

/// What the author may have meant, where it is one line that is known whole.
fn fix(outcome: &Outcome, options: &Options) -> Option<Value> {
    let suggestion = outcome.background.suggestion.as_ref()?;
    let (line, text) = (suggestion.line?, suggestion.replacement.as_ref()?);
    let at = line.checked_sub(outcome.start)? as usize;
    let whole = outcome.background.source.lines().nth(at)?;
    if whole.ends_with('…') {
        return None;
    }
    let region = json!({
        "startLine": line,
        "startColumn": 1,
        "endLine": line,
        "endColumn": whole.chars().count() + 1,
    });
    Some(json!({
        "description": {"text": tell::short(&suggestion.message)},
        "artifactChanges": [{
            "artifactLocation": artifact(outcome, options),
            "replacements": [{"deletedRegion": region, "insertedContent": {"text": text}}],
        }],
    }))
}

fn notification(outcome: &Outcome, options: &Options) -> Value {
    let reason = tell::reason(&outcome.verdict).unwrap_or_default();
    json!({
        "level": "note",
        "message": {"text": format!("unjudged: {reason}")},
        "locations": [location(outcome, options)],
        "properties": {"kind": tell::kind(&outcome.verdict), "id": outcome.id},
    })
}
