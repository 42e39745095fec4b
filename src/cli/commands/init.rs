//! `stillruns init`: a configuration file, the snapshot folder, a workflow.
//!
//! Never replaces a file that is there.

use std::fs;
use std::path::Path;

use crate::cli::args::InitArgs;
use crate::cli::telling::write_file;
use crate::cli::{Here, exit};
use crate::error::Error;

const CONFIG: &str = r#"# Every key may be left out. `stillruns config show` prints what holds.
exclude = []
snapshots = "snippets"
timeout = "10s"
# sandbox = "required"    # or "best-effort", "off"
# python = [".venv/bin/python"]
# jobs = 4
# memory = "1GiB"
# allow-empty = false
"#;

/// The workflow that the repository offers for copying as well.
const WORKFLOW: &str = include_str!("../../../ci/broken-examples.yml");

/// Runs the verb.
pub(crate) fn run(args: &InitArgs, here: &Here) -> Result<u8, Error> {
    make("stillruns.toml", CONFIG, here)?;
    make("snippets/.gitignore", "*.snap.new\n", here)?;
    if args.github {
        make(".github/workflows/stillruns.yml", WORKFLOW, here)?;
    }
    Ok(exit::CLEAN)
}

fn make(name: &str, text: &str, here: &Here) -> Result<(), Error> {
    let path = here.folder.join(Path::new(name));
    if fs::symlink_metadata(&path).is_ok() {
        here.talk.note(format!("left `{name}` as it is"));
        return Ok(());
    }
    write_file(&path, text.as_bytes())?;
    here.talk.note(format!("wrote `{name}`"));
    Ok(())
}
