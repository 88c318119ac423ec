"""Getting one file: limits, redirections, archives, patience."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from coverage.sources import fetch_file
from coverage.sources.fetch_file import FetchError, Http, Stamp, extract_member, without_password

QUICK = Http(timeout_s=5.0, attempts=3, backoff_s=0.01, longest_wait_s=0.05)
CSV = b"code;nom\n2A004;Ajaccio\n"
FRR = "frr.csv"


@pytest.mark.parametrize("size", [1000, 1001])
def test_the_size_limit_at_exactly_the_limit(server, tmp_path: Path, size: int) -> None:
    server.files[FRR] = b"x" * size
    http = replace(QUICK, size_limit_bytes=1000)

    if size <= 1000:
        http.download(f"{server.address}/{FRR}", tmp_path / "got")
        assert (tmp_path / "got").stat().st_size == size
    else:
        with pytest.raises(FetchError, match="plus de"):
            http.download(f"{server.address}/{FRR}", tmp_path / "got")


def test_a_redirection_to_http_is_followed(server, tmp_path: Path) -> None:
    server.files["old"] = server.files["new"] = CSV
    server.faults["old"] = [f"{server.address}/new"]
    stamp = QUICK.download(f"{server.address}/old", tmp_path / "got")

    assert (tmp_path / "got").read_bytes() == CSV
    assert stamp != Stamp()


@pytest.mark.parametrize("content", [b"not a zip", b"PK\x05\x06" + bytes(18)])
def test_a_wrong_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(content)

    with pytest.raises(FetchError, match="archive"):
        extract_member(tmp_path / "a.zip", "a.shp", tmp_path / "a.shp", 1000)


def test_a_member_that_unpacks_too_big_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.shp", bytes(10_000_000))

    with pytest.raises(FetchError, match="plus de"):
        extract_member(tmp_path / "a.zip", "a.shp", tmp_path / "a.shp", 1_000_000)


def test_a_password_is_never_written_down() -> None:
    assert without_password("https://me:secret@host/depot") == "https://host/depot"


def test_time_is_limited(server, tmp_path: Path) -> None:
    server.files["slow"] = CSV

    with pytest.raises(FetchError, match="trop lent"):
        replace(QUICK, total_s=0.0).download(f"{server.address}/slow", tmp_path / "got")


def test_the_wait_is_bounded(monkeypatch: pytest.MonkeyPatch, server) -> None:
    waits: list[float] = []
    monkeypatch.setattr(fetch_file.time, "sleep", waits.append)
    server.faults["x"] = ["503"] * 9
    http = Http(attempts=4, backoff_s=10.0, longest_wait_s=30.0)

    with pytest.raises(FetchError, match="après 4 essais"):
        http.download(f"{server.address}/x", Path("never-written"))
    assert waits == [10.0, 20.0, 30.0]
