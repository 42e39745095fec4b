//! `stillruns-harness`: runs one file in the sandbox and tells the facts, as text or as JSON.
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
    End, Interpreter, InterpreterId, Job, Level, Mechanism, Network, Require, Run, Sandbox, Search,
    advise, find, intercept,
};

const USAGE: &str = "\
usage: stillruns-harness run FILE [--json] [--python PATH|VERSION]
                                  [--interpreter python2|python3|bash|sh|zsh|PATH]
                                  [--allow-network | --allow-loopback]
                                  [--sandbox required|best-effort|off] [--timeout SECONDS]
                                  [--start cold|warm]
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
    json: bool,
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
        let mut options = Options {
            file,
            interpreter: None,
            require,
            timeout: None,
            start: None,
            network: Network::Off,
            json: false,
        };
        while let Some(word) = words.next() {
            match word.as_str() {
                "--json" => options.json = true,
                "--allow-network" => options.network = Network::Host,
                "--allow-loopback" => options.network = Network::Loopback,
                _ => {
                    let value = words.next();
                    let value = value.ok_or_else(|| format!("{word} needs a value\n{USAGE}"))?;
                    options.set(&word, value)?;
                }
            }
        }
        Ok(options)
    }

    /// Sets what `word` names to `value`.
    fn set(&mut self, word: &str, value: String) -> Result<(), String> {
        match word {
            "--interpreter" | "--python" => self.interpreter = Some(value),
            "--sandbox" => {
                self.require = match value.as_str() {
                    "required" => Require::All,
                    "best-effort" => Require::BestEffort,
                    "off" => Require::Off,
                    _ => return Err(format!("no such sandbox mode: {value}\n{USAGE}")),
                }
            }
            "--start" => {
                self.start = match value.as_str() {
                    "cold" => Some(Sandbox::cold),
                    "warm" => Some(Sandbox::warm),
                    _ => return Err(format!("no such start: {value}\n{USAGE}")),
                }
            }
            "--timeout" => {
                let seconds = value.parse().ok();
                let timeout = seconds.and_then(|it| Duration::try_from_secs_f64(it).ok());
                self.timeout = Some(timeout.ok_or_else(|| format!("no such time: {value}"))?);
            }
            "--network" => {
                let found = Network::ALL.into_iter().find(|network| network.name() == value);
                self.network = found.ok_or_else(|| format!("no such network: {value}\n{USAGE}"))?;
            }
            _ => return Err(format!("no such option: {word}\n{USAGE}")),
        }
        Ok(())
    }
}

fn search() -> Search {
    Search {
        path: env::var_os("PATH"),
        pyenv_root: env::var_os("PYENV_ROOT").map(PathBuf::from),
        home: env::var_os("HOME").map(PathBuf::from),
        uv_python: env::var_os("UV_PYTHON_INSTALL_DIR").map(PathBuf::from),
        conda_prefix: env::var_os("CONDA_PREFIX").map(PathBuf::from),
        ..Search::default()
    }
}

fn run(file: &Path, options: &Options) -> Result<String, String> {
    let code = fs::read_to_string(file)
        .map_err(|error| format!("failed to read `{}`: {error}", file.display()))?;
    let interpreter = choose(file, options)?;
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let told = format!("{} {}", interpreter.id, interpreter.version);
    let mut job = Job::new(interpreter, name, code);
    if let Some(timeout) = options.timeout {
        job.limits.wall = timeout;
    }
    job.policy.network = options.network;
    let sandbox = Sandbox::new(options.require).map_err(|error| error.to_string())?;
    let sandbox = options.start.map_or_else(|| sandbox.clone(), |start| start(sandbox.clone()));
    let run = sandbox.run(&job).map_err(|error| error.to_string())?;
    if options.json {
        return serde_json::to_string_pretty(&run).map_err(|error| error.to_string());
    }
    Ok(text(&run, &told, options))
}

/// The facts for people: what was printed, how it ended, what held it.
fn text(run: &Run, interpreter: &str, options: &Options) -> String {
    let mut lines = Vec::new();
    for (name, stream) in [("stdout", &run.stdout), ("stderr", &run.stderr)] {
        let printed = stream.text();
        if !printed.is_empty() {
            lines.push(format!("{name}:"));
            lines.extend(printed.lines().map(|line| format!("  {}", visible(line))));
        }
    }
    let end = match run.end {
        End::Exited(status) => format!("exit status {status}"),
        End::Signaled(signal) => format!("ended by signal {signal}"),
        End::TimedOut => "did not end in time".to_owned(),
        End::OutOfMemory => "out of memory".to_owned(),
        End::TooMuchOutput => "too much output".to_owned(),
    };
    let (wall, network) = (run.usage.wall_ms, options.network.name());
    lines.push(format!("{end}, {interpreter}, {wall} ms, network {network}"));
    let gaps = run.enforcement.gaps();
    let gaps = gaps.iter().map(|(mechanism, why)| format!("  {}: {why}", mechanism.name()));
    let gaps: Vec<String> = gaps.collect();
    match gaps.is_empty() {
        true => lines.push("every mechanism of the sandbox was in force".to_owned()),
        false => {
            lines.push("not in force:".to_owned());
            lines.extend(gaps);
        }
    }
    lines.join("\n")
}

/// `line` with its control characters as text: what a program prints shall not move the cursor.
fn visible(line: &str) -> String {
    let shown = |c: char| match c {
        '\t' => "\t".to_owned(),
        c if c.is_control() => c.escape_default().to_string(),
        c => c.to_string(),
    };
    line.chars().map(shown).collect()
}

/// Takes the named interpreter, or else what the end of the file name asks for.
fn choose(file: &Path, options: &Options) -> Result<Interpreter, String> {
    let ends = |end: &str| file.extension().is_some_and(|extension| extension == end);
    let usual = match () {
        () if ends("sh") || ends("bash") => "bash",
        () if ends("zsh") => "zsh",
        () => "python3",
    };
    let wanted = options.interpreter.as_deref().unwrap_or(usual);
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
        .map_or_else(|| by_name(search, wanted), Ok)
}

/// Takes the interpreter from its usual place, or says what is wrong with that.
fn by_name(mut search: Search, wanted: &str) -> Result<Interpreter, String> {
    let places = ["/usr/bin", "/bin"].map(|folder| Path::new(folder).join(wanted));
    search.extra = places.into_iter().find(|place| place.exists()).into_iter().collect();
    let mut found = find(&search);
    match found.broken.pop() {
        Some(error) => Err(error.to_string()),
        None => {
            let mut interpreters = found.interpreters.into_iter();
            let one = interpreters.find(|one| one.id.name() == wanted);
            one.ok_or_else(|| format!("failed to find `{wanted}`: it is not installed"))
        }
    }
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
