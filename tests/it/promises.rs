//! What must hold of every document, whatever it holds: asked by the property tests of generated
//! text, and by the fuzz targets of anything.
//!
//! A promise that is broken is a panic. Makes no documents.

use stillruns::model::{Cue, Document, Region};
use stillruns::text::{Mapped, Span};
use stillruns::{normalize, pipeline, restore, scan};

/// Everything that is promised of `document`.
pub(crate) fn keep(document: &Document) {
    let regions = scan::scan(document);
    assert_eq!(regions, scan::scan(document), "a second scan gives something else");
    assert_apart(&regions, &document.text);
    for region in &regions {
        assert_region(region, document);
    }
    assert_found(document, &regions);
}

/// Regions stand in order, share no byte, and begin and end between characters.
fn assert_apart(regions: &[Region], text: &str) {
    for region in regions {
        assert!(text.get(region.at.range()).is_some(), "{region:?} cuts a character");
    }
    for pair in regions.windows(2) {
        assert!(pair[0].at.start() <= pair[1].at.start(), "{pair:?} are out of order");
        assert!(!pair[0].at.overlaps(pair[1].at), "{pair:?} share bytes");
    }
}

/// The code of `region` is the document's, and stays so while it is restored and normalized.
fn assert_region(region: &Region, document: &Document) {
    assert_mapped(&region.code, &document.text);
    assert_inside(region, document);
    let restored = restore::restore(region);
    if let Some((restored, _)) = &restored {
        assert_mapped(&restored.code, &document.text);
        assert_eq!(bare(restored.code.text()), bare(region.code.text()), "not only white space");
        assert_eq!((restored.at, restored.cue), (region.at, region.cue));
        let confidence = restored.restored.expect("a restored region says how sure it is");
        assert!((restore::THRESHOLD..=100).contains(&confidence), "{confidence} % sure");
    }
    let region = restored.as_ref().map_or(region, |(region, _)| region);
    let (once, edits) = normalize::normalize(&region.code);
    assert_mapped(&once, &document.text);
    let (twice, more) = normalize::normalize(&once);
    assert_eq!(once.text(), twice.text(), "normalized twice: {more:?}");
    for edit in edits.iter().filter_map(|edit| edit.at) {
        assert!(document.text.get(edit.range()).is_some(), "{edit:?} cuts a character");
    }
    let lines = once.source_lines(&document.lines);
    assert_eq!(lines.len(), once.text().lines().count());
    assert!(lines.is_sorted() && lines.iter().all(|line| *line <= document.lines.count()));
}

/// What can be seen of the code stands where the region says that it does.
fn assert_inside(region: &Region, document: &Document) {
    for (at, byte) in region.code.text().bytes().enumerate() {
        let seen = byte.is_ascii() && !char::from(byte).is_whitespace();
        if let Some(origin) = region.code.origin(at).filter(|_| seen) {
            let inside = region.at.start() <= origin && origin < region.at.end();
            assert!(inside, "byte {origin} of {} is not in {region:?}", document.path);
        }
    }
}

/// Every region ends as a snippet or a skip, and everything that is said of a snippet is about its
/// own code.
fn assert_found(document: &Document, regions: &[Region]) {
    let found = pipeline::find(document);
    assert_eq!(regions.len(), found.snippets.len() + found.skips.len(), "regions vanish");
    let mut kept: Vec<(Span, Cue)> = found.snippets.iter().map(|one| (one.at, one.cue)).collect();
    kept.extend(found.skips.iter().map(|skip| (skip.at, skip.cue)));
    kept.sort();
    let mut wanted: Vec<(Span, Cue)> = regions.iter().map(|one| (one.at, one.cue)).collect();
    wanted.sort();
    assert_eq!(wanted, kept);
    for snippet in &found.snippets {
        assert_mapped(&snippet.code, &document.text);
        assert!(!snippet.code.text().trim().is_empty(), "an empty snippet");
        assert!(snippet.code.text().ends_with('\n'));
        assert!(snippet.classification.accepts.contains(&snippet.classification.lang));
        for seen in snippet.classification.evidence.iter().filter_map(|seen| seen.at) {
            assert!(seen.end() <= snippet.code.text().len(), "{seen:?} lies behind the code");
        }
    }
    assert_eq!(found.links.count(), found.snippets.len(), "a snippet without its links");
    for at in 0..found.snippets.len() {
        let backwards = found.links.needs(at).iter().all(|link| link.to < at);
        assert!(backwards && found.links.later(at).all(|later| later.at > at), "a link to itself");
    }
    let mut ids: Vec<&str> = found.snippets.iter().map(|snippet| snippet.id.as_str()).collect();
    ids.sort_unstable();
    assert!(ids.windows(2).all(|pair| pair[0] != pair[1]), "two snippets have one id");
}

/// Every byte of `code` is the byte of `source` that it says, and those only grow.
pub(crate) fn assert_mapped(code: &Mapped, source: &str) {
    let mut last = None;
    for (at, byte) in code.text().bytes().enumerate() {
        if let Some(origin) = code.origin(at) {
            assert_eq!(source.as_bytes()[origin], byte);
            assert!(last < Some(origin), "origins step back at {at}");
            last = Some(origin);
        }
    }
}

/// `text` without white space.
fn bare(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}
