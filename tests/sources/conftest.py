"""Real territories, each read once; a mirror on a local port, for the tests of fetching."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
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


class Server:
    """A mirror on 127.0.0.1 that misbehaves where it is told to."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.faults: dict[str, list[str]] = {}
        self.asked: Counter[str] = Counter()
        self.agents: set[str] = set()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                owner.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.http.server_port}/depot"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        path = request.path.removeprefix("/depot/")
        self.asked[path] += 1
        self.agents.add(request.headers["User-Agent"])
        faults = self.faults.get(path, [])
        fault = faults.pop(0) if faults else ""
        content = self.files.get(path)
        if fault.isdigit() or content is None:
            request.send_error(int(fault or 404))
            return
        if fault.startswith(("file:", "http:")):
            request.send_response(302)
            request.send_header("Location", fault)
            request.end_headers()
            return
        etag = f'"{hashlib.sha256(content).hexdigest()}"'
        if request.headers.get("If-None-Match") == etag:
            request.send_response(304)
            request.end_headers()
            return
        kind = "text/html; charset=utf-8" if fault == "html" else "application/octet-stream"
        request.send_response(200)
        request.send_header("Content-Type", kind)
        request.send_header("ETag", etag)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content[: len(content) // 2] if fault == "cut" else content)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    made = Server()
    thread = threading.Thread(target=made.http.serve_forever, args=(0.01,))
    thread.start()
    yield made
    made.http.shutdown()
    made.http.server_close()
    thread.join()
