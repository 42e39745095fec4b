//! Any text is a run's events or is refused, with the line; what is read can be told in every format,
//! and as events is read again as the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use stillruns::report::{Options, REPORTS, find, read};

fuzz_target!(|text: &str| {
    let summary = match read(text) {
        Ok(summary) => summary,
        Err(unread) => {
            assert!(unread.line >= 1 && !unread.cause.is_empty());
            return;
        }
    };
    for report in REPORTS {
        let mut bytes = Vec::new();
        (report.write)(&summary, &Options::default(), &mut bytes).expect("memory takes all");
        assert!(std::str::from_utf8(&bytes).is_ok());
    }
    let mut lines = Vec::new();
    let events = find("jsonl").expect("a format");
    (events.write)(&summary, &Options::default(), &mut lines).expect("memory takes all");
    assert_eq!(read(&String::from_utf8_lossy(&lines)), Ok(summary));
});
