"""Archives of sources: one named file, and nothing that is made to hurt."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import py7zr
import pytest

from coverage.sources.fetching.archives import extract_member
from coverage.sources.fetching.errors import FetchError

_SMALL = 1_000_000


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return tmp_path / "archive"


@pytest.fixture
def got(tmp_path: Path) -> Path:
    return tmp_path / "got"


def zipped(**entries: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as container:
        for name, entry in entries.items():
            container.writestr(name.replace("__", "/"), entry)
    return content.getvalue()


def seven_zipped(entries: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with py7zr.SevenZipFile(content, "w") as container:
        for name, entry in entries.items():
            container.writestr(entry, name)
    return content.getvalue()


def test_a_member_is_found_by_the_end_of_its_path(archive: Path, got: Path) -> None:
    archive.write_bytes(zipped(**{"shp__a.csv": b"no", "csv__a.csv": b"yes", "readme.txt": b"x"}))

    extract_member(archive, "csv/a.csv", got, _SMALL)

    assert got.read_bytes() == b"yes"
    for member in ("a.csv", "b.csv"):
        with pytest.raises(FetchError, match="pas une seule fois"):
            extract_member(archive, member, got, _SMALL)


def test_a_7z_and_one_within_a_zip(archive: Path, got: Path) -> None:
    inner = seven_zipped({"d/met.gpkg": b"squares" * 100, "d/reun.gpkg": b"other"})
    archive.write_bytes(inner)
    extract_member(archive, "met.gpkg", got, _SMALL)
    assert got.read_bytes() == b"squares" * 100

    got.unlink()
    archive.write_bytes(zipped(**{"grid.7z": inner}))
    extract_member(archive, "*.7z!met.gpkg", got, _SMALL)
    assert got.read_bytes() == b"squares" * 100
    assert {path.name for path in got.parent.iterdir()} == {"archive", "got"}


def test_a_gz_holds_one_file(archive: Path, got: Path) -> None:
    archive.write_bytes(gzip.compress(b"a;b\n"))
    extract_member(archive, "a.csv", got, _SMALL)

    assert got.read_bytes() == b"a;b\n"


def _cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _linked() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as container:
        link = zipfile.ZipInfo("a.csv")
        link.external_attr = 0o120777 << 16
        container.writestr(link, "/etc/passwd")
    return content.getvalue()


_BOMB = bytes(30_000_000)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"not an archive", "format inconnu"),
        (b"", "format inconnu"),
        (b"PK\x05\x06" + bytes(18), "format inconnu"),
        (_cut(zipped(**{"a.csv": bytes(range(256)) * 40})), "abîmée"),
        (zipped(**{"a.csv": _BOMB}), "trop grande"),
        (zipped(**{"a.csv": bytes(2_000_000)}), "plus de 1"),
        (zipped(**{"..__a.csv": b"x"}), "chemin ou un lien interdit"),
        (_linked(), "chemin ou un lien interdit"),
        (seven_zipped({"a.csv": _BOMB}), "plus de 1"),
        (seven_zipped({"b.csv": b"x"}), "a.csv n’est pas"),
        (_cut(gzip.compress(bytes(range(256)) * 40, mtime=0)), "abîmée"),
        (gzip.compress(_BOMB, mtime=0), "plus de 1"),
    ],
)
def test_what_is_refused(archive: Path, got: Path, content: bytes, reason: str) -> None:
    archive.write_bytes(content)

    with pytest.raises(FetchError, match=reason):
        extract_member(archive, "a.csv", got, _SMALL)
    assert not got.exists() or got.stat().st_size <= _SMALL


def test_a_damaged_7z_is_the_end_of_a_child(archive: Path, got: Path, children: None) -> None:
    archive.write_bytes(_cut(seven_zipped({"a.csv": bytes(range(256)) * 40})))

    with pytest.raises(FetchError, match="abîmée"):
        extract_member(archive, "a.csv", got, _SMALL)
