"""A server that misbehaves, a workspace, and sources that are small enough to be made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from coverage.base import limited
from coverage.base.workspace import Workspace
from coverage.sources import catalogue
from coverage.sources.catalogue import source
from coverage.sources.entry import Source
from coverage.sources.fetching.http import Http, Wire
from tests.sources.fetching.server import Server, serving

#: Short patience: what is waited for in a test is on this machine.
QUICK = Http(
    timeout_s=5.0, total_s=20.0, attempts=3, gain_bytes=1000, backoff_s=0.01, longest_wait_s=5.0
)


@pytest.fixture
def children() -> None:
    """Asked for by a test whose limited children are real; in the others they are not made."""


@pytest.fixture(autouse=True)
def in_process(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "children" not in request.fixturenames:
        monkeypatch.setattr(limited, "_inside", True)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "ws")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    with serving() as made:
        yield made


@pytest.fixture
def wire() -> Iterator[Wire]:
    with Wire(QUICK) as made:
        yield made


@pytest.fixture
def changed(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Source]:
    """Changes the files of a source in the catalogue, for one test."""

    def change(source_id: str, **changes: object) -> Source:
        entry = source(source_id)
        files = tuple(replace(file, **changes) for file in entry.files)
        made = replace(entry, files=files)
        monkeypatch.setitem(catalogue._BY_ID, source_id, made)
        return made

    return change


@pytest.fixture(autouse=True)
def few_rows(changed: Callable[..., Source]) -> None:
    """The files of these tests have the columns of the real ones, but few rows."""
    for source_id in ("frr_2025", "zrr_2021", "laposte_2025", "communes_etalab_2023"):
        contents = source(source_id).files[0].contents
        changed(source_id, contents=replace(contents, rows=1))
