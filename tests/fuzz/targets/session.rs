//! A session holds every line of its text once, and no prompt is longer than its line.

#![no_main]

use libfuzzer_sys::fuzz_target;
use stillruns::syntax::session::{self, Role};

fuzz_target!(|text: &str| {
    for line in text.lines() {
        if let Some((_, len)) = session::prompt(line) {
            assert!(len > 0 && line.is_char_boundary(len));
        }
    }
    let Some(session) = session::split(text) else { return };
    let mut end = 0;
    for (span, role) in &session.lines {
        assert_eq!(span.start(), end);
        let line = &text[span.range()];
        assert!(!line.contains('\n'));
        if let Role::Input(len) | Role::More(len) = role {
            assert!(line.is_char_boundary(*len), "{role:?} in {line:?}");
        }
        end = span.end() + 1;
    }
    assert!(end == text.len() || end == text.len() + 1);
    assert!(session.lines.iter().any(|(_, role)| matches!(role, Role::Input(_))));
});
