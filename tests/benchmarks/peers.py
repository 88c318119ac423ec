"""Peers run in a Python of their own, as child processes that answer one line at a time.

A child prepares its work, says so in one line, and then waits: for each request it runs the work
once and answers with the seconds, so that pairs really alternate. Nothing of a peer is imported
here. See ``children/_serve.py`` for the other end.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.settings import Settings

_CHILDREN = Path(__file__).parent / "children"
#: One thread each: what OpenMP, BLAS and numba are told.
_ONE_THREAD = dict.fromkeys(
    (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "NUMBA_NUM_THREADS",
        "NUMEXPR_NUM_THREADS",
        "BLOSC_NTHREADS",
    ),
    "1",
)


class PeerMissingError(Exception):
    """The peers' Python, or this peer in it, is not installed."""


class Peer:
    """A child process that has done its preparation; use it in a ``with``."""

    def __init__(self, settings: Settings, script: str, *arguments: str | Path) -> None:
        if not settings.peers.is_file():
            raise PeerMissingError(f"no {settings.peers.name} of the peers: run make bench")
        self._script = script
        self._child = subprocess.Popen(
            [settings.peers, _CHILDREN / f"{script}.py", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **_ONE_THREAD, "PYTHONPATH": str(_CHILDREN)},
        )
        ready = self._line()
        if "missing" in ready:
            self.close()
            raise PeerMissingError(ready["missing"])
        self.version: str = ready["version"]
        self.preparation: dict[str, float] = ready["preparation_s"]

    def seconds(self, work: str, **options: Any) -> float:
        """Have the work done once and return its seconds, measured by the child."""
        return float(self._ask({"work": work, "options": options})["seconds"])

    def answer(self, work: str, file: Path, **options: Any) -> Mapping[str, NDArray[Any]]:
        """Have the work done once and return what it found, as named arrays."""
        self._ask({"work": work, "options": options, "save": str(file)})
        with np.load(file) as saved:
            return {name: saved[name] for name in saved.files}

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        assert self._child.stdin is not None
        self._child.stdin.write(json.dumps(request) + "\n")
        self._child.stdin.flush()
        return self._line()

    def _line(self) -> dict[str, Any]:
        assert self._child.stdout is not None
        line = self._child.stdout.readline()
        if not line:
            raise RuntimeError(f"{self._script} ended with code {self._child.wait()}.")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        """End the child."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.close()
        self._child.wait()
        self._child.stdout.close()

    def __enter__(self) -> Peer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            self._child.kill()
        self.close()
