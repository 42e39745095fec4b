//! What the user typed, nothing resolved.
//!
//! Flags that may also come from the environment say so in their help. Looks nothing up.

use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::config::{Isolation, Memory, Timeout};
use crate::pipeline::Partition;

/// Finds the Python and shell examples in notes and documentation, runs them in a sandbox and
/// tells which no longer work.
#[derive(Debug, Parser)]
#[command(name = "stillruns", version, propagate_version = true, max_term_width = 100)]
#[command(after_help = super::exit::HELP)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) verb: Verb,
    /// How to talk.
    #[command(flatten)]
    pub(crate) talk: TalkArgs,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Run every example and compare with what is recorded
    Check(CheckArgs),
    /// Write every example to a file of its own, with a manifest
    Extract(ExtractArgs),
    /// List the examples and what they rest on
    List(ListArgs),
    /// Run the examples of an extracted folder
    Run(RunArgs),
    /// Put the reports of all parts of a run together
    Merge(MergeArgs),
    /// Look at pending snapshots and accept or reject them
    Review(PendingArgs),
    /// Accept pending snapshots
    Accept(AcceptArgs),
    /// Reject pending snapshots
    Reject(PendingArgs),
    /// Tell everything about one example, or why a line is none
    Explain(ExplainArgs),
    /// Say whether a piece of text is Python 2, Python 3 or shell, and why
    Classify(ClassifyArgs),
    /// Tell how an example ended in earlier runs
    History(HistoryArgs),
    /// Look at what is remembered of earlier runs, or forget it
    #[command(subcommand)]
    Cache(CacheVerb),
    /// Tell which interpreters and sandbox mechanisms this machine has
    Doctor(DoctorArgs),
    /// Write a configuration file and the snapshot folder
    Init(InitArgs),
    /// Look at the configuration
    #[command(subcommand)]
    Config(ConfigVerb),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
    /// Print a JSON Schema
    Schema(SchemaArgs),
}

/// How to talk.
#[derive(Debug, Args)]
pub(crate) struct TalkArgs {
    /// When to use color; `NO_COLOR`, `FORCE_COLOR` and `CLICOLOR_FORCE` are honored
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub(crate) color: When,
    /// Say less
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
}

/// When to use color.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    /// On a terminal.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Which configuration holds.
#[derive(Debug, Args)]
pub(crate) struct ConfigArgs {
    /// Read this configuration file instead of the nearest one
    #[arg(long, value_name = "FILE", env = "STILLRUNS_CONFIG", hide_env_values = true)]
    pub(crate) config: Option<PathBuf>,
}

/// Which documents and which of their examples.
#[derive(Debug, Args)]
pub(crate) struct SelectArgs {
    /// Documents, folders, `FILE:LINE` for the example at a line, `-` for standard input
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// The name of what `-` reads; its ending tells the format
    #[arg(long, value_name = "NAME", default_value = "stdin.md")]
    pub(crate) stdin_filename: String,
    /// Read further paths from a file, one per line; `-` for standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) files_from: Option<PathBuf>,
    /// Leave out what a pattern in the syntax of `.gitignore` matches
    #[arg(long, value_name = "PATTERN")]
    pub(crate) exclude: Vec<String>,
    /// Leave it out even when it is named as a path
    #[arg(long)]
    pub(crate) force_exclude: bool,
    /// Read every document in this format, whatever its name and content say
    #[arg(long, value_name = "NAME", value_parser = input_format)]
    pub(crate) input_format: Option<String>,
    /// Only examples of these classes
    #[arg(long, value_name = "CLASS", value_delimiter = ',', value_parser = class)]
    pub(crate) class: Vec<crate::model::Lang>,
    /// Only examples whose id begins with TEXT or whose document's name holds it
    #[arg(long, value_name = "TEXT")]
    pub(crate) filter: Vec<String>,
    /// Only this part of the examples, such as `hash:1/4` or `count:1/4`; `merge` puts the reports of
    /// all parts together
    #[arg(long, value_name = "HOW:M/N")]
    pub(crate) partition: Option<Partition>,
    /// Which configuration holds.
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
}

/// How examples are run.
#[derive(Debug, Args)]
pub(crate) struct RunningArgs {
    /// Number of examples that run at the same time
    #[arg(short, long, value_name = "N", env = "STILLRUNS_JOBS", hide_env_values = true)]
    pub(crate) jobs: Option<NonZeroUsize>,
    /// Time that one example may take, such as `10s` or `500ms`
    #[arg(long, value_name = "TIME", env = "STILLRUNS_TIMEOUT", hide_env_values = true)]
    pub(crate) timeout: Option<Timeout>,
    /// Memory that one example may take, such as `1GiB`
    #[arg(long, value_name = "SIZE", env = "STILLRUNS_MEMORY", hide_env_values = true)]
    pub(crate) memory: Option<Memory>,
    /// What to do when a mechanism of the sandbox does not work here
    #[arg(long, value_enum, value_name = "HOW", env = "STILLRUNS_SANDBOX", hide_env_values = true)]
    pub(crate) sandbox: Option<Isolation>,
    /// Use this Python before those that are found: a path, the folder of an environment, or a
    /// version such as `3.11`; may be repeated
    #[arg(long, value_name = "PATH|VERSION", env = "STILLRUNS_PYTHON", hide_env_values = true)]
    #[arg(value_delimiter = ':')]
    pub(crate) python: Vec<PathBuf>,
    /// Give the network to examples that say they need it (`needs=network`)
    #[arg(long, env = "STILLRUNS_ALLOW_NETWORK", hide_env_values = true)]
    #[arg(value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) allow_network: bool,
    /// Let all examples reach servers that they start themselves
    #[arg(long, env = "STILLRUNS_ALLOW_LOOPBACK", hide_env_values = true)]
    #[arg(value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) allow_loopback: bool,
    /// Start every interpreter anew instead of keeping it warm
    #[arg(long, env = "STILLRUNS_COLD", hide_env_values = true)]
    #[arg(value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) cold: bool,
    /// Stop at the first broken example
    #[arg(long)]
    pub(crate) fail_fast: bool,
    /// Try an example that fails so many times more; one that passes then is flaky
    #[arg(long, value_name = "N", env = "STILLRUNS_RETRIES", hide_env_values = true)]
    pub(crate) retries: Option<u32>,
    /// Run every example N times, to find those that end differently
    #[arg(long, value_name = "N", conflicts_with = "retries")]
    pub(crate) detect_flaky: Option<NonZeroU32>,
    #[command(flatten)]
    pub(crate) cache: CacheArgs,
}

/// What is remembered of earlier runs.
#[derive(Debug, Args)]
pub(crate) struct CacheArgs {
    /// Run everything anew, and remember nothing
    #[arg(long)]
    pub(crate) no_cache: bool,
    /// Remember here instead of in the user's cache folder
    #[arg(long, value_name = "DIR", env = "STILLRUNS_CACHE_DIR", hide_env_values = true)]
    pub(crate) cache_dir: Option<PathBuf>,
}

/// How the result is told.
#[derive(Debug, Args)]
pub(crate) struct TellingArgs {
    /// Report in this format, to standard output or to a file; may be repeated
    #[arg(long, value_name = "NAME[=PATH]", help = format_help())]
    pub(crate) format: Vec<String>,
    /// Show every example
    #[arg(short, long, conflicts_with = "quiet")]
    pub(crate) verbose: bool,
    /// Show no progress
    #[arg(long)]
    pub(crate) no_progress: bool,
    /// Write no annotations and no step summary on GitHub Actions
    #[arg(long, env = "STILLRUNS_NO_ANNOTATIONS", hide_env_values = true)]
    pub(crate) no_annotations: bool,
    /// End with status 0 also when examples are broken
    #[arg(long)]
    pub(crate) exit_zero: bool,
    /// Treat every broken or unjudged example as newly broken
    #[arg(long, conflicts_with = "exit_zero")]
    pub(crate) strict: bool,
    /// Finding no example is a success
    #[arg(long)]
    pub(crate) allow_empty: bool,
    /// Record what examples print beside their verdicts
    #[arg(long)]
    pub(crate) record_output: bool,
}

/// `stillruns check`
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) select: SelectArgs,
    #[command(flatten)]
    pub(crate) running: RunningArgs,
    #[command(flatten)]
    pub(crate) telling: TellingArgs,
    #[command(flatten)]
    pub(crate) fix: FixArgs,
    /// Only say what would be run
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// What is done about shown output that differs.
#[derive(Debug, Args)]
pub(crate) struct FixArgs {
    /// Put what is printed where the documents show other output
    #[arg(long)]
    pub(crate) fix_outputs: bool,
    /// Show as a unified diff what `--fix-outputs` would change, and change nothing
    #[arg(long)]
    pub(crate) diff: bool,
    /// Rewrite documents also where `CI` is set
    #[arg(long, requires = "fix_outputs")]
    pub(crate) force: bool,
}

/// `stillruns extract`
#[derive(Debug, Args)]
pub(crate) struct ExtractArgs {
    #[command(flatten)]
    pub(crate) select: SelectArgs,
    /// Write here instead of into the snapshot folder
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,
    /// Write nothing, and end with status 1 when something is out of date
    #[arg(long, conflicts_with = "dry_run")]
    pub(crate) check: bool,
    /// Only say what would be done
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Finding no example is a success
    #[arg(long)]
    pub(crate) allow_empty: bool,
}

/// `stillruns list`
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    pub(crate) select: SelectArgs,
    /// How to list
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: ListFormat,
    /// List also what looked like code and is none
    #[arg(long)]
    pub(crate) skipped: bool,
    /// Tell also which earlier examples each one needs
    #[arg(long)]
    pub(crate) links: bool,
    /// Finding no example is a success
    #[arg(long)]
    pub(crate) allow_empty: bool,
}

/// How to list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    /// One line per example, for people.
    #[default]
    Text,
    /// One array.
    Json,
    /// One object per line.
    Jsonl,
    /// The links between them as a graph for Graphviz.
    Dot,
}

/// `stillruns run`
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// A folder that `stillruns extract` wrote
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: PathBuf,
    /// Only examples of these classes
    #[arg(long, value_name = "CLASS", value_delimiter = ',', value_parser = class)]
    pub(crate) class: Vec<crate::model::Lang>,
    /// Only examples whose id begins with TEXT or whose document's name holds it
    #[arg(long, value_name = "TEXT")]
    pub(crate) filter: Vec<String>,
    /// Only this part of the examples, such as `hash:1/4` or `count:1/4`
    #[arg(long, value_name = "HOW:M/N")]
    pub(crate) partition: Option<Partition>,
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
    #[command(flatten)]
    pub(crate) running: RunningArgs,
    #[command(flatten)]
    pub(crate) telling: TellingArgs,
}

/// `stillruns merge`
#[derive(Debug, Args)]
pub(crate) struct MergeArgs {
    /// Reports in the format `jsonl` of all parts of one run
    #[arg(value_name = "FILE", required = true)]
    pub(crate) shards: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
    #[command(flatten)]
    pub(crate) telling: TellingArgs,
}

/// `stillruns review`, `accept` and `reject`
#[derive(Debug, Args)]
pub(crate) struct PendingArgs {
    /// Documents, folders of documents, `FILE:LINE` for the example at a line, ids of examples; all
    /// when none is named
    #[arg(value_name = "PATH|ID")]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
}

/// `stillruns accept`
#[derive(Debug, Args)]
pub(crate) struct AcceptArgs {
    #[command(flatten)]
    pub(crate) pending: PendingArgs,
    /// Remove also what is recorded for documents that are gone
    #[arg(long, visible_alias = "prune")]
    pub(crate) unreferenced: bool,
}

/// `stillruns explain`
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// The id of an example, or a line of a document
    #[arg(value_name = "ID|FILE:LINE")]
    pub(crate) what: PathBuf,
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
}

/// `stillruns history`
#[derive(Debug, Args)]
pub(crate) struct HistoryArgs {
    /// The id of an example, or a line of a document
    #[arg(value_name = "ID|FILE:LINE")]
    pub(crate) what: PathBuf,
    /// How to answer
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: AnswerFormat,
    /// Where it is remembered, when not in the user's cache folder
    #[arg(long, value_name = "DIR", env = "STILLRUNS_CACHE_DIR", hide_env_values = true)]
    pub(crate) cache_dir: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
}

/// `stillruns cache`
#[derive(Debug, Subcommand)]
pub(crate) enum CacheVerb {
    /// Tell how much is remembered, and where
    Stats(CacheStatsArgs),
    /// Forget what was run, so that everything is run anew
    Clean(CacheCleanArgs),
}

/// `stillruns cache stats`
#[derive(Debug, Args)]
pub(crate) struct CacheStatsArgs {
    /// Where it is remembered, when not in the user's cache folder
    #[arg(long, value_name = "DIR", env = "STILLRUNS_CACHE_DIR", hide_env_values = true)]
    pub(crate) cache_dir: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
}

/// `stillruns cache clean`
#[derive(Debug, Args)]
pub(crate) struct CacheCleanArgs {
    /// Forget also how examples ended before
    #[arg(long)]
    pub(crate) history: bool,
    #[command(flatten)]
    pub(crate) stats: CacheStatsArgs,
}

/// `stillruns classify`
#[derive(Debug, Args)]
pub(crate) struct ClassifyArgs {
    /// The text; `-` for standard input
    #[arg(value_name = "FILE", default_value = "-")]
    pub(crate) file: PathBuf,
    /// How to answer
    #[arg(long, value_enum, default_value_t, conflicts_with = "jsonl")]
    pub(crate) format: AnswerFormat,
    /// Read many texts, one object `{"id": …, "text": …}` per line, and answer each with one line
    #[arg(long)]
    pub(crate) jsonl: bool,
}

/// How to answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum AnswerFormat {
    /// For people.
    #[default]
    Text,
    /// One object.
    Json,
}

/// `stillruns doctor`
#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Look at this interpreter as well
    #[arg(long, value_name = "PATH|VERSION", env = "STILLRUNS_PYTHON", hide_env_values = true)]
    #[arg(value_delimiter = ':')]
    pub(crate) python: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
}

/// `stillruns init`
#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// Write also a workflow for GitHub Actions
    #[arg(long)]
    pub(crate) github: bool,
}

/// `stillruns config`
#[derive(Debug, Subcommand)]
pub(crate) enum ConfigVerb {
    /// Print the configuration that holds here
    Show(ConfigArgs),
}

/// `stillruns completions`
#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

/// `stillruns schema`
#[derive(Debug, Args)]
pub(crate) struct SchemaArgs {
    /// Of what
    #[arg(value_enum)]
    pub(crate) of: SchemaOf,
}

/// What a schema is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaOf {
    /// `manifest.json`.
    Manifest,
    /// The lines of `--format jsonl`.
    Events,
    /// The object of `--format json`.
    Report,
    /// `stillruns.toml`.
    Config,
}

fn class(text: &str) -> Result<crate::model::Lang, String> {
    let known = crate::model::Lang::ALL.into_iter().find(|lang| lang.as_str() == text);
    known.ok_or_else(|| "known are py2, py3 and shell".to_owned())
}

fn input_format(text: &str) -> Result<String, String> {
    let known: Vec<&str> = crate::pipeline::format_names().collect();
    if known.contains(&text) {
        return Ok(text.to_owned());
    }
    Err(format!("known are {}", known.join(", ")))
}

fn format_help() -> String {
    let names: Vec<String> = crate::report::REPORTS
        .iter()
        .map(|report| format!("`{}` ({})", report.name, report.about))
        .collect();
    format!(
        "Report in this format, to standard output or to a file; may be repeated: {}",
        names.join(", ")
    )
}
