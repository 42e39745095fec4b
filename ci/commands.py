#!/usr/bin/env python3
"""Makes src/syntax/data/commands.txt, the names of commands that the classifier knows.

usage: cd EMPTY_FOLDER
       apt-get download bash-completion zsh-common fish-common wamerican-small
       npm pack @withfig/autocomplete linux-command
       apt-cache dumpavail > dumpavail
       python3 ci/commands.py . > src/syntax/data/commands.txt

Names are facts; only names are taken. They come from what completes commands or explains them
(bash-completion, GPL-2+; zsh, its own MIT-like licence; fish, GPL-2; @withfig/autocomplete, ISC;
linux-command, MIT), from the builtins of the bash that is installed, and from Debian packages that
are tagged as programs of the command line and named by one word: such a package has its program's
name. A name that is a word of English too is listed apart, because its arguments must tell whether
it is a command; the words are those of SCOWL up to size 35 (wamerican-small, public domain and
free licences).
"""

import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile
import textwrap

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9+._-]+|w")
PROGRAMS = {"role::program", "interface::commandline"}
HEADER = """\
# Names of commands. Made by ci/commands.py, which names the sources: do not edit.
# Names are facts, under no licence. Below [words] stand those that are English words as well.
"""


def unpack(archives, into):
    for archive in archives:
        if archive.suffix == ".deb":
            subprocess.run(["dpkg-deb", "-x", archive, into / archive.name], check=True)
        else:
            with tarfile.open(archive) as package:
                package.extractall(into / archive.name, filter="data")


def completed(root):
    """Names that files of completions and manuals are for."""
    for file in root.glob("bash-completion_*/usr/share/bash-completion/completions/*"):
        yield file.name.lstrip("_")
    for file in root.glob("fish-common_*/usr/share/fish/completions/*.fish"):
        yield file.stem
    for file in root.glob("zsh-common_*/usr/share/zsh/functions/Completion/**/_*"):
        with file.open(encoding="utf-8", errors="replace") as lines:
            first = next(lines, "").split()
        if first[:1] == ["#compdef"]:
            yield from (word.split("=")[0] for word in first[1:])
    for file in root.glob("withfig-autocomplete-*/package/build/*.js"):
        yield file.stem
    for file in root.glob("linux-command-*/package/command/*.md"):
        yield file.stem


def bash_has(kind):
    asked = ["bash", "-c", f"compgen {kind}"]
    return subprocess.run(asked, check=True, stdout=subprocess.PIPE, text=True).stdout.split()


def programs(available):
    """Names of packages that are programs of the command line."""
    for package in available.split("\n\n"):
        name = re.search(r"^Package: (\w+)$", package, re.MULTILINE)
        tags = re.search(r"^Tag: (.*(?:\n .*)*)", package, re.MULTILINE)
        if name and tags and PROGRAMS <= set(re.split(r"[,\s]+", tags[1])):
            yield name[1]


def main():
    folder = pathlib.Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as scratch:
        root = pathlib.Path(scratch)
        unpack([*folder.glob("*.deb"), *folder.glob("*.tgz")], root)
        found = set(completed(root))
        lists = root.glob("wamerican-small_*/usr/share/dict/american-english-small")
        english = set(next(lists).read_text(encoding="utf-8").split())
    found.update(bash_has("-b"), programs((folder / "dumpavail").read_text(encoding="utf-8")))
    # `time` is reserved, but called like a program. Capitalized words are titles, mostly.
    reserved = set(bash_has("-k")) - {"time"}
    names = {
        name
        for name in found - reserved
        if NAME.fullmatch(name) and not name.isdecimal() and not name.istitle()
    }
    print(HEADER, end="")
    for section, listed in (("clear", names - english), ("words", names & english)):
        lines = textwrap.wrap(" ".join(sorted(listed)), 100, break_on_hyphens=False)
        print(f"[{section}]", *lines, sep="\n")


if __name__ == "__main__":
    main()
