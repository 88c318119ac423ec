"""Every fault a server can serve: what becomes of the file, and of the one that was there."""

from __future__ import annotations

import time
from dataclasses import replace
from types import SimpleNamespace
from typing import NamedTuple

import pytest

from coverage.base.files import sha256_of
from coverage.base.workspace import Workspace
from coverage.sources.fetching import download, fetch
from tests.sources.fetching import made
from tests.sources.fetching.conftest import QUICK
from tests.sources.fetching.made import FRR
from tests.sources.fetching.server import Server

_LONG = made.frr(3000)


class Case(NamedTuple):
    """A fault, served once or always; the reason told ("": the file comes); requests made.

    ``waits_s``: between what bounds the server asked to wait before the next request.
    """

    name: str
    faults: list[str]
    reason: str
    requests: int
    always: str = ""
    content: bytes = _LONG
    waits_s: tuple[float, float] = (0.0, 0.1)


CASES = (
    Case("500 twice, then fine", ["500", "500"], "", 3),
    Case("503 twice, then fine", ["503", "503"], "", 3),
    Case("429, Retry-After in seconds", ["429:3"], "", 2, waits_s=(3.0, 3.0)),
    Case("429, Retry-After as a date", ["429:date:3"], "", 2, waits_s=(1.0, 3.0)),
    Case("429, Retry-After in an hour", ["429:3600"], "attendre 60\u00a0min", 1),
    Case("500 always", [], "HTTP 500, après 3 essais", 3, "500"),
    Case("403", [], "HTTP 403", 1, "403"),
    Case("404", [], "HTTP 404", 1, "404"),
    Case("410", [], "HTTP 410", 1, "410"),
    Case("304 to an unconditional request", [], "HTTP 304", 1, "304"),
    Case("cut once", ["cut:5000"], "", 2),
    Case("cut at once, always", [], "coupée avant la fin du fichier, après 3 essais", 3, "cut:0"),
    Case("cut every 20,000 bytes", [], "", -(-len(_LONG) // 20_000), "cut:20000"),
    Case("cut always, no range served", ["cut:5000 no-range"] * 9, "après 3 essais", 3),
    Case("cut, then the whole again", ["cut:5000", "no-range"], "", 2),
    Case("cut, then another part than asked", ["cut:5000", "wrong-range"], "", 3),
    Case("slow", [], "trop lent", 1, "slow"),
    Case("slow from the headers on", [], "coupée, après 3 essais", 3, "slow-headers"),
    Case("html page, text/html", [], "page HTML", 1, "html"),
    Case("html page, text/csv", [], "page HTML", 1, "html-as-csv"),
    Case("Git LFS pointer", [], "pointeur", 1, content=b"version https://git-lfs.github.com/v1"),
    Case("empty", [], "vide", 1, content=b""),
    Case("longer Content-Length", [], "coupée avant la fin", 3, "longer"),
    Case("shorter Content-Length", [], "coupé ou abîmé", 1, "shorter"),
    Case("gzip on the way", [], "", 1, "gzip"),
    Case("brotli on the way", [], "encodage inconnu (br)", 1, "br"),
    Case(
        "a column renamed",
        [],
        "la colonne « Code_insee » manque",
        1,
        content=_LONG.replace(b"Code_insee", b"codgeo", 1),
    ),
    Case("far fewer rows", [], "3 lignes au lieu de 100", 1, content=made.frr(3)),
    Case("redirected to a file", [], "n’est pas http", 1, "file:///etc/passwd"),
    Case("redirected to an unknown host", [], "n’est pas un hôte connu", 1, "http://localhost:9/x"),
    Case("redirected in a circle", [], "plus de 5 redirections", 6, f"/depot/{FRR}"),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_happens(
    workspace: Workspace, server: Server, monkeypatch: pytest.MonkeyPatch, case: Case
) -> None:
    ask = {"mirror": server.address, "only": ["frr_2025"], "http": QUICK}
    server.files[FRR] = made.frr(100)
    fetch(workspace, "2A", **ask)
    good = (workspace.raw / FRR).read_bytes()
    server.files[FRR] = case.content
    server.faults[FRR], server.always[FRR] = list(case.faults), case.always
    if case.always == "304":
        (workspace.raw / FRR).with_name("manifest.json").unlink()
    if case.always.startswith("slow"):
        ask["http"] = replace(QUICK, slow_after_s=0.2, slowest_bytes_s=10_000.0)
    server.asked.clear()
    server.sent_bytes = 0
    waits_s: list[float] = []
    clock = SimpleNamespace(monotonic=time.monotonic, sleep=waits_s.append)
    monkeypatch.setattr(download, "time", clock)

    report = fetch(workspace, "2A", **ask)

    assert report.missing == report.unchanged == ()
    assert server.asked[FRR] == case.requests
    assert all(case.waits_s[0] <= wait_s <= case.waits_s[1] for wait_s in waits_s)
    # The server counts a piece once it has gone: the slow one may be one byte behind.
    assert report.received_bytes <= server.sent_bytes + case.always.startswith("slow")
    held = workspace.raw / FRR
    if case.reason:
        reason = case.reason.replace("« ", "«\u00a0").replace(" »", "\u00a0»")
        assert reason in report.kept[0].reason
        assert held.read_bytes() == good
    else:
        assert report.fetched == ("frr_2025",)
        assert held.read_bytes() == case.content
        assert report.bytes == len(case.content)
        assert sha256_of(held) in held.with_name("manifest.json").read_text()
    assert not list(held.parent.glob(".tmp-*"))
