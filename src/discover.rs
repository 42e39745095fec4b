//! Paths to documents: walks folders, honors ignore rules, reads and decodes.
//!
//! Never fails as a whole: whatever cannot be read becomes a notice and the rest goes on. Does
//! not look into the text of a document.

use std::collections::HashSet;
use std::error::Error as _;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use ignore::{Match, WalkBuilder};

use crate::error::plain;
use crate::model::{DocPath, Document};
use crate::text::{Decoded, Loss, decode};

/// What a folder's files must end in to be taken for documents, in lower case.
const EXTENSIONS: [&str; 23] = [
    "md",
    "markdown",
    "mdown",
    "mdwn",
    "mkd",
    "mkdn",
    "mdx",
    "qmd",
    "rmd",
    "rst",
    "rest",
    "org",
    "adoc",
    "asciidoc",
    "asc",
    "html",
    "htm",
    "txt",
    "text",
    "ipynb",
    "wiki",
    "mediawiki",
    "textile",
];

/// The largest document that is read, in bytes: 64 MiB.
pub const LARGEST: u64 = 64 << 20;

/// How far a NUL byte is looked for, as Git does.
const BINARY_WINDOW: usize = 8000;

/// How documents are looked for.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// Documents below this folder are named relative to it.
    pub root: &'a Path,
    /// Patterns in the syntax of `.gitignore`, relative to `root`.
    pub exclude: &'a [String],
    /// Whether the patterns also hold for files that were named one by one.
    pub force_exclude: bool,
}

/// Something that the user should know about a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The path, as people know it.
    pub path: String,
    /// One-based line, where there is one.
    pub line: Option<u32>,
    /// What is to be said.
    pub message: String,
    /// Whether something that was asked for is not read because of it.
    pub lost: bool,
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.path, self.message),
            None => write!(f, "{}: {}", self.path, self.message),
        }
    }
}

/// Finds and reads the documents among `paths`: every file that is named, and of every folder the
/// files whose names end like documents. Sorted by name, each file once.
pub fn discover(paths: &[PathBuf], options: &Options<'_>) -> (Vec<Document>, Vec<Notice>) {
    let mut search = Search::new(options);
    for path in paths {
        search.add(path);
    }
    search.read()
}

/// The name that a document at `path` has in the project at `root`, whether it exists or not.
pub fn name(root: &Path, path: &Path) -> DocPath {
    let inside = relative(&roots(root), path);
    DocPath::new(&spell(inside.as_deref().unwrap_or(path)).0)
}

/// Decodes bytes that were read elsewhere, under the name `path`. Nothing when they are binary.
pub fn document(path: DocPath, bytes: Vec<u8>) -> (Option<Document>, Vec<Notice>) {
    let name = path.to_string();
    if is_binary(&bytes) {
        return (None, vec![lost(&name, "is binary, not a document")]);
    }
    let Decoded { text, losses } = decode(bytes);
    let notices = losses.iter().filter_map(|loss| describe(&name, *loss)).collect();
    (Some(Document::new(path, text)), notices)
}

/// One file to read.
struct Candidate {
    name: DocPath,
    path: PathBuf,
    /// The file itself, all links resolved.
    real: PathBuf,
    named: bool,
}

struct Search<'a> {
    roots: Vec<PathBuf>,
    exclude: Gitignore,
    force_exclude: bool,
    candidates: Vec<Candidate>,
    notices: Vec<Notice>,
    options: &'a Options<'a>,
}

impl<'a> Search<'a> {
    fn new(options: &'a Options<'a>) -> Self {
        let mut notices = Vec::new();
        let mut builder = GitignoreBuilder::new(options.root);
        for pattern in options.exclude {
            if let Err(error) = builder.add_line(None, pattern) {
                notices.push(lost(pattern, &format!("is not a pattern to exclude: {error}")));
            }
        }
        let exclude = builder.build().unwrap_or_else(|error| {
            notices.push(lost("exclude", &error.to_string()));
            Gitignore::empty()
        });
        let (roots, force_exclude) = (roots(options.root), options.force_exclude);
        Self { roots, exclude, force_exclude, candidates: Vec::new(), notices, options }
    }

    fn add(&mut self, path: &Path) {
        match fs::metadata(path) {
            Ok(found) if found.is_dir() => self.walk(path),
            Ok(found) if found.is_file() => {
                if !(self.force_exclude && self.is_excluded(path)) {
                    self.candidate(path, true);
                }
            }
            Ok(_) => self.notices.push(lost(&shown(path), "is neither a file nor a folder")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let message = match fs::symlink_metadata(path) {
                    Ok(_) => "is a link that leads nowhere",
                    Err(_) => "no such file or folder",
                };
                self.notices.push(lost(&shown(path), message));
            }
            Err(error) => self.notices.push(lost(&shown(path), &plain(&error))),
        }
    }

    fn walk(&mut self, folder: &Path) {
        let before = (self.candidates.len(), self.notices.len());
        let (exclude, roots) = (self.exclude.clone(), self.roots.clone());
        let walk = WalkBuilder::new(folder)
            .require_git(false)
            .follow_links(true)
            .add_custom_ignore_filename(".stillrunsignore")
            .filter_entry(move |entry| {
                let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
                entry.depth() == 0 || !matches(&exclude, &roots, entry.path(), is_folder)
            })
            .build();
        for entry in walk {
            match entry {
                Ok(entry) => {
                    if let Some(error) = entry.error() {
                        let notice = self.trouble(error, folder);
                        self.notices.push(Notice { lost: false, ..notice });
                    }
                    let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
                    if is_file && is_document(entry.path()) {
                        self.candidate(entry.path(), false);
                    }
                }
                Err(error) => {
                    let notice = self.trouble(&error, folder);
                    // A link to nowhere that is not called a document would have been passed by.
                    let nowhere = error
                        .io_error()
                        .is_some_and(|error| matches!(error.kind(), io::ErrorKind::NotFound));
                    if !nowhere || is_document(Path::new(&notice.path)) {
                        self.notices.push(notice);
                    }
                }
            }
        }
        if before == (self.candidates.len(), self.notices.len()) {
            self.notices.push(note(&shown(folder), "holds no documents"));
        }
    }

    fn candidate(&mut self, path: &Path, named: bool) {
        let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let (name, is_plain) = spell(&self.relative(path));
        if !is_plain {
            self.notices.push(note(&name, "the name is not UTF-8; its odd bytes are escaped"));
        }
        let name = DocPath::new(&name);
        self.candidates.push(Candidate { name, path: path.to_owned(), real, named });
    }

    /// `path` relative to the root where it lies below it, else as it was typed.
    fn relative(&self, path: &Path) -> PathBuf {
        relative(&self.roots, path).unwrap_or_else(|| path.to_owned())
    }

    fn is_excluded(&self, path: &Path) -> bool {
        let inside = self.relative(path);
        let parents = inside.ancestors().skip(1).filter(|part| !part.as_os_str().is_empty());
        let mut parents = parents.map(|part| self.options.root.join(part));
        matches(&self.exclude, &self.roots, path, false)
            || parents.any(|part| matches(&self.exclude, &self.roots, &part, true))
    }

    fn trouble(&self, error: &ignore::Error, folder: &Path) -> Notice {
        match error {
            ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
                self.trouble(err, folder)
            }
            ignore::Error::WithPath { path, err } => self.trouble(err, path),
            ignore::Error::Partial(errors) if errors.len() == 1 => self.trouble(&errors[0], folder),
            // What the loop leads to is walked where it really is, so nothing is lost.
            ignore::Error::Loop { child, ancestor } => note(
                &shown(&self.relative(child)),
                &format!("is a link to `{}`, which holds it; not followed", shown(ancestor)),
            ),
            ignore::Error::Io(error) => {
                // The walk wraps what the system said once more.
                let inner = error.source().and_then(|inner| inner.downcast_ref::<io::Error>());
                lost(&shown(&self.relative(folder)), &plain(inner.unwrap_or(error)))
            }
            other => lost(&shown(&self.relative(folder)), &other.to_string()),
        }
    }

    /// Reads the candidates. A file with two names is read under its real one.
    fn read(mut self) -> (Vec<Document>, Vec<Notice>) {
        let is_alias =
            |one: &Candidate| !one.real.ends_with(one.name.as_str().trim_start_matches("../"));
        self.candidates.sort_by(|one, two| {
            (is_alias(one), !one.named, &one.name).cmp(&(is_alias(two), !two.named, &two.name))
        });
        let mut seen = HashSet::new();
        self.candidates.retain(|one| seen.insert(one.real.clone()));
        self.candidates.sort_by(|one, two| one.name.cmp(&two.name));
        let mut documents: Vec<Document> = Vec::new();
        for candidate in self.candidates {
            let name = candidate.name.to_string();
            if documents.last().is_some_and(|last| last.path == candidate.name) {
                self.notices.push(lost(&name, "another document has the same name"));
                continue;
            }
            match read_bounded(&candidate.path) {
                Ok(bytes) => {
                    let (document, notices) = document(candidate.name, bytes);
                    // A folder may hold binary files; one that was asked for by name is missed.
                    self.notices.extend(
                        notices.into_iter().map(|notice| Notice {
                            lost: notice.lost && candidate.named,
                            ..notice
                        }),
                    );
                    documents.extend(document);
                }
                Err(message) => self.notices.push(lost(&name, &message)),
            }
        }
        (documents, self.notices)
    }
}

fn read_bounded(path: &Path) -> Result<Vec<u8>, String> {
    let file = File::open(path).map_err(|error| plain(&error))?;
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| plain(&error))?;
    if bytes.len() as u64 > LARGEST {
        return Err(format!("is larger than {} MiB", LARGEST >> 20));
    }
    Ok(bytes)
}

fn is_document(path: &Path) -> bool {
    path.extension()
        .and_then(|extension| extension.to_str())
        .is_some_and(|extension| EXTENSIONS.contains(&extension.to_ascii_lowercase().as_str()))
}

fn is_binary(bytes: &[u8]) -> bool {
    let utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    !utf16 && bytes.iter().take(BINARY_WINDOW).any(|&byte| byte == 0)
}

fn describe(name: &str, loss: Loss) -> Option<Notice> {
    let (line, message) = match loss {
        // Every reader of text files takes these three for granted.
        Loss::ByteOrderMark | Loss::CarriageReturn | Loss::Utf16 => return None,
        Loss::InvalidUtf8 { line } => (line, "bytes that are not UTF-8 became U+FFFD"),
        Loss::Nul { line } => (line, "holds a NUL byte"),
    };
    Some(Notice { line: Some(line), ..note(name, message) })
}

fn matches(exclude: &Gitignore, roots: &[PathBuf], path: &Path, is_folder: bool) -> bool {
    relative(roots, path)
        .is_some_and(|inside| matches!(exclude.matched(inside, is_folder), Match::Ignore(_)))
}

/// The project as it was named and as it really is, should a link lead to it.
fn roots(root: &Path) -> Vec<PathBuf> {
    let mut roots = vec![lexical(root)];
    roots.extend(fs::canonicalize(root));
    roots
}

fn relative(roots: &[PathBuf], path: &Path) -> Option<PathBuf> {
    let whole = if path.components().any(|part| part == Component::ParentDir) {
        // `..` after a link leads elsewhere than the letters say.
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        match (folder.map(fs::canonicalize), path.file_name()) {
            (Some(Ok(folder)), Some(name)) => folder.join(name),
            _ => lexical(path),
        }
    } else {
        lexical(path)
    };
    roots.iter().find_map(|root| whole.strip_prefix(root).ok()).map(Path::to_owned)
}

/// `path` made absolute, without `.` components.
fn lexical(path: &Path) -> PathBuf {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    whole.components().filter(|part| *part != Component::CurDir).collect()
}

/// The path as text; bytes that are not UTF-8 as `\xff`. Tells whether there were none.
fn spell(path: &Path) -> (String, bool) {
    let mut text = String::new();
    let mut is_plain = true;
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            is_plain = false;
            text.push_str(&format!("\\x{byte:02x}"));
        }
    }
    (text, is_plain)
}

fn shown(path: &Path) -> String {
    let text = spell(path).0;
    if text.is_empty() { ".".to_owned() } else { text }
}

fn note(path: &str, message: &str) -> Notice {
    Notice { path: path.to_owned(), line: None, message: message.to_owned(), lost: false }
}

fn lost(path: &str, message: &str) -> Notice {
    Notice { lost: true, ..note(path, message) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binary_is_a_nul_early_on_unless_it_is_utf_16() {
        assert!(is_binary(b"a\0b"));
        assert!(!is_binary(b"\xff\xfea\0"));
        assert!(!is_binary(&[&[b'a'; BINARY_WINDOW][..], b"\0"].concat()));
    }

    #[test]
    fn losses_name_their_line_and_lose_nothing() {
        let (found, notices) = document(DocPath::new("a.md"), b"a\n\xff".to_vec());
        assert_eq!(found.map(|found| found.text).as_deref(), Some("a\n\u{fffd}"));
        let shown: Vec<String> = notices.iter().map(Notice::to_string).collect();
        assert_eq!(shown, ["a.md:2: bytes that are not UTF-8 became U+FFFD"]);
        assert!(!notices[0].lost);
    }

    #[test]
    fn odd_bytes_of_names_are_escaped() {
        use std::os::unix::ffi::OsStrExt;
        let name = std::ffi::OsStr::from_bytes(b"a\xff.md");
        assert_eq!(spell(Path::new(name)), ("a\\xff.md".to_owned(), false));
    }
}
