from __future__ import annotations

from pathlib import Path

import pytest

from coverage.base import limited
from coverage.base.errors import RefusedFileError
from coverage.model.answers import Repairs
from coverage.sources.given.lines import GivenLines, read_lines


@pytest.fixture
def here(monkeypatch):
    """Files are read in this process, as a limited child does."""
    monkeypatch.setattr(limited, "_inside", True)


@pytest.fixture
def read(tmp_path: Path, here):
    """Write a table (text or bytes) and read it as numbered lines."""

    def write_and_read(content: str | bytes, name: str = "t.csv") -> GivenLines:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_lines(path, "--places")

    return write_and_read


@pytest.fixture
def refused():
    """Return the refusal that a call ends with."""

    def call(work, *args, **options) -> RefusedFileError:
        with pytest.raises(RefusedFileError) as refusal:
            work(*args, **options)
        assert refusal.value.code not in refusal.value.sentence
        return refusal.value

    return call


@pytest.fixture
def repairs() -> Repairs:
    return Repairs()
