# Runs the doctests that the Python which runs this brings along, from 2.7 on, by its own doctest: the
# texts of its own tests of doctest, and the docstrings of the modules that are named, of all with `*`.
# Prints one JSON object for each text or docstring: its name, its file where it is a text, its module
# else, its examples as source, output, indentation and line, and which of them failed.
import doctest
import glob
import importlib
import io
import json
import os
import sys

lib = os.path.dirname(os.__file__)
# These wait for somebody: a window, a keyboard, a peer.
WAITING = ('antigravity', 'this', 'turtle', 'pdb', 'webbrowser', 'socket', 'smtplib', 'ftplib', 'poplib',
           'nntplib', 'telnetlib')


class Runner(doctest.DocTestRunner):
    def report_failure(self, out, test, example, got):
        failed.append(test.examples.index(example))

    def report_unexpected_exception(self, out, test, example, exc_info):
        failed.append(test.examples.index(example))


def tell(test, path, module):
    global failed
    failed = []
    examples = [[e.source, e.want, e.indent, e.lineno + 1] for e in test.examples]
    if not examples:
        return
    try:
        Runner(verbose=False).run(test, out=lambda text: None, clear_globs=False)
    except BaseException:
        failed.append(-1)
    told = {'name': test.name, 'path': path, 'module': module, 'examples': examples, 'failed': failed}
    os.write(3, (json.dumps(told) + '\n').encode('utf-8'))


os.dup2(1, 3)
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
here = os.getcwd()
for path in sorted(glob.glob(lib + '/test/test_doctest*.txt') + glob.glob(lib + '/test/test_doctest/*.txt')):
    text = io.open(path, encoding='utf-8').read()
    names = {'__name__': '__main__', '__file__': path}
    try:
        test = doctest.DocTestParser().get_doctest(text, names, os.path.basename(path), path, 0)
    except ValueError:
        continue
    tell(test, path, None)
names = sys.argv[1:]
if names == ['*']:
    names = [os.path.basename(path)[:-3] for path in sorted(glob.glob(lib + '/*.py'))]
for name in names:
    path = lib + '/' + name + '.py'
    if not os.path.exists(path):
        path = lib + '/' + name + '/__init__.py'
    if name in WAITING or not os.path.exists(path):
        continue
    if '>>>' not in io.open(path, encoding='utf-8', errors='replace').read():
        continue
    try:
        tests = doctest.DocTestFinder().find(importlib.import_module(name), name)
    except BaseException:
        continue
    for test in tests:
        os.chdir(here)
        tell(test, None, name)
