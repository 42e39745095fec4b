//! Comments inside of code that say how it is to be run.
//!
//! A comment about one statement keeps its place, so that later stages find the statement.

use super::foreign::code;
use super::{ours, words};
use crate::model::{Directive, Instruction, Region, Remark, Scope};
use crate::syntax::session::{self, Role};
use crate::text::Span;

/// Code beyond this is skipped anyway.
const LARGEST: usize = 64 * 1024;

/// What comments in `region` say of it, and what is wrong with those that are ours.
pub(super) fn inside(region: &Region) -> (Vec<Directive>, Vec<Remark>) {
    let text = region.code.text();
    let (mut found, mut remarks) = (Vec::new(), Vec::new());
    if text.len() > LARGEST || !text.contains('#') {
        return (found, remarks);
    }
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let typed = session::prompt(line).map_or(0, |(_, len)| len);
        let code = line[typed..].trim_end();
        for (hash, _) in code.match_indices('#').filter(|(hash, _)| !code[..*hash].ends_with('#')) {
            let comment = code[hash..].trim_start_matches('#').trim_start();
            let alone = code[..hash].trim().is_empty();
            let (said, wrong) = match ours::addressed(comment) {
                Some(words) => {
                    let (said, wrong) = ours::words(words);
                    let scope = if alone { Scope::Block } else { Scope::Statement };
                    let made = said.into_iter().map(|said| said.what).collect();
                    ((ours::TOOL, scope, made), wrong)
                }
                None => match code::comment(comment, alone) {
                    Some(said) => (said, Vec::new()),
                    None => continue,
                },
            };
            let here = Span::new(start + typed + hash, start + typed + code.len());
            let Some(at) = region.code.origin_span(here) else { break };
            let (tool, scope, made): (_, _, Vec<Instruction>) = said;
            let spelling = words::spelling(&code[hash..]);
            found.extend(made.into_iter().map(|what| {
                let spelling = spelling.clone();
                let scope = if is_of_statements(&what, tool) { scope } else { Scope::Block };
                Directive { what, scope, tool, spelling, at }
            }));
            remarks.extend(wrong.into_iter().map(|message| Remark { at, message }));
            break;
        }
    }
    if let Some(skip) = all_skipped(region, &found) {
        found.push(skip);
    }
    (found, remarks)
}

/// Whether an instruction behind a statement can be about that alone; others are about the whole.
fn is_of_statements(what: &Instruction, tool: &str) -> bool {
    match what {
        Instruction::Skip(_) | Instruction::Omit | Instruction::NoCompare => true,
        // Whether a line is shown is no matter of running it.
        Instruction::Hidden(_) => true,
        Instruction::Match(_) => tool != ours::TOOL,
        _ => false,
    }
}

/// One directive for the whole where every statement that is typed has one of its own.
fn all_skipped(region: &Region, found: &[Directive]) -> Option<Directive> {
    let is_skip = |one: &&Directive| {
        matches!(one.what, Instruction::Skip(_)) && one.scope == Scope::Statement
    };
    let first = found.iter().find(is_skip)?;
    let text = region.code.text();
    let session = session::split(text)?;
    let mut statements: Vec<Span> = Vec::new();
    for (span, role) in &session.lines {
        match (role, statements.last_mut()) {
            (Role::Input(len), _) => {
                let typed = text[span.range()][*len..].trim();
                if !typed.is_empty() && !typed.starts_with('#') {
                    statements.push(*span);
                }
            }
            (Role::More(_), Some(last)) => *last = last.cover(*span),
            _ => {}
        }
    }
    let places: Vec<Span> = found.iter().filter(is_skip).map(|one| one.at).collect();
    let skipped = |span: &Span| {
        let place = region.code.origin_span(*span);
        place.is_some_and(|place| places.iter().any(|at| at.overlaps(place)))
    };
    let all = !statements.is_empty() && statements.iter().all(skipped);
    all.then(|| Directive { scope: Scope::Block, ..first.clone() })
}
