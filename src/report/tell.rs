//! What several formats say in the same words: places, causes, the story behind a verdict.
//!
//! Everything here is one line or lines of plain text with control characters spelled out; what a
//! format must escape beyond that, it escapes itself.

use super::Options;
use crate::model::{Change, DocPath, Outcome, Summary, Verdict, Why};
use crate::text::visible;

/// Characters of one line of foreign text that formats with one line per example show.
const LONGEST: usize = 500;

/// The line of the document that the verdict is about.
pub(super) fn line(outcome: &Outcome) -> u32 {
    outcome.line.unwrap_or(outcome.start).max(1)
}

/// `guide.md:23`.
pub(super) fn place(outcome: &Outcome) -> String {
    visible(&format!("{}:{}", outcome.doc, line(outcome)))
}

/// The cause or the reason in one line; nothing for what passes.
pub(super) fn reason(verdict: &Verdict) -> Option<String> {
    let text = match verdict {
        Verdict::Pass => return None,
        Verdict::Fail(cause) => cause.to_string(),
        Verdict::Unjudged(why) => why.to_string(),
    };
    Some(short(&text))
}

/// A stable word for the kind of the cause or the reason, or `pass`.
pub(super) fn kind(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Fail(cause) => cause.kind(),
        Verdict::Unjudged(why) => why.kind(),
    }
}

/// The word for how it compares with what is recorded.
pub(super) fn change(outcome: &Outcome) -> &'static str {
    match outcome.change {
        Change::Same => "known",
        ref change => change.word(),
    }
}

/// `text` in one line, as much of it as is of use there.
pub(super) fn short(text: &str) -> String {
    cut(&visible(text), LONGEST)
}

/// A line of code, of which only tabs are left as they are.
pub(super) fn code(line: &str) -> String {
    let parts: Vec<String> = line.split('\t').map(visible).collect();
    parts.join("\t")
}

/// The first `most` characters of `text`, and an ellipsis when there are more.
pub(super) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// The broken examples: those first that were not recorded as broken, then in document order.
pub(super) fn problems(summary: &Summary) -> Vec<&Outcome> {
    let broken = |one: &&Outcome| matches!(one.verdict, Verdict::Fail(_));
    let mut problems: Vec<&Outcome> = summary.outcomes.iter().filter(broken).collect();
    problems.sort_by_key(|one| !one.newly_broken());
    problems
}

/// Lines that tell more than the cause: the code, what was printed, what the author may have meant.
pub(super) fn story(outcome: &Outcome) -> Vec<String> {
    let mut story = lines(outcome);
    let background = &outcome.background;
    for difference in &background.differences {
        story.push(format!("line {}: expected output", difference.line));
        story.extend(difference.expected.lines().map(|line| format!("- {}", short(line))));
        story.extend(difference.actual.lines().map(|line| format!("+ {}", short(line))));
    }
    if !outcome.run.stderr_tail.is_empty() {
        story.push("standard error:".to_owned());
        story.extend(stderr(outcome).iter().map(|line| format!("  {}", short(line))));
    }
    story.extend(trace(outcome));
    story.extend(loaded(outcome));
    story.extend(later(outcome));
    story.extend(background.suggestion.as_ref().map(|one| short(&one.message)));
    story.extend(since(outcome));
    story
}

/// How often the example ended otherwise when it was tried before, and how.
pub(super) fn tries(outcome: &Outcome) -> Option<String> {
    let earlier = &outcome.run.earlier;
    let said = |verdict: &Verdict| reason(verdict).unwrap_or_else(|| "pass".to_owned());
    let now = said(&outcome.verdict);
    let others: Vec<String> = earlier.iter().map(said).filter(|other| *other != now).collect();
    let first = others.first()?;
    Some(format!("otherwise in {} of {} tries: {first}", others.len(), earlier.len() + 1))
}

/// The last lines of standard error, in which lines of the document stand for those of the files
/// that were made of it.
pub(super) fn stderr(outcome: &Outcome) -> Vec<String> {
    let mut lines = outcome.run.stderr_tail.clone();
    for place in &outcome.run.stderr_places {
        if let Some(line) = lines.get_mut(place.at) {
            *line = line.replacen(&place.written, &place.meant, 1);
        }
    }
    lines
}

/// The lines around the broken one, with their numbers.
fn lines(outcome: &Outcome) -> Vec<String> {
    const AROUND: u32 = 2;
    let at = line(outcome);
    let numbered = (outcome.start..=u32::MAX).zip(outcome.background.source.lines());
    numbered
        .filter(|(number, _)| number.abs_diff(at) <= AROUND)
        .map(|(number, text)| {
            let mark = if number == at { '>' } else { ' ' };
            format!("{mark} {number:>5} | {}", short(text))
        })
        .collect()
}

/// What was run before it in the same state.
pub(super) fn loaded(outcome: &Outcome) -> Option<String> {
    if outcome.background.loaded.is_empty() {
        return None;
    }
    let one = |loaded: &crate::model::Loaded| match loaded.brings.len() {
        0 => format!("line {}", loaded.start),
        _ => format!("line {} ({})", loaded.start, short(&loaded.brings.join(", "))),
    };
    let all: Vec<String> = outcome.background.loaded.iter().map(one).collect();
    Some(format!("after the examples at {}", all.join(", ")))
}

/// Where the traceback goes on in examples that ran before it, the innermost first.
pub(super) fn trace(outcome: &Outcome) -> Option<String> {
    let trace = &outcome.background.trace;
    let inner = trace.last().filter(|line| !(outcome.start..=outcome.end).contains(line))?;
    let outer = trace.iter().rev().skip(1).take(MOST_FRAMES);
    let outer: Vec<String> = outer.map(|line| format!(", called at line {line}")).collect();
    Some(format!("raised at line {inner}{}", outer.concat()))
}

/// The most frames that are told.
const MOST_FRAMES: usize = 8;

/// Names that it needs and that only a later example defines.
pub(super) fn later(outcome: &Outcome) -> Option<String> {
    let later = &outcome.background.later;
    let one = |later: &crate::model::LaterEntry| {
        format!("`{}` is defined later, at line {}", short(&later.name), later.line)
    };
    let needs = matches!(outcome.verdict, Verdict::Unjudged(Why::NeedsContext(_)));
    let all: Vec<String> = later.iter().map(one).collect();
    (needs && !all.is_empty()).then(|| all.join("; "))
}

/// Since when it is as it is, and how often it flaked.
pub(super) fn since(outcome: &Outcome) -> Option<String> {
    let history = outcome.background.history.as_ref()?;
    let since = history.since.as_ref().map(|since| format!("so since {}", short(since)));
    let flaked = (history.flaked > 0)
        .then(|| format!("flaked {} before", plural(history.flaked as usize, "time")));
    let parts: Vec<String> = since.into_iter().chain(flaked).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// A document's name as it can be typed where the program was started.
pub(super) fn typed(doc: &DocPath, suffix: &str, options: &Options) -> String {
    let name = doc.as_str();
    let prefix = if name.starts_with('/') { "" } else { options.prefix.as_str() };
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

/// The path of a document below the top of the repository, where it lies there.
pub(super) fn path(doc: &DocPath, within: &str) -> String {
    if doc.as_str().starts_with('/') {
        return doc.as_str().to_owned();
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in within.split('/').chain(doc.as_str().split('/')).filter(|part| !part.is_empty()) {
        match (part, parts.last()) {
            ("..", Some(last)) if *last != ".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

/// `path` as a reference of RFC 3986, relative where the path is.
pub(super) fn uri(path: &str) -> String {
    let mut uri = String::new();
    if path.starts_with('/') {
        uri.push_str("file://");
    }
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

/// `1 example`, `2 examples`.
pub(super) fn plural(number: usize, word: &str) -> String {
    if number == 1 { format!("{number} {word}") } else { format!("{number} {word}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_begin_at_the_top_of_the_repository() {
        let cases = [
            ("guide.md", "", "guide.md"),
            ("a b/é.md", "docs/", "docs/a b/é.md"),
            ("../README.md", "docs/", "README.md"),
            ("../../x.md", "docs/", "../x.md"),
            ("/tmp/x.md", "docs/", "/tmp/x.md"),
        ];
        for (doc, within, expected) in cases {
            assert_eq!(path(&DocPath::new(doc), within), expected);
        }
        assert_eq!(uri("docs/a b:é%.md"), "docs/a%20b%3A%C3%A9%25.md");
        assert_eq!(uri("/tmp/x.md"), "file:///tmp/x.md");
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        assert_eq!(cut("éé", 2), "éé");
        assert_eq!(cut("ééé", 2), "éé…");
    }
}
