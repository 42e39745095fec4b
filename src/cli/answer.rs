//! What `stillruns classify` says of a text.
//!
//! Looks nothing up and prints nothing.

use serde::Serialize;
use serde_json::Value;

use super::carets::{self, Pointed};
use crate::model::{Evidence, Lang, Strength, Versions};
use crate::pipeline::Fragment;
use crate::text::{Span, visible};

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
        let at = evidence.at.and_then(places(fragment));
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
    let places = places(fragment);
    let seen: Vec<Pointed<'_>> =
        evidence.iter().map(|one| (one, one.at.and_then(&places))).collect();
    head + &carets::unplaced(&seen) + &carets::placed(name, text, 1, &seen, color)
}

/// Where in the text a place of the evidence is: what is code has its places in the normalized
/// code, a skip in the text itself.
fn places(fragment: &Fragment) -> impl Fn(Span) -> Option<Span> {
    move |at| match &fragment.result {
        Ok(_) => fragment.code.origin_span(at),
        Err(_) => Some(at),
    }
}
