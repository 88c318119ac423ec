"""A real browser, and a page that may ask nothing of any host."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium; without one the test is skipped, and under CI it fails."""
    playwright = pytest.importorskip("playwright.sync_api")
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    with playwright.sync_playwright() as driver:
        found = found or driver.chromium.executable_path
        if not Path(found).is_file():
            reason = "no Chromium found (chromium, google-chrome, or Playwright's own)"
            if os.environ.get("CI"):
                pytest.fail(reason)
            pytest.skip(reason)
        running = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield running
        running.close()
