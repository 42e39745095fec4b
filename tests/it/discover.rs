//! Paths to documents: what is taken, what is told, and that one bad path stops nothing.

use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use stillruns::discover::{Notice, Options, discover};

use crate::project::Project;

fn found(project: &Project, paths: &[&str], exclude: &[&str]) -> (Vec<String>, Vec<Notice>) {
    let root = project.path("");
    let paths: Vec<PathBuf> = paths.iter().map(|path| root.join(path)).collect();
    let exclude: Vec<String> = exclude.iter().map(ToString::to_string).collect();
    let options = Options { root: &root, exclude: &exclude, force_exclude: false };
    let (documents, notices) = discover(&paths, &options);
    (documents.iter().map(|document| document.path.to_string()).collect(), notices)
}

#[track_caller]
fn one(notices: &[Notice], text: &str, lost: bool) {
    let [notice] = notices else { panic!("not one notice: {notices:#?}") };
    assert!(notice.to_string().contains(text), "no {text:?} in {notice}");
    assert_eq!(notice.lost, lost, "{notice}");
}

#[test]
fn folders_give_documents_by_their_ending_sorted_and_once() {
    let project = Project::new()
        .file("b.MD", "")
        .file("a/z.txt", "")
        .file("a/x.rst", "")
        .file("a/code.py", "")
        .file(".hidden/c.md", "");
    let (names, notices) = found(&project, &["a", ".", "b.MD"], &[]);
    assert_eq!(names, ["a/x.rst", "a/z.txt", "b.MD"]);
    assert!(notices.is_empty(), "{notices:?}");
}

#[test]
fn named_files_are_taken_whatever_their_ending() {
    let project = Project::new().file("code.py", "x").file(".hidden/c", "y");
    assert_eq!(found(&project, &["code.py", ".hidden/c"], &[]).0, [".hidden/c", "code.py"]);
}

#[test]
fn ignore_files_and_patterns_hold_for_folders_and_not_for_named_files() {
    let project = Project::new()
        .file(".gitignore", "a.md\n")
        .file(".stillrunsignore", "b.md\n")
        .file("a.md", "")
        .file("b.md", "")
        .file("old/c.md", "")
        .file("d.md", "");
    assert_eq!(found(&project, &["."], &["old/"]).0, ["d.md"]);
    assert_eq!(found(&project, &["a.md", "old/c.md"], &["old/"]).0, ["a.md", "old/c.md"]);

    let root = project.path("");
    let exclude = ["old/".to_owned()];
    let options = Options { root: &root, exclude: &exclude, force_exclude: true };
    assert!(discover(&[root.join("old/c.md")], &options).0.is_empty());
}

#[test]
fn a_bad_pattern_is_told() {
    let project = Project::new().file("d.md", "");
    let (names, notices) = found(&project, &["."], &["{a"]);
    assert_eq!(names, ["d.md"]);
    one(&notices, "{a: is not a pattern", true);
}

#[test]
fn missing_paths_and_links_to_nowhere_are_told_and_the_rest_goes_on() {
    let project = Project::new().file("d.md", "");
    let (names, notices) = found(&project, &["nope", "d.md"], &[]);
    assert_eq!(names, ["d.md"]);
    one(&notices, "no such file or folder", true);

    symlink("nowhere", project.path("e.md")).expect("a link");
    one(&found(&project, &["e.md"], &[]).1, "leads nowhere", true);
    let (names, notices) = found(&project, &["."], &[]);
    assert_eq!(names, ["d.md"]);
    one(&notices, "e.md: no such file", true);
}

#[test]
fn loops_of_links_end() {
    let project = Project::new().file("a/d.md", "");
    symlink(project.path("a"), project.path("a/again")).expect("a link");
    let (names, notices) = found(&project, &["."], &[]);
    assert_eq!(names, ["a/d.md"]);
    one(&notices, "a/again: is a link to", false);

    symlink("self.md", project.path("self.md")).expect("a link");
    let (names, notices) = found(&project, &["self.md"], &[]);
    assert!(names.is_empty());
    one(&notices, "symbolic links", true);
}

#[test]
fn one_file_under_two_names_is_one_document() {
    let project = Project::new().file("real.md", "");
    symlink("real.md", project.path("alias.md")).expect("a link");
    assert_eq!(found(&project, &["."], &[]).0, ["real.md"]);
    assert_eq!(found(&project, &["alias.md"], &[]).0, ["alias.md"]);
    assert_eq!(found(&project, &["real.md", "./real.md", "."], &[]).0, ["real.md"]);
}

#[test]
fn folders_without_documents_are_told() {
    let project = Project::new().file("a/x.py", "");
    std::fs::create_dir(project.path("x.md")).expect("made");
    one(&found(&project, &["a"], &[]).1, "holds no documents", false);
    one(&found(&project, &["x.md"], &[]).1, "holds no documents", false);
    assert!(found(&project, &["."], &[]).0.is_empty());
}

#[test]
fn binary_files_are_no_documents() {
    let project = Project::new().file("a.md", b"\x7fELF\0\0").file("b.md", "x");
    let (names, notices) = found(&project, &["."], &[]);
    assert_eq!(names, ["b.md"]);
    one(&notices, "a.md: is binary", false);
    one(&found(&project, &["a.md"], &[]).1, "a.md: is binary", true);
}

#[test]
fn losses_are_told_with_their_line_and_the_document_is_kept() {
    let late = [b"x\n".repeat(5000), b"\0".to_vec()].concat();
    let cases: [(&[u8], &[&str]); 6] = [
        (b"\xef\xbb\xbfx", &[]),
        (b"x\r\ny\rz", &[]),
        (b"\xff\xfex\0", &[]),
        (b"x\n\xff\xfe", &["a.md:2: bytes that are not UTF-8"]),
        (&late, &["a.md:5001: holds a NUL byte"]),
        (b"", &[]),
    ];
    for (bytes, expected) in cases {
        let project = Project::new().file("a.md", bytes);
        let (names, notices) = found(&project, &["a.md"], &[]);
        assert_eq!(names, ["a.md"]);
        assert_eq!(notices.len(), expected.len(), "{notices:?}");
        for (notice, expected) in notices.iter().zip(expected) {
            assert!(notice.to_string().starts_with(expected), "{notice}");
            assert!(!notice.lost);
        }
    }
}

#[test]
fn too_large_files_are_told_and_not_read() {
    let project = Project::new().file("a.md", "");
    let file = std::fs::OpenOptions::new().write(true).open(project.path("a.md"));
    file.expect("opened").set_len(stillruns::discover::LARGEST + 1).expect("grown");
    let (names, notices) = found(&project, &["a.md"], &[]);
    assert!(names.is_empty());
    one(&notices, "is larger than 64 MiB", true);
}

#[test]
fn special_files_are_not_waited_for() {
    let (documents, notices) = discover(
        &[PathBuf::from("/dev/zero")],
        &Options { root: Path::new("/"), exclude: &[], force_exclude: false },
    );
    assert!(documents.is_empty());
    one(&notices, "is neither a file nor a folder", true);
}

#[test]
fn names_that_are_not_utf_8_are_escaped_and_told() {
    let project = Project::new().file(std::ffi::OsStr::from_bytes(b"a\xff.md"), "x");
    let (names, notices) = found(&project, &["."], &[]);
    assert_eq!(names, ["a\\xff.md"]);
    one(&notices, "not UTF-8", false);
}

#[test]
fn names_are_relative_to_the_root_where_they_can_be() {
    let project = Project::new().file("in/a.md", "").file("out/b.md", "");
    let root = project.path("in");
    let options = Options { root: &root, exclude: &[], force_exclude: false };
    let typed = [root.join("../in/./a.md"), root.join("../out/b.md")];
    let (documents, _) = discover(&typed, &options);
    let names: Vec<&str> = documents.iter().map(|document| document.path.as_str()).collect();
    assert_eq!(names.len(), 2);
    assert!(names.contains(&"a.md"), "{names:?}");
    assert!(names.iter().any(|name| name.ends_with("/in/../out/b.md")), "{names:?}");
}
