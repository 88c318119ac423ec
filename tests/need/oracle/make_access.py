"""Make the oracle of E2SFCA: a seeded town and PySAL's answers for it.

Run by the Python that has the peers (``make bench`` installs it), from the project's root:
``.venv-bench/bin/python tests/need/oracle/make_access.py``. It writes the four CSVs beside it.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from access import Access, weights

HERE = Path(__file__).parent
POINTS, SITES, SEED = 60, 12, 20121009
#: Upper bound in deciseconds (<=, as PySAL's ``step_fn`` takes it) and weight.
STEPS = {"apl2012": {3_000: 1.0, 6_000: 0.30, 9_000: 0.10}}
SCALE_DS = 18_000


def gaussian(ds: float) -> float:
    """PySAL's own Gaussian, its width such that 0.01 is left at 30 min, nothing beyond."""
    sigma = SCALE_DS / np.sqrt(2 * np.log(100))
    return float(weights.gaussian(sigma)(ds)) if ds <= SCALE_DS else 0.0


def linear(ds: float) -> float:
    """1 at the door, 0 at 30 min."""
    return max(1 - ds / SCALE_DS, 0.0)


def town() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return points (need), sites (supply) and times (deciseconds) at 25 m/s, some at a step.

    The last point reaches nothing; the last site is reached only by points without need.
    """
    generator = np.random.default_rng(SEED)
    home = generator.uniform(0, 60_000, (POINTS, 2))
    place = generator.uniform(0, 60_000, (SITES, 2))
    far_m = np.linalg.norm(home[:, None] - place[None, :], axis=2)
    ds = np.rint(far_m / 2.5).astype(int)
    # The bounds of the steps and of the range, exactly and one decisecond beyond.
    edges = [0, 3_000, 3_001, 6_000, 6_001, 9_000, 9_001, 18_000, 18_001]
    ds.ravel()[generator.choice(ds.size, 4 * len(edges), replace=False)] = edges * 4
    points = pd.DataFrame(
        {"point": np.arange(POINTS), "need": generator.uniform(0.5, 80, POINTS).round(3)}
    )
    points.loc[::17, "need"] = 0.0
    supply = generator.choice([0, 50, 100, 175, 240.5], SITES)
    supply[-1] = 100
    sites = pd.DataFrame({"site": np.arange(SITES), "supply": supply})
    row, column = np.divmod(np.arange(ds.size), SITES)
    times = pd.DataFrame({"point": row, "site": column, "ds": ds.ravel()})
    nobody = (times["site"] == SITES - 1) & times["point"].map(points["need"]).gt(0)
    times = times[(times["ds"] <= 24_000) & ~nobody & (times["point"] < POINTS - 1)]
    times = times.sort_values(["site", "point"])
    return points, sites, times


def answers(points: pd.DataFrame, sites: pd.DataFrame, times: pd.DataFrame) -> pd.DataFrame:
    """Return PySAL's enhanced 2SFCA, not normalised; a point that reaches nothing gets 0."""
    shapes = {
        "gaussian": gaussian,
        "apl2012": weights.step_fn(STEPS["apl2012"]),
        "linear": linear,
    }
    found = points[["point"]].copy()
    for name, shape in shapes.items():
        # PySAL divides by 0 for a place that no one in need reaches: it is left out beforehand.
        weight = times["ds"].map(shape) * times["point"].map(points["need"])
        served = weight.groupby(times["site"]).sum()
        near = times[times["site"].isin(served.index[served > 0])]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pysal = Access(
                demand_df=points, demand_index="point", demand_value="need",
                supply_df=sites, supply_index="site", supply_value="supply",
                cost_df=near, cost_origin="point", cost_dest="site", cost_name="ds",
            )  # fmt: skip
            values = pysal.enhanced_two_stage_fca(weight_fn=shape)
        found[name] = found["point"].map(values["e2sfca_supply"]).fillna(0.0)
    return found


if __name__ == "__main__":
    tables = dict(zip(("points", "sites", "times"), town(), strict=True))
    tables["answers"] = answers(*tables.values())
    for name, table in tables.items():
        table.to_csv(HERE / f"access_{name}.csv", index=False)
