//! What a document says of a snippet around it.
//!
//! Facts only. They count where a snippet is too short to tell by itself.

use super::Lang;

/// What stands around a snippet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// What the nearest snippet before it is, where that is sure.
    pub before: Option<Lang>,
    /// What the nearest snippet after it is, where that is sure.
    pub after: Option<Lang>,
    /// The heading that it stands under.
    pub heading: Option<String>,
    /// The language that the document says its code is in, as written.
    pub language: Option<String>,
}
