# -*- coding: utf-8 -*-
"""
Retry calls that fail now and then.

.. code-block:: python

    @retry(times=3, wait=0.5)
    async def fetch(session, url):
        async with session.get(url) as answer:
            return await answer.text()

Run the tests of this file with

.. code-block:: bash

    python -m doctest -v retry.py
"""
import functools
import time


class GaveUp(Exception):
    '''Raised when all tries have failed.

    >>> raise GaveUp(3)
    Traceback (most recent call last):
        ...
    GaveUp: 3
    '''


def retry(times, wait=0.0):
    """Decorate a function so that it is called again when it raises.

    Usage:

    ```python
    @retry(times=2)
    def ping():
        return socket.create_connection(("example.org", 80))
    ```

    Notes
    -----
    The wait doubles: 0.5, 1, 2 seconds. ``times=0`` is an error.
    """
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            pause = wait
            for left in reversed(range(times)):
                try:
                    return function(*args, **kwargs)
                except Exception:
                    if not left:
                        raise GaveUp(times)
                    time.sleep(pause)
                    pause *= 2
        return wrapper
    return decorate
