//! Snippet files and their manifest: whole, in place, brought up to date, nothing else touched.

use std::os::unix::fs::{MetadataExt, symlink};

use stillruns::discover::{Options, discover};
use stillruns::model::{Document, Found, MANIFEST_VERSION};
use stillruns::{pipeline, store};

use crate::project::{MIXED, Project, python};

/// Extracts every document of the project into its folder `out`.
#[track_caller]
fn extract(project: &Project) -> store::Extraction {
    let (documents, found) = everything(project);
    let pairs: Vec<(&Document, &Found)> = documents.iter().zip(&found).collect();
    store::extract(&project.path("out"), &pairs).expect("extracted")
}

fn everything(project: &Project) -> (Vec<Document>, Vec<Found>) {
    let root = project.path("");
    let options = Options { root: &root, exclude: &[], force_exclude: false };
    let (documents, _) = discover(std::slice::from_ref(&root), &options);
    let found = documents.iter().map(pipeline::find).collect();
    (documents, found)
}

#[test]
fn every_example_is_a_file_and_the_manifest_says_where_it_came_from() {
    let project = Project::with(MIXED);
    let manifest = extract(&project).manifest;
    let stored = store::load(&project.path("out")).expect("loaded");
    assert_eq!(manifest.entries.len(), 3);
    assert_eq!(stored.len(), 3);
    assert!(project.read("out/manifest.json").ends_with("}\n"));
    for one in &stored {
        assert_eq!(project.read(format!("out/{}", one.entry.file)), one.code);
        assert_eq!(one.entry.lines.len(), one.code.lines().count());
        for (line, number) in one.code.lines().zip(&one.entry.lines) {
            assert_eq!(MIXED.lines().nth(*number as usize - 1), Some(line));
        }
    }
    assert!(stored[0].entry.file.ends_with(".py") && stored[2].entry.file.ends_with(".sh"));
}

#[test]
fn a_second_extract_touches_nothing() {
    let project = Project::with(MIXED);
    extract(&project);
    let files = project.files("out");
    let inodes = || -> Vec<u64> {
        let inode = |file: &String| std::fs::metadata(project.path(format!("out/{file}")));
        files.iter().map(|file| inode(file).expect("there").ino()).collect()
    };
    let before = inodes();
    let again = extract(&project);
    assert!(again.is_current(), "{again:?}");
    assert_eq!(before, inodes());
}

#[test]
fn stale_files_go_and_everything_else_stays() {
    let project = Project::with(MIXED).file("b.md", python("import this"));
    let first = extract(&project);
    project.put("out/a.md/verdicts.snap", "mine");
    project.put("out/notes.txt", "mine");
    let edited = first.manifest.entries.iter().find(|entry| entry.start == 10).expect("one");
    project.put(format!("out/{}", edited.file), "changed by hand");
    project.put("a.md", python("print(1 + 1)"));
    std::fs::remove_file(project.path("b.md")).expect("removed");

    let second = extract(&project);
    assert_eq!(second.left, std::slice::from_ref(&edited.file));
    assert_eq!(second.removed.len(), 2);
    let mut expected = vec![second.manifest.entries[0].file.clone(), "a.md/verdicts.snap".into()];
    expected.extend([edited.file.clone(), "manifest.json".into(), "notes.txt".into()]);
    expected.sort();
    assert_eq!(project.files("out"), expected);
    assert!(!project.path("out/b.md").exists());
}

#[test]
fn ids_survive_an_inserted_paragraph() {
    let project = Project::with(MIXED);
    let ids = |project: &Project| -> Vec<String> {
        let entries = extract(project).manifest.entries;
        entries.into_iter().map(|entry| entry.id.to_string()).collect()
    };
    let before = ids(&project);
    project.put("a.md", format!("A new paragraph.\n\n{MIXED}"));
    assert_eq!(before, ids(&project));
}

#[test]
fn names_with_dots_stay_below_the_root() {
    let project =
        Project::new().file("in/x.md", "").file("out-of-it.md", python("x = 1\nprint(x)"));
    let root = project.path("in");
    let options = Options { root: &root, exclude: &[], force_exclude: false };
    let (documents, _) = discover(&[root.join("../out-of-it.md")], &options);
    let found: Vec<Found> = documents.iter().map(pipeline::find).collect();
    let pairs: Vec<(&Document, &Found)> = documents.iter().zip(&found).collect();
    store::extract(&project.path("in/out"), &pairs).expect("extracted");
    let files = project.files("in/out");
    assert_eq!(files.len(), 2, "{files:?}");
    assert!(files[0].starts_with("_root/") && files[0].contains("/_up/"), "{files:?}");
}

#[test]
fn links_below_the_root_are_not_followed() {
    let project = Project::with(MIXED);
    std::fs::create_dir_all(project.path("out")).expect("made");
    std::fs::create_dir_all(project.path("elsewhere")).expect("made");
    symlink(project.path("elsewhere"), project.path("out/a.md")).expect("a link");
    let (documents, found) = everything(&project);
    let pairs: Vec<(&Document, &Found)> = documents.iter().zip(&found).collect();
    let error = store::extract(&project.path("out"), &pairs).expect_err("refused").to_string();
    assert!(error.contains("symbolic link"), "{error}");
    assert!(project.files("elsewhere").is_empty());
}

#[test]
fn a_manifest_that_is_not_ours_is_refused() {
    let project = Project::with(MIXED);
    extract(&project);
    let good = project.read("out/manifest.json");
    let version = format!("\"version\": {MANIFEST_VERSION}");
    let cases = [
        (good.replace(&version, "\"version\": 1"), "it has version 1"),
        (good.replace(&version, &format!("{version}, \"more\": 0")), "unknown field `more`"),
        (good.replace(&format!("{version},"), ""), "no version number"),
        ("{".to_owned(), "failed to read"),
    ];
    for (text, expected) in cases {
        project.put("out/manifest.json", text);
        let error = store::load(&project.path("out")).expect_err("refused").to_string();
        assert!(error.contains(expected), "{error}");
    }
    let outside = good.replacen("\"file\": \"a.md/", "\"file\": \"../", 1);
    project.put("out/manifest.json", outside);
    assert!(store::load(&project.path("out")).is_err());
}

#[test]
fn a_manifest_whose_links_do_not_point_backwards_is_refused() {
    let block = |code: &str| format!("```python\n{code}\n```\n\n");
    let project = Project::with(&(block("x = 1") + &block("y = x") + &block("print(y)")));
    let entries = extract(&project).manifest.entries;
    let good = project.read("out/manifest.json");
    let needs = |id: &str| format!("\"id\": \"{id}\",\n          \"line\"");
    assert!(good.contains(&needs(entries[1].id.as_str())), "{good}");
    for wrong in [entries[1].id.as_str(), entries[2].id.as_str(), "0123456789ab"] {
        let text = good.replace(&needs(entries[0].id.as_str()), &needs(wrong));
        assert_ne!(text, good);
        project.put("out/manifest.json", text);
        let error = store::load(&project.path("out")).expect_err("refused").to_string();
        assert!(error.contains("which is no earlier entry of its document"), "{error}");
    }
}

#[test]
fn edited_files_are_loaded_and_missing_ones_are_named() {
    let project = Project::with(MIXED);
    let file = extract(&project).manifest.entries[0].file.clone();
    project.put(format!("out/{file}"), "print('edited')\n");
    assert_eq!(store::load(&project.path("out")).expect("loaded")[0].code, "print('edited')\n");
    std::fs::remove_file(project.path(format!("out/{file}"))).expect("removed");
    let error = store::load(&project.path("out")).expect_err("missing").to_string();
    assert!(error.contains(&file) && error.contains("missing"), "{error}");
}
