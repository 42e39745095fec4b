"""Dyeing recipes.

Use it from a shell::

    $ dye --plant madder --weight 200
    alum: 30 g

or from Python:

.. code-block:: python

    from dye import recipe
    print(recipe("madder", 200))
"""

import math


def recipe(plant, weight):
    """Return grams of alum.

    Parameters
    ----------
    plant : str
        Name of the plant.
    weight : float
        Grams of wool.

    Examples
    --------
    >>> recipe("madder", 200)
    30.0
    >>> for plant in ("weld", "woad"):
    ...     print(recipe(plant, 100))
    15.0
    15.0
    """
    # x = weight * 2
    return weight * 0.15


class Bath:
    """A bath.

    ```python
    bath = Bath(litres=5)
    bath.heat(80)
    ```
    """

    def heat(self, degrees):
        """Heat it up.

        Args:
            degrees: the target; values above 95 are refused.

        Raises:
            ValueError: if degrees > 95.
        """
        print("this is no example")
