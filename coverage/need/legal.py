"""The legal test of La Poste: how many people of a département are far from a contact point.

Loi n° 90-568 du 2 juillet 1990, article 6: « Sauf circonstances exceptionnelles, ces règles ne
peuvent autoriser que plus de 10 % de la population d’un département se trouve éloignée de plus de
cinq kilomètres et de plus de vingt minutes de trajet automobile, dans les conditions de
circulation du territoire concerné, des plus proches points de contact de La Poste. »

So a person is far who is further than 5 km AND more than 20 min by car from the nearest point, the
nearest in each sense: not necessarily the same one. At exactly 5 km, or exactly 20 min, nobody is
far. The law doesn't say how kilometres are measured: both ways are told, by road and in line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coverage.need.reach import within

#: What the law allows: beyond them one is far, and how many may be.
FAR_M = 5_000.0
FAR_MINUTES = 20
FAR_SHARE = 0.10

#: Of a share: sums of persons are exact to about as many digits.
_DIGITS = 12
#: Columns of ``StudyResult.legal`` beside the state.
_HOLDS = ("holds_road", "holds_crow")
_FIGURES = (
    *("persons", "far_road", "far_road_share", "far_crow", "far_crow_share"),
    *("margin_share", "margin_persons", *_HOLDS),
)


@dataclass(frozen=True, eq=False)
class LegalTest:
    """Who is far from La Poste, in persons.

    ``persons`` are all people; ``far_road`` those who are far with kilometres by road,
    ``far_crow`` with kilometres in line. ``communes`` tells the same of each commune
    (``code_insee, nom, persons, far_road, far_crow``).
    """

    persons: float
    far_road: float
    far_crow: float
    communes: pd.DataFrame

    def row(self, state: str) -> dict[str, Any]:
        """Return the row of ``StudyResult.legal`` for a state (``today``, ``changed``).

        ``margin_share`` and ``margin_persons`` are how much more may be far by road before the
        limit (negative: how much too many). Everything is null where nobody is counted: no
        département is empty, so its population is not known.
        """
        if not self.persons > 0:
            return {"state": state, **dict.fromkeys(_FIGURES)}
        road, crow = (round(far / self.persons, _DIGITS) for far in (self.far_road, self.far_crow))
        told = (
            *(self.persons, self.far_road, road, self.far_crow, crow),
            *(FAR_SHARE - road, FAR_SHARE * self.persons - self.far_road),
            *(road <= FAR_SHARE, crow <= FAR_SHARE),
        )
        return {"state": state, **dict(zip(_FIGURES, told, strict=True))}


def further(demand: gpd.GeoDataFrame, distances: pd.DataFrame, *, by: str) -> NDArray[np.bool_]:
    """Tell which demand points are further than 5 km from every contact point.

    ``distances`` is the contract table, ``by`` its column: ``road_m`` or ``crow_m``. A home that no
    road leads to is further by road.
    """
    near = distances[by].to_numpy() <= FAR_M
    homes = distances["demand_id"][near].astype(object).unique()
    return np.asarray(~demand["demand_id"].isin(homes))


def legal_test(
    demand: gpd.GeoDataFrame,
    communes: gpd.GeoDataFrame,
    contact_ds: NDArray[np.int32],
    far_road: NDArray[np.bool_],
    far_crow: NDArray[np.bool_],
) -> LegalTest:
    """Count who is far from La Poste, in all and in each commune.

    ``contact_ds``: each demand point's time to the nearest contact point (deciseconds;
    ``UNREACHED_DS``: out of reach, so far in time); ``far_road`` and ``far_crow``: who is further
    than 5 km, by road and in line (``further``).
    """
    late = ~within(contact_ds, FAR_MINUTES)
    persons = demand["persons"].to_numpy()
    people = pd.DataFrame(
        {
            "persons": persons,
            "far_road": np.where(late & far_road, persons, 0.0),
            "far_crow": np.where(late & far_crow, persons, 0.0),
        }
    )
    total = people.sum()
    by_commune = people.groupby(demand["code_insee"].to_numpy()).sum()
    names = pd.Series(communes["nom"].to_numpy(), index=communes["code_insee"])
    table = by_commune.rename_axis("code_insee").reset_index()
    table.insert(1, "nom", names.reindex(table["code_insee"]).to_numpy())
    return LegalTest(total["persons"], total["far_road"], total["far_crow"], table)


def legal_table(today: LegalTest, changed: LegalTest | None = None) -> pd.DataFrame:
    """Return ``StudyResult.legal``: a row for today, and one where points close or open."""
    rows = [today.row("today")] + ([changed.row("changed")] if changed else [])
    types = {name: "boolean" if name in _HOLDS else "float64" for name in _FIGURES}
    return pd.DataFrame(rows).astype(types)


def legal_communes(today: LegalTest, changed: LegalTest | None = None) -> pd.DataFrame:
    """Return ``StudyResult.legal_communes``: where those live who are far, most people first.

    Figures are those of the change where there is one; ``far_road_today`` are today's. ``part``
    is a commune's part of all who are far by road, null where nobody is. A commune where people
    were far and no longer are stays in the table.
    """
    shown = changed or today
    before = today.communes.set_index("code_insee")["far_road"]
    table = shown.communes.assign(
        part=shown.communes["far_road"] / (shown.far_road or np.nan),
        far_road_today=before.reindex(shown.communes["code_insee"]).to_numpy(),
    )
    someone = (table[["far_road", "far_crow", "far_road_today"]] > 0).any(axis=1)
    order = ["far_road", "far_crow", "far_road_today", "code_insee"]
    ascending = [False, False, False, True]
    return table[someone].sort_values(order, ascending=ascending).reset_index(drop=True)
