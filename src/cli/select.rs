//! From paths and filters to documents and the examples that were meant.
//!
//! Runs nothing and prints no result; tells about paths that could not be read.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::args::SelectArgs;
use super::{Here, machine};
use crate::config::Config;
use crate::discover::{self, Notice};
use crate::error::Error;
use crate::model::{Cue, DocPath, Document, Entry, Found, Lang, Snippet, SnippetId};
use crate::pipeline;

/// What was found where the user pointed.
pub(crate) struct Selection {
    /// In order of their names.
    pub(crate) documents: Vec<Document>,
    /// What each document holds, chosen or not.
    pub(crate) found: Vec<Found>,
    /// Which examples were meant.
    pub(crate) pick: Pick,
    /// Whether something that was asked for could not be read.
    pub(crate) lost: bool,
    /// The document that came over standard input.
    pub(crate) piped: Option<DocPath>,
}

impl Selection {
    /// Every chosen example with its document.
    pub(crate) fn chosen(&self) -> impl Iterator<Item = (&Document, &Snippet)> {
        let pairs = self.documents.iter().zip(&self.found);
        pairs.flat_map(|(document, found)| {
            self.chosen_of(document, found).map(move |snippet| (document, snippet))
        })
    }

    /// The chosen ones of the examples that were `found` in `document`.
    pub(crate) fn chosen_of<'s>(
        &'s self,
        document: &'s Document,
        found: &'s Found,
    ) -> impl Iterator<Item = &'s Snippet> {
        found.snippets.iter().filter(|snippet| self.pick.keeps_snippet(document, snippet))
    }

    /// What each document holds, without the examples that were not chosen.
    pub(crate) fn only_chosen(&self) -> Vec<Found> {
        let pairs = self.documents.iter().zip(&self.found);
        pairs
            .map(|(document, found)| {
                let mut found = found.clone();
                found.snippets.retain(|snippet| self.pick.keeps_snippet(document, snippet));
                found
            })
            .collect()
    }
}

/// Which examples are meant.
#[derive(Debug, Default)]
pub(crate) struct Pick {
    /// Documents of which only the examples at these lines are meant.
    lines: Vec<(DocPath, u32)>,
    /// Documents that are meant as a whole, lines or not.
    whole: BTreeSet<DocPath>,
    class: Vec<Lang>,
    filter: Vec<String>,
}

impl Pick {
    /// By class and filter only.
    pub(crate) fn new(class: &[Lang], filter: &[String]) -> Self {
        Self { class: class.to_vec(), filter: filter.to_vec(), ..Self::default() }
    }

    /// Whether the stored example is meant.
    pub(crate) fn keeps(&self, entry: &Entry) -> bool {
        self.is_meant(&entry.source.document, &entry.id, entry.class, (entry.start, entry.end))
    }

    fn keeps_snippet(&self, document: &Document, snippet: &Snippet) -> bool {
        let lines = document.lines.lines_of(snippet.at);
        self.is_meant(&document.path, &snippet.id, snippet.classification.lang, lines)
    }

    fn is_meant(&self, doc: &DocPath, id: &SnippetId, class: Lang, at: (u32, u32)) -> bool {
        let by_class = self.class.is_empty() || self.class.contains(&class);
        let by_filter = self.filter.is_empty()
            || self.filter.iter().any(|text| {
                id.as_str().starts_with(text.as_str()) || doc.as_str().contains(text.as_str())
            });
        let mut lines = self.lines.iter().filter(|(named, _)| named == doc).peekable();
        let by_line = lines.peek().is_none()
            || self.whole.contains(doc)
            || lines.any(|(_, line)| (at.0..=at.1).contains(line));
        by_class && by_filter && by_line
    }
}

/// Finds the documents and examples that `args` mean.
///
/// # Errors
/// When standard input or the list of paths cannot be read.
pub(crate) fn select(args: &SelectArgs, config: &Config, here: &Here) -> Result<Selection, Error> {
    let paths = paths(args)?;
    let mut exclude = config.settings.exclude.clone().unwrap_or_default();
    exclude.extend(args.exclude.iter().cloned());
    exclude.extend(own_folder(config));
    let force_exclude = args.force_exclude;
    let options = discover::Options { root: &config.root, exclude: &exclude, force_exclude };

    let mut notices = Vec::new();
    let mut documents = Vec::new();
    let mut pick = Pick::new(&args.class, &args.filter);
    let mut plain = Vec::new();
    let mut piped = None;
    for path in paths {
        if path == Path::new("-") {
            let (document, told) = standard_input(&args.stdin_filename)?;
            piped = document.as_ref().map(|document| document.path.clone());
            pick.whole.extend(piped.clone());
            documents.extend(document);
            notices.extend(told);
        } else if let Some((file, line)) = file_and_line(&path) {
            let (found, told) = discover::discover(&[file], &options);
            pick.lines.extend(found.iter().map(|document| (document.path.clone(), line)));
            documents.extend(found);
            notices.extend(told);
        } else {
            plain.push(path);
        }
    }
    let (found, told) = discover::discover(&plain, &options);
    pick.whole.extend(found.iter().map(|document| document.path.clone()));
    documents.extend(found);
    notices.extend(told);
    documents.sort_by(|one, two| one.path.cmp(&two.path));
    documents.dedup_by(|one, two| one.path == two.path);

    for document in &mut documents {
        document.format.clone_from(&args.input_format);
        if let Some((line, message)) = pipeline::trouble(document) {
            let path = document.path.to_string();
            notices.push(Notice { path, line: Some(line), message, lost: true });
        }
    }
    let found = pipeline::find_all(&documents, machine::processors());
    for (document, found) in documents.iter().zip(&found) {
        notices.extend(found.remarks.iter().map(|remark| {
            let path = document.path.to_string();
            let line = Some(document.lines.line(remark.at.start()));
            Notice { path, line, message: remark.message.clone(), lost: false }
        }));
    }
    for notice in &notices {
        say(notice, here);
    }
    let lost = notices.iter().any(|notice| notice.lost);
    let mut selection = Selection { documents, found, pick, lost, piped };
    settle_lines(&mut selection, here);
    Ok(selection)
}

/// What we write is no document of the user's.
fn own_folder(config: &Config) -> Option<String> {
    let folder = config.snapshots();
    let inside = folder.strip_prefix(&config.root).ok()?.to_str()?;
    let harmless = !inside.is_empty() && !inside.contains(['*', '?', '[', '\\', '!', '#']);
    harmless.then(|| format!("/{inside}/"))
}

fn say(notice: &Notice, here: &Here) {
    if notice.lost { here.talk.warn(notice) } else { here.talk.note(notice) }
}

/// The example at a line; the fence around one is taken for the example.
pub(crate) fn example_at<'a>(
    document: &Document,
    found: &'a Found,
    line: u32,
) -> Option<&'a Snippet> {
    let within = |snippet: &&Snippet, margin: u32| {
        let (start, end) = document.lines.lines_of(snippet.at);
        (start.saturating_sub(margin)..=end + margin).contains(&line)
    };
    let fence = |snippet: &&Snippet| snippet.cue == Cue::Fenced && within(snippet, 1);
    let mut snippets = found.snippets.iter();
    snippets.clone().find(|snippet| within(snippet, 0)).or_else(|| snippets.find(fence))
}

/// Makes every line that was named one of its example's, and tells where there is none.
fn settle_lines(selection: &mut Selection, here: &Here) {
    for (doc, line) in &mut selection.pick.lines {
        let Some(at) = selection.documents.iter().position(|document| document.path == *doc) else {
            continue;
        };
        let document = &selection.documents[at];
        match example_at(document, &selection.found[at], *line) {
            Some(snippet) => *line = document.lines.line(snippet.at.start()),
            None => here.talk.warn(format!(
                "{doc}:{line}: no example at this line; `stillruns explain` tells why"
            )),
        }
    }
}

/// All paths that are meant: as arguments, from a list, or else the current folder.
fn paths(args: &SelectArgs) -> Result<Vec<PathBuf>, Error> {
    let mut paths = args.paths.clone();
    if let Some(list) = &args.files_from {
        let bytes = if list == Path::new("-") {
            read_standard_input()?
        } else {
            fs::read(list).map_err(|error| Error::io("read", list, error))?
        };
        let text = String::from_utf8(bytes)
            .map_err(|_| Error::invalid("read", list, "it is not UTF-8"))?;
        paths.extend(text.lines().filter(|line| !line.is_empty()).map(PathBuf::from));
    } else if paths.is_empty() {
        paths.push(PathBuf::from("."));
    }
    Ok(paths)
}

fn standard_input(name: &str) -> Result<(Option<Document>, Vec<Notice>), Error> {
    Ok(discover::document(DocPath::new(name), read_standard_input()?))
}

fn read_standard_input() -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let wrap = |error| Error::io("read", Path::new("standard input"), error);
    io::stdin().lock().take(discover::LARGEST + 1).read_to_end(&mut bytes).map_err(wrap)?;
    if bytes.len() as u64 > discover::LARGEST {
        let cause = format!("it is larger than {} MiB", discover::LARGEST >> 20);
        return Err(Error::invalid("read", Path::new("standard input"), cause));
    }
    Ok(bytes)
}

/// `FILE:LINE`, unless there is a file of just that name.
pub(crate) fn file_and_line(path: &Path) -> Option<(PathBuf, u32)> {
    if path.exists() {
        return None;
    }
    let (file, line) = path.to_str()?.rsplit_once(':')?;
    let line = line.parse().ok().filter(|line| *line > 0)?;
    (!file.is_empty()).then(|| (PathBuf::from(file), line))
}
