//! Other languages and formats, by their looks.
//!
//! Each detector is strict: it speaks only where hardly anything else looks the same. Finer ones
//! would need the languages' grammars.

use super::Candidate;
use crate::model::{Evidence, Signal};
use crate::syntax::repl;

pub(super) fn observe(candidate: &Candidate<'_>, evidence: &mut Vec<Evidence>) {
    let lines: Vec<&str> =
        candidate.code.lines().map(str::trim_end).filter(|line| !line.trim().is_empty()).collect();
    if lines.is_empty() {
        return;
    }
    if let Some(name) = repl::foreign(lines[0]) {
        evidence.push(Evidence::new(Signal::OtherPrompt(name), None, None));
        return;
    }
    for (name, looks) in LANGUAGES {
        if looks(&lines) {
            let signal = Signal::OtherLanguage(name);
            evidence.push(Evidence::new(signal, None, None));
        }
    }
}

type Looks = fn(&[&str]) -> bool;

const LANGUAGES: &[(&str, Looks)] = &[
    ("a script of another program", script),
    ("a traceback", traceback),
    ("a diff", diff),
    ("JSON", json),
    ("YAML", yaml),
    ("an INI file", ini),
    ("SQL", sql),
    ("HTML or XML", markup),
    ("HTTP", http),
    ("a disassembly", disassembly),
    ("a table", table),
    ("a C-like language", c_like),
    ("Vim script", vim),
    ("a log", log),
];

/// Whether at least `part` of `whole` lines, in percent, are so.
fn most(lines: &[&str], part: usize, is: impl Fn(&str) -> bool) -> bool {
    lines.iter().filter(|line| is(line)).count() * 100 >= part * lines.len()
}

/// A first line that names an interpreter other than Python and the shells.
fn script(lines: &[&str]) -> bool {
    let Some(line) = lines[0].strip_prefix("#!").filter(|line| line.trim_start().starts_with('/')) else {
        return false;
    };
    let mut words = line.split(['/', ' ']).filter(|word| !word.is_empty() && !word.starts_with('-'));
    let program = words.rfind(|word| !matches!(*word, "usr" | "bin" | "env" | "local"));
    program.is_some_and(|program| {
        let others = [
            "perl", "ruby", "node", "php", "awk", "tclsh", "lua", "Rscript", "guile", "make",
            "osascript", "sed", "deno", "bun",
        ];
        others.iter().any(|other| program.starts_with(other))
    })
}

fn traceback(lines: &[&str]) -> bool {
    lines.iter().any(|line| line.trim_start().starts_with("Traceback (most recent call last)"))
        && lines.iter().any(|line| line.trim_start().starts_with("File \""))
}

fn diff(lines: &[&str]) -> bool {
    let hunk = lines.iter().any(|line| line.starts_with("@@ ") && line[3..].contains("@@"));
    let files = lines.iter().any(|line| line.starts_with("+++ "))
        && lines.iter().any(|line| line.starts_with("--- "));
    (hunk || files) && most(lines, 60, |line| line.starts_with(['+', '-', ' ', '@']))
}

fn json(lines: &[&str]) -> bool {
    let text = lines.join("\n");
    let bracketed = text.starts_with('{') || text.starts_with('[') && text.contains(['{', '"']);
    bracketed && serde_json::from_str::<serde_json::Value>(&text).is_ok()
}

fn yaml(lines: &[&str]) -> bool {
    let key = |line: &str| {
        let line = line.trim_start();
        let line = line.strip_prefix("- ").unwrap_or(line);
        let Some((key, rest)) = line.split_once(':') else { return line.starts_with("- ") };
        let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ' | '"' | '/');
        !key.is_empty()
            && key.chars().all(word)
            && (rest.is_empty() || rest.starts_with(' '))
            && !rest.trim().ends_with(['(', ',', ':'])
            && key.split(' ').count() <= 2
            && !PYTHON_HEADERS.contains(&key.split(' ').next().unwrap_or(""))
    };
    let item_or_key = |line: &str| key(line) || line.trim_start().starts_with(['#', '-']);
    let keys = lines.iter().filter(|line| key(line)).count();
    keys >= 2 && most(lines, 80, item_or_key)
        || lines[0].trim() == "---" && keys >= 1 && most(lines, 60, item_or_key)
}

const PYTHON_HEADERS: &[&str] =
    &["else", "try", "finally", "if", "for", "while", "with", "def", "class", "except", "lambda"];

fn ini(lines: &[&str]) -> bool {
    let section = |line: &str| {
        let inner = line.trim().strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        inner.is_some_and(|name| {
            !name.is_empty() && !name.contains([',', '(', '\'', '='])
                && name.chars().any(char::is_alphabetic)
        })
    };
    let setting = |line: &str| line.contains('=') || line.contains(": ") || section(line)
        || line.trim_start().starts_with(['#', ';']);
    lines.iter().any(|line| section(line)) && lines.len() > 1 && most(lines, 80, setting)
}

fn sql(lines: &[&str]) -> bool {
    let text = lines.join(" ").to_ascii_lowercase();
    let words: Vec<&str> = text.split_whitespace().collect();
    let has = |word: &str| words.contains(&word);
    match words.first().copied() {
        Some("select") => has("from") || text.ends_with(';'),
        Some("insert") => has("into"),
        Some("delete") => has("from"),
        Some("update") => has("set"),
        Some("create" | "alter" | "drop") => {
            ["table", "index", "database", "view", "user", "role", "extension", "function"]
                .iter()
                .any(|word| has(word))
        }
        Some("grant" | "revoke") => has("on") || has("to"),
        Some("explain" | "with") => has("select") && has("from"),
        _ => false,
    }
}

fn markup(lines: &[&str]) -> bool {
    let first = lines[0].trim_start();
    let tag = first.strip_prefix('<').is_some_and(|rest| {
        rest.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '!' | '?' | '/'))
    });
    let closed = lines.join(" ").matches("</").count() + first.matches("/>").count();
    tag && (closed > 0 || first.starts_with("<!") || first.starts_with("<?"))
        && most(lines, 50, |line| line.contains(['<', '>']))
}

fn http(lines: &[&str]) -> bool {
    let method = ["GET ", "POST ", "PUT ", "DELETE ", "PATCH ", "HEAD ", "OPTIONS "];
    lines[0].starts_with("HTTP/")
        || method.iter().any(|name| lines[0].starts_with(name))
            && (lines[0].contains(" HTTP/") || lines[0].contains(" /"))
}

/// `12 LOAD_CONST 1 (x)`, with or without the source line's number before it.
fn disassembly(lines: &[&str]) -> bool {
    most(lines, 60, |line| {
        let mut words = line.split_whitespace().skip_while(|word| {
            word.bytes().all(|byte| byte.is_ascii_digit()) || *word == ">>"
        });
        let numbered = line.trim_start().starts_with(|c: char| c.is_ascii_digit() || c == '>');
        let upper = |byte: u8| byte.is_ascii_uppercase() || byte == b'_' || byte.is_ascii_digit();
        numbered && words.next().is_some_and(|word| word.len() > 3 && word.contains('_') && word.bytes().all(upper))
    })
}

fn table(lines: &[&str]) -> bool {
    let rule = |line: &str| {
        let line = line.trim();
        line.len() > 3 && line.chars().all(|c| matches!(c, '+' | '-' | '=' | '|' | ':' | ' '))
    };
    lines.len() > 1
        && lines.iter().any(|line| rule(line))
        && most(lines, 90, |line| rule(line) || line.matches('|').count() > 1)
}

/// Commands of the editor, with or without the colon that they are typed with.
fn vim(lines: &[&str]) -> bool {
    let bare = |line: &str| {
        let line = line.trim_start();
        let typed = line.strip_prefix(':').map_or(line, str::trim_start);
        (typed.to_owned(), typed.len() < line.len() && typed.starts_with(|c: char| c.is_ascii_alphabetic()))
    };
    let telling = |line: &str| {
        let (line, typed) = bare(line);
        let word = line.split([' ', '(']).next().unwrap_or("");
        let called = line.strip_prefix("call ").is_some_and(|rest| rest.contains('('));
        let scoped = line.strip_prefix("let ").is_some_and(|rest| {
            rest.contains('=') && (rest.as_bytes().get(1) == Some(&b':') || rest.starts_with(['&', '@', '$']))
        });
        let mapped = word.ends_with("map") && line[word.len()..].trim_start().starts_with('<');
        mapped || VIM_WORDS.contains(&word) || called || scoped || typed && !line.contains("::")
    };
    let likely = |line: &str| {
        let (text, _) = bare(line);
        let word = text.split([' ', '(']).next().unwrap_or("");
        let remark = text.starts_with('"') && text.matches('"').count() == 1;
        telling(line) || remark || matches!(word, "let" | "set" | "setlocal" | "if" | "else" | "for" | "echo" | "return" | "exe" | "execute")
    };
    let ended = lines.iter().any(|line| VIM_ENDS.contains(&bare(line).0.as_str()));
    ended || lines.iter().any(|line| telling(line)) && most(lines, 50, likely)
}

/// Ends of blocks, alone on a line as neither Python nor the shell has them.
const VIM_ENDS: &[&str] = &[
    "endfunction", "endfunc", "endif", "endfor", "endwhile", "endtry", "enddef", "endclass",
];

const VIM_WORDS: &[&str] = &[
    "augroup", "autocmd",
    "function!", "func!", "command!", "nnoremap", "inoremap", "vnoremap", "noremap", "tnoremap", "nmap!",
    "highlight!", "setlocal", "vim9script",
];

fn c_like(lines: &[&str]) -> bool {
    let text = |line: &str| line.trim().split("//").next().unwrap_or("").trim_end().to_owned();
    let ends = |line: &str| {
        let line = text(line);
        line.ends_with(';') || line.ends_with('{') || line.ends_with('}') || line.ends_with("};")
            || line.starts_with("//") || line.starts_with("#include") || line.is_empty()
    };
    let word = lines.iter().any(|line| {
        let line = line.trim_start();
        C_WORDS.iter().any(|word| line.starts_with(word)) || line.contains(") {") || line.contains("=> {")
    });
    // Where every line ends like this, no word is needed.
    let all = lines.iter().all(|line| ends(line)) && lines.iter().any(|line| text(line).ends_with(");"));
    word && most(lines, 75, ends) || all
}

const C_WORDS: &[&str] = &[
    "#include", "int ", "void ", "char ", "public ", "private ", "static ", "const ", "let ",
    "var ", "function ", "package ", "func ", "fn ", "use ", "struct ", "namespace ", "using ",
    "console.log(", "document.", "return 0;",
];

/// Lines that begin with a date or a time.
fn log(lines: &[&str]) -> bool {
    most(lines, 80, |line| {
        let start = line.trim_start_matches(['[', ' ']);
        let shape: String = start
            .chars()
            .take(8)
            .map(|c| if c.is_ascii_digit() { '0' } else { c })
            .collect();
        shape.starts_with("0000-00-") || shape.starts_with("00:00:00") || shape.starts_with("0000/00/")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_known_by_their_looks() {
        let cases = [
            ("{\"a\": [1, 2]}", "JSON"),
            ("server:\n  port: 80\n  hosts:\n    - a\n", "YAML"),
            ("[core]\nname = x\n", "an INI file"),
            ("SELECT *\nFROM users;", "SQL"),
            ("<p>\n  hi</p>", "HTML or XML"),
            ("GET /x HTTP/1.1\nHost: a", "HTTP"),
            ("  2    0 LOAD_CONST   1 (3)\n       2 RETURN_VALUE", "a disassembly"),
            ("| a | b |\n|---|---|\n| 1 | 2 |", "a table"),
            ("int main() {\n  return 0;\n}", "a C-like language"),
            ("2020-01-02 10:00:00 started\n2020-01-02 10:00:01 done", "a log"),
            ("--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y", "a diff"),
        ];
        for (text, expected) in cases {
            let lines: Vec<&str> = text.lines().collect();
            let found: Vec<&str> =
                LANGUAGES.iter().filter(|(_, looks)| looks(&lines)).map(|(name, _)| *name).collect();
            assert_eq!(found, [expected], "{text}");
        }
    }

    #[test]
    fn python_and_shell_look_like_nothing_else() {
        for text in [
            "def f(x):\n    return x\n",
            "a = [1, 2]\nb = {'x': 1}\n",
            "pip install a\ncd b\n",
            "if a:\n    b()\nelse:\n    c()\n",
            "x[0] = 1\n",
        ] {
            let lines: Vec<&str> = text.lines().collect();
            let found = LANGUAGES.iter().find(|(_, looks)| looks(&lines));
            assert_eq!(found.map(|(name, _)| *name), None, "{text}");
        }
    }
}
