

# Ends a fork the short way where nobody can tell: when nothing that the program left would act as it
# goes. Else the interpreter takes everything apart as always, which in a fork means to copy most of
# what it shares with its server. The interpreter calls this as the last of all that is called at
# exit, when threads have been waited for.
class Leave(object):
    # Modules whose C code may act at the end.
    FAR = ('ctypes', '_ctypes', 'readline', '_curses', '_tkinter', '_interpreters',
           '_xxsubinterpreters')
    # Modules whose weak references only keep their own books.
    BOOKS = ('weakref', '_weakrefset', 'functools', 'abc', '_py_abc')
    # More objects than this are not looked at: that would take as long as to let them go.
    MANY = 100000

    def __init__(self, collector, library, atexit):
        import _io
        import _weakref
        self.collector = collector
        self.flush = library.fflush
        self.wait = library.waitid
        self.info = collector.buffer(128)
        self.atexit = atexit
        self.status = None  # unknown: whatever the interpreter makes of it
        # Not held, as it is when they go that the last is written.
        self.streams = [id(sys.stdin), id(sys.stdout), id(sys.stderr)]
        self.hook = sys.excepthook
        self.module, self.function, self.builtin = type(sys), type(quote), type(len)
        self.old = type(os._Environ) if PY2 else None  # None for classes of today
        if self.old is type:
            self.old = None
        self.mro = type.__dict__['__mro__'].__get__
        self.names = type.__dict__['__dict__'].__get__
        self.flags = type.__dict__['__flags__'].__get__
        self.attributes = self.module.__dict__['__dict__'].__get__
        # All by identity: what classes make of equality is their own affair.
        self.reference = _weakref.ReferenceType
        self.generator = type((lambda: (yield))())
        self.memory = set([id(_io.BytesIO), id(_io.StringIO)])
        self.files = set([id(_io.FileIO), id(_io.BufferedReader), id(_io.BufferedWriter),
                          id(_io.BufferedRandom), id(_io.TextIOWrapper)])
        self.proxies = set([id(_weakref.ProxyType), id(_weakref.CallableProxyType)])
        self.loud = self.proxies | set([id(self.reference), id(self.generator), id(_io._IOBase)])
        self.known = set(sys.modules)
        self.inner = os.path.dirname(os.__file__) + os.sep
        if atexit:
            atexit.register(self.leave)

    def start(self):
        # In the fork. A program that hides its objects from the collector hides this one too.
        self.mark = Mark()
        self.original = sys.modules['__main__']  # Python 2 empties what nobody holds
        self.filters = self.warnings()
        self.outlets = self.pipes()

    def warnings(self):
        warnings = sys.modules.get('warnings')
        return list(warnings.filters) if warnings else None

    def pipes(self):
        # Others may not take all that is written to them, which is told when they are closed.
        return [(stat.st_dev, stat.st_ino) for stat in (os.fstat(1), os.fstat(2))]

    def has_children(self):
        # Those go with this process; it shall not take less time to end than it always takes.
        all_that_ended_or_not = 4 | 1 | 0x01000000  # WEXITED | WNOHANG | WNOWAIT
        return self.wait(0, 0, self.info, all_that_ended_or_not) == 0

    def settle(self, status):
        # What the interpreter will end with, as far as the driver knows.
        if sys.gettrace() is not None or sys.getprofile() is not None:
            if self.atexit:
                self.atexit.unregister(self.leave)
        elif not PY2:
            self.status = status
        elif not hasattr(sys, 'exitfunc'):
            self.status = status
            sys.exitfunc = self.leave
        elif getattr(sys.modules.get('atexit'), '_run_exitfuncs', None) is sys.exitfunc:
            self.status = status
            sys.modules['atexit']._exithandlers.insert(0, (self.leave, (), {}))

    def leave(self):
        if self.status is None or self.is_by_hand(sys._getframe().f_back) or not self.is_quiet():
            return
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        except Exception:
            return
        if self.flush(None) == 0:
            os._exit(self.status)

    def is_by_hand(self, caller):
        # Whether a program calls what is called at exit. In Python 2 there is a caller in any case,
        # and an error before this may still have to be told.
        if caller is None or not PY2:
            return caller is not None
        return caller.f_back is not None or caller.f_locals.get('exc_info') is not None

    def is_quiet(self):
        try:
            return self.is_plain() and self.are_quiet(self.collector.objects())
        except Exception:
            return False

    def is_plain(self):
        # Whether nobody asked to be told of the end, and streams and threads are as at the start.
        if [id(sys.stdin), id(sys.stdout), id(sys.stderr)] != self.streams:
            return False
        if self.collector.is_watched() or self.pipes() != self.outlets or self.has_children():
            return False
        if len(sys._current_frames()) != 1 or self.warnings() != self.filters:
            return False
        new = [name for name in sys.modules if name not in self.known]
        return not [name for name in new
                    if name in self.FAR or self.is_foreign(sys.modules[name])]

    def is_foreign(self, module):
        # Whether it may be code of C that did not come with the interpreter.
        if type(module) is not self.module:
            return module is not None
        file = self.attributes(module).get('__file__')
        if type(file) is not str:
            return file is not None
        return '.so' in file and not (file.startswith(self.inner) and '-packages' not in file)

    def are_quiet(self, objects):
        if len(objects) > self.MANY:
            return False
        types = dict((id(kind), kind) for kind in map(type, objects))
        if id(Mark) not in types:
            return False
        metas = [one for one in types.values()
                 if one is self.old or [each for each in self.line(one) if each is type]]
        for meta in metas:
            types.update((id(one), one) for one in objects if type(one) is meta)
        return not [kind for kind in types.values() if self.is_loud(kind)
                    and (self.is_out_of_sight(kind)
                         or [one for one in objects if type(one) is kind and self.acts(one, kind)])]

    def is_out_of_sight(self, kind):
        # Whether the collector does not know the objects of this type, or not as such.
        return self.old and type(kind) is self.old or not self.flags(kind) & 1 << 14

    def line(self, kind):
        # The classes of which a class is made.
        if self.old and type(kind) is self.old:
            return [kind] + [one for base in kind.__bases__ for one in self.line(base)]
        return self.mro(kind) or ()

    def is_loud(self, kind):
        # Whether something may happen when an object of this type goes.
        for one in self.line(kind):
            names = one.__dict__ if self.old and type(one) is self.old else self.names(one)
            if id(one) in self.loud or '__del__' in names:
                return True
        return False

    def acts(self, one, kind):
        if id(kind) in self.memory:
            return False
        if id(kind) in self.files:
            return not one.closed
        if kind is self.generator:
            return one.gi_frame is not None and getattr(one, 'gi_suspended', True)
        if [each for each in self.line(kind) if '__del__' in self.names(each)]:
            return True
        if id(kind) not in self.proxies and not [
                each for each in self.line(kind) if each is self.reference]:
            return True
        return self.is_other(self.collector.callback(one))

    def is_other(self, callback):
        # Whether that of a weak reference does more than to keep the interpreter's books.
        if type(callback) is self.function:
            return callback.__globals__.get('__name__') not in self.BOOKS
        return callback is not None and type(callback) is not self.builtin


class Mark(object):
    pass


# The driver of a fork, which knows what most programs end with.
class Leaver(Driver):
    def completed(self):
        Driver.completed(self)
        LEAVE.settle(0)

    def exited(self):
        Driver.exited(self)
        end = sys.exc_info()[1]
        if type(end) is SystemExit:
            if end.code is None:
                LEAVE.settle(0)
            elif type(end.code) is int and 0 <= end.code < 256:
                LEAVE.settle(end.code)

    def raised(self):
        plain = sys.excepthook is LEAVE.hook
        Driver.raised(self)
        if plain and not issubclass(sys.exc_info()[0], KeyboardInterrupt):
            LEAVE.settle(1)
