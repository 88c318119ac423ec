"""The one door to numba.

numba looks for a module named ``coverage`` (the measuring tool) when it is imported and fails
on ours. So it is imported here, once, while ``sys.modules["coverage"]`` says "not installed".
Libraries that import numba by themselves (mapclassify) must come after this module.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

P = ParamSpec("P")
R = TypeVar("R")

# Compiled kernels are kept between runs, outside the source tree, which may be read-only.
os.environ.setdefault(
    "NUMBA_CACHE_DIR",
    str(Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "maillage" / "numba"),
)


def _import_numba() -> Any:
    ours = {
        name: module
        for name, module in sys.modules.items()
        if name == "coverage" or name.startswith("coverage.")
    }
    sys.modules["coverage"] = cast(Any, None)
    try:
        import numba
    finally:
        del sys.modules["coverage"]
        sys.modules.update(ours)
    return numba


numba = _import_numba()


def njit(function: Callable[P, R]) -> Callable[P, R]:
    """Compile ``function`` to machine code, releasing the GIL; the compiled code is cached."""
    return cast(Callable[P, R], numba.njit(cache=True, nogil=True)(function))
