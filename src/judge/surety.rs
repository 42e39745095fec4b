//! Whether what a document shows is surely meant as the output of what stands above it.
//!
//! Where it is not, a difference says nothing: an example is never broken by a guess of ours.

use super::Subject;
use super::varying::Varying;
use crate::model::{ExpectedEntry, Lang, Shown};
use crate::syntax::lexical;

/// Whether `shown` claims that `typed` prints it, given that it printed `actual`; `varying` is what
/// varies in the program.
pub(super) fn is_claim(
    subject: &Subject<'_>,
    varying: &Varying,
    typed: &str,
    shown: &ExpectedEntry,
    actual: &str,
) -> bool {
    let silent = actual.trim().is_empty();
    match (subject.lang, shown.shown) {
        (Lang::Shell, _) => {
            depends_on_itself(subject.code) || is_told(typed) && depends_on_itself(typed)
        }
        // An order to IPython alone, which was made a comment.
        _ if lexical::mask(typed).trim().is_empty() => false,
        _ if is_bytecode(typed, &shown.text) || varying.touches(typed) => false,
        (_, Shown::Session) => true,
        // Pictures, tables and progress of other tools are not printed.
        (_, Shown::Cell | Shown::Block) => !silent,
        // Prose is common behind an arrow.
        (_, Shown::Comment) => {
            !silent && (is_value(&shown.text) || prints(typed) && is_short(shown))
        }
    }
}

/// Whether `typed` disassembles and `shown` is the listing of that. It tells of the interpreter, not
/// of the example: bytecode is a detail of the implementation that changes between versions, as the
/// library reference of `dis` says.
fn is_bytecode(typed: &str, shown: &str) -> bool {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let asks = typed.split(|c| !is_name(c)).any(|word| {
        ["dis", "disassemble", "disco", "distb", "get_instructions", "Bytecode"].contains(&word)
    });
    let is_operation = |word: &str| {
        word.len() > 3
            && word.contains('_')
            && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
    };
    asks && shown.split_whitespace().any(is_operation)
}

fn prints(typed: &str) -> bool {
    typed.contains("print(") || typed.contains("print ")
}

fn is_short(shown: &ExpectedEntry) -> bool {
    let text = shown.text.trim();
    !text.contains('\n') && text.split_whitespace().count() <= 3
}

/// Whether a text is a literal of Python, as far as its ends tell.
fn is_value(text: &str) -> bool {
    let text = text.trim();
    let enclosed = [('[', ']'), ('(', ')'), ('{', '}'), ('\'', '\''), ('"', '"')];
    let quoted = text.len() >= 2
        && enclosed.iter().any(|(open, close)| text.starts_with(*open) && text.ends_with(*close));
    quoted || ["True", "False", "None"].contains(&text) || text.parse::<f64>().is_ok()
}

/// Commands whose output only their arguments and files of the example decide. Whatever else a
/// script calls may tell of the machine.
const PURE: &[&str] = &[
    "echo",
    "printf",
    "cat",
    "sort",
    "uniq",
    "seq",
    "head",
    "tail",
    "cut",
    "tr",
    "wc",
    "awk",
    "sed",
    "grep",
    "egrep",
    "fgrep",
    "expr",
    "bc",
    "rev",
    "tac",
    "paste",
    "join",
    "comm",
    "basename",
    "dirname",
    "test",
    "true",
    "false",
    "cd",
    "touch",
    "mkdir",
    "cp",
    "mv",
    "rm",
    "rmdir",
    "export",
    "set",
    "let",
    "read",
    "shift",
    "return",
    "local",
    "declare",
    "unset",
    "tee",
    "xargs",
    "nl",
    "fold",
    "column",
    "diff",
    "cmp",
    "python",
    "python3",
    "python2",
    "base64",
    "md5sum",
    "sha1sum",
    "sha256sum",
    "for",
    "do",
    "done",
    "while",
    "if",
    "then",
    "else",
    "elif",
    "fi",
    "case",
    "esac",
    "in",
    "[",
    "[[",
    "]",
    "]]",
    "{",
    "}",
    "!",
    "((",
    "function",
    "exit",
    "break",
    "continue",
    "eval",
];

/// Whether a command only prints what it is told, whatever came before it.
fn is_told(typed: &str) -> bool {
    let first = typed.split_whitespace().next().unwrap_or_default();
    ["echo", "printf", "seq", "expr"].contains(&first) && !typed.contains('$')
}

/// Words behind which a command stands.
const LEADING: &[&str] =
    &["{", "(", "do", "then", "else", "!", "if", "elif", "while", "until", "function"];

/// Whether all commands of a script are pure, as far as their first words tell.
fn depends_on_itself(code: &str) -> bool {
    let own: Vec<&str> = code
        .lines()
        .filter_map(|line| line.trim().split_once("()").map(|(name, _)| name.trim()))
        .map(|name| name.trim_start_matches("function ").trim())
        .collect();
    let pure = |part: &str| {
        let leads =
            |word: &&str| is_assignment(word) || LEADING.contains(word) || word.ends_with("()");
        let mut words = part.split_whitespace().skip_while(leads);
        let Some(word) = words.next() else { return true };
        let word = word.trim_start_matches(['(', '{']);
        word.is_empty() || word.starts_with('#') || PURE.contains(&word) || own.contains(&word)
    };
    let told = !code.contains("--version") && !code.contains(" -V\n") && !code.contains("<<");
    told && code.lines().all(|line| line.split(['|', ';', '&']).all(pure))
        && ![
            "$(",
            "`",
            "$HOME",
            "$USER",
            "$PWD",
            "$HOSTNAME",
            "$RANDOM",
            "/etc/",
            "/usr/",
            "/proc/",
            "~",
        ]
        .iter()
        .any(|word| code.contains(word))
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listings_of_bytecode_tell_of_the_interpreter() {
        let listing =
            "  1           0 LOAD_FAST                0 (a)\n              3 RETURN_VALUE\n";
        assert!(is_bytecode("dis.dis(f)", listing));
        assert!(is_bytecode("from dis import dis; dis(f)", listing));
        assert!(!is_bytecode("print(listing)", listing));
        assert!(!is_bytecode("print(dis.opname[0])", "3\n"));
        assert!(!is_bytecode("distance(f)", listing));
    }

    #[test]
    fn scripts_are_told_from_those_that_tell_of_the_machine() {
        for code in
            ["echo a | tr a b\n", "X=1 echo $X; seq 3\n", "f() { echo a; }\nf\n", "# a\nwc -l x\n"]
        {
            assert!(depends_on_itself(code), "{code}");
        }
        for code in
            ["ls\n", "echo $HOME\n", "python3 --version\n", "cat /etc/passwd\n", "git log | head\n"]
        {
            assert!(!depends_on_itself(code), "{code}");
        }
        for text in ["[1, 2]\n", "'a'\n", "3.5\n", "True\n"] {
            assert!(is_value(text), "{text}");
        }
        for text in ["list of names\n", "it's\n", "'\n", "ok\n"] {
            assert!(!is_value(text), "{text}");
        }
    }
}
