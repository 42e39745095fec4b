//! Documents that become parts of others: what is found in a part does not depend on what stands
//! before it or behind it, or on how its lines end.

use proptest::prelude::*;
use stillruns::model::{DocPath, Document, Region, Snippet};
use stillruns::text::{Mapped, Span, decode};
use stillruns::{pipeline, scan};

use crate::markups::{MARKUPS, Markup, notebook};
use crate::writing::{Piece, SENTENCES, pieces};
use crate::{promises, properties};

/// What is found at a place: where, what it is, and every byte of it with its origin.
#[derive(Clone, Debug, PartialEq)]
struct Seen {
    from: usize,
    to: usize,
    what: String,
    code: String,
    origins: Vec<Option<usize>>,
}

impl Seen {
    fn behind(mut self, offset: usize) -> Self {
        self.from += offset;
        self.to += offset;
        for origin in self.origins.iter_mut().flatten() {
            *origin += offset;
        }
        self
    }
}

/// The document `text`, in the format that its name tells.
fn read(name: &str, text: &str) -> Document {
    Document::new(DocPath::new(name), text.to_owned())
}

fn document(markup: Markup, text: &str) -> Document {
    let mut document = read(markup.name, text);
    document.format = Some(markup.format.to_owned());
    document
}

/// The regions of `text` and what became of them, both in order.
fn seen(markup: Markup, text: &str) -> (Vec<Seen>, Vec<Seen>) {
    let document = document(markup, text);
    promises::keep(&document);
    let see = |at: Span, what: String, code: &Mapped| Seen {
        from: at.start(),
        to: at.end(),
        what,
        code: code.text().to_owned(),
        origins: (0..code.text().len()).map(|at| code.origin(at)).collect(),
    };
    let regions = scan::scan(&document);
    let regions =
        regions.iter().map(|one| see(one.at, format!("{} {:?}", one.cue, one.tag), &one.code));
    let found = pipeline::find(&document);
    let snippets = found
        .snippets
        .iter()
        .map(|one| see(one.at, format!("{:?}", one.classification), &one.code));
    let none = Mapped::default();
    let skips = found.skips.iter().map(|one| see(one.at, one.reason.to_string(), &none));
    (regions.collect(), snippets.chain(skips).collect())
}

fn sorted(mut all: Vec<Seen>) -> Vec<Seen> {
    all.sort_by_key(|one| (one.from, one.to, one.what.clone()));
    all
}

/// Asserts that `parts`, each with where it begins in `whole`, hold all that is found in it.
fn assert_parts(markup: Markup, whole: &str, parts: &[(usize, &str)]) {
    let (regions, found) = seen(markup, whole);
    let (mut wanted, mut wanted_found) = (Vec::new(), Vec::new());
    for (at, part) in parts {
        let (regions, found) = seen(markup, part);
        wanted.extend(regions.into_iter().map(|one| one.behind(*at)));
        wanted_found.extend(found.into_iter().map(|one| one.behind(*at)));
    }
    assert_eq!(wanted, regions, "in {whole}");
    assert_eq!(sorted(wanted_found), sorted(found), "in {whole}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn two_documents_with_a_heading_between_are_both_found(
        markup in prop::sample::select(MARKUPS),
        first in pieces(),
        second in pieces(),
    ) {
        let (first, second) = ((markup.write)(&first), (markup.write)(&second));
        // As prose as a heading can be: what a cell printed ends at it even in plain text.
        let heading = (markup.heading)("The rest of the garden");
        let before = format!("{first}\n{heading}\n");
        let whole = format!("{before}{second}");
        assert_parts(markup, &whole, &[(0, &first), (before.len(), &second)]);
    }

    #[test]
    fn what_follows_a_document_changes_nothing_in_it(
        markup in prop::sample::select(MARKUPS),
        first in pieces(),
        behind in properties::document(),
    ) {
        let first = (markup.write)(&first);
        let heading = (markup.heading)("The rest of the garden");
        let behind = decode(behind.into_bytes()).text;
        let (alone, _) = seen(markup, &first);
        let (whole, _) = seen(markup, &format!("{first}\n{heading}\n{behind}"));
        let before: Vec<Seen> = whole.into_iter().filter(|one| one.from < first.len()).collect();
        prop_assert_eq!(alone, before);
    }

    #[test]
    fn every_promise_is_kept_where_markups_mix(
        markup in prop::sample::select(MARKUPS),
        parts in prop::collection::vec(
            (prop::sample::select(MARKUPS), pieces(), properties::document()),
            1..3,
        ),
    ) {
        let part = |(markup, pieces, other): &(Markup, Vec<_>, String)| {
            format!("{}{other}", (markup.write)(pieces))
        };
        let text: String = parts.iter().map(part).collect();
        promises::keep(&document(markup, &decode(text.into_bytes()).text));
    }

    #[test]
    fn prose_in_front_shifts_what_is_found(
        markup in prop::sample::select(MARKUPS),
        text in prop::sample::select(SENTENCES),
        behind in pieces(),
    ) {
        let (front, behind) = ((markup.paragraph)(text), (markup.write)(&behind));
        let whole = format!("{front}\n{behind}");
        assert_parts(markup, &whole, &[(front.len() + 1, &behind)]);
    }

    #[test]
    fn the_cells_of_two_notebooks_are_found_in_one(first in pieces(), second in pieces()) {
        let found = |pieces: &[Piece], end: &str| {
            let document = read("a.ipynb", &notebook(pieces, end));
            promises::keep(&document);
            let see = |one: &Region| (one.cue, one.tag.clone(), one.code.text().to_owned());
            scan::scan(&document).iter().map(see).collect::<Vec<_>>()
        };
        let heading = Piece::Heading("The rest of the garden");
        let both = [&first[..], &[heading], &second[..]].concat();
        let wanted = [found(&first, "\n"), found(&second, "\n")].concat();
        prop_assert_eq!(&found(&both, "\n"), &wanted);
        prop_assert_eq!(&found(&both, "\r\n"), &wanted);
    }

    #[test]
    fn line_ends_and_marks_of_the_encoding_change_nothing(
        markup in prop::sample::select(MARKUPS),
        text in pieces(),
    ) {
        let text = (markup.write)(&text);
        let utf16 = |order: fn(u16) -> [u8; 2], mark: [u8; 2]| {
            mark.into_iter().chain(text.encode_utf16().flat_map(order)).collect::<Vec<u8>>()
        };
        let all = [
            text.replace('\n', "\r\n").into_bytes(),
            text.replace('\n', "\r").into_bytes(),
            format!("\u{feff}{text}").into_bytes(),
            format!("\u{feff}{text}").replace('\n', "\r\n").into_bytes(),
            utf16(u16::to_le_bytes, [0xff, 0xfe]),
            utf16(u16::to_be_bytes, [0xfe, 0xff]),
        ];
        let found = |bytes: Vec<u8>| {
            let document = read(markup.name, &decode(bytes).text);
            let found = pipeline::find(&document);
            let one = |one: &Snippet| (one.id.clone(), one.code.clone());
            (scan::format_name(&document), found.snippets.iter().map(one).collect::<Vec<_>>())
        };
        let wanted = found(text.clone().into_bytes());
        for bytes in all {
            prop_assert_eq!(&found(bytes), &wanted);
        }
    }
}
