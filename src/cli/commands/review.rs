//! `stillruns review`: look at what is pending, one example at a time.
//!
//! Asks on a terminal only, and never under `CI`; elsewhere it shows and decides nothing.

use std::io::{self, IsTerminal};
use std::path::Path;

use console::{Key, Term};

use crate::cli::args::PendingArgs;
use crate::cli::diff::{Source, diff, sides};
use crate::cli::keys::Keys;
use crate::cli::talk::print;
use crate::cli::waiting::{Waiting, waiting};
use crate::cli::{Here, exit};
use crate::config::Config;
use crate::error::Error;
use crate::snapshot::{self, Decision, Delta, Pending};

/// Runs the verb.
pub(crate) fn run(args: &PendingArgs, here: &Here) -> Result<u8, Error> {
    let config = here.config(&args.config)?;
    let waiting = waiting(args, &config, here)?;
    if waiting.is_empty() {
        here.talk.note("no snapshot is pending");
        return Ok(exit::CLEAN);
    }
    let asks = !here.ci && io::stdin().is_terminal() && io::stderr().is_terminal();
    if asks {
        return walk(&waiting, &config, here);
    }
    for one in &waiting {
        print(&diff(&one.pending, here.talk.color))?;
    }
    let why = if here.ci { "under `CI`" } else { "without a terminal" };
    here.talk
        .note(format!("nothing is asked {why}; `stillruns accept` or `stillruns reject` decides"));
    Ok(exit::CLEAN)
}

/// Asks about every example that waits; gives the exit status.
fn walk(waiting: &[Waiting], config: &Config, here: &Here) -> Result<u8, Error> {
    let term = Term::stderr();
    // Until all is told: a key that comes early is an answer to the next question.
    let _keys =
        Keys::of_stdin().map_err(|error| Error::io("ask at", Path::new("the terminal"), error))?;
    let root = config.snapshots();
    let one_of = |waiting: &Waiting| {
        let meant = |delta: &&Delta| Waiting::means(waiting.only.as_ref(), delta);
        waiting.pending.deltas.iter().filter(meant).count()
    };
    let number: usize = waiting.iter().map(one_of).sum();
    let (mut at, mut all) = (0, false);
    let (mut done, mut status) = (Done::default(), exit::CLEAN);
    'asking: for Waiting { pending, only } in waiting {
        let source = Source::of(pending, config);
        for delta in pending.deltas.iter().filter(|delta| Waiting::means(only.as_ref(), delta)) {
            at += 1;
            let answer = if all {
                Answer::Accept
            } else {
                let width = usize::from(term.size().1);
                let shown = sides(pending, delta, &source, width, here.talk.color);
                say(&term, &format!("[{at}/{number}] {shown}"), pending)?;
                ask(&term, pending)?
            };
            let decision = match answer {
                Answer::All => {
                    all = true;
                    Decision::Accept
                }
                Answer::Accept => Decision::Accept,
                Answer::Reject => Decision::Reject,
                Answer::Skip => continue,
                Answer::Quit => break 'asking,
                Answer::Interrupt => {
                    status = exit::INTERRUPTED;
                    break 'asking;
                }
            };
            snapshot::decide(&root, pending, decision, &|other| other.id() == delta.id())?;
            done.count(decision);
        }
    }
    here.talk.note(done.told(number));
    Ok(status)
}

/// How many examples were decided over.
#[derive(Default)]
struct Done {
    accepted: usize,
    rejected: usize,
}

impl Done {
    fn count(&mut self, decision: Decision) {
        match decision {
            Decision::Accept => self.accepted += 1,
            Decision::Reject => self.rejected += 1,
        }
    }

    /// What became of `number` examples.
    fn told(&self, number: usize) -> String {
        let Self { accepted, rejected } = self;
        let left = number - accepted - rejected;
        format!("{accepted} accepted, {rejected} rejected, {left} left to decide over")
    }
}

enum Answer {
    Accept,
    Reject,
    Skip,
    All,
    Quit,
    Interrupt,
}

fn ask(term: &Term, pending: &Pending) -> Result<Answer, Error> {
    say(term, "[a]ccept  [r]eject  [s]kip  [A]ccept all  [q]uit\n", pending)?;
    loop {
        // Not `read_key`, by which Ctrl-C ends the program before it tells what was decided.
        return Ok(match term.read_key_raw() {
            Ok(Key::Char('a')) => Answer::Accept,
            Ok(Key::Char('r')) => Answer::Reject,
            Ok(Key::Char('s')) => Answer::Skip,
            Ok(Key::Char('A')) => Answer::All,
            Ok(Key::Char('q') | Key::Escape) => Answer::Quit,
            Ok(Key::CtrlC) => Answer::Interrupt,
            Ok(_) => continue,
            // The end of the input answers nothing more.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Answer::Quit,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Answer::Quit,
            Err(error) => return Err(Error::io("ask about", &pending.path, error)),
        });
    }
}

fn say(term: &Term, text: &str, pending: &Pending) -> Result<(), Error> {
    term.write_str(text).map_err(|error| Error::io("ask about", &pending.path, error))
}
