//! Statements of Python in a sentence: imports, and calls with their arguments.
//!
//! Judges no commands.

use super::words::{Word, bare, is_end, unpunctuated};
use super::{ARTICLES, Lead, MOST};
use crate::syntax::lexicon;
use crate::syntax::shape::{Shape, depth, is_dotted, is_identifier, shape};
use crate::text::Span;

/// A statement of Python without quotes around it.
pub(super) fn statement_at(words: &[Word<'_>], lead: Lead) -> Option<(Span, usize)> {
    let start = words[0].start;
    let upto = |count: usize| {
        let last = words[count - 1];
        Span::new(start, last.start + bare(last.text).len())
    };
    let texts: Vec<&str> = words.iter().take(MOST).map(|word| word.text).collect();
    if matches!(texts[0], "import" | "from") {
        let strong = matches!(lead, Lead::Strong | Lead::Weak | Lead::Colon);
        let count = import_len(&texts)?;
        let (end, len) = (upto(count), count);
        return strong.then_some((end, len));
    }
    let (callee, _) = texts[0].split_once('(')?;
    if !is_dotted(callee) || lead == Lead::Start {
        return None;
    }
    let count = call_len(&texts)?;
    let text = texts[..count].join(" ");
    let call = bare(&text);
    let telling = call.ends_with(')') && !is_signature(call) && shape(call) == Shape::Python;
    let known = callee.contains('.') || callee == "print";
    let whole = count == words.len();
    let led = match lead {
        Lead::Strong => known,
        Lead::Weak => callee.contains('.') && call.contains(['"', '\'', '=']),
        Lead::Colon => known && whole,
        Lead::Start => false,
    };
    (telling && led).then(|| (upto(count), count))
}

/// Number of words of the import that `texts` begin with; also what stands behind a semicolon.
fn import_len(texts: &[&str]) -> Option<usize> {
    let names = if texts[0] == "from" {
        (texts.get(2) == Some(&"import") && is_dotted(texts[1].trim_start_matches('.')))
            .then_some(3)?
    } else {
        1
    };
    let mut at = names;
    loop {
        let text = *texts.get(at)?;
        let bare = text.trim_end_matches([',', ';', '.', ':']);
        let article = texts.get(at + 1).is_some_and(|next| ARTICLES.contains(next));
        if !(is_dotted(bare) || bare == "*")
            || lexicon::is_small_word(bare)
            || article && names == 1
        {
            return None;
        }
        at += 1;
        if texts.get(at) == Some(&"as")
            && texts.get(at + 1).is_some_and(|name| is_identifier(unpunctuated(name)))
        {
            at += 2;
        }
        if text.ends_with(';')
            && let Some(more) = texts.get(at..).filter(|more| !more.is_empty()).and_then(call_len)
        {
            return Some(at + more);
        }
        let listed = text.ends_with(',')
            && texts.get(at).is_some_and(|next| is_identifier(unpunctuated(next)));
        if !listed {
            // `import what you need`: a name of a module has no word behind it but a small one.
            let next = texts.get(at).copied().unwrap_or("");
            let ended = next.is_empty()
                || bare.len() < text.len()
                || is_end(next)
                || matches!(next, "at" | "on");
            return ended.then_some(at);
        }
    }
}

/// Number of words up to the one that closes the bracket of the first.
fn call_len(texts: &[&str]) -> Option<usize> {
    let mut open = 0;
    for (at, text) in texts.iter().enumerate() {
        open += depth(text);
        if open < 0 {
            return None;
        }
        if open == 0 && bare(text).ends_with(')') {
            return Some(at + 1);
        }
        if open == 0 && at == 0 {
            return None;
        }
    }
    None
}

/// Whether `text` is a call whose arguments are bare names, or none, or a page's section as manuals
/// have it: that tells how something is called, not to call it.
pub fn is_signature(text: &str) -> bool {
    let call = text.strip_suffix(')').and_then(|rest| rest.split_once('('));
    call.is_some_and(|(callee, arguments)| {
        let name = |word: &str| is_identifier(word.trim_matches(['[', ']', ' ', '*']));
        let left_out = |word: &str| {
            let inner = word.trim_matches([' ', '<', '>']);
            word.trim() == "..." || inner.len() < word.trim().len() && is_identifier(inner)
        };
        let section = is_identifier(callee)
            && arguments.len() == 1
            && arguments.bytes().all(|byte| byte.is_ascii_digit());
        let spoken = |word: &str| name(word) || left_out(word);
        is_dotted(callee)
            && (section || arguments.trim().is_empty() || arguments.split(',').all(spoken))
    })
}
