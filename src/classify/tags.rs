//! What the words behind a fence mean.

use crate::model::Lang;

/// What a tag declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Declared {
    /// Python, and which one where the tag says so.
    Python(Option<Lang>),
    /// A shell, or a session of one.
    Shell,
    /// Something else.
    Other,
}

/// What `tag`, in any case, declares.
pub(super) fn declared(tag: &str) -> Declared {
    let tag = tag.to_ascii_lowercase();
    let tag = tag.strip_prefix("language-").unwrap_or(&tag);
    match tag {
        "python" | "py" | "pycon" | "ipython" | "doctest" | "python-repl" | "py:percent"
        | "testcode" | "testsetup" | "testcleanup" | "jupyter-execute" | "jupyter-python" => {
            Declared::Python(None)
        }
        "python2" | "py2" | "python2.7" | "pycon2" => Declared::Python(Some(Lang::Py2)),
        "python3" | "py3" | "pycon3" | "ipython3" => Declared::Python(Some(Lang::Py3)),
        "bash" | "sh" | "shell" | "zsh" | "ksh" | "dash" | "console" | "terminal" | "command"
        | "shell-session" | "sh-session" | "shellsession" | "shellscript" | "bash-session"
        | "command-line" | "commandline" | "cli" => Declared::Shell,
        _ => Declared::Other,
    }
}
