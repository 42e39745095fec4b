#!/usr/bin/env python
"""Keeps a garden.

Plant something first::

    import garden
    garden.plant("beans")

In [1]: garden.water()
Out[1]: True
"""
import os

FIELDS = [
    "import nothing",
]


def plant(name):
    """Plants ``name``.

    >>> plant("beans")
    'beans'
    >>> for bed in beds():
    ...     bed.dig()

    .. code-block:: sh

        garden plant beans
    """
    os.environ["GARDEN"] = name
    return name


class Bed:
    r'''A bed with a \d of its own.

    ```python
    bed = Bed()
    bed.dig()
    ```
    '''

    size = 3
    """How large it is."""

    # Try it:
    #
    #     >>> Bed().size
    #     3

    # old = os.listdir(".")
    # print(old)
    def dig(self): "Digs."; return dig_deep("""
    >>> not_a_docstring()
    """)
