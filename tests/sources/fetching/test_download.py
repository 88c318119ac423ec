"""Downloading one file: going on where it was cut, patience, limits."""

from __future__ import annotations

import gzip
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from coverage.base.workspace import Workspace
from coverage.sources.fetching import download as module
from coverage.sources.fetching import fetch
from coverage.sources.fetching.download import download
from coverage.sources.fetching.errors import FetchError, NotModifiedError
from coverage.sources.fetching.http import Http, Wire
from coverage.sources.fetching.partial import Partial, Stamp, remove_forgotten
from tests.sources.fetching import made
from tests.sources.fetching.conftest import QUICK
from tests.sources.fetching.made import FRR
from tests.sources.fetching.server import Server

_BIG = 10_000_000
_CONTENT = bytes(range(256)) * 400


@pytest.fixture
def partial(tmp_path: Path) -> Partial:
    return Partial.beside(tmp_path, "x")


def get(server: Server, partial: Partial, http: Http = QUICK, limit_bytes: int = _BIG) -> Wire:
    """Download ``x`` with a wire of its own, as another run would."""
    with Wire(http) as wire:
        download(wire, f"{server.address}/x", partial, limit_bytes)
    return wire


def test_a_large_file_survives_cuts_and_no_byte_comes_twice(
    server: Server, partial: Partial
) -> None:
    server.files["x"] = _CONTENT * 10
    server.always["x"] = "cut:100000"

    wire = get(server, partial)

    assert partial.path.read_bytes() == server.files["x"]
    assert wire.received_bytes == len(server.files["x"])
    assert server.asked["x"] == 11
    ranges = [headers.get("Range") for headers in server.headers["x"]]
    assert ranges[:3] == [None, "bytes=100000-", "bytes=200000-"]


def test_the_next_run_goes_on(server: Server, partial: Partial) -> None:
    server.files["x"] = _CONTENT
    server.faults["x"] = ["cut:60000", "403"]
    with pytest.raises(FetchError, match="HTTP 403"):
        get(server, partial)
    assert partial.size_bytes == 60_000

    wire = get(server, partial)

    assert partial.path.read_bytes() == _CONTENT
    assert wire.received_bytes == len(_CONTENT) - 60_000


def test_what_has_changed_meanwhile_is_begun_anew(server: Server, partial: Partial) -> None:
    server.files["x"] = _CONTENT
    server.faults["x"] = ["cut:60000", "403"]
    with pytest.raises(FetchError):
        get(server, partial)
    server.files["x"] = _CONTENT[::-1]

    wire = get(server, partial)

    assert partial.path.read_bytes() == _CONTENT[::-1]
    assert wire.received_bytes == len(_CONTENT)


def test_a_shorter_file_than_what_has_come_is_begun_anew(server: Server, partial: Partial) -> None:
    """A server that looks at the range before it looks whether the file is the same: 416."""
    server.files["x"] = _CONTENT
    server.faults["x"] = ["cut:60000", "416", ""]

    wire = get(server, partial)

    assert partial.path.read_bytes() == _CONTENT
    assert wire.received_bytes == 60_000 + len(_CONTENT)


@pytest.mark.parametrize("stamp", ["unstamped", "weak"])
def test_without_an_exact_stamp_nothing_is_joined(
    server: Server, partial: Partial, stamp: str
) -> None:
    server.files["x"] = _CONTENT
    server.faults["x"] = [f"cut:60000 {stamp}", stamp]

    get(server, partial)

    assert partial.path.read_bytes() == _CONTENT
    assert [headers.get("Range") for headers in server.headers["x"]] == [None, None]
    server.faults["x"] = [f"cut:60000 {stamp}", "403"]
    other = Partial.beside(partial.path.parent, "y")
    with pytest.raises(FetchError):
        get(server, other)
    assert not list(partial.path.parent.glob(f"{other.path.name}*"))


def test_what_is_whole_is_only_asked_whether_it_changed(server: Server, partial: Partial) -> None:
    server.files["x"] = _CONTENT
    get(server, partial)

    wire = get(server, partial)

    assert wire.received_bytes == 0
    assert partial.path.read_bytes() == _CONTENT
    server.files["x"] = _CONTENT[::-1]
    get(server, partial)
    assert partial.path.read_bytes() == _CONTENT[::-1]


def test_a_file_that_is_again_the_one_in_use_is_not_gone_on_with(
    server: Server, partial: Partial
) -> None:
    server.files["x"] = _CONTENT
    with Wire(QUICK) as wire:
        known = download(wire, f"{server.address}/x", partial, _BIG).stamp
        partial.remove()
        server.files["x"] = _CONTENT[::-1]
        server.faults["x"] = ["cut:60000", "403"]
        with pytest.raises(FetchError):
            download(wire, f"{server.address}/x", partial, _BIG, known)
        server.files["x"] = _CONTENT
        with pytest.raises(NotModifiedError):
            download(wire, f"{server.address}/x", partial, _BIG, known)
    assert partial.begun() is None
    assert partial.size_bytes == 0


def test_a_cut_fetch_goes_on_in_the_next_one(workspace: Workspace, server: Server) -> None:
    server.files[FRR] = made.frr(3000)
    server.faults[FRR] = ["cut:30000", "403"]
    ask = {"mirror": server.address, "only": ["frr_2025", "zrr_2021"], "http": QUICK}
    server.files["zrr/2021/ZRR_list_source.csv"] = b"CODGEO,ZRR_SIMP\n01001,C - x\n"
    first = fetch(workspace, "2A", **ask)

    assert first.fetched == ("zrr_2021",)
    assert [fault.source_id for fault in first.missing] == ["frr_2025"]
    second = fetch(workspace, "2A", **ask)
    assert second.fetched == ("frr_2025",)
    assert second.received_bytes == len(server.files[FRR]) - 30_000
    assert (workspace.raw / FRR).read_bytes() == server.files[FRR]
    assert not list(workspace.raw.rglob(".part-*"))


def test_what_nobody_went_on_with_is_removed_after_a_month(tmp_path: Path) -> None:
    old, new = (Partial.beside(tmp_path, name) for name in ("old", "new"))
    for partial in (old, new):
        partial.path.write_bytes(b"half")
    month_ago_s = time.time() - 31 * 86_400
    os.utime(old.path, (month_ago_s, month_ago_s))
    remove_forgotten(tmp_path)

    assert old.size_bytes == 0
    assert new.size_bytes == 4


@pytest.mark.parametrize("size", [1000, 1001])
@pytest.mark.parametrize("fault", ["", "gzip"])
def test_the_size_limit_at_exactly_the_limit(
    server: Server, partial: Partial, size: int, fault: str
) -> None:
    server.files["x"] = bytes(range(250)) * 4 + b"x" * (size - 1000)
    server.always["x"] = fault
    allowed = server.files["x"][:1000]
    limit_bytes = len(gzip.compress(allowed, mtime=0) if fault else allowed)

    if size <= 1000:
        get(server, partial, limit_bytes=limit_bytes)
        assert partial.size_bytes == limit_bytes
    else:
        with pytest.raises(FetchError, match="plus de"):
            get(server, partial, limit_bytes=limit_bytes)
        assert partial.size_bytes == 0


def test_time_is_limited(server: Server, partial: Partial) -> None:
    server.files["x"] = _CONTENT

    with pytest.raises(FetchError, match="trop lent"):
        get(server, partial, replace(QUICK, total_s=0.0))
    server.always["x"] = "503"
    with pytest.raises(FetchError, match="le temps est écoulé"):
        get(server, partial, replace(QUICK, total_s=0.5, backoff_s=10.0, longest_wait_s=10.0))


def test_waits_double_with_a_random_part_up_to_a_bound(
    monkeypatch: pytest.MonkeyPatch, server: Server, partial: Partial
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(module.time, "sleep", waits.append)
    server.always["x"] = "503"
    server.files["x"] = b"x"
    http = Http(attempts=5, backoff_s=10.0, longest_wait_s=30.0, total_s=1000.0)

    with pytest.raises(FetchError, match="après 5 essais"):
        get(server, partial, http)
    assert len(waits) == 4
    for wait_s, most_s in zip(waits, [10.0, 20.0, 30.0, 30.0], strict=True):
        assert most_s / 2 <= wait_s <= most_s


def test_stamps_of_the_same_file_do_not_contradict() -> None:
    full = Stamp('"a"', "Wed, 04 Jun 2025 08:00:00 GMT")

    assert not full.contradicts(Stamp('W/"a"'))
    assert not full.contradicts(Stamp())
    assert full.contradicts(Stamp('"b"'))
    assert full.contradicts(Stamp("", "Thu, 05 Jun 2025 08:00:00 GMT"))
    assert Stamp('W/"a"', "Wed, 04 Jun 2025 08:00:00 GMT").exact.startswith("Wed")
    assert Stamp('W/"a"').exact == ""


def answer(*lines: bytes, body: bytes = b"") -> bytes:
    return b"\r\n".join((b"HTTP/1.1 " + lines[0], *lines[1:], b"Connection: close", b"", body))


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (answer(b"200 OK", b"Content-Length: " + b"9" * 5000, body=b"abc"), "plus de 10"),
        (answer(b"302 Found", b"Location: /caf\xe9"), "illisible"),
        (answer(b"302 Found", b"Location: //[::1"), "illisible"),
        (answer(b"302 Found", b"Location: http://" + b"a" * 70 + b".insee.fr/"), "illisible"),
        (answer(b"302 Found", b"Location: http://a..insee.fr/"), "illisible"),
        (answer(b"503 No", b"Retry-After: Mon, 01 Jan 2024 00:00:00 +" + b"9" * 17), "HTTP 503"),
        (answer(b"503 No", b"Retry-After: Mon, 01 Jan " + b"9" * 20 + b" 00:00:00"), "HTTP 503"),
    ],
)
def test_headers_that_can_not_be_are_a_reason_not_a_crash(
    server: Server, partial: Partial, raw: bytes, reason: str
) -> None:
    server.raw["x"] = raw

    with (
        Wire(QUICK, known_hosts=("insee.fr",)) as wire,
        pytest.raises(FetchError, match=reason),
    ):
        download(wire, f"{server.address}/x", partial, _BIG)
    assert not list(partial.path.parent.iterdir())


def test_a_name_that_no_host_can_have_is_refused(
    partial: Partial, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
    with Wire(QUICK) as wire, pytest.raises(FetchError, match="adresse refusée"):
        download(wire, f"http://{'a' * 70}.example/x", partial, _BIG)


def test_a_part_of_a_size_that_no_file_has_is_not_joined(server: Server, partial: Partial) -> None:
    server.files["x"] = _CONTENT
    server.faults["x"] = ["cut:60000", "403"]
    with pytest.raises(FetchError):
        get(server, partial)
    told = b"Content-Range: bytes 60000-60002/" + b"9" * 5000
    server.raw["x"] = answer(b"206 Partial Content", told, body=b"abc")

    with pytest.raises(FetchError, match="HTTP 206 inattendue"):
        get(server, partial)
    assert partial.size_bytes == 0


def test_a_stamp_that_could_not_be_sent_back_is_none(server: Server, partial: Partial) -> None:
    server.raw["x"] = answer(b"200 OK", b'ETag: "' + b"a" * 60_000 + b'"', body=b"abc")

    with Wire(QUICK) as wire:
        assert download(wire, f"{server.address}/x", partial, _BIG).stamp == Stamp()


def test_the_body_of_a_redirection_is_not_read(server: Server, partial: Partial) -> None:
    server.files["y"] = b"content"
    location = b"Location: /depot/y"
    server.raw["x"] = answer(b"302 Found", location, b"Content-Length: 9", body=b"cut")

    get(server, partial)

    assert partial.path.read_bytes() == b"content"
