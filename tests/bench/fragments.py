"""Fragments cut from the standard libraries on this machine, and what compiles them.

Each interpreter cuts its own library and compiles everything in one process. Nothing of what is cut
is kept.
"""

import json
import os
import re
import subprocess
import sys

# Runs in every interpreter, from Python 2.7 on.
WORKER = r'''
import ast, json, os, random, sys, textwrap, warnings
warnings.simplefilter("ignore")

def sources(lib, seed):
    found = []
    for folder, folders, files in os.walk(lib):
        folders[:] = sorted(one for one in folders if one not in ("site-packages", "__pycache__"))
        found.extend(os.path.join(folder, one) for one in sorted(files) if one.endswith(".py"))
    random.Random(seed).shuffle(found)
    return found

def first(node):
    return min([node.lineno] + [one.lineno for one in getattr(node, "decorator_list", ())])

def statements(body, end):
    """Spans of statements in a body, and of those within: first line, line behind the last."""
    for at, node in enumerate(body):
        begin = first(node)
        stop = first(body[at + 1]) if at + 1 < len(body) else end
        yield begin, stop
        inner = getattr(node, "body", None)
        if isinstance(inner, list) and inner:
            for one in statements(inner, stop):
                yield one

def cut(text, picked):
    try:
        tree = ast.parse(text)
    except Exception:
        return
    lines = text.splitlines(True)
    spans = sorted(set(statements(tree.body, len(lines) + 1)))
    picked.shuffle(spans)
    taken = 0
    for begin, stop in spans:
        part = textwrap.dedent("".join(lines[begin - 1:stop - 1])).strip("\n") + "\n"
        if 1 <= part.count("\n") <= 40 and len(part.strip()) > 8 and compiles(part):
            yield part
            taken += 1
            if taken == 12:
                return

def compiles(text):
    if sys.version_info[0] == 2 and not isinstance(text, bytes):
        text = text.encode("utf-8")
    try:
        compile(text, "fragment", "exec", 0, True)
        return True
    except Exception:
        return False

def main():
    asked = json.load(open(sys.argv[1]))
    if "cut" in asked:
        random_one = random.Random(asked["seed"])
        found = []
        for path in sources(os.path.dirname(os.__file__), asked["seed"]):
            try:
                text = open(path, "rb").read().decode("utf-8")
            except Exception:
                continue
            found.extend(cut(text.encode("utf-8") if sys.version_info[0] == 2 else text, random_one))
            if len(found) >= asked["cut"]:
                break
        answer = found[:asked["cut"]]
        if sys.version_info[0] == 2:
            answer = [one.decode("utf-8") for one in answer]
    else:
        answer = [compiles(text) for text in asked["texts"]]
    with open(sys.argv[2], "w") as out:
        json.dump(answer, out)

main()
'''


def interpreters(folder):
    """Version -> program, of the installations that `folder` holds as pyenv makes them."""
    found = {}
    if os.path.isdir(folder):
        for name in os.listdir(folder):
            numbers = re.match(r"(\d)\.(\d+)\.\d+$", name)
            program = os.path.join(folder, name, "bin", "python")
            if numbers and os.path.exists(program):
                found[int(numbers.group(1)), int(numbers.group(2))] = program
    if len(found) < 2:
        sys.exit(f"NOT MEASURED: no two interpreters in {folder}; name another with --pythons")
    return dict(sorted(found.items()))


def ask(program, folder, question):
    asked, answer = os.path.join(folder, "asked"), os.path.join(folder, "answer")
    with open(asked, "w") as out:
        json.dump(question, out)
    subprocess.run([program, "-c", WORKER, asked, answer], check=True, cwd=folder,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with open(answer) as file:
        return json.load(file)


def classify(stillruns, texts):
    """What `stillruns classify` answers for each text."""
    questions = "".join(json.dumps({"id": at, "text": text}) + "\n" for at, text in enumerate(texts))
    done = subprocess.run([stillruns, "classify", "--jsonl", "-"], input=questions.encode(),
                          stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def versions(text):
    """`2.6-2.7, 3.3 and later` as a test of a version."""
    if text == "none":
        return lambda version: False
    spans = []
    for part in text.split(", "):
        first, _, last = part.replace(" and later", "-9.9").partition("-")
        number = lambda text: tuple(map(int, text.split(".")))
        spans.append((number(first), number(last or first)))
    return lambda version: any(first <= version <= last for first, last in spans)
