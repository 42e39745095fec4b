# Runs one program file the way the interpreter itself would, and reports what its text did as one
# line of JSON on a descriptor. Serves Python 2.6 to 3.14. Leaves no module behind that the
# interpreter has not imported anyway, so that a program finds sys.modules as it should be.
# What comes after it in the same file says when: at once (cold.py) or in a fork (serve.py).
import os
import sys

PY2 = sys.version_info[0] == 2


class Driver(object):
    def __init__(self, fd, name):
        self.fd = fd
        self.pid = os.getpid()
        self.pipe = self.inode()
        # As the interpreter does it: an absolute __file__ came with 3.9.
        self.file = os.path.join(os.getcwd(), name) if sys.version_info >= (3, 9) else name
        if PY2:
            import fcntl
            fcntl.fcntl(fd, fcntl.F_SETFD, fcntl.FD_CLOEXEC)
            del sys.modules['fcntl']
        else:
            os.set_inheritable(fd, False)

    def inode(self):
        stat = os.fstat(self.fd)
        return stat.st_dev, stat.st_ino

    def tell(self, text):
        # A forked child must not speak for the program, and a program that closed all
        # descriptors may have opened a file of its own under our number.
        if os.getpid() == self.pid and self.inode() == self.pipe:
            os.write(self.fd, (text + '\n').encode('ascii'))

    def module(self, name):
        main = type(sys)('__main__')
        main.__file__ = self.file
        main.__builtins__ = sys.modules['__builtin__' if PY2 else 'builtins']
        main.__package__ = None
        if not PY2:
            main.__cached__ = None
            main.__spec__ = None
            if sys.version_info < (3, 14):
                main.__annotations__ = {}
            # What importlib.machinery would give, without an import that leaves traces.
            loader = sys.modules['_frozen_importlib_external'].SourceFileLoader
            main.__loader__ = loader('__main__', self.file)
        self.original = sys.modules['__main__']
        sys.modules['__main__'] = main
        sys.argv = [name]
        if hasattr(sys, 'orig_argv'):
            sys.orig_argv = [sys.executable, name]
        sys.path[0] = os.getcwd()
        return main.__dict__

    def source(self):
        with open(self.path, 'rb') as file:
            return file.read()

    def run(self, name):
        self.path = os.path.join(os.getcwd(), name)
        names = self.module(name)
        try:
            if PY2:
                # Unlike compile(), this minds the declared encoding.
                execfile(self.file, names)
            else:
                exec(compile(self.source(), self.file, 'exec', 0, True), names)
        except SystemExit:
            self.safely(self.exited)
            raise
        except:
            self.safely(self.raised)
            self.hide()
            raise
        self.safely(self.completed)

    def safely(self, report):
        # No report is better than a driver that changes how the program ends.
        try:
            report()
        except Exception:
            pass

    def completed(self):
        self.tell('"completed"')

    def exited(self):
        line, top = self.lines(self.strip(sys.exc_info()[2]))
        last = top is not None and self.in_last_statement(top)
        self.tell('{"exited":{"line":%s,"last_statement":%s}}'
                  % (number(line), 'true' if last else 'false'))

    def in_last_statement(self, line):
        only_ast = 0x400
        body = compile(self.source(), self.file, 'exec', only_ast, True).body
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
            return
        message = text_of(value)
        self.tell('{"raised":{"kind":%s,"message":%s,"line":%s,"name":%s}}' % (
            quote(name_of(kind)), quote(message), number(self.lines(trace)[0]),
            optional(missing(kind, value, message))))

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
