//! The words of the domain, as data.
//!
//! No stage's logic lives here: constructors check what must always hold, nothing more.

mod background;
mod block;
mod context;
mod contrast;
mod correction;
mod directive;
mod document;
mod edit;
mod evidence;
mod lang;
mod link;
mod manifest;
mod outcome;
mod region;
mod skip;
mod snippet;
mod step;
mod summary;
mod verdict;
mod versions;

pub use background::{Background, Difference, History, Loaded, Past, Suggestion};
pub use block::{Block, BlockKind};
pub use context::Context;
pub use contrast::{Contrast, Rewrite};
pub use correction::Correction;
pub use directive::{Directive, DirectiveEntry, Instruction, MatchOption, Part, Remark, Scope};
pub use document::{DocPath, Document};
pub use edit::{Edit, RuleName};
pub use evidence::{Classification, Evidence, Signal, Strength};
pub use lang::Lang;
pub use link::{Graph, Later, LaterEntry, Link, LinkEntry, LinkKind, NotBackwards};
pub use manifest::{Entry, MANIFEST_VERSION, Manifest, Noted, Source, Tool};
pub use outcome::{Change, Event, Outcome, Place, RunDigest, StderrPlace};
pub use region::{Cue, Region};
pub use skip::{Skip, SkipReason};
pub use snippet::{Found, IdMaker, Snippet, SnippetId, sha256_hex};
pub use step::{Expected, ExpectedEntry, Shown, Step, StepEntry};
pub use summary::{Counts, MachineDigest, Moved, Shard, Summary, Way};
pub use verdict::{Cause, Verdict, Why};
pub use versions::{Python, Versions};
