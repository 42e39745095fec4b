//! Restoring changes white space only, whatever lines a region has.

#![no_main]

use libfuzzer_sys::fuzz_target;
use stillruns::model::{Cue, Region};
use stillruns::restore::{THRESHOLD, restore};
use stillruns::text::{Mapped, Span};

fuzz_target!(|text: &str| {
    let at = Span::new(0, text.len());
    let code = Mapped::cut(text, [at]);
    let region = Region { at, cue: Cue::Unfenced, tag: None, code, restored: None, printed: None, directives: Vec::new(), numbers: None };
    let found = restore(&region);
    assert_eq!(found, restore(&region));
    let Some((restored, edits)) = found else { return };
    let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    assert_eq!(bare(restored.code.text()), bare(text));
    assert!(restored.restored.is_some_and(|sure| (THRESHOLD..=100).contains(&sure)));
    assert!(edits.iter().all(|edit| edit.with.trim().is_empty()));
    for cue in [Cue::Fenced, Cue::Doctest, Cue::Inline, Cue::Output] {
        assert_eq!(restore(&Region { cue, ..region.clone() }), None);
    }
});
