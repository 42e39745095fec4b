//! Which record belongs to which example: by its id; or where that changed by what it holds, in its
//! own document or in another; or else by its place between others.
//!
//! Knows no verdicts. Looks at files only to find records of documents that are gone.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use super::file::{Record, Recorded, first_line};
use super::{NAME, collect, parsed, path, read};
use crate::error::Error;
use crate::model::{DocPath, Lang, SnippetId, Way};

/// The records of several documents.
#[derive(Debug, Default)]
pub struct Book {
    records: BTreeMap<DocPath, Recorded>,
    /// Documents that have records and are gone.
    orphans: BTreeSet<DocPath>,
}

/// An example as it is now.
#[derive(Clone, Copy, Debug)]
pub struct Present<'p> {
    /// Its document.
    pub doc: &'p DocPath,
    /// Its name.
    pub id: &'p SnippetId,
    /// What it was run as.
    pub class: Lang,
    /// What it holds, see [`content_of`](super::content_of).
    pub content: &'p str,
    /// Its code.
    pub code: &'p str,
}

/// The record of an example.
#[derive(Clone, Copy, Debug)]
pub struct Known<'b> {
    /// The record.
    pub record: &'b Record,
    /// The document that it is recorded for.
    pub from: &'b DocPath,
    /// What became of the example since.
    pub way: Way,
    /// Its place among the records of that document.
    place: usize,
}

/// What belongs together.
#[derive(Debug)]
pub struct Matched<'b> {
    /// The record of each example, in their order.
    pub known: Vec<Option<Known<'b>>>,
    /// Records that no example stands behind any more.
    pub gone: Vec<(&'b DocPath, &'b Record)>,
}

impl Book {
    /// The records of `documents` below the snapshot folder `snapshots`, and those of documents that
    /// are no longer below `root`, where one is given.
    ///
    /// # Errors
    /// When one is malformed, or the system refuses.
    pub fn open<'d>(
        snapshots: &Path,
        root: Option<&Path>,
        documents: impl IntoIterator<Item = &'d DocPath>,
    ) -> Result<Self, Error> {
        let mut book = Self::default();
        for document in documents {
            if let Some(recorded) = read(&path(snapshots, document))? {
                book.records.insert(document.clone(), recorded);
            }
        }
        let orphans = root.map_or_else(|| Ok(Vec::new()), |root| unreferenced(snapshots, root))?;
        for (document, recorded) in orphans {
            if !book.records.contains_key(&document) {
                book.orphans.insert(document.clone());
                book.records.insert(document, recorded);
            }
        }
        Ok(book)
    }

    /// What is recorded for `document`.
    pub fn recorded(&self, document: &DocPath) -> Option<&Recorded> {
        self.records.get(document)
    }

    /// Whether `document` has records and is gone.
    pub fn is_orphan(&self, document: &DocPath) -> bool {
        self.orphans.contains(document)
    }

    /// Finds the record of every one of `present`, which are all the examples of their documents,
    /// in their order.
    pub fn matched(&self, present: &[Present<'_>]) -> Matched<'_> {
        let mut open = Open::new(&self.records);
        let mut known: Vec<Option<Known<'_>>> = vec![None; present.len()];
        for (one, known) in present.iter().zip(&mut known) {
            *known = open.take(&Name::Id(one.doc, one.id));
        }
        for (one, known) in unknown(present, &mut known) {
            *known = open.take(&Name::Here(one.doc, one.content));
        }
        for (one, known) in unknown(present, &mut known) {
            let way = |from| if self.is_orphan(from) { Way::Renamed } else { Way::Moved };
            let moved = open.take(&Name::Anywhere(one.content));
            *known = moved.map(|moved| Known { way: way(moved.from), ..moved });
        }
        let mut from = 0;
        while from < present.len() {
            let doc = present[from].doc;
            let to = from + present[from..].iter().take_while(|one| one.doc == doc).count();
            if let Some(recorded) = self.records.get(doc) {
                let known = &mut known[from..to];
                tell_moves(doc, known);
                tell_edits(&present[from..to], recorded, known, &mut open);
            }
            from = to;
        }
        Matched { known, gone: open.rest() }
    }
}

fn unknown<'a, 'p, 'b>(
    present: &'a [Present<'p>],
    known: &'a mut [Option<Known<'b>>],
) -> impl Iterator<Item = (&'a Present<'p>, &'a mut Option<Known<'b>>)> {
    present.iter().zip(known).filter(|(_, known)| known.is_none())
}

/// Of the examples that stayed in `doc`, those that stand in another order than their records are
/// moved: as few as can be.
fn tell_moves(doc: &DocPath, known: &mut [Option<Known<'_>>]) {
    let stayed: Vec<usize> = (0..known.len())
        .filter(|&at| known[at].is_some_and(|one| one.from == doc && one.way == Way::Stayed))
        .collect();
    let place = |at: usize| known[at].map_or(0, |one| one.place);
    // The longest rising row of places: by its length, the end that comes first, and for every
    // example the one before it.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: HashMap<usize, usize> = HashMap::new();
    for &at in &stayed {
        let length = ends.partition_point(|&end| place(end) < place(at));
        if length > 0 {
            before.insert(at, ends[length - 1]);
        }
        if length == ends.len() {
            ends.push(at);
        } else {
            ends[length] = at;
        }
    }
    let mut steady = BTreeSet::new();
    let mut next = ends.last().copied();
    while let Some(at) = next {
        steady.insert(at);
        next = before.get(&at).copied();
    }
    for at in stayed.into_iter().filter(|at| !steady.contains(at)) {
        if let Some(one) = &mut known[at] {
            one.way = Way::Moved;
        }
    }
}

/// Examples of one document that no record was found for, to records between the same neighbors:
/// those that begin alike, and those that are as many.
fn tell_edits<'b>(
    present: &[Present<'_>],
    recorded: &'b Recorded,
    known: &mut [Option<Known<'b>>],
    open: &mut Open<'b>,
) {
    let mut at = 0;
    while at < present.len() {
        if known[at].is_some() {
            at += 1;
            continue;
        }
        let doc = present[at].doc;
        let end = at + known[at..].iter().take_while(|one| one.is_none()).count();
        let steady = |one: &Option<Known<'_>>| {
            let stayed = one.filter(|one| one.from == doc && one.way != Way::Moved);
            stayed.map(|one| one.place)
        };
        let first = known[..at].iter().rev().find_map(steady).map_or(0, |place| place + 1);
        let last = known[end..].iter().find_map(steady).unwrap_or(recorded.records.len());
        let mut examples: Vec<usize> = (at..end).collect();
        let mut left: Vec<Known<'b>> =
            (first..last).filter_map(|place| open.peek(doc, place)).collect();
        examples.retain(|&at| {
            let begins = first_line(present[at].code);
            let alike = |one: &Known<'b>| {
                one.record.class() == present[at].class && one.record.code() == begins
            };
            let Some(found) = left.iter().position(alike) else { return true };
            known[at] = Some(open.take_edited(left.remove(found)));
            false
        });
        let pairs = examples.iter().zip(&left);
        if examples.len() == left.len()
            && pairs.clone().all(|(at, one)| one.record.class() == present[*at].class)
        {
            for (at, one) in pairs {
                known[*at] = Some(open.take_edited(*one));
            }
        }
        at = end;
    }
}

/// What a record can be found by.
#[derive(PartialEq, Eq, Hash)]
enum Name<'n> {
    Id(&'n DocPath, &'n SnippetId),
    Here(&'n DocPath, &'n str),
    Anywhere(&'n str),
}

/// Records that no example was found for yet.
struct Open<'b> {
    all: Vec<Option<Known<'b>>>,
    by: HashMap<Name<'b>, Vec<usize>>,
    /// Where the records of each document begin.
    begins: HashMap<&'b DocPath, usize>,
}

impl<'b> Open<'b> {
    fn new(records: &'b BTreeMap<DocPath, Recorded>) -> Self {
        let mut open = Self { all: Vec::new(), by: HashMap::new(), begins: HashMap::new() };
        for (from, recorded) in records {
            open.begins.insert(from, open.all.len());
            for (record, place) in recorded.records.iter().zip(0..) {
                let mut names = vec![Name::Id(from, record.id())];
                // Two examples that hold nothing are no more alike than any others.
                if !record.content().is_empty() {
                    let content = record.content();
                    names.extend([Name::Here(from, content), Name::Anywhere(content)]);
                }
                for name in names {
                    open.by.entry(name).or_default().push(open.all.len());
                }
                open.all.push(Some(Known { record, from, way: Way::Stayed, place }));
            }
        }
        open
    }

    fn take(&mut self, name: &Name<'_>) -> Option<Known<'b>> {
        let places = self.by.get(name)?;
        let at = places.iter().copied().find(|at| self.all[*at].is_some())?;
        self.all[at].take()
    }

    /// The record at `place` of `doc`, when it is open.
    fn peek(&self, doc: &DocPath, place: usize) -> Option<Known<'b>> {
        self.all.get(self.begins.get(doc)? + place).copied().flatten()
    }

    /// Takes a record that was peeked at for that of an example that was edited.
    fn take_edited(&mut self, known: Known<'b>) -> Known<'b> {
        if let Some(begin) = self.begins.get(known.from) {
            self.all[begin + known.place] = None;
        }
        Known { way: Way::Edited, ..known }
    }

    fn rest(self) -> Vec<(&'b DocPath, &'b Record)> {
        self.all.into_iter().flatten().map(|known| (known.from, known.record)).collect()
    }
}

/// The records below `snapshots` whose document is no longer below `root`, by document.
///
/// # Errors
/// When one is malformed, or the system refuses.
pub fn unreferenced(snapshots: &Path, root: &Path) -> Result<Vec<(DocPath, Recorded)>, Error> {
    let mut paths = Vec::new();
    collect(snapshots, NAME, &mut paths)?;
    let mut found = Vec::new();
    for file in paths {
        let Some((document, recorded)) = parsed(&file)? else { continue };
        // What lies elsewhere than where its document would be recorded is not ours to judge.
        let is_ours = path(snapshots, &document) == file;
        if is_ours && root.join(document.as_str()).symlink_metadata().is_err() {
            found.push((document, recorded));
        }
    }
    found.sort_by(|one, two| one.0.cmp(&two.0));
    Ok(found)
}
