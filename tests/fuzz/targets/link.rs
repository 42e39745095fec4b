//! Links point backwards, whatever the snippets hold, and are the same when they are asked for
//! again. Asked of texts as they are, in every language, and of documents made of them.

#![no_main]

use std::fmt::Write as _;

use libfuzzer_sys::fuzz_target;
use stillruns::model::{DocPath, Document, Lang};
use stillruns::syntax::python::closed::is_closed;
use stillruns::syntax::python::scope::scope;
use stillruns::{pipeline, syntax, text};

fuzz_target!(|bytes: &[u8]| {
    let text = text::decode(bytes.to_vec()).text;
    for lang in [Lang::Py2, Lang::Py3] {
        assert_eq!(scope(&text, lang), scope(&text, lang));
    }
    let _ = is_closed(&text);
    assert_eq!(syntax::shell::scope(&text), syntax::shell::scope(&text));
    let mut page = String::new();
    for (at, part) in text.split('\u{1}').enumerate() {
        let tag = ["python", "sh", "py2"][at % 3];
        let _ = write!(page, "~~~~ {tag}\n{part}\n~~~~\n\nThen:\n\n");
    }
    let found = pipeline::find(&Document::new(DocPath::new("a.md"), page.clone()));
    let again = pipeline::find(&Document::new(DocPath::new("a.md"), page));
    assert_eq!(found.links, again.links);
    for at in 0..found.snippets.len() {
        assert!(found.links.needs(at).iter().all(|link| link.to < at));
        assert!(found.links.later(at).all(|later| later.at > at));
        assert!(found.links.closure(at).iter().all(|needed| *needed < at));
    }
});
