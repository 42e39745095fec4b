//! `stillruns completions`: a completion script.
//!
//! Installs nothing.

use clap::CommandFactory;

use crate::cli::args::{Cli, CompletionsArgs};
use crate::cli::exit;
use crate::cli::talk::{Output, unwritten};
use crate::error::Error;

/// Runs the verb.
pub(crate) fn run(args: &CompletionsArgs) -> Result<u8, Error> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "stillruns", &mut script);
    let mut output = Output::new();
    std::io::Write::write_all(&mut output, &script).map_err(unwritten)?;
    output.end()?;
    Ok(exit::CLEAN)
}
