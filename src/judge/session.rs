//! The steps of a run, beside the output that the document shows for them, to a verdict.
//!
//! A step is broken when it does not do what the document says that it does: an exception that is
//! shown is none. What the comparison grants is for `compare`; whether an error is the example's own
//! is for the others here.

use std::cell::OnceCell;

use stillruns_harness::{End, Finish, Run, StepRun};

use super::compare::{self, Setting};
use super::varying::Varying;
use super::{Judgement, Subject, judge, surety};
use crate::model::{
    Cause, Contrast, Difference, Entry, ExpectedEntry, Instruction, MatchOption, Rewrite, Scope,
    Shown, StepEntry, Verdict,
};
use crate::syntax::flags::{self, Flags};

/// What became of an example that shows output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// The judgement over the first step that is not as it is shown.
    pub judgement: Judgement,
    /// Everything that is printed otherwise than it is shown.
    pub differences: Vec<Difference>,
    /// The same, as far as it is known whole, as it would have to be shown.
    pub rewrites: Vec<Rewrite>,
}

impl From<Judgement> for Compared {
    fn from(judgement: Judgement) -> Self {
        Self { judgement, differences: Vec::new(), rewrites: Vec::new() }
    }
}

/// What is wrong with a step.
struct Fault {
    judgement: Judgement,
    /// What is printed instead of what is shown.
    printed: Option<(Difference, Option<Rewrite>)>,
}

/// Judges a `run` whose steps are those of `steps` that are not skipped.
pub fn judge_steps(subject: &Subject<'_>, entry: &Entry, run: &Run) -> Compared {
    let (steps, asked) = (entry.steps.as_slice(), asked(entry));
    let texts = StepEntry::texts(steps, subject.code).into_iter();
    let planned: Vec<_> =
        steps.iter().zip(texts).filter(|(_, typed)| !flags::is_skipped(typed)).collect();
    let varying = OnceCell::new();
    let faults = planned.iter().zip(&run.steps).filter_map(|(&(step, typed), told)| {
        Step { subject, step, typed, told, run, asked: &asked, varying: &varying }.fault()
    });
    let ended = run.end == End::Exited(0);
    let whole = match ended && run.steps.len() >= planned.len() {
        true => Verdict::Pass.into(),
        false => judge(subject, run),
    };
    let faults = faults.collect();
    if ended { gathered(whole, faults) } else { Compared::from(whole) }
}

/// Judges a `run` without steps, that printed all that `step` shows.
pub fn judge_whole(subject: &Subject<'_>, entry: &Entry, step: &StepEntry, run: &Run) -> Compared {
    let asked = asked(entry);
    let whole = judge(subject, run);
    let (stdout, stderr) = (run.stdout.clone(), run.stderr.clone());
    let told = StepRun { finish: Finish::Completed, stdout, stderr };
    let fault = match whole.verdict {
        Verdict::Pass => {
            let (typed, varying) = (subject.code, OnceCell::new());
            Step { subject, step, typed, told: &told, run, asked: &asked, varying: &varying }
                .fault()
        }
        _ => None,
    };
    gathered(whole, fault.into_iter().collect())
}

/// The first of all faults, or else what the whole run says.
fn gathered(whole: Judgement, faults: Vec<Fault>) -> Compared {
    let mut compared = Compared::from(whole);
    for (at, fault) in faults.into_iter().enumerate() {
        if at == 0 {
            compared.judgement = fault.judgement;
        }
        if let Some((difference, rewrite)) = fault.printed {
            if compared.differences.len() < MOST {
                compared.differences.push(difference);
            }
            compared.rewrites.extend(rewrite);
        }
    }
    compared
}

/// What holds for all steps of an example.
#[derive(Default)]
struct Asked {
    flags: Flags,
    /// Characters that do not count.
    removed: String,
}

/// What directives ask for all of an example.
fn asked(entry: &Entry) -> Asked {
    let all = || entry.directives.iter().filter(|one| one.scope != Scope::Statement);
    let removed = all().filter_map(|one| match &one.what {
        Instruction::Match(MatchOption::Remove(characters)) => Some(characters.as_str()),
        _ => None,
    });
    let removed = removed.collect();
    let flags = all().fold(Flags::default(), |flags, one| match &one.what {
        Instruction::NoCompare => flags.with(Flags::IGNORE_OUTPUT),
        Instruction::Match(option) => flags.with(match option {
            MatchOption::Ellipsis => Flags::ELLIPSIS,
            MatchOption::NormalizeWhitespace => Flags::NORMALIZE_WHITESPACE,
            MatchOption::IgnoreExceptionDetail => Flags::IGNORE_EXCEPTION_DETAIL,
            MatchOption::Numbers => Flags::NUMBER.with(Flags::FLOAT_CMP),
            MatchOption::PlainBlankLines => Flags::DONT_ACCEPT_BLANKLINE,
            MatchOption::TrueIsNotOne => Flags::DONT_ACCEPT_TRUE_FOR_1,
            MatchOption::ShowWarnings => Flags::SHOW_WARNINGS,
            MatchOption::KeepTrailingWhitespace => Flags::KEEP_TRAILING_WHITESPACE,
            // They go to the other stream, which is no output of a session.
            MatchOption::IgnoreWarnings | MatchOption::Remove(_) => Flags::default(),
        }),
        _ => flags,
    });
    Asked { flags, removed }
}

/// What a session shows up to its first blank line, where more stands behind: for doctest nothing
/// behind it is output, and authors begin to talk there.
fn until_blank(shown: &ExpectedEntry) -> Option<&str> {
    let end = shown.text.find("\n\n").filter(|_| shown.shown == Shown::Session)?;
    Some(&shown.text[..=end])
}

/// The warnings among what went to standard error, as doctestplus shows them.
fn warnings(stderr: &str) -> String {
    let told = stderr.lines().filter_map(|line| {
        let at = line.rfind("Warning: ")?;
        let start = line[..at].rfind(": ").map_or(0, |before| before + 2);
        Some(format!("{}\n", &line[start..]))
    });
    told.collect()
}

/// The names that earlier Pythons gave the exception `kind`, or one that held for it as well.
fn former_names(kind: &str) -> &'static [&'static str] {
    const SYSTEM: &[&str] = &["IOError", "OSError", "EnvironmentError", "socket.error"];
    match kind {
        "FileNotFoundError"
        | "FileExistsError"
        | "PermissionError"
        | "IsADirectoryError"
        | "NotADirectoryError"
        | "OSError"
        | "ConnectionRefusedError"
        | "BrokenPipeError" => SYSTEM,
        "ModuleNotFoundError" => &["ImportError"],
        "RecursionError" => &["RuntimeError"],
        "JSONDecodeError" => &["ValueError"],
        _ => &[],
    }
}

/// More than these nobody reads.
const MOST: usize = 100;

/// One step that was begun.
struct Step<'a> {
    subject: &'a Subject<'a>,
    step: &'a StepEntry,
    typed: &'a str,
    told: &'a StepRun,
    run: &'a Run,
    asked: &'a Asked,
    /// What varies in the program, once somebody asks.
    varying: &'a OnceCell<Varying>,
}

impl Step<'_> {
    fn fault(&self) -> Option<Fault> {
        let shown = self.step.expected.as_ref();
        match &self.told.finish {
            Finish::Completed => self.printed(shown?),
            // In a session it is what the reader types to leave it.
            Finish::Exited { .. } => None,
            Finish::Raised { kind, message, .. }
                if shown.is_some_and(|shown| self.raises(shown, kind, message)) =>
            {
                None
            }
            Finish::StatusAt { .. }
                if shown.is_some_and(|shown| self.is_alike(shown, &self.actual())) =>
            {
                None
            }
            Finish::Raised { kind, message, .. } => {
                let fault = self.failed()?;
                let other = shown.filter(|_| matches!(fault.judgement.verdict, Verdict::Fail(_)));
                Some(other.and_then(|shown| self.raised(shown, kind, message)).unwrap_or(fault))
            }
            _ => self.failed(),
        }
    }

    fn setting<'s>(&'s self, shown: &ExpectedEntry) -> Setting<'s> {
        let asked = flags::flags(self.typed, &shown.text, self.asked.flags);
        Setting { shown: shown.shown, flags: asked, code: self.subject.code }
    }

    /// What it printed where the document shows it.
    fn actual(&self) -> String {
        self.told.stdout.text()
    }

    fn is_alike(&self, shown: &ExpectedEntry, actual: &str) -> bool {
        let setting = self.setting(shown);
        let removed = self.asked.removed.clone() + &flags::removed(self.typed);
        if !removed.is_empty() {
            let left = |text: &str| text.replace(|c| removed.contains(c), "");
            return compare::output(&left(&shown.text), &left(actual), &setting);
        }
        if setting.flags.has(Flags::SHOW_WARNINGS) {
            let warned = warnings(&self.told.stderr.text()) + actual;
            return compare::output(&shown.text, &warned, &setting);
        }
        compare::output(&shown.text, actual, &setting)
            || until_blank(shown).is_some_and(|text| compare::output(text, actual, &setting))
    }

    /// Whether it did not print what is `shown`.
    fn printed(&self, shown: &ExpectedEntry) -> Option<Fault> {
        let mut actual = self.actual();
        if shown.shown == Shown::Cell && !self.told.stderr.head.is_empty() {
            // Notebooks show both streams; which is printed first, they do not say.
            let errors = self.told.stderr.text();
            let both = [actual.clone() + &errors, errors + &actual];
            if both.iter().any(|text| self.is_alike(shown, text)) {
                return None;
            }
        }
        if self.is_alike(shown, &actual)
            || !surety::is_claim(self.subject, self.varying(), self.typed, shown, &actual)
        {
            return None;
        }
        if !actual.is_empty() && !actual.ends_with('\n') {
            actual.push('\n');
        }
        // What is printed without a blank line ends before the first one.
        let cut = until_blank(shown).filter(|_| !actual.contains("\n\n")).map(|text| {
            let count = text.lines().count();
            ExpectedEntry {
                shown: shown.shown,
                text: text.to_owned(),
                lines: shown.lines.iter().take(count).copied().collect(),
                spans: shown.spans.iter().take(count).copied().collect(),
            }
        });
        Some(self.differs(cut.as_ref().unwrap_or(shown), actual))
    }

    fn varying(&self) -> &Varying {
        self.varying.get_or_init(|| Varying::of(self.subject.code))
    }

    /// It prints `actual` and not what is `shown`.
    fn differs(&self, shown: &ExpectedEntry, actual: String) -> Fault {
        let first = compare::first_difference(&shown.text, &actual, &self.setting(shown));
        let contrast = Contrast::new(&shown.text, &actual, &shown.lines, first);
        let difference = Difference {
            line: contrast.lines.0,
            expected: contrast.expected.clone(),
            actual: contrast.actual.clone(),
        };
        let text =
            match shown.shown {
                Shown::Session if self.subject.lang.is_python() => actual
                    .lines()
                    .map(|line| {
                        if line.is_empty() {
                            "<BLANKLINE>\n".to_owned()
                        } else {
                            format!("{line}\n")
                        }
                    })
                    .collect(),
                _ => actual,
            };
        let rewrite = Rewrite { spans: shown.spans.clone(), text };
        Fault {
            judgement: Judgement::at(
                Some(self.step.first),
                Verdict::Fail(Cause::OutputDiffers(contrast)),
            ),
            printed: Some((difference, Some(rewrite).filter(|_| !self.told.stdout.cut))),
        }
    }

    /// Whether the document shows this exception.
    fn raises(&self, shown: &ExpectedEntry, kind: &str, message: &str) -> bool {
        let setting = self.setting(shown);
        let text = |kind: &str| match message {
            "" => format!("{kind}\n"),
            message => format!("{kind}: {message}\n"),
        };
        // Python 2 leaves out the module.
        let short = kind.rsplit('.').next().unwrap_or(kind);
        let former = former_names(short).iter().copied();
        let mut names = [kind, short].into_iter().chain(former);
        names.any(|kind| compare::exception(&shown.text, &text(kind), &setting))
    }

    /// Another exception than the one that is `shown`; nothing where none is.
    fn raised(&self, shown: &ExpectedEntry, kind: &str, message: &str) -> Option<Fault> {
        let wanted = compare::doctest::exception(&shown.text)?;
        let from = shown.text.lines().count() - wanted.lines().count();
        let kind = if shown.text.contains(&format!("{kind}:")) {
            kind
        } else {
            kind.rsplit('.').next().unwrap_or(kind)
        };
        let actual =
            if message.is_empty() { kind.to_owned() } else { format!("{kind}: {message}") };
        let shown = ExpectedEntry {
            shown: shown.shown,
            text: wanted.to_owned(),
            lines: shown.lines.get(from..)?.to_vec(),
            spans: shown.spans.get(from..)?.to_vec(),
        };
        Some(self.differs(&shown, actual + "\n"))
    }

    /// The last simple command of what is typed, as far as its looks tell: what a shell ends with is
    /// that one's status, and the others succeeded.
    fn last_command(&self) -> &str {
        let lines = self.typed.lines().map(str::trim);
        let line = lines.rev().find(|line| !line.is_empty() && !line.starts_with('#'));
        let whole = line.unwrap_or("");
        whole.rsplit(['|', ';', '&']).map(str::trim).find(|part| !part.is_empty()).unwrap_or(whole)
    }

    /// What its error says about the example.
    fn failed(&self) -> Option<Fault> {
        let finish = match &self.told.finish {
            Finish::Raised { kind, message, line, frames, .. }
                if frames.is_empty()
                    && ["SyntaxError", "IndentationError", "TabError"].contains(&kind.as_str()) =>
            {
                Finish::SyntaxError { message: message.clone(), line: *line, column: None }
            }
            // Of a step the shell tells no more than how it ended.
            Finish::StatusAt { status, line, command: None } => {
                let command = Some(self.last_command().to_owned());
                Finish::StatusAt { status: *status, line: *line, command }
            }
            other => other.clone(),
        };
        let stderr = match self.subject.lang.is_python() {
            true => self.told.stderr.clone(),
            // A terminal shows both streams as one.
            false => self.told.stdout.clone(),
        };
        let run = Run { finish, stderr, ..self.run.clone() };
        let mut judgement = judge(self.subject, &run);
        judgement.line = judgement.line.or(Some(self.step.first));
        (judgement.verdict != Verdict::Pass).then_some(Fault { judgement, printed: None })
    }
}
