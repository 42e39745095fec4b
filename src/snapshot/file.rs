//! The text form of recorded verdicts, written and read: insta's file format.
//!
//! A header in YAML between two `---` lines, then the contents: one paragraph per example with
//! its id, class and verdict, and below it the first line of its code for the reviewer's eye. No
//! line numbers, so an edit above an example changes nothing. Only contents are ever compared;
//! insta rewrites headers in its own way. Touches no file.

use super::redact::redact;
use crate::model::{DocPath, Lang, SnippetId, Verdict};
use crate::text::visible;

/// The version of the contents, told in the header.
const VERSION: &str = "stillruns verdicts, version 1";

/// Stands for the paragraphs where there are none.
const NOTHING: &str = "no examples";

/// Longest verdict and longest line of code that are kept, in characters.
const LONGEST: usize = 240;

/// The recorded verdicts of one document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// One per example, in document order.
    pub records: Vec<Record>,
}

/// The recorded verdict of one example: one line each, nothing volatile in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    id: SnippetId,
    class: Lang,
    verdict: String,
    code: String,
}

impl Record {
    /// Records `verdict` over the snippet `id` with the code `code`.
    pub fn new(id: SnippetId, class: Lang, verdict: &Verdict, code: &str) -> Self {
        let first = code.lines().find(|line| !line.trim().is_empty()).unwrap_or("");
        Self { id, class, verdict: told(verdict), code: one_line(first) }
    }

    /// The snippet.
    pub fn id(&self) -> &SnippetId {
        &self.id
    }

    /// The verdict as it is recorded: its word, and the cause or reason.
    pub fn verdict(&self) -> &str {
        &self.verdict
    }

    /// `pass`, `fail` or `unjudged`.
    pub fn word(&self) -> &str {
        self.verdict.split(':').next().unwrap_or("")
    }
}

/// A verdict as it is recorded.
pub(super) fn told(verdict: &Verdict) -> String {
    one_line(&redact(&verdict.to_string()))
}

fn one_line(text: &str) -> String {
    let shown = visible(text.trim());
    if shown.chars().count() <= LONGEST {
        return shown;
    }
    let mut cut: String = shown.chars().take(LONGEST).collect();
    cut.truncate(cut.trim_end().len());
    cut.push('…');
    cut
}

/// The whole file: header and contents.
pub(super) fn render(document: &DocPath, recorded: &Recorded) -> String {
    let source = quoted(document.as_str());
    let contents = contents(recorded);
    format!(
        "---\nsource: {source}\ndescription: \"{VERSION}\"\nexpression: verdicts\n---\n{contents}"
    )
}

/// What is reviewed and compared.
pub(super) fn contents(recorded: &Recorded) -> String {
    if recorded.records.is_empty() {
        return format!("{NOTHING}\n");
    }
    let paragraphs: Vec<String> = recorded
        .records
        .iter()
        .map(|record| {
            let Record { id, class, verdict, code } = record;
            let code = if code.is_empty() { String::new() } else { format!("    {code}\n") };
            format!("{id} {class} {verdict}\n{code}")
        })
        .collect();
    paragraphs.join("\n")
}

/// Reads a whole file; the error is a one-based line and what is wrong there.
pub fn parse(text: &str) -> Result<(DocPath, Recorded), (u32, String)> {
    let mut lines = text.lines().zip(1..);
    let (source, described) = header(&mut lines)?;
    if described != VERSION {
        let cause = format!("it says `{described}`, and this program reads `{VERSION}` only");
        return Err((1, cause));
    }
    let mut records: Vec<Record> = Vec::new();
    let mut open = false;
    for (line, number) in lines {
        if line.trim().is_empty() {
            open = false;
        } else if let Some(code) = line.strip_prefix("    ") {
            match records.last_mut() {
                Some(record) if open && record.code.is_empty() => code.clone_into(&mut record.code),
                _ => return Err((number, "code without a verdict above it".to_owned())),
            }
        } else if line != NOTHING {
            records.push(record(line).map_err(|cause| (number, cause))?);
            open = true;
        }
    }
    Ok((DocPath::new(&source), Recorded { records }))
}

fn header<'a>(
    lines: &mut impl Iterator<Item = (&'a str, u32)>,
) -> Result<(String, String), (u32, String)> {
    if lines.next().is_none_or(|(line, _)| line.trim_end() != "---") {
        return Err((1, "it does not begin with a `---` line".to_owned()));
    }
    let (mut source, mut described) = (String::new(), String::new());
    for (line, _) in lines {
        if line.trim_end() == "---" {
            return Ok((source, described));
        }
        match line.split_once(": ") {
            Some(("source", value)) => source = unquoted(value),
            Some(("description", value)) => described = unquoted(value),
            _ => {}
        }
    }
    Err((1, "its header does not end with a `---` line".to_owned()))
}

fn record(line: &str) -> Result<Record, String> {
    let mut words = line.splitn(3, ' ');
    let mut word = || words.next().unwrap_or("");
    let (id, class, verdict) = (word(), word(), word());
    let id = SnippetId::try_from(id.to_owned())?;
    let Some(class) = Lang::ALL.into_iter().find(|lang| lang.as_str() == class) else {
        return Err(format!("`{class}` is no class: py2, py3 or shell"));
    };
    let record = Record { id, class, verdict: verdict.trim_end().to_owned(), code: String::new() };
    match record.word() {
        "pass" | "fail" | "unjudged" => Ok(record),
        other => Err(format!("`{other}` is no verdict: pass, fail or unjudged")),
    }
}

/// A YAML scalar; insta and every other reader take JSON strings.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn unquoted(value: &str) -> String {
    let value = value.trim();
    serde_json::from_str(value).unwrap_or_else(|_| value.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::{Cause, IdMaker, Why};

    fn verdicts() -> impl Strategy<Value = Verdict> {
        prop_oneof![
            Just(Verdict::Pass),
            ".*".prop_map(|text| Verdict::Fail(Cause::Syntax(text))),
            (".*", ".*")
                .prop_map(|(name, message)| Verdict::Fail(Cause::Exception { name, message })),
            any::<i32>().prop_map(|status| Verdict::Fail(Cause::ExitStatus(status))),
            prop::collection::vec(".*", 0..3)
                .prop_map(|names| Verdict::Unjudged(Why::NeedsContext(names))),
        ]
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            name in ".*",
            examples in prop::collection::vec((verdicts(), ".*", 0..3usize), 0..5),
        ) {
            let document = DocPath::new(&name);
            let mut ids = IdMaker::new(document.clone());
            let records = examples
                .iter()
                .map(|(verdict, code, lang)| Record::new(ids.next(code), Lang::ALL[*lang], verdict, code))
                .collect();
            let recorded = Recorded { records };
            let text = render(&document, &recorded);
            prop_assert_eq!(parse(&text), Ok((document, recorded)));
        }

        #[test]
        fn reading_is_total(text in "(---\n)?(description: .*\n)?(---\n)?(.*\n){0,6}") {
            let _ = parse(&text);
        }
    }

    #[test]
    fn errors_name_the_line() {
        let head = format!("---\nsource: a.md\ndescription: \"{VERSION}\"\n---\n");
        let cases = [
            ("x", 1),
            ("---\nsource: a", 1),
            ("---\ndescription: stillruns verdicts, version 2\n---\n", 1),
            (&format!("{head}xyz py3 pass"), 5),
            (&format!("{head}0123456789ab ruby pass"), 5),
            (&format!("{head}0123456789ab py3 maybe"), 5),
            (&format!("{head}0123456789ab py3 pass\n\n    code"), 7),
        ];
        for (text, line) in cases {
            assert_eq!(parse(text).map_err(|(line, _)| line), Err(line), "{text:?}");
        }
    }
}
