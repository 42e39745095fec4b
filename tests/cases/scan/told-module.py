"""A module.

.. stillruns: new-session

>>> 1 + 1
2
"""

__doctest_skip__ = ["*"]


def f():
    """
    >>> f()  # doctest: +ELLIPSIS
    3...
    """
