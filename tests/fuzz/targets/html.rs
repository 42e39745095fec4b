//! HTML pages: everything that is promised of a document; and text that is escaped inside a `<pre>`
//! comes out as it went in.

#![no_main]

use libfuzzer_sys::fuzz_target;
use stillruns::model::Cue;
use stillruns::syntax::session;
use stillruns::{scan, text};
use stillruns_fuzz::{keep, keep_text};

fuzz_target!(|bytes: &[u8]| {
    keep("a.html", "html", bytes);
    let text = text::decode(bytes.to_vec()).text;
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let page = keep_text("a.html", "html", &format!("<p>a</p><pre>x{escaped}y</pre><p>b</p>"));
    let (regions, code) = (scan::scan(&page), format!("x{text}y\n"));
    // A session may hold those of several programs, and is one region for each.
    if session::split(&code).is_none() {
        assert_eq!(regions.len(), 1);
        assert_eq!(regions[0].cue, Cue::Fenced);
        assert_eq!(regions[0].code.text(), code);
    }
});
