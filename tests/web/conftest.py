"""The app on the toy town, and its address book."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient

from coverage.base.errors import MissingLayerError
from coverage.base.workspace import Workspace
from coverage.model.results import StudyResult
from coverage.web.app import create_app
from tests.toy import toy_result


def state(code: str, nom: str, name: str, **changes: Any) -> Any:
    """What ``territory_states`` gives for one territory."""
    values = {"estimate": False, "missing": (), "run_id": None, **changes}
    return SimpleNamespace(code=code, nom=nom, state=name, **values)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


@pytest.fixture
def open_app(workspace: Workspace) -> Callable[..., FlaskClient]:
    """A client of the app that shows the given studies, by territory; none else is there."""

    def opened(results: dict[str, StudyResult], states: tuple[Any, ...] = ()) -> FlaskClient:
        def load(_: Workspace, territory: str) -> StudyResult:
            if territory not in results:
                raise MissingLayerError(f"Lancez : maillage run {territory}")
            return results[territory]

        app = create_app(workspace, load=load, states=lambda _: states)
        return app.test_client()

    return opened


@pytest.fixture
def client(open_app: Callable[..., FlaskClient]) -> FlaskClient:
    """The app with the toy town ready, another territory built, a third without data."""
    states = (
        state("demo", "Département de démonstration", "buildable", estimate=None),
        state("2A", "Corse-du-Sud", "ready", run_id="0" * 12),
        state("36", "Indre", "built", estimate=True, missing=("Réseau routier",)),
        state("47", "Lot-et-Garonne", "missing", estimate=None),
    )
    return open_app({"2A": toy_result()}, states)
