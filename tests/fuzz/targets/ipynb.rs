//! Notebooks: everything that is promised of a document; and text in a cell of a language without
//! magics comes out as it went in, whichever way it is cut into strings.

#![no_main]

use libfuzzer_sys::fuzz_target;
use stillruns::syntax::session;
use stillruns::text;
use stillruns_fuzz::{codes, keep, keep_text};

fuzz_target!(|bytes: &[u8]| {
    keep("a.ipynb", "ipynb", bytes);
    let text = text::decode(bytes.to_vec()).text;
    let whole = serde_json::json!(text);
    let cut = serde_json::json!(text.split_inclusive(['\n', 'a']).collect::<Vec<_>>());
    let mut found = [whole, cut].map(|source| {
        let notebook = serde_json::json!({
            "metadata": {"kernelspec": {"language": "julia"}},
            "cells": [
                {"cell_type": "code", "source": source, "outputs": [{"text": source}]},
                {"cell_type": "raw", "source": source},
            ],
        });
        codes(&keep_text("a.ipynb", "ipynb", &notebook.to_string()))
    });
    let [whole, cut] = &mut found;
    assert_eq!(whole, cut);
    // A session may hold those of several programs, and is one region for each.
    if session::split(&text).is_none() {
        let filled = text.chars().any(|c| c != '\n');
        assert_eq!(whole.len(), if filled { 3 } else { 0 });
        for code in whole {
            assert_eq!(code.strip_suffix('\n'), Some(text.strip_suffix('\n').unwrap_or(&text)));
        }
    }
    let python = serde_json::json!({"cells": [
        {"cell_type": "code", "source": text},
        {"cell_type": "markdown", "source": text},
    ]});
    keep_text("a.ipynb", "ipynb", &python.to_string());
});
