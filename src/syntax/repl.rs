//! Prompts of programs whose language is not run here, and commands that begin an interactive
//! session.
//!
//! What is typed to those programs is not looked at.

/// A prompt and what a session with it is called.
const PROMPTS: &[(&str, &str)] = &[
    ("(Pdb) ", "a debugger's session"),
    ("(Pdb++) ", "a debugger's session"),
    ("ipdb> ", "a debugger's session"),
    ("(gdb) ", "a debugger's session"),
    ("(lldb) ", "a debugger's session"),
    ("mysql> ", "an SQL session"),
    ("MariaDB [", "an SQL session"),
    ("sqlite> ", "an SQL session"),
    ("hive> ", "an SQL session"),
    ("cqlsh", "an SQL session"),
    ("spark-sql> ", "an SQL session"),
    ("redis> ", "a Redis session"),
    ("127.0.0.1:6379> ", "a Redis session"),
    ("mongo> ", "a MongoDB session"),
    ("irb(", "a Ruby session"),
    ("irb> ", "a Ruby session"),
    ("pry(", "a Ruby session"),
    ("scala> ", "a Scala session"),
    ("julia> ", "a Julia session"),
    ("ghci> ", "a Haskell session"),
    ("Prelude> ", "a Haskell session"),
    ("iex(", "an Elixir session"),
    ("jshell> ", "a Java session"),
    ("php > ", "a PHP session"),
    ("lua> ", "a Lua session"),
    ("octave:", "an Octave session"),
    ("gnuplot> ", "a gnuplot session"),
    ("sftp> ", "a session of file transfer"),
    ("ftp> ", "a session of file transfer"),
];

/// What the session is called whose prompt `line` begins with, where it is one of a program that
/// is neither Python nor a shell of Unix.
pub fn foreign(line: &str) -> Option<&'static str> {
    let rest = line.trim_start();
    // Two ASCII letters, a bracket or a digit: nearly every line ends here.
    if !rest.contains('>') && !rest.starts_with('(') && !rest.contains("=#") {
        return None;
    }
    let inner = match rest.strip_prefix('(').and_then(|inner| inner.split_once(") ")) {
        Some((_, after)) if !PROMPTS.iter().any(|(start, _)| rest.starts_with(start)) => after,
        _ => rest,
    };
    if is_powershell(inner) {
        return Some("a PowerShell session");
    }
    if is_drive(inner) && inner.split_once('>').is_some_and(|(dir, _)| is_folder(dir)) {
        return Some("a session of Windows commands");
    }
    if is_psql(inner) {
        return Some("an SQL session");
    }
    let known = PROMPTS.iter().find(|(start, _)| {
        // A prompt that is cut here has a number or a name behind it.
        let whole = start.ends_with(' ');
        let numbered = |rest: &str| {
            rest.find("> ").is_some_and(|at| at < 24 && !rest[..at].contains([' ', '=', '"']))
        };
        let bare = start.trim_end();
        rest.strip_prefix(start).is_some_and(|behind| whole || numbered(behind))
            || whole && rest.trim_end() == bare
    });
    known.map(|(_, name)| *name)
}

fn is_powershell(rest: &str) -> bool {
    let Some(behind) = rest.strip_prefix("PS") else { return false };
    if behind.starts_with("> ") {
        return true;
    }
    let dir = behind.strip_prefix(' ').and_then(|behind| behind.split_once('>'));
    dir.is_some_and(|(dir, _)| is_drive(dir) && is_folder(dir) || dir.starts_with(['/', '~']))
}

/// `C:\`.
fn is_drive(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() > 2 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':' && bytes[2] == b'\\'
}

fn is_folder(text: &str) -> bool {
    text.len() < 120 && !text.contains(['"', '|', '<', '*', '?', '='])
}

/// `name=# `, `name=> ` with SQL or a backslash behind it.
fn is_psql(rest: &str) -> bool {
    const WORDS: &[&str] = &[
        "select", "insert", "update", "delete", "create", "alter", "drop", "show", "explain",
        "with", "grant", "revoke", "set", "begin", "commit", "rollback", "table", "truncate",
        "copy", "vacuum", "analyze",
    ];
    let name =
        rest.len() - rest.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_').len();
    let behind = &rest[name..];
    let typed = ["=# ", "=> "].iter().find_map(|mark| behind.strip_prefix(mark));
    let word = |typed: &str| {
        let end = typed.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(typed.len());
        typed.starts_with('\\') || WORDS.contains(&typed[..end].to_ascii_lowercase().as_str())
    };
    name > 0 && typed.is_some_and(word)
}

/// A program that reads what is typed until it is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// Python, or something that shows Python's prompts.
    Python,
    /// One of another language, by the name of the command.
    Other(&'static str),
}

/// When a program reads what is typed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reads {
    /// Where it is given nothing to run.
    Bare,
    Always,
}

const OTHERS: &[(&str, Reads)] = &[
    ("node", Reads::Bare),
    ("nodejs", Reads::Bare),
    ("deno", Reads::Bare),
    ("lua", Reads::Bare),
    ("R", Reads::Bare),
    ("irb", Reads::Bare),
    ("ghci", Reads::Bare),
    ("scala", Reads::Bare),
    ("julia", Reads::Bare),
    ("php", Reads::Bare),
    ("octave", Reads::Bare),
    ("gnuplot", Reads::Bare),
    ("jshell", Reads::Bare),
    ("iex", Reads::Bare),
    ("erl", Reads::Bare),
    ("bc", Reads::Bare),
    ("psql", Reads::Always),
    ("mysql", Reads::Always),
    ("mariadb", Reads::Always),
    ("sqlite3", Reads::Always),
    ("gdb", Reads::Always),
    ("lldb", Reads::Always),
    ("redis-cli", Reads::Always),
    ("mongo", Reads::Always),
    ("mongosh", Reads::Always),
    ("ftp", Reads::Always),
    ("sftp", Reads::Always),
    ("telnet", Reads::Always),
];

/// The program that the command `input` may leave waiting for what is typed.
pub fn begins(input: &str) -> Option<Program> {
    let words: Vec<&str> = input.split_whitespace().collect();
    let name = |word: &str| word.rsplit('/').next().unwrap_or("").to_owned();
    let python = |word: &&&str| {
        let word = name(word);
        let bare = word.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
        matches!(bare, "python" | "ipython" | "pypy" | "bpython" | "ptpython" | "jython")
    };
    // With something to run it does not wait, unless it is told to.
    let waits = |rest: &[&str]| {
        let given = rest.iter().any(|word| !word.starts_with('-') || matches!(*word, "-c" | "-m"));
        !given || rest.contains(&"-i")
    };
    // `manage.py shell` and the like.
    let shell = words.len() > 1 && words.last() == Some(&"shell");
    let at = words.iter().position(|word| python(&word));
    if shell || at.is_some_and(|at| waits(&words[at + 1..])) {
        return Some(Program::Python);
    }
    let known = |word: &str| OTHERS.iter().find(|(other, _)| *other == name(word)).copied();
    let (at, (other, reads)) =
        words.iter().take(4).enumerate().find_map(|(at, word)| Some((at, known(word)?)))?;
    let waiting = reads == Reads::Always || waits(&words[at + 1..]);
    waiting.then_some(Program::Other(other))
}

/// Whether the statement `input` leaves Python.
pub fn leaves_python(input: &str) -> bool {
    let input = input.trim();
    matches!(
        input,
        "exit()" | "quit()" | "exit" | "quit" | "sys.exit()" | "raise SystemExit" | "^D"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_known_by_their_prompts() {
        let cases = [
            ("PS C:\\Users\\ann> Get-ChildItem", Some("a PowerShell session")),
            ("PS> ls", Some("a PowerShell session")),
            ("PS /home/ann> ls", Some("a PowerShell session")),
            ("(venv) PS C:\\x> pip list", Some("a PowerShell session")),
            ("C:\\src>dir", Some("a session of Windows commands")),
            ("(base) C:\\> dir", Some("a session of Windows commands")),
            ("(Pdb) p x", Some("a debugger's session")),
            ("shop=# select 1;", Some("an SQL session")),
            ("shop=> \\dt", Some("an SQL session")),
            ("MariaDB [(none)]> show databases;", Some("an SQL session")),
            ("irb(main):001:0> 1 + 1", Some("a Ruby session")),
            ("sqlite> .tables", Some("an SQL session")),
            ("f = x=> y", None),
            ("x=> select", Some("an SQL session")),
            ("irb(x) > 3", None),
            ("PS: see below", None),
            ("(a) b", None),
            ("", None),
        ];
        for (line, expected) in cases {
            assert_eq!(foreign(line), expected, "{line}");
        }
    }

    #[test]
    fn commands_begin_sessions() {
        let cases = [
            ("python3", Some(Program::Python)),
            ("/usr/bin/python3.12 -i x.py", Some(Program::Python)),
            ("uv run ipython", Some(Program::Python)),
            ("./manage.py shell", Some(Program::Python)),
            ("sudo -u postgres psql", Some(Program::Other("psql"))),
            ("ls -l", None),
            ("python3 greet.py", None),
            ("python -m venv x", None),
            ("node app.js", None),
            ("node", Some(Program::Other("node"))),
        ];
        for (input, expected) in cases {
            assert_eq!(begins(input), expected, "{input}");
        }
        assert!(leaves_python(" exit() ") && !leaves_python("exit(f())"));
    }
}
