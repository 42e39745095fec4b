//! How much of the front of a text looks like something: bytes of a kind, or a shape such as that of
//! a date.

/// The length of `shape` where `text` begins like it: a `d` in it stands for any ASCII digit, every
/// other byte for itself.
pub fn shape(text: &str, shape: &str) -> Option<usize> {
    let fits = |(found, wanted): (u8, u8)| match wanted {
        b'd' => found.is_ascii_digit(),
        _ => found == wanted,
    };
    let long_enough = text.len() >= shape.len();
    (long_enough && text.bytes().zip(shape.bytes()).all(fits)).then_some(shape.len())
}

/// Number of leading bytes that `fits` accepts.
pub fn run(text: &str, fits: impl Fn(u8) -> bool) -> usize {
    text.bytes().take_while(|&byte| fits(byte)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_is_met_whole_or_not() {
        assert_eq!(shape("12:34:56 and more", "dd:dd:dd"), Some(8));
        assert_eq!(shape("12:34:5", "dd:dd:dd"), None);
        assert_eq!(shape("ab:cd:ef", "dd:dd:dd"), None);
        assert_eq!(shape("1é", "dd"), None);
    }
}
