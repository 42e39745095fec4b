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
use crate::model::{Cue, DocPath, Document, Entry, Found, Lang, Noted, Shard, Snippet, SnippetId};
use crate::pipeline::{self, Memory, Partition};
use crate::store::{self, Held, Stored};

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
}

impl Selection {
    /// Every chosen example with its document.
    pub(crate) fn chosen(&self) -> impl Iterator<Item = (&Document, &Snippet)> {
        let pairs = self.documents.iter().zip(&self.found);
        pairs.flat_map(|(document, found)| {
            self.chosen_of(document, found).map(move |(_, snippet)| (document, snippet))
        })
    }

    /// The chosen ones of the examples that were `found` in `document`, with their places.
    pub(crate) fn chosen_of<'s>(
        &'s self,
        document: &'s Document,
        found: &'s Found,
    ) -> impl Iterator<Item = (usize, &'s Snippet)> {
        let all = found.snippets.iter().enumerate();
        all.filter(|(_, snippet)| self.pick.keeps_snippet(document, snippet))
    }

    /// What each document holds, without the examples that were not chosen and that none of those
    /// needs.
    pub(crate) fn only_chosen(&self) -> Vec<Found> {
        let pairs = self.documents.iter().zip(&self.found);
        pairs
            .map(|(document, found)| {
                found.only(|snippet| self.pick.keeps_snippet(document, snippet))
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
    /// The examples of this part of the run; all where it is not parted.
    part: Option<BTreeSet<SnippetId>>,
}

impl Pick {
    /// Only what `partition` leaves of `all`, which stand in their order; tells which part that is.
    pub(crate) fn only(&mut self, partition: &Partition, all: &[&Stored]) -> Shard {
        let chosen: Vec<&Stored> =
            all.iter().filter(|stored| self.keeps(&stored.entry)).copied().collect();
        let shard = partition.shard(chosen.iter().copied());
        let ids = shard.places.iter().map(|place| chosen[*place as usize].entry.id.clone());
        self.part = Some(ids.collect());
        shard
    }

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
        let by_part = self.part.as_ref().is_none_or(|part| part.contains(id));
        by_class && by_filter && by_line && by_part
    }
}

/// Documents with what each holds, ready to be run.
pub(crate) struct Holding {
    /// In order of their names.
    pub(crate) documents: Vec<Document>,
    /// What each document holds, chosen or not.
    pub(crate) held: Vec<Held>,
    /// Which examples were meant.
    pub(crate) pick: Pick,
    /// Whether something that was asked for could not be read.
    pub(crate) lost: bool,
    /// The document that came over standard input.
    pub(crate) piped: Option<DocPath>,
    /// The folders that were looked into, by the names that documents in them begin with.
    folders: Vec<String>,
}

impl Holding {
    /// Leaves only the part that is wanted, and tells which that is.
    pub(crate) fn part(&mut self, wanted: Option<&Partition>) -> Option<Shard> {
        let all: Vec<&Stored> = self.held.iter().flat_map(|held| &held.stored).collect();
        wanted.map(|wanted| self.pick.only(wanted, &all))
    }

    /// Whether a document of this name would have been looked at.
    pub(crate) fn would_hold(&self, doc: &DocPath) -> bool {
        let holds = |folder: &String| folder.is_empty() || doc.as_str().starts_with(folder);
        self.folders.iter().any(holds)
    }

    /// Every chosen example.
    pub(crate) fn chosen(&self) -> impl Iterator<Item = &Stored> {
        let stored = self.held.iter().flat_map(|held| &held.stored);
        stored.filter(|stored| self.pick.keeps(&stored.entry))
    }
}

/// Finds the documents and examples that `args` mean, by `memory` where it knows them.
///
/// # Errors
/// When standard input or the list of paths cannot be read.
pub(crate) fn hold(
    args: &SelectArgs,
    config: &Config,
    memory: &Memory,
    here: &Here,
) -> Result<Holding, Error> {
    let Gathered { documents, mut pick, lost, piped, folders } = gather(args, config, here)?;
    let held = memory.hold_all(&documents, machine::processors());
    for (document, held) in documents.iter().zip(&held) {
        remark(document, &held.remarks, here);
    }
    settle_lines(&mut pick, here, |doc, line| {
        let at = documents.iter().position(|document| document.path == *doc)?;
        let places = held[at].stored.iter().map(|stored| {
            let entry = &stored.entry;
            ((), (entry.start, entry.end), entry.origin)
        });
        Some(at_line(places, line).map(|((), start)| start))
    });
    Ok(Holding { documents, held, pick, lost, piped, folders })
}

/// Finds the documents and examples that `args` mean.
///
/// # Errors
/// When standard input or the list of paths cannot be read.
pub(crate) fn select(args: &SelectArgs, config: &Config, here: &Here) -> Result<Selection, Error> {
    let Gathered { documents, mut pick, lost, .. } = gather(args, config, here)?;
    let found = pipeline::find_all(&documents, machine::processors());
    for (document, found) in documents.iter().zip(&found) {
        remark(document, &store::remarks(document, found), here);
    }
    settle_lines(&mut pick, here, |doc, line| {
        let at = documents.iter().position(|document| document.path == *doc)?;
        let example = example_at(&documents[at], &found[at], line);
        Some(example.map(|snippet| documents[at].lines.line(snippet.at.start())))
    });
    if let Some(partition) = &args.partition {
        let held: Vec<Held> =
            documents.iter().zip(&found).map(|(one, found)| store::hold(one, found)).collect();
        pick.only(partition, &held.iter().flat_map(|held| &held.stored).collect::<Vec<_>>());
    }
    Ok(Selection { documents, found, pick, lost })
}

/// What the user pointed at, before anybody looked into it.
struct Gathered {
    documents: Vec<Document>,
    pick: Pick,
    lost: bool,
    piped: Option<DocPath>,
    folders: Vec<String>,
}

fn gather(args: &SelectArgs, config: &Config, here: &Here) -> Result<Gathered, Error> {
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
    let folders = plain.iter().filter(|path| here.folder.join(path).is_dir());
    let folders = folders.map(|path| folder_name(&here.folder.join(path), config)).collect();
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
    for notice in &notices {
        say(notice, here);
    }
    let lost = notices.iter().any(|notice| notice.lost);
    Ok(Gathered { documents, pick, lost, piped, folders })
}

/// What the names of documents in `folder` begin with.
fn folder_name(folder: &Path, config: &Config) -> String {
    match discover::name(&config.root, folder).as_str() {
        "" | "." => String::new(),
        name => format!("{}/", name.trim_end_matches('/')),
    }
}

/// What we write is no document of the user's.
fn own_folder(config: &Config) -> Option<String> {
    let folder = config.snapshots();
    let inside = folder.strip_prefix(&config.root).ok()?.to_str()?;
    let harmless = !inside.is_empty() && !inside.contains(['*', '?', '[', '\\', '!', '#']);
    harmless.then(|| format!("/{inside}/"))
}

/// Tells what the author of `document` should know.
fn remark(document: &Document, remarks: &[Noted], here: &Here) {
    for Noted { what, line } in remarks {
        let (path, message) = (document.path.to_string(), what.clone());
        say(&Notice { path, line: *line, message, lost: false }, here);
    }
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
    let places = found
        .snippets
        .iter()
        .map(|snippet| (snippet, document.lines.lines_of(snippet.at), snippet.cue));
    at_line(places, line).map(|(snippet, _)| snippet)
}

/// Of `places`, each with its first and last line, the one at `line`, and its first line.
fn at_line<T>(
    places: impl Iterator<Item = (T, (u32, u32), Cue)> + Clone,
    line: u32,
) -> Option<(T, u32)> {
    let within = |(start, end): (u32, u32), margin: u32| {
        (start.saturating_sub(margin)..=end + margin).contains(&line)
    };
    let mut inside = places.clone().filter(|(_, lines, _)| within(*lines, 0));
    let mut around = places.filter(|(_, lines, cue)| *cue == Cue::Fenced && within(*lines, 1));
    inside.next().or_else(|| around.next()).map(|(place, (start, _), _)| (place, start))
}

/// Makes every line that was named one of its example's, and tells where there is none. `first` is
/// the first line of the example at a line, where there is one, of a document that is known.
fn settle_lines(
    pick: &mut Pick,
    here: &Here,
    first: impl Fn(&DocPath, u32) -> Option<Option<u32>>,
) {
    for (doc, line) in &mut pick.lines {
        match first(doc, *line) {
            Some(Some(start)) => *line = start,
            Some(None) => here.talk.warn(format!(
                "{doc}:{line}: no example at this line; `stillruns explain` tells why"
            )),
            None => {}
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
