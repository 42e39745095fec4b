//! `stillruns accept` and `stillruns reject`: decide over pending snapshots at once.
//!
//! Looking at them first is `review`.

use crate::cli::args::{AcceptArgs, PendingArgs};
use crate::cli::waiting::{Waiting, waiting};
use crate::cli::{Here, exit};
use crate::error::Error;
use crate::snapshot::{self, Decision};

/// Accepts.
pub(crate) fn accept(args: &AcceptArgs, here: &Here) -> Result<u8, Error> {
    let mut pruned = 0;
    if args.unreferenced {
        unless_ci(here)?;
        let config = here.config(&args.pending.config)?;
        for document in snapshot::prune(&config.snapshots(), &config.root)? {
            here.talk.note(format!("removed what is recorded for {document}, which is gone"));
            pruned += 1;
        }
    }
    decide(&args.pending, here, Decision::Accept, pruned > 0)
}

/// Rejects.
pub(crate) fn reject(args: &PendingArgs, here: &Here) -> Result<u8, Error> {
    decide(args, here, Decision::Reject, false)
}

fn decide(
    args: &PendingArgs,
    here: &Here,
    decision: Decision,
    something: bool,
) -> Result<u8, Error> {
    unless_ci(here)?;
    let config = here.config(&args.config)?;
    let waiting = waiting(args, &config, here)?;
    let done = if decision == Decision::Accept { "accepted" } else { "rejected" };
    for Waiting { pending, only } in &waiting {
        let meant = |delta: &snapshot::Delta| Waiting::means(only.as_ref(), delta);
        snapshot::decide(&config.snapshots(), pending, decision, &meant)?;
        let ids = only.iter().flatten().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let of = if only.is_some() { format!(": {ids}") } else { String::new() };
        here.talk.note(format!("{done} {}{of}", pending.document));
    }
    if waiting.is_empty() && !something {
        here.talk.note("no snapshot is pending");
    }
    Ok(exit::CLEAN)
}

/// A continuous integration run records nothing.
fn unless_ci(here: &Here) -> Result<(), Error> {
    if here.ci {
        return Err(Error::usage(
            "nothing is recorded under `CI`; unset it to decide over snapshots",
        ));
    }
    Ok(())
}
