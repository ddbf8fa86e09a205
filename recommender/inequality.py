"""How unequally something is shared out among people."""

import numpy as np
from numpy.typing import NDArray


def gini(shares: NDArray[np.float64] | NDArray[np.integer]) -> float:
    """Compute the Gini coefficient: 0 where all have the same, (n - 1) / n where one has it all.

    Args:
        shares: `(n,)`, 0 or more; 0 where nobody has any.

    Source: Gini 1912, in the form of Damgaard & Weiner, "Describing inequality in plant size or
    fecundity", Ecology 81(4), 2000: sum of (2 i - n - 1) x_i over n times the sum, x ascending.
    """
    ascending = np.sort(shares)
    n, total = len(ascending), float(ascending.sum())
    if not total:
        return 0.0
    weights = 2 * np.arange(1, n + 1) - n - 1
    return float((weights * ascending).sum() / (n * total))
