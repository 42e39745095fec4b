#!/usr/bin/env python3
"""Runs doctests that Pythons bring along, by their own doctest module and by stillruns, and compares.

    python3 tests/bench/doctests.py target/release/stillruns [--modules] [PYTHON ...]

Of every PYTHON (those that `stillruns doctor` lists when none is named) the texts of its own tests of
doctest are read, and with --modules the docstrings of its standard library. Every text or docstring
becomes a document with one session. Both must say the same: that it passes, or which example is the
first that does not. Prints what differs with its reason, and a line of counts for every Python.
"""

import collections
import json
import os
import re
import subprocess
import sys
import tempfile

# Runs in the interpreter that is asked.
ASK = os.path.join(os.path.dirname(os.path.abspath(__file__)), "ask_doctests.py")

UNKNOWN = "names that nothing in the text defines are its surroundings' to give"
UNRUN = "what was not run has not passed"
SILENT = "an example that shows nothing claims nothing"
GRANTED = "a reader would grant it: `...`, line breaks between brackets, the order of a set"


def ask(python, modules):
    with tempfile.TemporaryDirectory() as folder:
        env = {"PATH": os.environ["PATH"], "PYTHONHASHSEED": "0", "LANG": "C.UTF-8", "NO_COLOR": "1"}
        command = [python, ASK] + (["*"] if modules else [])
        done = subprocess.run(command, cwd=folder, env=env, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=900)
    return [json.loads(line) for line in done.stdout.decode("utf-8").splitlines()]


def page(test, tag):
    """The document of a test, and the lines of every example in it."""
    lines = ["```" + tag]
    if test["module"]:
        lines.append(">>> import {0} as tested; globals().update(vars(tested))".format(test["module"]))
    spans = []
    for source, want, _, _ in test["examples"]:
        first = len(lines) + 1
        typed = source.rstrip("\n").split("\n")
        lines.append((">>> " + typed[0]).rstrip())
        lines += [("... " + line).rstrip() for line in typed[1:]]
        lines += want.split("\n")[:-1] if want else []
        spans.append((first, len(lines)))
    lines += ["```", ""]
    return "\n".join(lines), spans


def check(program, python, tests, two):
    """What stillruns says of every test: verdict, kind, line."""
    said = {}
    with tempfile.TemporaryDirectory() as folder:
        for at, test in enumerate(tests):
            with open(os.path.join(folder, "t%05d.md" % at), "w", encoding="utf-8") as file:
                file.write(page(test, "python2" if two else "python")[0])
        command = [program, "check", ".", "--python", python, "--format", "jsonl", "--exit-zero",
                   "--timeout", "60s", "--no-progress", "--allow-empty"]
        done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        for line in done.stdout.decode("utf-8").splitlines():
            event = json.loads(line)
            if event.get("event") == "finished":
                at = int(re.search(r"t(\d+)\.md", event["doc"]).group(1))
                why = event.get("cause") or event.get("reason") or {}
                said.setdefault(at, []).append((event["verdict"], why.get("kind"), event.get("line")))
    return said


def compare(test, said, counts, python):
    spans = page(test, "")[1]
    failed = sorted(set(test["failed"]))
    if said is None or len(said) != 1:
        counts["not one session for stillruns"] += 1
        return "found %s sessions" % (0 if said is None else len(said))
    verdict, kind, line = said[0]
    if verdict == "pass" and not failed:
        counts["both pass"] += 1
        return None
    if verdict == "pass":
        examples = [test["examples"][at] for at in failed if at >= 0]
        silent = all(not want for _, want, _, _ in examples)
        counts["only doctest fails it"] += 1
        return "doctest alone fails it, first `%s`: %s" % (
            examples[0][0].strip() if examples else "?", SILENT if silent else GRANTED)
    ours = next((at for at, (first, last) in enumerate(spans) if line and first <= line <= last), None)
    if verdict == "fail" and failed and (ours == failed[0] or ours in failed):
        counts["both fail, at the same example" if ours == failed[0] else "both fail"] += 1
        return None
    if verdict == "fail" and failed:
        counts["both fail, at different examples"] += 1
        return "fails at %s, doctest at %s" % (ours, failed[0])
    name = "unjudged" if verdict == "unjudged" else "only stillruns fails it"
    counts[name + (", doctest passes it" if name == "unjudged" and not failed else "")] += 1
    source = test["examples"][ours][0].strip() if ours is not None else ""
    reasons = {"needs_context": UNKNOWN, "skipped_by_directive": UNRUN}
    return "%s (%s) at `%s`, doctest %s%s" % (verdict, kind, source[:80], "fails" if failed else "passes",
                                              ": " + reasons[kind] if kind in reasons else "")


def main():
    words = [word for word in sys.argv[1:] if word != "--modules"]
    program, pythons = os.path.abspath(words[0]), words[1:]
    if not pythons:
        told = subprocess.run([program, "doctor"], stdout=subprocess.PIPE).stdout.decode()
        pythons = [word for word in told.split() if re.search(r"/bin/python[\d.]*$", word)]
    if not pythons:
        sys.exit("SKIPPED, NOTHING WAS COMPARED: no Python found")
    for python in pythons:
        tests = ask(python, "--modules" in sys.argv)
        if not tests:
            print("SKIPPED: %s brings no doctests along" % python)
            continue
        version = subprocess.run([python, "-c", "import sys; print('%d.%d.%d' % sys.version_info[:3])"],
                                 stdout=subprocess.PIPE).stdout.decode().strip()
        said = check(program, python, tests, version.startswith("2"))
        counts = collections.Counter()
        for at, test in enumerate(tests):
            different = compare(test, said.get(at), counts, python)
            if different:
                print("%s %s: %s" % (version, test["name"], different))
        parts = ", ".join("%d %s" % (number, name) for name, number in counts.most_common())
        print("== Python %s: %d tests: %s" % (version, len(tests), parts))


main()
