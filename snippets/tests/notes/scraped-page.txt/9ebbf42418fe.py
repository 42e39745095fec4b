class Counter(object):
    def __init__(self):
        self.seen = 0
