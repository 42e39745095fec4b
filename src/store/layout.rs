//! Where the files of a document lie below the output root.
//!
//! Injective (up to a hash for very long names) and never outside of the root. A component that
//! begins with `_` was made here, or begins with two of them; `%` begins an escaped byte and `~`
//! a hash, and neither stands for itself. Touches no file.

use std::path::PathBuf;

use crate::model::{DocPath, Lang, SnippetId, sha256_hex};

/// The manifest, directly below the root.
pub(crate) const MANIFEST: &str = "manifest.json";

/// Names directly below the root that are no document's folder.
const RESERVED: [&str; 2] = [MANIFEST, "README.md"];

/// Longest component that is kept as it is, in bytes; file systems take 255.
const LONGEST: usize = 200;

/// The folder of a document, relative to the root.
pub(crate) fn folder(document: &DocPath) -> PathBuf {
    PathBuf::from(folder_name(document))
}

/// The file of a snippet, relative to the root, with forward slashes.
pub(crate) fn file(document: &DocPath, id: &SnippetId, class: Lang) -> String {
    format!("{}/{id}.{}", folder_name(document), class.extension())
}

fn folder_name(document: &DocPath) -> String {
    let name = document.as_str();
    if name.is_empty() {
        return "_empty".to_owned();
    }
    if RESERVED.contains(&name) {
        return format!("_{name}");
    }
    let parts: Vec<String> = match name.strip_prefix('/') {
        Some("") => vec!["_root".to_owned()],
        Some(rest) => {
            std::iter::once("_root".to_owned()).chain(rest.split('/').map(component)).collect()
        }
        None => name.split('/').map(component).collect(),
    };
    parts.join("/")
}

fn component(part: &str) -> String {
    if part == ".." {
        return "_up".to_owned();
    }
    let mut made = String::with_capacity(part.len() + 1);
    if part.starts_with('_') {
        made.push('_');
    }
    for character in part.chars() {
        if character.is_control() || "\\:*?\"<>|%~".contains(character) {
            let mut bytes = [0; 4];
            for byte in character.encode_utf8(&mut bytes).bytes() {
                made.push_str(&format!("%{byte:02X}"));
            }
        } else {
            made.push(character);
        }
    }
    if made.len() <= LONGEST {
        return made;
    }
    let hash = &sha256_hex(part.as_bytes())[..32];
    let mut cut = LONGEST - 1 - hash.len();
    while !made.is_char_boundary(cut) {
        cut -= 1;
    }
    made.truncate(cut);
    format!("{made}~{hash}")
}

#[cfg(test)]
mod tests {
    use std::path::{Component, Path};

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn odd_names_stay_below_the_root() {
        let long = "x".repeat(300);
        let cases = [
            ("docs/a.md", "docs/a.md"),
            ("../a.md", "_up/a.md"),
            ("_up/a.md", "__up/a.md"),
            ("/etc/motd", "_root/etc/motd"),
            ("_root/a", "__root/a"),
            ("manifest.json", "_manifest.json"),
            ("_manifest.json", "__manifest.json"),
            ("README.md", "_README.md"),
            ("docs/README.md", "docs/README.md"),
            ("C:\\a\0%", "C%3A%5Ca%00%25"),
            ("", "_empty"),
            ("/", "_root"),
        ];
        for (name, expected) in cases {
            assert_eq!(folder_name(&DocPath::new(name)), expected, "{name:?}");
        }
        assert!(folder_name(&DocPath::new(&long)).len() <= LONGEST);
    }

    proptest! {
        #[test]
        fn no_name_leaves_the_root(name in "\\PC*|[./_a%~]{0,12}|.{0,300}") {
            let path = folder_name(&DocPath::new(&name));
            prop_assert!(!path.is_empty());
            prop_assert!(Path::new(&path).components().all(|part| matches!(part, Component::Normal(_))));
            prop_assert!(path.split('/').all(|part| part.len() <= LONGEST && !part.is_empty()));
        }

        #[test]
        fn different_names_never_collide(
            one in "[./_aupMroot%~:2E\u{e9}-]{0,14}|(\\.\\./|_|__|up|root|/|manifest.json|README.md){0,5}|a{195,205}",
            two in "[./_aupMroot%~:2E\u{e9}-]{0,14}|(\\.\\./|_|__|up|root|/|manifest.json|README.md){0,5}|a{195,205}",
        ) {
            let (one, two) = (DocPath::new(&one), DocPath::new(&two));
            prop_assert_eq!(folder_name(&one) == folder_name(&two), one == two);
        }
    }
}
