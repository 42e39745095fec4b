//! What some version reads and the grammar does not, made readable.
//!
//! The grammar takes `exec` before a name or a string only, takes later versions' keywords for
//! keywords always, and knows no defaults of type parameters. Where it stumbles, such words are
//! replaced by others of the same length, so that every place stays what it is, and what stood
//! there is noted as a form. Nothing else is ever changed.

use super::{Facts, Form};
use crate::model::{Strength, Versions};
use crate::syntax::lexical::{self, Kind};
use crate::text::Span;

/// A text made readable.
pub(super) struct Mended {
    /// As long as the text it was made of, byte for byte.
    pub(super) text: String,
    forms: Vec<Form>,
}

/// The text with what the grammar does not know replaced; nothing where there is none of it.
pub(super) fn mend(text: &str) -> Option<Mended> {
    let masked = masked(text);
    let mut mended = Mended { text: text.to_owned(), forms: Vec::new() };
    let mut begins = true;
    let mut at = 0;
    while at < masked.len() {
        let byte = masked[at];
        if !is_word(byte) {
            begins = match byte {
                b'\n' | b';' | b':' => true,
                b' ' | b'\t' => begins,
                _ => false,
            };
            at += 1;
            continue;
        }
        let end = at + masked[at..].iter().take_while(|byte| is_word(**byte)).count();
        mended.word(&masked, Span::new(at, end), begins);
        begins = false;
        at = end;
    }
    (!mended.forms.is_empty()).then_some(mended)
}

/// The bytes of `text` with strings made letters and comments made blanks.
fn masked(text: &str) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for (kind, span) in lexical::split(text) {
        let filler = match kind {
            Kind::Plain => continue,
            Kind::Quoted => b'"',
            Kind::Comment => b' ',
        };
        for byte in &mut bytes[span.range()] {
            if *byte != b'\n' || kind == Kind::Quoted {
                *byte = filler;
            }
        }
    }
    bytes
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

impl Mended {
    fn word(&mut self, masked: &[u8], at: Span, begins: bool) {
        let word = &masked[at.range()];
        let rest = &masked[at.end()..];
        let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let next = rest.get(blanks).copied().unwrap_or(b'\n');
        let assigned = next == b'=' && rest.get(blanks + 1) != Some(&b'=');
        match word {
            b"exec" if begins && executes(next, blanks) => {
                self.replace(at, "not ", "exec statement", Versions::PY2);
            }
            b"True" if begins && (assigned || next == b',') => {
                self.replace(at, "Tru_", "True as a name", Versions::PY2);
            }
            b"False" if assigned || begins && next == b',' => {
                self.replace(at, "Fals_", "True as a name", Versions::PY2);
            }
            b"nonlocal" if assigned || matches!(next, b'.' | b'(' | b')' | b',') => {
                self.replace(at, "nonloca_", "nonlocal as a name", Versions::PY2);
            }
            b"async" | b"await" if is_name(masked, at, next) => {
                let with = if word == b"async" { "asyn_" } else { "awai_" };
                let what = "async or await as a name";
                self.replace(at, with, what, Versions::until(3, 6));
            }
            b"class" | b"def" | b"type" if begins => self.type_defaults(masked, at.end()),
            _ => {}
        }
    }

    fn replace(&mut self, at: Span, with: &str, what: &'static str, versions: Versions) {
        self.text.replace_range(at.range(), with);
        self.forms.push(Form { what, versions, strength: Strength::Hard, at });
    }

    /// `class A[T = int]`: defaults (PEP 696) made bounds, which are written with a colon.
    fn type_defaults(&mut self, masked: &[u8], from: usize) {
        let is_name = |byte: &&u8| is_word(**byte) || **byte == b' ';
        let open = from + masked[from..].iter().take_while(is_name).count();
        if masked.get(open) != Some(&b'[') {
            return;
        }
        let mut depth = 0;
        for (at, byte) in masked.iter().enumerate().skip(open) {
            match byte {
                b'[' | b'(' => depth += 1,
                b']' | b')' if depth == 1 => return,
                b']' | b')' => depth -= 1,
                b'\n' if depth == 0 => return,
                b'=' if depth == 1 => {
                    let versions = Versions::since(3, 13);
                    self.replace(Span::new(at, at + 1), ":", "default of a type", versions);
                }
                _ => {}
            }
        }
    }

    /// Adds what was replaced to what the rest was found to be.
    pub(super) fn tell(self, facts: &mut Facts) {
        for form in &self.forms {
            if form.what == "exec statement" {
                facts.idle.retain(|idle| idle.start() != form.at.start());
                facts.effects.push((form.what, form.at));
            }
        }
        facts.effects.sort_by_key(|(_, at)| at.start());
        facts.forms.extend(self.forms);
    }
}

/// Whether `exec` is followed by what it executes, `blanks` away.
fn executes(next: u8, blanks: usize) -> bool {
    blanks > 0 && (is_word(next) || matches!(next, b'"' | b'\'' | b'`'))
        || blanks == 0 && matches!(next, b'"' | b'\'')
}

/// Whether the keyword at `at` is used as a name: behind a dot or a word that takes a name, or
/// before what no expression begins with.
fn is_name(masked: &[u8], at: Span, next: u8) -> bool {
    let before = masked[..at.start()].trim_ascii_end();
    let word = before.iter().rev().take_while(|byte| is_word(**byte)).count();
    let word = &before[before.len() - word..];
    before.ends_with(b".")
        || matches!(word, b"import" | b"as" | b"def" | b"class" | b"for" | b"global")
        || matches!(next, b'=' | b',' | b')' | b'.' | b':' | b'\n' | b']' | b'}')
}
