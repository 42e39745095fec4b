//! The text form of recorded verdicts, written and read: insta's file format.
//!
//! A header in YAML between two `---` lines, then the contents: one paragraph per example with its
//! class and verdict, and below it what the reviewer and the next comparison want to know. In the
//! order of the document and without line numbers, so an edit above an example changes nothing. Only
//! contents are ever compared; insta rewrites headers in its own way. Touches no file.

use super::redact::redact;
use crate::model::{DocPath, Lang, SnippetId, Verdict, Why, sha256_hex};
use crate::text::visible;

/// The version of the contents, told in the header.
const VERSION: &str = "stillruns verdicts, version 2";

/// Stands for the paragraphs where there are none.
const NOTHING: &str = "no examples";

/// Longest verdict and longest line that are kept, in characters.
const LONGEST: usize = 240;

/// The most lines of output that are kept of one example.
const MOST_LINES: usize = 200;

/// The verdict of an example that ends in different ways.
const FLAKY: &str = "flaky";

/// The recorded verdicts of one document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// One per example, in document order.
    pub records: Vec<Record>,
}

/// The recorded verdict of one example: nothing volatile in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    id: SnippetId,
    class: Lang,
    verdict: String,
    content: String,
    code: String,
    interpreter: String,
    output: Option<Vec<String>>,
}

/// How many digits tell what an example holds.
const DIGITS: usize = 12;

/// What an example holds, of the digest of its code; examples of different documents have the same
/// when they hold the same.
pub fn content_of(sha256: &str) -> &str {
    sha256.get(..DIGITS).unwrap_or(sha256)
}

impl Record {
    /// Records `verdict` over the snippet `id` with the code `code`.
    pub fn new(id: SnippetId, class: Lang, verdict: &Verdict, code: &str) -> Self {
        let (interpreter, output) = (String::new(), None);
        let content = content_of(&sha256_hex(code.as_bytes())).to_owned();
        let code = first_line(code);
        Self { id, class, verdict: told(verdict), content, code, interpreter, output }
    }

    /// The same, recorded as one that ends in different ways.
    #[must_use]
    pub fn flaky(mut self) -> Self {
        FLAKY.clone_into(&mut self.verdict);
        self
    }

    /// The same with the interpreter that it ran on, `python3 3.13.0`. Of its version the first two
    /// numbers are recorded: the others change nothing that a reader of a page would see.
    #[must_use]
    pub fn run_by(mut self, interpreter: &str) -> Self {
        let (name, version) = interpreter.split_once(' ').unwrap_or((interpreter, ""));
        let short: Vec<&str> = version.split('.').take(2).collect();
        self.interpreter = one_line(format!("{name} {}", short.join(".")).trim());
        self
    }

    /// The same with what it printed.
    #[must_use]
    pub fn with_output(mut self, output: &str) -> Self {
        let lines = output.lines().map(|line| cut(&visible(&redact(line)))).take(MOST_LINES);
        self.output = Some(lines.collect());
        self
    }

    /// The same under the name that the example has now.
    #[must_use]
    pub fn renamed(mut self, id: SnippetId) -> Self {
        self.id = id;
        self
    }

    /// This record, or what `old` says where that still holds: another interpreter alone is no
    /// change, as machines differ, and one run tells nothing against an example being flaky.
    #[must_use]
    pub fn unless_same_as(mut self, old: &Self) -> Self {
        if old.word() == FLAKY && matches!(self.word(), "pass" | "fail") {
            FLAKY.clone_into(&mut self.verdict);
            self.output.clone_from(&old.output);
        }
        if self.output.is_none() {
            self.output.clone_from(&old.output);
        }
        if self.verdict == old.verdict && self.output == old.output {
            self.interpreter.clone_from(&old.interpreter);
        }
        self
    }

    /// The snippet.
    pub fn id(&self) -> &SnippetId {
        &self.id
    }

    /// What it was run as.
    pub fn class(&self) -> Lang {
        self.class
    }

    /// What it holds, see [`content_of`].
    pub fn content(&self) -> &str {
        &self.content
    }

    /// The verdict as it is recorded: its word, and the cause or reason.
    pub fn verdict(&self) -> &str {
        &self.verdict
    }

    /// `pass`, `fail`, `unjudged` or `flaky`.
    pub fn word(&self) -> &str {
        self.verdict.split(':').next().unwrap_or("")
    }

    /// What it printed, as far as that is recorded.
    pub fn output(&self) -> Option<&[String]> {
        self.output.as_deref()
    }

    /// The first line of its code.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The paragraph of the file.
    pub fn paragraph(&self) -> String {
        let mut text = format!("{} {}\n", self.class, self.verdict);
        for (name, value) in [
            ("code", &self.code),
            ("content", &self.content),
            ("id", &self.id.to_string()),
            ("interpreter", &self.interpreter),
        ] {
            if !value.is_empty() {
                text += &format!("    {name}: {value}\n");
            }
        }
        if let Some(lines) = &self.output {
            text += "    output:\n";
            for line in lines {
                text += &format!("      | {line}\n");
            }
        }
        text
    }
}

/// The first line of `code` that is not blank, as it is recorded.
pub(super) fn first_line(code: &str) -> String {
    one_line(code.lines().find(|line| !line.trim().is_empty()).unwrap_or(""))
}

/// A verdict as it is recorded.
pub(super) fn told(verdict: &Verdict) -> String {
    // Lines move, and what is wrong with another example is recorded there.
    if let Verdict::Unjudged(Why::NeedsSnippet { .. }) = verdict {
        return format!("{}: needs an earlier example", verdict.word());
    }
    one_line(&redact(&verdict.to_string()))
}

fn one_line(text: &str) -> String {
    cut(&visible(text.trim()))
}

fn cut(shown: &str) -> String {
    if shown.chars().count() <= LONGEST {
        return shown.trim_end().to_owned();
    }
    let cut: String = shown.chars().take(LONGEST).collect();
    format!("{}…", cut.trim_end())
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
    let paragraphs: Vec<String> = recorded.records.iter().map(Record::paragraph).collect();
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
    let mut records: Vec<Unfinished> = Vec::new();
    let mut open = false;
    for (line, number) in lines {
        let wrong = |cause: String| (number, cause);
        if line.trim().is_empty() {
            open = false;
        } else if let Some(field) = line.strip_prefix("    ") {
            let last = records.last_mut().filter(|_| open);
            let last = last.ok_or_else(|| wrong("no verdict stands above it".to_owned()))?;
            last.take(field).map_err(wrong)?;
        } else if line != NOTHING {
            records.push(Unfinished::begin(line, number).map_err(wrong)?);
            open = true;
        }
    }
    let records = records.into_iter().map(Unfinished::end).collect::<Result<_, _>>()?;
    Ok((DocPath::new(&source), Recorded { records }))
}

/// A record of which not all lines were read.
struct Unfinished {
    line: u32,
    class: Lang,
    verdict: String,
    id: Option<SnippetId>,
    content: String,
    code: String,
    interpreter: String,
    output: Option<Vec<String>>,
}

impl Unfinished {
    fn begin(text: &str, line: u32) -> Result<Self, String> {
        let (class, verdict) = text.split_once(' ').unwrap_or((text, ""));
        let Some(class) = Lang::ALL.into_iter().find(|lang| lang.as_str() == class) else {
            return Err(format!("`{class}` is no class: py2, py3 or shell"));
        };
        let verdict = verdict.trim_end().to_owned();
        match verdict.split(':').next().unwrap_or("") {
            "pass" | "fail" | "unjudged" | FLAKY => {}
            other => {
                return Err(format!("`{other}` is no verdict: pass, fail, unjudged or flaky"));
            }
        }
        let (content, code, interpreter) = (String::new(), String::new(), String::new());
        Ok(Self { line, class, verdict, id: None, content, code, interpreter, output: None })
    }

    fn take(&mut self, field: &str) -> Result<(), String> {
        if let Some(printed) = field.strip_prefix("  |") {
            let lines = self.output.as_mut().ok_or("no `output:` stands above it")?;
            lines.push(printed.strip_prefix(' ').unwrap_or(printed).to_owned());
            return Ok(());
        }
        let (name, value) = field.split_once(':').unwrap_or((field, ""));
        let value = value.strip_prefix(' ').unwrap_or(value).to_owned();
        match name {
            "code" => self.code = value,
            "content" => self.content = value,
            "id" => self.id = Some(SnippetId::try_from(value)?),
            "interpreter" => self.interpreter = value,
            "output" => self.output = Some(Vec::new()),
            _ => return Err(format!("`{name}` is nothing that is recorded")),
        }
        Ok(())
    }

    fn end(self) -> Result<Record, (u32, String)> {
        let Self { line, class, verdict, id, content, code, interpreter, output } = self;
        let id = id.ok_or_else(|| (line, "the example has no `id:`".to_owned()))?;
        Ok(Record { id, class, verdict, content, code, interpreter, output })
    }
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
            let records: Vec<Record> = examples
                .iter()
                .map(|(verdict, code, lang)| {
                    let record = Record::new(ids.next(code), Lang::ALL[*lang], verdict, code);
                    match lang {
                        0 => record,
                        1 => record.run_by(code).flaky(),
                        _ => record.with_output(code),
                    }
                })
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
            ("---\ndescription: stillruns verdicts, version 9\n---\n", 1),
            (&format!("{head}ruby pass"), 5),
            (&format!("{head}py3 maybe"), 5),
            (&format!("{head}py3 pass\n    code: x\n"), 5),
            (&format!("{head}py3 pass\n    id: xyz\n"), 6),
            (&format!("{head}py3 pass\n    size: 7\n"), 6),
            (&format!("{head}py3 pass\n      | x\n"), 6),
            (&format!("{head}py3 pass\n\n    code: x"), 7),
        ];
        for (text, line) in cases {
            assert_eq!(parse(text).map_err(|(line, _)| line), Err(line), "{text:?}");
        }
    }
}
