print "an old file", (
def first(:
    '''Opens.

        >>> first()
        1
    '''
def second():
    u"""Closes
	>>> second()
	2"""
x = """never closed
>>> third()
