//! What examples are run with: sandbox, interpreters, limits, threads.
//!
//! Flags go before the configuration, and the configuration before what is found. Runs nothing
//! but the probes of the harness.

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};

use stillruns_harness::{
    Enforcement, Interpreter, Level, Limits, Mechanism, Network, Require, Sandbox, Search,
};

use super::args::RunningArgs;
use super::interrupt::Interrupt;
use super::{Here, variable};
use crate::config::{Config, Isolation};
use crate::error::Error;
use crate::model::MachineDigest;
use crate::pipeline::{Check, Memory, Orphans, Repeat};

/// What examples are run with.
pub(crate) struct Machine<'a> {
    memory: &'a Memory,
    sandbox: Sandbox,
    interpreters: Vec<Interpreter>,
    limits: Limits,
    threads: usize,
    snapshots: PathBuf,
    network: Network,
    allow_network: bool,
    variables: BTreeMap<String, Option<String>>,
    fail_fast: bool,
    repeat: Repeat,
    offers: BTreeMap<String, String>,
    /// The offers as they stand in keys.
    key: Vec<u8>,
}

impl<'a> Machine<'a> {
    /// Looks around.
    ///
    /// # Errors
    /// When a named interpreter does not work, or a mechanism that is required does not.
    pub(crate) fn new(
        args: &RunningArgs,
        config: &Config,
        memory: &'a Memory,
        here: &Here,
    ) -> Result<Self, Error> {
        let isolation = isolation(args, config, here);
        let settings = &config.settings;
        let sandbox = Sandbox::new(require(isolation)).map_err(translate)?;
        let cold = args.cold || settings.cold.unwrap_or(false);
        let sandbox = if cold { sandbox.cold() } else { sandbox };
        let probe = || sandbox.probe();
        let enforcement = memory.of_machine(&format!("sandbox {isolation}"), probe).map_err(
            |error| match error.is_sandbox_gap() {
                true => refuse(&error.to_string()),
                false => translate(error),
            },
        )?;
        if isolation == Isolation::Required
            && let Some((mechanism, reason)) = enforcement.gaps().first()
        {
            return Err(refuse(&format!("failed to enforce `{}`: {reason}", mechanism.name())));
        }
        let python = if args.python.is_empty() {
            config.settings.python.clone().unwrap_or_default()
        } else {
            args.python.clone()
        };
        let mut limits = Limits::default();
        if let Some(timeout) = args.timeout.or(config.settings.timeout) {
            limits.wall = timeout.0;
            limits.cpu = timeout.0;
        }
        if let Some(memory) = args.memory.or(config.settings.memory) {
            limits.memory_bytes = memory.bytes;
        }
        let jobs = args.jobs.or(config.settings.jobs);
        let threads = jobs.map_or_else(processors, usize::from);
        Ok(Self {
            sandbox,
            interpreters: interpreters(&python, &config.root, here)?,
            limits,
            threads,
            snapshots: config.snapshots(),
            network: network(args, config),
            allow_network: args.allow_network || settings.allow_network.unwrap_or(false),
            variables: variables(settings.env.as_deref().unwrap_or_default()),
            fail_fast: args.fail_fast,
            repeat: repeat(args, config),
            key: format!("{isolation} {:?}", offers(&enforcement)).into_bytes(),
            offers: offers(&enforcement),
            memory,
        })
    }

    /// What examples are run with, in words.
    pub(crate) fn digest(&self) -> MachineDigest {
        let name = |one: &Interpreter| format!("{} {}", one.id, one.version);
        MachineDigest {
            interpreters: self.interpreters.iter().map(name).collect(),
            sandbox: self.offers.clone(),
            ..MachineDigest::default()
        }
    }

    /// For the pipeline.
    pub(crate) fn check<'m>(
        &'m self,
        interrupt: &'m Interrupt,
        orphans: Option<Orphans<'m>>,
    ) -> Check<'m> {
        Check {
            sandbox: &self.sandbox,
            interpreters: &self.interpreters,
            limits: self.limits.clone(),
            threads: self.threads,
            snapshots: &self.snapshots,
            network: self.network,
            allow_network: self.allow_network,
            variables: &self.variables,
            stop_at_failure: self.fail_fast,
            repeat: self.repeat,
            memory: self.memory,
            offers: &self.key,
            orphans,
            interrupted: interrupt.flag(),
        }
    }

    /// Listens for signals from now on; the first one ends all runs.
    ///
    /// # Errors
    /// When the system does not let it listen.
    pub(crate) fn listen(&self) -> Result<Interrupt, Error> {
        Interrupt::listen(self.sandbox.clone())
    }
}

fn repeat(args: &RunningArgs, config: &Config) -> Repeat {
    match (args.detect_flaky, args.retries.or(config.settings.retries)) {
        (Some(times), _) => Repeat::Detect(times.get()),
        (None, Some(0) | None) => Repeat::Never,
        (None, Some(times)) => Repeat::Retry(times),
    }
}

/// The network that all examples have.
fn network(args: &RunningArgs, config: &Config) -> Network {
    match args.allow_loopback || config.settings.allow_loopback.unwrap_or(false) {
        true => Network::Loopback,
        false => Network::Off,
    }
}

/// The values of the environment variables `names`; of those that are not set, or no text, none.
fn variables(names: &[String]) -> BTreeMap<String, Option<String>> {
    names.iter().map(|name| (name.clone(), variable(name))).collect()
}

fn refuse(cause: &str) -> Error {
    Error::sandbox_gap(format!(
        "{cause}\nhint: `stillruns doctor` tells more; `--sandbox best-effort` does without"
    ))
}

/// Under `CI` a sandbox with a hole would go unnoticed, so it is required there.
fn isolation(args: &RunningArgs, config: &Config, here: &Here) -> Isolation {
    let default = if here.ci { Isolation::Required } else { Isolation::BestEffort };
    args.sandbox.or(config.settings.sandbox).unwrap_or(default)
}

fn require(isolation: Isolation) -> Require {
    match isolation {
        Isolation::Required => Require::All,
        Isolation::BestEffort => Require::BestEffort,
        Isolation::Off => Require::Off,
    }
}

/// The interpreters of this machine: the named ones first, then the project's own.
///
/// # Errors
/// When a named one does not work.
pub(crate) fn interpreters(
    named: &[PathBuf],
    project: &Path,
    here: &Here,
) -> Result<Vec<Interpreter>, Error> {
    let folder = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let home = folder("HOME");
    let cache = folder("XDG_CACHE_HOME").or_else(|| Some(home.as_ref()?.join(".cache")));
    let search = Search {
        path: env::var_os("PATH"),
        pyenv_root: folder("PYENV_ROOT"),
        uv_python: folder("UV_PYTHON_INSTALL_DIR"),
        data_home: folder("XDG_DATA_HOME"),
        conda_prefix: folder("CONDA_PREFIX"),
        project: Some(here.folder.join(project)),
        cache: cache.map(|cache| cache.join("stillruns/interpreters.json")),
        extra: named.iter().map(|path| whole(path, here)).collect(),
        home,
    };
    let found = stillruns_harness::find(&search);
    match found.broken.into_iter().next() {
        Some(error) => Err(Error::usage(error)),
        None => Ok(found.interpreters),
    }
}

/// A bare name is a version, or looked up on `PATH`, unless it is a file here; every other path
/// begins at the current folder.
fn whole(path: &Path, here: &Here) -> PathBuf {
    let bare = path.components().count() == 1 && !path.is_absolute();
    let beside = here.folder.join(path);
    if bare && !beside.exists() { path.to_owned() } else { beside }
}

/// Per mechanism how far it works here, in words.
pub(crate) fn offers(enforcement: &Enforcement) -> BTreeMap<String, String> {
    let word = |mechanism: Mechanism| match enforcement.level(mechanism) {
        Level::Full => "full".to_owned(),
        Level::Partial(reason) => format!("partial: {reason}"),
        Level::Absent(reason) => format!("absent: {reason}"),
    };
    Mechanism::ALL.into_iter().map(|one| (one.name().to_owned(), word(one))).collect()
}

/// An error of the harness as one of ours.
pub(crate) fn translate(error: stillruns_harness::Error) -> Error {
    if error.is_sandbox_gap() { Error::sandbox_gap(error) } else { Error::harness(error) }
}

/// How many processors this process may use.
pub(crate) fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
