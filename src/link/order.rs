//! The order in which the snippets of a document ran.
//!
//! That of the document, but for cells with numbers: the kernel counts what it runs, so a cell with
//! a smaller number ran before one with a larger number, wherever they stand. A cell that was run
//! once more shows its last number only: what needs a name that only a cell above it defines came
//! behind that, whatever their numbers say. One kernel gives a number once; where one comes again,
//! another kernel counts, and what it ran came later.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::model::{Instruction, Snippet};
use crate::syntax::python::scope::{is_builtin, scope};

/// The places of `snippets`, which are those of one document by their places in it, in the order in
/// which they ran, each with the number of the kernel that ran it. What has no number ran right
/// behind what stands before it.
pub(super) fn order(snippets: &[Snippet]) -> Vec<(usize, usize)> {
    let mut order = Vec::with_capacity(snippets.len());
    for Stretch { start, end, kernel } in stretches(snippets) {
        let mut number = 0;
        let mut placed: Vec<(u32, usize)> = Vec::with_capacity(end - start);
        for (at, snippet) in snippets.iter().enumerate().take(end).skip(start) {
            number = snippet.numbers.map_or(number, |(first, _)| first);
            placed.push((number, at));
        }
        let sorted = placed.is_sorted();
        placed.sort_unstable();
        let mut places: Vec<usize> = placed.into_iter().map(|(_, at)| at).collect();
        if !sorted {
            places = Cells::of(snippets, &places).settled(&places);
        }
        order.extend(places.into_iter().map(|at| (at, kernel)));
    }
    order
}

/// The names of cells whose numbers do not go up.
struct Cells {
    /// What each cell needs and binds, by its place.
    names: HashMap<usize, Names>,
    /// Who binds a name, by their places, ascending.
    binders: HashMap<String, Vec<usize>>,
}

#[derive(Default)]
struct Names {
    needs: Vec<String>,
    binds: Vec<String>,
}

impl Cells {
    /// Of the cells at the places `counted` of `snippets`.
    fn of(snippets: &[Snippet], counted: &[usize]) -> Self {
        let mut cells = Self { names: HashMap::new(), binders: HashMap::new() };
        for &at in counted {
            let (snippet, mut names) = (&snippets[at], Names::default());
            let lang = snippet.classification.lang;
            if lang.is_python() {
                let scope = scope(snippet.code.text(), lang);
                let needs = scope.needs.into_iter().map(|need| need.name);
                names.needs = needs.filter(|name| !is_builtin(name)).collect();
                names.binds = scope.binds.into_iter().map(|bound| bound.name).collect();
            }
            for name in &names.binds {
                cells.binders.entry(name.clone()).or_default().push(at);
            }
            cells.names.insert(at, names);
        }
        cells.binders.values_mut().for_each(|places| places.sort_unstable());
        cells
    }

    /// The places `counted`, each behind those above it that alone define what it needs.
    fn settled(&self, counted: &[usize]) -> Vec<usize> {
        let mut order = Vec::with_capacity(counted.len());
        let (mut ran, mut bound) = (HashSet::new(), HashSet::new());
        for &at in counted {
            // Every place that is put on top stands above the one below it, so it comes to an end.
            let mut open = vec![at];
            while let Some(&at) = open.last() {
                let lacking = || self.above(at, &ran, &bound);
                match (!ran.contains(&at)).then(lacking).flatten() {
                    Some(first) => open.push(first),
                    None => {
                        open.pop();
                        if ran.insert(at) {
                            bound.extend(self.names[&at].binds.iter().map(String::as_str));
                            order.push(at);
                        }
                    }
                }
            }
        }
        order
    }

    /// The nearest cell above the place `at` that has not `ran` and defines what that needs and
    /// nothing has `bound`.
    fn above(&self, at: usize, ran: &HashSet<usize>, bound: &HashSet<&str>) -> Option<usize> {
        let lacks = self.names[&at].needs.iter().filter(|name| !bound.contains(name.as_str()));
        lacks.filter_map(|name| self.binders.get(name)).find_map(|places| {
            let above = &places[..places.partition_point(|place| *place < at)];
            above.iter().rev().copied().find(|place| !ran.contains(place))
        })
    }
}

/// Snippets whose numbers tell their order: those from the place `start` on, up to `end`.
struct Stretch {
    start: usize,
    end: usize,
    kernel: usize,
}

/// What each kernel ran, in parts where the document begins a new session.
fn stretches(snippets: &[Snippet]) -> Vec<Stretch> {
    let mut stretches = Vec::new();
    let mut kernel = 0;
    // Where this kernel's cells begin, and those since the numbers last went down.
    let (mut start, mut rising) = (0, 0);
    let mut last = 0;
    let mut counted = Counted::default();
    for (at, snippet) in snippets.iter().enumerate() {
        let anew = snippet.directives.iter().any(|one| one.what == Instruction::NewSession);
        if anew && at > start {
            stretches.push(Stretch { start, end: at, kernel });
            (start, rising, last) = (at, at, 0);
            counted = Counted::default();
        }
        let Some(numbers) = snippet.numbers else { continue };
        if numbers.0 <= last {
            rising = at;
        }
        last = numbers.1;
        if !counted.add(numbers) {
            let begin = if rising > start { rising } else { at };
            stretches.push(Stretch { start, end: begin, kernel });
            kernel += 1;
            (start, rising) = (begin, begin);
            counted = Counted::default();
            for numbers in snippets[begin..=at].iter().filter_map(|one| one.numbers) {
                counted.add(numbers);
            }
        }
    }
    stretches.push(Stretch { start, end: snippets.len(), kernel });
    stretches
}

/// The numbers that one kernel gave: first and last of each run.
#[derive(Default)]
struct Counted(BTreeMap<u32, u32>);

impl Counted {
    /// Adds a run of numbers; whether none of them was there.
    fn add(&mut self, (first, last): (u32, u32)) -> bool {
        let before = self.0.range(..=last).next_back();
        let free = before.is_none_or(|(_, end)| *end < first);
        self.0.insert(first, last);
        free
    }
}
