//! Snippets that share one run because they have nothing to do with one another.
//!
//! Only those of one document do: should one of them find a way to another all the same, it is a
//! matter of its author.

use stillruns_harness::Job;

use super::Chains;
use super::left_out::is_meant_to_fail;
use super::lines::{SHORTEST, shares};
use crate::syntax::python::closed::is_closed;

/// More do not share a run, so that all lanes have some of a long document.
const MOST: usize = 32;

/// Divides the places `single`, which are in order, into lines: those of a document together that
/// need nothing, touch nothing but what they make, and have `jobs` under the same terms; the others
/// alone.
pub(super) fn lines(
    chains: &Chains<'_>,
    jobs: &[Option<&Job>],
    single: &[usize],
) -> Vec<Vec<usize>> {
    let document = |at: usize| &chains.stored()[at].entry.source.document;
    let mut lines = Vec::new();
    for of_one in single.chunk_by(|one, next| document(*one) == document(*next)) {
        let (able, others): (Vec<usize>, Vec<usize>) =
            of_one.iter().partition(|at| jobs[**at].is_some_and(|job| may(chains, **at, job)));
        lines.extend(others.into_iter().map(|at| vec![at]));
        for alike in alike(&able, jobs) {
            lines.extend(together(alike, jobs));
        }
    }
    lines
}

/// Whether the snippet at the place `at` may share the run of its `job`, as far as its text is not
/// asked.
fn may(chains: &Chains<'_>, at: usize, job: &Job) -> bool {
    let entry = &chains.stored()[at].entry;
    let apart = chains.needs(at).is_empty() && job.files.is_empty();
    apart && entry.class.is_python() && shares(job, job) && !is_meant_to_fail(entry)
}

/// The places whose jobs are under the same terms.
fn alike(places: &[usize], jobs: &[Option<&Job>]) -> Vec<Vec<usize>> {
    let mut groups: Vec<(&Job, Vec<usize>)> = Vec::new();
    for &at in places {
        let Some(job) = jobs[at] else { continue };
        match groups.iter_mut().find(|(other, _)| shares(job, other)) {
            Some((_, group)) => group.push(at),
            None => groups.push((job, vec![at])),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

/// Those of the places that touch nothing but what they make in lines of much the same length, the
/// others alone.
fn together(places: Vec<usize>, jobs: &[Option<&Job>]) -> Vec<Vec<usize>> {
    // Whether there are enough shows before any text is read.
    let enough = places.len() >= SHORTEST;
    let closed = |at: &usize| enough && jobs[*at].is_some_and(|job| is_closed(&job.code));
    let (closed, open): (Vec<usize>, Vec<usize>) = places.into_iter().partition(closed);
    let most = if closed.len() < SHORTEST { 1 } else { MOST };
    let count = closed.len().div_ceil(most).max(1);
    let lines = closed.chunks(closed.len().div_ceil(count).max(1)).map(<[usize]>::to_vec);
    open.into_iter().map(|at| vec![at]).chain(lines).collect()
}
