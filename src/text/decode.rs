//! Bytes to text, with a list of every loss.
//!
//! Does not decide whether a document is worth reading: that is `discover`'s.

/// A document's text, its line ends all `\n`, and what was lost on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// The text.
    pub text: String,
    /// What the bytes held and the text does not; one entry per kind.
    pub losses: Vec<Loss>,
}

/// One kind of difference between the bytes and the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// A byte order mark was dropped.
    ByteOrderMark,
    /// The bytes were UTF-16.
    Utf16,
    /// Bytes that are no UTF-8 became U+FFFD; the one-based line of the first.
    InvalidUtf8 {
        /// One-based line of the first replacement.
        line: u32,
    },
    /// NUL bytes were kept in the text; the one-based line of the first.
    Nul {
        /// One-based line of the first NUL.
        line: u32,
    },
    /// CRLF or lone CR line ends became `\n`.
    CarriageReturn,
}

/// Decodes UTF-8 (or UTF-16 with a byte order mark); total on all input.
pub fn decode(bytes: Vec<u8>) -> Decoded {
    let mut losses = Vec::new();
    let text = match bytes.as_slice() {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes, &mut losses),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes, &mut losses),
        _ => utf8(bytes, &mut losses),
    };
    let text = newlines(text, &mut losses);
    if let Some(at) = text.find('\0') {
        losses.push(Loss::Nul { line: line_of(&text, at) });
    }
    if let Some(Loss::InvalidUtf8 { line }) =
        losses.iter_mut().find(|loss| matches!(loss, Loss::InvalidUtf8 { .. }))
    {
        *line = text.find('\u{fffd}').map_or(1, |at| line_of(&text, at));
    }
    Decoded { text, losses }
}

fn utf8(mut bytes: Vec<u8>, losses: &mut Vec<Loss>) -> String {
    if bytes.starts_with(&[0xef, 0xbb, 0xbf]) {
        losses.push(Loss::ByteOrderMark);
        bytes.drain(..3);
    }
    String::from_utf8(bytes).unwrap_or_else(|error| {
        losses.push(Loss::InvalidUtf8 { line: 1 });
        String::from_utf8_lossy(error.as_bytes()).into_owned()
    })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16, losses: &mut Vec<Loss>) -> String {
    losses.push(Loss::Utf16);
    let units = bytes.chunks(2).map(|pair| unit([pair[0], *pair.get(1).unwrap_or(&0)]));
    char::decode_utf16(units).map(|unit| unit.unwrap_or('\u{fffd}')).collect()
}

fn newlines(text: String, losses: &mut Vec<Loss>) -> String {
    if !text.contains('\r') {
        return text;
    }
    losses.push(Loss::CarriageReturn);
    text.replace("\r\n", "\n").replace('\r', "\n")
}

fn line_of(text: &str, at: usize) -> u32 {
    text[..at].bytes().filter(|&byte| byte == b'\n').count() as u32 + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_loss_is_listed() {
        let cases: &[(&[u8], &str, &[Loss])] = &[
            (b"a\n", "a\n", &[]),
            (b"\xef\xbb\xbfa", "a", &[Loss::ByteOrderMark]),
            (b"a\r\nb\rc", "a\nb\nc", &[Loss::CarriageReturn]),
            (b"a\nb\xff", "a\nb\u{fffd}", &[Loss::InvalidUtf8 { line: 2 }]),
            (b"\n\na\0", "\n\na\0", &[Loss::Nul { line: 3 }]),
            (b"\xff\xfea\0\n\0", "a\n", &[Loss::Utf16]),
        ];
        for (bytes, text, losses) in cases {
            let decoded = decode(bytes.to_vec());
            assert_eq!((decoded.text.as_str(), decoded.losses.as_slice()), (*text, *losses));
        }
    }
}
