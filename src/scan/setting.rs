//! What a document says of its code outside of it: headings, front matter, and its format.
//!
//! What that means for a snippet is for the classifier.

use crate::model::{Context, Document, Region};

/// What the document says of every one of `regions`, which are in its order: the heading above
/// it, with the line that it stands in, and the language of the whole. One pass over the lines.
pub fn settings(document: &Document, regions: &[Region]) -> Vec<(u32, Context)> {
    let language = language(document);
    let mut section = 0;
    let mut heading = None;
    let mut number = 1;
    let mut settings = Vec::with_capacity(regions.len());
    for region in regions {
        let (start, end) = document.lines.lines_of(region.at);
        while number < start {
            if let Some(found) = heading_at(document, number) {
                (section, heading) = (number, Some(found));
            }
            number += 1;
        }
        // What looks like a heading inside of code is a comment.
        number = number.max(end + 1);
        let heading = heading.map(str::to_owned);
        let context = Context { heading, language: language.clone(), ..Context::default() };
        settings.push((section, context));
    }
    settings
}

/// Longer lines are no headings.
const LONGEST: usize = 120;

/// The heading that line `number` is: marked in front, by a rule or blank lines around it, or by a tag.
fn heading_at(document: &Document, number: u32) -> Option<&str> {
    let line = document.line(number);
    if line.is_empty() || line.len() > LONGEST {
        return None;
    }
    if let Some((_, tagged)) = line.split_once("<h")
        && tagged.starts_with(|c: char| ('1'..='6').contains(&c))
        && let Some((_, text)) = tagged.split_once('>')
    {
        return Some(text.split('<').next().unwrap_or(text).trim());
    }
    let marks = ['#', '=', '*'];
    let text = line.trim_start_matches(marks);
    let depth = line.len() - text.len();
    if (1..=6).contains(&depth) && text.starts_with(' ') {
        return Some(text.trim_matches(|c: char| marks.contains(&c) || c == ' '));
    }
    if !line.starts_with(char::is_alphanumeric) || number == document.lines.count() {
        return None;
    }
    let rule = document.line(number + 1).trim_end();
    let Some(first) = rule.bytes().next() else {
        // Plain text has nothing but blank lines around a title.
        let above = number == 1 || document.line(number - 1).trim().is_empty();
        let title =
            above && line.starts_with(char::is_uppercase) && line.ends_with(char::is_alphanumeric);
        return title.then_some(line);
    };
    let ruled =
        b"=-~^\"".contains(&first) && rule.len() > 2 && rule.bytes().all(|byte| byte == first);
    ruled.then(|| line.trim())
}

/// The language that the front matter names, or that the docstrings of a file are about.
fn language(document: &Document) -> Option<String> {
    if matches!(document.path.extension().as_deref(), Some("py" | "pyi" | "pyw")) {
        return Some("python".to_owned());
    }
    let mut lines = document.text.lines();
    lines.next().filter(|line| line.trim_end() == "---")?;
    // Front matter is short; what goes on for longer is a page between two rules.
    for line in lines.take(50).take_while(|line| line.trim_end() != "---") {
        let Some((key, value)) = line.split_once(':') else { continue };
        let value = value.trim().trim_matches(['"', '\'']);
        if matches!(key.trim(), "language" | "lang" | "highlight" | "highlight_language")
            && !value.is_empty()
        {
            return Some(value.to_owned());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::DocPath;
    use crate::scan::scan;

    #[test]
    fn headings_and_languages_are_found() {
        let text = "---\nlanguage: python\n---\n\n# First #\n\n    # no heading\n    f(1)\n\nSecond\n------\n\n```\ng(2)\n```\n";
        let document = Document::new(DocPath::new("a.md"), text.to_owned());
        let settings = settings(&document, &scan(&document));
        let headings: Vec<_> = settings.iter().map(|(_, one)| one.heading.as_deref()).collect();
        assert_eq!(headings, [Some("First"), Some("Second")]);
        assert_eq!(settings[0].1.language.as_deref(), Some("python"));
    }
}
