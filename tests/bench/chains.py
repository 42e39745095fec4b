#!/usr/bin/env python3
"""Compares what documents of chained examples cost with as many that need nothing.

usage: chains.py [--stillruns PATH] [--python3 PATH] [--counts N,N,...] [--rounds N]

For every kind a document of N examples is made in which each needs the one before it (or, in a
star, all need the first), and one of the same examples that need nothing. All are checked with
nothing remembered, in turns. Prints seconds of processor time, without that of interpreters that are
kept warm (nobody waits for them, so it is not counted), and of the clock, the ratio of chained to independent ones, and how the cost of chains grows: the exponent of
N, which is 1 where it is linear. Judges nothing, as times depend on the machine.
"""

import argparse
import math
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time


def python(n, before):
    if n == 0:
        return "def step0(x):\n    return x + 1\n\nvalue0 = step0(0)\nprint(value0)"
    return ("def step{n}(x):\n    return x + 1\n\nvalue{n} = {step}({value})\nprint(value{n})"
            .format(n=n, step="step%d" % before if before is not None else "step%d" % n,
                    value="value%d" % before if before is not None else n))


def session(n, before):
    value = "value%d + 1" % before if before is not None else str(n + 1)
    return ">>> value{n} = {value}\n>>> value{n} > 0\nTrue".format(n=n, value=value)


def shell(n, before):
    value = "$((VALUE%d + 1))" % before if before is not None else str(n)
    return "VALUE{n}={value}\necho \"$VALUE{n}\"".format(n=n, value=value)


KINDS = {
    "python": ("python", python, lambda n: n - 1 if n else None),
    "sessions": ("pycon", session, lambda n: n - 1 if n else None),
    "shell": ("bash", shell, lambda n: n - 1 if n else None),
    "star": ("python", python, lambda n: 0 if n else None),
}


def document(folder, kind, count, chained):
    tag, code, before = KINDS[kind]
    text = ["# Examples"]
    for n in range(count):
        example = code(n, before(n) if chained else None)
        text.append("Then:\n\n```%s\n%s\n```" % (tag, example))
    path = os.path.join(folder, "%s-%d-%s.md" % (kind, count, "chain" if chained else "apart"))
    with open(path, "w") as file:
        file.write("\n\n".join(text) + "\n")
    return path


def check(args, path):
    """Seconds of processor and clock; all examples must pass."""
    command = [args.stillruns, "check", "--no-cache", "--no-progress"]
    if args.python3:
        command += ["--python", args.python3]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    done = subprocess.run(command + [path], cwd=os.path.dirname(path), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True)
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit("%s ended with %d:\n%s" % (path, done.returncode, done.stdout[-2000:]))
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return cpu, wall


def least(runs):
    return tuple(min(one[at] for one in runs) for at in (0, 1))


def exponent(points):
    """The slope of a line through the logarithms."""
    points = [(math.log(count), math.log(cost)) for count, cost in points]
    x, y = (sum(one) / len(points) for one in zip(*points))
    return (sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points))


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stillruns", default=shutil.which("stillruns") or "target/release/stillruns")
    parser.add_argument("--python3", help="what Python examples run on")
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--counts", default="100,300,1000",
                        help="how many Python examples; of other kinds there are 100")
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    args.stillruns = os.path.abspath(args.stillruns)
    counts = [int(one) for one in args.counts.split(",")]
    with tempfile.TemporaryDirectory() as folder:
        print("%-10s %6s %22s %22s %15s" % ("", "", "chained: CPU, clock", "apart: CPU, clock", "ratios"))
        for kind in args.kinds.split(","):
            growth = []
            for count in counts if kind == "python" else [100]:
                paths = [document(folder, kind, count, chained) for chained in (True, False)]
                rounds = [[check(args, path) for path in paths] for _ in range(args.rounds)]
                (cpu, wall), (apart_cpu, apart_wall) = map(least, zip(*rounds))
                growth.append((count, wall))
                print("%-10s %6d %10.2f s %7.2f s %10.2f s %7.2f s %7.2f %7.2f" % (
                    kind, count, cpu, wall, apart_cpu, apart_wall, cpu / apart_cpu, wall / apart_wall),
                    flush=True)
            if len(growth) > 1:
                print("%-10s chained ones cost as N to the power of %.2f" % (kind, exponent(growth)))


if __name__ == "__main__":
    main()
