"""Access to help: the enhanced two-step floating catchment area (E2SFCA).

Luo and Qi (2009), "An enhanced two-step floating catchment area (E2SFCA) method for measuring
spatial accessibility to primary care physicians", Health & Place 15(4).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

#: Beyond this time a place counts for nothing; the Gaussian weight is 0.01 there.
DECAY_LIMIT_S = 1800
_WEIGHT_AT_LIMIT = 0.01


def gaussian_weight(seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return w(t) = exp(-t²/b) with w(30 min) = 0.01, and 0 beyond 30 min."""
    spread = -(DECAY_LIMIT_S**2) / np.log(_WEIGHT_AT_LIMIT)
    return np.where(seconds <= DECAY_LIMIT_S, np.exp(-(seconds**2) / spread), 0.0)


def e2sfca(
    demand: NDArray[np.int64],
    site: NDArray[np.int64],
    seconds: NDArray[np.float64],
    population: NDArray[np.float64],
    supply: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return A_i: supply within reach of each demand point, per head of ``population``.

    R_j = S_j / Σ_k P_k w(t_kj); A_i = Σ_j R_j w(t_ij). ``demand``, ``site`` and ``seconds`` are
    the pairs within reach. Invariant: Σ_i P_i A_i = Σ_j S_j over the places that someone reaches.
    """
    shape = (len(population), len(supply))
    weights = sparse.csr_array((gaussian_weight(seconds), (demand, site)), shape=shape)
    served = np.asarray(weights.T @ population)
    ratio = np.divide(supply, served, out=np.zeros_like(supply), where=served > 0)
    return np.asarray(weights @ ratio)
