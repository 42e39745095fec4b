//! Elements between braces in an order of their own, and text without its spacing.
//!
//! Strings are left as they are. Knows no Python beyond brackets, commas and quotes.

/// `text`, the elements of every `{...}` sorted, in nested ones too. What is not balanced stays.
pub(super) fn sorted(text: &str) -> String {
    const DEEPEST: usize = 100;
    let mut stack: Vec<Group> = vec![Group::default()];
    let mut chars = text.char_indices();
    let mut quote = None;
    while let Some((_, char)) = chars.next() {
        let top = stack.len() - 1;
        match (quote, char) {
            (Some(_), '\\') => {
                stack[top].current.push(char);
                if let Some((_, next)) = chars.next() {
                    stack[top].current.push(next);
                }
                continue;
            }
            (Some(open), _) if open == char || char == '\n' => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(char),
            (None, '{' | '[' | '(') if stack.len() < DEEPEST => {
                stack.push(Group { open: Some(char), ..Group::default() });
                continue;
            }
            (None, '}' | ']' | ')') if stack[top].open == opening(char) => {
                let group = stack.pop().unwrap_or_default();
                let text = group.closed(char);
                stack[top - 1].current.push_str(&text);
                continue;
            }
            (None, ',') if stack[top].open == Some('{') => {
                let group = &mut stack[top];
                group.done.push(std::mem::take(&mut group.current));
                continue;
            }
            _ => {}
        }
        stack[top].current.push(char);
    }
    // What was never closed is put back as it was.
    let open: Vec<String> = stack.into_iter().map(Group::open).collect();
    open.concat()
}

fn opening(close: char) -> Option<char> {
    match close {
        '}' => Some('{'),
        ']' => Some('['),
        ')' => Some('('),
        _ => None,
    }
}

#[derive(Default)]
struct Group {
    open: Option<char>,
    done: Vec<String>,
    current: String,
}

impl Group {
    fn closed(mut self, close: char) -> String {
        let open = self.open.unwrap_or(' ');
        if open != '{' {
            return format!("{open}{}{close}", self.current);
        }
        self.done.push(self.current);
        let mut elements: Vec<String> =
            self.done.into_iter().map(|one| one.trim().to_owned()).collect();
        elements.sort();
        format!("{{{}}}", elements.join(", "))
    }

    fn open(self) -> String {
        let mut text: String = self.open.map(String::from).unwrap_or_default();
        for one in self.done {
            text.push_str(&one);
            text.push(',');
        }
        text + &self.current
    }
}

/// `text` without line breaks and runs of blanks between brackets.
pub(super) fn unspaced(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    let mut quote = None;
    let mut depth = 0_u32;
    let mut blank = false;
    for char in text.chars() {
        if quote.is_none() && depth > 0 && char.is_whitespace() {
            blank = true;
            continue;
        }
        let loose = |one: char| matches!(one, '{' | '[' | '(' | '}' | ']' | ')' | ',' | ':');
        if blank && !made.chars().next_back().is_some_and(loose) && !loose(char) {
            made.push(' ');
        }
        blank = false;
        match (quote, char) {
            (Some(open), _) if open == char || char == '\n' => quote = None,
            (None, '\'' | '"') if depth > 0 => quote = Some(char),
            (None, '{' | '[' | '(') => depth += 1,
            (None, '}' | ']' | ')') => depth = depth.saturating_sub(1),
            _ => {}
        }
        made.push(char);
    }
    made
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn elements_are_sorted_where_their_order_says_nothing() {
        for (text, expected) in [
            ("{2, 1}", "{1, 2}"),
            ("[{'b': {3, 2}, 'a': 1}, 0]", "[{'a': 1, 'b': {2, 3}}, 0]"),
            ("{'x, y': 1, 'a': 2}", "{'a': 2, 'x, y': 1}"),
            ("{(2, 1), (1, 2)}", "{(1, 2), (2, 1)}"),
            ("[2, 1] (b, a)", "[2, 1] (b, a)"),
            ("{b, a", "{b, a"),
            ("}{[)", "}{[)"),
            ("it's {b, a}", "it's {b, a}"),
        ] {
            assert_eq!(sorted(text), expected);
        }
        assert_eq!(unspaced("[1,\n 2]  a\nb ('c  d')\n"), "[1,2]  a\nb ('c  d')\n");
    }

    proptest! {
        #[test]
        fn sorting_keeps_every_character_but_blanks(text in "[{}\\[\\]()a-c, '\"\\\\\n]{0,60}") {
            let counted = |text: &str| {
                let mut all: Vec<char> = text.chars().filter(|char| !char.is_whitespace()).collect();
                all.sort_unstable();
                all
            };
            prop_assert_eq!(counted(&sorted(&text)), counted(&text));
            unspaced(&text);
        }
    }
}
