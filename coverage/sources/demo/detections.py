"""Two years of digital fragility detected at the counter, bureau by bureau and month by month."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

FIRST_MONTH, MONTHS = "2023-09-01", 24
#: Bureaux where nobody ever held the test, and small ones with a few days only.
NEVER_SOUNDED, SELDOM_SOUNDED = 5, 11
#: A bureau sounded seldom stays under eleven detections: the rule of small counts.
_SELDOM_TOTAL = 10
#: Tests follow the year: the start of term brings people, August does not (January first).
_SEASON = (1.05, 1.0, 1.0, 0.95, 0.9, 0.9, 0.7, 0.45, 1.35, 1.3, 1.1, 0.8)
#: Places differ in who comes, besides what the index of fragility says.
_SPREAD = 0.4
#: About nine tests a day of presence (La Poste, 2019), one in five of them a detection.
_TESTS_A_DAY, _DETECTED_SHARE, _ORIENTED_SHARE = 9.0, 0.2, 0.6


def count_detections(
    sites: gpd.GeoDataFrame, communes: gpd.GeoDataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Return the counts by bureau and month (contract ``detections``).

    A row for every month with at least a day of presence: no row, no test, nothing known.
    """
    population = communes.set_index("code_insee")["population"]
    bureaux = sites[sites["kind"] == "bureau_poste"]
    size = bureaux["code_insee"].map(population).to_numpy(dtype=np.int64)
    alone = ~bureaux["code_insee"].duplicated(keep=False).to_numpy()
    small_first = np.argsort(np.where(alone, size, size.max() + 1), kind="stable")
    quiet = small_first[: NEVER_SOUNDED + SELDOM_SOUNDED]
    mixed = rng.permutation(quiet)
    never, seldom = set(mixed[:NEVER_SOUNDED].tolist()), set(mixed[NEVER_SOUNDED:].tolist())
    ifn = bureaux["code_insee"].map(communes.set_index("code_insee")["ifn"]).to_numpy(float)
    rows = [
        _bureau_rows(str(site_id).removeprefix("laposte:"), place in seldom, ifn[place], rng)
        for place, site_id in enumerate(bureaux["site_id"])
        if place not in never
    ]
    return pd.concat(rows, ignore_index=True).sort_values(["id_bureau", "debut"], ignore_index=True)


def _bureau_rows(
    id_bureau: str, seldom: bool, ifn: float, rng: np.random.Generator
) -> pd.DataFrame:
    starts = pd.date_range(FIRST_MONTH, periods=MONTHS, freq="MS")
    if seldom:
        days = np.zeros(MONTHS, dtype=np.int64)
        first = int(rng.integers(0, MONTHS - 8))
        days[first : first + int(rng.integers(3, 8))] = 1
    else:
        days = rng.integers(3, 6, MONTHS)
        # some presences began only later
        days[: int(rng.integers(0, 7))] = 0
    season = np.array([_SEASON[month - 1] for month in starts.month])
    pace = 0.45 if seldom else 1.0
    tests = rng.poisson(_TESTS_A_DAY * pace * days * season)
    share = _DETECTED_SHARE * (0.6 + 0.1 * ifn) * rng.lognormal(0.0, _SPREAD)
    detections = rng.binomial(tests, min(share, 0.5))
    if seldom:
        so_far = np.minimum(np.cumsum(detections), _SELDOM_TOTAL)
        detections = np.diff(so_far, prepend=0)
    present = days > 0
    columns = {
        "jours_presence": days,
        "tests": tests,
        "detections": detections,
        "orientations": rng.binomial(detections, _ORIENTED_SHARE),
    }
    table = pd.DataFrame(
        {
            "id_bureau": pd.Series([id_bureau] * MONTHS, dtype=object),
            "debut": starts.astype("datetime64[ns]"),
            "fin": (starts + pd.offsets.MonthEnd(1)).astype("datetime64[ns]"),
            **{name: pd.array(values, dtype="Int64") for name, values in columns.items()},
        }
    )
    return table[present]
