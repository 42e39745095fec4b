#!/usr/bin/env python3
"""Times `stillruns check` over short examples beside a loop that starts an interpreter for each.

usage: mixed.py [--stillruns PATH] [--python3 PATH] [--python2 PATH] [--count N] [--rounds N]
                [--peers VENV] [--growth]

A document of N examples (70 % Python 3, 5 % Python 2, 25 % shell) is made and checked; the loop
runs the same texts, each by a fresh interpreter and without any sandbox. With a virtual environment
that holds pytest-codeblocks, pytest-examples or sybil, these check the Python ones of it, and what
is not there is left out. `--growth` checks documents of 100 to 10,000 examples and fits the cost.
All take turns. Prints seconds, ratios, and the most memory that stillruns itself had. Judges
nothing, as times depend on the machine.
"""

import argparse
import math
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time

PYTHON = (
    "numbers = [{n}, 2, 3]\nprint(sum(numbers))",
    "def double(x):\n    return x * 2\n\nassert double({n}) == {n} * 2",
    "import json\nprint(json.dumps({{'id': {n}}}))",
    "import re\nassert re.match(r'\\d+', '{n} rooms').group() == '{n}'",
    "words = 'a few words {n}'.split()\nfor word in words:\n    print(word.upper())",
    "class Point:\n    def __init__(self, x):\n        self.x = x\n\nprint(Point({n}).x)",
    "from collections import Counter\nprint(Counter('example {n}').most_common(1))",
)
OLD = ("print 'number %d' % {n}", "for i in xrange(3):\n    print i, {n}")
SHELL = ("echo number {n}", "for i in 1 2 3; do\n  echo \"$i {n}\"\ndone",
         "touch file{n}\nls file{n}", "printf '%s\\n' {n} | sort")


def snippets(count):
    for n in range(count):
        kind, texts = "python3", PYTHON
        if n % 20 == 7:
            kind, texts = "python2", OLD
        elif n % 4 == 2:
            kind, texts = "bash", SHELL
        yield kind, texts[n // 4 % len(texts)].format(n=n)


def document(examples):
    text = ["# Examples"]
    for n, (kind, code) in enumerate(examples):
        info = {"python3": "python", "python2": "python2", "bash": "bash"}[kind]
        text.append("## Example %d\n\nThis is what it does.\n\n```%s\n%s\n```" % (n, info, code))
    return "\n\n".join(text) + "\n"


def check(args, folder, count, examples=None):
    """Seconds and MB of one check."""
    path = os.path.join(folder, "examples-%d.md" % count)
    with open(path, "w") as file:
        file.write(document(examples or snippets(count)))
    # What was run before is remembered, and would be told without a run.
    command = [args.stillruns, "check", "--no-cache", "--python", args.python3]
    if args.python2:
        command += ["--python", args.python2]
    log = open(os.path.join(folder, "log"), "w+")
    began = time.perf_counter()
    child = subprocess.Popen(command + [path], cwd=folder, stdout=log, stderr=log)
    most = [0]

    def look():
        while child.poll() is None:
            try:
                with open("/proc/%d/status" % child.pid) as file:
                    line = [line for line in file if line.startswith("VmHWM:")]
                most[0] = max(most[0], *(int(one.split()[1]) for one in line or ["x 0"]))
            except OSError:
                pass
            time.sleep(0.02)

    watcher = threading.Thread(target=look)
    watcher.start()
    child.wait()
    took = time.perf_counter() - began
    watcher.join()
    log.seek(0)
    if args.verbose:
        print("".join(log.readlines()[-8:]))
    return took, most[0] / 1024


def loop(args, examples):
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        for kind, code in examples:
            program = {"python3": args.python3, "python2": args.python2, "bash": "bash"}[kind]
            if program:
                subprocess.run([program, "-c", code], cwd=folder, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - began


def peers(args, folder, examples):
    """Runs what is installed over a document of Python examples only."""
    place = os.path.join(folder, "peers")
    os.makedirs(place, exist_ok=True)
    with open(os.path.join(place, "examples.md"), "w") as file:
        file.write(document(examples))
    with open(os.path.join(place, "test_examples.py"), "w") as file:
        file.write("import pytest\nfrom pytest_examples import find_examples\n\n\n"
                   "@pytest.mark.parametrize('one', find_examples('examples.md'), ids=str)\n"
                   "def test_one(one, eval_example):\n    eval_example.run(one)\n")
    with open(os.path.join(place, "sybil_conftest.py"), "w") as file:
        file.write("from sybil import Sybil\nfrom sybil.parsers.markdown import PythonCodeBlockParser\n"
                   "pytest_collect_file = Sybil(parsers=[PythonCodeBlockParser()],"
                   " patterns=['*.md']).pytest()\n")
    python = os.path.join(args.peers, "bin", "python")
    ways = {
        "pytest_codeblocks": ["-q", "--codeblocks", "examples.md"],
        "pytest_examples": ["-q", "test_examples.py"],
        "sybil": ["-q", "-p", "no:codeblocks", "-p", "sybil_conftest", "examples.md"],
    }
    for module, words in ways.items():
        if subprocess.run([python, "-c", "import " + module], stderr=subprocess.DEVNULL).returncode:
            print("%-20s is not installed: left out" % module)
            continue
        began = time.perf_counter()
        done = subprocess.run([python, "-m", "pytest"] + words, cwd=place, capture_output=True,
                              text=True, env=dict(os.environ, PYTHONPATH=place))
        last = (done.stdout.strip().splitlines() or ["nothing"])[-1]
        yield module, time.perf_counter() - began, last


def growth(args, folder):
    points = []
    for count in (100, 1000, 10000):
        took, memory = check(args, folder, count)
        points.append((math.log(count), math.log(took)))
        print("%6d examples: %.2f s, %.1f MB" % (count, took, memory))
    xs, ys = zip(*points)
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    slope = sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a in xs)
    print("cost grows with the power %.3f of the count" % slope)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--stillruns", default="target/release/stillruns")
    parser.add_argument("--python3", default=sys.executable)
    parser.add_argument("--python2", default=shutil.which("python2.7"))
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers", metavar="VENV")
    parser.add_argument("--growth", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args()
    args.stillruns = os.path.abspath(args.stillruns)
    with tempfile.TemporaryDirectory() as folder:
        if args.growth:
            growth(args, folder)
            return
        examples = list(snippets(args.count))
        rounds = []
        for _ in range(args.rounds):
            bare = loop(args, examples)
            rounds.append((bare,) + check(args, folder, args.count))
        bare, ours, memory = sorted(rounds, key=lambda one: one[1] / one[0])[len(rounds) // 2]
        print("%d mixed examples: an interpreter each %.2f s, stillruns %.2f s, "
              "%.1f times as fast, %.1f MB" % (args.count, bare, ours, bare / ours, memory))
        if args.peers:
            only = [one for one in examples if one[0] == "python3"]
            ours = check(args, folder, len(only), only)[0]
            print("%d of Python 3: stillruns %.2f s" % (len(only), ours))
            for module, took, last in peers(args, folder, only):
                print("%-20s %.2f s, %.1f times ours (%s)" % (module, took, took / ours, last))


main()
