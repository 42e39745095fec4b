//! Which names a text defines, needs and changes at its top level.
//!
//! The text is gone through in the order in which Python would run it, with its rules of scope:
//! bodies of functions run when they are called, so what they need counts where their name is
//! used; classes, defaults, decorators and annotations run where they stand. Nothing is inferred
//! about values, and calls are not followed beyond the text. What joins one text with another is
//! for `link`.

mod bodies;
mod calls;
mod flow;
mod known;
mod statements;
mod targets;
mod walker;

use self::walker::Walker;
use super::{mend, tree};
use crate::model::Lang;
use crate::syntax::scope::{Body, Bound, By, Need, Scope, Touch, What};

pub use self::known::{changes_object, is_builtin};

/// Asks what `text` does with names when it runs as `lang`; total on all input.
pub fn scope(text: &str, lang: Lang) -> Scope {
    if super::is_hollow(text) {
        return Scope::default();
    }
    let Some(tree) = tree(text) else { return Scope::default() };
    if tree.root_node().has_error()
        && let Some(mended) = mend::mend(text)
        && let Some(better) = self::tree(&mended.text)
        && super::stumbles(&better) < super::stumbles(&tree)
    {
        return Walker::new(&mended.text, lang).run(better.root_node());
    }
    Walker::new(text, lang).run(tree.root_node())
}

#[cfg(test)]
mod tests;
