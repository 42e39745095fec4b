//! Which snippet of a document needs which earlier one.
//!
//! The snippets of a document are taken for one session, in the order in which they ran (`order`):
//! a name means what the nearest earlier snippet made of it, and whatever changed that in between is
//! needed too. A kernel that is started anew knows no names, and finds the files. What
//! a snippet does with names and files is asked of `syntax`; `python` and `shell` say what of it
//! makes a link. Nothing is run here, and nothing is decided about a snippet alone.

mod files;
mod names;
mod order;
mod python;
mod shell;

use std::collections::HashMap;

use crate::model::{Graph, Instruction, Lang, Link, LinkKind, Part, Scope, Snippet};
use crate::syntax::python::scope::scope as python_scope;
use crate::syntax::shell::scope as shell_scope;

use self::files::Made;
use self::names::Table;
use self::order::order;

/// `snippets`, which are those of one document by their places in it, in the order in which they ran,
/// and the links between them.
pub fn link(snippets: Vec<Snippet>) -> (Vec<Snippet>, Graph) {
    let order = order(&snippets);
    let kernels: Vec<usize> = order.iter().map(|(_, kernel)| *kernel).collect();
    let mut slots: Vec<Option<Snippet>> = snippets.into_iter().map(Some).collect();
    let ordered: Vec<Snippet> = order.iter().filter_map(|(at, _)| slots[*at].take()).collect();
    let graph = graph(&ordered, &kernels);
    (ordered, graph)
}

/// The links between `snippets`, which are in the order in which they ran, by these kernels.
fn graph(snippets: &[Snippet], kernels: &[usize]) -> Graph {
    // Groups share nothing; what is in none is a group as well.
    let mut sessions: HashMap<&str, Session> = HashMap::new();
    let mut named: HashMap<&str, usize> = HashMap::new();
    let mut links: Vec<Vec<Link>> = Vec::with_capacity(snippets.len());
    let mut later = Vec::new();
    for (at, snippet) in snippets.iter().enumerate() {
        let told = Told::of(snippet);
        let session = sessions.entry(told.group).or_default();
        if told.anew {
            *session = Session::default();
        }
        if session.kernel != kernels[at] {
            session.kernel = kernels[at];
            session.python = Table::default();
        }
        let code = snippet.code.text();
        let mut needs = match snippet.classification.lang {
            Lang::Shell => session.shell(at, &shell_scope(code), &mut later),
            lang => session.python(at, &python_scope(code, lang), &mut later),
        };
        let before = match told.goes_on {
            Some(Some(name)) => named.get(name).copied(),
            Some(None) => (0..at).rev().take(FARTHEST).find(|&at| is_kin(snippet, &snippets[at])),
            None => None,
        };
        let continued = before.into_iter().chain(session.setup.iter().copied());
        needs.extend(continued.map(|to| Link { to, kind: LinkKind::Continues }));
        links.push(needs);
        if told.prepares {
            session.setup.push(at);
            session.setup.drain(..session.setup.len().saturating_sub(MOST_SETUPS));
        }
        named.extend(told.name.map(|name| (name, at)));
    }
    Graph::new(links)
        .expect("a session knows of a snippet only what came before it")
        .with_later(later)
}

/// How many snippets back the one may lie that another goes on with.
const FARTHEST: usize = 16;

/// How many examples that prepare for all behind them are remembered.
const MOST_SETUPS: usize = 8;

fn is_kin(one: &Snippet, other: &Snippet) -> bool {
    one.classification.lang.is_python() == other.classification.lang.is_python()
}

/// What directives say of the session of a snippet.
#[derive(Default)]
struct Told<'s> {
    /// It begins a new one.
    anew: bool,
    /// It goes on with the snippet before it, or with the one of that name.
    goes_on: Option<Option<&'s str>>,
    group: &'s str,
    name: Option<&'s str>,
    /// It prepares for all that come behind it.
    prepares: bool,
}

impl<'s> Told<'s> {
    fn of(snippet: &'s Snippet) -> Self {
        let mut told = Self::default();
        for directive in snippet.directives.iter().filter(|one| one.scope != Scope::Statement) {
            match &directive.what {
                Instruction::NewSession => told.anew = true,
                Instruction::Continue(name) => told.goes_on = Some(name.as_deref()),
                Instruction::Group(name) => told.group = name,
                Instruction::Name(name) => told.name = Some(name),
                Instruction::Hidden(Part::Setup) => told.prepares = true,
                _ => {}
            }
        }
        told
    }
}

/// What is known at one point of a session.
struct Session {
    /// Names of Python, and of the shell.
    python: Table,
    shell: Table,
    /// Files and folders.
    made: Made,
    /// The snippet that changed the working folder of the shell last, and that folder as seen
    /// from the first one; nothing where nobody can tell.
    moved: Option<usize>,
    folder: Option<String>,
    /// Snippets that all behind them need.
    setup: Vec<usize>,
    /// The kernel that runs its Python.
    kernel: usize,
}

impl Default for Session {
    fn default() -> Self {
        Self {
            python: Table::default(),
            shell: Table::default(),
            made: Made::default(),
            moved: None,
            folder: Some(String::new()),
            setup: Vec::new(),
            kernel: 0,
        }
    }
}
