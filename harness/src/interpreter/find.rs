//! Looks for interpreters on this machine: what is named, the project's own, and what is installed.
//!
//! Asks executables, each once; reads no environment variable. Nothing of a project is executed:
//! of its virtual environment only the folder is taken, and the Python that made it is asked.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::{fs, thread};

use super::memory::{Identity, Memory};
use super::places::{environments, executables, folders, is_executable};
use super::{Found, Interpreter, InterpreterId, Recipe, Search};
use crate::error::Error;

/// One executable that may be an interpreter.
struct Candidate {
    program: PathBuf,
    recipe: &'static Recipe,
    standing: Standing,
}

/// Who comes first.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Standing {
    /// Named by the user; the how manieth.
    Named(usize),
    /// Made the virtual environment in this folder of the project.
    Project(PathBuf),
    /// Merely there.
    Installed,
}

/// Finds every interpreter of this machine, asking the candidates in parallel.
pub fn find(search: &Search) -> Found {
    let candidates = candidates(search);
    let mut memory = search.cache.as_deref().map(Memory::read);
    let answers = ask(&candidates, memory.as_ref());
    let mut news = false;
    let mut found = Found::default();
    let (mut named, mut own, mut others) = (Vec::new(), Vec::new(), Vec::new());
    for (candidate, answer) in candidates.iter().zip(answers) {
        if let (Ok(asked), Some(memory)) = (&answer, &mut memory)
            && let Some(identity) = Identity::of(&candidate.program)
        {
            news |= memory.keep(&candidate.program, identity, asked);
        }
        match (answer.and_then(|asked| admit(asked, candidate, search)), &candidate.standing) {
            (Ok(interpreter), Standing::Named(at)) => named.push((*at, interpreter)),
            (Ok(interpreter), Standing::Project(_)) => own.push(interpreter),
            (Ok(interpreter), Standing::Installed) => others.push(interpreter),
            (Err(error), Standing::Named(_)) => found.broken.push(error),
            // An executable that merely has the name of an interpreter is no news to anybody.
            (Err(_), _) => {}
        }
    }
    if let (Some(memory), Some(path), true) = (&memory, &search.cache, news) {
        memory.write(path);
    }
    // What most people have comes first.
    let rare = |one: &Interpreter| one.implementation != Interpreter::CPYTHON;
    others.sort_by_key(|one| (one.id, rare(one), Reverse(one.release())));
    by_version(search, &others, &mut named, &mut found.broken);
    named.sort_by_key(|(at, _)| *at);
    others.retain(|one| named.iter().all(|(_, known)| known != one));
    found.interpreters = named.into_iter().map(|(_, one)| one).chain(own).chain(others).collect();
    found
}

/// Adds to `named` what `search` names by a version: the newest of `others` that has it.
fn by_version(
    search: &Search,
    others: &[Interpreter],
    named: &mut Vec<(usize, Interpreter)>,
    broken: &mut Vec<Error>,
) {
    for (at, name) in search.extra.iter().enumerate() {
        let Some(version) = version(name, search) else { continue };
        let python = |one: &&Interpreter| {
            matches!(one.id, InterpreterId::Python2 | InterpreterId::Python3)
                && one.release().starts_with(&version)
        };
        match others.iter().filter(python).max_by_key(|one| one.release()) {
            Some(one) => named.push((at, one.clone())),
            None => {
                let told: Vec<String> = version.iter().map(u32::to_string).collect();
                let cause = format!(
                    "no Python of that version is found; `uv python install {}` gets one",
                    told.join(".")
                );
                broken.push(Error::interpreter(name.display().to_string(), cause));
            }
        }
    }
}

/// The version that `name` is, such as `3.11` or `python3.11`, where no file is called so.
fn version(name: &Path, search: &Search) -> Option<Vec<u32>> {
    let text = name.to_str()?;
    let digits = text.strip_prefix("python").unwrap_or(text);
    let numbers: Option<Vec<u32>> = digits.split('.').map(|part| part.parse().ok()).collect();
    numbers.filter(|_| !name.exists() && on_path(name, search).is_none())
}

/// What every candidate answers, or answered before.
fn ask(candidates: &[Candidate], memory: Option<&Memory>) -> Vec<Result<Interpreter, Error>> {
    let known = |candidate: &Candidate| {
        let identity = Identity::of(&candidate.program)?;
        memory?.answer(&candidate.program, identity).cloned()
    };
    let one = &|candidate: &Candidate| match known(candidate) {
        Some(interpreter) => Ok(interpreter),
        None => (candidate.recipe.probe)(&candidate.program),
    };
    thread::scope(|scope| {
        // Where there can be no more threads the candidates are asked one after the other.
        let start = |candidate| {
            let started = thread::Builder::new().spawn_scoped(scope, move || one(candidate));
            started.map_err(|_| one(candidate))
        };
        let probes: Vec<_> = candidates.iter().map(start).collect();
        let lost = || Err(Error::interpreter("?", "the probe panicked"));
        let done = |probe: Result<thread::ScopedJoinHandle<'_, _>, _>| match probe {
            Ok(running) => running.join().unwrap_or_else(|_| lost()),
            Err(asked) => asked,
        };
        probes.into_iter().map(done).collect()
    })
}

/// `asked` as it can be shown in a sandbox, if that shows no more than an interpreter.
fn admit(
    mut interpreter: Interpreter,
    candidate: &Candidate,
    search: &Search,
) -> Result<Interpreter, Error> {
    if let Standing::Project(folder) = &candidate.standing {
        interpreter.program = environment_python(folder).unwrap_or(interpreter.program);
        interpreter.roots.push(folder.clone());
    }
    interpreter.roots = outermost(interpreter.roots);
    // A root becomes visible in the sandbox as a whole, so it must not be the whole world.
    let holds =
        |root: &Path, inner: Option<&PathBuf>| inner.is_some_and(|one| one.starts_with(root));
    let wide = |root: &PathBuf| {
        root == Path::new("/")
            || holds(root, search.home.as_ref())
            || holds(root, search.project.as_ref())
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
    for (at, name) in search.extra.iter().enumerate() {
        if version(name, search).is_some() {
            continue;
        }
        let program = located(name, search);
        let recipe = recipe_for(&program).unwrap_or_else(|| InterpreterId::Python3.recipe());
        seen.insert((identity(&program), recipe.id));
        all.push(Candidate { program, recipe, standing: Standing::Named(at) });
    }
    let mut add = |program: PathBuf| {
        if let Some(recipe) = recipe_for(&program)
            && is_executable(&program)
            && seen.insert((identity(&program), recipe.id))
        {
            all.push(Candidate { program, recipe, standing: Standing::Installed });
        }
    };
    executables(search).into_iter().for_each(&mut add);
    let project = search.project.as_deref();
    let folders = project.into_iter().flat_map(environments);
    all.extend(folders.filter_map(|folder| maker(&folder, search)));
    all
}

/// The interpreter that made the virtual environment `folder`: what its link leads to, outside of
/// the project, whose own files are not executed.
fn maker(folder: &Path, search: &Search) -> Option<Candidate> {
    let project = fs::canonicalize(search.project.as_deref()?).ok()?;
    let program = fs::canonicalize(environment_python(folder)?).ok()?;
    let recipe = recipe_for(&program)?;
    let standing = Standing::Project(folder.to_owned());
    (!program.starts_with(project)).then_some(Candidate { program, recipe, standing })
}

fn environment_python(folder: &Path) -> Option<PathBuf> {
    let names = ["python", "python3"].map(|name| folder.join("bin").join(name));
    names.into_iter().find(|path| is_executable(path))
}

/// A bare name is looked up on the path, as a shell would; a folder is that of an environment.
fn located(program: &Path, search: &Search) -> PathBuf {
    if program.is_dir()
        && let Some(inner) = environment_python(program)
    {
        return std::path::absolute(&inner).unwrap_or(inner);
    }
    let found = on_path(program, search).filter(|_| !program.exists());
    let whole = || std::path::absolute(program).unwrap_or_else(|_| program.to_owned());
    found.unwrap_or_else(whole)
}

fn on_path(name: &Path, search: &Search) -> Option<PathBuf> {
    let bare = name.components().count() == 1;
    let mut beside = folders(search).into_iter().map(|folder| folder.join(name));
    beside.find(|path| bare && is_executable(path))
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

    #[test]
    fn versions_are_told_from_names_of_files() {
        let search = Search::default();
        let told = |name: &str| version(Path::new(name), &search);
        assert_eq!(told("3.11"), Some(vec![3, 11]));
        assert_eq!(told("python3.11"), Some(vec![3, 11]));
        assert_eq!(told("3"), Some(vec![3]));
        for name in ["python", "pypy3", "/usr/bin/python3", "bash", "3.x", ""] {
            assert_eq!(told(name), None, "{name}");
        }
    }
}
