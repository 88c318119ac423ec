"""The child's end of the line: do the work asked for, answer with the seconds.

Runs in the peers' Python: nothing of Maillage is imported here.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np


class Preparation:
    """Names the steps before the first request and how long each takes."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def step(self, name: str, work: Callable[[], Any]) -> Any:
        start = time.perf_counter()
        value = work()
        self.seconds[name] = round(time.perf_counter() - start, 4)
        return value


def serve(prepare: Callable[[Preparation], tuple[str, dict[str, Callable[..., Any]]]]) -> None:
    """Prepare, then answer each line of stdin.

    ``prepare`` returns the peer's name with its version, and its works by name. A work returns
    what it found: a dict of arrays when a request says where to ``save`` it.
    """
    # The libraries print what they like; the line to the parent is kept apart from that.
    line = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def say(message: dict[str, Any]) -> None:
        line.write(json.dumps(message) + "\n")
        line.flush()

    steps = Preparation()
    try:
        version, works = prepare(steps)
    except ImportError as missing:
        say({"missing": str(missing)})
        return
    # What was prepared is left alone by the garbage collector: a gift to the peer.
    gc.collect()
    gc.freeze()
    say({"version": version, "preparation_s": steps.seconds})
    for request in map(json.loads, sys.stdin):
        work, options = works[request["work"]], request["options"]
        start = time.perf_counter()
        found = work(**options)
        seconds = time.perf_counter() - start
        if "save" in request:
            np.savez(request["save"], **found)
        say({"seconds": seconds})
