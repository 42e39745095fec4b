import itertools
pairs = itertools.izip("ab", "cd")
print list(pairs)
