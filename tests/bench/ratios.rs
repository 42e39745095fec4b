//! What a stage costs, as a multiple of something that cannot be done without: the parser of
//! Markdown for the scan, the grammars for the whole. And whether a document ten times as long
//! takes more than ten times as long. Ratios are compared, because machines differ; times are of
//! the processor, so that a busy machine tells the same.
//!
//! `cargo bench --bench ratios`, over the Markdown below the folders in `STILLRUNS_CORPUS`, parted
//! by colons, or else over a text made up for it; `-- ratios`, `-- growth` or `-- list` for a part.

#![expect(clippy::print_stdout, reason = "what was measured is for whoever asked")]

mod corpus;

use std::hint::black_box;
use std::time::{Duration, Instant};

use pulldown_cmark::{Options, Parser};
use stillruns::classify::classify;
use stillruns::model::{Context, DocPath, Document, Evidence, Lang, Signal, SkipReason};
use stillruns::normalize::normalize;
use stillruns::restore::restore;
use stillruns::{pipeline, scan};

fn main() {
    let asked: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let wanted = |part: &str| asked.is_empty() || asked.iter().any(|word| word == part);
    if wanted("ratios") {
        ratios(&corpus::documents());
    }
    if wanted("growth") {
        growth();
    }
    if wanted("list") {
        list(&corpus::documents());
    }
}

/// How often everything is measured; the shortest time counts.
const ROUNDS: u32 = 3;

fn ratios(documents: &[Document]) {
    let bytes: usize = documents.iter().map(|document| document.text.len()).sum();
    let candidates = candidates(documents);
    let code: usize = candidates.iter().map(|(_, code)| code.len()).sum();
    println!(
        "{} documents, {:.1} MB; {} candidates, {:.1} MB",
        documents.len(),
        mega(bytes),
        candidates.len(),
        mega(code)
    );
    // The options of `scan/markdown.rs`.
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES;
    let drain = |document: &Document| Parser::new_ext(&document.text, options).count();
    // In turns, so that what else the machine does slows all of them alike.
    let mut times = [Duration::MAX; 5];
    for _ in 0..ROUNDS {
        let round = [
            all(documents, drain),
            all(documents, |document| scan::marked(document).len()),
            all(documents, |document| scan::scan(document).len()),
            time(|| parse(&candidates)),
            all(documents, |document| pipeline::find(document).snippets.len()),
        ];
        times = std::array::from_fn(|at| times[at].min(round[at]));
    }
    let [a, b, c, d, e] = times;
    told("a  pulldown-cmark alone", bytes, a, "");
    told("b  scan without the search in prose", bytes, b, &ratio(b, a, 3.0, "a"));
    told("c  scan", bytes, c, &ratio(c, a, 12.0, "a"));
    told("d  grammars alone, of the code", code, d, "");
    told("e  find", bytes, e, &ratio(e, c + d, 1.5, "c + d"));
}

/// The code that is parsed to be judged, each with the language it is taken for.
fn candidates(documents: &[Document]) -> Vec<(Lang, String)> {
    let mut found = Vec::new();
    for region in documents.iter().flat_map(scan::scan) {
        let restored = restore(&region);
        let region = restored.as_ref().map_or(&region, |(region, _)| region);
        let (code, _) = normalize(&region.code);
        let python = |evidence: &[Evidence]| {
            let asked =
                |seen: &Evidence| matches!(seen.signal, Signal::PythonParses | Signal::PythonError);
            evidence.iter().any(asked)
        };
        let lang = match classify(region, code.text(), &Context::default()) {
            Ok(classification) => classification.lang,
            Err(skip) => match skip.reason {
                SkipReason::Output
                | SkipReason::Empty
                | SkipReason::TooLarge
                | SkipReason::DeclaredOther(_) => continue,
                _ if python(&skip.evidence) => Lang::Py3,
                _ => Lang::Shell,
            },
        };
        found.push((lang, code.text().to_owned()));
    }
    found
}

/// Parses every candidate once.
fn parse(candidates: &[(Lang, String)]) -> u32 {
    let parser = |language: tree_sitter::Language| {
        let mut parser = tree_sitter::Parser::new();
        parser.set_language(&language).expect("the grammar fits the library");
        parser
    };
    let mut python = parser(tree_sitter_python::LANGUAGE.into());
    let mut shell = parser(tree_sitter_bash::LANGUAGE.into());
    let mut parse = |(lang, code): &(Lang, String)| {
        let parser = if lang.is_python() { &mut python } else { &mut shell };
        parser.parse(code, None).map_or(0, |tree| tree.root_node().child_count())
    };
    candidates.iter().map(&mut parse).sum()
}

/// What ten times as much of the same takes, in multiples of the time for one.
fn growth() {
    println!("\nten times the length takes, as a multiple (11 is the bar):");
    for (name, file, part, small) in corpus::shapes() {
        let document = |times: usize| {
            let text = part.repeat((small * times).div_ceil(part.len()));
            Document::new(DocPath::new(file), corpus::framed(file, text))
        };
        let (one, ten) = (document(1), document(10));
        let bytes = ten.text.len();
        let find = |document: &Document| pipeline::find(document).snippets.len();
        // The short one as often as it lies in the long one: clocks are coarse.
        let one = shortest(|| (0..10).map(|_| find(black_box(&one))).sum::<usize>());
        let ten = shortest(|| find(&ten));
        let multiple = 10.0 * ten.as_secs_f64() / one.as_secs_f64();
        let speed = mega(bytes) / ten.as_secs_f64();
        let bad = if multiple > 11.0 { "  OVER" } else { "" };
        println!(
            "  {name:<40} {multiple:>6.1}   {:>6.1} MB at {speed:>7.2} MB/s{bad}",
            mega(bytes)
        );
    }
}

/// The whole on all processors, as `stillruns list` has it.
fn list(documents: &[Document]) {
    let bytes: usize = documents.iter().map(|document| document.text.len()).sum();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let begun = Instant::now();
    let found = pipeline::find_all(documents, threads);
    let took = begun.elapsed();
    let examples: usize = found.iter().map(|found| found.snippets.len()).sum();
    println!(
        "\n{examples} examples found by {threads} threads in {:.2} s of the wall clock: {:.1} MB/s",
        took.as_secs_f64(),
        mega(bytes) / took.as_secs_f64()
    );
}

/// The time for `work` on all documents.
fn all<T>(documents: &[Document], work: impl Fn(&Document) -> T) -> Duration {
    time(|| {
        for document in documents {
            black_box(work(document));
        }
    })
}

fn shortest<T>(work: impl Fn() -> T) -> Duration {
    (0..ROUNDS).map(|_| time(&work)).min().unwrap_or_default()
}

fn time<T>(work: impl FnOnce() -> T) -> Duration {
    let begun = now();
    black_box(work());
    now() - begun
}

/// Time that this thread had a processor, or where the system does not tell, of the wall clock.
fn now() -> Duration {
    static BEGUN: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds =
        told.and_then(|line| line.split(' ').next().and_then(|first| first.parse().ok()));
    nanoseconds.map_or_else(|| BEGUN.get_or_init(Instant::now).elapsed(), Duration::from_nanos)
}

fn told(name: &str, bytes: usize, time: Duration, ratio: &str) {
    let seconds = time.as_secs_f64();
    println!("{name:<36} {seconds:>7.3} s  {:>7.1} MB/s  {ratio}", mega(bytes) / seconds);
}

fn ratio(time: Duration, of: Duration, bar: f64, name: &str) -> String {
    let ratio = time.as_secs_f64() / of.as_secs_f64();
    let over = if ratio > bar { "  OVER" } else { "" };
    format!("{ratio:.2} x ({name}), bar {bar}{over}")
}

fn mega(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}
