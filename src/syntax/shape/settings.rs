//! Settings of a program, which look like assignments.
//!
//! Python would have quotes around their values, or know their names.

use std::collections::HashSet;

use super::{is_dotted, is_identifier};

/// Whether `lines` are settings: `name = value` each, and some value a bare word that no line
/// before it binds. Below the name of a `section` all assignments are.
pub fn are_settings(lines: &[&str], section: bool) -> bool {
    let mut bound = HashSet::new();
    let mut bare = false;
    for line in lines.iter().map(|line| line.trim()).filter(|line| !line.is_empty()) {
        if line.starts_with('#') {
            continue;
        }
        let Some((name, value)) = line.split_once('=') else { return false };
        let (name, value) = (name.trim(), value.trim());
        let plain = value.chars().all(|c| c.is_alphanumeric() || "_-./,: @%*".contains(c));
        let named =
            !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c));
        if !named || !plain && !section {
            return false;
        }
        bare |= value.split([',', ' ']).any(|word| is_bare(word) && !bound.contains(word));
        bound.insert(name);
    }
    !bound.is_empty() && (section || bound.len() > 1 && bare)
}

/// Whether `word` is a name that Python must know, a path, or an address.
fn is_bare(word: &str) -> bool {
    let constant = matches!(word, "True" | "False" | "None" | "");
    let named = is_identifier(word) || is_dotted(word);
    let path = word.contains('/') && word.contains(char::is_alphabetic);
    !constant && (named || path)
}

/// Whether `line` is the name of a section in brackets.
pub fn is_section(line: &str) -> bool {
    let inner = line.trim().strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    inner.is_some_and(|name| {
        let word = |c: char| c.is_alphanumeric() || "_-.: \"".contains(c);
        name.starts_with(char::is_alphabetic) && name.chars().all(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_told_from_assignments() {
        assert!(are_settings(&["host = db.example.org", "port = 80"], false));
        assert!(are_settings(&["debug = false", "keep = 14"], false));
        assert!(are_settings(&["port = 80"], true));
        for code in
            [&["x = 1", "y = 2"] as &[_], &["a = 1", "b = a"], &["a = f(b)", "c = d"], &["x = y"]]
        {
            assert!(!are_settings(code, false), "{code:?}");
        }
        assert!(is_section("[server]") && !is_section("[1, 2]"));
    }
}
