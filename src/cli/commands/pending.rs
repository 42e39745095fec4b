//! `stillruns accept` and `stillruns reject`: decide over pending snapshots at once.
//!
//! Looking at them first is `review`.

use std::path::{Path, PathBuf};

use crate::cli::args::PendingArgs;
use crate::cli::{Here, exit};
use crate::config::Config;
use crate::discover;
use crate::error::Error;
use crate::snapshot::{self, Pending};

/// Accepts.
pub(crate) fn accept(args: &PendingArgs, here: &Here) -> Result<u8, Error> {
    decide(args, here, snapshot::accept, "accepted")
}

/// Rejects.
pub(crate) fn reject(args: &PendingArgs, here: &Here) -> Result<u8, Error> {
    decide(args, here, snapshot::reject, "rejected")
}

fn decide(
    args: &PendingArgs,
    here: &Here,
    act: fn(&Pending) -> Result<(), Error>,
    done: &str,
) -> Result<u8, Error> {
    let waiting = waiting(args, here)?;
    for pending in &waiting {
        act(pending)?;
        here.talk.note(format!("{done} {}", pending.document));
    }
    if waiting.is_empty() {
        here.talk.note("no snapshot is pending");
    }
    Ok(exit::CLEAN)
}

/// The pending snapshots that are meant.
///
/// # Errors
/// When nothing is pending for a path that was named, so that a mistyped name does not pass.
pub(crate) fn waiting(args: &PendingArgs, here: &Here) -> Result<Vec<Pending>, Error> {
    let config = here.config(&args.config)?;
    let mut all = snapshot::pending(&config.snapshots())?;
    if args.paths.is_empty() {
        return Ok(all);
    }
    let named: Vec<(String, &PathBuf)> =
        args.paths.iter().map(|path| (meant(path, &config, here), path)).collect();
    let holds = |name: &str, document: &str| {
        name.is_empty() || document == name || document.starts_with(&format!("{name}/"))
    };
    for (name, path) in &named {
        if !all.iter().any(|pending| holds(name, pending.document.as_str())) {
            let message = format!("nothing is pending for `{}`", path.display());
            return Err(Error::usage(message));
        }
    }
    all.retain(|pending| named.iter().any(|(name, _)| holds(name, pending.document.as_str())));
    Ok(all)
}

fn meant(path: &Path, config: &Config, here: &Here) -> String {
    discover::name(&config.root, &here.folder.join(path)).to_string()
}
