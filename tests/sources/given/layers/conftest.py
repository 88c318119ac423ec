from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from coverage.base import limited
from coverage.model.answers import Answer
from coverage.sources.given.layers import check_layer
from tests.sources.given.layers.making import saved


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are read in this process, as a limited child does."""
    monkeypatch.setattr(limited, "_inside", True)


@pytest.fixture
def answer(tmp_path: Path) -> Callable[..., Answer]:
    """What is answered to a document, a text or bytes."""

    def check(document: Any, name: str = "c.geojson") -> Answer:
        return check_layer(saved(tmp_path, document, name))

    return check
