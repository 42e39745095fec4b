//! One file per verb: arguments in, exit status out.
//!
//! What verbs share lies one level up; what they do lies in the stages.

pub(super) mod cache;
pub(super) mod check;
pub(super) mod classify;
pub(super) mod completions;
pub(super) mod config;
pub(super) mod doctor;
pub(super) mod explain;
pub(super) mod extract;
pub(super) mod history;
pub(super) mod init;
pub(super) mod list;
pub(super) mod merge;
pub(super) mod pending;
pub(super) mod review;
pub(super) mod run;
pub(super) mod schema;
