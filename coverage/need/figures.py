"""The figures of a study: by commune, by QPV, and coverage by group and type of place."""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from coverage.model.services import KINDS, ServiceTable
from coverage.need.access import e2sfca
from coverage.need.reach import TOLD_MINUTES, Reach, mean_minutes, within
from coverage.need.score import competition_rank, priority

#: Targets of coverage that are sets of kinds, not one kind.
ADVISER, CONTACT = "adviser", "contact"
_COVERAGE_COLUMNS = (
    "group",
    "value",
    "target",
    "minutes",
    "persons",
    "covered",
    "covered_share",
    "need_covered_share",
    "covered_after",
    "covered_after_share",
)


def supply_of(sites: gpd.GeoDataFrame, services: ServiceTable) -> NDArray[np.float64]:
    """Return each site's supply in persons a month: its own, else its best role's default."""
    default = np.array(
        [max(services[role].persons_month for role in roles) for roles in sites["roles"]], float
    )
    own = sites["persons_month"].to_numpy(float)
    return np.where(np.isnan(own), default, own)


def access_of(reach: Reach, services: ServiceTable) -> NDArray[np.float64]:
    """Return E2SFCA access of each point: persons helped a month per person in need."""
    return e2sfca(
        reach.demand_index,
        reach.site_index,
        reach.cost_ds / 10.0,
        reach.demand["need"].to_numpy(float),
        supply_of(reach.sites, services),
    )


def commune_figures(
    communes: gpd.GeoDataFrame,
    reach: Reach,
    services: ServiceTable,
    *,
    minutes: int,
    rung: int,
    planned: frozenset[str] = frozenset(),
) -> gpd.GeoDataFrame:
    """Return the communes with the columns ``COMMUNE_RESULTS`` (see ``model.results``).

    ``planned`` are the sites of the plan, for ``covered_after``.
    """
    demand = reach.demand
    code = demand["code_insee"]
    persons = demand["persons"].to_numpy(float)
    need = demand["need"].to_numpy(float)
    adviser_sites = reach.sites_with(services.of_level(ADVISER))
    adviser = reach.nearest_ds(adviser_sites)
    contact = reach.nearest_ds(reach.sites_with(services.of_level(CONTACT)))
    after = np.minimum(adviser, reach.nearest_ds(reach.known_sites(planned)))
    covered, access = within(adviser, minutes), access_of(reach, services)
    points = pd.DataFrame(
        {
            "need": need,
            "qpv": persons * demand["qpv_share"].to_numpy(float),
            "covered_10": persons * within(adviser, 10),
            "covered_20": persons * within(adviser, 20),
            "covered_30": persons * within(adviser, 30),
            "covered": persons * covered,
            "uncovered": persons * ~covered,
            "concerned": need * ~covered,
            "covered_after": persons * within(after, minutes),
            "access": need * access,
            "persons": persons,
        }
    )
    sums = points.groupby(code.to_numpy()).sum()
    table = communes.copy()
    on_commune = sums.reindex(table["code_insee"]).reset_index(drop=True)
    table = table.reset_index(drop=True)
    methods = demand.groupby(code)["method"].agg(lambda m: ";".join(sorted(set(m))))
    table["need"] = on_commune["need"]
    table["need_rung"] = rung
    table["qpv_share"] = on_commune["qpv"] / on_commune["persons"]
    table["method"] = table["code_insee"].map(methods).astype(object)
    table["method"] = table["method"].where(table["method"].notna(), None)
    table["minutes_adviser"] = table["code_insee"].map(mean_minutes(adviser, persons, code))
    table["minutes_contact"] = table["code_insee"].map(mean_minutes(contact, persons, code))
    told = ("covered_10", "covered_20", "covered_30", "covered", "uncovered", "concerned")
    for column in (*told, "covered_after"):
        table[column] = on_commune[column]
    table["access"] = 1000 * on_commune["access"] / on_commune["need"].where(on_commune["need"] > 0)
    per_head = (on_commune["need"] / on_commune["persons"]).to_numpy(float)
    # Equal index values give needs per head that differ by rounding only: they must tie.
    score, need_part, access_part = priority(
        np.round(per_head, 9), np.round(table["access"].to_numpy(float), 9)
    )
    table["need_part"], table["access_part"] = need_part, access_part
    table["score"], table["rank"] = score, pd.array(competition_rank(score), dtype="Float64")
    table["rank"] = table["rank"].astype("Int64")
    return table


def qpv_figures(
    zones: gpd.GeoDataFrame, reach: Reach, services: ServiceTable, *, minutes: int
) -> pd.DataFrame:
    """Return one row a QPV, by its demand points; no point inside -> its figures are null.

    Score and rank are among the QPV of the territory.
    """
    qpv = zones[zones["kind"] == "qpv_2015"].reset_index(drop=True)
    demand = reach.demand
    tree = shapely.STRtree(demand.geometry.to_numpy())
    zone, point = tree.query(qpv.geometry.to_numpy(), predicate="intersects")
    inside = demand["qpv_share"].to_numpy(float)[point] > 0
    zone, point = zone[inside], point[inside]
    adviser = reach.nearest_ds(reach.sites_with(services.of_level(ADVISER)))
    persons = demand["persons"].to_numpy(float)[point]
    need = demand["need"].to_numpy(float)[point]
    covered = within(adviser, minutes)[point]
    rows = pd.DataFrame(
        {
            "persons": persons,
            "need": need,
            "covered": persons * covered,
            "uncovered": persons * ~covered,
            "access": need * access_of(reach, services)[point],
        }
    )
    sums = rows.groupby(zone).sum().reindex(range(len(qpv)))
    times = mean_minutes(adviser[point], persons, pd.Series(zone)).reindex(range(len(qpv)))
    table = qpv[["zone_id", "nom", "vintage"]].copy()
    table["persons"], table["need"] = sums["persons"], sums["need"]
    table["minutes_adviser"] = times
    table["covered"], table["uncovered"] = sums["covered"], sums["uncovered"]
    per_head = np.round((sums["need"] / sums["persons"]).to_numpy(float), 9)
    access = np.round((sums["access"] / sums["need"]).to_numpy(float), 9)
    table["score"] = priority(per_head, access)[0]
    table["rank"] = pd.array(competition_rank(table["score"].to_numpy(float)), dtype="Float64")
    table["rank"] = table["rank"].astype("Int64")
    return pd.DataFrame(table)


def _groups(
    demand: gpd.GeoDataFrame, density: pd.Series
) -> Iterator[tuple[str, str, NDArray[np.float64]]]:
    """Yield (group, value, membership 0..1 of each demand point)."""
    yield "territoire", "ensemble", np.ones(len(demand))
    frr = demand["frr"].fillna("n.d.")
    for state in sorted(frr.unique()):
        yield "frr", str(state), (frr == state).to_numpy(float)
    level = demand["code_insee"].map(density)
    for value in sorted(level.dropna().unique()):
        yield "densite", str(int(value)), (level == value).fillna(False).to_numpy(float)
    share = demand["qpv_share"].to_numpy(float)
    if share.any():
        yield "qpv", "qpv_2015", share
        yield "qpv", "hors_qpv", 1.0 - share


def coverage_figures(
    communes: gpd.GeoDataFrame,
    reach: Reach,
    services: ServiceTable,
    planned: frozenset[str] = frozenset(),
) -> pd.DataFrame:
    """Return persons covered by group, type of place and limit (see ``StudyResult.coverage``)."""
    demand = reach.demand
    persons, need = demand["persons"].to_numpy(float), demand["need"].to_numpy(float)
    targets = {ADVISER: services.of_level(ADVISER), CONTACT: services.of_level(CONTACT)}
    targets |= {kind: frozenset({kind}) for kind in KINDS}
    present = {role for roles in reach.sites["roles"] for role in roles}
    nearest = {
        target: reach.nearest_ds(reach.sites_with(kinds))
        for target, kinds in targets.items()
        if target in {ADVISER, CONTACT} or kinds & present
    }
    after = np.minimum(nearest[ADVISER], reach.nearest_ds(reach.known_sites(planned)))
    density = communes.set_index("code_insee")["density_level"]
    rows = []
    for group, value, member in _groups(demand, density):
        people, needy = persons * member, need * member
        total, total_need = people.sum(), needy.sum()
        if total <= 0:
            continue
        for target, times in nearest.items():
            for minutes in TOLD_MINUTES:
                inside = within(times, minutes)
                covered = float(people[inside].sum())
                later = float(people[within(after, minutes)].sum()) if target == ADVISER else np.nan
                rows.append(
                    {
                        "group": group,
                        "value": value,
                        "target": target,
                        "minutes": minutes,
                        "persons": float(total),
                        "covered": covered,
                        "covered_share": covered / total,
                        "need_covered_share": float(needy[inside].sum()) / total_need,
                        "covered_after": later,
                        "covered_after_share": later / total,
                    }
                )
    return pd.DataFrame(rows, columns=list(_COVERAGE_COLUMNS))


def place_counts(
    sites: gpd.GeoDataFrame, services: ServiceTable, unknown: frozenset[str]
) -> pd.DataFrame:
    """Return how many places of each kind the territory has, counting roles.

    ``unknown`` are kinds that no loaded source tells about: their count is null, not 0.
    """
    roles = sites.loc[sites["in_territory"], "roles"].explode().value_counts()
    return pd.DataFrame(
        {
            "kind": list(KINDS),
            "label": [services[kind].label for kind in KINDS],
            "level": [services[kind].level for kind in KINDS],
            "count": pd.array(
                [None if kind in unknown else int(roles.get(kind, 0)) for kind in KINDS],
                dtype="Int64",
            ),
        }
    )
