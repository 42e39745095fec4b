//! The stages in order: the only room that names them all.
//!
//! Finding is pure and stands in `find`; checking runs what was found and stands in `check`.

mod check;
mod find;
mod outcome;
mod parallel;

pub use self::check::{Check, check, run_stored};
pub use self::find::{Fragment, find, find_all, fragment};
pub use self::outcome::quote;
pub use self::parallel::in_parallel;
pub use crate::scan::{format_names, trouble};
