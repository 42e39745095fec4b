//! Snippet files and their manifest: written, brought up to date, loaded.
//!
//! Decides nothing about snippets, and runs none. Files that no manifest lists are nobody's
//! business here: they are neither read nor removed.

mod atomic;
mod layout;
mod manifest;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::model::{
    DocPath, Document, Entry, Found, Graph, Link, Manifest, Noted, SnippetId, sha256_hex,
};
use crate::text::Span;

pub(crate) use atomic::{lock, read, remove, write};
pub(crate) use layout::{MANIFEST, folder};

/// An extracted file with what is known about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stored {
    /// What the manifest says.
    pub entry: Entry,
    /// What the file holds, also when somebody changed it after it was extracted.
    pub code: String,
}

/// What one document holds, in the form in which it is extracted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Held {
    /// Its examples, by line.
    pub stored: Vec<Stored>,
    /// How many regions are none.
    pub skipped: u32,
    /// What its author should be told of directives.
    pub remarks: Vec<Noted>,
}

/// What was `found` in `document`, as [`extract`] would write it and [`load`] read it again.
pub fn hold(document: &Document, found: &Found) -> Held {
    let (manifest, contents) = manifest::make(&[(document, found)]);
    let stored = manifest.entries.into_iter().zip(contents);
    Held {
        stored: stored.map(|(entry, (_, code))| Stored { entry, code }).collect(),
        skipped: u32::try_from(found.skips.len()).unwrap_or(u32::MAX),
        remarks: remarks(document, found),
    }
}

/// The remarks that were `found` in `document`, with their lines.
pub fn remarks(document: &Document, found: &Found) -> Vec<Noted> {
    let line = |at: Span| Some(document.lines.line(at.start()));
    let all = found.remarks.iter();
    all.map(|one| Noted { what: one.message.clone(), line: line(one.at) }).collect()
}

/// What an extract would do, or did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extraction {
    /// The new manifest.
    pub manifest: Manifest,
    /// Files that are new or differ, relative to the root.
    pub written: Vec<String>,
    /// Files of the old manifest that no snippet stands behind any more.
    pub removed: Vec<String>,
    /// Files like those of `removed` that stay because somebody changed them.
    pub left: Vec<String>,
    contents: Vec<(String, String)>,
}

impl Extraction {
    /// Whether the folder already holds exactly this.
    pub fn is_current(&self) -> bool {
        self.written.is_empty() && self.removed.is_empty()
    }
}

/// Writes every snippet of `found` and the manifest below `root`, and removes the files of the
/// old manifest that are no longer wanted. Files that hold the same already are not touched.
///
/// # Errors
/// When the old manifest cannot be read, a file would leave the root, or the system refuses.
pub fn extract(root: &Path, found: &[(&Document, &Found)]) -> Result<Extraction, Error> {
    let extraction = compare(root, found)?;
    for (file, contents) in &extraction.contents {
        write(root, Path::new(file), contents.as_bytes())?;
    }
    for file in &extraction.removed {
        remove(root, Path::new(file))?;
    }
    Ok(extraction)
}

/// What [`extract`] would do, without doing it.
///
/// # Errors
/// As [`extract`], as far as reading goes.
pub fn compare(root: &Path, found: &[(&Document, &Found)]) -> Result<Extraction, Error> {
    let old = manifest::read(root)?;
    let (manifest, mut contents) = manifest::make(found);
    contents.push((MANIFEST.to_owned(), manifest::render(&manifest)));
    let mut differing = Vec::new();
    for (file, text) in contents {
        if read(root, Path::new(&file))?.as_deref() != Some(text.as_bytes()) {
            differing.push((file, text));
        }
    }
    let (mut removed, mut left) = (Vec::new(), Vec::new());
    for entry in old.iter().flat_map(|old| &old.entries) {
        if manifest.entries.iter().any(|new| new.file == entry.file) {
            continue;
        }
        match read(root, Path::new(&entry.file))? {
            Some(contents) if sha256_hex(&contents) == entry.sha256 => {
                removed.push(entry.file.clone());
            }
            Some(_) => left.push(entry.file.clone()),
            None => {}
        }
    }
    let written = differing.iter().map(|(file, _)| file.clone()).collect();
    Ok(Extraction { manifest, written, removed, left, contents: differing })
}

/// The links of `stored`, which are all that their documents hold, in its order, as [`hold`] makes
/// and [`load`] checks them.
pub fn links(stored: &[&Stored]) -> Graph {
    graph(stored.iter().map(|stored| &stored.entry)).unwrap_or_default()
}

/// The links of `entries`, or why a manifest cannot be as it is.
fn graph<'e>(entries: impl Iterator<Item = &'e Entry>) -> Result<Graph, String> {
    let mut places: HashMap<(&DocPath, &SnippetId), usize> = HashMap::new();
    let mut links = Vec::new();
    for (at, entry) in entries.enumerate() {
        let document = &entry.source.document;
        let mut needs = Vec::new();
        for link in &entry.links {
            let Some(to) = places.get(&(document, &link.id)) else {
                return Err(format!(
                    "`{}` needs `{}`, which is no earlier entry of its document",
                    entry.id, link.id
                ));
            };
            needs.push(Link { to: *to, kind: link.kind.clone() });
        }
        links.push(needs);
        places.insert((document, &entry.id), at);
    }
    Graph::new(links).map_err(|_| "an entry needs itself".to_owned())
}

/// Loads every file that the manifest below `root` lists, in its order.
///
/// # Errors
/// When there is no manifest, it is not of this version, an entry needs one that does not come
/// before it, or a listed file is missing or no text.
pub fn load(root: &Path) -> Result<Vec<Stored>, Error> {
    let path = root.join(MANIFEST);
    let Some(manifest) = manifest::read(root)? else {
        return Err(Error::invalid(
            "read",
            &path,
            "there is no such file; `stillruns extract` makes it",
        ));
    };
    graph(manifest.entries.iter()).map_err(|cause| Error::invalid("read", &path, cause))?;
    manifest.entries.into_iter().map(|entry| load_one(root, entry)).collect()
}

fn load_one(root: &Path, entry: Entry) -> Result<Stored, Error> {
    let path: PathBuf = root.join(&entry.file);
    let Some(bytes) = read(root, Path::new(&entry.file))? else {
        return Err(Error::invalid("read", &path, "the manifest lists it and it is missing"));
    };
    match String::from_utf8(bytes) {
        Ok(code) => Ok(Stored { entry, code }),
        Err(_) => Err(Error::invalid("read", &path, "it is not UTF-8")),
    }
}
