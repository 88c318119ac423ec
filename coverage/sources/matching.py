"""Entries of several files -> one site for each place, with the confidence of every pair.

Pairs are joined surest first. A joined pair brings together all that either was joined with
before, unless that would put two counters in one site, stretch it over more than a kilometre, make
a chain whose ends are not sure to be one (its links' confidences multiplied), or go against what
someone who knows has said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from coverage.model.tables import CONTRACTS, check
from coverage.sources.pair_rules import JOIN_WITHIN_M, JOINED, REVIEW
from coverage.sources.pairs import Pair, find_pairs, signs
from coverage.sources.site_groups import Entry, Groups, Said, of_a_kind

#: A row of the table: the entry that stands or would stand for both, the other, and the outcome.
_Row = tuple[int, int, float, str]


@dataclass(frozen=True)
class Matching:
    """What was found: ``kept[i]`` is the position of the entry that stands for entry ``i``.

    ``table`` is the contract table ``matches``; ``unheeded`` are the pairs of ids said to be one
    place that could not be joined because others said to be two stand between them.
    """

    kept: tuple[int, ...]
    table: pd.DataFrame
    unheeded: tuple[frozenset[str], ...]


def match(entries: Sequence[Entry], said: Said) -> Matching:
    """Return which entries are one site, and every pair worth telling.

    ``said`` decides the pairs it names, whatever their confidence; ids it names that are not
    there are left out. A pair of the table is ``joined``, or to ``review`` from a confidence of
    0.5 on, or ``apart``: said to be two places, or the likeliest house of an entry that says it
    stands in one. Its signs are those between the two entries it names. The order of the entries
    changes nothing.
    """
    pairs = find_pairs(entries)
    sure = [pair for pair in pairs if pair.joins and pair.confidence >= JOINED]
    direct = {
        (min(pair.guest, pair.house), max(pair.guest, pair.house)): pair.confidence for pair in sure
    }
    groups = Groups(entries, said, direct)
    unheeded = _join_said(groups, said)
    for pair in sure:
        if pair.distance_m <= JOIN_WITHIN_M:
            groups.join(pair.guest, pair.house, pair.confidence)
    joined = ((kept, other, sure, "joined") for kept, other, sure in groups.joined())
    rows = [*joined, *_open_rows(groups, pairs), *_rows_apart(entries, said)]
    kept = tuple(groups.kept(row) for row in range(len(entries)))
    return Matching(kept, _table(entries, rows), unheeded)


def _join_said(groups: Groups, said: Said) -> tuple[frozenset[str], ...]:
    """Join what was said to be one place; return the pairs that contradict others."""
    pairs = _positions(groups.entries, said, one_place=True)
    return tuple(
        groups.ids(one, other)
        for one, other in pairs
        if not groups.join(one, other, 1.0, known=True)
    )


def _rows_apart(entries: Sequence[Entry], said: Said) -> Iterator[_Row]:
    for one, other in _positions(entries, said, one_place=False):
        kept, guest = sorted((one, other), key=lambda row: entries[row].standing)
        yield kept, guest, 0.0, "apart"


def _positions(
    entries: Sequence[Entry], said: Said, *, one_place: bool
) -> Iterator[tuple[int, int]]:
    row_of = {entry.site_id: row for row, entry in enumerate(entries)}
    for one, other in sorted(sorted(pair) for pair, one in said.items() if one is one_place):
        if one in row_of and other in row_of:
            yield row_of[one], row_of[other]


def _open_rows(groups: Groups, pairs: list[Pair]) -> Iterator[_Row]:
    """Yield the pairs to review, and the nearest miss of each guest that says it has a house.

    ``pairs`` come surest first: the likeliest house of a kind is told and no other, and none to a
    guest that has found one.
    """
    seen: set[frozenset[int]] = set()
    told: set[tuple[int, tuple[str, ...]]] = set()
    for pair in pairs:
        wanted = of_a_kind(groups.entries[pair.house].kind)
        sites = frozenset((groups.kept(pair.guest), groups.kept(pair.house)))
        if (
            len(sites) == 1
            or sites in seen
            or (pair.guest, wanted) in told
            or groups.ids(pair.guest, pair.house) in groups.apart
            or groups.housed(pair.guest, wanted)
        ):
            continue
        if pair.confidence >= REVIEW or pair.said:
            seen.add(sites)
            told.add((pair.guest, wanted))
            decision = "review" if pair.confidence >= REVIEW else "apart"
            yield pair.house, pair.guest, pair.confidence, decision


def _table(entries: Sequence[Entry], rows: list[_Row]) -> pd.DataFrame:
    """Return the contract table ``matches``."""
    told = []
    for kept, other, sure, decision in rows:
        house, guest = entries[kept], entries[other]
        names = (house.site_id, house.nom, guest.site_id, guest.nom, house.code_insee)
        told.append((*names, *signs(guest, house), sure, decision))
    table = pd.DataFrame(told, columns=list(CONTRACTS["matches"].columns))
    numbers = ["distance_m", "name_share", "address_share", "confidence"]
    table[numbers] = table[numbers].astype(float)
    table = table.sort_values(["code_insee", "kept_id", "other_id"], ignore_index=True)
    check("matches", table)
    return table
