"""Real territories, each read once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from coverage.base.workspace import Workspace
from coverage.model.territory import TerritoryTables
from coverage.sources.territory import read_territory


@pytest.fixture(scope="session")
def raw_workspace(mirror: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace whose raw files are the mirror's; nothing is to be written to them."""
    root = tmp_path_factory.mktemp("raw")
    (root / "data").mkdir()
    (root / "data" / "raw").symlink_to(mirror)
    return Workspace(root)


@pytest.fixture(scope="session")
def read(raw_workspace: Workspace) -> Callable[[str], TerritoryTables]:
    """Reads a territory of the mirror; the same one again is not read again."""
    return cache(lambda territory: read_territory(raw_workspace, territory))


@pytest.fixture(scope="session")
def published_people(mirror: Path) -> Callable[[str], float]:
    """The people of a département, counted from the file in another way than the reader's."""
    columns = ["insee_com", "insee_dep", "commune_type", "population_2021"]
    path = mirror / "population_communes/2024/communes.csv"
    table = pd.read_csv(path, dtype=str, usecols=columns)
    table = table[table["commune_type"] != "COMD"]
    people = table.groupby(["insee_dep", "insee_com"])["population_2021"].first().astype(float)
    by_departement = people.groupby("insee_dep").sum()
    return lambda territory: float(by_departement[territory])


@pytest.fixture(scope="module")
def in_process() -> Iterator[None]:
    """Files are taken apart here and not in a limited child: many of them, in less time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("coverage.base.limited._inside", True)
        yield
