"""What is compiled ahead is what a study needs."""

from __future__ import annotations

import subprocess
import sys

import pytest

_A_STUDY = """
import importlib, pkgutil, sys
from pathlib import Path
from coverage.base.jit import numba
import coverage.need, coverage.network
from coverage.base.workspace import Workspace
from coverage.study import run_territory
from coverage.study.warm import warm

kernels = {}
modules = [
    found.name
    for storey in (coverage.network, coverage.need)
    for found in pkgutil.iter_modules(storey.__path__, storey.__name__ + ".")
]
for module in modules:
    for name, value in vars(importlib.import_module(module)).items():
        if isinstance(value, numba.core.dispatcher.Dispatcher):
            kernels[value.py_func.__module__, name] = value

def called():
    return {key: set(map(str, kernel.signatures)) for key, kernel in kernels.items()}

warm()
before = called()
assert sum(map(bool, before.values())) > 5, before
run_territory(Workspace(Path(sys.argv[1])), "00")
more = {key: found - before[key] for key, found in called().items() if found - before[key]}
assert not more, more
"""


def test_a_study_calls_nothing_that_was_not_compiled_ahead(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", _A_STUDY, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_it_is_a_command_that_says_nothing():
    done = subprocess.run(
        [sys.executable, "-m", "coverage.study.warm"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.slow
def test_with_an_empty_cache_nothing_is_left_to_compile(tmp_path, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "numba"))
    monkeypatch.setenv("NUMBA_DEBUG_CACHE", "1")
    saved = []
    for command in (["coverage.study.warm"], ["coverage", "run", "demo", "--root", str(tmp_path)]):
        done = subprocess.run(
            [sys.executable, "-m", *command], capture_output=True, text=True, check=True
        )
        saved.append(done.stdout.count("data saved"))
    assert saved[0] > 20
    assert saved[1] == 0
