//! Evidence to decision: the only place where weights meet.
//!
//! Each observation adds to the case for Python, for shell, or for "no code". The best case wins
//! when it is far enough ahead; otherwise the region is a skip, and the strongest observation
//! against code gives the reason.

use crate::model::{Classification, Evidence, Lang, Signal, SkipReason, Strength, Versions};

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
    let second = total.python.min(total.shell).max(total.nothing);
    let confidence = percent(best - second);
    if total.shell > total.python {
        let (lang, versions) = (Lang::Shell, Versions::NONE);
        let accepts = vec![lang];
        return Ok(Classification {
            lang,
            accepts,
            versions,
            authored: None,
            confidence,
            evidence,
        });
    }
    let versions = runs_on(&evidence);
    let authored = authored(&evidence, versions);
    let lang = if versions.meets(Versions::PY3) && !declares_py2(&evidence, versions) {
        Lang::Py3
    } else {
        Lang::Py2
    };
    let mut accepts = Vec::new();
    let languages = [(Lang::Py2, Versions::PY2), (Lang::Py3, Versions::PY3)];
    accepts.extend(languages.iter().filter(|(_, of)| versions.meets(*of)).map(|(lang, _)| *lang));
    Ok(Classification { lang, accepts, versions, authored, confidence, evidence })
}

/// How sure a decision is whose case is `ahead` of the next best one: the weights are meant as the
/// logarithm of odds, twenty for each factor of e.
fn percent(ahead: i32) -> u8 {
    let sure = 100.0 / (1.0 + (-f64::from(ahead) / 20.0).exp());
    // Between 0 and 100 by its making.
    sure.round() as u8
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
        Signal::Syntax(_) if stumbles => none,
        // Lines of prose, YAML and mathematics have these as well.
        Signal::Syntax("annotation" | "variable annotation" | "`...`" | "set literal") => none,
        Signal::Syntax(_) | Signal::Name(_) | Signal::Habit(_) => says(10),
        // The threshold of restoring has already weighed it.
        Signal::Restored(_) | Signal::Printed(_) => none,
        Signal::Command(_) => says(35),
        Signal::BareCommand(_) => says(15),
        Signal::ShellForm(super::shell_forms::GIVEN) => says(120),
        Signal::ShellForm(_) => says(25),
        // Each alone is no reason: what does nothing needs two of them.
        Signal::Neighbor | Signal::Document(_) => says(30),
        Signal::Heading(_) => says(20),
        Signal::ShellError if believed => says(-10),
        Signal::ShellError => says(-100),
        Signal::OtherLanguage(_) if seen.strength > Strength::Weak => says(250),
        Signal::OtherLanguage(_) => says(60),
        Signal::Prose => says(40),
        Signal::NoEffect => Weight { python: -40, ..none },
        Signal::Collapsed => says(200),
        // Whoever sets code apart means it, also when it is damaged.
        Signal::IndentationLost if believed => Weight { python: -40, ..none },
        Signal::IndentationLost => Weight { python: -200, ..none },
        Signal::ForeignTag(_) => says(200),
        // It stands nearer to the code than a tag.
        Signal::OtherPrompt(_) => says(200),
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

/// The versions that run the code. What is stronger counts first: syntax outweighs names, because
/// code with the other version's syntax cannot be read at all, while a wrong name is a mistake in
/// one line. Where evidence of one strength contradicts itself, the more of it decides between 2
/// and 3. Habits bind nobody.
fn runs_on(evidence: &[Evidence]) -> Versions {
    let mut runs = Versions::ALL;
    for strength in [Strength::Hard, Strength::Strong] {
        let of = |seen: &&Evidence| seen.strength == strength;
        let seen: Vec<Versions> = evidence.iter().filter(of).map(|seen| seen.versions).collect();
        let all = seen.iter().fold(runs, |all, versions| all.and(*versions));
        if !all.is_empty() {
            runs = all;
            continue;
        }
        let only = |of: Versions| seen.iter().filter(|seen| !seen.meets(of.not())).count();
        let more =
            if only(Versions::PY2) > only(Versions::PY3) { Versions::PY2 } else { Versions::PY3 };
        let fitting = |runs: Versions, versions: &Versions| match runs.and(*versions) {
            Versions::NONE => runs,
            both => both,
        };
        let side = if runs.meets(more) { runs.and(more) } else { runs };
        runs = seen.iter().fold(side, fitting);
    }
    runs
}

/// What the author wrote the code for: told by what an interpreter printed, or by a tag or a first
/// line that names a version, or by what runs it; and by habits, where nothing else tells.
fn authored(evidence: &[Evidence], runs: Versions) -> Option<Lang> {
    let printed = |seen: &&Evidence| matches!(seen.signal, Signal::Printed(_));
    let side = |versions: Versions| match versions.and(Versions::PY2) {
        Versions::NONE => Some(Lang::Py3),
        _ if versions.meets(Versions::PY3) => None,
        _ => Some(Lang::Py2),
    };
    let told = |is: &dyn Fn(&&Evidence) -> bool| {
        evidence.iter().filter(|seen| is(seen)).find_map(|seen| side(seen.versions))
    };
    told(&printed)
        .or_else(|| told(&|seen| is_declared(seen)))
        .or_else(|| side(without_elisions(evidence, runs)))
        .or_else(|| told(&|seen| seen.strength == Strength::Weak))
}

/// `runs`, had the author not left anything out: `...` is what stands for that in any version.
fn without_elisions(evidence: &[Evidence], runs: Versions) -> Versions {
    let elided = |seen: &Evidence| seen.signal == Signal::Syntax("`...`");
    if !evidence.iter().any(elided) {
        return runs;
    }
    let rest: Vec<Evidence> = evidence.iter().filter(|seen| !elided(seen)).cloned().collect();
    runs_on(&rest)
}

fn is_declared(seen: &Evidence) -> bool {
    matches!(seen.signal, Signal::Tag(_) | Signal::Shebang(_))
}

/// Whether a tag or a first line asks for Python 2, and Python 2 can run it.
fn declares_py2(evidence: &[Evidence], runs: Versions) -> bool {
    let asks = |seen: &Evidence| is_declared(seen) && seen.speaks_for == Some(Lang::Py2);
    runs.meets(Versions::PY2) && evidence.iter().any(asks)
}

/// The reason that the strongest observation against code gives.
fn reason(evidence: &[Evidence]) -> SkipReason {
    let found = |is: fn(&Signal) -> bool| find(evidence, is);
    if found(|signal| *signal == Signal::Collapsed).is_some() {
        SkipReason::Collapsed
    } else if let Some(Signal::OtherLanguage(name) | Signal::OtherPrompt(name)) =
        found(|signal| matches!(signal, Signal::OtherLanguage(_) | Signal::OtherPrompt(_)))
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
        Evidence::new(signal, speaks_for, None)
    }

    #[test]
    fn evidence_becomes_a_decision() {
        let tag = || seen(Signal::Tag("python".into()), Some(Lang::Py3));
        let parses = || seen(Signal::PythonParses, Some(Lang::Py3));
        let error = || seen(Signal::PythonError, Some(Lang::Py3));
        let call = || seen(Signal::PythonForm("call"), Some(Lang::Py3));
        let print = || {
            let signal = Signal::Syntax("print statement");
            Evidence::of(Versions::PY2, Strength::Hard, signal, None)
        };
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
