//! One page with everything, which opens from a file without a server.
//!
//! Nothing in it is loaded from anywhere, and its policy forbids it to. Without scripts all of it
//! can be read; a script of its own adds search and filters that live in the address. Text from
//! outside is escaped, and its control characters are spelled out.

mod bars;
mod example;
mod paint;

use std::collections::BTreeMap;
use std::io::{self, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::reasons::reasons;
use super::tell;
use super::{Options, Report};
use crate::model::{Counts, DocPath, Lang, Outcome, Summary};
use crate::text::visible;
use example::{Depth, Door, example};

/// The format.
pub(super) const REPORT: Report =
    Report { name: "html", about: "one page with everything", write };

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Rows of the table of documents that are shown without asking.
const ROWS: usize = 12;

/// Links to newly broken examples at the top.
const LINKS: usize = 200;

fn write(summary: &Summary, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    head(summary, out)?;
    writeln!(out, "<body>\n<a class=skip href=\"#examples\">To the examples</a>\n<header>")?;
    headline(summary, out)?;
    writeln!(out, "</header>\n<main>")?;
    newly_broken(summary, out)?;
    overview(summary, out)?;
    filters(summary, out)?;
    examples(summary, options, out)?;
    writeln!(out, "</main>\n<footer>")?;
    machine(summary, out)?;
    writeln!(out, "</footer>\n<script>{SCRIPT}</script>\n</body>\n</html>")
}

/// The head, with a policy that lets nothing run or load but what stands here.
fn head(summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; \
         form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    );
    writeln!(
        out,
        "<!doctype html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=viewport content=\"width=device-width, initial-scale=1\">\n\
         <meta name=color-scheme content=\"light dark\">\n\
         <meta name=referrer content=no-referrer>\n\
         <title>{} – stillruns</title>\n<style>{STYLE}</style>\n</head>",
        verdict_in_words(summary),
    )
}

fn verdict_in_words(summary: &Summary) -> String {
    let number = summary.outcomes.len();
    match (number, summary.newly_broken(), summary.totals().fail) {
        (0, ..) => "No examples".to_owned(),
        (_, 0, 0) => "Nothing is broken".to_owned(),
        (_, 0, _) => "Nothing is newly broken".to_owned(),
        (_, 1, _) => "1 example is newly broken".to_owned(),
        (_, new, _) => format!("{new} examples are newly broken"),
    }
}

fn headline(summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    let totals = summary.totals();
    writeln!(out, "<p class=brand>stillruns</p>\n<h1>{}</h1>", verdict_in_words(summary))?;
    writeln!(
        out,
        "<p class=lead>{} in {}: <b class=pass>{} pass</b>, <b class=fail>{} {} broken</b>, \
         <b class=unjudged>{} could not be judged</b>. {} looked like code and {} none.</p>",
        tell::plural(summary.outcomes.len(), "example"),
        tell::plural(summary.documents.len(), "document"),
        totals.pass,
        totals.fail,
        if totals.fail == 1 { "is" } else { "are" },
        totals.unjudged,
        tell::plural(totals.skipped as usize, "other region"),
        if totals.skipped == 1 { "is" } else { "are" },
    )?;
    bars::verdicts(totals, out)
}

/// Counts per class, per document, and per reason for which there is no judgement.
fn overview(summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    if summary.outcomes.is_empty() && summary.documents.is_empty() {
        return Ok(());
    }
    writeln!(out, "<div class=overview>\n<section class=documents>\n<h2>By document</h2>")?;
    let (first, rest) = summary.documents.split_at(summary.documents.len().min(ROWS));
    documents(first, 0, out)?;
    if !rest.is_empty() {
        writeln!(out, "<details><summary>{} more</summary>", rest.len())?;
        documents(rest, ROWS, out)?;
        writeln!(out, "</details>")?;
    }
    writeln!(out, "</section>\n<section>\n<h2>By class</h2>")?;
    let mut classes: BTreeMap<Lang, Counts> = BTreeMap::new();
    for outcome in &summary.outcomes {
        classes.entry(outcome.class).or_default().add(&outcome.verdict);
    }
    table_head("class", out)?;
    for (class, counts) in classes {
        row(class.as_str(), counts, out)?;
    }
    writeln!(out, "</table>\n</section>")?;
    let reasons = reasons(summary);
    if !reasons.is_empty() {
        writeln!(out, "<section class=why-not>\n<h2>Why not judged</h2>\n<ul class=reasons>")?;
        for reason in reasons {
            let names = escape(&reason.names(8));
            let names = if names.is_empty() { names } else { format!(" <q>{names}</q>") };
            writeln!(
                out,
                "<li><b>{}</b> {}{names}<br><small>{}</small>",
                reason.number,
                reason.kind.replace('_', " "),
                spans(reason.hint)
            )?;
        }
        writeln!(out, "</ul>\n</section>")?;
    }
    writeln!(out, "</div>")
}

fn table_head(what: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "<table><tr><th scope=col>{what}<th scope=col>pass<th scope=col>fail<th scope=col>\
         unjudged<th scope=col class=wide>share"
    )
}

fn row(name: &str, counts: Counts, out: &mut dyn Write) -> io::Result<()> {
    let Counts { pass, fail, unjudged, .. } = counts;
    write!(out, "<tr><th scope=row>{name}<td>{pass}<td>{fail}<td>{unjudged}<td class=wide>")?;
    bars::share(counts, out)?;
    writeln!(out)
}

fn documents(
    documents: &[(DocPath, Counts)],
    first: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    table_head("document", out)?;
    for (at, (doc, counts)) in documents.iter().enumerate() {
        let name = escape(doc.as_str());
        if counts.examples() == 0 {
            row(&name, *counts, out)?;
        } else {
            row(&format!("<a href=\"#d{}\">{name}</a>", first + at), *counts, out)?;
        }
    }
    writeln!(out, "</table>")
}

fn newly_broken(summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    let new: Vec<&Outcome> =
        summary.outcomes.iter().filter(|outcome| outcome.newly_broken()).collect();
    if new.is_empty() {
        return Ok(());
    }
    writeln!(out, "<section class=alarm>\n<h2>Newly broken</h2>\n<ol>")?;
    for outcome in new.iter().take(LINKS) {
        let reason = tell::reason(&outcome.verdict).unwrap_or_default();
        let place = escape(&tell::place(outcome));
        let reason = escape(&tell::cut(&reason, 160));
        writeln!(out, "<li><a href=\"#{}\">{place}</a> <span>{reason}</span>", outcome.id)?;
    }
    writeln!(out, "</ol>")?;
    if new.len() > LINKS {
        writeln!(out, "<p>and {} more below</p>", new.len() - LINKS)?;
    }
    writeln!(out, "</section>")
}

/// The form that the script brings to life.
fn filters(summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    let totals = summary.totals();
    writeln!(
        out,
        "<form id=filters role=search hidden>\n<label class=find>Search <input type=search name=q \
         placeholder=\"text, place, cause or id\" autocomplete=off></label>\n<fieldset>\
         <legend>Verdict</legend>"
    )?;
    let verdicts =
        [("fail", totals.fail), ("unjudged", totals.unjudged), ("pass", totals.pass)];
    for (word, number) in verdicts {
        writeln!(
            out,
            "<label class=\"chip {word}\"><input type=checkbox name=verdict value={word}> {word} \
             <small>{number}</small></label>"
        )?;
    }
    writeln!(out, "</fieldset>\n<fieldset><legend>Class</legend>")?;
    for class in Lang::ALL {
        let number = summary.outcomes.iter().filter(|one| one.class == class).count();
        if number > 0 {
            writeln!(
                out,
                "<label class=chip><input type=checkbox name=class value={class}> {class} \
                 <small>{number}</small></label>"
            )?;
        }
    }
    writeln!(out, "</fieldset>\n<label>Change <select name=change><option value=\"\">any")?;
    let mut changes: Vec<&str> = summary.outcomes.iter().map(tell::change).collect();
    changes.sort_unstable();
    changes.dedup();
    for change in changes {
        writeln!(out, "<option>{change}")?;
    }
    writeln!(out, "</select></label>\n<label>Document <select name=doc><option value=\"\">all")?;
    for (at, (doc, counts)) in summary.documents.iter().enumerate() {
        if counts.examples() > 0 {
            writeln!(out, "<option value=d{at}>{}", escape(&tell::short(doc.as_str())))?;
        }
    }
    writeln!(
        out,
        "</select></label>\n<button type=reset>Show all</button>\n<output aria-live=polite>\
         </output>\n</form>"
    )
}

/// Every example below its document.
fn examples(summary: &Summary, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let depth = Depth::of(summary);
    let mut of: BTreeMap<&DocPath, Vec<&Outcome>> = BTreeMap::new();
    for outcome in &summary.outcomes {
        of.entry(&outcome.doc).or_default().push(outcome);
    }
    writeln!(out, "<div id=examples tabindex=-1>")?;
    if let Some(told) = depth.told() {
        writeln!(out, "<p class=note>{told}</p>")?;
    }
    let mut opened = 0;
    for (at, (doc, _)) in summary.documents.iter().enumerate() {
        let Some(outcomes) = of.remove(doc) else { continue };
        let height = height(outcomes.len());
        writeln!(
            out,
            "<section class=\"doc {height}\" id=d{at}>\n<h2>{}</h2>",
            escape(doc.as_str())
        )?;
        for outcome in outcomes {
            let is_open = outcome.newly_broken() && opened < LINKS;
            opened += usize::from(is_open);
            let door = if is_open { Door::Open } else { Door::Shut };
            example(outcome, options, depth, door, out)?;
        }
        writeln!(out, "</section>")?;
    }
    if !summary.gone.is_empty() {
        writeln!(out, "<section>\n<h2>No longer there</h2>\n<ul>")?;
        for (doc, id) in &summary.gone {
            writeln!(out, "<li>{} <code>{id}</code>", escape(doc.as_str()))?;
        }
        writeln!(out, "</ul>\n</section>")?;
    }
    writeln!(out, "<p class=none hidden>No example is like that.</p>\n</div>")
}

/// The class that tells about how high so many examples are, so that a browser need not lay out the
/// documents that are out of sight. Styles stand in the head only.
fn height(examples: usize) -> &'static str {
    match examples {
        0..=1 => "n1",
        2..=3 => "n2",
        4..=7 => "n4",
        8..=15 => "n8",
        16..=31 => "n16",
        32..=63 => "n32",
        64..=127 => "n64",
        128..=255 => "n128",
        _ => "n256",
    }
}

/// What the examples were run with.
fn machine(summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    let machine = &summary.machine;
    write!(out, "<p>stillruns {}", escape(&machine.version))?;
    if !machine.interpreters.is_empty() {
        write!(out, ", on {}", escape(&machine.interpreters.join(", ")))?;
    }
    writeln!(out, ".</p>")?;
    if !machine.sandbox.is_empty() {
        let one = |(name, how): (&String, &String)| format!("{name} {how}");
        let all: Vec<String> = machine.sandbox.iter().map(one).collect();
        writeln!(out, "<p>Sandbox: {}.</p>", escape(&all.join(", ")))?;
    }
    Ok(())
}

/// A sentence of ours, what stands between backticks as code.
fn spans(text: &str) -> String {
    let mut html = String::new();
    for (at, part) in text.split('`').enumerate() {
        match at % 2 {
            0 => html.push_str(&escape(part)),
            _ => html.push_str(&format!("<code>{}</code>", escape(part))),
        }
    }
    html
}

/// `text` in one line, for content and for quoted values of attributes.
fn escape(text: &str) -> String {
    markup(&visible(text))
}

/// `text` with what HTML reads as markup as references.
fn markup(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}
