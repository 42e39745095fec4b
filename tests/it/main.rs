//! All integration tests, in one binary.

mod bounds;
mod checkers;
mod ci_pieces;
mod classify;
mod cli;
mod constructs;
mod directives;
mod discover;
mod extract;
mod formats;
mod held;
mod insta_compat;
mod markups;
mod notes;
mod page;
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
