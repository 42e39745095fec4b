//! Pages of wikis, in the markups of several: everything that is promised of a document.

#![no_main]

use libfuzzer_sys::fuzz_target;
use stillruns_fuzz::keep;

fuzz_target!(|bytes: &[u8]| {
    for name in ["a.wiki", "a.mediawiki", "a.jira", "a.textile"] {
        keep(name, "wiki", bytes);
    }
});
