//! Positions and text: spans, lines, decoding, and text that knows where each byte came from.
//!
//! Has no idea of code or of markup.

mod columns;
mod decode;
mod leading;
mod lines;
mod mapped;
mod span;
mod visible;

pub use columns::Columns;
pub use decode::{Decoded, Loss, decode};
pub use leading::{run, shape};
pub use lines::{LineIndex, Position};
pub use mapped::{Mapped, Replace};
pub use span::Span;
pub use visible::visible;
