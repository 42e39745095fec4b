//! Output that a document shows, beside what was printed.
//!
//! Pure, and blind to how it was run. First it is compared as doctest does (`doctest`), then with the
//! leniency that a reader would grant (`lenient`): for what differs from run to run, between the
//! Pythons, or in the layout only. A wrong number is never granted.

pub(super) mod doctest;
mod lenient;
mod numbers;
mod order;
mod volatile;

use crate::model::Shown;
use crate::syntax::flags::Flags;

/// What a comparison may know.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting<'a> {
    /// How the document shows it.
    pub(super) shown: Shown,
    /// What its author asks for.
    pub(super) flags: Flags,
    /// All code of the example, which tells what may differ from run to run.
    pub(super) code: &'a str,
}

/// Whether what was `got` is what is `want`ed.
pub(super) fn output(want: &str, got: &str, setting: &Setting<'_>) -> bool {
    doctest::check(want, got, setting.flags) || lenient::alike(want, got, setting)
}

/// Whether an exception, shown as `got`, is the one that is `want`ed: by a traceback, or by its last
/// line alone.
pub(super) fn exception(want: &str, got: &str, setting: &Setting<'_>) -> bool {
    let flags = setting.flags;
    let alike = |want: &str| {
        doctest::check_exception(want, got, flags) || lenient::alike(want, got, setting)
    };
    if let Some(message) = doctest::exception(want) {
        return alike(message);
    }
    // Notebooks and consoles show tracebacks of other forms.
    let name = got.split([':', '\n']).next().unwrap_or_default();
    let short = name.rsplit('.').next().unwrap_or(name);
    let line = want.lines().rev().find(|line| {
        let word = line.split([':', '\n']).next().unwrap_or_default().trim_end();
        // A notebook's traceback has the type at its top as well.
        let word = word.strip_suffix("Traceback (most recent call last)").unwrap_or(word);
        [name, short].contains(&word.trim_end())
    });
    line.is_some_and(|line| {
        let line = match line.ends_with("Traceback (most recent call last)") {
            true => format!("{short}\n"),
            false => format!("{line}\n"),
        };
        alike(&line)
            || doctest::check_exception(&line, got, Flags::IGNORE_EXCEPTION_DETAIL) && {
                // A type alone says nothing about the message.
                !line.contains(':')
            }
    })
}

/// The number of the first line in which they differ, counted from nothing; lines that are alike
/// do not count.
pub(super) fn first_difference(want: &str, got: &str, setting: &Setting<'_>) -> usize {
    let mut pairs = want.lines().zip(got.lines());
    let alike =
        |(want, got): (&str, &str)| output(&format!("{want}\n"), &format!("{got}\n"), setting);
    let same = pairs.by_ref().take_while(|pair| alike(*pair)).count();
    same.min(want.lines().count().saturating_sub(1))
}
