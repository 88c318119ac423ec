"""The floor plan's law on raw counts: it holds, and it breaks where someone breaks it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import grimp
import pytest
from importlinter.contracts.protected import ProtectedContract

ROOT = Path(__file__).resolve().parents[1]


def contracts() -> dict[str, ProtectedContract]:
    document = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    session: dict[str, Any] = {"root_packages": ["coverage"]}
    return {
        one["name"]: ProtectedContract(
            one["name"], session, {k: v for k, v in one.items() if k not in ("name", "type")}
        )
        for one in document["tool"]["importlinter"]["contracts"]
        if one["type"] == "protected"
    }


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("coverage", cache_dir=None)


def broken(graph: grimp.ImportGraph) -> list[str]:
    return [name for name, contract in contracts().items() if not contract.check(graph, False).kept]


def test_nobody_else_holds_raw_counts(graph: grimp.ImportGraph) -> None:
    assert len(contracts()) == 4
    assert broken(graph) == []


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("coverage.reports.maps", "coverage.model.raw_detections"),
        ("coverage.placement.problem", "coverage.model.raw_detections"),
        ("coverage.need.figures", "coverage.model.raw_detections"),
        ("coverage.study.computing", "coverage.sources.detections.counts"),
        ("coverage.study.layers", "coverage.need.disclosure.published"),
        ("coverage.web.pages", "coverage.need.detections"),
        ("coverage.web.detections", "coverage.study.owner"),
    ],
)
def test_whoever_else_reaches_for_them_breaks_the_build(
    graph: grimp.ImportGraph, importer: str, imported: str
) -> None:
    assert {importer, imported} <= graph.modules
    graph.add_import(importer=importer, imported=imported)
    try:
        assert len(broken(graph)) == 1
    finally:
        graph.remove_import(importer=importer, imported=imported)
