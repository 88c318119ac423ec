"""The pairs of entries that may be one place, each with its confidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from coverage.base.text import folded
from coverage.sources.likeness import address_share, name_share
from coverage.sources.pair_rules import (
    COMPARED_WITHIN_M,
    ONE_SPOT_M,
    OTHER_FILE,
    OWN_FILE,
    OWN_PAIRS,
    PUBLIC_PAIRS,
    SAME_FILE,
    STANDS_FIRST,
    PairRule,
    confidence,
)
from coverage.sources.site_groups import Entry

#: Kinds of which a file lists several in one town: compared within it.
_LISTED_TWICE = frozenset(STANDS_FIRST) - {"mairie", "france_travail"}


@dataclass(frozen=True)
class Pair:
    """Two entries that may be one place, the guest and the house, by position.

    ``joins``: one site when they are sure enough. ``said``: the guest says it is in such a house.
    """

    guest: int
    house: int
    distance_m: float
    confidence: float
    joins: bool
    said: bool


def signs(guest: Entry, house: Entry) -> tuple[float, float, float | None]:
    """Return the metres between two entries, and how far names and addresses agree (0 to 1)."""
    return (
        guest.distance_m(house),
        name_share(guest.nom, house.nom, house.commune),
        address_share(guest.address, house.address),
    )


def find_pairs(entries: Sequence[Entry]) -> list[Pair]:
    """Return every pair that a rule compares, the surest first; equals by distance, then ids."""
    pairs = [
        *_by_rules(entries, PUBLIC_PAIRS, own=False),
        *_by_rules(entries, OWN_PAIRS, own=True),
        *_of_one_kind(entries),
    ]
    return sorted(
        pairs,
        key=lambda pair: (
            -pair.confidence,
            pair.distance_m,
            entries[pair.guest].site_id,
            entries[pair.house].site_id,
        ),
    )


def _by_rules(entries: Sequence[Entry], rules: Iterable[PairRule], *, own: bool) -> Iterator[Pair]:
    for rule in rules:
        guests = [
            row
            for row, entry in enumerate(entries)
            if entry.kind == rule.guest
            and entry.own is own
            and (rule.house in entry.says) is rule.said
        ]
        houses = _public(entries, rule.house)
        found = set(_near(entries, guests, houses))
        if rule.said:
            found |= set(_in_one_commune(entries, guests, houses))
        for guest, house in found:
            yield _pair(entries, guest, house, rule.before, joins=rule.joins, said=rule.said)


def _of_one_kind(entries: Sequence[Entry]) -> Iterator[Pair]:
    for kind in STANDS_FIRST:
        public = _public(entries, kind)
        own = [row for row, entry in enumerate(entries) if entry.kind == kind and entry.own]
        for guest, house in _near(entries, public, public):
            if entries[guest].site_id <= entries[house].site_id:
                continue
            if entries[guest].source != entries[house].source:
                yield _pair(entries, guest, house, OTHER_FILE, joins=True)
            elif kind in _LISTED_TWICE:
                twice = _are_one_line(entries[guest], entries[house])
                before = OTHER_FILE if twice else SAME_FILE
                yield _pair(entries, guest, house, before, joins=twice)
        for guest, house in _near(entries, own, public):
            yield _pair(entries, guest, house, OWN_FILE, joins=False)


def _are_one_line(one: Entry, other: Entry) -> bool:
    """Tell whether a file lists a place twice: one spot, one name, and one address or none."""
    distance, name, address = signs(one, other)
    texts = {folded(text or "") for text in (one.address, other.address)}
    return distance <= ONE_SPOT_M and name == 1.0 and (address == 1.0 or len(texts) == 1)


def _public(entries: Sequence[Entry], kind: str) -> list[int]:
    return [row for row, entry in enumerate(entries) if entry.kind == kind and not entry.own]


def _near(
    entries: Sequence[Entry], guests: list[int], houses: list[int]
) -> Iterator[tuple[int, int]]:
    tree = shapely.STRtree(_points(entries, houses))
    near = tree.query(_points(entries, guests), predicate="dwithin", distance=COMPARED_WITHIN_M)
    for guest, house in near.T:
        yield guests[guest], houses[house]


def _points(entries: Sequence[Entry], rows: list[int]) -> NDArray[np.object_]:
    points = np.empty(len(rows), dtype=object)
    points[:] = [shapely.Point(entries[row].x, entries[row].y) for row in rows]
    return points


def _in_one_commune(
    entries: Sequence[Entry], guests: list[int], houses: list[int]
) -> Iterator[tuple[int, int]]:
    in_commune = defaultdict(list)
    for house in houses:
        in_commune[entries[house].code_insee].append(house)
    for guest in guests:
        for house in in_commune[entries[guest].code_insee]:
            yield guest, house


def _pair(
    entries: Sequence[Entry],
    guest: int,
    house: int,
    before: float,
    *,
    joins: bool,
    said: bool = False,
) -> Pair:
    distance, name, address = signs(entries[guest], entries[house])
    sure = confidence(before, distance, name, address)
    return Pair(guest, house, distance, sure, joins, said)
