//! Evidence to decision: the only place where weights meet.
//!
//! Each observation adds to the case for Python, for shell, or for "no code". The best case wins
//! when it is far enough ahead; otherwise the region is a skip, and the strongest observation
//! against code gives the reason.

use crate::model::{Classification, Evidence, Lang, Signal, SkipReason};

/// How far a language must be ahead of "no code".
const THRESHOLD: i32 = 20;

/// What one observation adds to each case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Weight {
    python: i32,
    shell: i32,
    nothing: i32,
}

/// Decides, or gives the reason of the skip with the evidence back. Code that its author set
/// apart, or whose lines were restored from many signs, is `believed` to be code also when a
/// grammar stumbles.
pub(super) fn decide(
    believed: bool,
    evidence: Vec<Evidence>,
) -> Result<Classification, (SkipReason, Vec<Evidence>)> {
    if let Some(Signal::ForeignTag(tag)) = find(&evidence, |s| matches!(s, Signal::ForeignTag(_))) {
        let reason = SkipReason::DeclaredOther(tag.clone());
        return Err((reason, evidence));
    }
    let stumbles = evidence.iter().any(|seen| seen.signal == Signal::PythonError);
    let total = evidence.iter().fold(Weight::default(), |sum, seen| {
        let weight = weigh(seen, believed, stumbles);
        Weight {
            python: sum.python + weight.python,
            shell: sum.shell + weight.shell,
            nothing: sum.nothing + weight.nothing,
        }
    });
    let best = total.python.max(total.shell);
    if best - total.nothing < THRESHOLD {
        return Err((reason(&evidence), evidence));
    }
    let lang = if total.shell > total.python { Lang::Shell } else { version(&evidence) };
    let second = total.python.min(total.shell).max(total.nothing);
    let margin = u32::try_from(best - second).unwrap_or(0);
    Ok(Classification { lang, accepts: accepts(lang, &evidence), margin, evidence })
}

/// The table of weights. What the author says (a tag, a prompt) outweighs every look; a grammar
/// that stumbles over code which nobody marked is a veto, over marked code only a doubt.
fn weigh(seen: &Evidence, believed: bool, stumbles: bool) -> Weight {
    let none = Weight::default();
    let says = |weight: i32| match seen.speaks_for {
        Some(Lang::Shell) => Weight { shell: weight, ..none },
        Some(_) => Weight { python: weight, ..none },
        None => Weight { nothing: weight, ..none },
    };
    match &seen.signal {
        Signal::Tag(_) => says(100),
        Signal::Shebang(_) => says(80),
        // A prompt is nearer to the code than the tag of its block.
        Signal::Prompt(_) => says(150),
        Signal::Cell => says(100),
        Signal::PythonParses => says(10),
        Signal::PythonError if believed => says(-20),
        Signal::PythonError => says(-100),
        Signal::PythonForm(form) => says(form_weight(form)),
        // Forms found in what cannot be read as a whole are found in anything.
        Signal::Py2Only(_) | Signal::Py3Only(_) if stumbles => none,
        Signal::Py2Only(_) | Signal::Py2Module(_) | Signal::Py3Module(_) => says(10),
        // The threshold of restoring has already weighed it.
        Signal::Restored(_) | Signal::Py3Only("annotation" | "`...`") => none,
        Signal::Py3Only(_) => says(10),
        Signal::Command(_) => says(35),
        Signal::ShellForm(_) => says(25),
        Signal::ShellError if believed => says(-10),
        Signal::ShellError => says(-100),
        Signal::OtherLanguage(_) => says(60),
        Signal::Prose => says(40),
        Signal::NoEffect => Weight { python: -40, ..none },
        Signal::Collapsed => says(200),
        Signal::IndentationLost => Weight { python: -200, ..none },
        Signal::ForeignTag(_) => says(200),
    }
}

/// Forms that other languages share say less.
fn form_weight(form: &str) -> i32 {
    match form {
        "import" | "function" | "class" | "decorator" | "print statement" => 30,
        "lines that look like statements" => 40,
        "call" | "loop" | "with" | "try" | "condition" => 20,
        _ => 15,
    }
}

/// Python 2 or 3. Syntax outweighs names, because a snippet with a wrong name is a mistake in one
/// version, but one with the other version's syntax cannot be read at all; `...` is what authors
/// write for code that they leave out, and says nothing.
fn version(evidence: &[Evidence]) -> Lang {
    let count = |is: fn(&Signal) -> bool| evidence.iter().filter(|seen| is(&seen.signal)).count();
    let py2 = count(|signal| matches!(signal, Signal::Py2Only(_)));
    let py3 = count(|signal| matches!(signal, Signal::Py3Only(form) if *form != "`...`"));
    if py2 != py3 {
        return if py2 > py3 { Lang::Py2 } else { Lang::Py3 };
    }
    let py2 = count(|signal| matches!(signal, Signal::Py2Module(_)));
    let py3 = count(|signal| matches!(signal, Signal::Py3Module(_)));
    if py2 != py3 {
        return if py2 > py3 { Lang::Py2 } else { Lang::Py3 };
    }
    let declared = |seen: &Evidence| {
        let says = matches!(seen.signal, Signal::Tag(_) | Signal::Shebang(_));
        says && seen.speaks_for == Some(Lang::Py2)
    };
    if evidence.iter().any(declared) { Lang::Py2 } else { Lang::Py3 }
}

fn accepts(lang: Lang, evidence: &[Evidence]) -> Vec<Lang> {
    let against = |signal: &Signal| match lang {
        Lang::Py2 => matches!(signal, Signal::Py2Only(_) | Signal::Py2Module(_)),
        _ => matches!(signal, Signal::Py3Only(_) | Signal::Py3Module(_) | Signal::PythonError),
    };
    let both = lang.is_python() && !evidence.iter().any(|seen| against(&seen.signal));
    if both { vec![Lang::Py2, Lang::Py3] } else { vec![lang] }
}

/// The reason that the strongest observation against code gives.
fn reason(evidence: &[Evidence]) -> SkipReason {
    let found = |is: fn(&Signal) -> bool| find(evidence, is);
    if found(|signal| *signal == Signal::Collapsed).is_some() {
        SkipReason::Collapsed
    } else if let Some(Signal::OtherLanguage(name)) =
        found(|signal| matches!(signal, Signal::OtherLanguage(_)))
    {
        SkipReason::OtherLanguage(name)
    } else if found(|signal| *signal == Signal::IndentationLost).is_some() {
        SkipReason::IndentationLost
    } else if found(|signal| *signal == Signal::Prose).is_some() {
        SkipReason::Prose
    } else if found(|signal| *signal == Signal::NoEffect).is_some() {
        SkipReason::NoEffect
    } else {
        SkipReason::Unclear
    }
}

fn find(evidence: &[Evidence], is: impl Fn(&Signal) -> bool) -> Option<&Signal> {
    evidence.iter().map(|seen| &seen.signal).find(|signal| is(signal))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(signal: Signal, speaks_for: Option<Lang>) -> Evidence {
        Evidence { signal, speaks_for, at: None }
    }

    #[test]
    fn evidence_becomes_a_decision() {
        let tag = || seen(Signal::Tag("python".into()), Some(Lang::Py3));
        let parses = || seen(Signal::PythonParses, Some(Lang::Py3));
        let error = || seen(Signal::PythonError, Some(Lang::Py3));
        let call = || seen(Signal::PythonForm("call"), Some(Lang::Py3));
        let print = || seen(Signal::Py2Only("print statement"), Some(Lang::Py2));
        let pip = || seen(Signal::Command("pip".into()), Some(Lang::Shell));
        let idle = || seen(Signal::NoEffect, None);
        let json = || seen(Signal::OtherLanguage("JSON"), None);
        let cases = [
            (true, vec![tag(), error()], Ok(Lang::Py3)),
            (true, vec![tag(), parses(), idle()], Ok(Lang::Py3)),
            (true, vec![tag(), parses(), print()], Ok(Lang::Py2)),
            (true, vec![parses(), call()], Ok(Lang::Py3)),
            (true, vec![error(), pip()], Ok(Lang::Shell)),
            (true, vec![parses(), idle()], Err("no_effect")),
            (true, vec![parses(), call(), json()], Err("other_language")),
            (false, vec![error(), call()], Err("unclear")),
        ];
        for (believed, evidence, expected) in cases {
            let decided = decide(believed, evidence.clone());
            let found = decided.map(|found| found.lang).map_err(|(reason, _)| reason.kind());
            assert_eq!(found, expected, "{believed} {evidence:?}");
        }
    }
}
