//! What kramdown adds to Markdown: attribute lines and front matter.
//!
//! An attribute line stands directly below the block that it speaks of, or directly above it.

use crate::model::Document;

/// The language that an attribute line such as `{: .language-python}` names; `None` where `line`
/// is no attribute line, `Some(None)` where it is one that names no language.
pub(super) fn attribute_line(line: &str) -> Option<Option<String>> {
    let inner = line.trim().strip_prefix("{:")?.strip_suffix('}')?;
    if inner.starts_with(':') {
        return Some(None);
    }
    let words = inner.split_whitespace().map(|word| word.trim_matches(['"', '\'']));
    let mut plain = None;
    for word in words {
        let class = word.strip_prefix("class=").unwrap_or(word).trim_matches(['"', '\'']);
        let class = class.strip_prefix('.').unwrap_or(class);
        if let Some(language) = class.strip_prefix("language-") {
            return Some(Some(language.to_owned()));
        }
        if word.starts_with('.') && plain.is_none() {
            plain = Some(class.to_owned());
        }
    }
    Some(plain.filter(|class| PLAIN_CLASSES.contains(&class.as_str())))
}

/// Classes that name a language without `language-` before it.
const PLAIN_CLASSES: &[&str] = &["python", "bash", "sh", "shell", "console"];

/// Number of lines that front matter takes at the top of `document`, its marks included; zero
/// where there is none.
pub(super) fn front_matter(document: &Document) -> u32 {
    if document.line(1).trim_end() != "---" {
        return 0;
    }
    let last = document.lines.count().min(200);
    let closed =
        (2..=last).find(|&number| matches!(document.line(number).trim_end(), "---" | "..."));
    let Some(closing) = closed else { return 0 };
    let keyed = (2..closing).all(|number| {
        let line = document.line(number);
        line.trim().is_empty() || line.starts_with([' ', '\t', '#', '-']) || line.contains(':')
    });
    if keyed { closing } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::DocPath;

    #[test]
    fn attribute_lines_name_a_language() {
        let cases = [
            ("{: .language-python}", Some(Some("python"))),
            ("{:.language-bash .wide}", Some(Some("bash"))),
            ("{: class=\"language-sh\"}", Some(Some("sh"))),
            ("{: .note}", Some(None)),
            ("{:.python}", Some(Some("python"))),
            ("{::options x=\"y\" /}", Some(None)),
            ("text {: .x}", None),
        ];
        for (line, expected) in cases {
            let expected = expected.map(|language| language.map(str::to_owned));
            assert_eq!(attribute_line(line), expected, "{line}");
        }
    }

    #[test]
    fn front_matter_ends_at_its_second_mark() {
        let lines = |text: &str| front_matter(&Document::new(DocPath::new("a"), text.to_owned()));
        assert_eq!(lines("---\na: b\n---\ntext"), 3);
        assert_eq!(lines("---\nsome text\n---\n"), 0);
        assert_eq!(lines("# a\n---\n"), 0);
    }
}
