//! Evidence at the lines that it was seen in, with carets, and the rest as a list.
//!
//! The same for a fragment and for a document. Prints nothing.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet as Frame};

use crate::model::{Evidence, Lang};
use crate::text::{LineIndex, Span, visible};

/// A piece of evidence, and its place in the text that is shown, if it has one.
pub(crate) type Pointed<'e> = (&'e Evidence, Option<Span>);

/// What has no place, one line each.
pub(crate) fn unplaced(seen: &[Pointed<'_>]) -> String {
    let mut told: Vec<String> = Vec::new();
    for (one, _) in seen.iter().filter(|(_, at)| at.is_none()) {
        let about = one.speaks_for.map_or("not code", Lang::as_str);
        let line = format!("  evidence  {} ({about})\n", visible(&one.to_string()));
        if !told.contains(&line) {
            told.push(line);
        }
    }
    told.concat()
}

/// Lines beyond these are not shown: the first ones tell enough.
const MOST_LINES: usize = 40;

/// The same is not pointed at more often.
const MOST_ALIKE: usize = 3;

/// The lines of `text`, the first of which is line `first` of the file called `name`, with carets
/// under what was seen; nothing where nothing has a place.
pub(crate) fn placed(
    name: &str,
    text: &str,
    first: u32,
    seen: &[Pointed<'_>],
    color: bool,
) -> String {
    let end = text.split_inclusive('\n').take(MOST_LINES).map(str::len).sum();
    let text = &text[..end];
    let labels = labels(text, seen);
    if labels.is_empty() {
        return String::new();
    }
    let mut frame = Frame::source(text).path(visible(name)).line_start(first as usize).fold(true);
    for (at, label) in labels {
        frame = frame.annotation(AnnotationKind::Primary.span(at.range()).label(label));
    }
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&[Group::with_level(Level::NOTE).element(frame)]) + "\n"
}

/// Every place with all that was seen there, said once. Of what goes over several lines the first
/// is meant: carets under each of them would hide the code.
fn labels(text: &str, seen: &[Pointed<'_>]) -> Vec<(Span, String)> {
    let lines = LineIndex::new(text);
    let mut labels: Vec<(Span, Vec<String>)> = Vec::new();
    for (one, at) in seen {
        let Some(at) = at.filter(|at| at.start() < text.len()) else { continue };
        let line = lines.span(lines.line(at.start()));
        let at = Span::new(at.start(), at.end().min(line.end()).max(at.start()));
        let label = visible(&one.to_string());
        let alike = labels.iter().filter(|(_, told)| told.contains(&label)).count();
        match labels.iter_mut().find(|(place, _)| *place == at) {
            Some((_, told)) if !told.contains(&label) => told.push(label),
            Some(_) => {}
            None if alike < MOST_ALIKE => labels.push((at, vec![label])),
            None => {}
        }
    }
    labels.into_iter().map(|(at, told)| (at, told.join("; "))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Signal;

    #[test]
    fn a_place_is_pointed_at_once() {
        let code = "for x in y:\n    f(x)\n";
        let form = |form| Evidence::new(Signal::PythonForm(form), Some(Lang::Py3), None);
        let (looped, call, parses) = (
            form("loop"),
            form("call"),
            Evidence::new(Signal::PythonParses, Some(Lang::Py3), None),
        );
        let whole = Some(Span::new(0, code.len() - 1));
        let seen =
            [(&looped, whole), (&call, whole), (&call, whole), (&parses, None), (&parses, None)];
        assert_eq!(unplaced(&seen), "  evidence  parses as Python (py3)\n");
        let shown = placed("a.py", code, 7, &seen, false);
        assert!(shown.contains("a.py:7:1"), "{shown}");
        assert_eq!(shown.matches("^^^^^^^^^^^ Python: loop; Python: call").count(), 1, "{shown}");
    }
}
