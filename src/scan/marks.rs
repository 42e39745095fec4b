//! Lines by which dialects of Markdown show what follows.
//!
//! One line is looked at; what belongs to it is for `dialects`.

use super::directives::{self, Content};
use super::html;
use crate::text::Span;

/// What a line shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// `=== "Tab"`, `!!! note`, `??? tip`: deeper lines below are its body.
    Body,
    /// A tag before code.
    Code {
        /// What it says of the code, as an info string.
        info: String,
        /// What ends the code.
        closer: Closer,
    },
    /// Code between two tags on one line: what is said of it, and where it stands in the line
    /// without white space around.
    Whole {
        /// As an info string.
        info: String,
        /// The bytes of the code.
        code: Span,
    },
    /// `<pre>` among other tags, and no end of it.
    Pre,
    /// `::: note` or `/// note`, with options below it, or their ends.
    Directive,
    /// `---`, which may stand before the settings of a slide.
    Slide,
    /// A tag of a template on a line of its own.
    Line,
    /// An element of JSX.
    Element,
    /// A comment of JSX.
    Comment,
    /// An import or export of MDX.
    Module,
}

/// The line that ends code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Closer {
    /// A tag of Liquid: `{% endhighlight %}`.
    Liquid(&'static str),
    /// A shortcode of Hugo: `{{< /highlight >}}`.
    Shortcode,
    /// As many colons, or more.
    Colons(usize),
    /// The end tag of preformatted text.
    Pre,
}

impl Closer {
    /// Whether `line` is it.
    pub(super) fn is(&self, line: &str) -> bool {
        match self {
            Self::Liquid(name) => {
                liquid(line).is_some_and(|tag| tag.split(' ').next() == Some(name))
            }
            Self::Shortcode => shortcode(line).is_some_and(|tag| {
                tag.strip_prefix('/').is_some_and(|name| name.trim_start() == "highlight")
            }),
            Self::Pre => html::closes_pre(line),
            Self::Colons(count) => {
                let line = line.trim();
                line.len() >= *count && line.bytes().all(|byte| byte == b':')
            }
        }
    }

    /// Whether a text without this end has no end `other` either.
    pub(super) fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Colons(count), Self::Colons(more)) => count <= more,
            _ => self == other,
        }
    }
}

/// What `line` shows; `None` for nearly every line.
pub(super) fn mark(line: &str) -> Option<Mark> {
    let trimmed = line.trim();
    match trimmed.as_bytes().first()? {
        b'!' | b'?' => is_admonition(trimmed).then_some(Mark::Body),
        b'=' => is_tab(trimmed).then_some(Mark::Body),
        b':' => colons(line),
        b'/' => is_slashes(trimmed).then_some(Mark::Directive),
        b'-' => (line.trim_end() == "---").then_some(Mark::Slide),
        b'{' => template(trimmed).or_else(|| one_line(trimmed)),
        b'<' if html::opens_pre(trimmed) => (!html::closes_pre(trimmed)).then_some(Mark::Pre),
        b'<' => is_element(trimmed).then_some(Mark::Element),
        b'i' => is_import(line).then_some(Mark::Module),
        _ => None,
    }
}

/// `!!! note "Title"`, `???+ tip`.
fn is_admonition(line: &str) -> bool {
    let rest = line.strip_prefix("!!!").or_else(|| line.strip_prefix("???"));
    let Some(rest) = rest else { return false };
    rest.trim_start_matches('+').trim_start().starts_with(|c: char| c.is_alphabetic() || c == '"')
}

/// `=== "Title"`.
fn is_tab(line: &str) -> bool {
    let rest = line.strip_prefix("===").unwrap_or("").trim_start_matches(['!', '+']);
    let title = rest.trim_start();
    rest.len() > title.len()
        && title.len() > 1
        && ['"', '\''].iter().any(|quote| title.starts_with(*quote) && title.ends_with(*quote))
}

fn colons(line: &str) -> Option<Mark> {
    let trimmed = line.trim();
    let count = trimmed.bytes().take_while(|byte| *byte == b':').count();
    if count < 3 {
        return None;
    }
    let rest = &trimmed[count..];
    match directives::content(rest) {
        Some(Content::Code(_) | Content::Output) => {
            Some(Mark::Code { info: rest.to_owned(), closer: Closer::Colons(count) })
        }
        // In indented code `:::python` names its language.
        _ if columns(line) >= 4 && rest.starts_with(|c: char| c.is_ascii_alphabetic()) => None,
        _ => Some(Mark::Directive),
    }
}

/// `/// note | Title`, `///`.
fn is_slashes(line: &str) -> bool {
    let rest = line.trim_start_matches('/');
    let (name, title) = rest.split_once('|').unwrap_or((rest, ""));
    let name = name.trim();
    let word = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    line.len() - rest.len() >= 3 && name.chars().all(word) && (title.is_empty() || !name.is_empty())
}

fn template(line: &str) -> Option<Mark> {
    if line.starts_with("{/*") {
        return Some(Mark::Comment);
    }
    if let Some(tag) = liquid(line) {
        let mut words = tag.split_whitespace();
        let closer = match words.next() {
            Some("highlight") => Closer::Liquid("endhighlight"),
            Some("codeblock") => Closer::Liquid("endcodeblock"),
            _ => return Some(Mark::Line),
        };
        let language = match closer {
            Closer::Liquid("endhighlight") => words.next(),
            _ => words.find_map(|word| word.strip_prefix("lang:")),
        };
        return Some(Mark::Code { info: language.unwrap_or("").to_owned(), closer });
    }
    let tag = shortcode(line)?;
    let mut words = tag.split_whitespace();
    if words.next() != Some("highlight") {
        return Some(Mark::Line);
    }
    let word = words.next().unwrap_or("").trim_start_matches("lang=");
    let info = word.trim_matches(['"', '\'']).to_owned();
    Some(Mark::Code { info, closer: Closer::Shortcode })
}

/// Code between a tag and its end on the same line.
fn one_line(line: &str) -> Option<Mark> {
    let mark = if line.starts_with("{%") { "%}" } else { "}}" };
    let begin = line.find(mark)? + mark.len();
    let end = begin + line[begin..].rfind(if mark == "%}" { "{%" } else { "{{" })?;
    let Mark::Code { info, closer } = template(&line[..begin])? else { return None };
    closer.is(&line[end..]).then(|| Mark::Whole { info, code: Span::new(begin, end) })
}

/// Whether nothing but tags of HTML, and what is written between them, stands on `line`.
pub(super) fn is_tags(line: &str) -> bool {
    let line = line.trim();
    line.starts_with('<')
        && line.ends_with('>')
        && line[1..].trim_start_matches('/').starts_with(|c: char| c.is_ascii_alphabetic())
}

/// The length of the quote marks or list marker before a marker of a body on `line`, and whether
/// they are quote marks; `None` where none stand there.
pub(super) fn nested_body(line: &str) -> Option<(usize, bool)> {
    let trimmed = line.trim_start();
    let quoted = trimmed.starts_with('>');
    let rest = match quoted {
        // Quotes inside quotes are looked at when the outer marks are gone.
        true => trimmed.trim_start_matches(['>', ' ', '\t']),
        false => trimmed.strip_prefix(['-', '*', '+'])?.strip_prefix([' ', '\t'])?.trim_start(),
    };
    matches!(mark(rest), Some(Mark::Body)).then_some((line.len() - rest.len(), quoted))
}

/// Bytes of the quote mark and the blank behind it that `line` begins with; `None` where it is not
/// quoted.
pub(super) fn quote_mark(line: &str) -> Option<usize> {
    let rest = line.trim_start().strip_prefix('>')?;
    Some(line.len() - rest.len() + usize::from(rest.starts_with(' ')))
}

/// What stands in the single tag of Liquid that `line` consists of.
fn liquid(line: &str) -> Option<&str> {
    let inner = line.trim().strip_prefix("{%")?.strip_suffix("%}")?;
    (!inner.contains("%}")).then(|| inner.trim_matches(['-', ' ']))
}

/// What stands in the single shortcode that `line` consists of.
fn shortcode(line: &str) -> Option<&str> {
    let line = line.trim();
    let inner = line.strip_prefix("{{<").and_then(|rest| rest.strip_suffix(">}}"));
    let inner = inner.or_else(|| line.strip_prefix("{{%")?.strip_suffix("%}}"))?;
    (!inner.contains("}}")).then(|| inner.trim())
}

/// An element whose name is that of a component, `<TabItem value="a">`, as no element of HTML is
/// written; its tag may go on below.
fn is_element(line: &str) -> bool {
    let name = line.trim_start_matches(['<', '/']);
    let mut letters = name.chars();
    let component = letters.next().is_some_and(|c| c.is_ascii_uppercase())
        && letters.next().is_some_and(|c| c.is_ascii_lowercase());
    let open = !line.contains('>') && !line.contains('`');
    component && (open || line.ends_with('>')) || matches!(line, "<>" | "</>")
}

/// `import Name from 'place'`, which is never Python.
fn is_import(line: &str) -> bool {
    let Some(rest) = line.strip_prefix("import ") else { return false };
    rest.split_once(" from ").is_some_and(|(_, place)| place.trim_start().starts_with(['\'', '"']))
}

/// Whether `line` may stand in the settings of a slide.
pub(super) fn is_setting(line: &str) -> bool {
    let key = line.split_once(':').is_some_and(|(key, value)| {
        let word = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
        !key.is_empty() && key.chars().all(word) && (value.is_empty() || value.starts_with(' '))
    });
    key || line.starts_with([' ', '#', '-']) && line.len() > 1
}

/// Columns of white space that `line` begins with, a tab to the next multiple of four.
pub(super) fn columns(line: &str) -> usize {
    line.bytes().map_while(step).fold(0, advance)
}

/// Bytes of white space that fill `columns` at the start of `line`, or all that there are.
pub(super) fn bytes(line: &str, columns: usize) -> usize {
    let mut column = 0;
    line.bytes()
        .map_while(step)
        .take_while(|tab| {
            let before = column;
            column = advance(column, *tab);
            before < columns
        })
        .count()
}

/// Whether the blank `byte` is a tab; `None` where it is no blank.
fn step(byte: u8) -> Option<bool> {
    matches!(byte, b' ' | b'\t').then_some(byte == b'\t')
}

fn advance(column: usize, tab: bool) -> usize {
    if tab { column / 4 * 4 + 4 } else { column + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_show_what_follows() {
        let cases = [
            ("!!! note", Some(Mark::Body)),
            ("  ???+ tip \"a\"", Some(Mark::Body)),
            ("=== \"Linux\"", Some(Mark::Body)),
            ("===", None),
            ("!!!", None),
            ("!= x", None),
            ("::::{tab-set}", Some(Mark::Directive)),
            ("    :::python", None),
            ("::", None),
            ("/// note | Title", Some(Mark::Directive)),
            ("/// all of this is said", None),
            ("//", None),
            ("{% include a.html %}", Some(Mark::Line)),
            ("{{% tab \"x\" %}}", Some(Mark::Line)),
            ("{{ x }}", None),
            ("{% a %} b {% c %}", None),
            ("<TabItem value=\"a\">", Some(Mark::Element)),
            ("<div>", None),
            ("import A from '@b/c';", Some(Mark::Module)),
            ("import os", None),
            ("é", None),
        ];
        for (line, expected) in cases {
            assert_eq!(mark(line), expected, "{line}");
        }
    }

    #[test]
    fn tags_before_code_name_its_language_and_end() {
        let cases = [
            ("{% highlight python linenos %}", "python", "{% endhighlight %}"),
            ("{%- highlight sh -%}", "sh", "{%- endhighlight -%}"),
            ("{% codeblock title lang:py %}", "py", "{% endcodeblock %}"),
            ("{{< highlight bash \"linenos=1\" >}}", "bash", "{{< / highlight >}}"),
            (":::{code-block} python", "{code-block} python", "::::"),
        ];
        for (line, expected, end) in cases {
            let Some(Mark::Code { info, closer }) = mark(line) else { panic!("{line}") };
            assert_eq!(info, expected);
            assert!(closer.is(end), "{end}");
            assert!(!closer.is("{% raw %}"));
        }
    }

    #[test]
    fn tabs_fill_columns() {
        assert_eq!([columns("\tx"), columns("  \tx"), columns("   x")], [4, 4, 3]);
        assert_eq!([bytes("\t\tx", 4), bytes("      x", 4), bytes(" x", 4)], [1, 4, 1]);
    }
}
