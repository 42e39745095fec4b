//! Files and folders that snippets make, whatever their language.
//!
//! Knows paths only: what makes and uses them is told by `syntax`, where they lie by whoever asks.

use std::collections::HashMap;

use crate::model::{Link, LinkKind};

/// Who made what.
#[derive(Default)]
pub(super) struct Made {
    makers: HashMap<String, usize>,
    /// Who made something below a folder, the latest last.
    below: HashMap<String, Vec<usize>>,
}

/// How many makers of what lies in one folder are remembered.
const MOST_BELOW: usize = 16;

impl Made {
    /// Links to whoever made `path`, the folder that it lies in, or what lies in it.
    pub(super) fn needed(&self, path: &str) -> Vec<Link> {
        let link = |to: usize| Link { to, kind: LinkKind::Prepares(path.to_owned()) };
        let maker = above(path).find_map(|path| self.makers.get(path)).copied();
        let below = self.below.get(path).into_iter().flatten().copied();
        maker.into_iter().chain(below).map(link).collect()
    }

    /// The snippet `at` makes `path`.
    pub(super) fn made(&mut self, path: &str, at: usize) {
        self.makers.insert(path.to_owned(), at);
        let top = (!path.starts_with('/')).then_some(".");
        for folder in above(path).skip(1).chain(top) {
            let makers = self.below.entry(folder.to_owned()).or_default();
            if makers.last() != Some(&at) {
                makers.push(at);
                makers.drain(..makers.len().saturating_sub(MOST_BELOW));
            }
        }
    }
}

/// `path` and the folders that it lies in, the nearest first.
fn above(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| path.rsplit_once('/').map(|(above, _)| above))
        .filter(|path| !path.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_prepared_by_what_it_lies_in_and_what_lies_in_it() {
        let mut made = Made::default();
        made.made("a/b", 1);
        made.made("a/b/c", 2);
        let needed = |path: &str| made.needed(path).iter().map(|link| link.to).collect::<Vec<_>>();
        assert_eq!(needed("a/b/c"), [2]);
        assert_eq!(needed("a/b/x"), [1, 2].map(|to: usize| to)[..1]);
        assert_eq!(needed("a"), [1, 2]);
        assert_eq!(needed("."), [1, 2]);
        assert_eq!(needed("x"), [0; 0]);
    }
}
