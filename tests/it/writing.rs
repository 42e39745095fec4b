//! What people put into notes, as building blocks from which documents are generated.
//!
//! Says nothing of markup: how a block is written is for `markups`. Every block is closed: what it
//! begins, it ends. Inside marks that have an end code may be broken; code that nothing marks, and
//! sessions, have no bracket, string or heredoc left open, because such a one asks for more lines,
//! and what follows may rightly be taken for them.

use proptest::prelude::*;

/// A building block of a document.
#[derive(Clone, Debug)]
pub(crate) enum Piece {
    /// Sentences.
    Paragraph(&'static str),
    /// A heading of a section.
    Heading(&'static str),
    /// Code that the markup marks, with its language or without.
    Code(&'static str, &'static str),
    /// Code that stands out by its indentation.
    Indented(&'static str),
    /// Code, a session or code on a single line between sentences.
    Bare(&'static str),
    /// A sentence with a code span.
    Span(&'static str, &'static str, &'static str),
    /// A list; code below each item.
    List(Vec<(&'static str, &'static str)>),
    /// A box with a title, sentences and code in it.
    Note(&'static str, &'static str),
    /// What a program printed, set apart as such.
    Output(&'static str),
    /// What only one format has, by its number.
    Special(usize),
}

pub(crate) const SENTENCES: &[&str] = &[
    "The cache is warmed when the service starts, and it stays warm for a day.",
    "Both of them read the same settings; the second one is the faster of the two.",
    "Nobody should need this, but it is good to know where it lives.\nIt was written for a machine \
     that is long gone.",
    "Measured on a quiet evening: about forty requests a second.",
    "First of all, make sure that there is enough room on the disk.",
    "What follows was tried on three hosts, with the same result on each of them.",
    "A word of warning: the order of the two steps matters.",
    "Then do the same with the other half:",
];

const TITLES: &[&str] = &["Setting up", "Known limits", "Backups", "Notes on the format", "Why"];

const PYTHON: &[&str] = &[
    "import csv\n\nwith open('plants.csv') as source:\n    for row in csv.DictReader(source):\n        print(row['name'], row['height'])",
    "def area(width, height):\n    \"\"\"The area, in square metres.\"\"\"\n    return width * height\n\nprint(area(3, 4))",
    "total = 0\nfor n in range(10):\n    total += n\nprint(total)",
    "class Lamp(object):\n    on = False\n\n    def toggle(self):\n        self.on = not self.on",
    "print 'still here'",
    "from collections import Counter\nwords = Counter(open('notes.txt').read().split())",
    "names = [\n    'ash',\n    'birch',\n]\nprint(', '.join(names))",
    "@app.route('/health')\ndef health():\n    return 'ok', 200",
    "try:\n    import simplejson as json\nexcept ImportError:\n    import json",
    "# the limit is inclusive\nassert clamp(11, 0, 10) == 10",
];

const SHELL: &[&str] = &[
    "sudo apt-get update\nsudo apt-get install -y graphviz",
    "for f in *.wav; do\n  flac --best \"$f\"\ndone",
    "git clone https://example.org/garden.git\ncd garden\nmake install",
    "tar -czf backup.tar.gz \\\n    --exclude=.git \\\n    garden/",
    "cat > /etc/motd <<EOF\nWelcome back.\nEOF",
    "grep -rn 'limit' src | sort | uniq -c",
    "export PATH=$HOME/bin:$PATH",
    "pip install --upgrade six",
];

/// Closed by their marks only.
const BROKEN: &[&str] = &[
    "def grow(self:\n    return [self.size * 2",
    "text = \"\"\"never closed\nprint(text)",
    "cat <<EOF\nno end of it",
    "echo \"half a string",
    "f(a,\n  {'b': 1,",
    "x = 'é–ü' \\",
];

const FOREIGN: &[(&str, &str)] = &[
    ("json", "{\n  \"limit\": 10,\n  \"hosts\": [\"elm\", \"oak\"]\n}"),
    ("yaml", "service:\n  port: 8080\n  hosts:\n    - elm"),
    ("sql", "SELECT name, height FROM plants WHERE height > 10;"),
    ("ini", "[server]\nport = 8080"),
    ("text", "elm   10\noak   20"),
    ("diff", "--- a/limits.py\n+++ b/limits.py\n@@ -1 +1 @@\n-LIMIT = 1\n+LIMIT = 2"),
];

const SESSIONS: &[&str] = &[
    ">>> area(3, 4)\n12\n>>> area(0, 4)\n0",
    ">>> for n in range(2):\n...     print(n)\n...\n0\n1",
    "$ ls garden\nplants.csv  README\n$ wc -l garden/plants.csv\n42 garden/plants.csv",
    "user@oak:~/garden$ git status\nOn branch main\nnothing to commit",
    "[root@elm ~]# systemctl restart nginx",
    "(venv) $ pip install six",
    "In [3]: area(3, 4)\nOut[3]: 12",
    "$ cat > a.txt <<EOF\n> one\n> EOF\n$ cat a.txt\none",
    "$ python3 -q\n>>> area(3, 4)\n12\n>>> exit()\n$ pwd\n/home/oak",
];

/// Cells by their lines: what they print goes on until a sentence or heading comes.
const CELLS: &[&str] = &[
    "In [1]:\nimport math\nmath.floor(2.5)\n\nOut[1]: 2",
    "In [7]:\ndef half(x):\n    return x / 2\n\nhalf(3)\n\n1.5",
];

/// Code that lost its lines.
const FLAT: &[&str] = &[
    "def area(w, h): if w < 0: raise ValueError('w') return w * h print(area(3, 4))",
    "import os import sys print(os.getcwd()) print(sys.argv)",
    "class Lamp(object): def __init__(self): self.on = False def toggle(self): self.on = not self.on",
];

const SPANS: &[(&str, &str, &str)] = &[
    ("Start it with ", "docker compose up -d", " and wait a moment."),
    ("There is a limit: ", "resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))", "."),
    ("The name ", "limit", " is used in two places."),
    ("To look at it, type ", "tail -f /var/log/syslog", ", or nothing at all."),
];

/// Code of a language, and its tag.
fn marked() -> impl Strategy<Value = (&'static str, &'static str)> {
    prop_oneof![
        (prop::sample::select(vec!["python", "py", "python3", ""]), sample(PYTHON)),
        (prop::sample::select(vec!["bash", "sh", "console", "shell", ""]), sample(SHELL)),
        (prop::sample::select(vec!["python", "bash", ""]), sample(BROKEN)),
        (prop::sample::select(vec!["pycon", "console", ""]), sample(SESSIONS)),
        prop::sample::select(FOREIGN),
        prop::sample::select(FOREIGN).prop_map(|(_, text)| ("", text)),
    ]
}

fn sample(from: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    prop::sample::select(from)
}

fn code() -> impl Strategy<Value = &'static str> {
    prop_oneof![sample(PYTHON), sample(SHELL)]
}

fn piece() -> impl Strategy<Value = Piece> {
    let item = (sample(SENTENCES), prop_oneof![Just(""), code()]);
    prop_oneof![
        4 => sample(SENTENCES).prop_map(Piece::Paragraph),
        2 => sample(TITLES).prop_map(Piece::Heading),
        4 => marked().prop_map(|(tag, code)| Piece::Code(tag, code)),
        2 => prop_oneof![code(), sample(BROKEN), sample(SESSIONS)].prop_map(Piece::Indented),
        4 => prop_oneof![code(), sample(SESSIONS), sample(FLAT), sample(CELLS)]
            .prop_map(Piece::Bare),
        2 => prop::sample::select(SPANS).prop_map(|(a, code, b)| Piece::Span(a, code, b)),
        2 => prop::collection::vec(item, 1..4).prop_map(Piece::List),
        2 => (sample(SENTENCES), code()).prop_map(|(text, code)| Piece::Note(text, code)),
        1 => sample(&["12\n0", "done in 3 s", "[1, 2]"]).prop_map(Piece::Output),
        4 => (0usize..1000).prop_map(Piece::Special),
    ]
}

/// The blocks of a document.
pub(crate) fn pieces() -> impl Strategy<Value = Vec<Piece>> {
    prop::collection::vec(piece(), 0..7)
}
