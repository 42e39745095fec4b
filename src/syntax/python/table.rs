//! Names of the standard library and the versions that have them.
//!
//! The table is `names.tsv`, which `ci/names.py` reads off the interpreters. It holds the names
//! only that some version lacks.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::model::{Python, Versions};

/// Names by what they are.
#[derive(Default)]
struct Table {
    /// Modules, what they hold, and what their classes hold, by full name.
    library: HashMap<String, Versions>,
    builtins: HashMap<&'static str, Versions>,
    /// Methods, with the number of their arguments.
    methods: HashMap<&'static str, (usize, Versions)>,
    members: HashMap<&'static str, Versions>,
    keywords: HashMap<&'static str, Versions>,
    /// Builtins that are ordinary words.
    called: HashSet<&'static str>,
    /// Modules that are ordinary words.
    common: HashSet<&'static str>,
    /// What some of those hold, by full name.
    holds: HashSet<&'static str>,
    /// Members of builtin types.
    plain: HashSet<&'static str>,
    old: HashSet<&'static str>,
    new: HashSet<&'static str>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| read(include_str!("names.tsv")));

fn read(text: &'static str) -> Table {
    let mut table = Table::default();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let mut columns = line.split('\t');
        let (Some(home), Some(set), Some(names)) = (columns.next(), columns.next(), columns.next())
        else {
            continue;
        };
        let versions = versions(set);
        for name in names.split(' ') {
            match home {
                "builtin:" => drop(table.builtins.insert(name, versions)),
                "member:" => drop(table.members.insert(name, versions)),
                "keyword:" => drop(table.keywords.insert(name, versions)),
                "method:" => {
                    let (name, count) = name.split_once('/').unwrap_or((name, ""));
                    let count = count.parse().unwrap_or(usize::MAX);
                    table.methods.insert(name, (count, versions));
                }
                "called:" => drop(table.called.insert(name)),
                "common:" => drop(table.common.insert(name)),
                "holds:" => drop(table.holds.insert(name)),
                "plain:" => drop(table.plain.insert(name)),
                "old:" => drop(table.old.insert(name)),
                "new:" => drop(table.new.insert(name)),
                "." => drop(table.library.insert(name.to_owned(), versions)),
                _ => drop(table.library.insert(format!("{home}.{name}"), versions)),
            }
        }
    }
    table
}

/// Reads `2.7,3.1-3.8`; what has no end lasts.
fn versions(text: &str) -> Versions {
    let newest = Versions::KNOWN[Versions::KNOWN.len() - 1];
    text.split(',').fold(Versions::NONE, |all, part| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let first = Python::parse(first).unwrap_or(newest);
        let last = Python::parse(last).unwrap_or(newest);
        let since = Versions::since(first.major, first.minor);
        all.or(since.and(Versions::until(last.major, last.minor)))
    })
}

/// The versions that have everything of the dotted name `full`, and the shortest beginning of it
/// that some version lacks; nothing where all have it, as far as is known.
pub(super) fn library(full: &str) -> Option<(&str, Versions)> {
    let ends = full.match_indices('.').map(|(at, _)| at).chain([full.len()]);
    let mut found: Option<(&str, Versions)> = None;
    for end in ends {
        let Some(versions) = TABLE.library.get(&full[..end]) else { continue };
        let had = found.map_or(Versions::ALL, |(_, versions)| versions);
        let both = had.and(*versions);
        if both != had {
            found = Some((&full[..end], both));
        }
    }
    found
}

/// The versions that have the builtin `name`, if not all have it.
pub(super) fn builtin(name: &str) -> Option<Versions> {
    TABLE.builtins.get(name).copied()
}

/// The versions whose types have the method `name` of so many arguments, if not all have it.
pub(super) fn method(name: &str, arguments: usize) -> Option<Versions> {
    let (count, versions) = TABLE.methods.get(name)?;
    (*count == usize::MAX || *count == arguments).then_some(*versions)
}

/// The versions whose types have the member `name`, if not all have it.
pub(super) fn member(name: &str) -> Option<Versions> {
    TABLE.members.get(name).copied()
}

/// The versions where `function:keyword` is one, if not all of them.
pub(super) fn keyword(name: &str) -> Option<Versions> {
    TABLE.keywords.get(name).copied()
}

/// Whether a builtin is an ordinary word as well, and counts only where it is called.
pub(super) fn is_called_only(name: &str) -> bool {
    TABLE.called.contains(name)
}

/// Whether `module.member` means the library's module where nothing imports it. Modules that are
/// ordinary words do by members of their own only: `string.join` may be any text's.
pub(super) fn is_meant(module: &str, member: &str) -> bool {
    if !TABLE.common.contains(module) {
        return true;
    }
    let full = format!("{module}.{member}");
    let own = TABLE.library.contains_key(&full) && !TABLE.library.contains_key(module);
    (own || TABLE.holds.contains(full.as_str())) && !TABLE.plain.contains(member)
}

/// Whether Python 2 looks for the special name, and Python 3 does not.
pub(super) fn is_old_special(name: &str) -> bool {
    TABLE.old.contains(name)
}

/// Whether Python 3 looks for the special name, and Python 2 does not.
pub(super) fn is_new_special(name: &str) -> bool {
    TABLE.new.contains(name)
}
