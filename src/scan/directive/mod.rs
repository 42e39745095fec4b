//! What a document says about how its examples are to be run: in comments above them and around
//! them, in what stands behind the language of a block, in comments inside of the code.
//!
//! Finds the places and gives every region its directives; how they are spelled is for `ours` and
//! `foreign`, and nothing is decided here.

mod comments;
mod foreign;
mod head;
mod inside;
mod ours;
mod words;

use std::collections::HashMap;

use self::comments::{Comment, comments};
use super::kramdown;
use crate::model::{
    Block, BlockKind, Cue, Directive, Document, Instruction, Region, Remark, Scope,
};
use crate::text::Span;

/// What one spelling says.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Said {
    what: Instruction,
    reach: Reach,
    tool: &'static str,
}

/// Which examples a directive is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// The block directly below, or the one that it stands in.
    Block,
    /// The next block, whatever stands between.
    Next,
    /// All from here on.
    Start,
    /// None of what `Start` of the same kind was for.
    End,
    /// All that stands deeper below.
    Body,
    /// All of the document.
    Document,
}

/// Gives every one of `regions`, by position, its directives, and returns what is wrong with those
/// that are ours. `around` tells the block that a region is the content of, by the region's place.
pub(super) fn attach(
    document: &Document,
    format: &'static str,
    around: &HashMap<Span, &Block>,
    regions: &mut [Region],
) -> Vec<Remark> {
    let mut closed = vec![false; document.lines.count() as usize + 2];
    for region in regions.iter().filter(|region| region.cue.is_marked()) {
        let at = around.get(&region.at).map_or(region.at, |around| around.at);
        let (first, last) = document.lines.lines_of(at);
        closed[first as usize..=last as usize].fill(true);
    }
    let found = comments(document, format, &closed);
    let mut remarks: Vec<Remark> = found.iter().flat_map(|one| one.remarks.clone()).collect();
    for one in whole(document, format, &mut remarks) {
        regions.iter_mut().for_each(|region| give(region, &one));
    }
    ranges(&found, regions);
    above(document, format, around, &found, regions);
    for region in regions.iter_mut().filter(|region| region.cue != Cue::Output) {
        if let Some(block) = around.get(&region.at) {
            head::head(document, block, region).iter().for_each(|one| give(region, one));
            let (told, wrong) = head::tags(document, block);
            told.iter().for_each(|one| give(region, one));
            remarks.extend(wrong);
        }
        let (told, wrong) = inside::inside(region);
        told.iter().for_each(|one| give(region, one));
        remarks.extend(wrong);
        // What a document inside the document said came first.
        region.directives.sort_by_key(|one| one.scope);
    }
    remarks
}

/// Nobody says more of one example.
const MOST: usize = 64;

/// Adds `directive`, unless a document inside the document gave it already.
fn give(region: &mut Region, directive: &Directive) {
    let known = |one: &Directive| {
        one.at == directive.at && one.what == directive.what && one.scope == directive.scope
    };
    if region.directives.len() < MOST && !region.directives.iter().any(known) {
        region.directives.push(directive.clone());
    }
}

/// What holds for all of the document: front matter, or its like in other formats.
fn whole(document: &Document, format: &str, remarks: &mut Vec<Remark>) -> Vec<Directive> {
    let mut found = Vec::new();
    let mut take = |number: u32, words: &str| {
        let span = document.lines.span(number);
        let line = document.line(number);
        let start = span.start() + (line.len() - line.trim_start().len());
        let at = Span::new(start, span.start() + line.trim_end().len());
        let (said, wrong) = ours::words(words);
        remarks.extend(wrong.into_iter().map(|message| Remark { at, message }));
        let spelling = words::spelling(line);
        found.extend(said.into_iter().map(|said| Directive {
            what: said.what,
            scope: Scope::Document,
            tool: ours::TOOL,
            spelling: spelling.clone(),
            at,
        }));
    };
    let front = kramdown::front_matter(document);
    let mut inside = false;
    for number in 2..front {
        let line = document.line(number);
        match line.strip_prefix("stillruns:") {
            Some(words) => {
                inside = true;
                take(number, words);
            }
            // Deeper lines, or items of a list, belong to the key above.
            None if inside && line.starts_with([' ', '\t', '-']) => take(number, line),
            None => inside = false,
        }
    }
    let marks: &[&str] = match format {
        "asciidoc" | "rst" => &[":stillruns:"],
        "org" => &["#+stillruns:", "#+STILLRUNS:"],
        _ => &[],
    };
    if !marks.is_empty() {
        for number in 1..=document.lines.count().min(50) {
            let line = document.line(number);
            let words = marks.iter().find_map(|mark| line.strip_prefix(mark));
            words.into_iter().for_each(|words| take(number, words));
        }
    }
    if format == "pydoc" {
        found.extend(unwanted(document));
    }
    found.truncate(MOST);
    found
}

/// `__doctest_skip__ = ['*']` in a module.
fn unwanted(document: &Document) -> Option<Directive> {
    let line = (1..=document.lines.count()).find(|number| {
        let rest = document.line(*number).strip_prefix("__doctest_skip__");
        rest.is_some_and(|rest| rest.contains("'*'") || rest.contains("\"*\""))
    })?;
    Some(Directive {
        what: Instruction::Skip(None),
        scope: Scope::Document,
        tool: "pytest-doctestplus",
        spelling: words::spelling(document.line(line)),
        at: document.lines.span(line),
    })
}

/// What holds for all between two marks, or for all of the document.
fn ranges(found: &[Comment], regions: &mut [Region]) {
    let mut open: Vec<(&Comment, &Said)> = Vec::new();
    let mut next = found.iter().peekable();
    let everywhere = found.iter().flat_map(|one| one.with(Reach::Document));
    let everywhere: Vec<_> = everywhere.take(MOST).collect();
    for region in regions.iter_mut() {
        while let Some(comment) = next.next_if(|comment| comment.at.start() < region.at.start()) {
            for said in &comment.said {
                match said.reach {
                    Reach::Start | Reach::Body if open.len() < MOST => open.push((comment, said)),
                    Reach::End => open.retain(|(_, begun)| !ends(&said.what, &begun.what)),
                    _ => {}
                }
            }
        }
        let inside = |(comment, said): &(&Comment, &Said)| {
            said.reach != Reach::Body || region.at.start() < comment.body.end()
        };
        open.retain(inside);
        for (comment, said) in everywhere.iter().chain(&open) {
            give(region, &comment.directive(said, Scope::Document));
        }
    }
}

/// Whether a mark that ends `what` ends also what was `begun`: conditions end with the rest.
fn ends(what: &Instruction, begun: &Instruction) -> bool {
    let skips = |one: &Instruction| matches!(one, Instruction::Skip(_) | Instruction::SkipIf(_));
    what.word() == begun.word() || skips(what) && skips(begun)
}

/// What stands in comments above the regions.
fn above(
    document: &Document,
    format: &str,
    around: &HashMap<Span, &Block>,
    found: &[Comment],
    regions: &mut [Region],
) {
    let ends: HashMap<u32, Vec<&Comment>> = found.iter().fold(HashMap::new(), |mut ends, one| {
        ends.entry(one.last).or_insert_with(Vec::new).push(one);
        ends
    });
    let mut before = 0;
    let mut waiting = found.iter().peekable();
    for region in regions.iter_mut() {
        if matches!(region.cue, Cue::Inline | Cue::Output) {
            continue;
        }
        let block = around.get(&region.at);
        let (first, _) = document.lines.lines_of(block.map_or(region.at, |block| block.at));
        let literal = block.is_some_and(|block| matches!(block.kind, BlockKind::Indented(_)));
        // The nearest first.
        let mut given: Vec<(&Comment, &Said)> = Vec::new();
        while let Some(comment) = waiting.next_if(|one| one.first < first) {
            if comment.with(Reach::Next).next().is_some() {
                given = comment.with(Reach::Next).collect();
                given.reverse();
            }
        }
        let mut line = first.saturating_sub(1);
        if format == "rst" && literal {
            line = introduced(document, line, before);
        }
        while line > before {
            if let Some(comments) = ends.get(&line) {
                for comment in comments.iter().rev() {
                    let mut said: Vec<_> = comment.with(Reach::Block).collect();
                    said.reverse();
                    given.append(&mut said);
                    line = line.min(comment.first);
                }
            } else if !is_passed(document.line(line), format) {
                break;
            }
            line -= 1;
        }
        given.truncate(MOST);
        for (comment, said) in given.into_iter().rev() {
            give(region, &comment.directive(said, Scope::Block));
        }
        before = document.lines.lines_of(region.at).1;
    }
}

/// The line above the paragraph that leads to a literal block, where one ends at or above `line`.
fn introduced(document: &Document, line: u32, before: u32) -> u32 {
    let blank = |line: &u32| document.line(*line).trim().is_empty();
    let Some(end) = (before + 1..=line).rev().find(|line| !blank(line)) else { return line };
    if !document.line(end).trim_end().ends_with("::") {
        return line;
    }
    let paragraph = (before + 1..=end).rev().take_while(|line| !blank(line));
    paragraph.last().map_or(line, |first| first - 1)
}

/// Whether a directive above `line` is still above the block below: it is blank, or markup that
/// belongs to that block.
fn is_passed(line: &str, format: &str) -> bool {
    let line = line.trim().trim_start_matches(['>', ' ']);
    let lower = || line.get(..2).is_some_and(|start| start == "#+");
    line.is_empty()
        || match format {
            "markdown" => kramdown::attribute_line(line).is_some(),
            "org" => lower(),
            "asciidoc" => {
                line.starts_with('[') && line.ends_with(']')
                    || line.starts_with('.') && !line.starts_with("..") && !line.starts_with(". ")
            }
            "html" => line.starts_with('<') && line.ends_with('>'),
            _ => false,
        }
}
