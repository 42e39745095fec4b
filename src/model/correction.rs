//! A small edit that is proposed, never made.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A small edit that begins in a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Correction {
    /// One-based line.
    pub line: u32,
    /// One-based column, in characters.
    pub column: u32,
    /// What stands there; empty to insert.
    pub old: String,
    /// What should; empty to delete.
    pub new: String,
}
