#!/usr/bin/env python3
"""Damages the indentation of good fragments in seven ways and counts what `stillruns` notices.

usage: damage.py [--stillruns PATH] [--pythons FOLDER] [--count N] [--seed N] [--show N]

The fragments are cut from the standard library of the newest interpreter. Only damage counts that
this interpreter refuses, since some makes another program that is valid. Exits with 1 when less
than 95 % is noticed, or more than 0.1 % of the good fragments are taken for damaged.
"""

import argparse
import os
import random
import sys
import tempfile

import fragments

NOTICED = {"block without indentation", "does not parse as Python", "tabs and spaces mixed",
           "tabs and spaces mixed (Python 2.6-2.7)"}


def indent(line):
    return len(line) - len(line.lstrip())


def blocks(lines):
    """Numbers of lines that are deeper than the line before them."""
    return [at for at in range(1, len(lines)) if lines[at].strip()
            and lines[at - 1].rstrip().endswith(":") and indent(lines[at]) > indent(lines[at - 1])]


def dedent_line(lines, chance):
    at = chance.choice([at for at, line in enumerate(lines) if indent(line) and line.strip()])
    lines[at] = lines[at].lstrip()


def dedent_body(lines, chance):
    at = chance.choice(blocks(lines))
    depth = indent(lines[at])
    while at < len(lines) and (not lines[at].strip() or indent(lines[at]) >= depth):
        lines[at] = lines[at][4:] if lines[at].strip() else lines[at]
        at += 1


def indent_line(lines, chance):
    at = chance.choice([at for at, line in enumerate(lines) if line.strip()])
    lines[at] = "    " + lines[at]


def drop_all(lines, chance):
    lines[:] = [line.lstrip() for line in lines]


def swap_tabs(lines, chance):
    at = chance.choice([at for at, line in enumerate(lines) if indent(line) and line.strip()])
    lines[at] = "\t" * (indent(lines[at]) // 4 or 1) + lines[at].lstrip()


def off_by_one(lines, chance):
    at = chance.choice([at for at, line in enumerate(lines) if indent(line) and line.strip()])
    lines[at] = lines[at][1:] if chance.random() < 0.5 else " " + lines[at]


def no_body(lines, chance):
    at = chance.choice(blocks(lines))
    depth, end = indent(lines[at]), at
    while end < len(lines) and (not lines[end].strip() or indent(lines[end]) >= depth):
        end += 1
    del lines[at:end]


WAYS = [dedent_line, dedent_body, indent_line, drop_all, swap_tabs, off_by_one, no_body]


def damaged(text, way, chance):
    lines = text.splitlines()
    if not any(indent(line) for line in lines):
        return None
    try:
        way(lines, chance)
    except IndexError:
        return None
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--stillruns", default="target/release/stillruns")
    parser.add_argument("--pythons", default=os.path.expanduser("~/.pyenv/versions"))
    parser.add_argument("--count", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=1)
    args = parser.parse_args()
    pythons = fragments.interpreters(args.pythons)
    newest = pythons[max(pythons)]
    chance = random.Random(args.seed)
    with tempfile.TemporaryDirectory() as folder:
        good = fragments.ask(newest, folder, {"cut": args.count, "seed": args.seed})
        tried = [(way.__name__, damaged(text, way, chance)) for text in good for way in WAYS]
        tried = [(way, text) for way, text in tried if text]
        valid = fragments.ask(newest, folder, {"texts": [text for _, text in tried]})
    bad = [one for one, fine in zip(tried, valid) if not fine]
    answers = fragments.classify(args.stillruns, good + [text for _, text in bad])
    noticed = [any(one["what"] in NOTICED for one in answer["evidence"]) for answer in answers]
    alarms = sum(noticed[:len(good)])
    found = noticed[len(good):]
    print(f"{len(good)} good fragments, {alarms} taken for damaged ({alarms / len(good):.4f})")
    for text, seen in zip(good, noticed):
        if seen and args.show:
            print("        | " + text.rstrip().replace("\n", "\n        | "))
    for way in [way.__name__ for way in WAYS]:
        of = [(text, seen) for (name, text), seen in zip(bad, found) if name == way]
        share = sum(seen for _, seen in of) / max(len(of), 1)
        print(f"{way:12} {len(of):6} refused, {share:.4f} noticed")
        for text in [text for text, seen in of if not seen][:args.show]:
            print("        | " + text.rstrip().replace("\n", "\n        | "))
    share = sum(found) / max(len(found), 1)
    print(f"all          {len(found):6} refused, {share:.4f} noticed")
    sys.exit(0 if share >= 0.95 and alarms <= 0.001 * len(good) else 1)


if __name__ == "__main__":
    main()
