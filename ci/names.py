#!/usr/bin/env python3
"""Writes src/syntax/python/names.tsv: which names of the standard library which Python has.

usage: names.py [--pythons FOLDER] [--check] [--out FILE]

FOLDER holds installations as pyenv makes them (`2.7.18/bin/python`, ...). Each interpreter lists
its modules, their attributes and the attributes of their classes; then each is asked for every name
that any of them listed, so that names which are served on request are found as well. What lies
between the interpreters, and before and after them, comes from names_sourced.tsv, which says what
the library reference says. Only names that tell versions apart are written. `--check` compares with
the file and writes nothing.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
KNOWN = [(2, 6), (2, 7)] + [(3, minor) for minor in range(15)]

# Runs in every interpreter, from Python 2.7 on. With no names it lists what there is; with names it
# says which of them there are.
PROBE = r'''
import json, os, pkgutil, sys, types, warnings
out = open(sys.argv[1], "w")
warnings.simplefilter("ignore")
LEFT_OUT = ("test", "tests", "idlelib", "lib2to3", "site-packages", "antigravity", "this",
            "turtledemo", "idle_test", "pydoc_data", "plat-linux2", "lib-tk", "msilib",
            "lib-dynload", "ensurepip", "encodings", "_pyrepl")
KEPT = ("__builtin__", "__future__", "_thread", "_dummy_thread")

def fits(name):
    parts = name.split(".")
    return all(part not in LEFT_OUT and (part in KEPT or not part.startswith("_"))
               for part in parts)

def modules():
    found = set(sys.builtin_module_names)
    lib = os.path.dirname(os.__file__)
    extra = [lib, os.path.join(lib, "lib-dynload"), os.path.join(lib, "lib-tk")]
    def scan(paths, prefix, depth):
        for _, name, package in pkgutil.iter_modules(paths):
            if fits(name):
                found.add(prefix + name)
                if package and depth < 3:
                    for path in paths:
                        inner = os.path.join(path, name)
                        if os.path.isdir(inner):
                            scan([inner], prefix + name + ".", depth + 1)
    scan(extra, "", 0)
    return sorted(name for name in found | set(["os.path"]) if fits(name))

def load(name):
    if name.startswith("distutils.command.") or name in ("idlelib", "antigravity", "this"):
        return None
    try:
        __import__(name)
        return sys.modules[name]
    except BaseException:
        return None

CLASSES = (type, getattr(types, "ClassType", type))
BUILTINS = set(vars(__builtins__))

def listed(module, name):
    """Public names of a module, and of the classes that it defines."""
    exported = set(getattr(module, "__all__", ()))
    for one in dir(module):
        if one.startswith("_") and one not in exported:
            continue
        try:
            value = getattr(module, one)
        except BaseException:
            continue
        if isinstance(value, types.ModuleType):
            continue
        home = getattr(value, "__module__", None)
        borrowed = isinstance(home, str) and home.split(".")[0].lstrip("_") != \
            name.split(".")[0].lstrip("_") and home in sys.modules
        if borrowed and one not in exported and home not in ("__builtin__", "builtins", "posix", "strop"):
            continue
        if one in BUILTINS and one not in exported:
            continue
        yield name + "." + one
        if isinstance(value, CLASSES) and not issubclass(value, BaseException):
            for inner in list(vars(value)):
                if not inner.startswith("_"):
                    yield name + "." + one + "." + inner

def has(name):
    parts = name.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        module = load(".".join(parts[:cut]))
        if module is None:
            continue
        value = module
        for part in parts[cut:]:
            try:
                value = getattr(value, part)
            except BaseException:
                return False
        return not isinstance(value, types.ModuleType)
    return False

asked = json.load(sys.stdin)
answer = {"modules": modules(), "builtins": sorted(BUILTINS)}
plain = set()
for one in (str, type(u""), bytes, list, dict, set, tuple, int, float, object, type):
    plain.update(name for name in dir(one) if not name.startswith("_"))
answer["plain"] = sorted(plain)
loaded = [(name, load(name)) for name in answer["modules"]]
answer["broken"] = [name for name, module in loaded if module is None]
if asked:
    answer["has"] = [name for name in asked if has(name)]
else:
    found = set()
    for name, module in loaded:
        if module is not None:
            found.update(listed(module, name))
    answer["attributes"] = sorted(found)
json.dump(answer, out)
out.close()
'''


def interpreters(folder):
    found = {}
    for name in os.listdir(folder):
        numbers = re.match(r"(\d)\.(\d+)\.\d+$", name)
        program = os.path.join(folder, name, "bin", "python")
        if numbers and os.path.exists(program):
            found[int(numbers.group(1)), int(numbers.group(2))] = program
    return dict(sorted(found.items()))


def probe(program, names):
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "answer")
        subprocess.run([program, "-c", PROBE, out], input=json.dumps(names).encode(), check=True,
                       cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                       env={"PATH": os.environ["PATH"], "HOME": folder})
        with open(out) as file:
            return json.load(file)


def parse(text):
    """`2.7,3.1-3.8` as a set of versions; an open end is everything from there on."""
    found = set()
    for part in text.split(","):
        first, dash, last = part.partition("-")
        first = tuple(map(int, first.split("."))) if first else KNOWN[0]
        last = tuple(map(int, last.split("."))) if last else (KNOWN[-1] if dash else first)
        found.update(version for version in KNOWN if first <= version <= last)
    return found


def written(versions):
    """A set of versions as `parse` reads it."""
    parts, at = [], 0
    while at < len(KNOWN):
        if KNOWN[at] in versions:
            end = at
            while end + 1 < len(KNOWN) and KNOWN[end + 1] in versions:
                end += 1
            first = "%d.%d" % KNOWN[at]
            last = "" if end == len(KNOWN) - 1 else "%d.%d" % KNOWN[end]
            parts.append(first if at == end and last else f"{first}-{last}")
            at = end
        at += 1
    return ",".join(parts)


def sourced():
    """Rows of names_sourced.tsv: kind, versions, names."""
    rows = []
    with open(os.path.join(HERE, "names_sourced.tsv"), encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                kind, versions, names = line.rstrip("\n").split("\t")
                rows.append((kind, versions, names.split()))
    return rows


def spread(seen, present):
    """The known versions that have a name which `present` of the `seen` interpreters have."""
    found = set()
    for version in KNOWN:
        if version in seen:
            has = version in present
        elif version < (3, 0):
            has = (2, 7) in present
        elif version < min(v for v in seen if v >= (3, 0)):
            has = min(v for v in seen if v >= (3, 0)) in present
        else:
            has = max(seen) in present
        if has:
            found.add(version)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--pythons", default=os.path.expanduser("~/.pyenv/versions"))
    parser.add_argument("--out", default=os.path.join(HERE, "../src/syntax/python/names.tsv"))
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    pythons = interpreters(args.pythons)
    if len(pythons) < 3:
        sys.exit(f"names.py: fewer than three interpreters in {args.pythons}")
    text = table(pythons)
    if args.check:
        with open(args.out, encoding="utf-8") as file:
            if file.read() != text:
                sys.exit("names.py: names.tsv is not what the interpreters say")
        return
    with open(args.out, "w", encoding="utf-8") as file:
        file.write(text)


def table(pythons):
    listed = {version: probe(program, []) for version, program in pythons.items()}
    union = sorted(set().union(*(one["attributes"] for one in listed.values())))
    present = {version: set(probe(program, union)["has"]) for version, program in pythons.items()}
    seen = set(pythons)

    def on(has):
        return spread(seen, {version for version in pythons if has(version)})

    modules = sorted(set().union(*(one["modules"] for one in listed.values())))
    known = {name: on(lambda v, name=name: name in listed[v]["modules"]) for name in modules}
    builtins = sorted(set().union(*(one["builtins"] for one in listed.values())))
    own = {name: on(lambda v, name=name: name in listed[v]["builtins"])
           for name in builtins if not name.startswith("_") and name not in ("exec", "print")}
    attributes = {}
    for name in union:
        module = max((name[:at] for at, c in enumerate(name) if c == "." and name[:at] in known),
                     key=len)
        # An interpreter that lacks a library it was not built with says nothing.
        able = {v for v in pythons if module in listed[v]["modules"]
                and module not in listed[v]["broken"]}
        if able:
            has = {v for v in able if name in present[v]}
            attributes[name] = spread(seen, has | {v for v in seen - able if near(v, able) in has})
    rows = sourced()
    plain = set().union(*(one["plain"] for one in listed.values()))
    tables = {"module": known, "builtin": own, "attribute": attributes}
    for kind, versions, names in rows:
        for name in names:
            if kind == "added":
                # Read off the oldest Python 3 there is, which has it: not before these versions.
                of = known if name in known else own if name in own else attributes
                if name in of:
                    of[name] &= parse(versions)
            elif kind in tables:
                tables[kind][name] = parse(versions)
    common = {name for kind, _, names in rows if kind == "common" for name in names}
    rows += held(common - {"user"}, known, union, plain)
    rows.append(("plain", "*", sorted(plain)))
    return text_of(known, own, attributes, rows)


def held(common, known, names, plain):
    """What tells a module with an ordinary name, where not all have it, from other things."""
    everything = set(KNOWN)
    found = [name for name in names if name.count(".") == 1 and name.partition(".")[0] in common
             and known.get(name.partition(".")[0], everything) != everything
             and name.partition(".")[2] not in plain]
    return [("holds", "*", found)]


def near(version, able):
    """The interpreter that can tell which is nearest to `version`, of the same Python."""
    same = [v for v in able if v[0] == version[0]] or [min(able)]
    return min(same, key=lambda v: abs(v[1] - version[1]))


def text_of(known, own, attributes, rows):
    everything = set(KNOWN)
    names = {}

    def bound(name):
        """The versions that have everything a name stands in."""
        found, at = everything, name.rpartition(".")[0]
        while at:
            found = found & known.get(at, attributes.get(at, everything))
            at = at.rpartition(".")[0]
        return found

    for of in (known, attributes):
        for name, versions in of.items():
            home = bound(name)
            versions = versions & home
            if versions and versions != home:
                home_name, _, last = name.rpartition(".")
                names.setdefault((home_name or ".", written(versions)), []).append(last)
    lines = ["# Made by ci/names.py: do not edit. Where a name is in, which versions have it, names."]
    for (home, versions), members in sorted(names.items()):
        lines.append("\t".join([home, versions, " ".join(sorted(members))]))
    grouped = {}
    for name, versions in own.items():
        if versions != everything and versions:
            grouped.setdefault(("builtin:", written(versions)), []).append(name)
    for kind, versions, members in rows:
        if kind not in ("added", "module", "builtin", "attribute"):
            versions = written(parse(versions)) if versions != "*" else written(everything)
            grouped.setdefault((kind + ":", versions), []).extend(members)
    for (kind, versions), members in sorted(grouped.items()):
        lines.append("\t".join([kind, versions, " ".join(sorted(members))]))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
