//! All integration tests, in one binary.

mod bounds;
mod classify;
mod cli;
mod constructs;
mod directives;
mod discover;
mod extract;
mod held;
mod insta_compat;
mod markups;
mod notes;
mod project;
mod promises;
mod properties;
mod readme;
mod report;
mod scan;
mod snapshot;
mod suggest;
mod tidy;
mod together;
mod writing;
