//! What the bench reads: real documents where a folder of them is named, and else documents made
//! of a few hundred sentences and examples in an order that is the same every time.

use std::fs;
use std::path::{Path, PathBuf};

use stillruns::model::{DocPath, Document};

/// How much is made up, in bytes.
const SIZE: usize = 50_000_000;

/// The documents of the bench.
pub(crate) fn documents() -> Vec<Document> {
    match std::env::var("STILLRUNS_CORPUS") {
        Ok(folders) => folders.split(':').flat_map(|folder| read(Path::new(folder))).collect(),
        Err(_) => made(SIZE),
    }
}

/// Every Markdown file below `folder`.
fn read(folder: &Path) -> Vec<Document> {
    let mut files: Vec<PathBuf> = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(path),
                Ok(kind) if kind.is_file() && path.extension().is_some_and(|end| end == "md") => {
                    files.push(path);
                }
                _ => {}
            }
        }
    }
    files.sort();
    let document = |path: &PathBuf| {
        let text = String::from_utf8_lossy(&fs::read(path).ok()?).replace("\r\n", "\n");
        Some(Document::new(DocPath::new(&path.display().to_string()), text))
    };
    files.iter().filter_map(document).collect()
}

/// Numbers that look as if there were no order in them.
struct Dice(u64);

impl Dice {
    /// A number below `sides`.
    fn roll(&mut self, sides: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn pick<'t>(&mut self, from: &[&'t str]) -> &'t str {
        from[self.roll(from.len())]
    }
}

/// Documents of 2 to 60 KB that are `size` bytes together.
fn made(size: usize) -> Vec<Document> {
    let mut dice = Dice(7);
    let mut documents = Vec::new();
    let mut whole = 0;
    while whole < size {
        let wanted = 2_000 + dice.roll(58_000);
        let mut text = format!("# {}\n\n", sentence(&mut dice).trim_end_matches('.'));
        while text.len() < wanted {
            section(&mut dice, &mut text);
        }
        whole += text.len();
        let path = DocPath::new(&format!("{}.md", documents.len()));
        documents.push(Document::new(path, text));
    }
    documents
}

fn section(dice: &mut Dice, text: &mut String) {
    text.push_str(&format!("## {}\n\n", sentence(dice).trim_end_matches('.')));
    for _ in 0..1 + dice.roll(3) {
        match dice.roll(12) {
            0 => list(dice, text),
            1 => table(dice, text),
            2 => quote(dice, text),
            _ => paragraph(dice, text),
        }
        if dice.roll(2) == 0 {
            example(dice, text);
        }
    }
}

fn paragraph(dice: &mut Dice, text: &mut String) {
    let mut column = 0;
    for _ in 0..2 + dice.roll(6) {
        for word in sentence(dice).split(' ') {
            if column + word.len() > 88 {
                text.push('\n');
                column = 0;
            } else if column > 0 {
                text.push(' ');
                column += 1;
            }
            text.push_str(word);
            column += word.len();
        }
    }
    text.push_str("\n\n");
}

fn list(dice: &mut Dice, text: &mut String) {
    let numbered = dice.roll(3) == 0;
    for number in 1..3 + dice.roll(6) {
        let marker = if numbered { format!("{number}. ") } else { "- ".to_owned() };
        text.push_str(&format!("{marker}{}\n", sentence(dice)));
        if dice.roll(4) == 0 {
            text.push_str(&format!("  * {}\n", sentence(dice)));
        }
    }
    text.push('\n');
}

fn table(dice: &mut Dice, text: &mut String) {
    text.push_str("| Setting | Default | Meaning |\n|---|---|---|\n");
    for _ in 0..3 + dice.roll(6) {
        text.push_str(&format!(
            "| `{}_{}` | {} | {} |\n",
            dice.pick(NOUNS),
            dice.pick(NOUNS),
            dice.roll(500),
            sentence(dice)
        ));
    }
    text.push('\n');
}

fn quote(dice: &mut Dice, text: &mut String) {
    text.push_str(&format!("> **Note**: {}\n> {}\n\n", sentence(dice), sentence(dice)));
}

fn sentence(dice: &mut Dice) -> String {
    let form = dice.pick(SENTENCES);
    let mut made = String::new();
    for part in form.split_inclusive(['N', 'V', 'A']) {
        let (kept, list) = match part.as_bytes().last() {
            Some(b'N') => (&part[..part.len() - 1], NOUNS),
            Some(b'V') => (&part[..part.len() - 1], VERBS),
            Some(b'A') => (&part[..part.len() - 1], ADJECTIVES),
            _ => (part, &[""] as &[&str]),
        };
        made.push_str(kept);
        made.push_str(dice.pick(list));
    }
    made
}

/// One example: in a fence with or without its language, indented, a session, or unmarked.
fn example(dice: &mut Dice, text: &mut String) {
    let mut code = String::new();
    let kind = dice.roll(10);
    for _ in 0..1 + dice.roll(4) {
        let from = match kind {
            0..=4 => PYTHON,
            5..=7 => SHELL,
            _ => OTHER,
        };
        let form = dice.pick(from);
        let (noun, other) = (dice.pick(NOUNS), dice.pick(NOUNS));
        code.push_str(&form.replace("NOUN", noun).replace("OTHER", other));
    }
    let tag = ["python", "bash", "rust"][usize::from(kind > 4) + usize::from(kind > 7)];
    let prefixed =
        |prefix: &str| -> String { code.lines().map(|line| format!("{prefix}{line}\n")).collect() };
    let block = match (dice.roll(12), kind) {
        (0, _) => format!("```\n{code}```\n\n"),
        (1, _) => format!("{}\n", prefixed("    ")),
        (2, 5..=7) => format!("```console\n{}```\n\n", prefixed("$ ")),
        (3, 0..=7) => format!("{code}\n"),
        (4, _) => {
            format!("- {}\n\n{}\n", sentence(dice), indented(&format!("```{tag}\n{code}```\n")))
        }
        _ => format!("```{tag}\n{code}```\n\n"),
    };
    text.push_str(&block);
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}\n")).collect()
}

const NOUNS: &[&str] = &[
    "queue", "harbor", "ledger", "window", "basket", "signal", "parcel", "engine", "garden",
    "printer", "bridge", "ticket", "sample", "lantern", "valley", "register", "carrier", "folder",
    "session", "compass", "archive", "meadow", "channel", "planner",
];

const VERBS: &[&str] = &[
    "opens", "keeps", "returns", "checks", "moves", "splits", "names", "counts", "drops", "sorts",
    "follows", "delays", "writes", "prepares",
];

const ADJECTIVES: &[&str] = &[
    "small", "open", "empty", "late", "shared", "plain", "remote", "steady", "narrow", "second",
    "quiet", "local",
];

const SENTENCES: &[&str] = &[
    "The N V every A N before the next one begins.",
    "When a N is A, the N V it, and nothing else changes.",
    "See [the N](https://example.org/N/N) for what a A N means here.",
    "Use `N.N(N)` where the N is A; it V the *A* N only once.",
    "A N that V its N (as of version 2.4) is **A**, so do not rely on it.",
    "Each N has its own N, which V the N; see the table below for the A ones.",
    "You can change this with `--N`, but the N stays A until it V again.",
    "Since then the N V more than 3 of 10 N entries, which is A enough for most people.",
    "If that fails: check whether the N is A, then run it once more.",
    "There is no N for this; the A N V it by hand, e.g. in `N/N.toml`.",
    "That is why we call it a N: it V what a A N would.",
    "Fixed a bug where the N V a N twice ([#412](https://example.org/412)).",
];

const PYTHON: &[&str] = &[
    "import os\nfrom pathlib import Path\n\nNOUN = Path(os.environ[\"HOME\"]) / \"NOUN\"\n",
    "def load_NOUN(path, OTHER=None):\n    \"\"\"Read the NOUN at a path.\"\"\"\n    with open(path) as \
     file:\n        rows = [line.strip() for line in file if line]\n    return rows or OTHER\n\n",
    "class NOUN(object):\n    limit = 10\n\n    def __init__(self, OTHER):\n        self.OTHER = OTHER\n        \
     self._seen = {}\n\n    def take(self, key, value=0):\n        if key in self._seen:\n            \
     raise KeyError(\"twice: %s\" % key)\n        self._seen[key] = value\n        return self\n\n",
    "for NOUN in range(3):\n    print(\"NOUN\", NOUN * 2)  # once for each\n",
    "NOUN = {\"OTHER\": [1, 2, 3], \"size\": 4.5}\nprint(sum(NOUN[\"OTHER\"]))\n",
    "try:\n    NOUN.start(timeout=30)\nexcept (OSError, ValueError) as error:\n    log.warning(\"no OTHER: \
     %s\", error)\nfinally:\n    NOUN.close()\n",
    "async def main():\n    NOUN = await connect(\"localhost\", 8080)\n    async for OTHER in NOUN:\n        \
     print(f\"{OTHER.name}: {OTHER.size}\")\n\nasyncio.run(main())\n",
    "@app.route(\"/NOUN/<int:OTHER>\")\ndef show(OTHER):\n    return render(\"NOUN.html\", OTHER=OTHER)\n\n",
    "assert [x ** 2 for x in (1, 2, 3)] == [1, 4, 9]\n",
];

const SHELL: &[&str] = &[
    "pip install NOUN-OTHER\n",
    "git clone https://example.org/NOUN.git\ncd NOUN && make -j4\n",
    "for f in *.NOUN; do\n  wc -l \"$f\" | sort -n\ndone\n",
    "docker run --rm -it -p 8080:80 -v $PWD:/NOUN OTHER:latest\n",
    "export NOUN_HOME=/opt/NOUN\n./configure --prefix=$NOUN_HOME --without-OTHER\n",
    "curl -sSL https://example.org/NOUN/OTHER.tar.gz | tar xz -C /tmp\n",
    "if [ -f NOUN.lock ]; then\n    rm NOUN.lock\nfi\n",
    "grep -rn 'OTHER' src/ --include='*.py' > NOUN.txt\n",
];

const OTHER: &[&str] = &[
    "pub fn NOUN(OTHER: &str) -> Result<(), Error> {\n    let mut parts = OTHER.split(',');\n    \
     parts.try_for_each(|part| check(part))\n}\n",
    "{\n  \"NOUN\": {\"OTHER\": true, \"size\": 3},\n  \"name\": \"x\"\n}\n",
    "NOUN:\n  OTHER: 3\n  names:\n    - one\n    - two\n",
    "const NOUN = require('OTHER');\nNOUN.on('end', () => {\n  console.log(`${NOUN.length} bytes`);\n});\n",
    "SELECT NOUN, count(*) FROM OTHER WHERE size > 3 GROUP BY NOUN;\n",
];

/// Name, file, a part to repeat, and the size of the smaller document, in bytes.
type Growing = (&'static str, &'static str, String, usize);

/// Shapes whose cost must not grow faster than their length.
pub(crate) fn shapes() -> Vec<Growing> {
    const MB: usize = 1_000_000;
    let document = made(100_000).remove(0).text;
    let line = |text: &str| text.to_owned();
    let code = "x = f(a, 'b') if c: d = g(e) # note for i in j: print(i) class K(L): m = 1 ";
    let rst = "Title\n=====\n\nSome words::\n\n    import os\n    print(os.name)\n\n.. code-block:: \
               sh\n\n    ls -l | sort\n\nMore words.\n\n";
    let org = "* Title\nSome words.\n#+begin_src python\nimport os\nprint(os.name)\n#+end_src\n\n\
               #+RESULTS:\n: posix\n\n";
    let adoc =
        "== Title\n\nSome words.\n\n[source,python]\n----\nimport os\nprint(os.name)\n----\n\n";
    let html = "<h2>Title</h2><p>Some words.</p>\n<pre><code class=\"language-python\">import os\n\
                print(os.name &lt; 3)\n</code></pre>\n";
    let plain = "Some words about it\n\n    import os\n    print(os.name)\n\n$ ls -l\ntotal 0\n\nThe end.\n\n";
    let cell = "{\"cell_type\":\"code\",\"source\":[\"import os\\n\",\"print(os.name)\"],\"outputs\":[]},\n";
    vec![
        ("a document repeated", "a.md", document, MB / 4),
        ("one line of prose and code", "a.md", line(code), MB),
        ("one line of prose and code, plain", "a.txt", line(code), MB),
        ("lines of statements run together", "a.txt", code.repeat(5) + "\n", MB / 4),
        ("lines of open code, plain", "a.txt", line("x = f(a, 'b\n"), MB / 4),
        ("one list, each item deeper", "a.md", line("- "), MB / 10),
        ("lists with a nested item", "a.md", "- a\n  - b\n    - `c(1)`\n".to_owned(), MB / 4),
        ("headings", "a.md", line("# a\n"), MB / 4),
        ("lines of a mark", "a.md", line("#\n"), MB / 4),
        ("brackets that stay open", "a.md", line("["), MB),
        ("calls that stay open", "a.txt", line("f(a,\n"), MB / 10),
        ("quotes that stay open", "a.txt", line("x = 'a\n"), MB / 10),
        ("strings that stay open", "a.txt", line("\"\"\"a\n"), MB / 10),
        ("backticks", "a.md", line("` `` "), MB),
        ("prompts of Python", "a.txt", line(">>> "), MB),
        ("a long session of Python", "a.txt", line(">>> f(1)\n1\n"), MB / 10),
        ("sessions of Python", "a.txt", line(">>> f(1)\n1\n\ntext\n\n"), MB / 10),
        ("quotes in quotes", "a.md", line("> "), MB / 10),
        ("a huge table", "a.md", line("| a | `ls -l \\| wc` |\n|---|---|\n"), MB / 10),
        ("rows of a plain table", "a.txt", line("a | b | c\n--+---+--\n"), MB / 10),
        ("cells in text", "a.txt", line("In [1]: f(x)\nOut[1]: 3\n\n"), MB / 10),
        ("reStructuredText", "a.rst", line(rst), MB / 4),
        ("Org", "a.org", line(org), MB / 4),
        ("AsciiDoc", "a.adoc", line(adoc), MB / 4),
        ("HTML", "a.html", line(html), MB / 4),
        ("tags that stay open", "a.html", line("<div><pre>"), MB),
        ("a notebook", "a.ipynb", line(cell), MB / 4),
        ("plain text", "a.txt", line(plain), MB / 4),
    ]
}

/// `text`, whole where its format has a frame around the parts.
pub(crate) fn framed(file: &str, text: String) -> String {
    match file {
        "a.ipynb" => {
            let cells = text.trim_end().trim_end_matches(',');
            format!("{{\"nbformat\":4,\"metadata\":{{}},\"cells\":[\n{cells}\n]}}\n")
        }
        _ => text,
    }
}
