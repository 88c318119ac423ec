"""Groups of people by zoning: which share of each demand point belongs to which group.

The shares of one partition (EPCI, FRR, density, QPV, ages) add up to 1 at every point: people of
whom a zoning tells nothing are the group ``n.d.`` of that zoning.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coverage.model.tables import AGE_BANDS
from coverage.need.fragility import need_rung

#: (group, value, share 0..1 of each demand point).
Group = tuple[str, str, NDArray[np.float64]]
UNKNOWN = "n.d."
#: Children under 15, who are in no band of the need by age.
CHILDREN = "aged_0_14"


def groups_of(
    demand: pd.DataFrame,
    communes: pd.DataFrame,
    profiles: pd.DataFrame,
    *,
    qpv_kind: str | None = None,
) -> list[Group]:
    """Return the groups of a territory's people, as coverage and equity are told.

    ``territoire/ensemble`` is everybody. A zoning of which nothing is loaded gives no group;
    ``qpv`` is told where somebody lives in one or may, under the kind of those that are loaded
    (``qpv_kind``, None: none), ``age`` on the first rung of need only (at each point, the ages of
    its commune).
    """
    code = demand["code_insee"]
    density = communes.set_index("code_insee")["density_level"]
    level = density.map(lambda value: None if pd.isna(value) else str(int(value)))
    epci = profiles.set_index("code_insee")["epci"]
    groups: list[Group] = [("territoire", "ensemble", np.ones(len(demand)))]
    groups += _partition("epci", code.map(epci))
    groups += _partition("frr", demand["frr"])
    groups += _partition("densite", code.map(level))
    if qpv_kind:
        groups += _in_quarters(demand["qpv_share"].to_numpy(float), qpv_kind)
    if need_rung(communes, profiles) == 1:
        groups += _ages(code, communes, profiles)
    return groups


def _in_quarters(share: NDArray[np.float64], kind: str) -> list[Group]:
    """Return who lives in a QPV, who doesn't, and of whom it isn't known; none: nobody does."""
    known = ~np.isnan(share)
    inside = np.where(known, share, 0.0)
    if not inside.any() and known.all():
        return []
    unknown = [] if known.all() else [("qpv", UNKNOWN, (~known).astype(float))]
    return [("qpv", kind, inside), ("qpv", "hors_qpv", np.where(known, 1.0 - share, 0.0)), *unknown]


def _partition(group: str, values: pd.Series) -> list[Group]:
    """Return one group a value, in order, the unknown last; none where nothing is known."""
    known = values.notna()
    if not known.any():
        return []
    told = values.where(known, UNKNOWN).to_numpy(object)
    order = [*sorted(set(values[known])), *([] if known.all() else [UNKNOWN])]
    return [(group, str(value), (told == value).astype(float)) for value in order]


def _ages(code: pd.Series[str], communes: pd.DataFrame, profiles: pd.DataFrame) -> list[Group]:
    bands = profiles.set_index("code_insee")[list(AGE_BANDS)]
    people = communes.set_index("code_insee")["population"].astype("Float64").fillna(0.0)
    shares = bands.div(people.astype(float).where(lambda count: count > 0), axis=0).fillna(0.0)
    # Bands taken from another source than the population may pass it by a rounding.
    shares = shares.div(shares.sum(axis=1).clip(lower=1.0), axis=0)
    at = shares.reindex(code).to_numpy(float)
    children = np.maximum(1.0 - at.sum(axis=1), 0.0)
    told = [(CHILDREN, children), *zip(AGE_BANDS, at.T, strict=True)]
    return [("age", band, np.ascontiguousarray(share)) for band, share in told]
