//! Our own spellings: `stillruns: skip, timeout=30s`.
//!
//! In a comment or in front matter the name stands before them, and a word that is not known is
//! told; behind the language of a block they stand alone among words of others.

use super::words::{Word, millis, words as split};
use super::{Reach, Said};
use crate::model::{Instruction, MatchOption, Part};

/// Whose spelling it is.
pub(super) const TOOL: &str = "stillruns";

/// What a comment that begins with our name says.
pub(super) fn addressed(body: &str) -> Option<&str> {
    body.strip_prefix("stillruns:").or_else(|| body.strip_prefix("stillruns "))
}

/// Every word that may stand alone, and what it says.
const ALONE: &[(&str, Reach, Instruction)] = &[
    ("skip", Reach::Block, Instruction::Skip(None)),
    ("skip-file", Reach::Document, Instruction::Skip(None)),
    ("skip-begin", Reach::Start, Instruction::Skip(None)),
    ("skip-end", Reach::End, Instruction::Skip(None)),
    ("expect-fail", Reach::Block, Instruction::ExpectFail { raises: None, status: None }),
    ("xfail", Reach::Block, Instruction::ExpectFail { raises: None, status: None }),
    ("non-deterministic", Reach::Block, Instruction::NoCompare),
    ("no-compare", Reach::Block, Instruction::NoCompare),
    ("continue", Reach::Block, Instruction::Continue(None)),
    ("new-session", Reach::Block, Instruction::NewSession),
    ("setup", Reach::Block, Instruction::Hidden(Part::Setup)),
    ("cleanup", Reach::Block, Instruction::Hidden(Part::Cleanup)),
    ("run", Reach::Block, Instruction::Run),
    ("ellipsis", Reach::Block, Instruction::Match(MatchOption::Ellipsis)),
    ("normalize-whitespace", Reach::Block, Instruction::Match(MatchOption::NormalizeWhitespace)),
    ("numbers", Reach::Block, Instruction::Match(MatchOption::Numbers)),
    ("ignore-warnings", Reach::Block, Instruction::Match(MatchOption::IgnoreWarnings)),
];

/// Every name that something is set to.
const SET: &[&str] = &[
    "skip",
    "skip-if",
    "expect-fail",
    "xfail",
    "needs",
    "continue",
    "group",
    "name",
    "timeout",
    "retries",
    "env",
];

/// What `text` says, and a sentence for every word that says nothing.
pub(super) fn words(text: &str) -> (Vec<Said>, Vec<String>) {
    let (mut said, mut wrong) = (Vec::new(), Vec::new());
    for word in list(text) {
        match one(&word) {
            Ok(found) => said.push(found),
            Err(sentence) => wrong.push(sentence),
        }
    }
    (said, wrong)
}

/// The words of a line, where YAML may have made a list or a table of them.
fn list(text: &str) -> Vec<Word> {
    let text = text.trim();
    let text = text.strip_prefix("- ").unwrap_or(text);
    let text = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let mut found: Vec<Word> = Vec::new();
    for mut word in split(text) {
        word.key = super::words::unquoted(&word.key).to_owned();
        match found.last_mut() {
            // `timeout: 30s`
            Some(before) if before.value.as_deref() == Some("") && word.value.is_none() => {
                before.value = Some(word.key);
            }
            _ => found.push(word),
        }
    }
    found
}

/// What `word` says if it is one of ours; for lines that are not ours.
pub(super) fn known(word: &Word) -> Option<Said> {
    one(word).ok()
}

fn one(word: &Word) -> Result<Said, String> {
    let key = word.key.to_ascii_lowercase();
    let Some(value) = word.value.as_deref().map(str::trim) else {
        let alone = ALONE.iter().find(|(name, ..)| *name == key);
        return match alone {
            Some((_, reach, what)) => Ok(Said { what: what.clone(), reach: *reach, tool: TOOL }),
            None if SET.contains(&key.as_str()) => Err(format!("`{key}` is set to nothing")),
            None => Err(unknown(&word.key)),
        };
    };
    let refuse = |wanted: &str| Err(format!("`{key}={value}`: {wanted}"));
    let text = || value.to_owned();
    let what = match key.as_str() {
        "env" if !is_variable(value) => return refuse("it is not the name of a variable"),
        _ if value.is_empty() => return Err(format!("`{key}` is set to nothing")),
        // YAML: `skip: true`
        _ if value == "true" && ALONE.iter().any(|(name, ..)| *name == key) => {
            return one(&Word { value: None, ..word.clone() });
        }
        "skip" => Instruction::Skip(Some(text())),
        "skip-if" => Instruction::SkipIf(text()),
        "expect-fail" | "xfail" => match value.parse() {
            Ok(status) => Instruction::ExpectFail { raises: None, status: Some(status) },
            Err(_) => Instruction::ExpectFail { raises: Some(text()), status: None },
        },
        "needs" if value == "network" => Instruction::NeedsNetwork,
        "needs" => return refuse("what is known is `network`"),
        "continue" => Instruction::Continue(Some(text())),
        "group" => Instruction::Group(text()),
        "name" => Instruction::Name(text()),
        "timeout" => match millis(value) {
            Some(millis) => Instruction::Timeout(millis),
            None => return refuse("it is not a time, such as `30s`"),
        },
        "retries" => match value.parse() {
            Ok(count) if count <= MOST_RETRIES => Instruction::Retries(count),
            _ => return refuse("it is not a number up to 20"),
        },
        "env" => Instruction::Env(text()),
        _ => return Err(unknown(&word.key)),
    };
    Ok(Said { what, reach: Reach::Block, tool: TOOL })
}

/// Nobody waits longer for an example.
pub(super) const MOST_RETRIES: u32 = 20;

fn is_variable(name: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    name.chars().all(word) && name.starts_with(|c: char| !c.is_ascii_digit())
}

/// Says that `word` is not known, with the one that is written most alike.
fn unknown(word: &str) -> String {
    let names = || ALONE.iter().map(|(name, ..)| *name).chain(SET.iter().copied());
    let alike =
        |name: &&str| strsim::jaro_winkler(&word.to_ascii_lowercase().replace('_', "-"), name);
    let best = names().max_by(|one, two| alike(one).total_cmp(&alike(two)));
    match best.filter(|best| alike(best) > 0.8) {
        Some(best) => format!("unknown directive `{word}`; did you mean `{best}`?"),
        None => format!("unknown directive `{word}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> (Vec<String>, Vec<String>) {
        let (said, wrong) = words(text);
        (said.iter().map(|said| said.what.to_string()).collect(), wrong)
    }

    #[test]
    fn words_are_written_with_commas_or_blanks_or_as_yaml() {
        assert_eq!(told(" skip, timeout=30s env=A").0, ["skip", "timeout=30000ms", "env=A"]);
        assert_eq!(told("[skip, needs=network]").0, ["skip", "needs=network"]);
        assert_eq!(told("  - new-session").0, ["new-session"]);
        assert_eq!(told("  timeout: 2m").0, ["timeout=120000ms"]);
        assert_eq!(told("skip: true").0, ["skip"]);
        assert_eq!(told("{skip: \"not here\"}").0, ["skip (not here)"]);
        assert_eq!(
            told("expect-fail=ValueError retries=2").0,
            ["expect-fail (ValueError)", "retries=2"]
        );
    }

    #[test]
    fn what_is_not_known_is_told() {
        let wrong = |text| told(text).1.join("; ");
        assert_eq!(wrong("skipp"), "unknown directive `skipp`; did you mean `skip`?");
        assert_eq!(wrong("elephant"), "unknown directive `elephant`");
        assert_eq!(wrong("timeout=soon"), "`timeout=soon`: it is not a time, such as `30s`");
        assert_eq!(wrong("timeout"), "`timeout` is set to nothing");
        assert_eq!(wrong("needs=gpu"), "`needs=gpu`: what is known is `network`");
        assert_eq!(wrong("env=A-B"), "`env=A-B`: it is not the name of a variable");
        assert_eq!(wrong("retries=1000"), "`retries=1000`: it is not a number up to 20");
        assert_eq!(told("skip nonsense").0, ["skip"]);
    }
}
