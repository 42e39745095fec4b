//! Which snippets can share one run: in one line each needs just what came before it; in another
//! none needs anything, and none touches anything but what it makes.
//!
//! Divides and orders; what such a run tells of each is for others to read.

use stillruns_harness::Job;

use super::chain::is_kin;
use super::{Chains, unrelated};
use crate::model::Graph;

/// Fewer snippets are run one by one: a run of several waits for an interpreter that is kept warm,
/// which takes about as long as so many.
pub(super) const SHORTEST: usize = 4;

/// The places of the snippets that have a job in `jobs`, in lines, whose snippets are run under the
/// same terms. Each needs exactly the one before it and all that this needs; or all are of one
/// document, need nothing and touch nothing but what they make. Many are alone. Lines are in the
/// order of their first snippets.
pub fn lines(chains: &Chains<'_>, jobs: &[Option<&Job>]) -> Vec<Vec<usize>> {
    let follows = Follows::of(chains.graph());
    let goes_on = |at: usize| {
        let before = follows.up[at]?;
        let (job, other) = (jobs[at]?, jobs[before]?);
        let lang = super::read_as(job);
        let kin = is_kin(chains.stored()[before], lang) && shares(job, other);
        // What is left out of a program before others makes it another one than it is alone.
        (kin && chains.part(before, lang).code() == other.code).then_some(before)
    };
    // Of several that go on after one snippet, that with the most behind it does so.
    let mut next: Vec<Option<usize>> = vec![None; jobs.len()];
    let mut length = vec![1_usize; jobs.len()];
    for at in (0..jobs.len()).rev() {
        if let Some(before) = goes_on(at)
            && length[at] >= length[before]
        {
            (next[before], length[before]) = (Some(at), length[at] + 1);
        }
    }
    let mut taken = vec![false; jobs.len()];
    let mut lines = Vec::new();
    let mut single = Vec::new();
    for first in (0..jobs.len()).filter(|&at| jobs[at].is_some()) {
        if taken[first] {
            continue;
        }
        let line: Vec<usize> = std::iter::successors(Some(first), |&at| next[at]).collect();
        if line.len() < SHORTEST {
            single.push(first);
            continue;
        }
        line.iter().for_each(|&at| taken[at] = true);
        lines.push(line);
    }
    lines.extend(unrelated::lines(chains, jobs, &single));
    lines.sort_by_key(|line| line.first().copied());
    lines
}

/// Whether two jobs differ in their programs alone, and can be watched in one run.
pub(super) fn shares(one: &Job, other: &Job) -> bool {
    one.interpreter == other.interpreter
        && one.interpreter.watches()
        && one.limits == other.limits
        && one.policy == other.policy
        && one.variables.is_empty()
        && other.variables.is_empty()
}

/// Which snippet is all that another one needs, besides what that needs itself.
struct Follows<'g> {
    graph: &'g Graph,
    up: Vec<Option<usize>>,
    /// One far above, so that few steps lead to any (the skew-binary jump pointers of Myers, 1983).
    jump: Vec<usize>,
    depth: Vec<usize>,
    /// What the first of a line needs, for those that are one.
    needs: Vec<Vec<usize>>,
}

impl<'g> Follows<'g> {
    fn of(graph: &'g Graph) -> Self {
        let count = graph.count();
        let (up, needs) = (Vec::with_capacity(count), Vec::with_capacity(count));
        let mut all = Self { graph, up, jump: Vec::new(), depth: Vec::new(), needs };
        (0..count).for_each(|at| all.push(at));
        all
    }

    fn push(&mut self, at: usize) {
        let before = self.graph.needs(at).last().map(|link| link.to).filter(|&before| {
            let others = self.graph.needs(at).iter().map(|link| link.to);
            others.filter(|&other| other != before).all(|other| self.is_needed(before, other))
        });
        self.up.push(before);
        let Some(before) = before else {
            self.jump.push(at);
            self.depth.push(0);
            self.needs.push(self.graph.closure(at));
            return;
        };
        let far = self.jump[before];
        let even =
            self.depth[before] - self.depth[far] == self.depth[far] - self.depth[self.jump[far]];
        self.jump.push(if even { self.jump[far] } else { before });
        self.depth.push(self.depth[before] + 1);
        self.needs.push(Vec::new());
    }

    /// Whether the snippet at `from` needs that at `other`, which comes before it.
    fn is_needed(&self, from: usize, other: usize) -> bool {
        let mut at = from;
        while at > other {
            at = match self.up[at] {
                _ if self.jump[at] >= other && self.jump[at] != at => self.jump[at],
                Some(up) => up,
                None => return self.needs[at].binary_search(&other).is_ok(),
            };
        }
        at == other
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Link, LinkKind};

    fn follows(links: &[&[usize]]) -> Vec<Option<usize>> {
        let link = |&to: &usize| Link { to, kind: LinkKind::Continues };
        let graph = Graph::new(links.iter().map(|needs| needs.iter().map(link).collect()));
        Follows::of(&graph.expect("all point backwards")).up
    }

    #[test]
    fn a_snippet_follows_the_one_that_needs_all_else_that_it_needs() {
        let chain: &[&[usize]] = &[&[], &[0], &[1], &[0, 2]];
        assert_eq!(follows(chain), [None, Some(0), Some(1), Some(2)]);
        let star: &[&[usize]] = &[&[], &[0], &[0], &[0]];
        assert_eq!(follows(star), [None, Some(0), Some(0), Some(0)]);
        let joined: &[&[usize]] = &[&[], &[], &[0, 1], &[2], &[0, 3], &[1, 2]];
        assert_eq!(follows(joined), [None, None, None, Some(2), Some(3), Some(2)]);
        let apart: &[&[usize]] = &[&[], &[0], &[0], &[1, 2], &[0, 3], &[2]];
        assert_eq!(follows(apart), [None, Some(0), Some(0), None, Some(3), Some(2)]);
    }

    #[test]
    fn following_is_to_need_one_more_in_any_graph() {
        // Every graph of six snippets whose links are bits.
        for bits in 0..1_u32 << 15 {
            let mut bit = 0;
            let links: Vec<Vec<usize>> = (0..6)
                .map(|from| {
                    (0..from)
                        .filter(|_| {
                            bit += 1;
                            bits >> (bit - 1) & 1 == 1
                        })
                        .collect()
                })
                .collect();
            let all: Vec<&[usize]> = links.iter().map(Vec::as_slice).collect();
            let link = |&to: &usize| Link { to, kind: LinkKind::Continues };
            let graph = Graph::new(links.iter().map(|needs| needs.iter().map(link).collect()))
                .expect("all point backwards");
            for (at, up) in follows(&all).into_iter().enumerate() {
                let closure = graph.closure(at);
                let one_more = closure
                    .last()
                    .filter(|&&last| closure[..closure.len() - 1] == graph.closure(last));
                assert_eq!(up.as_ref(), one_more, "{links:?} {at}");
            }
        }
    }
}
