

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
    # So many are looked at again and again.
    FEW = 5000

    def __init__(self, collector, library, atexit):
        import _io
        import _weakref
        self.collector = collector
        self.flush = library.fflush
        self.wait = library.waitid
        self.info = collector.buffer(128)
        self.atexit = atexit
        self.list, self.about = os.listdir, os.fstat
        self.frozen = False
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
        self.callbacks = self.awaited()

    def warnings(self):
        # Which the module takes from what is there without it.
        warnings = sys.modules.get('warnings') or sys.modules.get('_warnings')
        return list(getattr(warnings, 'filters', ()))

    def pipes(self, out=(1, 2)):
        # Others may not take all that is written to them, which is told when they are closed.
        return [(stat.st_dev, stat.st_ino) for stat in map(self.about, out)]

    def awaited(self):
        # What is called at exit: how much of it, as far as that can be told.
        threads = getattr(sys.modules.get('threading'), '_threading_atexits', ())
        known = 'concurrent.futures.thread' in sys.modules and len(threads) == 1
        # An object that is made here is like no other, so that it never looks as at the start.
        count = getattr(self.atexit, '_ncallbacks', object)
        calls = getattr(sys, 'exitfunc', None) if PY2 else count()
        return calls, 0 if known else len(threads)

    def is_alone(self, out):
        # Whether nothing goes on beside the program, and its output goes where it went.
        here = [name for name in self.list('/proc') if name.isdigit()]
        return (sorted(here) == sorted(['1', str(os.getpid())]) and len(sys._current_frames()) == 1
                and self.pipes() == self.outlets and self.pipes(out) == self.outlets
                and not self.is_kept(out))

    def is_kept(self, out):
        # Whether the program has our output under another number too, by which those behind it
        # would print where they would not if nobody listened to this one.
        for name in self.list('/proc/self/fd'):
            fd = int(name)
            if fd > 2 and fd not in out:
                try:
                    stat = self.about(fd)
                except OSError:
                    continue  # that of the list itself
                if (stat.st_dev, stat.st_ino) in self.outlets:
                    return True
        return False

    def is_over(self):
        # Whether nothing more would come of the program if the interpreter ended now.
        if sys.gettrace() is not None or sys.getprofile() is not None:
            return False
        if not PY2 and sys.modules.get('atexit', self.atexit) is not self.atexit:
            return False
        if self.awaited() != self.callbacks or not self.is_plain():
            return False
        objects = self.collector.objects() or []
        try:
            if not self.are_quiet(objects):
                return False
            if len(objects) > self.FEW:
                self.put_aside(objects)
            return True
        finally:
            del objects[:]  # which in Python 2 hold this very call, and so one another

    def put_aside(self, objects):
        # So that they are not looked at again behind every program. Not where the program itself
        # asks the collector, nor what may come to act later.
        if 'gc' in sys.modules or not hasattr(self.collector.gc, 'freeze'):
            return
        for kind in self.kinds(objects).values():
            if id(kind) in self.files or id(kind) in self.memory:
                continue
            if [one for one in self.line(kind) if '__del__' in self.names(one)]:
                return
        self.collector.gc.freeze()
        self.mark, self.frozen = Mark(), True

    def has_children(self):
        # Those go with this process; it shall not take less time to end than it always takes.
        all_that_ended_or_not = 4 | 1 | 0x01000000  # WEXITED | WNOHANG | WNOWAIT
        return self.wait(0, 0, self.info, all_that_ended_or_not) == 0

    def rehearse(self):
        self.has_children()
        self.collector.is_watched()
        self.are_quiet(self.collector.objects() or [])

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
            return not self.frozen and self.is_plain() and self.are_quiet(self.collector.objects())
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
        types = self.kinds(objects)
        if id(Mark) not in types:
            return False
        metas = [one for one in types.values()
                 if one is self.old or [each for each in self.line(one) if each is type]]
        for meta in metas:
            types.update((id(one), one) for one in objects if type(one) is meta)
        return not [kind for kind in types.values() if self.is_loud(kind)
                    and (self.is_out_of_sight(kind)
                         or [one for one in objects if type(one) is kind and self.acts(one, kind)])]

    def kinds(self, objects):
        kinds = list(map(type, objects))
        return dict(zip(map(id, kinds), kinds))

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
    def sweep(self):
        LEAVE.collector.collect()
        if 're' in sys.modules:
            # It warns of an expression when it makes it up, not when it is known from before.
            sys.modules['re'].purge()

    def settled(self):
        try:
            return (LEAVE.is_over(), True) if LEAVE.is_alone(self.out) else (False, False)
        except Exception:
            return False, False

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
