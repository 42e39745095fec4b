//! What IPython understands in a cell and Python does not: `%%bash`, `%time`, `!ls`, `name?`.
//!
//! A magic for the whole cell says what the cell is. One for a line becomes a comment, so that the
//! lines around it run; which of them do something that Python would miss is not asked.

use crate::syntax::lexical::{self, Kind};
use crate::syntax::session::{self, Role};
use crate::text::{Mapped, Replace, Span};

/// What the magics at the start of a cell say of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Opening {
    /// Number of lines that are no code.
    pub lines: usize,
    /// The language of the rest, where it is another than the notebook's.
    pub language: Option<String>,
}

/// Magics that run the cell as it is, and measure or keep what it does.
const AROUND: &[&str] = &[
    "time", "timeit", "capture", "prun", "memit", "mprun", "lprun", "debug", "heat", "px",
    "autopx", "wandb", "skip", "notify",
];

/// Whether the cells of `language` know magics.
pub(super) fn are_known_in(language: &str) -> bool {
    language.starts_with("python") || language == "ipython"
}

/// What the first lines of the cell `text` say.
pub(super) fn opening(text: &str) -> Opening {
    let mut opening = Opening::default();
    for (number, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let Some(magic) = line.trim_end().strip_prefix("%%") else { break };
        opening.lines = number + 1;
        let name = magic.split_whitespace().next().unwrap_or("");
        if !AROUND.contains(&name) {
            opening.language = Some(language(name, magic));
            break;
        }
    }
    opening
}

/// What the orders to IPython in `code` become, as edits of its source.
pub(super) fn written(code: &Mapped) -> Vec<Replace> {
    edits(code.text()).into_iter().filter_map(|edit| traced(code, edit)).collect()
}

/// A session of IPython with the orders in what is typed made comments.
pub(super) fn tamed(code: &Mapped) -> Mapped {
    let text = code.text();
    let Some(session) = session::split(text) else { return code.clone() };
    let mut made = Vec::new();
    let mut typed: Vec<Span> = Vec::new();
    for (span, role) in session.lines.iter().copied().chain([(Span::default(), Role::Output)]) {
        match role {
            Role::More(len) => typed.push(Span::new(span.start() + len, span.end())),
            Role::Input(_) | Role::Output => {
                made.extend(in_lines(text, &typed));
                typed.clear();
                if let Role::Input(len) = role {
                    typed.push(Span::new(span.start() + len, span.end()));
                }
            }
        }
    }
    if made.is_empty() { code.clone() } else { code.replace(&made) }
}

/// The edits of the statement that is typed in `lines` of `text`, as edits of that.
fn in_lines(text: &str, lines: &[Span]) -> Vec<Replace> {
    let mut statement = String::new();
    let mut starts = Vec::with_capacity(lines.len());
    for line in lines {
        starts.push(statement.len());
        statement.push_str(&text[line.range()]);
        statement.push('\n');
    }
    let moved = |edit: Replace| {
        let at = starts.partition_point(|start| *start <= edit.at.start()) - 1;
        let start = lines[at].start() + (edit.at.start() - starts[at]);
        Replace { at: Span::new(start, start + edit.at.len()), with: edit.with }
    };
    edits(&statement).into_iter().map(moved).collect()
}

/// `edit` of `code` as one of its source; `None` where it touches what was added.
fn traced(code: &Mapped, edit: Replace) -> Option<Replace> {
    let start = code.origin(edit.at.start())?;
    let at = match edit.at.is_empty() {
        true => Span::new(start, start),
        false => code.origin_span(edit.at)?,
    };
    Some(Replace { at, with: edit.with })
}

/// The language of a cell under the magic `name`, whose whole line is `line`.
fn language(name: &str, line: &str) -> String {
    match name {
        "!" | "sx" | "system" => "sh".to_owned(),
        "script" => {
            let mut words = line.split_whitespace().skip(1);
            let program = words.find(|word| !word.starts_with('-') && !word.ends_with("/env"));
            let program = program.and_then(|path| path.rsplit('/').next());
            program.unwrap_or("script").to_owned()
        }
        _ => name.to_owned(),
    }
}

/// What makes the magics of lines in `text` harmless, in its own offsets and ascending.
pub(super) fn edits(text: &str) -> Vec<Replace> {
    let mut edits = Vec::new();
    let (mut at, mut depth, mut glued, mut gone) = (0, 0, false, false);
    for (line, begun) in text.split_inclusive('\n').zip(lines(text)) {
        let content = line.trim();
        let start = at + (line.len() - line.trim_start().len());
        let free = !glued && depth == 0 && !begun.in_string;
        let is_magic = gone && glued || free && is_magic(content);
        if is_magic && !content.is_empty() {
            edits.push(match statement(content).filter(|_| !glued) {
                Some(skip) => replace(start, skip, ""),
                // Alone in a block, a comment would leave the block empty.
                None if start > at && !glued => replace(start, 0, "pass  # "),
                None => replace(start, 0, "# "),
            });
        }
        // An order to IPython opens no brackets of Python.
        depth = if is_magic { depth } else { (depth + begun.opens).max(0) };
        gone = is_magic;
        glued = content.ends_with('\\');
        at += line.len();
    }
    edits
}

fn replace(start: usize, len: usize, with: &str) -> Replace {
    Replace { at: Span::new(start, start + len), with: with.to_owned() }
}

/// Bytes before the statement that a magic such as `%time` runs, where it is given no options.
fn statement(line: &str) -> Option<usize> {
    let rest = ["%time ", "%prun ", "%memit "].iter().find_map(|magic| line.strip_prefix(magic))?;
    let rest = rest.trim_start();
    (!rest.starts_with('-') && !rest.is_empty()).then_some(line.len() - rest.len())
}

/// Whether `line`, white space off, is no Python but an order to IPython.
fn is_magic(line: &str) -> bool {
    let named = |rest: &str| rest.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let called = |rest: &str| {
        rest.strip_prefix('%').is_some_and(|rest| named(rest.trim_start_matches('%')))
            || rest.strip_prefix('!').is_some_and(|rest| !rest.starts_with('='))
    };
    let assigned = line.split_once('=').is_some_and(|(target, value)| {
        let name = |c: char| c.is_alphanumeric() || "_., ".contains(c);
        target.chars().all(name) && called(value.trim_start())
    });
    let asked = line.starts_with('?') || {
        let name = line.trim_end_matches(['?', ';']);
        let word = |c: char| c.is_alphanumeric() || "_.*%[]'\"".contains(c);
        line.ends_with('?') && !name.is_empty() && name.chars().all(word)
    };
    called(line) || assigned || asked
}

/// How a line begins, and what it does.
#[derive(Default)]
struct Begun {
    in_string: bool,
    /// Brackets that it opens, less those that it closes.
    opens: i32,
}

/// One for every line of `text`, and one more.
fn lines(text: &str) -> Vec<Begun> {
    let mut lines = Vec::new();
    let mut line = Begun::default();
    for (kind, span) in lexical::split(text) {
        for byte in text.get(span.range()).unwrap_or("").bytes() {
            match (kind, byte) {
                (_, b'\n') => {
                    let in_string = kind == Kind::Quoted;
                    lines.push(std::mem::replace(&mut line, Begun { in_string, opens: 0 }));
                }
                (Kind::Plain, b'(' | b'[' | b'{') => line.opens += 1,
                (Kind::Plain, b')' | b']' | b'}') => line.opens -= 1,
                _ => {}
            }
        }
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Mapped;

    fn run(text: &str) -> String {
        let whole = Mapped::cut(text, [Span::new(0, text.len())]);
        whole.replace(&edits(text)).text().to_owned()
    }

    #[test]
    fn magics_of_lines_become_comments() {
        let cases = [
            ("%matplotlib inline\nx = 1", "# %matplotlib inline\nx = 1"),
            ("if x:\n    !ls\n", "if x:\n    pass  # !ls\n"),
            ("!cp a \\\n   b\nx", "# !cp a \\\n   # b\nx"),
            ("%time y = f()", "y = f()"),
            ("%time -n y", "# %time -n y"),
            ("files = !ls *.py", "# files = !ls *.py"),
            ("np.array?\n?x\nx.y??", "# np.array?\n# ?x\n# x.y??"),
            ("a = (b\n     %c)\nd != e", "a = (b\n     %c)\nd != e"),
            ("'''\n%magic\n!ls\n'''", "'''\n%magic\n!ls\n'''"),
            ("x = a \\\n  %b", "x = a \\\n  %b"),
            ("print(\"why?\")\n# why?\n", "print(\"why?\")\n# why?\n"),
            ("!echo (\n!ls", "# !echo (\n# !ls"),
            ("", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(run(text), expected, "{text}");
        }
    }

    #[test]
    fn the_first_line_says_what_a_cell_is() {
        let cases = [
            ("%%bash\nls", 1, Some("bash")),
            ("\n%%script --bg /bin/sh -e\nls", 2, Some("sh")),
            ("%%capture out\n%%time\nf()", 2, None),
            ("%%writefile a.py\nf()", 1, Some("writefile")),
            ("%%!\nls", 1, Some("sh")),
            ("%matplotlib\nf()", 0, None),
            ("# %%bash\nf()", 0, None),
        ];
        for (text, lines, language) in cases {
            let language = language.map(str::to_owned);
            assert_eq!(opening(text), Opening { lines, language }, "{text}");
        }
    }
}
