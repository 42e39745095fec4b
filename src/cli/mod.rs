//! The command line: reads arguments and environment, prints, chooses the exit status.
//!
//! The only code that does any of these. Every verb is a file of `commands`; what verbs share
//! lies beside them.

mod answer;
mod args;
mod carets;
mod commands;
mod diff;
mod dot;
pub mod exit;
mod explanation;
mod fixing;
mod github;
mod interrupt;
mod keys;
mod listing;
mod machine;
mod progress;
mod remembered;
mod select;
mod talk;
mod telling;
mod waiting;

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;

use crate::config::Config;
use crate::error::Error;
use args::{Cli, ConfigArgs, TalkArgs, Verb};
use talk::Talk;

/// Runs the program; the status is one of [`exit`].
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are results; a reader that has gone misses nothing.
            let _ = error.print();
            let status = if error.use_stderr() { exit::ERROR } else { exit::CLEAN };
            return ExitCode::from(status);
        }
    };
    let here = match Here::new(&cli.talk) {
        Ok(here) => here,
        Err((talk, error)) => return refused(&talk, &error),
    };
    let status = match cli.verb {
        Verb::Check(args) => commands::check::run(&args, &here),
        Verb::Extract(args) => commands::extract::run(&args, &here),
        Verb::List(args) => commands::list::run(&args, &here),
        Verb::Run(args) => commands::run::run(&args, &here),
        Verb::Merge(args) => commands::merge::run(&args, &here),
        Verb::Review(args) => commands::review::run(&args, &here),
        Verb::Accept(args) => commands::pending::accept(&args, &here),
        Verb::Reject(args) => commands::pending::reject(&args, &here),
        Verb::Explain(args) => commands::explain::run(&args, &here),
        Verb::Classify(args) => commands::classify::run(&args, &here),
        Verb::History(args) => commands::history::run(&args, &here),
        Verb::Cache(args) => commands::cache::run(&args, &here),
        Verb::Doctor(args) => commands::doctor::run(&args, &here),
        Verb::Init(args) => commands::init::run(&args, &here),
        Verb::Config(args::ConfigVerb::Show(args)) => commands::config::show(&args, &here),
        Verb::Completions(args) => commands::completions::run(&args),
        Verb::Schema(args) => commands::schema::run(&args),
    };
    match status {
        Ok(status) => ExitCode::from(status),
        Err(error) => refused(&here.talk, &error),
    }
}

fn refused(talk: &Talk, error: &Error) -> ExitCode {
    talk.warn(error);
    ExitCode::from(if error.is_sandbox_gap() { exit::NO_SANDBOX } else { exit::ERROR })
}

/// Where and how the program was started.
pub(crate) struct Here {
    /// The current folder.
    folder: PathBuf,
    /// Whether this is a continuous integration run: nobody to ask, nothing to record.
    ci: bool,
    talk: Talk,
}

impl Here {
    fn new(args: &TalkArgs) -> Result<Self, (Talk, Error)> {
        let talk = Talk::new(args, variable);
        let ci = variable("CI").is_some_and(|ci| !matches!(ci.as_str(), "" | "0" | "false"));
        match env::current_dir() {
            Ok(folder) => Ok(Self { folder, ci, talk }),
            Err(error) => Err((talk, Error::io("find", "current folder".as_ref(), error))),
        }
    }

    /// The configuration that holds here.
    fn config(&self, args: &ConfigArgs) -> Result<Config, Error> {
        match &args.config {
            Some(path) => Config::read(&self.folder.join(path)),
            None => Config::find(&self.folder),
        }
    }

    /// What leads from the current folder to the project: `../` or nothing, or the whole way.
    fn prefix(&self, config: &Config) -> String {
        match self.folder.strip_prefix(&config.root) {
            Ok(inside) => "../".repeat(inside.components().count()),
            Err(_) => format!("{}/", config.root.display()),
        }
    }

    /// What leads from the top of the repository to the project.
    fn within(&self, config: &Config) -> String {
        below_repository(&self.folder.join(&config.root))
    }
}

/// What leads from the top of the repository that holds `root` to it, `docs/` or nothing.
fn below_repository(root: &Path) -> String {
    let top = root.ancestors().find(|folder| folder.join(".git").exists());
    let inside = top.and_then(|top| root.strip_prefix(top).ok());
    let parts = inside.into_iter().flat_map(Path::components);
    parts.map(|part| format!("{}/", part.as_os_str().to_string_lossy())).collect()
}

/// A variable of the environment, when it is text.
fn variable(name: &str) -> Option<String> {
    env::var(name).ok()
}
