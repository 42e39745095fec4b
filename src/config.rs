//! The configuration file: found, read strictly, with defaults for what it leaves out.
//!
//! Flags and environment variables are laid over it by the command line; nothing is looked up
//! anywhere else.

use std::fmt;
use std::fs;
use std::io;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use schemars::JsonSchema;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use toml::de::{DeTable, DeValue};

use crate::error::Error;

/// File names in order of preference; the last one holds our table among others.
const NAMES: [&str; 3] = ["stillruns.toml", ".stillruns.toml", PYPROJECT];
const PYPROJECT: &str = "pyproject.toml";

/// The keys of a configuration file. Everything may be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[schemars(title = "stillruns configuration")]
pub struct Settings {
    /// Patterns in the syntax of `.gitignore`, relative to the file.
    pub exclude: Option<Vec<String>>,
    /// Folder of snippet files and snapshots, relative to the file. Default: `snippets`.
    pub snapshots: Option<PathBuf>,
    /// Wall-clock time that one example may take: `500ms`, `10s`, `2m`. Default: `10s`.
    #[serde(deserialize_with = "spelled")]
    #[schemars(with = "Option<String>")]
    pub timeout: Option<Timeout>,
    /// What to do when a mechanism of the sandbox does not work here. Default: `required` under
    /// `CI`, `best-effort` elsewhere.
    pub sandbox: Option<Isolation>,
    /// Interpreters to use before those that are found: paths relative to the file, folders of
    /// environments, or versions such as `3.11`.
    pub python: Option<Vec<PathBuf>>,
    /// Number of examples that run at the same time. Default: one per processor.
    pub jobs: Option<NonZeroUsize>,
    /// Whether finding nothing to check is a success. Default: false.
    pub allow_empty: Option<bool>,
    /// Whether examples that say they need the network are given it. Default: false.
    pub allow_network: Option<bool>,
    /// Whether all examples can reach servers that they start themselves. Default: false.
    pub allow_loopback: Option<bool>,
    /// Whether every interpreter is started anew instead of kept warm. Default: false.
    pub cold: Option<bool>,
    /// Environment variables that examples may ask for with `env=NAME`. Default: none.
    pub env: Option<Vec<String>>,
    /// Memory that one example may take: `512MiB`, `1GiB`. Default: `1GiB`.
    #[serde(deserialize_with = "spelled")]
    #[schemars(with = "Option<String>")]
    pub memory: Option<Memory>,
    /// Where it is remembered what earlier runs brought, relative to the file. Default: a folder of
    /// its own in the user's cache folder.
    pub cache_dir: Option<PathBuf>,
    /// How often an example that fails is tried again. Default: 0.
    pub retries: Option<u32>,
    /// Whether what examples print is recorded beside their verdicts. Default: false.
    pub record_output: Option<bool>,
}

impl Settings {
    /// Every key, for suggestions.
    const KEYS: [&'static str; 15] = [
        "exclude",
        "snapshots",
        "timeout",
        "sandbox",
        "python",
        "jobs",
        "allow-empty",
        "allow-network",
        "allow-loopback",
        "cold",
        "env",
        "memory",
        "cache-dir",
        "retries",
        "record-output",
    ];
}

/// What to do when a mechanism of the sandbox does not work here.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, clap::ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum Isolation {
    /// Run nothing.
    Required,
    /// Run with what works, and say what was missing.
    BestEffort,
    /// Run without a sandbox.
    Off,
}

impl fmt::Display for Isolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Required => "required",
            Self::BestEffort => "best-effort",
            Self::Off => "off",
        })
    }
}

/// A span of time as people write it: `500ms`, `10s`, `2m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeout(pub Duration);

impl FromStr for Timeout {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let units = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000)];
        let millis = amount(text, &units).ok_or_else(|| {
            format!("`{text}` is not a time above zero, such as `10s` or `500ms`")
        })?;
        Ok(Self(Duration::from_millis(millis)))
    }
}

impl fmt::Display for Timeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_millis() {
            millis if millis % 1000 == 0 => write!(f, "{}s", millis / 1000),
            millis => write!(f, "{millis}ms"),
        }
    }
}

/// An amount of memory as people write it: `512MiB`, `1GiB`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// In bytes.
    pub bytes: u64,
}

impl FromStr for Memory {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let units = [
            ("KiB", 1 << 10),
            ("MiB", 1 << 20),
            ("GiB", 1 << 30),
            ("kB", 1000),
            ("MB", 1_000_000),
            ("GB", 1_000_000_000),
        ];
        let bytes = amount(text, &units).ok_or_else(|| {
            format!("`{text}` is not a size above zero, such as `512MiB` or `1GiB`")
        })?;
        Ok(Self { bytes })
    }
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("kB", 1000)];
        match units.iter().find(|(_, size)| self.bytes.is_multiple_of(*size)) {
            Some((unit, size)) => write!(f, "{}{unit}", self.bytes / size),
            None => write!(f, "{} bytes", self.bytes),
        }
    }
}

/// A whole number above zero with its unit.
fn amount(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let text = text.trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let size = units.iter().find(|(name, _)| *name == unit.trim_start())?.1;
    number.parse::<u64>().ok()?.checked_mul(size).filter(|amount| *amount > 0)
}

fn spelled<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err = String>,
{
    String::deserialize(deserializer)?.parse().map(Some).map_err(D::Error::custom)
}

/// A configuration file that was found, or the lack of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The project: the folder of the file, or the folder where the search began.
    pub root: PathBuf,
    /// The file.
    pub file: Option<PathBuf>,
    /// What it says; interpreters as paths that no longer depend on the file's folder.
    pub settings: Settings,
}

impl Config {
    /// Reads the nearest configuration file of `folder` and its parents.
    ///
    /// # Errors
    /// When a file cannot be read or holds what is not known; the message shows the line.
    pub fn find(folder: &Path) -> Result<Self, Error> {
        for parent in folder.ancestors() {
            for name in NAMES {
                let path = parent.join(name);
                if let Some(settings) = try_file(&path)? {
                    return Ok(Self::new(parent, Some(path), settings));
                }
            }
        }
        Ok(Self::new(folder, None, Settings::default()))
    }

    /// Reads the named file, whatever its name.
    ///
    /// # Errors
    /// When there is no such file, and as [`find`](Self::find).
    pub fn read(path: &Path) -> Result<Self, Error> {
        let Some(settings) = try_file(path)? else {
            let message = format!("failed to read `{}`: it holds no configuration", path.display());
            return Err(Error::usage(message));
        };
        let root = path.parent().unwrap_or(Path::new(""));
        Ok(Self::new(root, Some(path.to_owned()), settings))
    }

    fn new(root: &Path, file: Option<PathBuf>, mut settings: Settings) -> Self {
        for path in settings.python.iter_mut().flatten() {
            // A bare name is one on the path, or a version, unless it is there.
            if path.components().count() > 1 || root.join(&path).exists() {
                *path = root.join(&path);
            }
        }
        Self { root: root.to_owned(), file, settings }
    }

    /// Folder of snippet files and snapshots.
    pub fn snapshots(&self) -> PathBuf {
        self.root.join(self.settings.snapshots.as_deref().unwrap_or(Path::new("snippets")))
    }
}

/// The settings in the file at `path`; nothing when there is no such file, or no table of ours in
/// a shared one.
fn try_file(path: &Path) -> Result<Option<Settings>, Error> {
    let refuse = |cause: &dyn fmt::Display| {
        Error::usage(format!("failed to read `{}`: {cause}", path.display()))
    };
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(refuse(&crate::error::plain(&error))),
    };
    let text = String::from_utf8(bytes).map_err(|_| refuse(&"it is not UTF-8"))?;
    let shared = path.file_name().is_some_and(|name| name == PYPROJECT);
    parse(&text, shared).map_err(|problem| Error::usage(problem.shown(&text, path)))
}

/// What is wrong with a file, and where.
#[derive(Debug)]
struct Problem {
    message: String,
    at: Option<std::ops::Range<usize>>,
    hint: Option<String>,
}

impl Problem {
    fn shown(&self, text: &str, path: &Path) -> String {
        let title = format!("failed to read `{}`: {}", path.display(), self.message);
        let Some(at) = self.at.clone().filter(|at| at.end <= text.len()) else { return title };
        let label = self.hint.as_deref();
        let name = path.display().to_string();
        let frame = Snippet::source(text)
            .path(name)
            .annotation(AnnotationKind::Primary.span(at).label(label));
        let report = [Level::ERROR.no_name().primary_title(title.as_str()).element(frame)];
        let shown = Renderer::plain().render(&report);
        shown.strip_prefix(": ").unwrap_or(&shown).to_owned()
    }
}

impl From<toml::de::Error> for Problem {
    fn from(error: toml::de::Error) -> Self {
        Self { message: error.message().to_owned(), at: error.span(), hint: None }
    }
}

/// The part of a shared file that is ours.
#[derive(Deserialize)]
struct Shared {
    tool: Option<Tools>,
}

#[derive(Deserialize)]
struct Tools {
    stillruns: Option<Settings>,
}

fn parse(text: &str, shared: bool) -> Result<Option<Settings>, Problem> {
    let whole = DeTable::parse(text)?;
    let mut table = whole.get_ref();
    if shared {
        for name in ["tool", "stillruns"] {
            match table.get(name).map(toml::Spanned::get_ref) {
                Some(DeValue::Table(inner)) => table = inner,
                _ => return Ok(None),
            }
        }
    }
    for key in table.keys() {
        let name = key.get_ref();
        if !Settings::KEYS.contains(&name.as_ref()) {
            let hint = nearest(name).map_or_else(
                || format!("known keys: {}", Settings::KEYS.join(", ")),
                |known| format!("did you mean `{known}`?"),
            );
            let message = format!("unknown key `{name}`");
            return Err(Problem { message, at: Some(key.span()), hint: Some(hint) });
        }
    }
    if shared {
        let shared: Shared = toml::from_str(text)?;
        return Ok(shared.tool.and_then(|tools| tools.stillruns));
    }
    Ok(Some(toml::from_str(text)?))
}

/// The known key that is written most alike, if one is.
fn nearest(name: &str) -> Option<&'static str> {
    let alike = |known: &&str| strsim::jaro_winkler(&name.replace('_', "-"), known);
    let best = Settings::KEYS.into_iter().max_by(|one, two| alike(one).total_cmp(&alike(two)))?;
    (alike(&best) > 0.7).then_some(best)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str, shared: bool) -> String {
        match parse(text, shared) {
            Ok(settings) => format!("{settings:?}"),
            Err(problem) => problem.shown(text, Path::new("stillruns.toml")),
        }
    }

    #[test]
    fn an_unknown_key_is_shown_with_the_nearest_known_one() {
        let shown = message("jobs = 2\nallow_emtpy = true\n", false);
        assert!(shown.starts_with("failed to read `stillruns.toml`: unknown key `allow_emtpy`"));
        assert!(shown.contains("2 | allow_emtpy = true"), "{shown}");
        assert!(shown.contains("^^^^^^^^^^^ did you mean `allow-empty`?"), "{shown}");
    }

    #[test]
    fn values_are_checked_where_they_stand() {
        for text in [
            "timeout = \"soon\"",
            "timeout = \"0s\"",
            "memory = \"1 elephant\"",
            "jobs = 0",
            "jobs = -1",
            "sandbox = \"maybe\"",
            "exclude = \"a\"",
            "python = [1]",
            "allow-empty = 1",
        ] {
            let shown = message(&format!("# first\n{text}\n"), false);
            assert!(shown.contains(&format!("2 | {text}")) && shown.contains('^'), "{shown}");
        }
        assert!(message("a = [", false).contains("failed to read"));
    }

    #[test]
    fn a_shared_file_is_read_only_where_it_is_ours() {
        assert_eq!(message("[tool.ruff]\nline-length = 1\n", true), "None");
        assert!(message("[tool.stillruns]\njobz = 1\n", true).contains("did you mean `jobs`?"));
        assert!(message("[tool.stillruns]\njobs = 3\n", true).contains("Some(3)"));
    }

    #[test]
    fn amounts_are_written_as_they_are_read() {
        for text in ["10s", "500ms", "61s"] {
            assert_eq!(text.parse::<Timeout>().map(|time| time.to_string()), Ok(text.to_owned()));
        }
        assert_eq!("2m".parse(), Ok(Timeout(Duration::from_secs(120))));
        for text in ["512MiB", "1GiB", "3kB"] {
            assert_eq!(text.parse::<Memory>().map(|size| size.to_string()), Ok(text.to_owned()));
        }
        for text in ["", "s", "-1s", "1", "1.5s", "99999999999999999999s", "18446744073709551615h"]
        {
            assert!(text.parse::<Timeout>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_schema_and_the_list_of_keys_agree() {
        let schema = schemars::schema_for!(Settings);
        let properties = schema.get("properties").and_then(|found| found.as_object());
        let mut named: Vec<&str> =
            properties.into_iter().flat_map(|found| found.keys()).map(String::as_str).collect();
        let mut keys = Settings::KEYS.to_vec();
        named.sort_unstable();
        keys.sort_unstable();
        assert_eq!(named, keys);
    }
}
