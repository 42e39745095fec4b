//! `stillruns merge`: the reports of all parts of a run as the report of the whole.
//!
//! Runs nothing and records nothing.

use std::fs;

use crate::cli::Here;
use crate::cli::args::MergeArgs;
use crate::cli::telling::{Targets, report, status};
use crate::error::Error;
use crate::pipeline;
use crate::report;

/// Runs the verb.
pub(crate) fn run(args: &MergeArgs, here: &Here) -> Result<u8, Error> {
    Targets::new(&args.telling.format)?;
    let config = here.config(&args.config)?;
    let mut parts = Vec::with_capacity(args.shards.len());
    for path in &args.shards {
        let text = fs::read_to_string(path).map_err(|error| Error::io("read", path, error))?;
        let part = report::read(&text).map_err(|error| Error::invalid("read", path, error))?;
        parts.push((path.display().to_string(), part));
    }
    let summary = pipeline::merge(parts)?;
    report(&summary, &args.telling, &config, here)?;
    Ok(status(&summary, &args.telling))
}
