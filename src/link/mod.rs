//! Which snippet of a document needs which earlier one.
//!
//! The snippets of a document are taken for one session, read from top to bottom: a name means what
//! the nearest earlier snippet made of it, and whatever changed that in between is needed too. What
//! a snippet does with names and files is asked of `syntax`; `python` and `shell` say what of it
//! makes a link. Nothing is run here, and nothing is decided about a snippet alone.

mod files;
mod names;
mod python;
mod shell;

use crate::model::{Graph, Lang, Later, Link, Snippet};
use crate::syntax::python::scope::scope as python_scope;
use crate::syntax::shell::scope as shell_scope;

use self::files::Made;
use self::names::Table;

/// The links between `snippets`, which are those of one document in its order.
pub fn link(snippets: &[Snippet]) -> Graph {
    let mut session = Session { folder: Some(String::new()), ..Session::default() };
    let mut links: Vec<Vec<Link>> = Vec::with_capacity(snippets.len());
    for (at, snippet) in snippets.iter().enumerate() {
        let code = snippet.code.text();
        links.push(match snippet.classification.lang {
            Lang::Shell => session.shell(at, &shell_scope(code)),
            lang => session.python(at, &python_scope(code, lang)),
        });
    }
    let later = session.later;
    Graph::new(links)
        .expect("a session knows of a snippet only what came before it")
        .with_later(later)
}

/// What is known at one point of a document.
#[derive(Default)]
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
    /// Names defined too late, by who needs them.
    later: Vec<(usize, Later)>,
}
