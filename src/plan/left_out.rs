//! Code without what is not to be run of it: statements that their author leaves out, and, where it
//! runs before other code, statements that fail as the document shows.
//!
//! Every line stays where it is, so that what is said of the rest finds its place.

use std::borrow::Cow;
use std::collections::HashSet;

use super::chain::literal;
use crate::model::{Entry, Instruction, Lang, Scope, Shown};
use crate::store::Stored;
use crate::syntax::lexical::{self, Kind};

/// The code of `stored` without the statements that are not to be run.
pub(super) fn runnable(stored: &Stored) -> Cow<'_, str> {
    let Stored { entry, code } = stored;
    let out = |what: &Instruction| matches!(what, Instruction::Skip(_) | Instruction::Omit);
    let told = entry.directives.iter().filter(|one| one.scope == Scope::Statement);
    let lines: HashSet<u32> = told.filter(|one| out(&one.what)).map(|one| one.line).collect();
    if lines.is_empty() {
        return Cow::Borrowed(code);
    }
    let here = (0..entry.lines.len()).filter(|at| lines.contains(&entry.lines[*at]));
    let statements = Statements::of(code);
    let mut out = vec![false; statements.lines.len()];
    for at in here.filter(|at| *at < statements.lines.len()) {
        match entry.steps.iter().find(|step| (step.first..=step.last).contains(&(at as u32 + 1))) {
            Some(step) if step.expected.is_some() || entry.steps.len() > 1 => {
                let last = (step.last as usize).min(out.len());
                out[step.first as usize - 1..last].fill(true);
            }
            _ => statements.mark(at, &mut out),
        }
    }
    Cow::Owned(statements.without(&out, entry.class))
}

/// The code of `stored` as `lang` runs it before other code: what its document says that fails may
/// fail.
pub(super) fn before(stored: &Stored, lang: Lang, name: &str) -> String {
    let code = runnable(stored);
    if !lang.is_python() {
        return code.into_owned();
    }
    if is_meant_to_fail(&stored.entry) {
        let whole = literal(&super::source(lang, &code));
        return format!(
            "try: exec(compile({whole}, '{name}', 'exec'))\nexcept BaseException: pass\n"
        );
    }
    let fails = stored.entry.steps.iter().filter(|step| {
        let shown = step.expected.as_ref();
        shown.is_some_and(|shown| shown.shown == Shown::Session && shown.tells_exception())
    });
    let statements = Statements::of(&code);
    let mut out = vec![false; statements.lines.len()];
    for step in fails {
        let last = (step.last as usize).min(out.len());
        out[(step.first as usize - 1).min(last)..last].fill(true);
    }
    match out.contains(&true) {
        true => statements.without(&out, stored.entry.class),
        false => code.into_owned(),
    }
}

/// Whether a program is meant to end with an exception, as a directive or the output shown for all
/// of it says.
pub fn is_meant_to_fail(entry: &Entry) -> bool {
    let told = entry.directives.iter().any(|one| {
        matches!(one.what, Instruction::ExpectFail { .. }) && one.scope != Scope::Statement
    });
    let shows = |shown: Shown| matches!(shown, Shown::Block | Shown::Cell);
    told || entry.steps.len() == 1
        && entry.steps[0]
            .expected
            .as_ref()
            .is_some_and(|expected| shows(expected.shown) && expected.tells_exception())
}

/// The lines of a code, and which of them begin a statement.
struct Statements<'c> {
    lines: Vec<&'c str>,
    /// For each line, the one that its statement begins in.
    begins: Vec<usize>,
}

impl<'c> Statements<'c> {
    fn of(code: &'c str) -> Self {
        let lines: Vec<&str> = code.split_inclusive('\n').collect();
        let parts = lexical::split(code);
        let mut starts = Vec::with_capacity(lines.len());
        let mut at = 0;
        for line in &lines {
            starts.push(at);
            at += line.len();
        }
        let mut depth = vec![0i32; lines.len() + 1];
        let mut inside = vec![false; lines.len() + 1];
        for (kind, span) in parts {
            let first = starts.partition_point(|start| *start <= span.start()) - 1;
            match kind {
                Kind::Plain => {
                    for (offset, c) in code[span.range()].char_indices() {
                        let step = match c {
                            '(' | '[' | '{' => 1,
                            ')' | ']' | '}' => -1,
                            _ => continue,
                        };
                        let line =
                            starts.partition_point(|start| *start <= span.start() + offset) - 1;
                        depth[line + 1] += step;
                    }
                }
                Kind::Quoted => {
                    let last = starts.partition_point(|start| *start < span.end()) - 1;
                    inside[first + 1..=last].fill(true);
                }
                Kind::Comment => {}
            }
        }
        let mut begins: Vec<usize> = Vec::with_capacity(lines.len());
        let mut open = 0;
        for at in 0..lines.len() {
            open = (open + depth[at]).max(0);
            let continued = at > 0 && lines[at - 1].trim_end().ends_with('\\');
            let goes_on = at > 0 && (open > 0 || inside[at] || continued);
            begins.push(if goes_on { begins[at - 1] } else { at });
        }
        Self { lines, begins }
    }

    /// Marks in `out` the statement that line `at` belongs to, with all that stands deeper below it.
    fn mark(&self, at: usize, out: &mut [bool]) {
        let indent = |at: usize| self.lines[at].len() - self.lines[at].trim_start().len();
        let first = self.begins[at];
        let deep = |line: &usize| {
            let begin = self.begins[*line];
            let clause = ["else", "elif", "except", "finally"]
                .iter()
                .any(|word| self.lines[begin].trim_start().starts_with(word));
            let blank = self.lines[*line].trim().is_empty();
            begin == first
                || blank
                || indent(begin) > indent(first)
                || indent(begin) == indent(first) && clause
        };
        let end = (first..self.lines.len()).take_while(deep).last().unwrap_or(first);
        out[first..=end].fill(true);
    }

    /// The code without the lines that are `out`. What stands in for them does nothing.
    fn without(&self, out: &[bool], lang: Lang) -> String {
        let nothing = if lang.is_python() { "pass" } else { ":" };
        let mut made = String::new();
        for (at, line) in self.lines.iter().enumerate() {
            if !out[at] {
                made.push_str(line);
                continue;
            }
            if at == 0 || !out[at - 1] {
                made.push_str(&line[..line.len() - line.trim_start().len()]);
                made.push_str(nothing);
            }
            made.push('\n');
        }
        made
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_left_out_with_all_that_belongs_to_them() {
        let cases = [
            ("a\nb(\n  1)\nc\n", 2, "a\npass\n\nc\n"),
            ("for x in y:\n    a\n\n    b\nelse:\n    c\nd\n", 0, "pass\n\n\n\n\n\nd\n"),
            ("if x:\n    a\n    b\n", 1, "if x:\n    pass\n    b\n"),
            ("s = \"\"\"a\nb\n\"\"\"\nt\n", 1, "pass\n\n\nt\n"),
            ("a \\\n  + b\nc", 1, "pass\n\nc"),
        ];
        for (code, at, expected) in cases {
            let statements = Statements::of(code);
            let mut out = vec![false; statements.lines.len()];
            statements.mark(at, &mut out);
            assert_eq!(statements.without(&out, Lang::Py3), expected, "{code}");
        }
    }
}
