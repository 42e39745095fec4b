# Runs one program file the way the interpreter itself would, and reports what its text did as one
# line of JSON on a descriptor. Serves Python 2.6 to 3.14. Leaves no module behind that the
# interpreter has not imported anyway, so that a program finds sys.modules as it should be.
# What comes after it in the same file says when: at once (cold.py) or in a fork (serve.py).
import os
import sys

PY2 = sys.version_info[0] == 2


class Driver(object):
    codes = None  # that of all that is ours, where it is made up already

    def __init__(self, fd, name, plan=None):
        self.fd = fd
        self.pid = os.getpid()
        self.say, self.divide = voice(fd, self.codes or self.own())
        self.folder = os.getcwd()
        self.text = None  # of the program, where the plan brings it along
        self.plan = {'before': 0, 'watched': [], 'unrelated': False, 'steps': []}
        self.programs = iter([name, None])
        self.planned = plan is not None
        if plan:
            self.read(plan)
        self.parts = {}  # the file of every program that was begun, and which part it is
        self.streams = []
        self.out = []
        self.alike = True  # so far, sessions did what they would do as programs
        self.shown = self
        self.quit = os._exit
        self.flags = 0
        keep_to_us(fd)

    @staticmethod
    def own():
        # The code of all that is ours.
        return [one.__code__ for kind in [Driver] + Driver.__subclasses__()
                for one in vars(kind).values() if hasattr(one, '__code__')]

    def tell(self, text):
        self.say(text + '\n')

    def read(self, plan):
        # A literal, and behind it the texts of all programs where there is more than one.
        with open(plan, 'rb') as file:
            plan, _, texts = file.read().partition(b'\n')
        self.plan = eval(plan)
        if self.plan['programs']:
            start = 0
            for at in range(0, len(self.plan['programs']), 2):
                # In place, and nothing by pairs: what of us the collector knows it is asked about.
                end = start + self.plan['programs'][at + 1]
                self.plan['programs'][at + 1], start = texts[start:end], end
            self.programs = iter(self.plan['programs'])

    def module(self):
        main = type(sys)('__main__')
        main.__builtins__ = sys.modules['__builtin__' if PY2 else 'builtins']
        main.__package__ = None
        if not PY2:
            main.__cached__ = None
            main.__spec__ = None
            if sys.version_info < (3, 14):
                main.__annotations__ = {}
        self.original = sys.modules['__main__']
        sys.modules['__main__'] = main
        sys.argv = []
        sys.path[0] = self.folder
        return main.__dict__

    def anew(self):
        # The module of the next program, which has nothing to do with those before it.
        sys.modules['__main__'] = self.original
        self.parts = {}
        self.sweep()
        return self.module()

    def sweep(self):
        # What one program left goes before the next.
        pass

    def enter(self, part, names, steps=None):
        # Makes the next program the one that runs. What an earlier one set itself stays as it is.
        before = self.file if self.parts else None
        name, self.text = next(self.programs), next(self.programs)
        if not (PY2 or self.text is None):
            name = name.decode('utf-8')
        self.path = os.path.join(self.folder, name)
        self.lay()
        # As the interpreter does it: an absolute __file__ came with 3.9. But with programs that
        # come before, whoever is in the folder then may have left it now.
        planned = self.planned and (steps or not self.plan['unrelated'])
        absolute = planned or sys.version_info >= (3, 9)
        self.file = self.path if absolute else name
        self.parts[self.file] = part
        if not before or names.get('__file__') == before:
            names['__file__'] = self.file
            if not PY2:
                # What importlib.machinery would give, without an import that leaves traces.
                loader = sys.modules['_frozen_importlib_external'].SourceFileLoader
                names['__loader__'] = loader('__main__', self.file)
        if sys.argv == ([os.path.basename(before)] if before else []):
            sys.argv[:] = [name]
        if hasattr(sys, 'orig_argv'):
            sys.orig_argv = [sys.executable, name]
        self.flags = self.future(names) if before else 0

    def future(self, names):
        # What `from __future__ import` of earlier programs asks for, as in one session.
        flags = 0
        module = sys.modules.get('__future__')
        try:
            for name in getattr(module, 'all_feature_names', ()):
                feature = getattr(module, name)
                if names.get(name) is feature:
                    flags |= feature.compiler_flag
        except Exception:
            pass  # a program that makes its own is none that asks
        return flags

    def lay(self):
        # Puts the file of the program into its folder: not before, so that one which runs earlier
        # finds what it would find without this. It runs as well where that cannot be done.
        self.laid = True
        if self.text is None:
            return
        try:
            if os.path.lexists(self.path):
                os.unlink(self.path)
            file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
            try:
                rest = self.text
                while rest:
                    rest = rest[os.write(file, rest):]
                os.fchmod(file, 0o644)
            finally:
                os.close(file)
        except OSError:
            self.laid = False
            if PY2:
                sys.exc_clear()

    def source(self):
        if self.text is not None:
            return self.text
        with open(self.path, 'rb') as file:
            return file.read()

    def run(self):
        names = self.module()
        try:
            part = self.prefix(names)
            for steps in self.plan['watched']:
                # As the main program, and no call deeper.
                self.enter(None, names, steps)
                self.begin()
                whole = True
                try:
                    if steps:
                        self.session(names, eval(steps))
                    else:
                        self.execute(names)
                except SystemExit:
                    whole = False
                    if not self.goes_on():
                        raise
                except Exception:
                    whole = False
                    if not self.plan['unrelated']:
                        raise
                self.close(whole)
                self.parts[self.file] = part
                if self.plan['unrelated']:
                    names = None  # the last that holds what the program made
                    names = self.anew()
                part += 1
            if part:
                self.begin()
            self.enter(None, names, self.plan['steps'])
            if self.plan['steps']:
                self.session(names, self.plan['steps'])
            else:
                self.execute(names)
        except SystemExit:
            self.speak()
            self.safely(self.exited)
            raise
        except:
            self.speak()
            self.safely(self.raised)
            self.hide()
            raise
        self.safely(self.completed)

    def prefix(self, names):
        # Runs the programs that nobody listens to; says how many.
        if self.plan['watched']:
            self.out = [self.aside(fd, 6) for fd in (1, 2)]
        if self.plan['before']:
            self.silence()
        for part in range(self.plan['before']):
            self.enter(part, names)
            self.begin()
            try:
                self.execute(names)
            except SystemExit:
                if not self.goes_on():
                    raise
        self.speak()
        return self.plan['before']

    def goes_on(self):
        # Whether the next program may follow after an exit that is on its way. Not in a child.
        code = getattr(sys.exc_info()[1], 'code', None)
        return os.getpid() == self.pid and code in (None, 0) and self.exit()[1]

    def close(self, whole):
        # Behind a program that is watched: says whether it is sure that nothing more would have come
        # of it if it had been the last. After what would touch those behind it there are none.
        if os.getpid() != self.pid:
            raise SystemExit(0)  # a child, which here ends as it would without them
        if PY2:
            sys.exc_clear()
        self.flush()
        sure, on = self.settled()
        self.divide(self.out)
        self.say('+' if sure and whole else '-')
        if not (on and (sure if self.plan['unrelated'] else self.alike)):
            self.quit(0)
        if self.shown is not self:
            self.forget()

    def forget(self):
        # What a session showed last has a name in there only.
        names = sys.modules['__builtin__' if PY2 else 'builtins'].__dict__
        if self.shown is None:
            names.pop('_', None)
        else:
            names['_'] = self.shown
        self.shown = self

    def settled(self):
        # Nobody can tell here.
        return False, False

    def execute(self, names):
        if not (PY2 and self.laid):
            exec(compile(self.source(), self.file, 'exec', self.flags, True), names)
        elif self.flags:
            # It takes over the flags of whoever calls it.
            call = compile('execfile(file, names)', __file__, 'eval', self.flags, True)
            eval(call, {'file': self.file, 'names': names})
        else:
            # Unlike compile(), this minds the declared encoding.
            execfile(self.file, names)

    def session(self, names, steps):
        # As it is typed: what fails is shown and told, and the next follows.
        if not self.out:
            self.out = [self.aside(fd, 4) for fd in (1, 2)]
        self.shown = sys.modules['__builtin__' if PY2 else 'builtins'].__dict__.get('_')
        lines = self.source().split(b'\n')
        done = 0
        for first, last, mode in steps:
            # Lines keep their numbers; Python 2 takes the mark for the encoding.
            text = b'\n' * (first - 1) + b'\n'.join(lines[first - 1:last]) + b'\n'
            if PY2:
                text = b'\xef\xbb\xbf' + text.replace(b'\xef\xbb\xbf', b'')
            self.step(text, mode, names)
            self.alike = self.alike and not b''.join(lines[done:first - 1]).strip()
            done = last
        if self.plan['watched']:
            self.alike = self.alike and not b''.join(lines[done:]).strip() and self.is_program()

    def is_program(self):
        # Whether what was typed can be read as one program too, without the name of what was shown.
        try:
            codes = [compile(self.source(), self.file, 'exec', self.flags, True)]
        except Exception:
            if PY2:
                sys.exc_clear()
            return False
        for code in codes:
            codes.extend([each for each in code.co_consts if type(each) is type(code)])
        return not [code for code in codes if '_' in code.co_names]

    def step(self, text, mode, names):
        told = '"completed"'
        self.flags = self.future(names)
        try:
            self.perform(text, mode, names)
        except SystemExit:
            if os.getpid() != self.pid:
                raise
            line = self.lines(self.strip(sys.exc_info()[2]))[0]
            told = '{"exited":{"line":%s,"last_statement":true}}' % number(line)
        except:
            kind, value, trace = sys.exc_info()
            trace = self.strip(trace)
            told = self.told(kind, value, trace, True)
            try:
                if not PY2:
                    value.__traceback__ = trace
                sys.excepthook(kind, value, trace)
            except BaseException:
                pass  # a hook of the program that fails itself
        if os.getpid() == self.pid:
            self.mark(told)

    def perform(self, text, mode, names):
        kind = 'single' if mode == 'single' else 'exec'
        if mode != 'cell':
            exec(compile(text, self.file, kind, self.flags, True), names)
            return
        only_ast = 0x400
        tree = compile(text, self.file, 'exec', self.flags | only_ast, True)
        quiet = text.rstrip().endswith(b';')
        last = []
        if tree.body and type(tree.body[-1]).__name__ == 'Expr' and not quiet:
            last = [tree.body.pop()]
        exec(compile(tree, self.file, 'exec', self.flags, True), names)
        if last:
            form = compile('0', '', 'single', only_ast, True)
            form.body = last
            exec(compile(form, self.file, 'single', self.future(names), True), names)

    def mark(self, told):
        self.flush()
        self.divide(self.out)
        self.say('s' + told + '\n')
        # What follows finds what it would find if all had run as one program.
        self.alike = self.alike and told == '"completed"'

    def begin(self):
        self.say('.')

    def silence(self):
        # Not by other objects in sys, as a program may hold these, and start others.
        null = os.open(os.devnull, os.O_WRONLY)
        for fd in 1, 2:
            self.streams.append((fd, self.aside(fd, 4)))
            os.dup2(null, fd)
        os.close(null)

    def aside(self, fd, below):
        # The same output under a number where programs hardly look.
        aside = self.fd - below + fd
        try:
            os.dup2(fd, aside)
        except OSError:
            aside = os.dup(fd)  # numbers end before
        keep_to_us(aside)
        return aside

    def flush(self):
        if PY2 and getattr(sys.stdout, 'softspace', 0):
            # As the interpreter does it behind a program whose last `print` ends with a comma.
            try:
                sys.stdout.softspace = 0
                sys.stdout.write('\n')
            except Exception:
                pass  # of the program
        for stream in sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__:
            try:
                stream.flush()
            except Exception:
                pass  # closed, or none

    def speak(self):
        if self.streams:
            self.flush()
        if os.getpid() != self.pid:
            return
        for fd, aside in self.streams:
            os.dup2(aside, fd)
            os.close(aside)
        self.streams = []

    def safely(self, report):
        # No report is better than a driver that changes how the program ends.
        try:
            report()
        except Exception:
            pass

    def completed(self):
        self.tell('"completed"')

    def exit(self):
        # The line of the exit that is on its way, and whether it is in the last statement.
        line, top = self.lines(self.strip(sys.exc_info()[2]))
        return line, top is not None and self.in_last_statement(top)

    def exited(self):
        line, last = self.exit()
        self.tell('{"exited":{"line":%s,"last_statement":%s}}'
                  % (number(line), 'true' if last else 'false'))

    def in_last_statement(self, line):
        only_ast = 0x400
        body = compile(self.source(), self.file, 'exec', self.flags | only_ast, True).body
        first = min([body[-1].lineno]
                    + [each.lineno for each in getattr(body[-1], 'decorator_list', [])])
        if len(body) > 1:
            before = body[-2]
            if max(before.lineno, getattr(before, 'end_lineno', 0)) >= first:
                return False  # two statements on a line: not sure which one it was
        return line >= first

    def raised(self):
        kind, value, trace = sys.exc_info()
        trace = self.strip(trace)
        if trace is None:
            self.tell('{"syntax_error":{"message":%s,"line":%s,"column":%s}}' % (
                quote(getattr(value, 'msg', None) or text_of(value)),
                number(getattr(value, 'lineno', None)), number(getattr(value, 'offset', None))))
        else:
            self.tell(self.told(kind, value, trace))

    def told(self, kind, value, trace, typed=False):
        line = self.lines(trace)[0]
        message = text_of(value)
        if typed and isinstance(value, SyntaxError):
            # As it is shown: without the place, which stands above.
            message = getattr(value, 'msg', None) or message
            line = line or getattr(value, 'lineno', None)
        name = missing(kind, value, message)
        return ('{"raised":{"kind":%s,"message":%s,"line":%s,"name":%s,"near":[%s],"frames":[%s]}}'
                % (quote(name_of(kind)), quote(message), number(line), optional(name),
                   ','.join([quote(each) for each in near(kind, value, message)]),
                   self.frames(trace)))

    def lines(self, trace):
        # The innermost line in the program, and the line of its top-level statement.
        inner = top = None
        while trace is not None:
            code = trace.tb_frame.f_code
            if code.co_filename == self.file:
                inner = trace.tb_lineno
                if top is None and code.co_name == '<module>':
                    top = inner
            trace = trace.tb_next
        return inner, top

    def frames(self, trace):
        frames = []
        while trace is not None:
            file = trace.tb_frame.f_code.co_filename
            if file in self.parts and trace.tb_lineno is not None:
                frames.append('{"part":%s,"line":%d}' % (
                    number(self.parts[file]), trace.tb_lineno))
                if len(frames) > 32:
                    del frames[16]
            trace = trace.tb_next
        return ','.join(frames)

    def strip(self, trace):
        mine = sys._getframe().f_code.co_filename
        while trace is not None and trace.tb_frame.f_code.co_filename == mine:
            trace = trace.tb_next
        return trace

    def hide(self):
        # The interpreter does all the rest itself, but for our own frames in the traceback.
        hook = sys.excepthook

        def without_driver(kind, value, trace):
            trace = self.strip(trace)
            if not PY2:
                value.__traceback__ = trace
            hook(kind, value, trace)

        sys.excepthook = without_driver


def voice(fd, codes):
    # The way to speak to whoever started us: between two copies of a mark that lies in the socket
    # before the program begins, and that nothing which the program does by itself would hold. And
    # the way to divide what is printed, by a word that lies there as well.
    mark, word = os.read(fd, 128).split(b'\n')[:2]
    word = b'\0' + word + b'\0'
    write, process, about, frames, error = os.write, os.getpid, os.fstat, sys._getframe, sys.exc_info
    bottom = frames()
    while bottom.f_back is not None:
        bottom = bottom.f_back

    def here():
        stat = about(fd)
        return process(), stat.st_dev, stat.st_ino

    def ours():
        # Not on behalf of the program: nothing of it is on the stack, nor of another thread.
        frame = frames(2)
        while frame is not bottom:
            if frame is None or frame.f_code not in codes:
                return False
            frame = frame.f_back
        return True

    # A forked child must not speak for the program, and a program that closed all descriptors may
    # have opened a file of its own under our number.
    known = here()
    told = []

    def say(text):
        if told or here() != known or not ours():
            return
        if text[0] not in '.s+-':
            told.append(text)
        if text.lstrip('s').startswith(('"completed', '+')) and error()[0] is not None:
            return
        write(fd, mark + text.encode('ascii') + mark)

    def divide(fds):
        # Marks the end of what was printed during a step or a program.
        if here() != known or not ours():
            return
        for one in fds:
            try:
                write(one, word)
            except OSError:
                pass  # closed by the program

    return say, divide


def keep_to_us(fd):
    if PY2:
        import fcntl
        fcntl.fcntl(fd, fcntl.F_SETFD, fcntl.FD_CLOEXEC)
        del sys.modules['fcntl']
    else:
        os.set_inheritable(fd, False)


def name_of(kind):
    module = getattr(kind, '__module__', None)
    name = getattr(kind, '__qualname__', None) or getattr(kind, '__name__', None) or str(kind)
    if module in (None, '__main__', 'builtins', 'exceptions'):
        return name
    return '%s.%s' % (module, name)


def text_of(value):
    try:
        return str(value)
    except UnicodeError:
        return unicode(value) if PY2 else repr(value)


def missing(kind, value, message):
    if not issubclass(kind, (NameError, ImportError, AttributeError)):
        return None
    name = getattr(value, 'name', None)
    if name:
        return name
    # Before the attribute existed, only the message knew.
    if message.startswith('No module named '):
        return message[16:].split(';')[0].strip('\'"')
    if issubclass(kind, ImportError):
        return None
    quoted = message.split("'")
    return quoted[-2] if len(quoted) > 2 else None


def near(kind, value, message):
    # Names much like the one that was missing, where it was looked for: in a module, or in an
    # object and its types. Read off their dictionaries, so that nothing of the program runs.
    name = getattr(value, 'name', None)
    if issubclass(kind, AttributeError):
        owner = getattr(value, 'obj', None)
    elif issubclass(kind, ImportError) and message.startswith('cannot import name '):
        owner = sys.modules.get(name)
        name = message[19:].split(' from ')[0].strip('\'"')
    else:
        return []
    if type(name) is not str or owner is None or len(name) > 64:
        return []
    names = []
    types = [] if type(owner) is type(sys) else mro(owner)
    if not types:
        names.extend(owner.__dict__)
    for each in types:
        names.extend(type.__dict__['__dict__'].__get__(each))
    for each in types:
        own = type.__dict__['__dict__'].__get__(each).get('__dict__')
        if type(own) is type(type.__dict__['__dict__']) and not issubclass(type(owner), type):
            names.extend(own.__get__(owner))
    found = []
    for each in names:
        if type(each) is str and each not in found and alike(name, each):
            found.append(each)
    return found[:16]


def mro(owner):
    types = owner if issubclass(type(owner), type) else type(owner)
    return type.__dict__['__mro__'].__get__(types)


def alike(one, other):
    # Whether so few letters differ that it may be a slip; which of them is one is not said here.
    if one == other or abs(len(one) - len(other)) > 2:
        return False
    left = list(one.lower())
    for char in other.lower():
        if char in left:
            left.remove(char)
    return len(left) <= 2


def number(value):
    return str(int(value)) if value is not None else 'null'


def optional(value):
    return quote(value) if value is not None else 'null'


def quote(value):
    if isinstance(value, bytes):
        value = value.decode('utf-8', 'replace')
    out = []
    for char in value[:4096]:
        point = ord(char)
        if point > 0xffff:
            point -= 0x10000
            out.append('\\u%04x\\u%04x' % (0xd800 + (point >> 10), 0xdc00 + (point & 0x3ff)))
        elif 0xd800 <= point <= 0xdfff:
            out.append('\\ufffd')
        elif point < 32 or point > 126 or char in '"\\':
            out.append('\\u%04x' % point)
        else:
            out.append(char)
    return '"%s"' % ''.join(out)
