//! Accepted code and its name.

use std::collections::HashMap;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    Classification, Cue, Directive, DocPath, Edit, Graph, Later, LaterEntry, Link, LinkEntry,
    Remark, Skip, Step, StepEntry,
};
use crate::text::{LineIndex, Mapped, Span};

/// The name of a snippet: twelve hexadecimal digits.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "String", into = "String")]
pub struct SnippetId(String);

impl SnippetId {
    const DIGITS: usize = 12;

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SnippetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<SnippetId> for String {
    fn from(id: SnippetId) -> Self {
        id.0
    }
}

impl TryFrom<String> for SnippetId {
    type Error = String;

    fn try_from(digits: String) -> Result<Self, Self::Error> {
        let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if digits.len() == Self::DIGITS && digits.bytes().all(hex) {
            Ok(Self(digits))
        } else {
            Err(format!("`{digits}` is not a snippet id: twelve hexadecimal digits"))
        }
    }
}

/// Makes the ids of one document. An id is made of the document's path, the original code and an
/// ordinal among equal ones, so edits elsewhere in the document do not change it.
#[derive(Debug)]
pub struct IdMaker {
    path: DocPath,
    seen: HashMap<String, u32>,
}

impl IdMaker {
    /// Begins the ids of the document `path`.
    pub fn new(path: DocPath) -> Self {
        Self { path, seen: HashMap::new() }
    }

    /// The id of the next snippet whose original text is `code`.
    pub fn next(&mut self, code: &str) -> SnippetId {
        let trimmed = code.trim();
        let ordinal = self.seen.entry(trimmed.to_owned()).or_default();
        *ordinal += 1;
        let mut digest = sha256_hex(format!("{}\0{trimmed}\0{ordinal}", self.path).as_bytes());
        digest.truncate(SnippetId::DIGITS);
        SnippetId(digest)
    }
}

/// A region accepted as Python or shell, normalized.
#[derive(Clone, Debug)]
pub struct Snippet {
    /// Its name.
    pub id: SnippetId,
    /// The whole region in the document, prompts and outputs included.
    pub at: Span,
    /// What made it look like code.
    pub cue: Cue,
    /// The language that the markup declares, as written.
    pub tag: Option<String>,
    /// The normalized code.
    pub code: Mapped,
    /// What it is, and why.
    pub classification: Classification,
    /// What normalizing changed.
    pub edits: Vec<Edit>,
    /// What is typed and what that prints, in order; empty where the document shows no output.
    pub steps: Vec<Step>,
    /// How it is to be run: first what holds for all of the document, last what stands nearest.
    pub directives: Vec<Directive>,
    /// The first and last of the numbers that the kernel gave what is typed in it, where the
    /// document tells them.
    pub numbers: Option<(u32, u32)>,
}

impl Snippet {
    /// The steps as they are written; `lines` is the index of the document.
    pub fn entries(&self, lines: &LineIndex) -> Vec<StepEntry> {
        let sources = self.code.source_lines(lines);
        self.steps.iter().map(|step| step.entry(&sources, lines)).collect()
    }

    /// The one-based line of the document that its region begins in.
    pub fn first_line(&self, lines: &LineIndex) -> u32 {
        lines.lines_of(self.at).0
    }
}

/// Everything that was found in one document.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The code, in the order in which it runs: that of the document, but for numbered cells.
    pub snippets: Vec<Snippet>,
    /// The rest, in document order.
    pub skips: Vec<Skip>,
    /// What is wrong with its directives.
    pub remarks: Vec<Remark>,
    /// Which snippet needs which.
    pub links: Graph,
}

impl Found {
    /// What the snippet at the place `at` needs, as it is written; `lines` is the index of the
    /// document.
    pub fn link_entries(&self, at: usize, lines: &LineIndex) -> Vec<LinkEntry> {
        let entry = |link: &Link| {
            let to = self.snippets.get(link.to)?;
            Some(LinkEntry {
                id: to.id.clone(),
                line: to.first_line(lines),
                kind: link.kind.clone(),
            })
        };
        self.links.needs(at).iter().filter_map(entry).collect()
    }

    /// The same with only those snippets that are `wanted`, and what they need.
    #[must_use]
    pub fn only(&self, wanted: impl Fn(&Snippet) -> bool) -> Self {
        let places = (0..self.snippets.len()).filter(|&at| wanted(&self.snippets[at]));
        let kept = self.links.closure_of(places);
        let snippets = kept.iter().map(|&at| self.snippets[at].clone()).collect();
        let (skips, remarks) = (self.skips.clone(), self.remarks.clone());
        Self { snippets, skips, remarks, links: self.links.only(&kept) }
    }

    /// What the snippet at the place `at` needs and is defined too late, as it is written.
    pub fn later_entries(&self, at: usize, lines: &LineIndex) -> Vec<LaterEntry> {
        let entry = |later: &Later| {
            let line = self.snippets.get(later.at)?.first_line(lines);
            Some(LaterEntry { name: later.name.clone(), line })
        };
        self.links.later(at).filter_map(entry).collect()
    }
}

/// SHA-256 of `bytes` as 64 hexadecimal digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_depend_on_path_code_and_ordinal_only() {
        let mut one = IdMaker::new(DocPath::new("a.md"));
        let mut two = IdMaker::new(DocPath::new("a.md"));
        let first = one.next("ls\n");
        two.next("something else");
        assert_eq!(first, two.next("  ls"));
        assert_ne!(first, one.next("ls"));
        assert_ne!(first, IdMaker::new(DocPath::new("b.md")).next("ls"));
        assert_eq!(SnippetId::try_from(first.to_string()), Ok(first));
        assert!(SnippetId::try_from("../../etc/pw".to_owned()).is_err());
    }
}
