//! One document through the pure stages: to what can be run, and what is skipped and why.
//!
//! Touches nothing outside its input; running is for `check`.

use super::in_parallel;
use crate::classify::classify;
use crate::link::link;
use crate::model::{
    Classification, Context, Cue, Document, Edit, Found, IdMaker, Lang, Region, Skip, SkipReason,
    Snippet,
};
use crate::normalize::normalize;
use crate::pair::pair;
use crate::restore::restore;
use crate::scan::{scan_telling, settings};
use crate::text::{Mapped, Span};

/// Everything in `document` that looks like code: what can be run, and what is skipped and why.
/// What is too short to tell by itself is asked about once more, when its neighbors are known.
pub fn find(document: &Document) -> Found {
    let (regions, remarks) = scan_telling(document);
    let mut tried: Vec<Tried> = regions.iter().map(|region| Tried::new(region.clone())).collect();
    let undecided = regions.iter().zip(&tried).any(|(region, one)| one.is_undecided(region));
    if undecided {
        for (at, context) in contexts(document, &regions, &tried) {
            tried[at].again(&context);
        }
    }
    let mut ids = IdMaker::new(document.path.clone());
    let mut found = Found { remarks, ..Found::default() };
    for (region, one) in regions.into_iter().zip(tried) {
        match one.accept(region, &mut ids) {
            Ok(snippet) => found.snippets.push(snippet),
            Err(skip) => found.skips.push(*skip),
        }
    }
    found.snippets.sort_by_key(|snippet| snippet.at);
    (found.snippets, found.links) = link(found.snippets);
    found
}

/// A region on its way to being a snippet or a skip.
struct Tried {
    /// The region, its lines put back where they were lost.
    region: Region,
    /// What it holds when it is normalized.
    code: Mapped,
    edits: Vec<Edit>,
    result: Result<Classification, Box<Skip>>,
}

/// A decision that is as sure as this tells what stands next to it.
const SURE: u8 = 90;

/// A region this large is too large to be classified also when prompts and outputs are off.
const MOST_TO_NORMALIZE: usize = 1 << 20;

impl Tried {
    fn new(found: Region) -> Self {
        let text = found.code.text();
        if found.cue == Cue::Output || text.len() > MOST_TO_NORMALIZE {
            // Neither can become code, and rules look at a text many times.
            let result = classify(&found, text, &Context::default());
            return Self { code: found.code.clone(), edits: Vec::new(), region: found, result };
        }
        let (region, mut edits) = restore(&found).unwrap_or((found, Vec::new()));
        let (code, normalized) = normalize(&region.code);
        edits.extend(normalized);
        let result = classify(&region, code.text(), &Context::default());
        Self { region, code, edits, result }
    }

    /// Whether it is short, set apart without a tag, and not decided clearly.
    fn is_undecided(&self, found: &Region) -> bool {
        let filled = self.code.text().lines().filter(|line| !line.trim().is_empty());
        let apart = matches!(found.cue, Cue::Fenced | Cue::Indented) && found.tag.is_none();
        let open = match &self.result {
            Ok(classification) => classification.confidence < SURE,
            Err(skip) => matches!(skip.reason, SkipReason::NoEffect | SkipReason::Unclear),
        };
        apart && open && filled.take(3).count() <= 2
    }

    /// What it tells of its neighbors: nothing (`None`), or what it is, which may be no code.
    fn tells(&self) -> Option<Option<Lang>> {
        match &self.result {
            Ok(sure) if sure.confidence >= SURE => {
                Some(Some(if sure.lang.is_python() { Lang::Py3 } else { Lang::Shell }))
            }
            Err(skip)
                if matches!(
                    skip.reason,
                    SkipReason::DeclaredOther(_) | SkipReason::OtherLanguage(_)
                ) =>
            {
                Some(None)
            }
            _ => None,
        }
    }

    fn again(&mut self, context: &Context) {
        self.result = classify(&self.region, self.code.text(), context);
    }

    /// Every region ends here as a snippet or as a skip.
    fn accept(self, found: Region, ids: &mut IdMaker) -> Result<Snippet, Box<Skip>> {
        let classification = self.result.map_err(|skip| placed(skip, &self.code))?;
        let steps = pair(&self.region, &self.code);
        let id = ids.next(found.code.text());
        let Region { at, cue, tag, directives, numbers, .. } = found;
        let (code, edits) = (self.code, self.edits);
        Ok(Snippet { id, at, cue, tag, code, classification, edits, steps, directives, numbers })
    }
}

/// `skip`, its evidence at the places of the document: of its code nobody will ask.
fn placed(mut skip: Box<Skip>, code: &Mapped) -> Box<Skip> {
    for seen in &mut skip.evidence {
        seen.at = seen.at.and_then(|at| code.origin_span(at));
    }
    skip
}

/// The contexts of what is undecided among `tried`, with their places. Neighbors stand under the
/// same heading.
fn contexts(document: &Document, regions: &[Region], tried: &[Tried]) -> Vec<(usize, Context)> {
    let mut contexts = settings(document, regions);
    let (mut nearest, mut under) = (None, 0);
    for (one, (section, context)) in tried.iter().zip(&mut contexts) {
        context.before = nearest.filter(|_| *section == under);
        nearest = one.tells().unwrap_or(context.before);
        under = *section;
    }
    (nearest, under) = (None, 0);
    for (one, (section, context)) in tried.iter().zip(&mut contexts).rev() {
        context.after = nearest.filter(|_| *section == under);
        nearest = one.tells().unwrap_or(context.after);
        under = *section;
    }
    let open = |at: &usize| tried[*at].is_undecided(&regions[*at]);
    let contexts = contexts.into_iter().map(|(_, context)| context);
    contexts.enumerate().filter(|(at, _)| open(at)).collect()
}

/// A text that stands alone, as if it were the untagged block of a document, and what it is.
pub struct Fragment {
    /// What the text holds when it is normalized.
    pub code: Mapped,
    /// What it is, or why it is no code.
    pub result: Result<Classification, Box<Skip>>,
}

/// Says what `text` is.
pub fn fragment(text: &str) -> Fragment {
    let at = Span::new(0, text.len());
    let code = Mapped::cut(text, [at]);
    let (restored, printed, directives, numbers) = (None, None, Vec::new(), None);
    let (cue, tag) = (Cue::Fenced, None);
    let region = Region { at, cue, tag, code, restored, printed, directives, numbers };
    let (code, _) = normalize(&region.code);
    let result = classify(&region, code.text(), &Context::default());
    let result = result.map_err(|skip| placed(skip, &code));
    Fragment { code, result }
}

/// [`find`] on every document, on `threads` threads; results in the order of the documents.
pub fn find_all(documents: &[Document], threads: usize) -> Vec<Found> {
    in_parallel(documents, threads, find)
}
