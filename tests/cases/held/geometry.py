"""Small helpers for plane geometry.

Points are pairs of numbers.

>>> distance((0, 0), (3, 4))
5.0
>>> area([(0, 0), (4, 0), (4, 3)])
6.0

The module is used by the map pages.
"""

import math


def distance(a, b):
    """Return the distance of two points.

    >>> distance((1, 1), (1, 1))
    0.0
    >>> for end in [(0, 2), (2, 0)]:
    ...     print(distance((0, 0), end))
    2.0
    2.0
    """
    return math.hypot(a[0] - b[0], a[1] - b[1])


def area(points):
    """Return the area of a polygon.

    Args:
        points: corners, in order.

    Returns:
        A float, never negative.

    Example::

        corners = [(0, 0), (2, 0), (2, 2), (0, 2)]
        assert area(corners) == 4.0
    """
    shifted = points[1:] + points[:1]
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(points, shifted))) / 2


# A quick check by hand:
#
# >>> area([(0, 0), (1, 0), (0, 1)])
# 0.5
#
# The old name is kept until the pages are changed.
polygon_area = area
