"""Fixtures shared by all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# numba must come through our door before anything else imports it
import coverage.base.jit  # noqa: F401

# Machines differ in speed; a property must not fail because one is slow or was unlucky.
settings.register_profile("maillage", deadline=None, derandomize=True)
settings.load_profile("maillage")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def mirror() -> Path:
    """The mirror of real data; without it the test is skipped, and under CI it fails."""
    path = Path(os.environ.get("MAILLAGE_MIRROR") or ROOT.parent / "shared" / "data").resolve()
    if not (path / "SOURCES.md").is_file():
        reason = f"no mirror of real data at {path} (set MAILLAGE_MIRROR)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return path
