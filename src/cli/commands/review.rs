//! `stillruns review`: look at pending snapshots, one document at a time.
//!
//! Asks on a terminal only, and never under `CI`; elsewhere it shows and decides nothing.

use std::io::{self, BufRead, IsTerminal, Write};

use super::pending::waiting;
use crate::cli::args::PendingArgs;
use crate::cli::diff::diff;
use crate::cli::talk::print;
use crate::cli::{Here, exit};
use crate::error::Error;
use crate::snapshot::{self, Pending};

/// Runs the verb.
pub(crate) fn run(args: &PendingArgs, here: &Here) -> Result<u8, Error> {
    let waiting = waiting(args, here)?;
    if waiting.is_empty() {
        here.talk.note("no snapshot is pending");
    }
    let asks = !here.ci && io::stdin().is_terminal() && io::stderr().is_terminal();
    for pending in &waiting {
        print(&diff(pending, here.talk.color))?;
        if !asks {
            continue;
        }
        match ask(pending)? {
            Answer::Accept => snapshot::accept(pending)?,
            Answer::Reject => snapshot::reject(pending)?,
            Answer::Skip => {}
            Answer::Quit => break,
        }
    }
    if !asks && !waiting.is_empty() {
        here.talk.note("`stillruns accept` or `stillruns reject` decides");
    }
    Ok(exit::CLEAN)
}

enum Answer {
    Accept,
    Reject,
    Skip,
    Quit,
}

fn ask(pending: &Pending) -> Result<Answer, Error> {
    let wrap = |error| Error::io("ask about", &pending.path, error);
    loop {
        let mut talk = io::stderr().lock();
        write!(talk, "{}: [a]ccept, [r]eject, [s]kip, [q]uit? ", pending.document)
            .and_then(|()| talk.flush())
            .map_err(wrap)?;
        let mut line = String::new();
        // The end of the input answers nothing more.
        if io::stdin().lock().read_line(&mut line).map_err(wrap)? == 0 {
            return Ok(Answer::Quit);
        }
        match line.trim() {
            "a" | "accept" => return Ok(Answer::Accept),
            "r" | "reject" => return Ok(Answer::Reject),
            "s" | "skip" | "" => return Ok(Answer::Skip),
            "q" | "quit" => return Ok(Answer::Quit),
            _ => {}
        }
    }
}
