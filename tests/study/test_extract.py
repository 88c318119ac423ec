"""A territory on an extract of OpenStreetMap instead of the GraphML of the same roads."""

from __future__ import annotations

import osmnx
import pytest

from coverage.base.workspace import Workspace
from coverage.study import BuildFiles, load_current, run_territory
from tests.benchmarks.extract import write

#: The extract lacks loops and merged tags, and roads without their bends are told by zigzags: on
#: the same streets a few seconds more or less at junctions.
_POINTS = 0.01


@pytest.mark.slow
def test_an_extract_gives_the_figures_of_the_graphml(real_workspace, mirror, tmp_path):
    extract = tmp_path / "corse.osm.pbf"
    write(osmnx.load_graphml(mirror / "roads" / "corse-osmnx" / "drive.graphml.gz"), extract)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "raw").symlink_to(real_workspace.raw)
    outcome = run_territory(
        Workspace(tmp_path), "2A", BuildFiles(roads=extract), mirror=str(mirror)
    )
    one, other = load_current(real_workspace, "2A"), outcome.result
    assert not other.estimate
    assert other.inputs["roads"] != one.inputs["roads"]
    keys = ["group", "value", "mode", "target", "minutes"]
    shares = one.coverage.merge(other.coverage, on=keys, suffixes=("", "_other"))
    whole = shares[shares["group"] == "territoire"]
    assert len(whole) > 30
    assert (whole["covered_share"] - whole["covered_share_other"]).abs().max() < _POINTS
    assert [site.site_id for site in other.plan.sites] == [site.site_id for site in one.plan.sites]
