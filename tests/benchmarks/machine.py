"""The machine a figure was measured on, and the floor its memory sets."""

from __future__ import annotations

import os
import platform
import re
import time
from pathlib import Path
from typing import Any

import numpy as np


def describe() -> dict[str, Any]:
    """Return processor, cores, memory (GiB), system and load of the last minute."""
    return {
        "processor": _first("/proc/cpuinfo", "model name") or platform.processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "load": load(),
    }


def _first(path: str, key: str) -> str:
    try:
        lines = Path(path).read_text("utf-8").splitlines()
    except OSError:
        return ""
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(key)), "")


def peak_gb() -> float:
    """Return the most memory that this process has held (or since it was forgotten), 10⁹ bytes."""
    match = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text("ascii"))
    return 1024 * int(match[1]) / 1e9 if match else float("nan")


def forget_peak() -> None:
    """Have the system count the peak from here."""
    Path("/proc/self/clear_refs").write_text("5", "ascii")


def load() -> float:
    """Return the machine's load of the last minute."""
    return round(os.getloadavg()[0], 2)


def copy_bandwidth() -> float:
    """Return the bytes a second, read plus written, of one thread that copies 64 MiB."""
    source = np.ones(2**24, dtype=np.int32)
    target = np.empty_like(source)
    best_s = np.inf
    for _ in range(8):
        start = time.perf_counter()
        np.copyto(target, source)
        best_s = min(best_s, time.perf_counter() - start)
    return 2 * source.nbytes / best_s
