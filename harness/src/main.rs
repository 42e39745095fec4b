//! `stillruns-harness`: runs one file in the sandbox and prints the facts as JSON.
//!
//! A thin shell around the library, for trying out and for debugging; it judges nothing, and its
//! exit status tells only whether a run came about.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use stillruns_harness::{
    Interpreter, InterpreterId, Job, Level, Mechanism, Network, Require, Sandbox, Search, advise,
    find, intercept,
};

const USAGE: &str = "\
usage: stillruns-harness run FILE [--interpreter python2|python3|bash|sh|PATH]
                                  [--sandbox required|best-effort|off] [--timeout SECONDS]
                                  [--start cold|warm] [--network off|loopback|host]
       stillruns-harness doctor [--sandbox best-effort|off]
";

fn main() -> ExitCode {
    intercept();
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    let done = Options::parse(&arguments).and_then(|options| match &options.file {
        Some(file) => run(file, &options),
        None => doctor(&options),
    });
    match done {
        Ok(text) => match writeln!(io::stdout(), "{text}") {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        },
        Err(message) => {
            // Without a working standard error nobody listens.
            let _ = writeln!(io::stderr(), "stillruns-harness: {message}");
            ExitCode::FAILURE
        }
    }
}

/// The command line.
struct Options {
    /// Absent for `doctor`.
    file: Option<PathBuf>,
    interpreter: Option<String>,
    require: Require,
    timeout: Option<Duration>,
    start: Option<fn(Sandbox) -> Sandbox>,
    network: Network,
}

impl Options {
    fn parse(arguments: &[OsString]) -> Result<Options, String> {
        let mut words = arguments.iter().map(|word| word.to_string_lossy().into_owned());
        let file = match words.next().as_deref() {
            Some("run") => Some(words.next().ok_or(USAGE)?.into()),
            Some("doctor") => None,
            _ => return Err(USAGE.to_owned()),
        };
        let require = if file.is_some() { Require::All } else { Require::BestEffort };
        let (interpreter, timeout, start, network) = (None, None, None, Network::Off);
        let mut options = Options { file, interpreter, require, timeout, start, network };
        while let Some(word) = words.next() {
            let value = words.next().ok_or_else(|| format!("{word} needs a value\n{USAGE}"))?;
            match word.as_str() {
                "--interpreter" => options.interpreter = Some(value),
                "--sandbox" => {
                    options.require = match value.as_str() {
                        "required" => Require::All,
                        "best-effort" => Require::BestEffort,
                        "off" => Require::Off,
                        _ => return Err(format!("no such sandbox mode: {value}\n{USAGE}")),
                    }
                }
                "--start" => {
                    options.start = match value.as_str() {
                        "cold" => Some(Sandbox::cold),
                        "warm" => Some(Sandbox::warm),
                        _ => return Err(format!("no such start: {value}\n{USAGE}")),
                    }
                }
                "--network" => {
                    let network = Network::ALL.into_iter().find(|one| one.name() == value);
                    options.network =
                        network.ok_or_else(|| format!("no such network: {value}\n{USAGE}"))?;
                }
                "--timeout" => {
                    let seconds = value.parse().ok();
                    let timeout = seconds.and_then(|it| Duration::try_from_secs_f64(it).ok());
                    options.timeout =
                        Some(timeout.ok_or_else(|| format!("no such time: {value}"))?);
                }
                _ => return Err(format!("no such option: {word}\n{USAGE}")),
            }
        }
        Ok(options)
    }
}

fn search() -> Search {
    Search {
        path: env::var_os("PATH"),
        pyenv_root: env::var_os("PYENV_ROOT").map(PathBuf::from),
        home: env::var_os("HOME").map(PathBuf::from),
        extra: Vec::new(),
    }
}

fn run(file: &Path, options: &Options) -> Result<String, String> {
    let code = fs::read_to_string(file)
        .map_err(|error| format!("failed to read `{}`: {error}", file.display()))?;
    let interpreter = choose(file, options)?;
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut job = Job::new(interpreter, name, code);
    if let Some(timeout) = options.timeout {
        job.limits.wall = timeout;
    }
    job.policy.network = options.network;
    let sandbox = Sandbox::new(options.require).map_err(|error| error.to_string())?;
    let sandbox = options.start.map_or_else(|| sandbox.clone(), |start| start(sandbox.clone()));
    let run = sandbox.run(&job).map_err(|error| error.to_string())?;
    serde_json::to_string_pretty(&run).map_err(|error| error.to_string())
}

/// Takes the named interpreter, or else what the end of the file name asks for.
fn choose(file: &Path, options: &Options) -> Result<Interpreter, String> {
    let shell = file.extension().is_some_and(|extension| extension == "sh");
    let wanted = options.interpreter.as_deref().unwrap_or(if shell { "bash" } else { "python3" });
    let mut search = search();
    let id = InterpreterId::ALL.iter().find(|id| id.name() == wanted);
    if id.is_none() {
        search.extra.push(wanted.into());
    }
    let mut found = find(&search);
    if let Some(error) = found.broken.pop() {
        return Err(error.to_string());
    }
    let mut interpreters = found.interpreters.into_iter();
    interpreters
        .find(|one| id.is_none_or(|id| one.id == *id))
        .ok_or_else(|| format!("no {wanted} found"))
}

fn doctor(options: &Options) -> Result<String, String> {
    let sandbox = Sandbox::new(options.require).map_err(|error| error.to_string())?;
    let enforcement = sandbox.probe().map_err(|error| error.to_string())?;
    let mut lines = vec!["sandbox:".to_owned()];
    for mechanism in Mechanism::ALL {
        let level = match enforcement.level(mechanism) {
            Level::Full => "full".to_owned(),
            Level::Partial(reason) => format!("partial: {reason}"),
            Level::Absent(reason) => format!("absent: {reason}"),
        };
        lines.push(format!("  {:<13}{level}", mechanism.name()));
    }
    lines.push(format!("  Landlock ABI {}", enforcement.landlock_abi));
    for advice in advise(&enforcement) {
        lines.push(format!("  {}: {}", advice.mechanism.name(), advice.cause));
        lines.extend(advice.command.map(|command| format!("    to change that: {command}")));
    }
    lines.push("interpreters:".to_owned());
    for one in find(&search()).interpreters {
        lines.push(format!("  {:<8}{:<9}{}", one.id, one.version, one.program.display()));
    }
    Ok(lines.join("\n"))
}
