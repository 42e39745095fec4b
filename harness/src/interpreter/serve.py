

# Serves forks of this interpreter. For every job the socket brings the limits of the run and the
# name of its program, and descriptors; a fork joins the cell, gives up all rights by the calls of
# a table that came first, and runs the program. All calls are prepared and put in order elsewhere.
class Server(object):
    def __init__(self, socket):
        self.stash = None
        if not PY2:
            self.stash = Stash()
            self.stash.fill()
        # Everything that a program must not find in sys.modules is imported from here on.
        self.before = set(sys.modules)
        import ctypes
        self.socket = socket
        self.errno = ctypes.get_errno
        library = ctypes.CDLL(None, use_errno=True)
        self.trim = getattr(library, 'malloc_trim', None)
        self.syscall = library.syscall
        self.syscall.restype = ctypes.c_long
        self.syscall.argtypes = [ctypes.c_long] * 7
        self.address = ctypes.addressof
        self.long = ctypes.c_long
        self.bytes = ctypes.create_string_buffer
        self.data = self.bytes(1 << 16)
        self.rights = (ctypes.c_int * 64)()
        self.vector = (ctypes.c_long * 2)(self.address(self.data), len(self.data))
        self.header = (ctypes.c_long * 7)()
        self.polled = (ctypes.c_int * 64)()
        self.status = ctypes.c_int()
        self.usage = (ctypes.c_long * 18)()
        self.kept = []
        self.collector = Collector(ctypes)
        self.last = self.leave()
        # Never freed, which at the end of a fork would mean to copy what is shared.
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(self))

    def leave(self):
        global LEAVE
        import ctypes
        atexit = None
        if self.stash:
            # The one that programs will find, as older ones keep what they are told to themselves.
            atexit = self.stash.modules.get('atexit') or sys.modules['atexit']
        LEAVE = Leave(self.collector, ctypes.CDLL(None), atexit)
        return LEAVE

    def call(self, number, *values):
        return self.syscall(number, *(values + (0,) * (6 - len(values))))

    def point(self, value):
        # The address of a copy that stays.
        if isinstance(value, bytes):
            value = self.bytes(value, len(value))
        self.kept.append(value)
        return self.address(value)

    def receive(self):
        # struct msghdr, and in it one struct cmsghdr with descriptors, as 64-bit Linux has them.
        self.header[:] = [0, 0, self.address(self.vector), 1, self.address(self.rights), 256, 0]
        size = self.call(self.numbers['recvmsg'], self.socket, self.address(self.header), 0)
        if size <= 0:
            os._exit(0)
        return self.data[:size], self.rights[4:self.rights[0] // 4] if self.header[5] else []

    def resolve(self, value):
        # An argument of a call: a number, or what it stands for in this process.
        if not isinstance(value, tuple):
            return value
        kind, value = value
        if kind == 'bytes':
            return self.point(value)
        if kind == 'program':
            return self.point((self.long * 2)(len(value) // 8, self.point(value)))
        if kind == 'limit':
            return self.address(self.data) + 16 * value
        return kind, value

    def prepare(self):
        self.numbers = {'recvmsg': int(sys.argv[3])}
        table, _ = self.receive()
        self.numbers, self.limits, leaving, beginning = eval(table.decode('ascii'))
        self.leaving, self.beginning = [
            [(name, [number] + [self.resolve(value) for value in values] + [0] * (6 - len(values)))
             for name, number, values in steps] for steps in (leaving, beginning)]
        self.forks = []
        if len(os.listdir('/proc/self/task')) != 1:
            os._exit(1)  # a fork has one thread only
        self.show_parent()
        sys.path_importer_cache.pop(sys.path[0], None)
        Driver.codes = Driver.own()
        self.hide()
        self.settle()

    def settle(self):
        self.collector.collect()
        # Has the C library sort what is free, for which a fork would write all over the memory.
        if self.trim:
            self.trim(0)
        self.bytes(100000)
        self.collector.freeze()
        # What is made up lazily, or when it is used again and again, is not to be in every fork.
        for _ in range(8):
            self.rehearse()
        self.collector.freeze()

    def show_parent(self):
        # The parent of a fork, this process, lies outside of its cell, which the kernel tells by a
        # zero. Programs know no such parent: they find the first process of the cell.
        real = os.getppid

        def getppid():
            return real() or 1

        getppid.__module__ = real.__module__
        os.getppid = sys.modules['posix'].getppid = getppid

    def serve(self):
        # Returns in a fork that has left for its cell.
        os.write(self.socket, b'r')
        while True:
            self.wait()
            _, fds = self.receive()
            notes = fds[-1]
            child = self.fork(fds[0])
            if child == 0:
                return self.take(self.leaving, fds, notes)
            for fd in fds[:-1]:
                os.close(fd)
            if child > 0:
                pidfd = self.call(self.numbers['pidfd_open'], child, 0)
                self.forks.append((pidfd, child, notes))
            else:
                os.close(notes)

    def fork(self, space):
        if self.call(self.numbers['setns'], space, 0x20000000) != 0:
            return -1
        try:
            return os.fork()
        except OSError:
            return -1  # a cell that was given up meanwhile takes no more processes

    def wait(self):
        # Until a job is there. Meanwhile tells the end of forks.
        while True:
            # struct pollfd: a descriptor, what is waited for, what came.
            fds = [self.socket] + [fork[0] for fork in self.forks]
            for at, fd in enumerate(fds):
                self.polled[2 * at:2 * at + 2] = [fd, 1]
            self.call(self.numbers['ppoll'], self.address(self.polled), len(fds), 0, 0)
            came = [self.polled[2 * at + 1] >> 16 for at in range(len(fds))]
            for fork, ended in list(zip(self.forks, came[1:])):
                if ended:
                    self.forks.remove(fork)
                    self.tell(*fork)
            if came[0]:
                return

    def tell(self, pidfd, child, notes):
        self.call(self.numbers['wait4'], child, self.address(self.status), 0,
                  self.address(self.usage))
        user, system = [self.usage[at] * 1000 + self.usage[at + 1] // 1000 for at in (0, 2)]
        note = '{"ended":{"status":%d,"usage":{"wall_ms":0,"user_ms":%d,"system_ms":%d,' \
               '"max_rss_kib":%d}}}\n' % (self.status.value, user, system, self.usage[4])
        try:
            os.write(notes, note.encode('ascii'))
        except OSError:
            pass  # nobody wants to know any more
        os.close(notes)
        os.close(pidfd)

    def is_awaited(self):
        # In a fork: whether there was an order for it already, as what came last said.
        return self.data[16 * self.limits] == b'\1'

    def rehearse(self):
        # In a fork while nobody waits: what every program does, so that memory that it will write is
        # its own already. And before the first fork.
        with open(os.devnull, 'rb') as file:
            text = file.read() + b'pass\n'
        exec(compile(text.decode('ascii'), quote('<warm>'), 'exec', 0, True), {})
        LEAVE.rehearse()

    def listen(self):
        # In a fork: waits for its task, and takes it.
        task, fds = self.receive()
        self.take(self.beginning, fds, self.socket - 1)
        return task

    def take(self, steps, fds, notes):
        for name, call in steps:
            if type(call[1]) is tuple:
                call = [call[0], fds[call[1][1]]] + call[2:]
            if self.syscall(*call) < 0:
                note = '{"refused":{"step":"%s","errno":%d}}\n' % (name, self.errno())
                os.write(notes, note.encode('ascii'))
                os._exit(1)

    def hide(self):
        for name in list(sys.modules):
            if name not in self.before:
                self.kept.append(sys.modules.pop(name))
        if self.stash:
            self.stash.hide()


def program(server):
    server.serve()
    if not server.is_awaited():
        server.rehearse()
    words = server.listen().split(b'\0')
    return words if PY2 else [word.decode('utf-8') for word in words]
