//! Commands and statements that a sentence tells to type.
//!
//! Most names of commands in a sentence only name something. What tells to type one is the word
//! before it (`run`, `with`, a colon), and the command must be whole: options, a verb and its
//! object, a call with its arguments. It ends where the words of the sentence go on.

mod python;
mod words;

use super::command::is_argument;
use super::{Shape, shape, statement};
use crate::syntax::lexicon::{self, Naming};
use crate::text::Span;
use python::statement_at;
use words::{Word, quote, unpunctuated, words};

pub use python::is_signature;
pub(super) use words::is_end;

/// Longer lines are no sentences.
const LONGEST: usize = 4000;

/// How the words `before` lead to what stands behind them, as far as it is told to be typed.
pub fn leads(before: &str) -> Leading {
    // Without the mark that opens the span.
    let before = before.trim_end_matches(['`', '"', '\'', '~', '+']);
    let before = match before.strip_suffix('>').and_then(|tag| tag.rfind('<')) {
        Some(tag) => &before[..tag],
        None => before,
    };
    let mut words = before.split_whitespace().rev().skip_while(|word| ADVERBS.contains(word));
    let last = words.next().unwrap_or("").trim_start_matches(['(', '"', '\'', '*', '_']);
    let last = last.to_lowercase();
    // `run this, or that`: what was told of the first span is told of the next.
    if matches!(last.as_str(), "or" | "and" | "then") {
        let behind = words.next().unwrap_or("").trim_end_matches(',');
        let span = behind.ends_with(['`', '+', '"', '\'', '>']);
        let told = |word: &str| STRONG.contains(&word.to_lowercase().as_str());
        return if span && words.take(MOST).any(told) { Leading::Told } else { Leading::Open };
    }
    if STRONG.contains(&last.as_str()) {
        Leading::Told
    } else if WEAK.contains(&last.as_str()) {
        Leading::Used
    } else if ARTICLES.contains(&last.as_str()) {
        Leading::Named
    } else {
        Leading::Open
    }
}

/// What the words before a code span say of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leading {
    /// It is to be typed.
    Told,
    /// It is what something is done with.
    Used,
    /// It is spoken about.
    Named,
    /// Neither.
    Open,
}

const ARTICLES: &[&str] = &["the", "a", "an", "this", "that", "these", "its", "your", "our"];

/// How strongly what stands before a word says that code begins there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lead {
    /// `run`, `type`: a command follows.
    Strong,
    /// `use`, `with`: a command may follow.
    Weak,
    /// A colon, or the mark of who speaks.
    Colon,
    /// The beginning of a sentence or bracket.
    Start,
}

/// Where in the sentence `line` whole commands and statements stand that it tells to type.
pub fn told(line: &str) -> Vec<Span> {
    let mut found: Vec<Span> = Vec::new();
    if line.len() > LONGEST || line.starts_with(|c: char| c.is_ascii_digit() || c == '*') {
        return found;
    }
    let words = words(line);
    // What becomes of something is no order to type it.
    if words.iter().any(|word| matches!(word.text, "->" | "=>" | "→" | "-->")) {
        return found;
    }
    let mut at = 0;
    while at < words.len() {
        let chained = found.last().is_some_and(|last| is_chained(line, *last, words[at].start));
        match code(&words, at, chained) {
            Some((span, next)) => {
                found.push(span);
                at = next.max(at + 1);
            }
            None => at += 1,
        }
    }
    found
}

/// Whether only `and`, `or`, `then` stand between what was found and the word at `start`.
fn is_chained(line: &str, last: Span, start: usize) -> bool {
    let between = line.get(last.end()..start).unwrap_or("-");
    between
        .split([' ', ',', '"', '\'', '`', '”', '’'])
        .all(|word| word.is_empty() || matches!(word, "and" | "or" | "then"))
        && between.contains(['a', 'o', 't'])
}

/// The code that begins at the word `at`, and the word behind it.
fn code(words: &[Word<'_>], at: usize, chained: bool) -> Option<(Span, usize)> {
    let word = words[at];
    let lead = if chained { Some(Lead::Strong) } else { lead(words, at) };
    if let Some((skip, close)) = quote(word.text) {
        let inside = word.text[skip..].split_once(close)?.0;
        let start = word.start + skip;
        let behind = words.get(at + 1).map_or("", |next| next.text);
        let led = matches!(lead, Some(Lead::Strong | Lead::Weak)) && !VERBS.contains(&behind);
        let whole = led && is_whole(inside, lead == Some(Lead::Strong));
        return whole.then(|| (Span::new(start, start + inside.len()), at + 1));
    }
    if let Some((start, glued)) = glued(word) {
        // `:command`, the break behind the colon is gone.
        let mut rest = words[at..words.len().min(at + MOST)].to_vec();
        rest[0] = Word { start, text: glued };
        return written(&rest, Lead::Colon).map(|(span, len)| (span, at + len));
    }
    let lead = lead?;
    let mut rest = words[at..words.len().min(at + MOST)].to_vec();
    if let Some(inner) = word.text.strip_prefix('(') {
        rest[0] = Word { start: word.start + 1, text: inner };
        if let Some((span, len)) = bracketed(&rest) {
            return Some((span, at + len));
        }
    }
    written(&rest, lead).map(|(span, len)| (span, at + len))
}

/// What stands behind a colon in the middle of a word.
fn glued<'l>(word: Word<'l>) -> Option<(usize, &'l str)> {
    let (before, after) = word.text.split_once(':')?;
    let plain = before.len() > 1 && before.chars().all(|c| c.is_alphabetic() || c == ')');
    let page =
        after.ends_with(')') && after[..after.len() - 1].ends_with(|c: char| c.is_ascii_digit());
    let begins = after.starts_with(|c: char| c.is_ascii_lowercase()) && !page;
    (plain && begins).then(|| (word.start + before.len() + 1, after))
}

fn lead(words: &[Word<'_>], at: usize) -> Option<Lead> {
    if words[at].text.starts_with('(') || at == 0 {
        return Some(Lead::Start);
    }
    let mut before = at - 1;
    while before > 0 && ADVERBS.contains(&words[before].text) {
        before -= 1;
    }
    let text = words[before].text;
    if text.ends_with(':') && !text.ends_with("::") || text.starts_with('<') && text.ends_with('>')
    {
        return Some(Lead::Colon);
    }
    // `RUN` is a word of another language.
    let shouted = text.len() > 1 && text.chars().all(char::is_uppercase);
    if shouted {
        return None;
    }
    let folded = text.trim_start_matches(['(', '"', '\'']).to_lowercase();
    let never = before.checked_sub(1).map_or("", |at| words[at].text);
    if matches!(never, "not" | "don't" | "don’t" | "never" | "cannot" | "can't") {
        None
    } else if STRONG.contains(&folded.as_str()) {
        Some(Lead::Strong)
    } else if WEAK.contains(&folded.as_str()) {
        Some(Lead::Weak)
    } else if text.ends_with(['.', '!', '?']) || matches!(text, "-" | "–" | "—") {
        Some(Lead::Start)
    } else {
        None
    }
}

/// Words behind which a command stands.
const STRONG: &[&str] = &[
    "run", "type", "typed", "execute", "enter", "issue", "invoke", "do", "command", "try", "call",
    "say", "re-run", "rerun",
];

/// Words behind which a command may stand.
const WEAK: &[&str] = &[
    "use",
    "using",
    "with",
    "via",
    "by",
    "write",
    "add",
    "put",
    "start",
    "used",
    "through",
    "calling",
    "insert",
    "running",
    "ran",
    "executing",
    "typing",
    "issuing",
    "executed",
];

/// Words that may stand between those and a command.
const ADVERBS: &[&str] = &["just", "simply", "either", "only", "now", "then", "first", "instead"];

/// Words behind which what stands before them was the subject of a sentence.
const VERBS: &[&str] = &[
    "is", "are", "was", "were", "can", "could", "does", "did", "do", "had", "has", "have", "may",
    "must", "should", "will", "would", "not", "that", "makes", "gives", "shows", "prints", "tells",
];

/// Whether `text`, which its author set in quotes, is a whole command or statement. What is not
/// plainly `told` must be more than a name and a verb.
fn is_whole(text: &str, told: bool) -> bool {
    if text.len() < 4 || text != text.trim() || is_synopsis(text) {
        return false;
    }
    match shape(text) {
        Shape::Shell => told && text.contains(' ') || text.split(' ').count() > 2,
        Shape::Python if is_signature(text) => false,
        Shape::Python => told || text.contains([';', '.']) || text.starts_with("import "),
        _ => told && super::names_command(text) && has_verb(text),
    }
}

/// Whether brackets stand in `text` for what its reader must fill in.
fn is_synopsis(text: &str) -> bool {
    let filled = text.contains(['<', '{', '…']) && !text.contains(['$', '"', '\'', '|', '(']);
    filled || text.contains(" [") || text.contains("...") && !text.contains("/...")
}

fn has_verb(text: &str) -> bool {
    text.split_whitespace()
        .skip_while(|word| *word == "sudo")
        .nth(1)
        .is_some_and(lexicon::is_subcommand)
        || text.starts_with("sudo ")
}

/// What is written at the start of `words` without quotes: its span and the number of its words.
fn written(words: &[Word<'_>], lead: Lead) -> Option<(Span, usize)> {
    let found = statement_at(words, lead).or_else(|| command_at(words, lead));
    found.or_else(|| whole_at(words, lead))
}

/// The rest of a line, where a colon leads to it, as one statement or command.
fn whole_at(words: &[Word<'_>], lead: Lead) -> Option<(Span, usize)> {
    let (first, last) = (words.first()?, words.last()?);
    if lead != Lead::Colon || words.len() > MOST - 4 {
        return None;
    }
    let texts: Vec<&str> = words.iter().map(|word| word.text).collect();
    let text = texts.join(" ");
    let assigned = statement::is_telling_statement(&text)
        && text.contains(" = ")
        && text.ends_with([')', ']', '}'])
        && shape(&text) == Shape::Python;
    let command = super::is_unknown_command(&text) && !is_synopsis(&text);
    (assigned || command).then(|| (Span::new(first.start, last.end()), words.len()))
}

/// A command in brackets of its own, the first of which `words` begin behind.
fn bracketed(words: &[Word<'_>]) -> Option<(Span, usize)> {
    let close = words.iter().position(|word| word.text.contains(')'))?;
    let last = words[close];
    let cut = last.text.split_once(')').filter(|(_, rest)| !rest.contains(char::is_alphanumeric));
    let (inside, _) = cut.filter(|(inside, _)| !inside.contains('('))?;
    let mut texts: Vec<&str> = words[..close].iter().map(|word| word.text).collect();
    texts.push(inside);
    let options = texts.iter().any(|text| text.starts_with('-') && text.len() > 1);
    let whole = options && close > 1 && shape(&texts.join(" ")) == Shape::Shell;
    whole.then(|| (Span::new(words[0].start, last.start + inside.len()), close + 1))
}

/// A command without quotes around it.
fn command_at(words: &[Word<'_>], lead: Lead) -> Option<(Span, usize)> {
    let prefix = words.iter().take_while(|word| word.text == "sudo").count();
    let name = unpunctuated(words.get(prefix)?.text);
    let naming = lexicon::command(name)?;
    let clause = clause(words, prefix);
    let kept = kept(&clause, words, prefix);
    let command: Vec<&str> = clause[..kept].iter().map(|word| word.text).collect();
    let arguments = &command[prefix + 1..];
    let option = |word: &&str| word.starts_with('-') && word.len() > 1 || word.starts_with('+');
    let sign = |word: &&str| {
        word.contains(['>', '|', '$', '@'])
            || word.starts_with(['~', '/'])
            || word.starts_with("./")
    };
    let options = arguments.iter().any(|word| option(word) || sign(word));
    let strong = arguments.iter().any(|word| is_argument(word));
    let verb = arguments.first().is_some_and(|word| lexicon::is_subcommand(word));
    let clear = naming == Naming::Clear;
    // Where the clause ends as well, or a small word goes on.
    let behind = words.get(kept).map_or("", |word| word.text);
    let ended = kept == clause.len();
    let subject = VERBS.contains(&behind);
    let several = command.len() > 2;
    let sign = arguments.iter().any(|word| word.contains('@') || word.starts_with(['~', '/']));
    let closed = arguments.last().is_some_and(|word| is_argument(word));
    let script = name.starts_with("./") && ended;
    let make = name == "make";
    let telling = match lead {
        Lead::Strong if clear || make => {
            strong || verb && (ended || kept > prefix + 2) || prefix > 0 && ended
        }
        Lead::Strong => options || script,
        // What ends in a path or an address is whole, whatever follows.
        Lead::Weak if clear && sign && (ended || closed) => true,
        Lead::Weak => script || clear && ended && several && (options || verb),
        Lead::Colon if make => options && kept == words.len(),
        Lead::Colon => clear && (options || verb && ended) || prefix > 0 && ended || script,
        Lead::Start => !subject && ended && options && (clear && several || prefix > 0),
    };
    let (first, last) = (clause[0], clause[kept - 1]);
    let line = command.join(" ");
    let synopsis = is_synopsis(&line) || line.contains("](");
    let alternatives = arguments.iter().any(|word| is_alternatives(word));
    (telling && !synopsis && !alternatives).then(|| (Span::new(first.start, last.end()), kept))
}

/// Whether `word` is words of a sentence, or options, with a stroke between: `and/or`, `-l/-L`.
fn is_alternatives(word: &str) -> bool {
    word.contains("/-") || word.contains('/') && word.split('/').all(lexicon::is_small_word)
}

/// The words that can belong to the command which `words` begin with: up to the end of the clause,
/// its punctuation cut off, or to where the small words of the sentence go on.
fn clause<'l>(words: &[Word<'l>], prefix: usize) -> Vec<Word<'l>> {
    let mut found: Vec<Word<'l>> = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let text = word.text;
        let remark = at > prefix
            && (text.starts_with('(')
                || matches!(text, "-" | "–" | "—" | ":" | "#" | "=" | "->" | "=>")
                || text.starts_with("...")
                || text.contains("://") && at > prefix + 3 && words[prefix + 1].text == "install"
                || [">=", "<=", "=="].iter().any(|sign| text.starts_with(sign))
                || is_end(unpunctuated(text)));
        if remark {
            break;
        }
        let kept = unpunctuated(text);
        found.push(Word { start: word.start, text: kept });
        let goes_on = text.ends_with(';')
            && words.get(at + 1).is_some_and(|next| lexicon::command(next.text).is_some());
        if kept.len() < text.len() && !goes_on {
            break;
        }
        if goes_on && let Some(last) = found.last_mut() {
            last.text = text;
        }
    }
    found
}

/// How many words of `clause` are a command: its name, a verb with its objects, options with their
/// values, and what only a command has. Plain words behind are the sentence's.
fn kept(clause: &[Word<'_>], words: &[Word<'_>], prefix: usize) -> usize {
    let name = prefix + 1;
    let mut last = name.min(clause.len());
    let mut installs = false;
    for at in name..clause.len() {
        let (before, text) = (clause[at - 1].text, clause[at].text);
        installs |= matches!(before, "install" | "uninstall" | "remove" | "add");
        let verb = lexicon::is_subcommand(text)
            && (at == name || lexicon::command(before) == Some(Naming::Clear));
        let object = last == at && (installs || TAKING.contains(&before));
        // Before an article stands a verb, not the value of an option.
        let verbal = words.get(at + 1).is_some_and(|next| ARTICLES.contains(&next.text));
        let option = before.starts_with('-') && before.len() > 1;
        let value = option && !verbal || matches!(before, "|" | "&&");
        let strong = is_argument(text) || text.chars().all(|c| c.is_ascii_digit());
        if verb || object || value || strong {
            // What stands behind several plain words is another clause's.
            if at > last + 2 {
                break;
            }
            last = at + 1;
        }
    }
    last
}

/// Verbs behind which their object stands.
const TAKING: &[&str] = &[
    "install",
    "uninstall",
    "restart",
    "start",
    "stop",
    "reload",
    "status",
    "enable",
    "disable",
    "pull",
    "push",
    "run",
    "update",
    "remove",
    "add",
    "clone",
    "checkout",
    "show",
    "create",
    "exec",
    "logs",
    "search",
    "up",
];

/// Statements in a sentence have fewer words.
const MOST: usize = 24;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_to_be_typed_is_cut_out() {
        let cases: &[(&str, &[&str])] = &[
            (
                "Now run make install and then sudo ldconfig, as root.",
                &["make install", "sudo ldconfig"],
            ),
            ("I stopped it with \"systemctl stop queue\" first", &["systemctl stop queue"]),
            ("To see the queue type `ls -l spool' there", &["ls -l spool"]),
            ("Use ssh-copy-id me@server, or do it by hand", &["ssh-copy-id me@server"]),
            (
                "Check it: chmod 700 ~/.ssh and chmod 600 ~/.ssh/config should do.",
                &["chmod 700 ~/.ssh", "chmod 600 ~/.ssh/config"],
            ),
            ("try python3 -m pip install tool first", &["python3 -m pip install tool"]),
            (
                "They got a key (ssh-keygen -t ed25519 -N secret) and a cake",
                &["ssh-keygen -t ed25519 -N secret"],
            ),
            (
                "Use os.makedirs(path, exist_ok=True) when in doubt.",
                &["os.makedirs(path, exist_ok=True)"],
            ),
            (
                "Put from __future__ import annotations at the top",
                &["from __future__ import annotations"],
            ),
            ("do import sys; print(sys.path) in the shell", &["import sys; print(sys.path)"]),
            ("Start it:python3 -m http.server", &["python3 -m http.server"]),
            ("* \"git log\" did not show it", &[]),
            ("Put import at the top of the file", &[]),
            ("do not run make clean", &[]),
            ("use find, sort and/or cut with care", &[]),
            ("the git rebase command, and what docker run does", &[]),
            ("Read journald.conf(5) or man:journald.conf(5)", &[]),
            ("Call draw(canvas, color) for every shape", &[]),
            ("0 3 * * 1 root certbot renew -q", &[]),
            ("RUN apk add tool", &[]),
        ];
        for (line, expected) in cases {
            let found: Vec<&str> = told(line).iter().map(|span| &line[span.range()]).collect();
            assert_eq!(found, *expected, "{line}");
        }
    }
}
