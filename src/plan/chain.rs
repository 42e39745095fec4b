//! What is run before a stored snippet, and as what.
//!
//! Everything that a snippet needs runs before it, in one interpreter: so all of it must be what
//! that interpreter reads. What is of the other family, shell before Python or Python before shell,
//! is a program that is called. Starts nothing, and knows no verdict.

use std::sync::OnceLock;

use stillruns_harness::Part;

use super::left_out::before;
use super::{Refused, part_name, source};
use crate::model::{Entry, Graph, Lang, Link, Python, Versions, Why};
use crate::store::Stored;

/// What each of the stored snippets needs.
#[derive(Debug)]
pub struct Chains<'s> {
    stored: &'s [&'s Stored],
    links: Graph,
    /// What reads each snippet and all that it needs of its family, the best first.
    langs: Vec<Vec<Lang>>,
    /// The versions of Python that run each and all that it needs of its family.
    versions: Vec<Versions>,
    /// Each snippet as a program before another one, in Python 2 and else.
    parts: Vec<[OnceLock<Part>; 2]>,
}

/// What can run a snippet after what it needs.
#[derive(Clone, Copy, Debug)]
pub struct Reads<'c> {
    /// The languages, the best first.
    pub langs: &'c [Lang],
    /// The versions of Python, where it is one.
    pub versions: Versions,
}

impl Reads<'_> {
    /// Whether the interpreter of this `version` does.
    pub fn takes(&self, version: &str) -> bool {
        self.versions == Versions::ALL
            || Python::parse(version).is_some_and(|version| self.versions.takes(version))
    }

    /// The bounds of the versions of `lang`, where there are any.
    pub fn bounds(&self, lang: Lang) -> Option<String> {
        let among = if lang == Lang::Py2 { Versions::PY2 } else { Versions::PY3 };
        self.versions.specifier(among).filter(|_| lang.is_python())
    }
}

/// What runs before a snippet.
#[derive(Debug, Default)]
pub struct Before {
    /// The programs, in order.
    pub parts: Vec<Part>,
    /// The place of the snippet that each of them is, or begins with.
    pub places: Vec<usize>,
}

impl<'s> Chains<'s> {
    /// The chains of `stored`, between which there are `links`.
    pub fn new(stored: &'s [&'s Stored], links: Graph) -> Self {
        let mut langs: Vec<Vec<Lang>> = Vec::with_capacity(stored.len());
        let mut versions: Vec<Versions> = Vec::with_capacity(stored.len());
        for (at, one) in stored.iter().enumerate() {
            let class = one.entry.class;
            let others = one.entry.accepts.iter().copied().filter(|lang| *lang != class);
            let mut all: Vec<Lang> = [class].into_iter().chain(others).collect();
            let mut fits = one.entry.python.as_deref().and_then(Versions::specified);
            for link in links.needs(at).iter().filter(|link| is_kin(stored[link.to], class)) {
                all.retain(|lang| langs[link.to].contains(lang));
                fits = Some(fits.unwrap_or(Versions::ALL).and(versions[link.to]));
            }
            langs.push(all);
            versions.push(fits.unwrap_or(Versions::ALL));
        }
        let parts = stored.iter().map(|_| Default::default()).collect();
        Self { stored, links, langs, versions, parts }
    }

    /// The snippets.
    pub fn stored(&self) -> &'s [&'s Stored] {
        self.stored
    }

    /// The links between them.
    pub fn graph(&self) -> &Graph {
        &self.links
    }

    /// What the snippet at the place `at` needs directly.
    pub fn needs(&self, at: usize) -> &[Link] {
        self.links.needs(at)
    }

    /// The places of all that the snippet at the place `at` needs, in order.
    pub fn closure(&self, at: usize) -> Vec<usize> {
        self.links.closure(at)
    }

    /// What can run the snippet at the place `at`.
    ///
    /// # Errors
    /// When no Python reads both it and what it needs.
    pub fn reads(&self, at: usize) -> Result<Reads<'_>, Refused> {
        let (langs, versions) = (self.langs[at].as_slice(), self.versions[at]);
        if langs.is_empty() || versions.is_empty() {
            let what = "Python that reads both it and what it needs";
            return Err(Refused { why: Why::NoInterpreter(what.to_owned()), line: None });
        }
        // By itself it is run as what it is.
        let langs = if self.needs(at).is_empty() { &langs[..1] } else { langs };
        Ok(Reads { langs, versions })
    }

    /// What can run the snippet at the place `at` by itself.
    pub fn alone(&self, at: usize) -> Reads<'_> {
        let Entry { class, python, .. } = &self.stored[at].entry;
        let own = python.as_deref().and_then(Versions::specified).unwrap_or(Versions::ALL);
        let versions = if own.is_empty() { Versions::ALL } else { own };
        Reads { langs: std::slice::from_ref(class), versions }
    }

    /// Everything that the snippet at the place `at` needs, as programs before it when it is run
    /// as `lang`.
    pub fn before(&self, at: usize, lang: Lang) -> Before {
        let mut before = Before::default();
        let mut called: Vec<usize> = Vec::new();
        for place in self.links.closure(at) {
            if is_kin(self.stored[place], lang) {
                self.call(&mut before, &mut called, lang);
                before.parts.push(self.part(place, lang));
                before.places.push(place);
            } else {
                called.push(place);
            }
        }
        self.call(&mut before, &mut called, lang);
        before
    }

    /// The snippet at `place` as a program before another one, when it is run as `lang`.
    pub fn part(&self, place: usize, lang: Lang) -> Part {
        let stored = self.stored[place];
        let made = || {
            let name = part_name(stored, lang);
            let code = before(stored, lang, &name);
            Part::new(name, source(lang, &code))
        };
        self.parts[place][usize::from(lang == Lang::Py2)].get_or_init(made).clone()
    }

    /// Adds a program that calls those at the places `called`, one after the other and in one
    /// interpreter of theirs.
    fn call(&self, before: &mut Before, called: &mut Vec<usize>, lang: Lang) {
        let Some(&first) = called.first() else { return };
        let codes: Vec<&str> = called.iter().map(|&at| self.stored[at].code.as_str()).collect();
        let code = codes.join("\n");
        let program = if lang == Lang::Shell {
            let python2 = called.iter().all(|&at| self.stored[at].entry.class == Lang::Py2);
            let python = if python2 { "python2" } else { "python3" };
            format!("{python} -c '{}'\n", code.replace('\'', "'\\''"))
        } else {
            let command = format!("['bash', '-e', '-o', 'pipefail', '-c', {}]", literal(&code));
            format!("__import__('subprocess').check_call({command})\n")
        };
        let name = format!("{}-called.{}", self.stored[first].entry.id, lang.extension());
        before.parts.push(Part::new(name, program));
        before.places.push(first);
        called.clear();
    }
}

/// Whether `stored` is read by the interpreters of `lang`, of whatever version.
pub(super) fn is_kin(stored: &Stored, lang: Lang) -> bool {
    stored.entry.class.is_python() == lang.is_python()
}

/// `text` as a literal of any Python: the bytes of its UTF-8.
pub(super) fn literal(text: &str) -> String {
    let mut literal = String::from("b\"");
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => literal.extend(['\\', char::from(byte)]),
            b' '..=b'~' => literal.push(char::from(byte)),
            _ => literal.push_str(&format!("\\x{byte:02x}")),
        }
    }
    literal.push('"');
    literal
}
