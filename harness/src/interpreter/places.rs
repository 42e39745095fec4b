//! The places where interpreters are installed: folders of `PATH`, and those of the tools that
//! install Pythons.
//!
//! Reads folders only; asks nobody.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::Search;

/// Where every system has some.
const SYSTEM: [&str; 2] = ["/usr/local/bin", "/usr/bin"];

/// Names of the folders that installers of conda make at home.
const CONDAS: [&str; 5] = ["miniconda3", "anaconda3", "miniforge3", "mambaforge", "micromamba"];

/// The longest list of environments that is read, in bytes.
const LONGEST_LIST: u64 = 1 << 20;

/// Every executable that may be an interpreter, by place; not the named ones.
pub(super) fn executables(search: &Search) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut pyenv: Vec<PathBuf> = search.pyenv_root.iter().cloned().collect();
    pyenv.extend(search.home.as_ref().map(|home| home.join(".pyenv")));
    for folder in folders(search).into_iter().chain(SYSTEM.map(PathBuf::from)) {
        // The shims of pyenv are scripts that choose a version: its versions are taken instead.
        match folder.parent() {
            Some(root) if folder.ends_with("shims") && root.join("versions").is_dir() => {
                pyenv.push(root.to_owned());
            }
            _ => found.extend(listing(&folder)),
        }
    }
    let versions = pyenv.iter().flat_map(|root| listing(&root.join("versions")));
    let uv = uv(search).into_iter().flat_map(|root| listing(&root));
    let roots = versions.chain(uv).chain(conda(search));
    found.extend(roots.flat_map(|root| pythons(&root)));
    found
}

/// The virtual environments of the project, the likelier one first.
pub(super) fn environments(project: &Path) -> Vec<PathBuf> {
    let named = [".venv", "venv"].map(|name| project.join(name));
    named.into_iter().filter(|folder| folder.join("pyvenv.cfg").is_file()).collect()
}

/// The absolute folders of `PATH`.
pub(super) fn folders(search: &Search) -> Vec<PathBuf> {
    let path = search.path.as_deref().unwrap_or_default();
    std::env::split_paths(path).filter(|folder| folder.is_absolute()).collect()
}

/// The Pythons that are installed in `root`: `bin/python` and the like; all links to one file.
fn pythons(root: &Path) -> Vec<PathBuf> {
    let names = ["python", "python3", "pypy3", "pypy"];
    names
        .iter()
        .map(|name| root.join("bin").join(name))
        .find(|path| is_executable(path))
        .into_iter()
        .collect()
}

/// Where uv keeps the Pythons that it installs.
fn uv(search: &Search) -> Vec<PathBuf> {
    let data = search.data_home.clone();
    let data = data.or_else(|| Some(search.home.as_ref()?.join(".local/share")));
    search.uv_python.iter().cloned().chain(data.map(|data| data.join("uv/python"))).collect()
}

/// The environments of conda: the active one, those beside it, those that it lists.
fn conda(search: &Search) -> Vec<PathBuf> {
    let mut roots: Vec<PathBuf> = search.conda_prefix.iter().cloned().collect();
    let home = search.home.as_deref();
    roots.extend(home.into_iter().flat_map(|home| CONDAS.map(|name| home.join(name))));
    let list = home.map(|home| home.join(".conda/environments.txt"));
    let short = |path: &PathBuf| fs::metadata(path).is_ok_and(|data| data.len() <= LONGEST_LIST);
    if let Some(text) = list.filter(short).and_then(|path| fs::read_to_string(path).ok()) {
        roots.extend(text.lines().map(PathBuf::from).filter(|path| path.is_absolute()));
    }
    let inner: Vec<PathBuf> = roots.iter().flat_map(|root| listing(&root.join("envs"))).collect();
    roots.extend(inner);
    roots
}

/// Whether `path` is a file that may be executed.
pub(super) fn is_executable(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}

fn listing(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let hidden = |path: &PathBuf| {
        path.file_name().and_then(OsStr::to_str).is_some_and(|name| name.starts_with('.'))
    };
    let mut paths: Vec<_> =
        entries.map(|entry| entry.path()).filter(|path| !hidden(path)).collect();
    paths.sort();
    paths
}
