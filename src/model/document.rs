//! One decoded input file and its name.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::text::LineIndex;

/// The name of a document: a path with forward slashes, without `.` components, relative to the
/// project's root where it lies below it.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct DocPath(String);

impl DocPath {
    /// Makes the name from a path as it was typed.
    pub fn new(path: &str) -> Self {
        let absolute = path.starts_with('/');
        let parts: Vec<&str> =
            path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
        let joined = parts.join("/");
        Self(if absolute { format!("/{joined}") } else { joined })
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What follows the last dot of the last component, in lower case.
    pub fn extension(&self) -> Option<String> {
        let name = self.0.rsplit('/').next()?;
        let (stem, extension) = name.rsplit_once('.')?;
        (!stem.is_empty()).then(|| extension.to_ascii_lowercase())
    }
}

impl fmt::Display for DocPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One decoded input file.
#[derive(Clone, Debug)]
pub struct Document {
    /// Its name.
    pub path: DocPath,
    /// Its text, with `\n` line ends.
    pub text: String,
    /// Where its lines begin.
    pub lines: LineIndex,
    /// The name of the format to read it in; its name and content tell where there is none.
    pub format: Option<String>,
}

impl Document {
    /// A document of the given name and text.
    pub fn new(path: DocPath, text: String) -> Self {
        let lines = LineIndex::new(&text);
        Self { path, text, lines, format: None }
    }

    /// One-based line `number` without its newline.
    pub fn line(&self, number: u32) -> &str {
        self.text.get(self.lines.span(number).range()).unwrap_or("")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_no_dot_components() {
        assert_eq!(DocPath::new("./a//b.md").as_str(), "a/b.md");
        assert_eq!(DocPath::new("/a/./b").as_str(), "/a/b");
        assert_eq!(DocPath::new("../b.MD").extension().as_deref(), Some("md"));
        assert_eq!(DocPath::new("a/.env").extension(), None);
    }
}
