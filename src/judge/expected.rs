//! Examples that are meant to fail.

use stillruns_harness::{End, Finish, Run};

use crate::model::{Cause, DirectiveEntry, Instruction, Scope, Verdict};

/// What `directives` make of `judged`, the verdict over `run`, and the document line of the one that
/// decides: an example that is meant to fail is broken when it passes, and passes when it fails as
/// it should. Nothing where they leave it as it is.
pub fn expect(
    directives: &[DirectiveEntry],
    run: &Run,
    judged: &Verdict,
) -> Option<(Verdict, Option<u32>)> {
    let expected = directives.iter().rev().find_map(|one| match &one.what {
        Instruction::ExpectFail { raises, status } if one.scope != Scope::Statement => {
            Some((one, raises, status))
        }
        _ => None,
    });
    let (directive, raises, status) = expected?;
    let raised = raises.as_deref().map(|names| match &run.finish {
        Finish::Raised { kind, .. } => is_among(kind, names),
        _ => false,
    });
    let ended = status.map(|status| run.end == End::Exited(status));
    match (judged, raised.or(ended)) {
        (Verdict::Fail(_), None) | (_, Some(true)) => Some((Verdict::Pass, None)),
        (Verdict::Pass, _) => {
            let cause = Cause::UnexpectedPass(directive.spelling.clone());
            Some((Verdict::Fail(cause), Some(directive.line)))
        }
        _ => None,
    }
}

/// Whether `kind`, an exception with or without its module, is one of `names`: one, or several in
/// parentheses.
fn is_among(kind: &str, names: &str) -> bool {
    let last = |name: &str| name.rsplit('.').next().unwrap_or(name).trim().to_owned();
    let names = names.trim_matches(['(', ')', ' ']).split([',', '|']);
    names.map(last).any(|name| name == last(kind) || name == "Exception")
}
