from __future__ import annotations

import gzip
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import osmnx
import pytest
import requests
from shapely.geometry import box

from coverage.base.errors import SourceError, UserError
from coverage.network.download import download_roads
from coverage.network.roads import read_roads
from tests.network.osm_files import Nodes, Ways, answer

OUTLINE = box(5.0, 47.0, 5.2, 47.1)
NODES: Nodes = {1: (5.0, 47.0), 2: (5.1, 47.0), 3: (5.2, 47.0), 4: (5.1, 47.1)}
ROADS: Ways = [([1, 2, 3], {"highway": "primary", "surface": "sand"})]
FERRIES: Ways = [([3, 4], {"route": "ferry", "duration": "10"})]


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine without a network: no name resolves, nobody answers."""

    def fail(*args: Any, **kwargs: Any) -> Any:
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    for name in ("getaddrinfo", "gethostbyname", "create_connection"):
        monkeypatch.setattr(socket, name, fail)
    monkeypatch.setattr(socket.socket, "connect", fail)
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)
    yield
    assert sum(waits) == 0


class Overpass:
    """Stands for the server: answers what the tests say, and remembers what it was asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, remark: str = "") -> None:
        self.queries: list[str] = []
        self.remark = remark
        monkeypatch.setattr("coverage.network.download.urlopen", lambda *a, **k: self)
        monkeypatch.setattr(requests, "get", self.get)
        monkeypatch.setattr(requests, "post", self.post)
        monkeypatch.setattr(socket, "gethostbyname", lambda name: "192.0.2.1")

    def __enter__(self) -> Overpass:
        return self

    def __exit__(self, *args: object) -> None:
        pass

    def reply(self, url: str, content: bytes, hooks: dict[str, Any]) -> requests.Response:
        response = requests.Response()
        response.url, response.status_code, response._content = url, 200, content
        hooks["response"](response)
        return response

    def get(self, url: str, *, hooks: dict[str, Any], **_: Any) -> requests.Response:
        return self.reply(url, b"\n\n\n\n2 slots available now.\n", hooks)

    def post(self, url: str, *, data: Any, hooks: dict[str, Any], **_: Any) -> requests.Response:
        self.queries.append(data["data"])
        told = answer(NODES, ROADS + FERRIES if "ferry" in data["data"] else ROADS)
        if self.remark:
            told["remark"] = self.remark
        return self.reply(url, json.dumps(told).encode(), hooks)


def test_without_a_network_it_is_one_sentence(tmp_path, no_network):
    with pytest.raises(SourceError) as error:
        download_roads(OUTLINE, tmp_path / "roads.json.gz", cache=tmp_path / "cache")
    text = str(error.value)
    assert "hors d'atteinte" in text
    assert "\n" not in text
    assert text.endswith(".")
    assert not (tmp_path / "roads.json.gz").exists()


def test_what_is_downloaded_is_read_and_asked_for_once(tmp_path, monkeypatch):
    resolve, folder = socket.getaddrinfo, osmnx.settings.cache_folder
    server = Overpass(monkeypatch)
    shares: list[float] = []
    path = tmp_path / "roads.json.gz"
    download_roads(
        OUTLINE, path, cache=tmp_path / "cache", progress=lambda share, _: shares.append(share)
    )
    assert len(server.queries) == 2
    assert any("motorway|" in query and "footway" not in query for query in server.queries)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    graph = read_roads(path)
    assert graph.arcs == 4
    # all the tags are there: sand slows down, the ferry has its time
    assert graph.deciseconds.max() > 10 * 600 - 1
    # what the process shares is as before
    assert osmnx.settings.cache_folder == folder
    assert not osmnx.settings.cache_only_mode
    assert osmnx.settings.requests_kwargs == {}
    assert socket.getaddrinfo is resolve

    first = path.read_bytes()
    download_roads(OUTLINE, path, cache=tmp_path / "cache")
    assert len(server.queries) == 2
    assert path.read_bytes() == first
    download_roads(OUTLINE, path, "walk", cache=tmp_path / "cache")
    assert len(server.queries) == 3 + 1
    assert "footway" in "".join(server.queries[2:])


def test_what_osmnx_has_in_its_cache_needs_no_network(tmp_path, monkeypatch, request):
    with monkeypatch.context() as online:
        Overpass(online)
        download_roads(OUTLINE, tmp_path / "a.json.gz", cache=tmp_path / "cache")
    request.getfixturevalue("no_network")
    download_roads(OUTLINE, tmp_path / "b.json.gz", cache=tmp_path / "cache")
    assert (tmp_path / "a.json.gz").read_bytes() == (tmp_path / "b.json.gz").read_bytes()


def test_an_answer_cut_short_is_told_and_not_kept(tmp_path, monkeypatch):
    Overpass(monkeypatch, remark="runtime error: Query timed out after 180 seconds.")
    with pytest.raises(SourceError, match=r"n'a pas fini de répondre \(runtime error"):
        download_roads(OUTLINE, tmp_path / "roads.json.gz", cache=tmp_path / "cache")
    assert not list(tmp_path.rglob("*.json*"))


def test_a_road_with_a_remark_is_no_answer_cut_short(tmp_path, monkeypatch):
    monkeypatch.setitem(ROADS[0][1], "remark", "étroite")
    Overpass(monkeypatch)
    download_roads(OUTLINE, tmp_path / "roads.json.gz", cache=tmp_path / "cache")
    assert b'"remark"' in gzip.decompress((tmp_path / "roads.json.gz").read_bytes())
    assert read_roads(tmp_path / "roads.json.gz").arcs


def test_another_mode_is_refused(tmp_path):
    with pytest.raises(UserError, match="boat"):
        download_roads(OUTLINE, Path("x"), "boat", cache=tmp_path)
