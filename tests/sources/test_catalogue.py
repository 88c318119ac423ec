"""The catalogue: complete, coherent, laid out like the mirror."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

import pytest

from coverage.base.crs import DEPARTEMENTS
from coverage.base.errors import UserError
from coverage.base.workspace import Workspace
from coverage.sources.catalogue import CATALOGUE, available, needed_for, raw_files, source

#: What nobody has a copy of yet: published, but not in the mirror.
_NOT_IN_MIRROR = {"qpv_2024_polygons", "qpv_2024_population", "squares_2019"}


def test_ids_and_files_are_unique() -> None:
    ids = [entry.id for entry in CATALOGUE]
    files = [f"{entry.folder}/{file.name}" for entry in CATALOGUE for file in entry.files]

    assert len(ids) == len(set(ids)) == 25
    assert len(files) == len(set(files))


@pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.id)
def test_each_entry_says_what_a_reader_of_the_map_needs(entry) -> None:
    assert entry.title
    assert entry.producer
    assert entry.licence
    assert entry.attribution
    assert entry.remedy.endswith(".")
    assert len(PurePosixPath(entry.folder).parts) == 2
    assert all(PurePosixPath(file.name).name == file.name for file in entry.files)
    assert set(entry.territories) <= set(DEPARTEMENTS)
    assert re.fullmatch(r"\w+:read_\w+", entry.reader) or entry.id == "roads_corse"
    assert re.fullmatch(r"\d{4}(-\d{2}-\d{2})?", entry.vintage) or entry.id == "roads_corse"


@pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.id)
def test_an_address_is_https_and_a_gap_is_told(entry) -> None:
    for file in entry.files:
        if file.address is None:
            assert "--" in entry.remedy, "what to give instead"
        else:
            assert file.address.startswith("https://")
            assert bool(file.member) or not file.address.endswith((".zip", ".7z"))


def test_only_five_sources_are_required() -> None:
    required = {entry.id for entry in CATALOGUE if not entry.optional}

    assert required == {
        "communes_2023",
        "departements_2026",
        "population_2024",
        "density_2026",
        "laposte_2025",
    }


def test_needed_for_a_territory() -> None:
    stand_ins = {entry.substitute for entry in CATALOGUE}
    everywhere = {entry.id for entry in CATALOGUE if not entry.territories} - stand_ins

    def beyond(code: str) -> set[str]:
        ids = {entry.id for entry in needed_for(code)}
        assert everywhere <= ids
        return ids - everywhere

    # The squares of the whole country are brought to nobody who didn't ask.
    assert source("squares_2019").asked
    assert beyond("2A") == beyond("2B") == {"roads_corse"}
    assert beyond("36") == {"mediation_cvl_2023"}
    assert beyond("47") == {"mediation_47_2020"}
    assert beyond("81") == {"squares_albi_2019"}
    assert beyond("69") == {"mediation_ara_2022"}
    assert beyond("974") == set()
    assert needed_for("00") == ()


def test_unknown_source_lists_the_ids() -> None:
    with pytest.raises(UserError, match=r"« frr ».*frr_2025"):
        source("frr")


def test_raw_files_are_given_all_or_none(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    folder = workspace.raw / "qpv" / "2015"
    folder.mkdir(parents=True)
    names = [file.name for file in source("qpv_2015_polygons").files]
    for name in names[:-1]:
        (folder / name).write_bytes(b"x")

    assert raw_files(workspace, "qpv_2015_polygons") is None
    (folder / names[-1]).write_bytes(b"x")
    assert raw_files(workspace, "qpv_2015_polygons") == tuple(folder / name for name in names)


def test_every_file_is_in_the_mirror(mirror: Path) -> None:
    stand_ins = {entry.substitute for entry in CATALOGUE} | _NOT_IN_MIRROR
    absent = [
        f"{entry.folder}/{file.name}"
        for entry in CATALOGUE
        for file in entry.files
        if entry.id not in stand_ins and not (mirror / entry.folder / file.name).is_file()
    ]

    assert absent == []


def test_a_substitute_is_used_only_where_the_source_is_not_there(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    wanted = source("communes_2023")
    stand_in = source(wanted.substitute)
    assert stand_in not in needed_for("36")
    assert available(workspace, wanted) is None
    for entry in (stand_in, wanted):
        path = workspace.raw / entry.folder / entry.files[0].name
        path.parent.mkdir(parents=True)
        path.write_bytes(b"x")
        assert available(workspace, wanted) == entry
