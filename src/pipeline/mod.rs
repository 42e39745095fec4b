//! The stages in order: the only room that names them all.
//!
//! Finding is pure and stands in `find`; checking runs what was found and stands in `check`.

mod alike;
mod bound;
mod chained;
mod check;
mod find;
mod memory;
mod outcome;
mod parallel;
mod shards;
mod traced;
mod tries;

pub use self::check::{Check, Orphans, check, present, run_stored};
pub use self::find::{Fragment, find, find_all, fragment};
pub use self::memory::Memory;
pub use self::outcome::quote;
pub use self::parallel::in_parallel;
pub use self::shards::{Partition, merge};
pub use self::tries::Repeat;
pub use crate::scan::{format_names, trouble};
