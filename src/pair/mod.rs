//! What is typed, paired with what the document says that it prints.
//!
//! Three ways of showing output are known: below a prompt, in a block or cell of its own, and in
//! comments. Nothing is run or compared here.

mod comments;

use crate::model::{Expected, Region, Shown, Step};
use crate::syntax::session::{self, Kind, Role, Session};
use crate::text::{Mapped, Span};

/// The steps of `region`, whose normalized text is `code`, in order and apart from one another;
/// none where the document shows no output.
pub fn pair(region: &Region, code: &Mapped) -> Vec<Step> {
    let own = session::split(region.code.text());
    let mut steps = own.map(|session| of_session(&region.code, &session, code)).unwrap_or_default();
    let is_shown = |steps: &[Step]| steps.iter().any(|step| step.expected.is_some());
    match &region.printed {
        // What stands below a session is printed by the last thing typed.
        Some(printed) if is_shown(&steps) || printed.shown == Shown::Session => {
            if let Some(last) = steps.last_mut().filter(|last| last.expected.is_none()) {
                last.expected = Some(printed.clone());
            }
        }
        Some(printed) => {
            let last = u32::try_from(code.text().lines().count()).unwrap_or(u32::MAX);
            steps = vec![Step { first: 1, last, expected: Some(printed.clone()) }];
        }
        None if !is_shown(&steps) => steps = comments::steps(code),
        None => {}
    }
    if is_shown(&steps) { steps } else { Vec::new() }
}

/// One typed statement in the lines of a session: where it is, and the lines below it that are
/// printed.
struct Turn {
    typed: Span,
    /// Bytes of white space before its prompt.
    indent: usize,
    printed: Vec<Span>,
}

fn of_session(original: &Mapped, session: &Session, code: &Mapped) -> Vec<Step> {
    let text = original.text();
    let mut steps: Vec<Step> = Vec::new();
    let mut lines = Lines::new(code);
    for turn in turns(text, session) {
        let Some(at) = original.origin_span(turn.typed) else { continue };
        let Some((first, last)) = lines.inside(at) else { continue };
        let expected = expected(original, session.kind, &turn);
        steps.push(Step { first, last, expected });
    }
    steps
}

fn turns(text: &str, session: &Session) -> Vec<Turn> {
    let mut turns: Vec<Turn> = Vec::new();
    for (span, role) in &session.lines {
        let line = &text[span.range()];
        match (role, turns.last_mut()) {
            (Role::Input(_), _) | (Role::More(_), None) => {
                let indent = line.len() - line.trim_start().len();
                turns.push(Turn { typed: *span, indent, printed: Vec::new() });
            }
            (Role::More(_), Some(turn)) => turn.typed = turn.typed.cover(*span),
            (Role::Output, Some(turn)) => turn.printed.push(*span),
            (Role::Output, None) => {}
        }
    }
    if session.kind == Kind::Shell {
        let count = turns.len();
        for (number, turn) in turns.iter_mut().enumerate() {
            drop_remark(text, &mut turn.printed, number + 1 < count);
        }
    }
    turns
}

/// Takes away the comment that an author put above the next command: the `#` lines at the end of
/// what is printed, behind a blank line or where nothing else is.
fn drop_remark(text: &str, printed: &mut Vec<Span>, goes_on: bool) {
    let line = |span: &Span| text[span.range()].trim();
    let remark = |span: &Span| line(span).starts_with('#') || line(span).is_empty();
    let kept = printed.iter().rposition(|span| !remark(span)).map_or(0, |last| last + 1);
    let apart = kept == 0 || printed.get(kept).is_some_and(|span| line(span).is_empty());
    if goes_on && apart {
        printed.truncate(kept);
    }
}

/// What is printed in `turn`, without its marks; `None` where that is nothing.
fn expected(original: &Mapped, kind: Kind, turn: &Turn) -> Option<Expected> {
    let text = original.text();
    let mut parts = Vec::with_capacity(turn.printed.len());
    for span in &turn.printed {
        let line = &text[span.range()];
        let mark = session::result_mark(line).filter(|_| kind == Kind::Ipython);
        let blank = line.len() - line.trim_start().len();
        // A blank may be more than one byte.
        let margin = line.floor_char_boundary(blank.min(turn.indent));
        let start = span.start() + mark.unwrap_or(margin);
        // A mark alone stands above its result.
        if mark.is_none() || !text[start..span.end()].trim().is_empty() {
            parts.push(Span::new(start, span.end()));
        }
    }
    let is_filled = |span: &Span| !text[span.range()].trim().is_empty();
    let first = parts.iter().position(is_filled)?;
    let last = parts.iter().rposition(is_filled)?;
    Some(Expected::cut(original, &parts[first..=last], Shown::Session))
}

/// The lines of normalized code by their place in the document.
struct Lines {
    /// The first copied byte of every line.
    origins: Vec<Option<usize>>,
    next: usize,
}

impl Lines {
    fn new(code: &Mapped) -> Self {
        let mut origins = Vec::new();
        let mut at = 0;
        for line in code.text().split_inclusive('\n') {
            origins.push((at..at + line.len()).find_map(|offset| code.origin(offset)));
            at += line.len();
        }
        Self { origins, next: 0 }
    }

    /// First and last one-based line that begins inside `at`; asked for in order only.
    fn inside(&mut self, at: Span) -> Option<(u32, u32)> {
        let known = |number: usize| self.origins.get(number).copied().flatten();
        let mut first = self.next;
        while first < self.origins.len() && known(first).is_none_or(|origin| origin < at.start()) {
            first += 1;
        }
        let mut end = first;
        while end < self.origins.len() && known(end).is_none_or(|origin| origin < at.end()) {
            end += 1;
        }
        self.next = end;
        (first < end).then_some((first as u32 + 1, end as u32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Cue;

    fn steps(text: &str) -> Vec<(u32, u32, Option<String>)> {
        let at = Span::new(0, text.len());
        let code = Mapped::cut(text, [at]);
        let (cue, tag) = (Cue::Fenced, None);
        let region = Region {
            at,
            cue,
            tag,
            code: code.clone(),
            restored: None,
            printed: None,
            directives: Vec::new(),
            numbers: None,
        };
        // What the rules of normalizing leave: the typed text without its marks.
        let left = session::split(text).map_or_else(Vec::new, |session| {
            let typed = |(span, role): &(Span, Role)| match role {
                Role::Input(len) | Role::More(len) if span.len() > *len => {
                    Some(Span::new(span.start() + len, (span.end() + 1).min(text.len())))
                }
                _ => None,
            };
            session.lines.iter().filter_map(typed).collect()
        });
        let code = if left.is_empty() { code } else { Mapped::cut(text, left) };
        let text = |step: &Step| step.expected.as_ref().map(|shown| shown.text.text().to_owned());
        pair(&region, &code).iter().map(|step| (step.first, step.last, text(step))).collect()
    }

    #[test]
    fn what_is_typed_has_what_is_printed_below() {
        let shown = |text: &str| Some(text.to_owned());
        assert_eq!(
            steps(">>> for x in y:\n...     x\n...\n1\n\n2\n>>> z\n>>> w\n<BLANKLINE>\n"),
            [(1, 2, shown("1\n\n2\n")), (3, 3, None), (4, 4, shown("<BLANKLINE>\n"))]
        );
        assert_eq!(
            steps("  $ ls \\\n  >  -l\n  a\n    b\n  $ # so\n  $ pwd\n  /\n"),
            [(1, 2, shown("a\n  b\n")), (3, 3, None), (4, 4, shown("/\n"))]
        );
        assert_eq!(
            steps("In [1]: f()\nsaid\nOut[1]: 3\n\nIn [2]: g\nOut[2]:\n[1,\n 2]\n"),
            [(1, 1, shown("said\n3\n")), (2, 2, shown("[1,\n 2]\n"))]
        );
        assert_eq!(steps(">>> import a\n>>> a.b()\n"), []);
    }

    #[test]
    fn remarks_above_commands_are_not_printed() {
        let text = "$ make\ndone\n\n# and then\n$ make install\n# all\n$ cat x\na\n# b\n$ ls";
        let found: Vec<_> = steps(text).into_iter().map(|(_, _, text)| text).collect();
        let shown = |text: &str| Some(text.to_owned());
        assert_eq!(found, [shown("done\n"), None, shown("a\n# b\n"), None]);
    }
}
