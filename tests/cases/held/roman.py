"""Roman numerals.

Parameters are checked; see `to_roman`.
"""

NUMERALS = [(10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")]


def to_roman(number):
    r"""Write ``number`` with Roman letters.

    Parameters
    ----------
    number : int
        From 1 to 39.

    Examples
    --------
    >>> to_roman(14)
    'XIV'
    >>> print(to_roman(39) + "\n" + to_roman(3))
    XXXIX
    III

    It refuses zero:

    >>> to_roman(0)
    Traceback (most recent call last):
    ValueError: out of range: 0

    See Also
    --------
    from_roman : the way back
    """
    if not 0 < number < 40:
        raise ValueError("out of range: %d" % number)
    letters = ""
    for value, letter in NUMERALS:
        while number >= value:
            letters += letter
            number -= value
    return letters


def from_roman(letters):
    """The way back.

    The grammar is

        numeral = tens ones ;
        tens    = "" | "X" | "XX" | "XXX" ;

    :param letters: a string
    :returns: an int
    """
    values = {"X": 10, "V": 5, "I": 1}
    total = 0
    for this, after in zip(letters, letters[1:] + "I"):
        sign = -1 if values[this] < values[after] else 1
        total += sign * values[this]
    return total
