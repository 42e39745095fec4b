//! Names that differ so little that the one is probably a slip of the pen for the other.
//!
//! Only compares: whether the other name is there, and what follows from it, is for others. The
//! distance is that of optimal string alignment, in which two letters swapped are one slip.

use strsim::osa_distance;

/// Whether `typed` is probably `meant`, mistyped. Strict, because names that are much alike are
/// often meant to differ: `x1` and `x2`, `row` and `rows`, `get_name` and `set_name`.
pub fn is_slip(typed: &str, meant: &str) -> bool {
    let first = |name: &str| name.chars().next().map(|c| c.to_ascii_lowercase());
    let alike = first(typed) == first(meant) || typed.len() == meant.len();
    if typed == meant || typed.len().abs_diff(meant.len()) > 3 || !alike {
        return false;
    }
    if !differ_by_slips(typed, meant) {
        return false;
    }
    let (one, other) = (plain(typed), plain(meant));
    if one == other {
        return one.len() > 1;
    }
    let (one, other): (Vec<&str>, Vec<&str>) =
        (typed.split('_').collect(), meant.split('_').collect());
    if one.len() != other.len() {
        return is_slip_of_word(&plain(typed), &plain(meant));
    }
    let mut differing = one.iter().zip(&other).filter(|(one, other)| one != other);
    let (Some((one, other)), None) = (differing.next(), differing.next()) else { return false };
    is_slip_of_word(&one.to_lowercase(), &other.to_lowercase())
}

/// Whether `typed`, which an object or module has not, is probably `meant`, which it has: less
/// strict, because something else is not there to be meant.
pub fn is_slip_of_attribute(typed: &str, meant: &str) -> bool {
    let first = |name: &str| name.chars().next().map(|c| c.to_ascii_lowercase());
    let long = typed.len().min(meant.len()) > 2;
    is_slip(typed, meant)
        || typed != meant && long && first(typed) == first(meant) && osa_distance(typed, meant) == 1
}

/// Whether `typed` is probably `keyword`: less strict, because nothing else may stand there.
pub fn is_slip_of_keyword(typed: &str, keyword: &str) -> bool {
    let lower = typed.to_lowercase();
    typed != keyword
        && !typed.starts_with(|c: char| c.is_ascii_digit())
        && (lower == keyword
            || keyword.len() > 2
                && typed.len().abs_diff(keyword.len()) <= 1
                && osa_distance(&lower, keyword) == 1
            || keyword.len() > 5 && typed.len() > 4 && osa_distance(&lower, keyword) == 2)
}

/// Whether the names differ in what slips differ in: not in a number, and not in being a plural.
fn differ_by_slips(one: &str, other: &str) -> bool {
    let split = |name: &str| -> (String, String) { name.chars().partition(|c| c.is_numeric()) };
    let ((digits, letters), (other_digits, other_letters)) = (split(one), split(other));
    let singular = |name: &str| name.trim_end_matches('s').to_owned();
    (letters != other_letters || digits == other_digits)
        && (one.eq_ignore_ascii_case(other) || singular(one) != singular(other))
}

/// A name without what ways of writing differ in.
fn plain(name: &str) -> String {
    name.chars().filter(|c| *c != '_').flat_map(char::to_lowercase).collect()
}

/// The word of a name. A slip of the first letter is rare, and one in short words is another word.
fn is_slip_of_word(typed: &str, meant: &str) -> bool {
    let (len, meant_len) = (typed.chars().count(), meant.chars().count());
    let shorter = len.min(meant_len);
    let distance = osa_distance(typed, meant);
    let first = typed.chars().next() == meant.chars().next();
    let swapped = len == meant_len && distance == 1 && sorted(typed) == sorted(meant);
    match shorter {
        0..=2 => false,
        3 => swapped && first,
        4 => swapped || distance == 1 && first && len != meant_len,
        5..=7 => swapped || distance == 1 && first,
        _ => swapped || distance <= 2 && first,
    }
}

fn sorted(word: &str) -> Vec<char> {
    let mut letters: Vec<char> = word.chars().collect();
    letters.sort_unstable();
    letters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_told_from_names_that_are_meant_to_differ() {
        let slips = [
            ("multi_line", "multiline"),
            ("userName", "user_name"),
            ("Counter", "counter"),
            ("html5", "h5ml5"),
            ("lenght", "length"),
            ("sefl", "self"),
            ("pritn", "print"),
            ("resutl", "result"),
            ("enviroment", "environment"),
            ("chian", "chain"),
            ("none", "None"),
            ("recieve_data", "receive_data"),
        ];
        for (typed, meant) in slips {
            assert!(is_slip(typed, meant) && is_slip(meant, typed), "{typed} {meant}");
        }
        let others = [
            ("i", "j"),
            ("x1", "x2"),
            ("M", "m"),
            ("row", "rows"),
            ("classes", "class"),
            ("row", "col"),
            ("data", "date"),
            ("height", "weight"),
            ("get_name", "set_name"),
            ("train_x", "train_y"),
            ("max_value", "min_value"),
            ("thing1", "thing2"),
            ("html", "html5"),
            ("src", "dst"),
            ("encode", "decode"),
            ("increase", "decrease"),
            ("read_file", "read_line"),
            ("foo", "food"),
            ("self", "self"),
        ];
        for (typed, meant) in others {
            assert!(!is_slip(typed, meant), "{typed} {meant}");
        }
    }

    #[test]
    fn keywords_are_recognized_mistyped() {
        let cases = [("iport", "import"), ("Def", "def"), ("retrun", "return"), ("esle", "else")];
        for (typed, keyword) in cases {
            assert!(is_slip_of_keyword(typed, keyword), "{typed}");
        }
        for (typed, keyword) in [("if", "if"), ("i", "if"), ("a", "as"), ("name", "while")] {
            assert!(!is_slip_of_keyword(typed, keyword), "{typed}");
        }
    }
}
