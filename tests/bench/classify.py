#!/usr/bin/env python3
"""Scores `stillruns classify --jsonl` on labelled fragments.

usage: classify.py [--stillruns PATH] [--part K/N] [--wrong] FILE.jsonl ...

A line of FILE has `id`, `text`, `label` (py2, py3, both, shell or none) and `alt`, further labels
that are right in the lenient figure. `--part 1/3` takes the fragments whose id falls into that
third, by a hash; `--wrong` prints what was not taken for what it is.
"""

import argparse
import collections
import hashlib
import json
import subprocess

LABELS = ["py2", "py3", "both", "shell", "none"]


def label(answer):
    """The label that an answer of the program gives."""
    if answer["class"] in ("shell", "none"):
        return answer["class"]
    return "both" if len(answer["accepts"]) > 1 else answer["class"]


def f1(pairs, of):
    right = sum(gold == got == of for gold, got in pairs)
    found = sum(got == of for _, got in pairs)
    there = sum(gold == of for gold, _ in pairs)
    return 2 * right / (found + there) if found + there else 1.0


def part_of(identity, parts):
    digest = hashlib.sha256(str(identity).encode()).digest()
    return digest[0] % parts + 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--stillruns", default="stillruns")
    parser.add_argument("--part", help="K/N: one part of the fragments only")
    parser.add_argument("--wrong", action="store_true")
    parser.add_argument("file", nargs="+")
    args = parser.parse_args()
    for name in args.file:
        with open(name, encoding="utf-8") as lines:
            items = [json.loads(line) for line in lines]
        if args.part:
            part, parts = map(int, args.part.split("/"))
            items = [item for item in items if part_of(item["id"], parts) == part]
        questions = "".join(json.dumps({"id": i["id"], "text": i["text"]}) + "\n" for i in items)
        command = [args.stillruns, "classify", "--jsonl", "-"]
        done = subprocess.run(command, input=questions.encode(), stdout=subprocess.PIPE, check=True)
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        assert [a.get("id") for a in answers] == [i["id"] for i in items], "answers out of order"
        tell(name, items, answers, args.wrong)


def tell(name, items, answers, wrong):
    pairs = [(item["label"], label(answer)) for item, answer in zip(items, answers)]
    lenient = [got == item["label"] or got in item["alt"]
               for item, (_, got) in zip(items, pairs)]
    right = sum(gold == got for gold, got in pairs)
    macro = sum(f1(pairs, of) for of in LABELS) / len(LABELS)
    nothing = [got for gold, got in pairs if gold == "none"]
    runnable = sum(got != "none" for got in nothing) / max(len(nothing), 1)
    count = len(pairs)
    print(f"{name}: {count} fragments, accuracy {right / count:.4f}, macro-F1 {macro:.4f}, "
          f"lenient {sum(lenient) / count:.4f}, none taken as runnable {runnable:.4f}")
    table = collections.Counter(pairs)
    print("  gold \\ got " + "".join(f"{of:>7}" for of in LABELS) + "     F1")
    for gold in LABELS:
        cells = "".join(f"{table[gold, got]:>7}" for got in LABELS)
        print(f"  {gold:<10} {cells}  {f1(pairs, gold):.3f}")
    if wrong:
        for item, answer, (gold, got) in zip(items, answers, pairs):
            if gold != got:
                seen = "; ".join(one["what"] for one in answer["evidence"])
                print(f"--- {item['id']}: {gold} taken for {got}\n{item['text'].rstrip()}\n=> {seen}")


if __name__ == "__main__":
    main()
