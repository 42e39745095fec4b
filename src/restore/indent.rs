//! How deep each statement stands, when nothing but the statements is left.
//!
//! What ends a block must be read off what follows: a `return` ends the block that it stands in, an
//! `else` belongs to the nearest `if` that can have one, a method to the class that is open.

use super::{Piece, lexical_word, word};

/// A block that is open.
struct Block<'t> {
    word: &'t str,
    /// The whole header.
    header: &'t str,
    name: &'t str,
    /// Whether anything but comments stands in it.
    filled: bool,
    /// Whether its last statement leaves it.
    left: bool,
    /// Whether all branches before this one were left.
    others_left: bool,
    /// Whether blocks like this one hold a single statement.
    single: bool,
}

/// Whether nothing but definitions, and their decorators, follows the piece at `at`.
fn is_last(pieces: &[Piece<'_>], at: usize) -> bool {
    let next = pieces[at + 1..].iter().find(|piece| !piece.comment);
    next.is_none_or(|next| matches!(word(next.text), "def" | "class" | "@"))
}

/// Whether the block that `header` begins and `first` stands in ends with that statement: the
/// default for what was tested, and the call that must raise.
fn is_single(header: &str, first: Option<&Piece<'_>>) -> bool {
    let Some((target, _)) = first.and_then(|first| first.text.split_once(" = ")) else {
        return header.starts_with("with ") && header.to_lowercase().contains("raises");
    };
    let tests =
        ["if not ", "if "].iter().filter_map(|start| header.strip_prefix(start)).any(|rest| {
            let rest = rest.strip_prefix("isinstance(").unwrap_or(rest);
            rest.strip_prefix(target).is_some_and(|rest| rest.starts_with([' ', ':', ',']))
        });
    header.starts_with("if ") && tests
}

/// The level of every piece, zero for the outermost.
pub(super) fn levels(pieces: &[Piece<'_>]) -> Vec<usize> {
    let mut open: Vec<Block<'_>> = Vec::new();
    let mut levels = Vec::with_capacity(pieces.len());
    for (at, piece) in pieces.iter().enumerate() {
        if piece.comment || piece.trailing {
            levels.push(open.len());
            continue;
        }
        let others_left = close(&mut open, pieces, at);
        levels.push(open.len());
        let word = word(piece.text);
        if let Some(block) = open.last_mut() {
            block.filled = true;
            block.left = LEAVES.contains(&word) || piece.text == "...";
        }
        if piece.header && word != "@" {
            let name = lexical_word(piece.text.trim_start_matches(word).trim_start());
            let single = is_single(piece.text, pieces.get(at + 1));
            open.push(Block {
                word,
                header: piece.text,
                name,
                filled: false,
                left: false,
                others_left,
                single,
            });
        }
    }
    levels
}

/// Statements that leave their block.
const LEAVES: &[&str] = &["return", "raise", "break", "continue", "pass"];

/// Closes the blocks that the piece at `at` does not stand in; tells whether the branches before
/// it, if it is one, were all left.
fn close(open: &mut Vec<Block<'_>>, pieces: &[Piece<'_>], at: usize) -> bool {
    let text = pieces[at].text;
    let branch = match word(text) {
        "else" => Some(["if", "elif", "for", "while", "try", "except"].as_slice()),
        "elif" => Some(["if", "elif"].as_slice()),
        "except" | "finally" => Some(["try", "except", "else"].as_slice()),
        _ => None,
    };
    if let Some(heads) = branch {
        let Some(found) = open.iter().rposition(|block| heads.contains(&block.word)) else {
            return false;
        };
        let left = open[found].left && (open[found].others_left || open[found].word != "elif");
        open.truncate(found);
        return left;
    }
    if open.last().is_some_and(|block| !block.filled) {
        return false;
    }
    let twin = repeated(open, text).filter(|_| matches!(word(text), "for" | "with"));
    let keep = match word(text) {
        _ if twin.is_some() => twin.unwrap_or_default(),
        "@" | "def" => definition(open, pieces, at),
        "class" | "import" | "from" => 0,
        "if" if text.contains("__name__") => 0,
        found => {
            leave(open);
            // A loop whose every turn returned would be none.
            let in_loop = |block: &Block<'_>| matches!(block.word, "for" | "while");
            while found == "return" && open.last().is_some_and(in_loop) {
                open.pop();
            }
            // The last statement of a function returns for all that came before it.
            let function = open.iter().rposition(|block| block.word == "def");
            match function {
                Some(function) if found == "return" && is_last(pieces, at) => function + 1,
                _ => open.len() - usize::from(open.last().is_some_and(|block| block.single)),
            }
        }
    };
    open.truncate(keep);
    false
}

/// Where a block stands that `header` would only repeat inside itself: the same names bound by the
/// same kind of statement.
fn repeated(open: &[Block<'_>], header: &str) -> Option<usize> {
    let bound = |text: &str| match text.split_once(" in ") {
        Some((target, _)) if text.starts_with("for ") => target.to_owned(),
        _ => text.to_owned(),
    };
    open.iter().position(|block| bound(block.header) == bound(header))
}

/// Closes the blocks whose last statement left them.
fn leave(open: &mut Vec<Block<'_>>) {
    while open.last().is_some_and(|block| block.left) {
        let Some(block) = open.pop() else { return };
        let whole = matches!(block.word, "else" | "finally") && block.others_left;
        if let Some(outer) = open.last_mut() {
            outer.left = whole;
        }
    }
}

/// How many blocks the definition at `at`, or the decorator before one, stands in: a method in the
/// class that is open, a function that is returned later in the function that is open.
fn definition(open: &[Block<'_>], pieces: &[Piece<'_>], at: usize) -> usize {
    // Nobody decorates more, and each decorator looks for what it decorates.
    const MOST: usize = 20;
    let near = pieces[at..].iter().take(MOST);
    let decorated = near.take_while(|piece| word(piece.text) == "@").count();
    let Some(definition) = pieces.get(at + decorated) else { return 0 };
    let after = definition.text.split_once("def").map_or("", |(_, rest)| rest.trim_start());
    let name = lexical_word(after);
    let first = after.trim_start_matches(name).trim_start_matches('(').trim_start();
    let method = matches!(lexical_word(first), "self" | "cls")
        || pieces[at..at + decorated]
            .iter()
            .any(|piece| ["@staticmethod", "@classmethod"].contains(&piece.text));
    let class = open.iter().rposition(|block| block.word == "class");
    if method {
        return class.map_or(0, |class| class + 1);
    }
    let returned =
        pieces[at..].iter().take_while(|piece| word(piece.text) != "class").any(|piece| {
            let value = piece.text.strip_prefix("return ").map(str::trim);
            value == Some(name)
        });
    let function = open.iter().rposition(|block| block.word == "def" && block.name != name);
    match function {
        Some(function) if returned => function + 1,
        _ => 0,
    }
}
