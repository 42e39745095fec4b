//! `stillruns explain`: everything about one example, or why a line is none.
//!
//! Runs nothing; it names the command that does.

use std::path::{Path, PathBuf};

use crate::cli::args::ExplainArgs;
use crate::cli::select::{example_at, file_and_line};
use crate::cli::talk::print;
use crate::cli::{Here, exit, explanation};
use crate::config::Config;
use crate::discover::{self, Options};
use crate::error::Error;
use crate::model::SnippetId;
use crate::pipeline;
use crate::text::visible;

/// Runs the verb.
pub(crate) fn run(args: &ExplainArgs, here: &Here) -> Result<u8, Error> {
    let config = here.config(&args.config)?;
    let text = match file_and_line(&args.what) {
        Some((file, line)) => by_line(&file, line, &config, here.talk.color)?,
        None => by_id(&args.what, &config, here.talk.color)?,
    };
    print(&text)?;
    Ok(exit::CLEAN)
}

fn by_line(file: &Path, line: u32, config: &Config, color: bool) -> Result<String, Error> {
    let options = Options { root: &config.root, exclude: &[], force_exclude: false };
    let (documents, notices) = discover::discover(&[file.to_owned()], &options);
    let Some(document) = documents.first() else {
        let told = notices.first().map_or_else(|| file.display().to_string(), ToString::to_string);
        return Err(Error::usage(told));
    };
    if line > document.lines.count() {
        let count = document.lines.count();
        return Err(Error::usage(format!("{} has {count} lines only", document.path)));
    }
    let found = pipeline::find(document);
    let covers = |at| {
        let (start, end) = document.lines.lines_of(at);
        (start..=end).contains(&line)
    };
    if let Some(snippet) = example_at(document, &found, line) {
        return Ok(explanation::example(document, snippet, color));
    }
    let Some(skip) = found.skips.iter().find(|skip| covers(skip.at)) else {
        let path = visible(document.path.as_str());
        return Ok(format!("{path}:{line}: nothing here looks like code\n"));
    };
    Ok(explanation::skip(document, skip, color))
}

fn by_id(what: &Path, config: &Config, color: bool) -> Result<String, Error> {
    let typed = what.display().to_string();
    if SnippetId::try_from(typed.clone()).is_err() {
        let message = format!("`{typed}` is neither the id of an example nor FILE:LINE");
        return Err(Error::usage(message));
    }
    let exclude = config.settings.exclude.clone().unwrap_or_default();
    let options = Options { root: &config.root, exclude: &exclude, force_exclude: false };
    let (documents, _) = discover::discover(&[PathBuf::from(&config.root)], &options);
    for document in &documents {
        let found = pipeline::find(document);
        if let Some(snippet) = found.snippets.iter().find(|one| one.id.as_str() == typed) {
            return Ok(explanation::example(document, snippet, color));
        }
    }
    let root = config.root.display();
    Err(Error::usage(format!("there is no example `{typed}` in the documents of `{root}`")))
}
