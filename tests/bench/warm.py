#!/usr/bin/env python3
"""Times the first check of documents and those after it, when nothing has changed.

usage: warm.py [--stillruns PATH] [--documents N] [--examples N] [--rounds N] [--also FOLDER]
               [--keep FOLDER]

Makes N documents of N examples each: Markdown, reStructuredText and plain text, Python and shell,
single ones and chains, sessions with their output, a few that lack a module or a name, a few that
cannot be read, and with `--broken N` as many per document that fail in a way that a later run could
end otherwise and that therefore run each time. They are checked once with an empty cache and then
again; with `--also` so are the documents of another folder, each time with a cache of its own.
`--keep` leaves what was made there. Prints the median of the later ones, the ratio, what was run
again, and the processor time; judges nothing, as times depend on the machine.
"""

import argparse
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time

PROSE = (
    "Before we go on, a few words about how the pieces hang together. The part below is what most"
    " readers come for; whoever knows it may skip to the next section.",
    "Nothing of this is new. It has been in the language for years, and still it is among the"
    " things that people ask about most often.",
    "Try it yourself, and change a number here and there to see what depends on what.",
    "This is the short form. The long one says the same with more names in it.",
    "What comes out is not surprising once one has seen how it is made.",
)

# (language, code, shown output)
PASSING = (
    ("python", "basket = ['apple', 'pear', 'plum {n}']\nfor place, fruit in enumerate(basket):\n"
               "    print(place, fruit)", "0 apple\n1 pear\n2 plum {n}"),
    ("python", "def area(width, height={n}):\n    \"\"\"The area of a field.\"\"\"\n"
               "    return width * height\n\nassert area(2) == 2 * {n}", None),
    ("python", "import json\n\nrecord = {{'id': {n}, 'tags': ['a', 'b']}}\n"
               "assert json.loads(json.dumps(record)) == record", None),
    ("python", "import re\n\npattern = re.compile(r'(\\w+)@(\\w+)\\.org')\n"
               "found = pattern.match('reader{n}@example.org')\nprint(found.group(1))",
     "reader{n}"),
    ("python", "class Account:\n    def __init__(self, balance={n}):\n"
               "        self.balance = balance\n\n    def pay(self, sum):\n"
               "        self.balance += sum\n        return self\n\nprint(Account().pay(1).balance)",
     None),
    ("python", "from collections import Counter\n\nwords = 'the end of the page {n}'.split()\n"
               "print(Counter(words).most_common(1))", "[('the', 2)]"),
    ("python", "squares = {{number: number ** 2 for number in range({n} % 9 + 1)}}\n"
               "total = sum(squares.values())\nprint(total >= 0)", "True"),
    ("python", "import textwrap\n\ntext = 'line number {n} of a text that is a little too long'\n"
               "for line in textwrap.wrap(text, 20):\n    print(line)", None),
    ("python", "try:\n    int('number {n}')\nexcept ValueError as error:\n    print('no number')",
     "no number"),
    ("python", "with open('list-{n}.txt', 'w') as file:\n    file.write('bread\\nmilk\\n')\n"
               "print(len(open('list-{n}.txt').readlines()))", "2"),
    ("bash", "echo \"page {n}\" | tr a-z A-Z", None),
    ("bash", "for name in one two three; do\n  echo \"$name {n}\"\ndone | sort", None),
    ("bash", "mkdir -p site-{n}/pages\ntouch site-{n}/pages/index.html\nls site-{n}/pages",
     "index.html"),
    ("bash", "count=$(printf '%s\\n' a b c | wc -l)\ntest \"$count\" -eq 3", None),
)
SESSIONS = (
    ">>> 6 * {n}\n{six}\n>>> 'a-b-{n}'.split('-')\n['a', 'b', '{n}']",
    ">>> values = [3, 1, {n}]\n>>> max(values) >= 3\nTrue\n>>> len(values)\n3",
)
CHAIN = (
    ("python", "class Shelf{n}:\n    def __init__(self):\n        self.books = []\n\n"
               "    def put(self, title):\n        self.books.append(title)", None),
    ("python", "shelf_{n} = Shelf{n}()\nshelf_{n}.put('Emma')", None),
    ("python", "print(len(shelf_{n}.books))", "1"),
)
LACKING = (
    ("python", "import a_package_of_ours_{n}\n\na_package_of_ours_{n}.start()", None),
    ("python", "response_{n} = fetch(address_{n})\nprint(response_{n}.status)", None),
    ("bash", "our-deploy-tool-{n} --to production", None),
    ("python", "total_{n} = 3\nprint(totl_{n})", None),
    ("python", "while True\n    print({n})", None),
)
BROKEN = (
    ("python", "shares = [{n}, 2]\nprint(shares[7])", None),
    ("bash", "ls a-folder-that-is-nowhere-{n}", None),
)


def examples(document, count, broken):
    """Pairs of a language and a code with what is shown below it."""
    made, n = [], document * count
    while len(made) < count - broken:
        n += 1
        kind = len(made) % 25
        if kind in (5, 17):
            six = SESSIONS[kind % 2].format(n=n, six=6 * n)
            made.append(("pycon", six, None))
        elif kind == 9:
            made += [(lang, code.format(n=n), out) for lang, code, out in CHAIN]
        elif kind == 21:
            lang, code, out = LACKING[(document + n) % len(LACKING)]
            made.append((lang, code.format(n=n), out))
        else:
            lang, code, out = PASSING[n % len(PASSING)]
            made.append((lang, code.format(n=n), out and out.format(n=n)))
    made = made[:count - broken]
    made += [(lang, code.format(n=n + at), out)
             for at, (lang, code, out) in ((at, BROKEN[at % 2]) for at in range(broken))]
    return made


def indented(text):
    return "\n".join("    " + line if line else "" for line in text.split("\n"))


def document(number, count, broken):
    """A name and a text."""
    parts = []
    suffix = ("md", "md", "md", "rst", "txt")[number % 5]
    for at, (lang, code, out) in enumerate(examples(number, count, broken)):
        prose = PROSE[(number + at) % len(PROSE)]
        title = "Example %d" % at
        if suffix == "md":
            parts.append("## %s\n\n%s\n\n```%s\n%s\n```" % (title, prose, lang, code))
            if out:
                parts.append("It prints:\n\n```text\n%s\n```" % out)
        elif suffix == "rst":
            head = "%s\n%s\n\n%s" % (title, "-" * len(title), prose)
            if lang == "pycon":
                parts.append("%s\n\n%s" % (head, code))
            else:
                parts.append("%s\n\n.. code-block:: %s\n\n%s" % (head, lang, indented(code)))
        else:
            parts.append("%s\n\n%s\n\n%s" % (title, prose, indented(code)))
    return "page-%03d.%s" % (number, suffix), "# Page %d\n\n%s\n" % (number, "\n\n".join(parts))


def check(args, folder, cache, paths):
    """Seconds, processor seconds of all processes, and what the last lines say."""
    command = [args.stillruns, "check", "--no-progress", "--exit-zero", "--cache-dir", cache]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    done = subprocess.run(command + paths, cwd=folder, capture_output=True, text=True)
    took = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(done.stderr)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return took, cpu, done.stdout.rstrip().split("\n")[-1]


def compare(args, name, folder, paths, cache):
    cold, cold_cpu, summary = check(args, folder, cache, paths)
    print("%s: %s" % (name, summary))
    print("  first   %7.3f s  (own processor time %.3f s)" % (cold, cold_cpu))
    warm = [check(args, folder, cache, paths) for _ in range(args.rounds)]
    times = [took for took, _, _ in warm]
    median = statistics.median(times)
    print("  again   %7.3f s  median of %d, %.3f to %.3f  (own processor time %.3f s)" % (
        median, len(times), min(times), max(times), statistics.median(cpu for _, cpu, _ in warm)))
    print("  ratio   %7.1f" % (cold / median))
    told = subprocess.run(
        [args.stillruns, "check", "--exit-zero", "--cache-dir", cache] + paths, cwd=folder,
        capture_output=True, text=True).stderr
    again = re.search(r"examples to run: (\d+)", told)
    print("  ran again %5s" % (again.group(1) if again else "0"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--stillruns", default="target/release/stillruns")
    parser.add_argument("--documents", type=int, default=200)
    parser.add_argument("--examples", type=int, default=50)
    parser.add_argument("--broken", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--also", action="append", default=[])
    parser.add_argument("--keep")
    args = parser.parse_args()
    args.stillruns = os.path.abspath(args.stillruns)
    with tempfile.TemporaryDirectory() as scratch:
        made = args.keep or os.path.join(scratch, "made")
        os.makedirs(made, exist_ok=True)
        for number in range(args.documents):
            name, text = document(number, args.examples, args.broken)
            with open(os.path.join(made, name), "w") as file:
                file.write(text)
        for at, folder in enumerate(args.also):
            cache = os.path.join(scratch, "also-%d" % at)
            compare(args, folder, os.getcwd(), [folder], cache)
        compare(args, "made", made, ["."], os.path.join(scratch, "cache"))


main()
