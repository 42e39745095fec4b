#!/usr/bin/env python3
"""Compares the verdicts of `stillruns check` with labels made by hand.

usage: verdicts.py [--stillruns PATH] [--harness PATH] [--shared FOLDER] [--wrong]

FOLDER (or $STILLRUNS_SHARED) holds `notes/` and `gold/seeds.jsonl`, whose lines say of a part of a
note what it is (`class`), how it ends alone (`expected`, per Python) and behind what it depends on
(`expected_with_deps`), what it `needs`, and the error that its author made (`author_error`). Lines
are told apart by document and place. `--wrong` lists what differs.

How snippets end is asked of `stillruns-harness`, for each under both Pythons; verdicts are asked of
`stillruns check --format jsonl`.
"""

import argparse
import difflib
import json
import os
import re
import subprocess
import sys
import tempfile

PYTHON = ("python", "py2", "py3")
PYTHONS = {"py3": "python3", "py2": "python2"}
# One kind of ending, whatever a version calls it.
SAME = {"IndentationError": "SyntaxError", "TabError": "SyntaxError", "IOError": "FileNotFoundError",
        "ImportError": "ModuleNotFoundError"}
WORD = re.compile(r"[A-Za-z_]\w*")
STRING = re.compile(r"'''.*?'''|\"\"\".*?\"\"\"|'[^'\n]*'|\"[^\"\n]*\"|#.*", re.S)


def read(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def matched(labels, found):
    """Pairs of a label and what was found at its place, each once; the best overlaps first."""
    overlaps = []
    for at, label in enumerate(labels):
        for to, one in enumerate(found):
            if os.path.basename(one["doc"]) != label["doc"]:
                continue
            if (one["class"] == "shell") != (label["class"] == "shell"):
                continue
            both = min(one["end"], label["end"]) - max(one["start"], label["start"]) + 1
            span = max(one["end"], label["end"]) - min(one["start"], label["start"]) + 1
            if both > 0:
                overlaps.append((-both / span, at, to))
    pairs, taken = {}, set()
    for _, at, to in sorted(overlaps):
        if at not in pairs and to not in taken:
            pairs[at] = to
            taken.add(to)
    return [(label, found[pairs[at]] if at in pairs else None) for at, label in enumerate(labels)]


def ending(harness, path, interpreter):
    """What a file does under an interpreter, as the labels call it."""
    command = [harness, "run", path, "--json", "--interpreter", interpreter]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        return f"no run: {done.stderr.strip()}"
    finish = json.loads(done.stdout)["finish"]
    if finish == "completed":
        return "pass"
    if isinstance(finish, str):
        return finish
    kind, told = next(iter(finish.items()))
    return told["kind"] if kind == "raised" else "SyntaxError" if kind == "syntax_error" else kind


def kind(name):
    return SAME.get(name, name)


def bare(code):
    return STRING.sub(lambda it: " " * len(it.group()), code)


def is_placeholder(label):
    told = " ".join(label["needs"]).lower()
    code = bare(label["code"])
    return "placeholder" in told or "..." in code or bool(re.search(r"<[a-z][\w -]*>", code))


def near_name(code):
    """Whether a name is used that nothing binds, and one much like it is bound."""
    code = bare(code)
    bound = set(re.findall(r"\b([A-Za-z_]\w*)\s*=(?!=)", code))
    for names in re.findall(r"\bimport\s+([\w, .]+)", code):
        bound |= set(WORD.findall(names))
    used = {it.group() for it in WORD.finditer(code) if code[it.start() - 1:it.start()] != "."}
    return any(
        one != other
        and (one.lower() == other.lower() or len(one) > 3 and
             difflib.SequenceMatcher(None, one, other).ratio() >= 0.7)
        for one in used - bound for other in bound)


def is_shown(label):
    """Whether an interpreter or a near name can show the error that the author made."""
    if not label["author_error"] or label["class"] not in PYTHON or is_placeholder(label):
        return False
    endings = {kind(one) for one in (label["expected"] or {}).values()}
    return "pass" not in endings and endings == {"SyntaxError"} or near_name(label["code"])


def right_line(label, one):
    """Whether the line lies where CPython sees the error, or anywhere in the code otherwise."""
    if one["line"] is None or not label["start"] <= one["line"] <= label["end"]:
        return False
    if one["cause"]["kind"] != "syntax" or not (one["interpreter"] or "").startswith("python3"):
        return True
    lines = label["code"].rstrip("\n").split("\n")
    if len(lines) != label["end"] - label["code_start"] + 1:
        return True
    try:
        compile(label["code"], "snippet", "exec")
    except SyntaxError as error:
        return one["line"] == label["code_start"] + min(error.lineno, len(lines)) - 1
    return True


def right_reason(label, reason):
    """Whether what the label says is needed is what the reason says."""
    told = " ".join(label["needs"])
    text = told + " " + label["code"]
    how, detail = reason["kind"], reason.get("detail")
    expected = " ".join((label["expected"] or {}).values())
    if how == "placeholder":
        return is_placeholder(label) or detail in label["code"] and "path/to" in detail
    if how == "needs_context":
        if detail and detail[0].endswith(" around it"):
            return "enclosing" in told
        words = set(WORD.findall(text))
        return bool(detail) and all(set(WORD.findall(name)) <= words for name in detail)
    if how in ("needs_module", "needs_command"):
        return "Error" in expected and detail in text or detail in label["code"]
    if how == "needs_network":
        return "network" in told or "container" in expected
    if how == "denied":
        return any(word in told + expected for word in ("root", "sudo", "package", "container"))
    return how == "needs_snippet"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--stillruns", default="target/release/stillruns")
    parser.add_argument("--harness", default="target/release/stillruns-harness")
    parser.add_argument("--shared", default=os.environ.get("STILLRUNS_SHARED", "../shared"))
    parser.add_argument("--wrong", action="store_true")
    options = parser.parse_args()
    labels = read(os.path.join(options.shared, "gold", "seeds.jsonl"))
    labels = [label for label in labels if label["class"] in PYTHON + ("shell",)]
    notes = os.path.abspath(os.path.join(options.shared, "notes"))
    stillruns = os.path.abspath(options.stillruns)
    with tempfile.TemporaryDirectory() as scratch:
        command = [stillruns, "check", notes, "--format", "jsonl", "--exit-zero"]
        done = subprocess.run(command, capture_output=True, text=True, cwd=scratch,
                              env=dict(os.environ, CI="1", GITHUB_ACTIONS=""))
        if done.returncode:
            sys.exit(done.stderr)
        found = [json.loads(line) for line in done.stdout.splitlines()]
        found = [event for event in found if event["event"] == "finished"]
        out = os.path.join(scratch, "out")
        subprocess.run([stillruns, "extract", "-q", "--output", out, notes], check=True,
                       cwd=scratch)
        with open(os.path.join(out, "manifest.json"), encoding="utf-8") as manifest:
            files = {one["id"]: os.path.join(out, one["file"])
                     for one in json.load(manifest)["entries"]}
        pairs = matched(labels, found)
        tell(pairs, files, options)


def tell(pairs, files, options):
    wrong = []

    def figure(what, cases, bar):
        """`cases` are (is right, label, what was said)."""
        right = sum(1 for ok, _, _ in cases if ok)
        share = f"{100 * right / len(cases):5.1f} %" if cases else "    -  "
        print(f"{what:58} {right:3} of {len(cases):3}  {share}  {bar}")
        wrong.extend((what, label, said) for ok, label, said in cases if not ok)

    python = [(label, one) for label, one in pairs if label["class"] in PYTHON]
    there = [(label, one) for label, one in pairs if one]
    strict = [pair for pair in python if pair[0]["scoring"] == "strict"]
    figure("labelled Python that was found (strict)",
           [(one is not None, label, "not found") for label, one in strict], "")
    for key, interpreter in PYTHONS.items():
        cases = []
        for label, one in python:
            if one:
                said = ending(options.harness, files[one["id"]], interpreter)
                cases.append((kind(said) == kind(label["expected"][key]), label, said))
        figure(f"kind of ending, {interpreter}", cases, ">= 97 %")

    def outcome(label, key):
        interpreter = "py2" if (one_of(label)["interpreter"] or "").startswith("python2") else "py3"
        return (label[key] or {}).get(interpreter if label["class"] != "shell" else "shell")

    by_label = {id(label): one for label, one in there}

    def one_of(label):
        return by_label[id(label)]

    chained = [(label, one) for label, one in there
               if "pass" in (label["expected_with_deps"] or {}).values()]
    figure("chained passes that pass",
           [(one["verdict"] == "pass", label, said_of(one)) for label, one in chained], "all")
    passes = [label for label, one in there if one["verdict"] == "pass"]
    figure("passes that the labels call so",
           [("pass" in (outcome(label, "expected"), outcome(label, "expected_with_deps")), label,
             "pass") for label in passes], "all")
    shown = [(label, one) for label, one in there if is_shown(label)]
    figure("errors of authors that can be shown: fail on its line",
           [(one["verdict"] == "fail" and right_line(label, one), label, said_of(one))
            for label, one in shown], ">= 90 %")
    fails = [(label, one) for label, one in there if one["verdict"] == "fail"]
    figure("fails that are errors of authors",
           [(bool(label["author_error"]), label, said_of(one)) for label, one in fails],
           "<= 3 others")
    unjudged = [(label, one) for label, one in there if one["verdict"] == "unjudged"]
    for what, classes in (("Python", PYTHON), ("shell", ("shell",))):
        figure(f"unjudged with the right reason, {what}",
               [(right_reason(label, one["reason"]), label, said_of(one))
                for label, one in unjudged if label["class"] in classes], ">= 90 %")
    suggested = [(label, one) for label, one in fails
                 if one["cause"]["kind"] == "syntax" and label["class"] in PYTHON]
    figure("syntax errors with a proposed edit",
           [(bool(one["background"].get("suggestion")), label, said_of(one)) for label, one in suggested], "")
    if options.wrong:
        for what, label, said in wrong:
            first = label["code"].split("\n")[0][:50]
            print(f"{what}: {label['doc'][:3]}:{label['start']} {first!r}: {said}")


def said_of(one):
    why = one["cause"] or one["reason"]
    return f"{one['verdict']} at {one['line']}: {json.dumps(why)}"


if __name__ == "__main__":
    main()
