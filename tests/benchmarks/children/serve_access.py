"""PySAL's access on the same table as ours: NPZ (ptr, point, ds, population, supply)."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import numpy as np
from _serve import Preparation, serve

FILE = sys.argv[1]


def prepare(steps: Preparation) -> tuple[str, dict[str, Callable[..., Any]]]:
    import pandas as pd
    from access import Access, weights

    logging.disable(logging.CRITICAL)
    with np.load(FILE) as kept:
        town = {name: kept[name] for name in kept.files}
    points, sites = np.arange(town["population"].size), np.arange(town["supply"].size)
    pysal = steps.step(
        "tables",
        lambda: Access(
            demand_df=pd.DataFrame({"point": points, "need": town["population"]}),
            demand_index="point",
            demand_value="need",
            supply_df=pd.DataFrame({"site": sites, "supply": town["supply"]}),
            supply_index="site",
            supply_value="supply",
            cost_df=pd.DataFrame(
                {
                    "point": town["point"],
                    "site": np.repeat(sites, np.diff(town["ptr"])),
                    "ds": town["ds"],
                }
            ),
            cost_origin="point",
            cost_dest="site",
            cost_name="ds",
        ),
    )
    shapes = {
        "apl2012": weights.step_fn({3_000: 1, 6_000: 0.30, 9_000: 0.10}),
        # 0.01 is left at 30 min; ``max_cost`` cuts there.
        "gaussian": weights.gaussian(18_000 / np.sqrt(2 * np.log(100))),
    }

    def e2sfca(decay: str, limit_ds: int) -> dict[str, Any]:
        """Access of each point: supply per head."""
        found = pysal.enhanced_two_stage_fca(weight_fn=shapes[decay], max_cost=limit_ds)
        return {"access": found["e2sfca_supply"].reindex(points).fillna(0).to_numpy()}

    return f"PySAL access {version('access')}", {"e2sfca": e2sfca}


serve(prepare)
