//! How fast fragments are classified: a bare parse of the same text, the questions to the tree, and
//! the whole answer. Compare the figures of one run with each other; machines differ.
//!
//! `cargo bench --bench classify`

use divan::Bencher;
use divan::counter::ItemsCount;
use stillruns::pipeline;
use stillruns::syntax::python;
use tree_sitter::Parser;

fn main() {
    divan::main();
}

/// Fragments as documentation has them, eight lines in the middle.
const FRAGMENTS: &[&str] = &[
    "import json\n\nwith open(\"settings.json\") as file:\n    settings = json.load(file)\n",
    "def area(shape):\n    \"\"\"The area of a shape in square metres.\"\"\"\n    if shape.kind == \
     \"circle\":\n        return math.pi * shape.radius ** 2\n    width, height = shape.size\n    \
     return width * height\n\nprint(area(Shape(\"circle\", radius=2)))\n",
    "class Stack(object):\n    def __init__(self):\n        self.items = []\n\n    def push(self, \
     item):\n        self.items.append(item)\n\n    def pop(self):\n        if not self.items:\n\
     \x20           raise IndexError(\"empty\")\n        return self.items.pop()\n\nstack = \
     Stack()\nfor number in range(3):\n    stack.push(number)\n",
    "try:\n    import cPickle as pickle\nexcept ImportError:\n    import pickle\n\nwith \
     open(\"cache\", \"wb\") as cache:\n    pickle.dump({\"a\": [1, 2]}, cache)\n",
    "for name, count in sorted(counts.iteritems()):\n    print \"%-10s %d\" % (name, count)\n",
    ">>> total = sum(range(10))\n>>> total\n45\n>>> [n * n for n in range(4)]\n[0, 1, 4, 9]\n",
    "async def fetch(session, url):\n    async with session.get(url) as response:\n        return \
     await response.text()\n\nasync def main(urls):\n    async with Session() as session:\n\
     \x20       pages = await asyncio.gather(*(fetch(session, url) for url in urls))\n    \
     print(f\"{len(pages)} pages\")\n",
    "rows = [line.rstrip().split(\",\") for line in sys.stdin]\nheader, rows = rows[0], rows[1:]\n\
     for row in rows:\n    record = dict(zip(header, row))\n    if float(record[\"price\"]) > \
     limit:\n        print(record[\"name\"], record[\"price\"])\n        found += 1\n",
];

#[divan::bench]
fn bare_parse(bencher: Bencher<'_, '_>) {
    let mut parser = Parser::new();
    let language = tree_sitter_python::LANGUAGE.into();
    parser.set_language(&language).expect("the grammar fits the library");
    bencher
        .counter(ItemsCount::new(FRAGMENTS.len()))
        .bench_local(|| FRAGMENTS.iter().filter_map(|text| parser.parse(text, None)).count());
}

#[divan::bench]
fn ask_the_tree(bencher: Bencher<'_, '_>) {
    let forms = |text: &&str| python::facts(text).forms.len();
    bencher
        .counter(ItemsCount::new(FRAGMENTS.len()))
        .bench(|| FRAGMENTS.iter().map(forms).sum::<usize>());
}

#[divan::bench]
fn classify(bencher: Bencher<'_, '_>) {
    let code = |text: &&&str| pipeline::fragment(text).result.is_ok();
    bencher
        .counter(ItemsCount::new(FRAGMENTS.len()))
        .bench(|| FRAGMENTS.iter().filter(code).count());
}
