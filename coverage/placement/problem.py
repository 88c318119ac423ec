"""The placement problem: who would be served by which place, and which places may open.

All our covering models are one: choose ``p`` more places S so as to maximise
``Σ_i max_{j ∈ S ∪ open} v_ij`` with ``v_ij >= 0``. In MCLP (Church and ReVelle, 1974)
``v_ij`` is the weight of demand point i where ``cost_ij <= S``, else 0.

Values are whole thousandths of the weight's unit, so that sums are exact: equal objectives are
equal, whatever the order of the rows.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from coverage.base.errors import UserError

if TYPE_CHECKING:
    from coverage.model.params import StudyParams
    from coverage.model.services import ServiceTable

IntArray = npt.NDArray[np.int64]
#: Weights are rounded to 1 / SCALE at the gate.
SCALE = 1000
#: Above this total, thousandths are no longer exact in a float64.
MAX_TOTAL = 2**53 // SCALE
DS_PER_MINUTE = 600


@dataclass(frozen=True, eq=False)
class CoverProblem:
    """An immutable problem; sites are columns, in the order that breaks ties (first wins).

    ``row``, ``column``, ``value``: the pairs with a value > 0, each pair once, sorted by row and
    column, value in thousandths. ``weights``: one a demand row, in thousandths. ``open_sites``
    are open already and not counted in ``p``; ``candidates`` may open, ``locked`` (all of them
    candidates) must, ``forbidden`` must not; these are column numbers, sorted.
    """

    site_ids: tuple[str, ...]
    weights: IntArray
    row: IntArray
    column: IntArray
    value: IntArray
    open_sites: IntArray
    candidates: IntArray
    locked: IntArray
    forbidden: IntArray
    p: int

    def __post_init__(self) -> None:
        for item in fields(self):
            array = getattr(self, item.name)
            if isinstance(array, np.ndarray):
                array.setflags(write=False)

    @property
    def allowed(self) -> IntArray:
        """The candidates that are not forbidden."""
        return np.setdiff1d(self.candidates, self.forbidden)

    @property
    def broken_rule(self) -> str | None:
        """The rule that no plan can keep: ``p`` or ``locked``; None where plans exist.

        ``p``: more places are wanted than there are candidates. ``locked``: more are imposed
        than wanted.
        """
        if self.p > len(self.allowed):
            return "p"
        return "locked" if len(self.locked) > self.p else None


def cover_problem(
    weights: Sequence[float] | npt.NDArray[np.float64],
    site_ids: Sequence[str],
    row: npt.ArrayLike,
    column: npt.ArrayLike,
    *,
    p: int,
    value_share: npt.ArrayLike = 1.0,
    open_sites: Sequence[int] = (),
    candidates: Sequence[int] | None = None,
    locked: Sequence[int] = (),
    forbidden: Sequence[int] = (),
) -> CoverProblem:
    """Build a problem from arrays: place ``column[k]`` serves demand ``row[k]``.

    ``value_share`` (0..1, one for all pairs or one each) is the part of the row's weight that is
    served; 1 for MCLP. A pair given twice counts once, at its best. Without ``candidates`` every
    site that is not open is one. Raises ``UserError`` for weights that can't be counted.
    """
    thousandths = round_weights(weights)
    rows = np.asarray(row, dtype=np.int64)
    columns = np.asarray(column, dtype=np.int64)
    shares = np.broadcast_to(np.asarray(value_share, dtype=np.float64), rows.shape)
    values = np.rint(thousandths[rows] * shares).astype(np.int64)
    order = np.lexsort((-values, columns, rows))
    rows, columns, values = rows[order], columns[order], values[order]
    once = np.ones(len(rows), dtype=np.bool_)
    once[1:] = (rows[1:] != rows[:-1]) | (columns[1:] != columns[:-1])
    once &= values > 0
    opened = _sorted_columns(open_sites)
    allowed = np.arange(len(site_ids)) if candidates is None else _sorted_columns(candidates)
    imposed = _sorted_columns(locked)
    return CoverProblem(
        site_ids=tuple(site_ids),
        weights=thousandths,
        row=rows[once],
        column=columns[once],
        value=values[once],
        open_sites=opened,
        candidates=np.setdiff1d(np.union1d(allowed, imposed), opened),
        locked=imposed,
        forbidden=_sorted_columns(forbidden),
        p=p,
    )


def problem_from_tables(
    demand: pd.DataFrame,
    sites: pd.DataFrame,
    costs: pd.DataFrame,
    params: StudyParams,
    services: ServiceTable,
    *,
    weight: str = "persons",
) -> CoverProblem:
    """Build the MCLP of a study from its contract tables.

    Adviser places, on both sides of the border, are open. Candidates are the territory's places
    with a kind or role in ``params.candidates`` that are not adviser places; a locked place of
    any kind is a candidate too. A demand point is covered at ``cost_ds <= minutes x 600``.
    Costs of ids that the tables do not hold are left out. Raises ``UserError`` for a locked or
    forbidden id that is unknown or can't be used.
    """
    table = sites.set_index("site_id", drop=False)
    adviser = _has_kind(table, services.of_level("adviser"))
    candidate = ~adviser & table["in_territory"] & _has_kind(table, frozenset(params.candidates))
    _check_named(table, adviser, params)
    imposed = table.index.isin(list(params.locked))
    used = table[adviser | candidate | imposed]
    rank = np.array([services[kind].rank for kind in used["kind"]], dtype=np.int64)
    used = used.iloc[np.lexsort((used.index.to_numpy(dtype=str), rank))]

    near = costs[costs["cost_ds"] <= params.minutes * DS_PER_MINUTE]
    row = positions(near["demand_id"], demand["demand_id"])
    column = positions(near["site_id"], used["site_id"])
    known = (row >= 0) & (column >= 0)
    return cover_problem(
        demand[weight].to_numpy(dtype=np.float64),
        [str(site_id) for site_id in used.index],
        row[known],
        column[known],
        p=params.new,
        open_sites=np.flatnonzero(adviser[used.index]).tolist(),
        candidates=np.flatnonzero(candidate[used.index]).tolist(),
        locked=np.flatnonzero(used.index.isin(list(params.locked))).tolist(),
        forbidden=np.flatnonzero(used.index.isin(list(params.forbidden))).tolist(),
    )


def round_weights(weights: Sequence[float] | npt.NDArray[np.float64]) -> IntArray:
    """Return weights in whole thousandths.

    Raises ``UserError`` where one is not a finite number >= 0, or where their sum is too large
    to be counted exactly.
    """
    array = np.asarray(weights, dtype=np.float64)
    wrong = np.flatnonzero(~(np.isfinite(array) & (array >= 0)))
    if len(wrong):
        raise UserError(
            f"Poids de demande inutilisable, ligne {wrong[0] + 1} : {array[wrong[0]]}. "
            "Donnez un nombre fini, positif ou nul."
        )
    if array.max(initial=0.0) > MAX_TOTAL or array.sum() > MAX_TOTAL:
        raise UserError(
            f"Poids de demande trop grands : leur somme dépasse {MAX_TOTAL:.0e}. "
            "Choisissez une plus grande unité."
        )
    return np.rint(array * SCALE).astype(np.int64)


def positions(column: pd.Series[str], ids: pd.Series[str]) -> IntArray:
    """Return where each value of ``column`` (text or categories) stands in ``ids``; -1: nowhere."""
    index = pd.Index(ids.astype(object))
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return np.asarray(index.get_indexer(column.astype(object)), dtype=np.int64)
    place = np.append(index.get_indexer(column.cat.categories.astype(object)), -1)
    return np.asarray(place[column.cat.codes.to_numpy()], dtype=np.int64)


def _has_kind(sites: pd.DataFrame, kinds: frozenset[str]) -> pd.Series[bool]:
    found = [
        kind in kinds or not kinds.isdisjoint(roles)
        for kind, roles in zip(sites["kind"], sites["roles"], strict=True)
    ]
    return pd.Series(found, index=sites.index, dtype=bool)


def _sorted_columns(columns: Sequence[int]) -> IntArray:
    return np.unique(np.asarray(columns, dtype=np.int64))


def _check_named(sites: pd.DataFrame, adviser: pd.Series[bool], params: StudyParams) -> None:
    for option, named in (("--lock", params.locked), ("--forbid", params.forbidden)):
        for site_id in named:
            if site_id not in sites.index:
                raise UserError(
                    f"{option} : lieu inconnu « {site_id} ». {_near_names(site_id, sites)}"
                )
    for site_id in params.locked:
        if adviser[site_id]:
            raise UserError(
                f"--lock : « {site_id} » accueille déjà un conseiller, il est compté comme "
                "ouvert. Retirez-le de --lock."
            )
        if not sites.at[site_id, "in_territory"]:
            raise UserError(
                f"--lock : « {site_id} » est hors du territoire. Choisissez un lieu du territoire."
            )


def _near_names(wanted: str, sites: pd.DataFrame) -> str:
    """Say which places of the territory have an id or a name like ``wanted``."""
    own = sites[sites["in_territory"]]
    by_word: dict[str, list[str]] = {}
    for site_id, nom in zip(own["site_id"], own["nom"], strict=True):
        for word in {site_id.casefold(), nom.casefold()}:
            by_word.setdefault(word, []).append(f"{site_id} ({nom})")
    words = difflib.get_close_matches(wanted.casefold(), sorted(by_word), n=3, cutoff=0.5)
    near = list(dict.fromkeys(label for word in words for label in sorted(by_word[word])))[:3]
    if near:
        return f"Lieux proches : {', '.join(near)}."
    return "Les identifiants sont dans la colonne site_id de places.csv et sites.csv."
