//! Which block shows the output of which code.
//!
//! A block that its markup calls output belongs to the code above it. Any other block is one only
//! where it follows code at once or the line between them says so; what a session shows below its
//! own prompts is not looked at here.

use crate::model::{Block, Cue, Document, Expected, Region, Shown};
use crate::syntax::numbering;
use crate::syntax::repl;
use crate::syntax::session;
use crate::syntax::shape::{self, Shape};
use crate::text::{Mapped, Span};

/// What the output `blocks` of a cell show.
pub(super) fn of(document: &Document, blocks: &[Block]) -> Option<Expected> {
    let shown = |block: &Block| {
        let text = Mapped::cut_written(&document.text, &block.lines, &block.written);
        let place = |span: &&Span| document.text.get(span.range()).is_some();
        let spans = block.lines.iter().filter(place).copied().collect();
        Expected { text, spans, shown: Shown::Cell }
    };
    let mut shown = blocks.iter().map(shown);
    let first = shown.next()?;
    Some(shown.fold(first, |mut all, more| {
        all.extend(&more);
        all
    }))
}

/// Gives the code among `regions`, which are in document order, the output that follows it.
pub(super) fn attach(document: &Document, regions: &mut [Region]) {
    let mut code: Option<usize> = None;
    // Where the code, or the last of its output, ends.
    let mut end = 0;
    for at in 0..regions.len() {
        if regions[at].cue == Cue::Inline {
            continue;
        }
        let between = document.text.get(end..regions[at].at.start()).map(Said::between);
        let follows = code.filter(|&code| {
            between.as_ref().is_some_and(|said| is_output(said, &regions[code], &regions[at]))
        });
        end = regions[at].at.end();
        let Some(above) = follows else {
            // A notebook, or the document that a body was read as, has said it already.
            let known = regions[at].printed.is_some()
                || regions[at].cue == Cue::Ipython && regions[at].tag.is_some();
            let silent = matches!(regions[at].cue, Cue::Output | Cue::Unfenced);
            code = (!known && !silent).then_some(at);
            continue;
        };
        let cell = regions[above].cue == Cue::Ipython;
        let shown = expected(&regions[at], if cell { Shown::Cell } else { Shown::Block });
        // What tags leave open is settled here: printed text is no example.
        let tag = regions[at].tag.as_deref().map(str::to_ascii_lowercase);
        if tag.is_none_or(|tag| TERMINAL.contains(&tag.as_str())) {
            regions[at].cue = Cue::Output;
        }
        match (&mut regions[above].printed, shown) {
            (Some(printed), Some(more)) => printed.extend(&more),
            (printed @ None, shown) => *printed = shown,
            (Some(_), None) => {}
        }
    }
}

/// What `region` shows, without blank lines at its ends and without `Out[n]:`.
fn expected(region: &Region, shown: Shown) -> Option<Expected> {
    let text = region.code.text();
    let mut parts = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end_matches('\n');
        let mark = session::result_mark(content).unwrap_or(0);
        if mark == 0 || !content[mark..].trim().is_empty() {
            parts.push(Span::new(at + mark, at + content.len()));
        }
        at += line.len();
    }
    let is_filled = |span: &Span| !text[span.range()].trim().is_empty();
    let first = parts.iter().position(is_filled)?;
    let last = parts.iter().rposition(is_filled)?;
    Some(Expected::cut(&region.code, &parts[first..=last], shown))
}

/// Tags of blocks that hold what a program prints.
const OUTPUT: &[&str] = &["output", "out", "stdout", "result", "results", "console-output"];

/// Tags that say only that nothing is to be coloured.
const PLAIN: &[&str] = &["text", "txt", "plain", "plaintext", "none", "nohighlight"];

/// Tags of what stands in a terminal, typed or printed.
const TERMINAL: &[&str] = &["console", "terminal", "shell-session", "bash", "sh", "shell"];

/// Tags of code that prints something here.
const RUN: &[&str] = &[
    "python",
    "python2",
    "python3",
    "py",
    "py2",
    "py3",
    "ipython",
    "ipython3",
    "pycon",
    "doctest",
    "testcode",
    "bash",
    "sh",
    "shell",
    "zsh",
    "console",
    "terminal",
    "shell-session",
];

/// Whether `next` shows what `code` prints; `said` stands between them.
fn is_output(said: &Said, code: &Region, next: &Region) -> bool {
    if next.cue == Cue::Output {
        // A second result of the same code begins no new one.
        return said.lines <= 4 && !said.heading && !(said.result && code.printed.is_some());
    }
    if !matches!(next.cue, Cue::Fenced | Cue::Indented) {
        return false;
    }
    let tag = next.tag.as_deref().map(str::to_ascii_lowercase);
    let is = |list: &[&str]| tag.as_deref().is_some_and(|tag| list.contains(&tag));
    let text = next.code.text();
    if is(OUTPUT) {
        return said.lines <= 1 && !said.heading;
    }
    let typed = |line: &str| session::prompt(line).is_some() || repl::foreign(line).is_some();
    if text.lines().any(typed) {
        return false;
    }
    let code_tag = code.tag.as_deref().map(str::to_ascii_lowercase);
    let tagged = code_tag.is_some_and(|tag| RUN.contains(&tag.as_str()));
    let at_once = said.lines == 0 && tagged && code.printed.is_none();
    if is(PLAIN) {
        return at_once || said.announces;
    }
    if is(TERMINAL) {
        return said.announces;
    }
    tag.is_none() && (said.announces || at_once && !holds_code(text))
}

/// Whether a line of `text` is code by its looks, behind its number where it was printed with one.
fn holds_code(text: &str) -> bool {
    let first = text.lines().find(|line| !line.trim().is_empty());
    if first.is_some_and(shape::is_traceback) {
        return false;
    }
    let numbered = numbering::listing(text.lines());
    text.lines().enumerate().any(|(at, line)| {
        let mark = numbering::mark(line).filter(|_| at < numbered);
        let line = &line[mark.map_or(0, |(_, len)| len)..];
        matches!(shape::shape(line), Shape::Python | Shape::Shell)
            || shape::is_call_of_unknown(line)
    })
}

/// What stands between two blocks, markup left out.
struct Said {
    /// Lines that are no markup.
    lines: usize,
    heading: bool,
    /// Whether markup says that a result begins.
    result: bool,
    /// Whether it says that output follows.
    announces: bool,
}

impl Said {
    fn between(text: &str) -> Self {
        const MOST: usize = 600;
        let (mut lines, mut heading, mut words) = (0, false, String::new());
        let mut result = false;
        if text.len() > MOST {
            return Self { lines: usize::MAX, heading: true, result: false, announces: false };
        }
        for line in without_tags(text).lines() {
            let line = line.trim_start_matches(['>', ' ', '\t']).trim_end();
            result |= line.get(..9).is_some_and(|word| word.eq_ignore_ascii_case("#+results"));
            if line.is_empty() || is_markup(line) {
                continue;
            }
            lines += 1;
            heading |= line.starts_with('#') || line.starts_with("==");
            words.push_str(line);
            words.push(' ');
        }
        Self { lines, heading, result, announces: lines <= 2 && announces(&words) }
    }
}

/// `text` without the tags of HTML.
fn without_tags(text: &str) -> String {
    let mut left = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('<') {
        left.push_str(before);
        match behind.split_once('>') {
            Some((_, after)) => rest = after,
            None => return left,
        }
    }
    left.push_str(rest);
    left
}

/// Whether `line` opens or closes a block, or gives it an attribute.
fn is_markup(line: &str) -> bool {
    let directive = line.strip_prefix(".. ").and_then(|rest| rest.split_once("::"));
    if let Some((name, _)) = directive.filter(|(name, _)| !name.contains(' ')) {
        // Any other opens a box or a tab, and what is in it stands by itself.
        return name.contains("code") || name.contains("output") || name.contains("literal");
    }
    ["```", "~~~", ":::", ".. ", "#+", "----", "....", "{:", "{%", "[source", "[listing", ":"]
        .iter()
        .any(|mark| line.starts_with(mark))
        || line.len() < 3 && line.chars().all(|c| c.is_ascii_punctuation())
}

/// Whether `words` are a line such as `This prints:` or `**Output**`; not where they tell the
/// reader to do something.
fn announces(words: &str) -> bool {
    const SHOWN: &[&str] = &[
        "output",
        "outputs",
        "print",
        "prints",
        "printed",
        "printing",
        "result",
        "results",
        "returns",
        "yields",
        "produces",
        "gives",
        "shows",
        "displays",
        "displayed",
    ];
    const TOLD: &[&str] = &[
        "run", "running", "type", "try", "write", "use", "using", "execute", "add", "enter",
        "call", "change", "replace", "save", "put", "create", "instead", "install", "make",
        "define", "to", "not", "or",
    ];
    const MOST_WORDS: usize = 14;
    let words = words.trim();
    let listed: Vec<String> = words
        .split_whitespace()
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase())
        .filter(|word| !word.is_empty())
        .collect();
    let has = |list: &[&str]| listed.iter().any(|word| list.contains(&word.as_str()));
    let title = listed.len() <= 2 && !words.ends_with(['.', '!', '?']);
    let ends = words.trim_end_matches(['*', '_', ' ']).ends_with(':');
    (ends || title) && listed.len() <= MOST_WORDS && has(SHOWN) && !has(TOLD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_announce_output() {
        for words in ["Output:", "**Output**", "This prints:", "which gives", "The result is:"] {
            assert!(announces(words), "{words}");
        }
        for words in [
            "",
            "Run it to see the output:",
            "The output is written to a file.",
            "Then:",
            "To print more, use:",
            "It prints nothing at all.",
        ] {
            assert!(!announces(words), "{words}");
        }
    }

    #[test]
    fn markup_between_blocks_says_nothing() {
        let said = |text: &str| {
            let said = Said::between(text);
            (said.lines, said.heading, said.announces)
        };
        assert_eq!(said("\n```\n\n```output\n"), (0, false, false));
        assert_eq!(said("\n> ```\n>\n> Output:\n>\n> ```\n> "), (1, false, true));
        assert_eq!(said("</pre>\n<p>It <b>prints</b>:</p>\n<pre>"), (1, false, true));
        assert_eq!(said("\n```\n\n## Next\n\n```\n"), (1, true, false));
    }
}
