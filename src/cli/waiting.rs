//! From what the user names to the proposals that are meant, or some of their examples.
//!
//! Decides nothing over them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::Here;
use super::args::PendingArgs;
use super::select::{example_at, file_and_line};
use crate::config::Config;
use crate::discover::{self, Options};
use crate::error::Error;
use crate::model::SnippetId;
use crate::pipeline;
use crate::snapshot::{self, Delta, Pending};

/// A proposal that is meant.
pub(crate) struct Waiting {
    pub(crate) pending: Pending,
    /// The examples that are meant; all where this is nothing.
    pub(crate) only: Option<BTreeSet<SnippetId>>,
}

impl Waiting {
    /// Whether `delta` is meant where `only` these are.
    pub(crate) fn means(only: Option<&BTreeSet<SnippetId>>, delta: &Delta) -> bool {
        only.is_none_or(|only| {
            let sides = [&delta.old, &delta.new].into_iter().flatten();
            sides.into_iter().any(|record| only.contains(record.id()))
        })
    }
}

/// The proposals that `args` name, or all.
///
/// # Errors
/// When nothing is pending for something that was named, so that a mistyped name does not pass.
pub(crate) fn waiting(
    args: &PendingArgs,
    config: &Config,
    here: &Here,
) -> Result<Vec<Waiting>, Error> {
    let all = snapshot::pending(&config.snapshots())?;
    if args.paths.is_empty() {
        return Ok(all.into_iter().map(|pending| Waiting { pending, only: None }).collect());
    }
    let mut meant: BTreeMap<usize, Option<BTreeSet<SnippetId>>> = BTreeMap::new();
    for path in &args.paths {
        let named = match named_example(path, config, here)? {
            Some(id) => examples(&all, &id)
                .inspect(|&at| {
                    // Who means all of a document already means this one of it, too.
                    let only = meant.entry(at).or_insert_with(|| Some(BTreeSet::new()));
                    only.iter_mut().for_each(|only| {
                        only.insert(id.clone());
                    });
                })
                .count(),
            None => documents(&all, path, config, here)
                .inspect(|&at| {
                    meant.insert(at, None);
                })
                .count(),
        };
        if named == 0 {
            let message = format!("nothing is pending for `{}`", path.display());
            return Err(Error::usage(message));
        }
    }
    let waiting = all.into_iter().enumerate();
    Ok(waiting
        .filter_map(|(at, pending)| Some(Waiting { pending, only: meant.remove(&at)? }))
        .collect())
}

/// The places of the documents that `path` is or holds.
fn documents<'a>(
    all: &'a [Pending],
    path: &Path,
    config: &Config,
    here: &Here,
) -> impl Iterator<Item = usize> + 'a {
    let name = discover::name(&config.root, &here.folder.join(path)).to_string();
    let holds = move |document: &str| {
        name.is_empty() || document == name || document.starts_with(&format!("{name}/"))
    };
    (0..all.len()).filter(move |&at| holds(all[at].document.as_str()))
}

/// The places of the documents in which something waits for the example `id`.
fn examples<'a>(all: &'a [Pending], id: &'a SnippetId) -> impl Iterator<Item = usize> + 'a {
    let only = BTreeSet::from([id.clone()]);
    let has =
        move |pending: &Pending| pending.deltas.iter().any(|one| Waiting::means(Some(&only), one));
    (0..all.len()).filter(move |&at| has(&all[at]))
}

/// The example that `path` names by its id or by a line; nothing when it names no example.
fn named_example(path: &Path, config: &Config, here: &Here) -> Result<Option<SnippetId>, Error> {
    if !here.folder.join(path).exists()
        && let Some(id) = path.to_str().and_then(|text| SnippetId::try_from(text.to_owned()).ok())
    {
        return Ok(Some(id));
    }
    let Some((file, line)) = file_and_line(path) else { return Ok(None) };
    let options = Options { root: &config.root, exclude: &[], force_exclude: false };
    let (documents, notices) = discover::discover(&[here.folder.join(&file)], &options);
    let Some(document) = documents.first() else {
        let told = notices.first().map_or_else(|| file.display().to_string(), ToString::to_string);
        return Err(Error::usage(told));
    };
    let found = pipeline::find(document);
    let Some(example) = example_at(document, &found, line) else {
        return Err(Error::usage(format!("{}:{line}: no example at this line", document.path)));
    };
    Ok(Some(example.id.clone()))
}
