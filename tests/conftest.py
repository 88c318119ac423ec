"""Fixtures shared by all tests."""

from __future__ import annotations

import fcntl
import os
import shutil
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


@pytest.fixture(scope="session")
def browser():
    """A real Chromium; without one the test is skipped, and under CI it fails."""
    from playwright.sync_api import sync_playwright

    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    with sync_playwright() as playwright:
        found = found or playwright.chromium.executable_path
        if not Path(found).is_file():
            reason = f"no Chromium found ({', '.join(names)}, or Playwright's own)"
            if os.environ.get("CI"):
                pytest.fail(reason)
            pytest.skip(reason)
        opened = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield opened
        opened.close()


def shared_workspace(
    factory: pytest.TempPathFactory, name: str, territories: tuple[str, ...], mirror: str | None
):
    """Run territories in a workspace once, for all the processes of this test run."""
    from coverage.base.workspace import Workspace
    from coverage.study import run_territory

    base = factory.getbasetemp()
    root = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    with (base.parent / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        workspace = Workspace(root)
        if not (root / "ready").exists():
            for territory in territories:
                run_territory(workspace, territory, mirror=mirror)
            (root / "ready").touch()
    return workspace


@pytest.fixture(scope="session")
def demo_workspace(tmp_path_factory: pytest.TempPathFactory):
    """A workspace in which the fictitious département has been run; read only."""
    return shared_workspace(tmp_path_factory, "shared-demo", ("00",), None)


@pytest.fixture(scope="session")
def real_workspace(mirror: Path, tmp_path_factory: pytest.TempPathFactory):
    """A workspace in which 2A (roads), 36 (straight lines), 81 (squares) have been run."""
    return shared_workspace(tmp_path_factory, "shared-real", ("2A", "36", "81"), str(mirror))
