"""Lists given page by page: all rows, in one CSV with the reader's columns, or none."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from coverage.base.workspace import Workspace
from coverage.sources.entry import Source
from coverage.sources.fetching import fetch
from coverage.sources.fetching.errors import FetchError
from coverage.sources.fetching.http import Wire
from coverage.sources.fetching.pages import download_pages
from tests.sources.fetching.conftest import QUICK
from tests.sources.fetching.made import LAPOSTE
from tests.sources.fetching.server import Server

_COLUMNS = ("identifiant_a", "code_postal", "latitude")
_LIMIT = 1_000_000


def rows(first: int, count: int) -> list[dict[str, Any]]:
    return [
        {"_id": n, "Identifiant_A": f"{n:05}A", "latitude": 45.10, "code_postal": "01500"}
        for n in range(first, first + count)
    ]


def serve(server: Server, *documents: dict[str, Any]) -> str:
    for number, document in enumerate(documents):
        server.files[f"lines?page={number}"] = json.dumps(document).encode()
    return f"{server.address}/lines?page=0"


def next_page(server: Server, number: int) -> str:
    return f"{server.address}/lines?page={number}"


def test_pages_are_followed_to_the_last(server: Server, wire: Wire, tmp_path: Path) -> None:
    address = serve(
        server,
        {"total": 5, "results": rows(0, 2), "next": next_page(server, 1)},
        {"total": 5, "results": rows(2, 2), "next": next_page(server, 2)},
        {"total": 5, "results": [{"Identifiant_A": "00004A", "ouvert": True, "nom": None}]},
    )
    server.faults["lines?page=1"] = ["503", "cut:20"]

    received = download_pages(wire, address, tmp_path / "list.csv", _COLUMNS, _LIMIT)

    with (tmp_path / "list.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    assert [row["identifiant_a"] for row in table] == [f"{n:05}A" for n in range(5)]
    assert table[0] == {
        "identifiant_a": "00000A",
        "latitude": "45.1",
        "code_postal": "01500",
        "ouvert": "",
        "nom": "",
    }
    assert table[4]["ouvert"] == "true"
    assert received.address == address
    assert [path.name for path in tmp_path.iterdir()] == ["list.csv"]


def test_numbers_stay_the_text_they_are(server: Server, wire: Wire, tmp_path: Path) -> None:
    server.files["lines"] = (
        b'{"total": 1, "results": [{"latitude": 45.9598000, "n": 12345678901234567890}]}'
    )
    download_pages(wire, f"{server.address}/lines", tmp_path / "list.csv", _COLUMNS, _LIMIT)

    assert (tmp_path / "list.csv").read_text() == "latitude,n\n45.9598000,12345678901234567890\n"


def test_pages_by_offset(server: Server, wire: Wire, tmp_path: Path) -> None:
    for offset, first in (("", 0), ("&offset=2", 2), ("&offset=4", 4)):
        document = {"total_count": 5, "results": rows(first, min(2, 5 - first))}
        server.files[f"records?limit=2{offset}"] = json.dumps(document).encode()
    address = f"{server.address}/records?limit=2"

    download_pages(wire, address, tmp_path / "list.csv", _COLUMNS, _LIMIT)

    assert len((tmp_path / "list.csv").read_text().splitlines()) == 6


def test_lists_that_are_not_whole_are_refused(server: Server, wire: Wire, tmp_path: Path) -> None:
    def refused(reason: str, *documents: dict[str, Any], limit_bytes: int = _LIMIT) -> None:
        address = serve(server, *documents)
        with pytest.raises(FetchError, match=reason):
            download_pages(wire, address, tmp_path / "list.csv", _COLUMNS, limit_bytes)
        assert not list(tmp_path.iterdir())

    following = next_page(server, 1)
    page = {"total": 4, "results": rows(0, 2), "next": following}
    refused("s’arrête avant sa fin", {"total": 4, "results": rows(0, 2)})
    refused("autre serveur", page | {"next": "http://localhost:9/lines"})
    refused("donne 2 lignes, elle en annonce 4", page, page | {"results": []})
    refused("donne 5 lignes, elle en annonce 4", page, page | {"results": rows(2, 3)})
    refused("changé pendant", page, page | {"total": 7})
    refused("forme attendue", {"results": rows(0, 2)})
    refused("forme attendue", {"total": 2, "results": [1, 2]})
    refused("plus de", page, page, limit_bytes=400)
    refused("HTTP 404", page | {"next": next_page(server, 9)})
    server.files["lines?page=0"] = b"{"
    with pytest.raises(FetchError, match="JSON"):
        download_pages(wire, next_page(server, 0), tmp_path / "list.csv", _COLUMNS, _LIMIT)
    server.always["lines?page=0"] = "html"
    with pytest.raises(FetchError, match="HTML"):
        download_pages(wire, next_page(server, 0), tmp_path / "list.csv", _COLUMNS, _LIMIT)


def test_lists_that_can_not_be_are_a_reason_not_a_crash(
    server: Server, wire: Wire, tmp_path: Path
) -> None:
    def refused(reason: str, content: bytes) -> None:
        server.files["lines"] = content
        with pytest.raises(FetchError, match=reason):
            download_pages(wire, f"{server.address}/lines", tmp_path / "list.csv", (), _LIMIT)

    following = b'{"total": 2, "results": [{"a": "1"}], "next": "%s"}'
    refused("forme attendue", b'{"total": %s, "results": [{"a": 1}]}' % (b"9" * 5000))
    refused("ou illisible", following % b"http://[::1")
    refused("ou illisible", following % rb"/\ud800")
    refused("caractère impossible", rb'{"total": 1, "results": [{"a": "\ud800"}]}')
    refused("caractère impossible", rb'{"total": 1, "results": [{"\ud800": "a"}]}')


def test_a_list_is_no_larger_written_than_it_may_be_read(
    server: Server, wire: Wire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(reason: str, rows: list[dict[str, str]], limit_bytes: int = _LIMIT) -> None:
        address = serve(server, {"total": len(rows), "results": rows})
        with pytest.raises(FetchError, match=reason):
            download_pages(wire, address, tmp_path / "list.csv", (), limit_bytes)

    refused("plus de 300 colonnes", [{f"k{n}": "1"} for n in range(301)])
    # Each row is a line of 299 commas.
    refused("plus de", [{f"k{n}": "1"} for n in range(300)], limit_bytes=20_000)
    assert (tmp_path / "list.csv").stat().st_size < 21_000
    monkeypatch.setattr("coverage.sources.fetching.pages._MOST_VALUES", 100)
    refused("plus de valeurs", [{}] * 100)


def test_a_list_that_never_ends_is_given_up(
    server: Server, wire: Wire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coverage.sources.fetching.pages._MOST_PAGES", 5)
    address = serve(server, {"total": 1000, "results": rows(0, 1), "next": next_page(server, 0)})

    with pytest.raises(FetchError, match="donne 5 lignes, elle en annonce 1000"):
        download_pages(wire, address, tmp_path / "list.csv", _COLUMNS, _LIMIT)
    assert server.asked["lines?page=0"] == 5


def test_the_list_is_asked_for_where_the_file_is_not_to_be_had(
    workspace: Workspace, server: Server, changed: Callable[..., Source]
) -> None:
    address = f"{server.address}/lines?page=0"
    entry = changed("laposte_2025", address=f"{server.address}/gone.csv", pages=address)
    columns = entry.files[0].contents.columns
    serve(server, {"total": 1, "results": [dict.fromkeys(columns, "x")]})

    assert fetch(workspace, "2A", only=[entry.id], http=QUICK).fetched == (entry.id,)
    assert (workspace.raw / LAPOSTE).read_text().splitlines()[0] == ",".join(columns)
    again = fetch(workspace, "2A", only=[entry.id], http=QUICK)
    assert again.unchanged == (entry.id,)
    assert again.bytes == 0
    serve(server, {"total": 1, "results": [dict.fromkeys(columns[1:], "x")]})
    kept = fetch(workspace, "2A", only=[entry.id], http=QUICK).kept
    assert "colonne «\u00a0identifiant_a\u00a0» manque" in kept[0].reason
