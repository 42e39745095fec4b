//! Places that the author left for the reader to fill in.

use crate::syntax::{lexical, placeholder, shape};

/// The first placeholder of `code` outside strings and comments: `<name>`, `...` with a remark,
/// `YOUR_KEY`, or `...` on the one-based `line` that the interpreter stumbled over.
pub(super) fn find(code: &str, line: Option<u32>) -> Option<String> {
    let remark = |line: &str| shape::is_elision(line) && line.trim().len() > 3;
    let stumbled = || {
        let at = (line? as usize).checked_sub(1)?;
        lexical::mask(code.lines().nth(at)?).contains("...").then_some(())
    };
    let elided = code.lines().any(remark) || stumbled().is_some();
    let named = placeholder::spans(code).first().map(|span| code[span.range()].to_owned());
    named.or_else(|| elided.then(|| "...".to_owned())).or_else(|| in_path(&lexical::mask(code)))
}

/// A path that says of itself that it is none: `/path/to/file`.
pub(super) fn in_path(text: &str) -> Option<String> {
    let words = text.split(|c: char| c.is_whitespace() || "'\"(),;=".contains(c));
    let mut paths = words.filter(|word| {
        word.contains("path/to/") || word.ends_with("path/to") || word.contains("path_to_")
    });
    paths.next().map(str::to_owned)
}
#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn placeholders_stand_outside_strings() {
        let cases = [
            ("f(port=<front port>, x)", Some("<front port>")),
            ("deploy -p <profile> <instance>", Some("<profile>")),
            ("x = 1\n... and so on\n", Some("...")),
            ("f('<name>'", None),
            ("if a < b and c > d:", None),
            ("cat < file > out", None),
            ("f(...)\ng(", None),
        ];
        for (code, expected) in cases {
            assert_eq!(find(code, None).as_deref(), expected, "{code}");
        }
        assert_eq!(find("f(...)\ng(", Some(1)).as_deref(), Some("..."));
        assert_eq!(find("f(...)\ng(", Some(2)), None);
    }
}
