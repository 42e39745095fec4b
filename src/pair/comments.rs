//! Output in comments: `#> 3`, `x  # => 3`, and the comments below `# Output:`.
//!
//! Only between whole statements: what stands inside a block or a bracket has no output of its own.

use crate::model::{Expected, Shown, Step};
use crate::syntax::lexical::{self, Kind};
use crate::syntax::shape;
use crate::text::{Mapped, Span};

/// The steps of `code`; none where no comment shows output.
pub(super) fn steps(code: &Mapped) -> Vec<Step> {
    let text = code.text();
    if !text.contains('#') {
        return Vec::new();
    }
    let lines = lines(text);
    let mut steps = Vec::new();
    let mut reader = Reader { lines: &lines, first: 0, depth: 0 };
    let mut at = 0;
    while at < lines.len() {
        let end = reader.read(at, |typed, parts| {
            let expected = Some(Expected::cut(code, parts, Shown::Comment));
            steps.push(Step { first: typed.0 as u32 + 1, last: typed.1 as u32 + 1, expected });
        });
        at = end;
    }
    if let (false, Some(typed)) = (steps.is_empty(), reader.typed(lines.len())) {
        steps.push(Step { first: typed.0 as u32 + 1, last: typed.1 as u32 + 1, expected: None });
    }
    steps
}

/// A line of code and the comment at its end.
struct Line<'t> {
    code: &'t str,
    /// Offset of the text behind the `#`, and that text.
    comment: Option<(usize, &'t str)>,
    /// Whether it begins inside a string.
    inside: bool,
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let parts = lexical::split(text);
    let mut next = parts.iter().peekable();
    let mut at = 0;
    let mut found = Vec::new();
    for whole in text.split_inclusive('\n') {
        let end = at + whole.trim_end_matches('\n').len();
        while next.next_if(|(_, span)| span.end() <= at).is_some() {}
        let inside = next.peek().is_some_and(|(kind, span)| {
            *kind == Kind::Quoted && span.start() < at && span.end() > at
        });
        let mut comment = None;
        while let Some((kind, span)) = next.next_if(|(_, span)| span.start() < end) {
            if *kind == Kind::Comment {
                comment = Some((span.start() + 1, &text[span.start() + 1..end]));
            }
            if span.end() > end {
                // It goes on below.
                break;
            }
        }
        let code_end = comment.map_or(end, |(start, _)| start - 1);
        found.push(Line { code: &text[at..code_end], comment, inside });
        at += whole.len();
    }
    found
}

/// How a comment shows output.
enum Mark {
    /// Behind so many bytes it stands in this comment, and in those below that are as deep.
    Arrow(usize),
    /// `#> `: so do all comments below that begin alike.
    Prompt,
    /// `Output:`: it is what stands in the comments below.
    Title,
}

fn mark(comment: &str) -> Option<Mark> {
    if comment == ">" || comment.starts_with("> ") {
        return Some(Mark::Prompt);
    }
    let inner = comment.trim_start();
    let blank = comment.len() - inner.len();
    for arrow in ["=> ", "-> ", "==> ", "--> ", "→ ", "⇒ ", "➜ "] {
        if inner.starts_with(arrow) && !inner[arrow.len()..].trim().is_empty() {
            let gap = inner[arrow.len()..].len() - inner[arrow.len()..].trim_start().len();
            return Some(Mark::Arrow(blank + arrow.len() + gap));
        }
    }
    let (title, rest) = inner.split_once(':')?;
    let title = title.trim().to_ascii_lowercase();
    let known = ["output", "outputs", "prints", "printed", "result", "returns", "stdout"];
    if !known.contains(&title.as_str()) {
        return None;
    }
    if rest.trim().is_empty() {
        return Some(Mark::Title);
    }
    Some(Mark::Arrow(comment.len() - rest.trim_start().len()))
}

struct Reader<'l, 't> {
    lines: &'l [Line<'t>],
    /// The first line that belongs to no step yet.
    first: usize,
    /// Brackets that are open.
    depth: i32,
}

impl Reader<'_, '_> {
    /// Reads what begins at line `at` and returns the first line behind it. Calls `show` with the
    /// typed lines and the shown ones where there are both.
    fn read(&mut self, at: usize, show: impl FnOnce((usize, usize), &[Span])) -> usize {
        let line = &self.lines[at];
        let open = self.depth > 0 || line.inside;
        self.depth = (self.depth + shape::depth(line.code)).max(0);
        let typed = !line.code.trim().is_empty();
        let found = line.comment.and_then(|(start, text)| Some((start, text, mark(text)?)));
        let Some((start, text, mark)) = found.filter(|_| !open && self.depth == 0) else {
            return at + 1;
        };
        let deep = line.code.starts_with([' ', '\t']);
        let title_beside_code = typed && matches!(mark, Mark::Title);
        if deep || title_beside_code || shape::is_header(line.code) {
            return at + 1;
        }
        let mut parts = Vec::new();
        let below = self.lines[at + 1..].iter().take_while(|line| line.code.is_empty());
        let below = below.map_while(|line| line.comment);
        let own = Span::new(start + text.len(), start + text.len());
        match mark {
            Mark::Arrow(len) => {
                parts.push(Span::new(start + len, own.end()));
                let deep = |text: &str| {
                    text.len() > len
                        && text.is_char_boundary(len)
                        && text[..len].trim().is_empty()
                        && !typed
                };
                parts.extend(
                    below
                        .take_while(|(_, text)| deep(text))
                        .map(|(start, text)| Span::new(start + len, start + text.len())),
                );
            }
            Mark::Prompt => {
                let cut = |(start, text): (usize, &str)| {
                    let len = text.len().min(2);
                    Span::new(start + len, start + text.len())
                };
                parts.push(cut((start, text)));
                let alike =
                    below.take_while(|(_, text)| matches!(self::mark(text), Some(Mark::Prompt)));
                parts.extend(alike.map(cut));
            }
            Mark::Title => {
                parts.extend(below.map(|(start, text)| {
                    let blank = usize::from(text.starts_with(' '));
                    Span::new(start + blank, start + text.len())
                }));
            }
        }
        let end = at + 1 + parts.len() - usize::from(!matches!(mark, Mark::Title));
        let last = if typed { at + 1 } else { at };
        if let Some(lines) = self.typed(last).filter(|_| !parts.is_empty()) {
            show(lines, &parts);
        }
        self.first = end;
        end
    }

    /// First and last of the lines up to `end` that belong to no step and hold code.
    fn typed(&self, end: usize) -> Option<(usize, usize)> {
        let filled = |at: &usize| !self.lines[*at].code.trim().is_empty();
        let first = (self.first..end).find(filled)?;
        let last = (self.first..end).rev().find(filled)?;
        Some((first, last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(u32, u32, Option<String>)> {
        let code = Mapped::cut(text, [Span::new(0, text.len())]);
        let text = |step: &Step| step.expected.as_ref().map(|shown| shown.text.text().to_owned());
        steps(&code).iter().map(|step| (step.first, step.last, text(step))).collect()
    }

    #[test]
    fn comments_show_output() {
        let shown = |text: &str| Some(text.to_owned());
        let cases = [
            ("x = 1\nx  # => 1\ny\n", vec![(1, 2, shown("1\n")), (3, 3, None)]),
            (
                "f()\n#> a\n#>   b\n#>\n#> c\ng()\n#> d\n",
                vec![(1, 1, shown("a\n  b\n\nc\n")), (6, 6, shown("d\n"))],
            ),
            (
                "f()\n\n# -> [1,\n#     2]\n# more\ng()\n",
                vec![(1, 1, shown("[1,\n 2]\n")), (6, 6, None)],
            ),
            ("print(3)\n# Output:\n# 3\n#  4\n", vec![(1, 1, shown("3\n 4\n"))]),
            ("print(3)  # prints: 3\n", vec![(1, 1, shown("3\n"))]),
            ("wc -l x  # => 3 x", vec![(1, 1, shown("3 x\n"))]),
        ];
        for (text, expected) in cases {
            assert_eq!(found(text), expected, "{text}");
        }
    }

    #[test]
    fn other_comments_do_not() {
        for text in [
            "f(a,  # => 3\n  b)\n",
            "def f():  # -> int\n    pass\n",
            "def f():\n    return 3  # => 3\n",
            "# => first\nf()\n",
            "s = '''\n# => 3\n'''\n",
            "f()  # Output:\n",
            "f()  # result\n",
            "x = '# => 3'\n",
            "f()  # =>\n",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }
}
