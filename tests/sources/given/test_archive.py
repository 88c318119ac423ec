"""Archives: what their table of contents may cost, whatever it says of itself."""

from __future__ import annotations

import struct

import pytest

from coverage.sources.given import archive
from coverage.sources.given.archive import opened_archive

#: An entry of a table of contents that is called « a ».
ENTRY = struct.pack("<4s4B4HL2L5H2L", b"PK\1\2", 20, 3, 20, *[0] * 8, 1, *[0] * 6) + b"a"


def crowded(count: int, told: int) -> bytes:
    """Return an archive of many entries of nothing, which tells another number of them."""
    directory = ENTRY * count
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, told, told, len(directory), 30, 0)
    return b"PK\3\4" + bytes(26) + directory + end


@pytest.mark.parametrize("told", [1, 65_535])
@pytest.mark.parametrize("on_disk", [False, True])
def test_a_table_of_contents_without_end_is_not_made(tmp_path, refused, monkeypatch, told, on_disk):
    made = []
    monkeypatch.setattr(archive.zipfile, "ZipInfo", lambda *_: made.append(1))
    source = crowded(100_000, told)
    if on_disk:
        path = tmp_path / "a.zip"
        path.write_bytes(source)
    opened = opened_archive(path if on_disk else source, "a.zip")
    assert refused(opened.__enter__).code == "ZIP_TOO_MANY"
    assert made == []


def test_the_most_entries_are_read_and_one_more_is_not(refused):
    with opened_archive(crowded(10_000, 10_000), "a.zip") as opened:
        assert len(opened.infolist()) == 10_000
    assert refused(opened_archive(crowded(10_001, 1), "a.zip").__enter__).code == "ZIP_TOO_MANY"
