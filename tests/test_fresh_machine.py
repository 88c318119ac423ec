"""What a newcomer does: clone, ``make run``, look. With a new HOME and no mirror of real data."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
#: Generous: the libraries are downloaded, and the machine may be slow.
PATIENCE_S = 900

pytestmark = pytest.mark.slow


def clean_environment(home: Path) -> dict[str, str]:
    """The user's own environment, without what this test run or this project put there."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MAILLAGE_", "VIRTUAL_ENV"))}
    for name in ("CI", "MAKEFLAGS", "MAKELEVEL", "MFLAGS", "XDG_CACHE_HOME", "NUMBA_CACHE_DIR"):
        kept.pop(name, None)
    return {**kept, "HOME": str(home)}


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def page(port: int, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
        return str(answer.read().decode("utf-8"))


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("newcomer") / "maillage"
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: nothing to clone")
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(target)], check=True)
    assert not (target.parent / "shared").exists()
    return target


@pytest.fixture(scope="module")
def served(clone: Path) -> Iterator[tuple[int, dict[str, str]]]:
    home = clone.parent / "home"
    home.mkdir()
    environment, port = clean_environment(home), free_port()
    log = clone.parent / "make.log"
    with log.open("w") as out, subprocess.Popen(
        ["make", "run", f"PORT={port}"],
        cwd=clone, env=environment, stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
    ) as newcomer:  # fmt: skip
        try:
            end = time.monotonic() + PATIENCE_S
            while True:
                try:
                    page(port, "/health")
                    break
                except (urllib.error.URLError, ConnectionError):
                    assert newcomer.poll() is None, log.read_text("utf-8")
                    assert time.monotonic() < end, log.read_text("utf-8")
                    time.sleep(1)
            yield port, environment
        finally:
            os.killpg(newcomer.pid, signal.SIGINT)
            try:
                newcomer.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(newcomer.pid, signal.SIGKILL)


def test_make_run_opens_the_fictitious_departement(served):
    port, _ = served
    for path in ("/", "/t/demo/carte", "/t/demo/placement", "/t/demo/telechargements"):
        text = page(port, path)
        assert "territoire fictif" in text.lower(), path
        assert "Val-d’Aubrelle" in text, path


def test_a_taken_port_is_one_sentence(served, clone):
    port, environment = served
    again = subprocess.run(
        ["make", "run", f"PORT={port}"],
        cwd=clone, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert again.returncode == 2
    lines = [line for line in again.stderr.splitlines() if line.startswith("maillage : ")]
    assert len(lines) == 1
    assert str(port) in lines[0]


def test_nothing_is_left_in_the_checkout_that_git_sees(served, clone):
    status = subprocess.run(
        ["git", "status", "--porcelain"], cwd=clone, capture_output=True, text=True, check=True
    )
    assert status.stdout == ""
