//! The program `stillruns`.
//!
//! Everything is in the library; this only hands over.

use std::process::ExitCode;

fn main() -> ExitCode {
    // First of all: the harness starts this very program as the launcher of every run.
    stillruns_harness::intercept();
    stillruns::cli::main()
}
