

# Modules that a server has loaded beforehand, out of sight of its forks. One appears when an import
# finds, by all rules of the language, the very file that it was made of, and with it exactly what
# its own import would have brought. Whoever changes how modules are found gets none. Python 3 only.
class Stash(object):
    # What examples import most, as far as an import does nothing but define.
    NAMES = ('re', 'json', 'collections', 'functools', 'datetime', 'random', 'typing', 'enum',
             'contextlib', 'string', 'copy', 'inspect', 'dataclasses', 'pathlib', 'threading',
             'subprocess', 'argparse', 'textwrap', 'decimal', 'math', 'csv', 'pprint', 'traceback',
             'atexit')

    def __init__(self):
        self.importlib = sys.modules['_frozen_importlib']
        self.external = sys.modules['_frozen_importlib_external']
        self.modules = {}
        self.needs = {}  # what the body of a module asks for, in order
        self.parents = {}
        self.specs = {}
        self.calls = []
        self.hooks_at_fork = {}  # what the body of a module asked to be called then
        self.shown = set()
        # The script's own folder comes first, and another takes its place.
        self.path, self.meta = sys.path[1:], list(sys.meta_path)
        self.hooks = list(sys.path_hooks)

    def fill(self):
        builtins = sys.modules['builtins']
        before = set(sys.modules)
        self.known = set(before)
        self.original = builtins.__import__
        builtins.__import__ = self.spy
        register = os.register_at_fork if hasattr(os, 'register_at_fork') else None
        if register:
            os.register_at_fork = self.note_at_fork
        try:
            for name in self.NAMES:
                try:
                    self.spy(name)
                except ImportError:
                    pass
        finally:
            builtins.__import__ = self.original
            if register:
                os.register_at_fork = register
        for name in list(sys.modules):
            if name not in before:
                self.modules[name] = sys.modules.pop(name)
        for name, module in self.modules.items():
            self.specs[name] = getattr(module, '__spec__', None)
            outer, _, last = name.rpartition('.')
            parent = self.modules.get(outer) or sys.modules.get(outer)
            if parent is not None and parent.__dict__.get(last) is module:
                self.parents[name] = parent
        for name, parent in self.parents.items():
            # A name that the package itself gave, and did not get by an import, it keeps.
            if name in self.needs or self.specs[name] is not None:
                delattr(parent, name.rpartition('.')[2])

    def spy(self, name, globals=None, locals=None, fromlist=(), level=0):
        # Stands in for __import__ while the stash is filled, and notes who asks for what.
        full = name
        if level:
            full = self.importlib._resolve_name(name, globals['__package__'], level)
        asking = self.asking()
        parts = full.split('.')
        wanted = ['.'.join(parts[:length]) for length in range(1, len(parts) + 1)]
        for part in wanted:
            self.note(asking, part)
            if part not in sys.modules:
                self.load(part)
        for last in fromlist or ():
            part = full + '.' + last
            if part not in sys.modules and hasattr(sys.modules[full], '__path__'):
                if last != '*' and not hasattr(sys.modules[full], last):
                    self.attempt(part)
            if part in sys.modules:
                self.note(asking, part)
        return self.original(name, globals, locals, fromlist, level)

    def attempt(self, name):
        try:
            self.load(name)
        except ImportError:
            pass  # no module of that name: what is asked for tells its own lack

    def load(self, name):
        self.calls.append((name, sys._getframe(1)))
        self.known.add(name)
        self.needs.setdefault(name, [])
        try:
            self.importlib._gcd_import(name)
        finally:
            self.calls.pop()
        for other in list(sys.modules):
            # What the body put there by hand.
            if other not in self.known:
                self.known.add(other)
                self.note([name], other)

    def asking(self):
        # The innermost module whose body is running; one that is no Python has no frame.
        frame = sys._getframe(2)
        while frame is not None and frame.f_code.co_name != '<module>':
            if self.calls and frame is self.calls[-1][1]:
                return [self.calls[-1][0]]
            frame = frame.f_back
        return [frame.f_globals.get('__name__')] if frame is not None else []

    def note_at_fork(self, **hooks):
        # Not called for forks that have not imported the module, which costs much, but when they do.
        for one in self.asking():
            self.hooks_at_fork.setdefault(one, []).append(hooks)

    def note(self, asking, name):
        for one in asking:
            needs = self.needs.setdefault(one, [])
            if name not in needs and name != one:
                needs.append(name)

    def hide(self):
        # From here on the finders of the interpreter offer the stash.
        for finder in self.meta:
            self.offer(finder)

    def offer(self, finder):
        real = finder.find_spec

        def find_spec(name, path=None, target=None):
            spec = real(name, path, target)
            if spec is None or name not in self.modules or not self.may(name, spec):
                return spec
            if sys._getframe(2).f_code.co_name != '_find_and_load_unlocked':
                return spec  # somebody who only asks
            spec.loader = Loader(self)
            return spec

        finder.find_spec = staticmethod(find_spec)

    def may(self, name, spec):
        # Whether nothing but the stash could come of this import.
        known = self.specs[name]
        if known is None or known.origin != spec.origin or type(known.loader) is not type(spec.loader):
            return False
        if sys.meta_path != self.meta or sys.path_hooks != self.hooks:
            return False
        if sys.modules['builtins'].__import__ is not self.original:
            return False
        if sys.gettrace() is not None or sys.getprofile() is not None:
            return False
        names = self.closure(name, [])
        # Each is given out once: who removes a module and imports it again wants a new one.
        given = [one for one in names if one in sys.modules or one in self.shown]
        if name in self.shown or any(sys.modules.get(one) is not self.modules[one] for one in given):
            return False
        return self.unshadowed(set(one.partition('.')[0] for one in names))

    def unshadowed(self, names):
        # Whether no folder that is asked before the interpreter's own has anything of these names.
        if [one for one in sys.path if one in self.path] != self.path:
            return False
        for folder in sys.path[:sys.path.index(self.path[0])]:
            try:
                files = os.listdir(folder or '.')
            except OSError:
                return False
            if any(file.partition('.')[0] in names for file in files):
                return False
        return True

    def closure(self, name, names):
        # All that is missing for a module, itself first.
        if name in self.modules and name not in names:
            names.append(name)
            for one in self.needs.get(name, ()):
                self.closure(one, names)
        return names

    def reveal(self, name):
        for one in self.closure(name, []):
            if one in self.shown:
                continue
            self.shown.add(one)
            sys.modules[one] = self.modules[one]
            if one != name and one in self.parents:
                setattr(self.parents[one], one.rpartition('.')[2], self.modules[one])
            for hooks in self.hooks_at_fork.get(one, ()):
                os.register_at_fork(**hooks)
                if 'after_in_child' in hooks:
                    hooks['after_in_child']()


class Loader(object):
    # Hands out one module of the stash in place of executing its file.
    def __init__(self, stash):
        self.stash = stash

    def create_module(self, spec):
        self.name = spec.name
        return self.stash.modules[spec.name]

    def exec_module(self, module):
        # The way here put the new one in its place.
        module.__spec__ = self.stash.specs[self.name]
        self.stash.reveal(self.name)
