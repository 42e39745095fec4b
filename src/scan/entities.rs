//! Character references of HTML.
//!
//! Of the two thousand names only those that code and the sentences around it are written with.

/// The reference that `text` begins with: its length, and what it stands for.
pub(super) fn reference(text: &str) -> Option<(usize, String)> {
    /// The longest name in the table, and the most digits of a character.
    const LONGEST: usize = 8;
    let inner = text.strip_prefix('&')?;
    let len = inner.bytes().take(LONGEST + 1).position(|byte| byte == b';')?;
    let name = &inner[..len];
    let meant = match name.strip_prefix('#') {
        Some(number) => {
            let number = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            // A NUL is no character of a document, and line ends are line feeds.
            let c = char::from_u32(number).filter(|c| *c != '\0')?;
            if c == '\r' { '\n' } else { c }
        }
        None => NAMES.iter().find(|(known, _)| *known == name)?.1,
    };
    Some((len + 2, meant.to_string()))
}

const NAMES: &[(&str, char)] = &[
    ("lt", '<'),
    ("gt", '>'),
    ("amp", '&'),
    ("quot", '"'),
    ("apos", '\''),
    ("LT", '<'),
    ("GT", '>'),
    ("AMP", '&'),
    ("QUOT", '"'),
    ("nbsp", '\u{a0}'),
    ("ensp", '\u{2002}'),
    ("emsp", '\u{2003}'),
    ("thinsp", '\u{2009}'),
    ("shy", '\u{ad}'),
    ("zwnj", '\u{200c}'),
    ("Tab", '\t'),
    ("NewLine", '\n'),
    ("num", '#'),
    ("dollar", '$'),
    ("percnt", '%'),
    ("excl", '!'),
    ("quest", '?'),
    ("ast", '*'),
    ("plus", '+'),
    ("equals", '='),
    ("comma", ','),
    ("period", '.'),
    ("colon", ':'),
    ("semi", ';'),
    ("sol", '/'),
    ("bsol", '\\'),
    ("lowbar", '_'),
    ("commat", '@'),
    ("grave", '`'),
    ("Hat", '^'),
    ("vert", '|'),
    ("verbar", '|'),
    ("lpar", '('),
    ("rpar", ')'),
    ("lsqb", '['),
    ("rsqb", ']'),
    ("lbrack", '['),
    ("rbrack", ']'),
    ("lcub", '{'),
    ("rcub", '}'),
    ("lbrace", '{'),
    ("rbrace", '}'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("minus", '−'),
    ("hellip", '…'),
    ("middot", '·'),
    ("bull", '•'),
    ("larr", '←'),
    ("rarr", '→'),
    ("times", '×'),
    ("copy", '©'),
    ("para", '¶'),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_stand_for_characters() {
        let cases = [
            ("&lt;b", Some((4, "<"))),
            ("&#39;", Some((5, "'"))),
            ("&#x27;", Some((6, "'"))),
            ("&#13;", Some((5, "\n"))),
            ("&#0;", None),
            ("&#xd800;", None),
            ("&lt", None),
            ("&é;", None),
            ("& a;", None),
            ("&&", None),
        ];
        for (text, expected) in cases {
            let found = reference(text);
            let found = found.as_ref().map(|(len, meant)| (*len, meant.as_str()));
            assert_eq!(found, expected, "{text}");
        }
    }
}
