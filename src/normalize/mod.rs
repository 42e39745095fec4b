//! Region text to code that can be run, with a list of every change.
//!
//! A rule proposes replacements; only [`normalize`] applies them, so every byte keeps its origin.
//! Applying the rules to their own result changes nothing. What the author wrote wrongly stays
//! wrong: rules undo what a page or a transcript did to code, never what is in it.

use crate::model::{Edit, RuleName};
use crate::text::{Mapped, Replace};

/// One way to undo what a page or a transcript did to code.
struct Rule {
    /// Its name in edits.
    name: &'static str,
    /// The replacements it wants in `text`, in the text's own offsets, in order.
    edits: fn(text: &str) -> Vec<Replace>,
}

/// Declares the modules of the rules and lists them in the order in which they are applied.
macro_rules! rules {
    ($($rule:ident),+ $(,)?) => {
        $(mod $rule;)+
        const RULES: &[Rule] = &[$($rule::RULE),+];
    };
}

// Prompts are found by what stands before them, so they come off before indentation does; white
// space is put right first, because a no-break space would hide a prompt.
rules![whitespace, numbers, transcript, prompts, quotes, dedent, tabs, newline];

/// Taking one thing off can bring another to light, a prompt behind a prompt say; deeper than
/// this nothing that people write goes.
const MOST_PASSES: usize = 10;

/// Applies every rule, in order, until none has anything to change.
pub fn normalize(code: &Mapped) -> (Mapped, Vec<Edit>) {
    let mut text = code.clone();
    let mut edits = Vec::new();
    for _ in 0..MOST_PASSES {
        let before = edits.len();
        for rule in RULES {
            text = apply(rule, text, &mut edits);
        }
        if edits.len() == before {
            break;
        }
    }
    (text, edits)
}

fn apply(rule: &Rule, text: Mapped, edits: &mut Vec<Edit>) -> Mapped {
    let proposed = (rule.edits)(text.text());
    if proposed.is_empty() {
        return text;
    }
    edits.extend(proposed.iter().map(|replace| Edit {
        rule: RuleName(rule.name),
        at: text.origin_span(replace.at),
        with: replace.with.clone(),
    }));
    text.replace(&proposed)
}

/// Every line of `text`: its offset and its content without the newline.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> + Clone {
    let mut at = 0;
    text.split_inclusive('\n').map(move |whole| {
        let start = at;
        at += whole.len();
        (start, whole.strip_suffix('\n').unwrap_or(whole))
    })
}

/// Length of the white space that `line` begins with, in bytes.
fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Span;

    fn run(text: &str) -> String {
        let mapped = Mapped::cut(text, [Span::new(0, text.len())]);
        let (once, _) = normalize(&mapped);
        let (twice, edits) = normalize(&once);
        assert_eq!(twice.text(), once.text(), "a second time changes {text:?}: {edits:?}");
        once.text().to_owned()
    }

    #[test]
    fn pages_and_transcripts_are_undone() {
        let cases = [
            ("    a = 1\n\n    b = 2\n", "a = 1\n\nb = 2\n"),
            ("$ ls \\\n>   -l\ntotal 0\n$ pwd\n/\n", "ls \\\n  -l\npwd\n"),
            (">>> for x in y:\n...     x\n...\n1\n", "for x in y:\n    x\n"),
            ("In [3]:\nx = 1\nx", "x = 1\nx\n"),
            ("a\u{a0}= 1\u{200b}", "a = 1\n"),
            ("print “hi”", "print \"hi\"\n"),
            ("x = '“quoted”'  # don’t", "x = '“quoted”'  # don’t\n"),
            ("ls –l", "ls -l\n"),
            ("if x:\n\ty()\n\t\tz()", "if x:\n    y()\n        z()\n"),
            ("rm *.o\n\trm -f *\n\n\trm x", "rm *.o\nrm -f *\n\nrm x\n"),
            ("def f()\n    return 1", "def f()\n    return 1\n"),
            ("def f():\n    return 1", "def f():\n    return 1\n"),
            ("f(a,\n  b)", "f(a,\n  b)\n"),
            ("x\n\n\n", "x\n"),
            ("1  def f():\n2\n3      return 1\n", "def f():\n\n    return 1\n"),
            ("1 >>> f()\n2 3", "f()\n"),
            ("1 2.5\n2 3.5\n", "1 2.5\n2 3.5\n"),
            ("1 ls -l\n2 pwd\nx", "1 ls -l\n2 pwd\nx\n"),
            ("cat <<-E\n\ta\n\tE\n", "cat <<-E\n\ta\n\tE\n"),
            (">>> >>> >>> $ ls", "ls\n"),
            (
                "$ a@b:~$ a@b:~$ a@b:~$ a@b:~$ a@b:~$ a@b:~$ a@b:~$ a@b:~$ a@b:~$ a@b:~$ a@b:~$ ls",
                "ls\n",
            ),
            (">>> # a\n... >>> # b\n... >>> c", "# a\n# b\nc\n"),
            (">>> s = '''\n...   >>> f()\n... '''", "s = '''\n  >>> f()\n'''\n"),
            (">>> s = \"\"\"a\n...\n... b\"\"\"\n...\n>>> t", "s = \"\"\"a\n\nb\"\"\"\nt\n"),
            (">>> \n$ ls\nout", "ls\n"),
            ("  \n", ""),
            ("", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(run(text), expected, "{text:?}");
        }
    }
}
