

# What the interpreter's collector of garbage knows: sets aside what is there before the first fork,
# so that a collection in a fork does not touch, and so copy, all that is shared; and tells what came
# after that. With tools of its own, or where it has none, by hand.
class Collector(object):
    MOST = 20000  # objects that are looked at by hand

    def __init__(self, ctypes):
        self.object, self.word, self.number = ctypes.py_object, ctypes.c_void_p, ctypes.c_int
        self.pair = self.word * 2
        self.cells = ctypes.c_uint32 * (1 << 46)  # all that 48 bits can name
        self.buffer = ctypes.create_string_buffer
        self.aside = (self.word * 4)()
        self.cell, self.move = self.word(), ctypes.memmove
        self.spot = ctypes.addressof(self.cell)
        self.here = ctypes.addressof(self.aside)
        attributes = vars(type)
        self.lasting = frozenset(map(type, (
            quote, quote.__code__, len, '', b'', 0, 0.5, (), frozenset(), object.__init__, str.join,
            vars(dict)['fromkeys'], attributes['__dict__'], attributes['__basicsize__'])))
        self.collect = ctypes.pythonapi.PyGC_Collect
        self.gc = None
        if not PY2:
            # In Python 2 it would load a module in passing, and only the first time.
            import gc
            self.gc = gc
        try:
            self.first = self.word.in_dll(ctypes.pythonapi, '_PyGC_generation0').value
        except ValueError:
            self.first = None
        self.lists = []

    def freeze(self):
        self.collect()
        if hasattr(self.gc, 'freeze'):
            self.keep()
            self.gc.freeze()
        elif self.first and not self.lists:
            self.set_aside()

    def keep(self):
        # From 3.12 on some objects live for ever, and references to them are not counted: now more
        # of those that are here, so that a fork which uses one does not write, and so copy, where it
        # lies. None that acts when it goes, or in which a program would leave what does. Not where an
        # object begins with anything but its count.
        count = sys.getrefcount(None) & 0xffffffff
        cells = self.cells.from_address(0)
        if cells[id(None) >> 2] == count == sys.getrefcount(True) & 0xffffffff > 1 << 30:
            known = self.gc.get_objects()
            for each in known, self.gc.get_referents(*known):
                for one in each:
                    if type(one) in self.lasting:
                        cells[id(one) >> 2] = count

    def set_aside(self):
        # The generations are three lists in a row, each two links and more; when all was collected
        # the second is empty and all is in the third.
        for step in (40, 48):
            lists = [self.first + at * step for at in range(3)]
            second, third = [self.pair.from_address(at) for at in lists[1:]]
            after, before = third[:]
            if second[:] != lists[1:2] * 2 or self.link(after, 1).value != lists[2]:
                continue
            self.aside[:2] = after, before
            self.link(after, 1).value = self.link(before, 0).value = self.here
            third[:] = lists[2:] * 2
            self.lists = lists
            return

    def link(self, at, which):
        return self.word.from_address(at + 8 * which)

    def objects(self):
        # All that the program made and that may hold others. Nothing if that cannot be told.
        if self.gc:
            return self.gc.get_objects()
        # Nothing may be collected meanwhile, for which the youngest generation has a threshold.
        threshold = self.number.from_address(self.lists[0] + 32)
        kept, threshold.value = threshold.value, 0
        try:
            return self.walk()
        finally:
            threshold.value = kept

    def walk(self):
        heads = []
        last = []  # what comes after it in the youngest generation is gone a moment later
        ends = [id(last) - 32] + self.lists[1:]
        for head, end in zip(self.lists, ends):
            at = self.read(head)
            while at != end and len(heads) < self.MOST:
                heads.append(at)
                at = self.read(at)
        # A link is followed by the object, 32 bytes on.
        return [self.at(head + 32) for head in heads] if len(heads) < self.MOST else None

    def read(self, address):
        # Makes nothing that would stay in a list.
        self.move(self.spot, address, 8)
        return self.cell.value

    def at(self, address):
        return self.object.from_buffer(self.word(address)).value

    def callback(self, reference):
        # That of a weak reference or a proxy: the second of two pointers after the head.
        address = self.read(id(reference) + object.__basicsize__ + 8)
        return self.at(address) if address else None

    def is_watched(self):
        # Whether the program asked to be told what it does, or let it keep something.
        gc = self.gc or sys.modules.get('gc')
        return bool(gc and (getattr(gc, 'callbacks', None) or gc.get_debug() or gc.garbage))
