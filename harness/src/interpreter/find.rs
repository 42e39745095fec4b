//! Looks for interpreters on this machine.
//!
//! Reads folders and asks executables; keeps no cache and reads no environment variable.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::ffi::OsStr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::{fs, thread};

use super::{Found, Interpreter, InterpreterId, Recipe, Search};
use crate::error::Error;

/// One executable that may be an interpreter.
struct Candidate {
    program: PathBuf,
    recipe: &'static Recipe,
    /// Named by the user.
    named: bool,
}

/// Finds every interpreter of this machine, asking the candidates in parallel.
pub fn find(search: &Search) -> Found {
    let candidates = candidates(search);
    let answers = ask(&candidates, search);
    let mut found = Found::default();
    let mut others = Vec::new();
    for (candidate, answer) in candidates.iter().zip(answers) {
        match answer {
            Ok(interpreter) if candidate.named => found.interpreters.push(interpreter),
            Ok(interpreter) => others.push(interpreter),
            Err(error) if candidate.named => found.broken.push(error),
            // An executable that merely has the name of an interpreter is no news to anybody.
            Err(_) => {}
        }
    }
    others.sort_by_key(|one| (one.id, Reverse(one.release())));
    found.interpreters.extend(others);
    found
}

fn ask(candidates: &[Candidate], search: &Search) -> Vec<Result<Interpreter, Error>> {
    thread::scope(|scope| {
        let start = |candidate| scope.spawn(move || probe(candidate, search));
        let probes: Vec<_> = candidates.iter().map(start).collect();
        let lost = || Err(Error::interpreter("?", "the probe panicked"));
        probes.into_iter().map(|probe| probe.join().unwrap_or_else(|_| lost())).collect()
    })
}

fn probe(candidate: &Candidate, search: &Search) -> Result<Interpreter, Error> {
    let mut interpreter = (candidate.recipe.probe)(&candidate.program)?;
    interpreter.roots = outermost(interpreter.roots);
    // A root becomes visible in the sandbox as a whole, so it must not be the whole world.
    let wide = |root: &PathBuf| {
        root == Path::new("/") || search.home.as_ref().is_some_and(|home| home.starts_with(root))
    };
    if let Some(root) = interpreter.roots.iter().find(|root| wide(root)) {
        let cause = format!("it is installed in {}, which is too much to show", root.display());
        return Err(Error::interpreter(candidate.program.display().to_string(), cause));
    }
    // A link from elsewhere would dangle in the sandbox.
    let program = &interpreter.program;
    let visible = |path: &Path| {
        path.starts_with("/usr") || path.starts_with("/bin") || {
            interpreter.roots.iter().any(|root| path.starts_with(root))
        }
    };
    if !visible(program)
        && let Ok(real) = fs::canonicalize(program)
    {
        interpreter.program = real;
    }
    Ok(interpreter)
}

fn candidates(search: &Search) -> Vec<Candidate> {
    let mut seen = HashSet::new();
    let mut all = Vec::new();
    for program in &search.extra {
        let program = locate(program, search);
        let recipe = recipe_for(&program).unwrap_or_else(|| InterpreterId::Python3.recipe());
        seen.insert((identity(&program), recipe.id));
        all.push(Candidate { program, recipe, named: true });
    }
    let mut add = |program: PathBuf| {
        if let Some(recipe) = recipe_for(&program)
            && is_executable(&program)
            && seen.insert((identity(&program), recipe.id))
        {
            all.push(Candidate { program, recipe, named: false });
        }
    };

    let mut pyenv = Vec::new();
    pyenv.extend(search.pyenv_root.clone());
    pyenv.extend(search.home.as_ref().map(|home| home.join(".pyenv")));
    for folder in folders(search) {
        // The shims of pyenv are scripts that choose a version: its versions are taken instead.
        match folder.parent() {
            Some(root) if folder.ends_with("shims") && root.join("versions").is_dir() => {
                pyenv.push(root.to_owned());
            }
            _ => listing(&folder).into_iter().for_each(&mut add),
        }
    }
    for root in pyenv {
        let versions = listing(&root.join("versions"));
        versions.into_iter().for_each(|version| add(version.join("bin/python")));
    }
    all
}

fn folders(search: &Search) -> Vec<PathBuf> {
    let path = search.path.as_deref().unwrap_or_default();
    std::env::split_paths(path).filter(|folder| folder.is_absolute()).collect()
}

/// A bare name is looked up on the path, as a shell would.
fn locate(program: &Path, search: &Search) -> PathBuf {
    if program.components().count() == 1 && !program.exists() {
        let beside = folders(search).into_iter().map(|folder| folder.join(program));
        if let Some(path) = beside.into_iter().find(|path| is_executable(path)) {
            return path;
        }
    }
    std::path::absolute(program).unwrap_or_else(|_| program.to_owned())
}

fn recipe_for(program: &Path) -> Option<&'static Recipe> {
    let name = program.file_name().and_then(OsStr::to_str)?;
    InterpreterId::ALL.iter().map(|id| id.recipe()).find(|recipe| (recipe.is_program)(name))
}

/// The real file, so that links to one interpreter count once. A virtual environment is told by
/// its place, though its executable is a link.
fn identity(program: &Path) -> PathBuf {
    let home = program.parent().and_then(Path::parent);
    if home.is_some_and(|home| home.join("pyvenv.cfg").exists()) {
        return program.parent().unwrap_or(program).to_owned();
    }
    fs::canonicalize(program).unwrap_or_else(|_| program.to_owned())
}

fn is_executable(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}

fn listing(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

/// Drops folders that `/usr` or another folder of the list contains.
fn outermost(mut roots: Vec<PathBuf>) -> Vec<PathBuf> {
    roots.sort();
    let mut kept: Vec<PathBuf> = Vec::new();
    for root in roots {
        if !root.starts_with("/usr") && !kept.iter().any(|outer| root.starts_with(outer)) {
            kept.push(root);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_outermost_folders_are_kept() {
        let roots = ["/opt/py/lib", "/usr/local", "/opt/py", "/opt/python"].map(PathBuf::from);
        assert_eq!(outermost(roots.to_vec()), ["/opt/py", "/opt/python"].map(PathBuf::from));
    }
}
