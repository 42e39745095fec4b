//! The contract on disk between extracting and running.
//!
//! Readers refuse what they do not know: an unknown field or a newer version is an error, never a
//! guess.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cue, DirectiveEntry, DocPath, Lang, LaterEntry, LinkEntry, SnippetId, StepEntry};

/// The version that this program writes and the only one that it reads.
pub const MANIFEST_VERSION: u32 = 5;

/// `manifest.json`: where every extracted file came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`MANIFEST_VERSION`].
    pub version: u32,
    /// What wrote it.
    pub tool: Tool,
    /// One entry per file, by document and then by line.
    pub entries: Vec<Entry>,
}

/// The program that wrote a manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tool {
    /// `stillruns`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// One extracted file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The snippet's name.
    pub id: SnippetId,
    /// The file, relative to the manifest, with forward slashes.
    pub file: String,
    /// What it is run as.
    pub class: Lang,
    /// Every language that accepts it.
    pub accepts: Vec<Lang>,
    /// The versions of Python that run it, as PEP 440 writes it, such as `>=3.8,<3.12`; null where
    /// nothing tells them apart.
    pub python: Option<String>,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// The document it came from.
    pub source: Source,
    /// First line of the region in the document, one-based.
    pub start: u32,
    /// Last line of the region in the document, one-based.
    pub end: u32,
    /// What made it look like code.
    pub origin: Cue,
    /// The language that the markup declares, as written.
    pub tag: Option<String>,
    /// The one-based document line of every line of the file.
    pub lines: Vec<u32>,
    /// Of every line of the file the columns, and those of the document that they came from, as
    /// `1:5 9:14`: from column 1 on it is what stands there from column 5 on, and so forth.
    /// One-based, in characters.
    pub columns: Vec<String>,
    /// What is typed and what that prints, in order; empty where the document shows no output.
    pub steps: Vec<StepEntry>,
    /// How it is to be run: first what holds for all of the document, last what stands nearest.
    pub directives: Vec<DirectiveEntry>,
    /// The earlier entries of its document that it needs directly, in their order.
    pub links: Vec<LinkEntry>,
    /// Names that it needs and that only a later entry defines.
    pub later: Vec<LaterEntry>,
    /// What the class rests on.
    pub evidence: Vec<Noted>,
    /// What normalizing changed.
    pub edits: Vec<Noted>,
}

/// A document that snippets came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Its name.
    pub document: DocPath,
    /// SHA-256 of its decoded text, in hexadecimal.
    pub sha256: String,
}

/// A remark for people: a piece of evidence or an edit, with its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Noted {
    /// What was seen or done.
    pub what: String,
    /// The one-based document line, where it has one.
    pub line: Option<u32>,
}
