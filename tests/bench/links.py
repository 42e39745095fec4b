#!/usr/bin/env python3
"""Compares the links that `stillruns list` finds with links written down by hand.

usage: links.py LABELS.jsonl NOTES [--stillruns PROGRAM] [--list]

LABELS has one object per line: {"doc": name, "start": line, "end": line, "class": "python" | "py2" |
"py3" | "shell", "depends_on": [first line of each example that it needs directly]}. A label and an
example are the same where most of their lines are. Printed are precision and recall of direct links
between examples that are labeled, and how many examples have exactly the links that they should.
`--list` shows every difference.
"""

import argparse
import collections
import json
import os
import subprocess
import sys

CODE = ("python", "py2", "py3", "shell")


def load(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def match(labels, found):
    """The place in `found` of each label that has one, each used once."""
    pairs = []
    for at, label in enumerate(labels):
        mine = set(range(label["start"], label["end"] + 1))
        for place, one in enumerate(found):
            theirs = set(range(one["start"], one["end"] + 1))
            share = len(mine & theirs) / len(mine | theirs)
            if share >= 0.5:
                pairs.append((-share, at, place))
    taken, matched = set(), {}
    for _, at, place in sorted(pairs):
        if at not in matched and place not in taken:
            matched[at] = place
            taken.add(place)
    return matched


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("labels")
    parser.add_argument("notes")
    parser.add_argument("--stillruns", default="target/release/stillruns")
    parser.add_argument("--list", action="store_true")
    args = parser.parse_args()
    labels = collections.defaultdict(list)
    for label in load(args.labels):
        if label["class"] in CODE:
            labels[label["doc"]].append(label)
    out = subprocess.run([args.stillruns, "list", "--format", "jsonl", args.notes],
                         check=True, stdout=subprocess.PIPE).stdout.decode("utf-8")
    found = collections.defaultdict(list)
    for line in out.splitlines():
        one = json.loads(line)
        found[os.path.basename(one["doc"])].append(one)
    hit = missed = extra = exact = compared = unmatched = 0
    for doc, wanted in sorted(labels.items()):
        matched = match(wanted, found[doc])
        unmatched += len(wanted) - len(matched)
        start = {found[doc][place]["start"]: wanted[at]["start"] for at, place in matched.items()}
        for at, place in sorted(matched.items()):
            label, one = wanted[at], found[doc][place]
            want = set(label["depends_on"])
            have = {start.get(link["line"], -link["line"]) for link in one["links"]}
            compared += 1
            exact += want == have
            hit += len(want & have)
            missed += len(want - have)
            extra += len(have - want)
            if args.list and want != have:
                kinds = ["%s:%s" % (link["line"], link["for"].get("name", link["for"]["kind"]))
                         for link in one["links"]]
                print("%s:%d wants %s has %s" % (doc, label["start"], sorted(want), kinds))
    precision = hit / (hit + extra) if hit + extra else 1.0
    recall = hit / (hit + missed) if hit + missed else 1.0
    print("%d examples compared, %d not found; links: %d right, %d missed, %d too many"
          % (compared, unmatched, hit, missed, extra))
    print("precision %.3f  recall %.3f  examples with exactly their links %d of %d"
          % (precision, recall, exact, compared))
    return 0


if __name__ == "__main__":
    sys.exit(main())
