//! Columns of one line of a text, and the columns of its source that they came from.
//!
//! Written as `1:5 9:14`: from column 1 on the line is a copy of what stands from column 5 on, from
//! column 9 on of what stands from 14 on. Which line of the source that is, is known elsewhere.

use std::fmt;

use super::{LineIndex, Mapped, Span};

/// Where the copied stretches of one line begin, and where they came from: one-based columns, in
/// characters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns(Vec<(u32, u32)>);

/// What begins further from the beginning of its line has no columns: to count characters from
/// there for each of many snippets would take long.
const FARTHEST: usize = 64 << 10;

impl Columns {
    /// The columns of every line of `code`, which was cut from `source`.
    pub fn of(code: &Mapped, source: &str, index: &LineIndex) -> Vec<Self> {
        let mut start = 0;
        let lines = code.text().split_inclusive('\n').zip(code.source_lines(index));
        lines
            .map(|(line, number)| {
                let span = Span::new(start, start + line.len());
                start = span.end();
                let from = index.span(number);
                let column = |origin: usize| {
                    let inside = (from.start()..=from.end()).contains(&origin)
                        && origin - from.start() <= FARTHEST;
                    let before = inside.then(|| source.get(from.start()..origin))??;
                    Some(before.chars().count() as u32 + 1)
                };
                let stretches =
                    code.stretches(span).take_while(|(at, _)| at - span.start() <= FARTHEST);
                let columns = stretches.filter_map(|(at, origin)| {
                    let own = code.text().get(span.start()..at)?.chars().count() as u32 + 1;
                    Some((own, column(origin)?))
                });
                Self(columns.collect())
            })
            .collect()
    }

    /// The column of the source that `column` came from.
    pub fn source(&self, column: u32) -> Option<u32> {
        let known = self.0.partition_point(|(own, _)| *own <= column);
        let (own, source) = self.0[..known].last()?;
        Some(source + (column - own))
    }

    /// Reads what [`Display`](fmt::Display) wrote; nothing where it is nothing of that kind.
    pub fn parse(text: &str) -> Option<Self> {
        let pair = |pair: &str| {
            let (own, source) = pair.split_once(':')?;
            let (own, source): (u32, u32) = (own.parse().ok()?, source.parse().ok()?);
            (own > 0 && source > 0).then_some((own, source))
        };
        let pairs = text.split_whitespace().map(pair).collect::<Option<Vec<_>>>()?;
        let ascending = pairs.is_sorted_by(|one, next| one.0 < next.0);
        ascending.then_some(Self(pairs))
    }
}

impl fmt::Display for Columns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (own, source)) in self.0.iter().enumerate() {
            let gap = if at == 0 { "" } else { " " };
            write!(f, "{gap}{own}:{source}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Replace;
    use super::*;

    #[test]
    fn columns_lead_to_the_source() {
        let source = "> é(\u{201c}a\u{201d}, &lt;)\n>  b\n";
        let quote = |at| Replace { at, with: "\"".to_owned() };
        let span = |text: &str| {
            let at = source.find(text).expect("the text is there");
            Span::new(at, at + text.len())
        };
        let lines = [Span::new(2, source.find('\n').expect("two lines")), span(" b")];
        let written = [
            quote(span("\u{201c}")),
            quote(span("\u{201d}")),
            Replace { at: span("&lt;"), with: "<".to_owned() },
        ];
        let code = Mapped::cut_written(source, &lines, &written);
        assert_eq!(code.text(), "é(\"a\", <)\n b\n");
        let columns = Columns::of(&code, source, &LineIndex::new(source));
        let told: Vec<String> = columns.iter().map(ToString::to_string).collect();
        assert_eq!(told, ["1:3 4:6 6:8 9:14", "1:3"]);
        assert_eq!(
            [1, 3, 4, 8, 9, 10].map(|at| columns[0].source(at)),
            [3, 5, 6, 10, 14, 15].map(Some)
        );
        assert_eq!(Columns::parse(&told[0]).as_ref(), Some(&columns[0]));
        assert_eq!(Columns::parse("").map(|none| none.source(1)), Some(None));
        for wrong in ["1", "0:1", "2:1 1:1", "a:b"] {
            assert_eq!(Columns::parse(wrong), None, "{wrong}");
        }
    }
}
