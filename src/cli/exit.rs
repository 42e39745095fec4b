//! Exit statuses: an interface that scripts rely on.
//!
//! Of several that apply, the first in this order wins: 4, 1, 2, 3, 0. So broken examples are
//! told also when some path could not be read, and that some path could not be read is told also
//! when nothing was found. `--exit-zero` turns only 1 into 0.

/// Nothing is newly broken.
pub const CLEAN: u8 = 0;
/// At least one example is newly broken; with `--strict`, broken or unjudged. For
/// `extract --check`: something is out of date.
pub const BROKEN: u8 = 1;
/// A mistake on the command line or in the configuration, a path that could not be read, or an
/// error of the program.
pub const ERROR: u8 = 2;
/// No example was found; `--allow-empty` makes it 0.
pub const NOTHING: u8 = 3;
/// The sandbox that was asked for is not available.
pub const NO_SANDBOX: u8 = 4;
/// Ctrl-C ended it. Runs of examples end likewise with 128 and the number of any signal.
pub const INTERRUPTED: u8 = 130;

/// The end of every help text.
pub(crate) const HELP: &str = "Exit status: 0 nothing newly broken; 1 newly broken examples \
    (--strict: any broken or unjudged); 2 usage, configuration or unreadable paths; 3 nothing \
    found; 4 the sandbox that was asked for is not available";
