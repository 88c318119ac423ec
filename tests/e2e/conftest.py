"""A real Chromium on a real server, with every other host refused."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Route
from werkzeug.serving import WSGIRequestHandler, make_server

from coverage.base.workspace import Workspace
from coverage.model.results import StudyResult
from coverage.web.app import create_app
from tests.toy import toy_result
from tests.toy_detections import sounded_result

#: Cells that show less than they hold, or lie outside the box they scroll in.
CUT = """() => Array.from(document.querySelectorAll("th, td, dt, dd")).filter((cell) => {
    if (!cell.offsetWidth || cell.closest(".visually-hidden")) return false;
    if (cell.scrollWidth > cell.clientWidth + 1) return true;
    const right = cell.getBoundingClientRect().right;
    for (let box = cell.parentElement; box; box = box.parentElement) {
        const inside = box.getBoundingClientRect().left + box.clientLeft + box.clientWidth;
        const scrolls = getComputedStyle(box).overflowX !== "visible";
        if ((scrolls || box === document.body) && right > inside + 1) return true;
    }
    return false;
}).map((cell) => cell.outerHTML)"""


def cut_cells(page: Page) -> dict[int, list[str]]:
    """The cells whose content can't be read whole, by width of the window."""
    found = {}
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 844})
        found[width] = page.evaluate(CUT)
    return found


class _Quiet(WSGIRequestHandler):
    def log(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve an app on a free port of this machine while the block runs."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server of the toy town: 2A, as an estimate 36, with its counters 47."""
    toy = toy_result()
    estimated = toy_result(params=replace(toy.params, territory="36"), estimate=True)
    sounded = sounded_result(params=replace(toy.params, territory="47"))
    results: dict[str, StudyResult] = {"2A": toy, "36": estimated, "47": sounded}
    states = tuple(
        SimpleNamespace(
            code=code,
            nom=nom,
            state="ready",
            estimate=results[code].estimate,
            missing=("Détections au guichet",),
            run_id=toy.run_id,
        )
        for code, nom in (("2A", "Corse-du-Sud"), ("36", "Indre"), ("47", "Lot-et-Garonne"))
    )
    workspace = Workspace(tmp_path_factory.mktemp("workspace"))
    report = workspace.runs / toy.run_id / "report" / "rapport.pdf"
    report.parent.mkdir(parents=True)
    report.write_bytes(b"%PDF-1.7")
    app = create_app(workspace, load=lambda _, t: results[t], states=lambda _: states)
    with served(app) as here:
        yield here


@pytest.fixture(scope="session")
def demo_address(demo_workspace: Workspace) -> Iterator[str]:
    """The address of a server that shows the fictitious département."""
    with served(create_app(demo_workspace)) as here:
        yield here


@pytest.fixture(scope="session")
def real_address(real_workspace: Workspace) -> Iterator[str]:
    """The address of a server that shows 2A, 36 and 81."""
    with served(create_app(real_workspace)) as here:
        yield here


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Open a page of the toy town's app; nothing may go wrong or go elsewhere."""
    with opener(browser, address) as opened:
        yield opened


@contextmanager
def opener(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Open pages of one address; at the end nothing may have gone wrong or gone elsewhere."""
    wrong: list[str] = []
    contexts = []

    def guard(route: Route) -> None:
        if route.request.url.startswith((f"{address}/", "data:")):
            route.continue_()
        else:
            wrong.append(f"asked another host: {route.request.url}")
            route.abort()

    def opened(path: str, width: int = 1280, **options: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 844}, **options)
        contexts.append(context)
        page = context.new_page()
        page.route("**/*", guard)
        page.on("console", lambda message: wrong.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: wrong.append(f"script error: {error}"))
        page.goto(address + path, wait_until="load")
        return page

    yield opened
    for context in contexts:
        for page in context.pages:
            page.wait_for_load_state("load")  # a file half sent is a warning of the server
        context.close()
    assert wrong == []
