"""Multinomial logistic regression, small enough to be fitted at each build.

Source: C. Bishop, "Pattern Recognition and Machine Learning", 2006, section 4.3.4.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def fit(
    design: Any, classes: NDArray[np.int64], n_classes: int, penalty: float, *, balanced: bool
) -> NDArray[np.float32]:
    """Fit a coefficient row and a constant for each class.

    Args:
        design: `(n, k)` matrix, dense or sparse.
        classes: `(n,)` the class of each row, 0 to `n_classes` - 1.
        n_classes: how many there are.
        penalty: weight of half the squared length of the coefficients against the summed log loss.
        balanced: whether all classes count alike, however many rows they have.

    Returns:
        `(n_classes, k + 1)` float32; the last column is the constant.
    """
    from scipy.optimize import minimize

    n_columns = design.shape[1] + 1
    weight = np.ones(len(classes))
    if balanced:
        counts = np.bincount(classes, minlength=n_classes)
        weight = (len(classes) / (n_classes * np.maximum(counts, 1)))[classes]
    target = np.eye(n_classes)[classes]

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[Any]]:
        rows = flat.reshape(n_classes, n_columns)
        logits = np.asarray(design @ rows[:, :-1].T) + rows[:, -1]
        logits -= logits.max(axis=1, keepdims=True)
        log_share = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        value = -(weight * (target * log_share).sum(axis=1)).sum()
        error = (np.exp(log_share) - target) * weight[:, None]
        slope = np.hstack([np.asarray(design.T @ error).T, error.sum(axis=0)[:, None]])
        slope[:, :-1] += penalty * rows[:, :-1]
        return float(value + penalty / 2 * (rows[:, :-1] ** 2).sum()), slope.ravel()

    found = minimize(loss, np.zeros(n_classes * n_columns), jac=True, method="L-BFGS-B")
    return np.asarray(found.x.reshape(n_classes, n_columns), np.float32)
