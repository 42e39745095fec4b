//! `stillruns config show`: the configuration that holds here.
//!
//! Prints what the file says, with defaults for the rest; flags and variables are not in it.

use crate::cli::args::ConfigArgs;
use crate::cli::talk::print;
use crate::cli::{Here, exit, remembered};
use crate::error::Error;

/// Runs the verb.
pub(crate) fn show(args: &ConfigArgs, here: &Here) -> Result<u8, Error> {
    let config = here.config(args)?;
    let settings = &config.settings;
    let file = config.file.as_ref().map_or_else(
        || "no configuration file; these are the defaults".to_owned(),
        |file| format!("from {}", file.display()),
    );
    let python = settings.python.iter().flatten().map(|path| path.display().to_string());
    let python: Vec<String> = python.collect();
    let mut table = toml::Table::new();
    let mut put = |key: &str, value: toml::Value| {
        table.insert(key.to_owned(), value);
    };
    put("exclude", settings.exclude.clone().unwrap_or_default().into());
    put("snapshots", config.snapshots().display().to_string().into());
    let timeout = settings.timeout.map_or_else(|| "10s".to_owned(), |time| time.to_string());
    put("timeout", timeout.into());
    let memory = settings.memory.map_or_else(|| "1GiB".to_owned(), |size| size.to_string());
    put("memory", memory.into());
    let default = if here.ci { "required" } else { "best-effort" };
    let sandbox = settings.sandbox.map_or_else(|| default.to_owned(), |how| how.to_string());
    put("sandbox", sandbox.into());
    put("python", python.into());
    put("allow-network", settings.allow_network.unwrap_or(false).into());
    put("allow-loopback", settings.allow_loopback.unwrap_or(false).into());
    put("cold", settings.cold.unwrap_or(false).into());
    put("env", settings.env.clone().unwrap_or_default().into());
    if let Some(jobs) = settings.jobs {
        put("jobs", i64::try_from(jobs.get()).unwrap_or(i64::MAX).into());
    }
    if let Some(folder) = remembered::folder(None, &config, here) {
        put("cache-dir", folder.display().to_string().into());
    }
    put("retries", i64::from(settings.retries.unwrap_or(0)).into());
    put("record-output", settings.record_output.unwrap_or(false).into());
    put("allow-empty", settings.allow_empty.unwrap_or(false).into());
    print(&format!("# {file}\n{table}"))?;
    Ok(exit::CLEAN)
}
