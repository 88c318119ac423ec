"""More of each kind, in other guises: the same answers, whatever the tool that wrote them.

They are answered in this process, without the limits of a child: it takes a hundredth of a second.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from coverage.base import limited
from tests.sources.given.cases import (
    variants_archives,
    variants_csv,
    variants_geojson,
    variants_geopackages,
    variants_kinds,
    variants_more_layers,
    variants_more_tables,
    variants_roads,
    variants_sheets,
    variants_values,
)
from tests.sources.given.cases.case import Case
from tests.sources.given.test_catalogue_cases import faults_of

VARIANTS = [
    *variants_csv.VARIANTS,
    *variants_values.VARIANTS,
    *variants_sheets.VARIANTS,
    *variants_geojson.VARIANTS,
    *variants_geopackages.VARIANTS,
    *variants_archives.VARIANTS,
    *variants_roads.VARIANTS,
    *variants_kinds.VARIANTS,
    *variants_more_tables.VARIANTS,
    *variants_more_layers.VARIANTS,
]

#: A second or more each.
_HEAVY = {
    "G-generated",
    "J-60 000 vertices",
    "J-multi of 600 000",
    "M-whole france",
    "M-x whole france",
    "N-35 000 points",
    "N-g large text",
    "N-s cpg endless",
    "P-graphml bomb",
    "P-overpass bomb",
    "S-10 000 entries",
    "S-65 536 entries",
    "S-entries told few",
}


def _marked(case: Case):
    marks = [pytest.mark.slow] if case.id in _HEAVY else []
    return pytest.param(case, marks=marks, id=case.id)


def test_each_variant_has_its_own_id():
    ids = [case.id for case in VARIANTS]
    assert sorted(ids) == sorted(set(ids))
    assert set(ids) >= _HEAVY


@pytest.mark.parametrize("case", [_marked(case) for case in VARIANTS])
def test_a_variant_gets_its_answer(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(limited, "_inside", True)
    faults = faults_of(case, tmp_path, monkeypatch)
    assert not faults, "\n".join(faults)
