"""The chain of orientation: where a La Poste counter can send someone, step by step.

Training, then equipment, then help with formalities, then work: the chain of the Pass numérique in
the bureaux de poste of the Lyon area (La Poste, 4 October 2021), in which a person is sent to the
nearest partner that may take her, not to the nearest partner.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

import geopandas as gpd
import pandas as pd

from coverage.model.services import CONTACT_KINDS, ServiceTable
from coverage.model.tags import OFFERS, PAYMENTS
from coverage.need.reach import DS_PER_MINUTE, limit_ds

#: The steps in their order; each is the tag of the places that offer it.
STEPS = OFFERS
#: A link longer than this is broken, unless the caller says otherwise.
LINK_MINUTES = 30.0

_CONTACT_ROLES = frozenset(CONTACT_KINDS)

_COLUMNS = [
    *("site_id", "nom", "code_insee", "step", "partner_id", "partner_nom", "minutes", "known"),
]


def orientation(
    sites: gpd.GeoDataFrame,
    links: pd.DataFrame,
    services: ServiceTable,
    *,
    minutes: float = LINK_MINUTES,
    accepts: Mapping[str, str] = MappingProxyType({}),
    unknown_kinds: Collection[str] = (),
) -> pd.DataFrame:
    """Return the partner of each La Poste counter of the territory for each step.

    ``sites`` and ``links`` are contract tables; ``links`` holds the travel times from the counters.
    Eligibility comes before nearness: of the places that offer the step, the nearest within
    ``minutes`` (``<=``); ties go to the better rank of the service table, then to the site id. A
    counter that offers the step itself is its own partner, at 0 min. ``accepts`` names for a step
    the means of payment that its partner must also take (``{"formation": "pass_numerique"}``).

    What a place offers are its own tags; where they name no step (or no means of payment), those
    that the service table gives its roles. ``unknown_kinds`` are those that no loaded source tells
    about.

    One row a counter and step, in the order of ``sites`` and of ``STEPS``: ``site_id, nom,
    code_insee, step, partner_id, partner_nom, minutes, known``. A counter without any eligible
    partner keeps its row with a null partner: its link is broken, or not available (``known``
    false) where no place offers what is asked but those of the unknown kinds would, or where no
    place says what it takes in payment. Raises ``ValueError`` where the links speak of sites that
    the table lacks.
    """
    ids = pd.Index(sites["site_id"])
    if not (links["from_id"].isin(ids).all() and links["to_id"].isin(ids).all()):
        raise ValueError("The links speak of sites that the table of sites lacks.")
    places = pd.DataFrame(
        {
            "nom": sites["nom"].to_numpy(),
            "rank": [services[kind].rank for kind in sites["kind"]],
            "offer": [
                _offered(tags, roles, services)
                for tags, roles in zip(sites["tags"], sites["roles"], strict=True)
            ],
        },
        index=ids,
    )
    counters = sites.loc[_counters(sites), ["site_id", "nom", "code_insee"]]
    pairs = _pairs(counters["site_id"], links, places["rank"], limit_ds(minutes))
    untold = _untold(places["offer"], services, unknown_kinds)
    nearest, told = [], []
    for step in STEPS:
        asked = {step, accepts.get(step, step)}
        eligible = ids[[asked <= offer for offer in places["offer"]]]
        first = pairs[pairs["to_id"].isin(eligible)].drop_duplicates("site_id")
        nearest.append(first.assign(step=step))
        told.append(untold.isdisjoint(asked))
    rows = counters.merge(pd.DataFrame({"step": STEPS, "known": told}), how="cross")
    table = rows.merge(pd.concat(nearest), how="left", on=["site_id", "step"])
    table["partner_id"] = table["to_id"].astype(object)
    table["partner_nom"] = table["partner_id"].map(places["nom"]).astype(object)
    for column in ("partner_id", "partner_nom"):
        table[column] = table[column].where(table[column].notna(), None)
    table["minutes"] = table["cost_ds"] / DS_PER_MINUTE
    return pd.DataFrame(table[_COLUMNS])


def _offered(tags: Collection[str], roles: Collection[str], services: ServiceTable) -> set[str]:
    usual = {tag for role in roles for tag in services[role].tags}
    return {
        tag
        for family in (frozenset(STEPS), frozenset(PAYMENTS))
        for tag in family.intersection(tags) or family.intersection(usual)
    }


def _untold(
    offers: Iterable[set[str]], services: ServiceTable, unknown_kinds: Collection[str]
) -> set[str]:
    """Return the tags of which no loaded source tells: that no place has them means nothing."""
    offered = set().union(*offers)
    untold = {tag for kind in unknown_kinds for tag in services[kind].tags}
    if offered.isdisjoint(PAYMENTS):
        untold.update(PAYMENTS)
    return untold - offered


def _counters(sites: gpd.GeoDataFrame) -> list[bool]:
    return [
        bool(inside) and not _CONTACT_ROLES.isdisjoint(roles)
        for inside, roles in zip(sites["in_territory"], sites["roles"], strict=True)
    ]


def _pairs(
    counters: pd.Series[str], links: pd.DataFrame, rank: pd.Series[int], limit: int
) -> pd.DataFrame:
    """Return ``site_id, to_id, cost_ds`` of the links within the limit, each counter's best first.

    Its own place is one of them, and goes before any other at 0.
    """
    itself = pd.DataFrame({"site_id": counters, "to_id": counters, "cost_ds": 0, "rank": -1})
    near = links[(links["cost_ds"] <= limit) & links["from_id"].isin(counters)]
    near = near.rename(columns={"from_id": "site_id"}).assign(rank=near["to_id"].map(rank))
    pairs = pd.concat([itself, near], ignore_index=True)
    return pairs.sort_values(["site_id", "cost_ds", "rank", "to_id"], ignore_index=True)
