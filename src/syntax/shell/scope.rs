//! Which variables, functions and files a script defines, needs and makes.
//!
//! Variables have their `$`, so that functions may have the same names. What happens in a subshell
//! stays there; bodies of functions run where their name is called. What commands do to files is
//! asked of `files`.

use std::collections::{HashMap, HashSet};

use tree_sitter::Node;

use super::files::{Files, Word};
use super::{LONGEST_LINE, tree, whole};
use crate::syntax::python::children;
use crate::syntax::scope::{Body, Bound, Need, Scope, What};
use crate::syntax::{Placed, span, walk};

/// Asks what `text` does with names and files; total on all input.
pub fn scope(text: &str) -> Scope {
    if text.lines().any(|line| line.len() > LONGEST_LINE) {
        return Scope::default();
    }
    let Some(tree) = tree(text) else { return Scope::default() };
    let mut state = State { text, ..State::default() };
    walk(&tree, |placed| state.look(placed));
    state.settle(usize::MAX);
    state.finish()
}

/// The state at one point of the script.
#[derive(Default)]
struct State<'t> {
    text: &'t str,
    /// Where the subshell ends that this point lies in.
    apart: usize,
    /// The function that this point lies in, and where its body ends.
    function: Option<(String, usize)>,
    /// Names that are bound once the walk has come so far.
    waiting: Vec<(usize, String)>,
    bound: HashSet<String>,
    binds: Vec<Bound>,
    places: HashMap<String, usize>,
    ran: HashSet<String>,
    needs: Vec<Need>,
    needed: HashMap<String, usize>,
    opens: bool,
    files: Files,
    /// Whether what is typed here goes to a shell that an earlier command started: on another
    /// machine, or as somebody else.
    elsewhere: bool,
}

impl<'t> State<'t> {
    fn source(&self, node: Node<'_>) -> &'t str {
        &self.text[whole(self.text, span(node)).range()]
    }

    /// Binds what waits for the walk to come to `at`.
    fn settle(&mut self, at: usize) {
        if self.function.as_ref().is_some_and(|(_, end)| *end <= at) {
            self.function = None;
        }
        while let Some((end, _)) = self.waiting.last()
            && *end <= at
            && let Some((end, name)) = self.waiting.pop()
        {
            self.bind(&name, What::Value, end);
        }
    }

    fn look(&mut self, placed: Placed<'_, 't>) {
        let Placed { node, around } = placed;
        self.settle(node.start_byte());
        let parent = around.last().map_or("", Node::kind);
        match node.kind() {
            "subshell" | "command_substitution" | "process_substitution" | "pipeline" => {
                self.apart = self.apart.max(node.end_byte());
            }
            "function_definition" => self.function(node),
            "variable_assignment" if parent != "command" => self.assignment(node),
            "variable_name" => self.variable(node, parent),
            "command" => self.command(node),
            "file_redirect" => self.redirect(node),
            _ => {}
        }
    }

    fn variable(&mut self, node: Node<'_>, parent: &str) {
        let name = self.source(node);
        let plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        if !plain {
            return;
        }
        let named = format!("${name}");
        match parent {
            "for_statement" => self.waiting.push((node.end_byte(), named)),
            "variable_assignment" | "unset_command" => {}
            // `export X` and `${X:-other}` need nothing.
            "declaration_command" => self.need(&named, node.start_byte(), false),
            "expansion" => {
                let after = self.text[node.end_byte()..].chars().next();
                self.need(&named, node.start_byte(), !matches!(after, Some(':' | '-' | '=' | '+')));
            }
            "subscript" if self.text[node.end_byte()..].contains("]=") => {
                self.need(&named, node.start_byte(), false);
            }
            _ => self.need(&named, node.start_byte(), true),
        }
    }

    fn assignment(&mut self, node: Node<'_>) {
        let Some(name) = node.child_by_field_name("name") else { return };
        let variable = if name.kind() == "subscript" { name.named_child(0) } else { Some(name) };
        let Some(variable) = variable else { return };
        let named = format!("${}", self.source(variable));
        let adds = self.source(node)[name.end_byte() - node.start_byte()..].starts_with('+');
        if adds || name.kind() == "subscript" {
            self.need(&named, node.start_byte(), false);
        }
        self.waiting.push((node.end_byte(), named));
    }

    fn function(&mut self, node: Node<'_>) {
        let Some(name) = node.child_by_field_name("name") else { return };
        let name = self.source(name).to_owned();
        self.bind(&name, What::Callable, node.end_byte());
        self.ran.remove(&name);
        if self.function.is_none() {
            self.function = Some((name, node.end_byte()));
        }
    }

    fn bind(&mut self, name: &str, what: What, at: usize) {
        if at <= self.apart {
            return;
        }
        if let Some((function, _)) = &self.function {
            if let Some(&place) = self.places.get(function)
                && what == What::Value
            {
                self.binds[place].body.binds.push(name.to_owned());
            }
            return;
        }
        self.bound.insert(name.to_owned());
        match self.places.get(name) {
            Some(&place) => {
                self.binds[place].what = what;
                self.binds[place].body = Body::default();
            }
            None => {
                self.places.insert(name.to_owned(), self.binds.len());
                let (name, body) = (name.to_owned(), Body::default());
                self.binds.push(Bound { name, what, since: Some(at), body });
            }
        }
    }

    /// `name` is used: a variable, or a command that may be a function or an alias.
    fn need(&mut self, name: &str, at: usize, sure: bool) {
        if let Some((function, _)) = &self.function {
            if let Some(&place) = self.places.get(function) {
                self.binds[place].body.reads.push(name.to_owned());
            }
            return;
        }
        let mut open = vec![(name.to_owned(), sure)];
        while let Some((name, sure)) = open.pop() {
            if !self.bound.contains(&name) {
                self.missing(&name, at, sure);
            } else if !name.starts_with('$') && self.ran.insert(name.clone()) {
                let Some(&place) = self.places.get(&name) else { continue };
                let Body { reads, binds, .. } = self.binds[place].body.clone();
                binds.iter().for_each(|name| self.bind(name, What::Value, at));
                open.extend(reads.into_iter().map(|name| (name, false)));
            }
        }
    }

    fn missing(&mut self, name: &str, at: usize, sure: bool) {
        let sure = sure && !self.opens && !always_set(name);
        if let Some(&place) = self.needed.get(name) {
            self.needs[place].sure |= sure;
            return;
        }
        self.needed.insert(name.to_owned(), self.needs.len());
        self.needs.push(Need { name: name.to_owned(), at, called: !name.starts_with('$'), sure });
    }

    fn command(&mut self, node: Node<'t>) {
        let parts = children(node);
        let command = parts.iter().position(|part| part.kind() == "command_name");
        let Some(command) = command else { return };
        let words: Vec<Word> = parts[command..]
            .iter()
            .filter(|part| part.is_named())
            .map(|part| self.word(*part))
            .collect();
        self.elsewhere = match words.first().and_then(Word::plain) {
            Some("exit" | "logout") => false,
            _ => self.elsewhere || starts_shell(&words),
        };
        let words = behind_wrappers(&words);
        let Some(Word::Plain(name)) = words.first() else { return };
        let end = node.end_byte();
        let operands =
            || words[1..].iter().filter_map(Word::plain).filter(|word| !word.starts_with('-'));
        match name.as_str() {
            "alias" => {
                let named = operands().filter_map(|word| word.split_once('='));
                for (name, _) in named {
                    self.bind(name, What::Callable, end);
                }
            }
            "read" | "mapfile" | "readarray" | "getopts" => {
                for name in operands() {
                    self.waiting.push((end, format!("${name}")));
                }
            }
            "printf" if words.get(1).and_then(Word::plain) == Some("-v") => {
                let name = words.get(2).and_then(Word::plain);
                self.waiting.extend(name.map(|name| (end, format!("${name}"))));
            }
            _ => {}
        }
        self.need(name, node.start_byte(), false);
        let apart = end <= self.apart;
        if self.function.is_none() && !self.elsewhere {
            self.files.command(name, &words[1..], apart);
        }
        self.opens |= matches!(name.as_str(), "source" | "." | "eval") && !apart;
    }

    fn redirect(&mut self, node: Node<'t>) {
        let operator = children(node)
            .into_iter()
            .find(|part| !part.is_named())
            .map_or("", |part| self.source(part));
        let Some(to) = node.child_by_field_name("destination") else { return };
        if let Word::Plain(path) = self.word(to)
            && self.function.is_none()
            && !self.elsewhere
            && !operator.ends_with('&')
        {
            self.files.redirect(operator, &path);
        }
    }

    fn word(&self, node: Node<'t>) -> Word {
        match node.kind() {
            "command_name" => node.child(0).map_or(Word::Unknown, |inner| self.word(inner)),
            "word" | "number" => Word::bare(self.source(node)),
            "raw_string" => Word::Plain(self.source(node).trim_matches('\'').to_owned()),
            "string" => match children(node).as_slice() {
                [_, inner, _] if inner.kind() == "string_content" => {
                    Word::Plain(self.source(*inner).to_owned())
                }
                _ => Word::Unknown,
            },
            "concatenation" => {
                let parts = children(node);
                parts
                    .into_iter()
                    .map(|part| self.word(part))
                    .fold(Word::Plain(String::new()), Word::join)
            }
            _ => Word::Unknown,
        }
    }

    fn finish(mut self) -> Scope {
        for bound in &mut self.binds {
            for list in [&mut bound.body.reads, &mut bound.body.binds] {
                list.sort_unstable();
                list.dedup();
            }
        }
        let (binds, needs, opens) = (self.binds, self.needs, self.opens);
        let Files { reads, writes, folder, .. } = self.files;
        Scope { binds, needs, opens, reads, writes, folder, ..Scope::default() }
    }
}

/// Whether `words` start a shell that the next lines are typed to.
fn starts_shell(words: &[Word]) -> bool {
    let plain: Vec<&str> = words.iter().filter_map(Word::plain).collect();
    let Some((name, rest)) = plain.split_first() else { return false };
    let mut operands = Vec::new();
    let mut rest_of = rest.iter();
    while let Some(word) = rest_of.next() {
        match *word {
            "-p" | "-i" | "-l" | "-o" | "-u" if *name == "ssh" => drop(rest_of.next()),
            option if option.starts_with('-') => {}
            operand => operands.push(operand),
        }
    }
    let is_shell = |word: &str| {
        ["bash", "sh", "zsh", "fish", "su"].contains(&word.rsplit('/').next().unwrap_or(word))
    };
    match *name {
        "sudo" => {
            rest.iter().any(|word| matches!(*word, "-i" | "-s")) && operands.is_empty()
                || operands.first().is_some_and(|word| is_shell(word)) && operands.len() <= 2
        }
        "su" => !rest.contains(&"-c"),
        "ssh" => operands.len() == 1 && words.len() == plain.len(),
        "vagrant" => operands == ["ssh"],
        "docker" | "podman" | "kubectl" => {
            matches!(operands.first(), Some(&"exec" | &"run"))
                && operands.last().is_some_and(|word| is_shell(word))
        }
        "bash" | "sh" | "zsh" | "fish" => operands.is_empty() && !rest.contains(&"-c"),
        _ => false,
    }
}

/// `words` without what only runs the command behind it, its options and settings.
fn behind_wrappers(words: &[Word]) -> &[Word] {
    let mut words = words;
    while let [Word::Plain(name), rest @ ..] = words
        && !rest.is_empty()
        && matches!(
            name.as_str(),
            "sudo" | "env" | "nohup" | "exec" | "command" | "builtin" | "doas" | "nice" | "time"
        )
    {
        words = rest;
        while let [Word::Plain(option), rest @ ..] = words
            && (option.starts_with('-') || option.contains('='))
        {
            let named = matches!(option.as_str(), "-u" | "-g" | "-n") && rest.len() > 1;
            words = if named { &rest[1..] } else { rest };
        }
    }
    words
}

/// Variables that every shell has, or that its surroundings set.
fn always_set(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "$BASH",
        "$BASH_REMATCH",
        "$BASH_SOURCE",
        "$BASH_VERSION",
        "$COLUMNS",
        "$EDITOR",
        "$EUID",
        "$FUNCNAME",
        "$HOME",
        "$HOSTNAME",
        "$IFS",
        "$LANG",
        "$LINENO",
        "$LINES",
        "$LOGNAME",
        "$OLDPWD",
        "$OPTARG",
        "$OPTIND",
        "$OSTYPE",
        "$PATH",
        "$PIPESTATUS",
        "$PPID",
        "$PS1",
        "$PWD",
        "$RANDOM",
        "$REPLY",
        "$SECONDS",
        "$SHELL",
        "$SHLVL",
        "$TERM",
        "$TMPDIR",
        "$TZ",
        "$UID",
        "$USER",
    ];
    !name.starts_with('$') || NAMES.binary_search(&name).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::scope::Place;

    fn names(text: &str) -> String {
        let scope = scope(text);
        let needs: Vec<&str> =
            scope.needs.iter().filter(|need| need.sure).map(|need| need.name.as_str()).collect();
        let binds: Vec<&str> = scope.binds.iter().map(|bound| bound.name.as_str()).collect();
        format!("{} -> {}{}", needs.join(" "), binds.join(" "), if scope.opens { " *" } else { "" })
    }

    #[test]
    fn variables_and_functions_are_needed_before_they_are_set() {
        let cases = [
            ("A=$B\necho $A", "$B -> $A"),
            ("A=$A:x", "$A -> $A"),
            ("A=1 cmd; echo $A", "$A -> "),
            ("export A=1 B", " -> $A"),
            ("for i in $L; do echo $i; done", "$L -> $i"),
            ("(A=1; B=2); echo $A | read C", "$A -> "),
            ("echo ${A:-x} ${B-y} ${C} $HOME $1 $?", "$C -> "),
            ("read -r A B < f; echo $A", " -> $B $A"),
            ("f() { echo $X; Y=1; }\nX=1\nf\necho $Y", " -> f $X $Y"),
            ("f() { echo $X; }", " -> f"),
            ("alias ll='ls -l'; ll", " -> ll"),
            ("cat <<EOF > f\n$NAME\nEOF", "$NAME -> "),
            ("source env.sh\necho $X", " ->  *"),
            ("A+=1; b[1]=2", " -> $A $b"),
        ];
        for (text, expected) in cases {
            assert_eq!(names(text), expected, "{text}");
        }
        let calls = scope("f() { echo $X; }; g");
        assert_eq!(calls.binds[0].body.reads, ["$X", "echo"]);
        assert!(calls.needs.iter().any(|need| need.name == "g" && need.called));
    }

    #[test]
    fn files_are_made_and_used() {
        let cases = [
            ("mkdir -p a/b && touch a/b/c 'd e'", "a", "a/b a/b/c d e"),
            ("cat <<EOF > conf/x.ini\nhi\nEOF", "conf", "conf/x.ini"),
            ("cat x.txt | sort > y.txt", "x.txt", "y.txt"),
            ("cp a.txt b.txt; mv b.txt c/", "a.txt c", "b.txt c/b.txt"),
            ("git clone https://h/o/repo.git; cd repo; git log", "", "repo"),
            ("git init; git add .; git commit -m x", "", ".git"),
            ("git commit -m x", ".git", ".git"),
            ("echo hello > out; echo out", "", "out"),
            ("python3 -m venv env; . env/bin/activate", "", "env"),
            ("curl -o x.json http://h/x; ./run.sh x.json", "run.sh", "x.json"),
            ("ls; cat *.txt sub/*.md; ls .", ". sub", ""),
            ("tee -a log < in", "in", "log"),
            ("cd a; touch b; cd ..; cat a/b", "a", "a/b"),
            ("python app.py --port 80", "app.py", ""),
            ("ls > /dev/null 2>&1", "", ""),
        ];
        for (text, reads, writes) in cases {
            let scope = scope(text);
            assert_eq!(
                (scope.reads.join(" ").as_str(), scope.writes.join(" ").as_str()),
                (reads, writes),
                "{text}"
            );
        }
    }

    #[test]
    fn the_working_folder_is_followed() {
        let cases = [
            ("cd a/b; cd ..", true, Place::At("a".to_owned())),
            ("cd /srv/x", false, Place::At("/srv/x".to_owned())),
            ("cd $X", false, Place::Unknown),
            ("(cd a; ls)", true, Place::Same),
            ("echo hi", false, Place::Same),
            ("make", true, Place::Same),
            ("cd ~; ls x", false, Place::At("~".to_owned())),
        ];
        for (text, matters, ends) in cases {
            let folder = scope(text).folder;
            assert_eq!((folder.matters, folder.ends), (matters, ends), "{text}");
        }
    }
}
