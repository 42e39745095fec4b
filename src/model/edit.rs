//! What normalizing changed.

use crate::text::Span;

/// The name of a normalizing rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RuleName(pub &'static str);

/// One change that normalizing made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The rule that made it.
    pub rule: RuleName,
    /// The replaced bytes in the document; `None` where only added bytes were touched.
    pub at: Option<Span>,
    /// What stands there now.
    pub with: String,
}
