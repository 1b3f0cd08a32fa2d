"""How far a share of few cases can be trusted. Pure."""

from math import sqrt

Z95 = 1.959963984540054


def wilson(count: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson); of nothing it is the whole of 0 to 1.

    >>> [round(bound, 3) for bound in (*wilson(8, 10), *wilson(15, 20))]
    [0.49, 0.943, 0.531, 0.888]
    """
    if of == 0:
        return 0.0, 1.0
    share, square = count / of, Z95 * Z95
    middle = (share + square / (2 * of)) / (1 + square / of)
    reach = Z95 / (1 + square / of) * sqrt(share * (1 - share) / of + square / (4 * of * of))
    return max(0.0, middle - reach), min(1.0, middle + reach)
