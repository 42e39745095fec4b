//! `stillruns history`: how an example ended in earlier runs.
//!
//! Tells what the ledger remembers; runs nothing.

use std::path::Path;

use serde::Serialize;

use crate::cli::args::{AnswerFormat, HistoryArgs};
use crate::cli::select::{example_at, file_and_line};
use crate::cli::talk::print;
use crate::cli::{Here, exit, remembered};
use crate::config::Config;
use crate::discover::{self, Options};
use crate::error::Error;
use crate::ledger::{Past, day};
use crate::model::SnippetId;
use crate::pipeline;
use crate::text::visible;

/// Runs the verb.
pub(crate) fn run(args: &HistoryArgs, here: &Here) -> Result<u8, Error> {
    let config = here.config(&args.config)?;
    let id = match file_and_line(&args.what) {
        Some((file, line)) => by_line(&file, line, &config)?,
        None => {
            let typed = args.what.display().to_string();
            let unknown = |_| {
                let message = format!("`{typed}` is neither the id of an example nor FILE:LINE");
                Error::usage(message)
            };
            SnippetId::try_from(typed.clone()).map_err(unknown)?
        }
    };
    let mut ledger = remembered::ledger(args.cache_dir.as_deref(), &config, here);
    let past = ledger.past(&[id.as_str()]).pop().flatten();
    if let Some(trouble) = ledger.trouble() {
        here.talk.warn(trouble);
    }
    let Some(past) = past else {
        here.talk.note(format!("nothing is remembered of `{id}`: it has not been run here"));
        return Ok(exit::NOTHING);
    };
    match args.format {
        AnswerFormat::Text => print(&told(&id, &past))?,
        AnswerFormat::Json => print(&json(&id, &past))?,
    }
    Ok(exit::CLEAN)
}

fn by_line(file: &Path, line: u32, config: &Config) -> Result<SnippetId, Error> {
    let options = Options { root: &config.root, exclude: &[], force_exclude: false };
    let (documents, notices) = discover::discover(&[file.to_owned()], &options);
    let Some(document) = documents.first() else {
        let told = notices.first().map_or_else(|| file.display().to_string(), ToString::to_string);
        return Err(Error::usage(told));
    };
    let found = pipeline::find(document);
    let example = example_at(document, &found, line).map(|snippet| snippet.id.clone());
    example.ok_or_else(|| {
        let path = &document.path;
        Error::usage(format!(
            "{path}:{line}: no example at this line; `stillruns explain` tells why"
        ))
    })
}

/// How many of the last runs are shown.
const SHOWN: usize = 10;

fn told(id: &SnippetId, past: &Past) -> String {
    let mut text = format!("{id}  {}\n", visible(&past.doc));
    text += &format!("  {} since {}\n", visible(&past.told), day(past.since));
    let times = if past.runs == 1 { "once".to_owned() } else { format!("{} times", past.runs) };
    text += &format!("  ran {times}, flaky in {}\n", past.flaked);
    if let Some(took) = Took::of(past) {
        let Took { least, median, most } = took;
        text += &format!("  took {least} to {most} ms, {median} ms in the middle\n");
    }
    for (at, told, millis) in past.endings.iter().rev().take(SHOWN) {
        text += &format!("  {}  {millis:6} ms  {}\n", day(*at), visible(told));
    }
    text
}

/// Milliseconds.
#[derive(Serialize)]
struct Took {
    least: u64,
    median: u64,
    most: u64,
}

impl Took {
    fn of(past: &Past) -> Option<Self> {
        let mut all: Vec<u64> = past.endings.iter().map(|(_, _, millis)| *millis).collect();
        all.sort_unstable();
        Some(Self { least: *all.first()?, median: all[all.len() / 2], most: *all.last()? })
    }
}

fn json(id: &SnippetId, past: &Past) -> String {
    #[derive(Serialize)]
    struct Answer<'a> {
        id: &'a SnippetId,
        doc: &'a str,
        verdict: &'a str,
        since: u64,
        runs: u64,
        flaked: u64,
        took_ms: Option<Took>,
        last: Vec<Run<'a>>,
    }
    #[derive(Serialize)]
    struct Run<'a> {
        at: u64,
        verdict: &'a str,
        duration_ms: u64,
    }
    let Past { doc, told, since, runs, flaked, endings } = past;
    let run =
        |(at, verdict, duration_ms): &'_ (u64, String, u64)| (*at, verdict.clone(), *duration_ms);
    let last: Vec<_> = endings.iter().map(run).collect();
    let last = last
        .iter()
        .map(|(at, verdict, duration_ms)| Run { at: *at, verdict, duration_ms: *duration_ms })
        .collect();
    let (since, runs, flaked) = (*since, *runs, *flaked);
    let answer =
        Answer { id, doc, verdict: told, since, runs, flaked, took_ms: Took::of(past), last };
    serde_json::to_string(&answer).expect("strings and numbers are always JSON") + "\n"
}
