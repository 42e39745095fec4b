#!/usr/bin/env python3
"""Compares what `stillruns classify` says of syntax with what the interpreters here compile.

usage: differential.py [--stillruns PATH] [--pythons FOLDER] [--count N] [--seed N] [--show N]

From the standard library of every interpreter N fragments are cut (functions, classes, statements)
that it compiles itself, and every interpreter compiles all of them. Evidence of names is left out:
names compile everywhere. A fragment is right when every interpreter compiles it that is said to
read it, and no other. Exits with 1 below 99.5 %.
"""

import argparse
import collections
import os
import sys
import tempfile

import fragments

BAR = 0.995


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--stillruns", default="target/release/stillruns")
    parser.add_argument("--pythons", default=os.path.expanduser("~/.pyenv/versions"))
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=2)
    args = parser.parse_args()
    pythons = fragments.interpreters(args.pythons)
    with tempfile.TemporaryDirectory() as folder:
        texts = []
        for version, program in pythons.items():
            texts += fragments.ask(program, folder, {"cut": args.count, "seed": args.seed})
        texts = sorted(set(texts))
        compiled = {version: fragments.ask(program, folder, {"texts": texts})
                    for version, program in pythons.items()}
    answers = fragments.classify(args.stillruns, texts)
    wrong, classes, kinds = [], [], collections.Counter()
    separated = right = 0
    for at, (text, answer) in enumerate(zip(texts, answers)):
        real = {version for version in pythons if compiled[version][at]}
        hard = [one for one in answer["evidence"] if one.get("strength") == "hard"]
        reads = [fragments.versions(one["versions"]) for one in hard]
        said = {version for version in pythons if all(read(version) for read in reads)}
        unread = any(one["what"] in ("does not parse as Python", "block without indentation")
                     for one in answer["evidence"])
        if len(real) < len(pythons):
            # Most fragments compile everywhere, and say little about who tells versions apart.
            separated += 1
            right += real == said and not unread
        if real != said or unread:
            kind = told(real, said, hard) if not unread else "not read"
            kinds[kind] += 1
            wrong.append((kind, text))
        if side(real) != side(said):
            classes.append(text)
    count = len(texts)
    print(f"{count} fragments from {len(pythons)} interpreters: "
          f"versions {1 - len(wrong) / count:.4f}, class {1 - len(classes) / count:.4f}")
    print(f"{separated} of them refused by some interpreter: {right / max(separated, 1):.4f} right")
    for kind, times in kinds.most_common():
        print(f"{times:6}  {kind}")
        for text in [text for of, text in wrong if of == kind][:args.show]:
            print("        | " + text.rstrip().replace("\n", "\n        | "))
    sys.exit(0 if 1 - max(len(wrong), len(classes)) / count >= BAR else 1)


def side(versions):
    return {version[0] for version in versions}


def told(real, said, hard):
    name = lambda of: " ".join("%d.%d" % version for version in sorted(of)) or "-"
    because = ", ".join(sorted({one["what"] for one in hard})) or "nothing"
    more, less = name(said - real), name(real - said)
    return f"also said {more}; not said {less}; by {because if said != real and less != '-' else '…'}"


if __name__ == "__main__":
    main()
