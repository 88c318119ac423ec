"""pandana on the same arrays as ours: NPZ LIMIT (indptr, indices, deciseconds, x, y)."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import numpy as np
from _serve import Preparation, serve

FILE, LIMIT = sys.argv[1], int(sys.argv[2])


def prepare(steps: Preparation) -> tuple[str, dict[str, Callable[..., Any]]]:
    import pandana
    import pandas as pd

    with np.load(FILE) as kept:
        graph = {name: kept[name] for name in kept.files}
    tails = np.repeat(np.arange(graph["x"].size), np.diff(graph["indptr"]))
    network = steps.step(
        "network with its hierarchy",
        lambda: pandana.Network(
            pd.Series(graph["x"]),
            pd.Series(graph["y"]),
            pd.Series(tails),
            pd.Series(graph["indices"].astype(np.int64)),
            pd.DataFrame({"time": graph["deciseconds"].astype(np.float64)}),
            twoway=False,
        ),
    )

    def reach(places: list[int]) -> dict[str, Any]:
        """Nodes within the limit of each source, and their times."""
        found = network.nodes_in_range(places, LIMIT)
        return {name: found[name].to_numpy() for name in ("source", "destination", "time")}

    def nearest(sites: list[int]) -> dict[str, Any]:
        """Time from each node to the nearest site; the limit where none is within it."""
        network.set_pois(
            "sites", LIMIT, 1, pd.Series(graph["x"][sites]), pd.Series(graph["y"][sites])
        )
        found = network.nearest_pois(LIMIT, "sites", num_pois=1)
        return {"time": found[1].to_numpy()}

    return f"pandana {version('pandana')}", {"reach": reach, "nearest": nearest}


serve(prepare)
