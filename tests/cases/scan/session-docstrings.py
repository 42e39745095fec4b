"""Nests, and how to count them.

>>> count(["a", "b"])
2

Output goes on to the next blank line:

    >>> print("one")
    one
    >>> count(None)
    Traceback (most recent call last):
        ...
    TypeError: no nests
"""


def count(nests):
    """Counts.

    Example::

        $ nest --count
        2

    >>> count([])
    0
    >>> [
    ...     count([1]),
    ... ]
    [1]
    """
    return len(nests)


# >>> count([1, 2])
# 2
