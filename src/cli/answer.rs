//! What `stillruns classify` says of a text.
//!
//! Looks nothing up and prints nothing.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet as Frame};
use serde::Serialize;
use serde_json::Value;

use crate::model::{Evidence, Lang, Strength, Versions};
use crate::pipeline::Fragment;
use crate::text::{LineIndex, visible};

/// The answer about one text.
#[derive(Serialize)]
pub(crate) struct Answer {
    #[serde(skip_serializing_if = "Value::is_null")]
    id: Value,
    /// `py2`, `py3`, `shell` or `none`.
    class: &'static str,
    /// Every class that runs it.
    accepts: Vec<&'static str>,
    /// The oldest and the newest Python that run it; no newest where nothing speaks against later
    /// ones.
    min: Option<String>,
    max: Option<String>,
    /// What its author wrote it for, where that shows.
    authored: Option<&'static str>,
    /// In percent.
    confidence: Option<u8>,
    /// Why it is no code.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    evidence: Vec<Seen>,
}

/// One observation.
#[derive(Serialize)]
struct Seen {
    what: String,
    /// The class it speaks for; `none` is "no code".
    speaks_for: &'static str,
    /// The versions that have it, where not all do.
    #[serde(skip_serializing_if = "Option::is_none")]
    versions: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    strength: Option<&'static str>,
    /// Bytes of the text, where it has a place.
    #[serde(skip_serializing_if = "Option::is_none")]
    span: Option<[usize; 2]>,
}

impl Answer {
    /// What was found out about the text called `id`.
    pub(crate) fn new(id: Value, fragment: &Fragment) -> Self {
        let seen = |all: &[Evidence]| all.iter().map(|one| Seen::new(one, fragment)).collect();
        match &fragment.result {
            Ok(found) => Self {
                id,
                class: found.lang.as_str(),
                accepts: found.accepts.iter().map(|lang| lang.as_str()).collect(),
                min: found.versions.min().map(|version| version.to_string()),
                max: found.versions.max().map(|version| version.to_string()),
                authored: found.authored.map(Lang::as_str),
                confidence: Some(found.confidence),
                reason: None,
                evidence: seen(&found.evidence),
            },
            Err(skip) => Self {
                id,
                class: "none",
                accepts: Vec::new(),
                min: None,
                max: None,
                authored: None,
                confidence: None,
                reason: Some(skip.reason.to_string()),
                evidence: seen(&skip.evidence),
            },
        }
    }

    /// The answer as one line of JSON.
    pub(crate) fn json(&self) -> String {
        serde_json::to_string(self).expect("strings and numbers are always JSON") + "\n"
    }
}

impl Seen {
    fn new(evidence: &Evidence, fragment: &Fragment) -> Self {
        let binds = evidence.versions != Versions::ALL;
        let at = evidence.at.and_then(|at| fragment.code.origin_span(at));
        Self {
            what: evidence.signal.to_string(),
            speaks_for: evidence.speaks_for.map_or("none", Lang::as_str),
            versions: binds.then(|| evidence.versions.to_string()),
            strength: binds.then(|| strength(evidence.strength)),
            span: at.map(|at| [at.start(), at.end()]),
        }
    }
}

fn strength(strength: Strength) -> &'static str {
    match strength {
        Strength::Weak => "weak",
        Strength::Strong => "strong",
        Strength::Hard => "hard",
    }
}

/// The answer for people: what `text` is, and the evidence at its lines.
pub(crate) fn told(name: &str, text: &str, fragment: &Fragment, color: bool) -> String {
    let (head, evidence) = match &fragment.result {
        Ok(found) => {
            let accepts: Vec<&str> = found.accepts.iter().map(|lang| lang.as_str()).collect();
            let mut head = format!("{}, {} % sure\n", found.lang, found.confidence);
            if found.lang.is_python() {
                head +=
                    &format!("  runs on   Python {} ({})\n", found.versions, accepts.join(", "));
            }
            if let Some(authored) = found.authored {
                head += &format!("  meant for {authored}\n");
            }
            (head, &found.evidence)
        }
        Err(skip) => (format!("no code: {}\n", visible(&skip.reason.to_string())), &skip.evidence),
    };
    let place = |one: &&Evidence| one.at.and_then(|at| fragment.code.origin_span(at)).is_none();
    let mut answer = head;
    for one in evidence.iter().filter(place) {
        let about = one.speaks_for.map_or("not code", Lang::as_str);
        answer += &format!("  evidence  {} ({about})\n", visible(&one.to_string()));
    }
    answer + &pointed(name, text, fragment, evidence, color)
}

/// Lines beyond these are not shown: the first ones tell enough.
const MOST_LINES: usize = 40;

/// The lines of `text` with carets under what was seen.
fn pointed(
    name: &str,
    text: &str,
    fragment: &Fragment,
    evidence: &[Evidence],
    color: bool,
) -> String {
    let end = text.split_inclusive('\n').take(MOST_LINES).map(str::len).sum();
    let lines = LineIndex::new(&text[..end]);
    let mut frame = Frame::source(&text[..end]).path(visible(name)).fold(true);
    let mut any = false;
    for one in evidence {
        let at = one.at.and_then(|at| fragment.code.origin_span(at));
        let Some(at) = at.filter(|at| at.end() <= end) else { continue };
        // A caret under each line of a block would hide the code.
        let line = lines.span(lines.line(at.start()));
        let range = at.start()..at.end().min(line.end()).max(at.start());
        let label = visible(&one.to_string());
        frame = frame.annotation(AnnotationKind::Primary.span(range).label(label));
        any = true;
    }
    if !any {
        return String::new();
    }
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&[Group::with_level(Level::NOTE).element(frame)]) + "\n"
}
