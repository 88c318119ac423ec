"""The need of real territories: who comes first, the legal test, closing and opening a point."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from coverage.model.params import StudyParams
from coverage.study import compute, load_current, load_layers

GOLDEN = Path(__file__).parent / "golden"
TOLD = ["code_insee", "nom", "rank", "rank_low", "rank_high", "top10_share", "stability", "score"]


def need(workspace, territory, **changes):
    return compute(workspace, StudyParams(territory, new=0, **changes), drawn=False)


def ranking(result) -> pd.DataFrame:
    """Return what the golden file holds, first ranks first."""
    table = pd.DataFrame(result.communes[TOLD]).sort_values(["rank", "code_insee"])
    return table.round({"top10_share": 3, "score": 6}).reset_index(drop=True)


def test_the_ranking_of_corse_du_sud(real_workspace):
    # After a change that is meant, write ranking(...).to_csv(GOLDEN / "2A.csv", index=False).
    found = ranking(load_current(real_workspace, "2A"))
    expected = pd.read_csv(GOLDEN / "2A.csv")
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)


def test_the_same_seed_gives_the_same_ranking_and_another_moves_intervals_only(real_workspace):
    one, same, other = (need(real_workspace, "36", seed=seed) for seed in (0, 0, 1))
    pd.testing.assert_frame_equal(ranking(one), ranking(same))
    pd.testing.assert_series_equal(one.communes["rank"], other.communes["rank"])
    assert (one.communes["top10_share"] != other.communes["top10_share"]).any()


@pytest.mark.parametrize("territory", ["2A", "36", "81"])
def test_groups_add_up_to_the_territory(real_workspace, territory):
    groups = load_current(real_workspace, territory).groups
    told = ["persons", "need", "covered", "uncovered", "double_covered", "car_only"]
    whole = groups.loc[groups["group"] == "territoire", told].iloc[0]
    for group in ("frr", "densite", "qpv"):
        parts = groups.loc[groups["group"] == group, told].sum()
        assert parts.to_numpy() == pytest.approx(whole.to_numpy(float))


@pytest.mark.parametrize("territory", ["2A", "36", "81"])
def test_communes_add_up_to_the_territory(real_workspace, territory):
    result = load_current(real_workspace, territory)
    whole = result.groups[result.groups["group"] == "territoire"].iloc[0]
    for figure in ("need", "covered_10", "covered_30", "concerned", "double_covered", "advisers"):
        assert result.communes[figure].sum() == pytest.approx(float(whole[figure]))


@pytest.mark.parametrize("territory", ["2A", "36"])
def test_without_a_car_nobody_has_more_of_the_same_help(real_workspace, territory):
    communes = load_current(real_workspace, territory).communes
    for slower, faster in (("access_walk", "access_bike"), ("access_bike", "access")):
        assert (communes[slower] <= communes[faster] * (1 + 1e-9)).all()
        assert communes[slower].sum() < 0.8 * communes[faster].sum()


@pytest.mark.parametrize("territory", ["2A", "36"])
def test_ilots_that_no_file_lists_break_no_link(real_workspace, territory):
    result = load_current(real_workspace, territory)
    assert "ilot_numerique" in result.facts["unknown_kinds"]
    steps = result.orientation.groupby("step")
    offered = steps["partner_id"].count() > 0
    known = steps["known"].first()
    # In Indre places of médiation offer equipment; in Corse-du-Sud no file tells of any.
    assert offered["equipement"] == known["equipement"] == (territory == "36")
    assert known.drop("equipement").all()


@pytest.mark.slow
def test_closing_a_bureau_and_opening_one_at_its_door_changes_little(real_workspace):
    """The legal test hears of both; what is opened is a counter and no France services."""
    sites = load_layers(real_workspace, "2A").sites
    vico = sites[sites["site_id"] == "laposte:03476A"].iloc[0]
    here = (vico.geometry.x, vico.geometry.y)
    closed = need(real_workspace, "2A", closed=(vico["site_id"],))
    moved = need(real_workspace, "2A", closed=(vico["site_id"],), opened=(here,))
    states = {run: result.legal.set_index("state") for run, result in
              (("closed", closed), ("moved", moved))}  # fmt: skip
    today, after = (states["closed"].loc[state, "far_road"] for state in ("today", "changed"))
    assert after > today
    assert states["moved"].loc["changed", "far_road"] == pytest.approx(today)
    # Its France services is gone from both.
    assert closed.communes["covered"].sum() == pytest.approx(moved.communes["covered"].sum())
    known = load_current(real_workspace, "2A").communes["covered"].sum()
    assert closed.communes["covered"].sum() < known
    assert "laposte:03476A" not in set(closed.sites["site_id"])
    assert {closed.run_id, moved.run_id}.isdisjoint({load_current(real_workspace, "2A").run_id})


def test_a_decay_changes_access_and_nothing_that_is_counted(real_workspace):
    gaussian, steps = (need(real_workspace, "2A", decay=d) for d in ("gaussian", "apl2012"))
    assert gaussian.communes["covered"].tolist() == steps.communes["covered"].tolist()
    # The steps end at 15 minutes: more communes have no access at all.
    none = [(result.communes["access"] == 0).sum() for result in (gaussian, steps)]
    assert none[1] > none[0]
