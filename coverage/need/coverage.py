"""Who is covered, by group of people, way to travel, type of place and limit; and how evenly."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coverage.model.results import AREA_FIGURES
from coverage.model.services import CONTACT_KINDS, KINDS
from coverage.need.areas import Areas
from coverage.need.equity import fgt, gini, palma
from coverage.need.figures import area_figures
from coverage.need.groups import Groups
from coverage.need.points import ADVISER, CONTACT, DRIVE, MODES, Ground, Points
from coverage.need.reach import TOLD_MINUTES, limit_ds

_COVERAGE_COLUMNS = (
    *("group", "value", "mode", "target", "minutes", "persons", "covered", "covered_share"),
    *("need_covered_share", "covered_after", "covered_after_share"),
)
_EQUITY = ("gini", "palma", "fgt_0", "fgt_1", "fgt_2")
_GROUP_COLUMNS = (
    *("group", "value", "persons", "covered_share", "gap_points", "persons_per_adviser"),
    *(*AREA_FIGURES, *_EQUITY),
)


def coverage_figures(groups: Groups, ground: Ground, points: Points) -> pd.DataFrame:
    """Return persons covered by group, mode, target and limit (see ``StudyResult.coverage``).

    By car every target that the places have; on foot and by bike adviser places and contact
    points only. ``covered_after`` is told of adviser places by car.
    """
    present = {role for roles in ground.drive.sites["roles"] for role in roles}
    targets = {ADVISER: ground.services.of_level(ADVISER), CONTACT: frozenset(CONTACT_KINDS)}
    kinds = {kind: frozenset({kind}) for kind in KINDS if kind in present}
    told = [
        (mode, target, wanted)
        for mode in MODES
        for target, wanted in (targets | kinds if mode == DRIVE else targets).items()
    ]
    limits = [limit_ds(minutes) for minutes in TOLD_MINUTES]
    shape = (len(groups.names), len(told), len(limits))
    covered, in_need, after = np.empty(shape), np.empty(shape), np.full(shape, np.nan)
    for k, (mode, target, wanted) in enumerate(told):
        reach = ground.reaches[mode]
        nearest = reach.nearest_ds(reach.sites_with(wanted))
        covered[:, k] = groups.areas.people_within(points.persons, nearest, limits)
        in_need[:, k] = groups.areas.people_within(points.need, nearest, limits)
        if (mode, target) == (DRIVE, ADVISER):
            after[:, k] = groups.areas.people_within(points.persons, points.after_ds, limits)
    persons = np.broadcast_to(groups.areas.people(points.persons)[:, None, None], shape)
    need = groups.areas.people(points.need)[:, None, None]
    need_share = np.divide(in_need, need, out=np.full(shape, np.nan), where=need > 0)
    by_group, by_target = shape[1] * shape[2], shape[2]
    names = {"mode": [mode for mode, _, _ in told], "target": [target for _, target, _ in told]}
    columns = {
        "group": np.repeat(np.array(groups.column(0), object), by_group),
        "value": np.repeat(np.array(groups.column(1), object), by_group),
        **{
            name: np.tile(np.repeat(np.array(values, object), by_target), shape[0])
            for name, values in names.items()
        },
        "minutes": np.tile(np.array(TOLD_MINUTES), shape[0] * shape[1]),
        "persons": persons.ravel(),
        "covered": covered.ravel(),
        "covered_share": (covered / persons).ravel(),
        "need_covered_share": need_share.ravel(),
        "covered_after": after.ravel(),
        "covered_after_share": (after / persons).ravel(),
    }
    return pd.DataFrame(columns, columns=list(_COVERAGE_COLUMNS))


def group_figures(groups: Groups, points: Points) -> pd.DataFrame:
    """Return the figures of each group and its equity measures (see ``StudyResult.groups``).

    ``gap_points``: covered share less that of everybody, in points of percentage. Gini and Palma
    are taken on access by car per person in need, each point weighing its persons in need; FGT on
    the minutes to the nearest adviser place beyond the study's limit, weighing its persons.
    ``persons_per_adviser`` is null where no post is known.
    """
    table = area_figures(groups.areas, points, groups.advisers)
    table["group"], table["value"] = groups.column(0), groups.column(1)
    table["covered_share"] = table["covered"] / table["persons"]
    everybody = points.persons.sum()
    whole = points.persons[points.covered].sum() / everybody if everybody > 0 else np.nan
    table["gap_points"] = 100.0 * (table["covered_share"] - whole)
    posts = table["advisers"].where(table["advisers"] > 0)
    table["persons_per_adviser"] = table["persons"] / posts
    equity = [_equity(groups.areas, position, points) for position in range(len(groups.names))]
    table[list(_EQUITY)] = np.array(equity).reshape(-1, len(_EQUITY))
    return table[list(_GROUP_COLUMNS)].reset_index(drop=True)


def _equity(areas: Areas, position: int, points: Points) -> tuple[float, ...]:
    rows = areas.area == position
    point, share = areas.point[rows], areas.share[rows]
    access, in_need = points.access[point], points.need[point] * share
    times, people = points.adviser_ds[point], points.persons[point] * share
    return gini(access, in_need), palma(access, in_need), *fgt(times, people, points.minutes)
