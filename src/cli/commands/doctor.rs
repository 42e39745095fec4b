//! `stillruns doctor`: what this machine offers.
//!
//! Runs the harness's own probes, no example.

use stillruns_harness::{Require, Sandbox, advise};

use crate::cli::args::DoctorArgs;
use crate::cli::machine::{interpreters, offers, translate};
use crate::cli::talk::print;
use crate::cli::{Here, exit};
use crate::error::Error;

/// Runs the verb.
pub(crate) fn run(args: &DoctorArgs, here: &Here) -> Result<u8, Error> {
    let config = here.config(&args.config)?;
    let mut text = "interpreters\n".to_owned();
    let named = if args.python.is_empty() {
        config.settings.python.clone().unwrap_or_default()
    } else {
        args.python.clone()
    };
    let found = interpreters(&named, &config.root, here)?;
    for one in &found {
        text += &format!("  {:8} {:10} {}\n", one.id, one.version, one.program.display());
    }
    if found.is_empty() {
        text += "  none\n";
    }
    text += "sandbox\n";
    let sandbox = Sandbox::new(Require::BestEffort).map_err(translate)?;
    let enforcement = sandbox.probe().map_err(translate)?;
    for (mechanism, level) in offers(&enforcement) {
        text += &format!("  {mechanism:13} {level}\n");
    }
    for advice in advise(&enforcement) {
        text += &format!("{}: {}\n", advice.mechanism.name(), advice.cause);
        if let Some(command) = advice.command {
            text += &format!("  to change that: {command}\n");
        }
    }
    let gaps = enforcement.gaps().len();
    text += match gaps {
        0 => "everything that `--sandbox required` asks for works here\n",
        _ => "`--sandbox required` runs nothing here\n",
    };
    print(&text)?;
    Ok(if gaps == 0 { exit::CLEAN } else { exit::NO_SANDBOX })
}
