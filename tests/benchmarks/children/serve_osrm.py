"""OSRM with contraction hierarchies and its own car profile: FOLDER PBF."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from _serve import Preparation, serve

FOLDER, PBF = map(Path, sys.argv[1:3])


def prepare(steps: Preparation) -> tuple[str, dict[str, Callable[..., Any]]]:
    import osrm

    package = Path(osrm.__file__).parent
    base = FOLDER / PBF.name.removesuffix(".osm.pbf")

    def run(program: str, *arguments: str | Path) -> None:
        command = [package / "bin" / program, "--verbosity", "ERROR", "--threads", "1", *arguments]
        subprocess.run(command, check=True)

    profile = package / "share" / "profiles" / "car.lua"
    steps.step("extract", lambda: run("osrm-extract", "-p", profile, "--output", base, PBF))
    steps.step("contract", lambda: run("osrm-contract", base))
    engine = osrm.OSRM(
        storage_config=str(base),
        algorithm="CH",
        use_shared_memory=False,
        max_locations_distance_table=-1,
    )

    def load(file: str) -> tuple[list[tuple[float, float]], list[int], list[int]]:
        with np.load(file) as points:
            sources, targets = points["sources"], points["targets"]
        coordinates = [(float(x), float(y)) for x, y in np.concatenate((sources, targets))]
        return coordinates, [*range(len(sources))], [*range(len(sources), len(coordinates))]

    known: dict[str, tuple[list[tuple[float, float]], list[int], list[int]]] = {}

    def table(points: str, arrays: bool = True) -> dict[str, Any]:
        """Times from each source to each target, in seconds; nan where there is no way."""
        coordinates, sources, targets = known.setdefault(points, load(points))
        asked = osrm.TableParameters(
            coordinates=coordinates,
            sources=sources,
            destinations=targets,
            annotations=["duration"],
            generate_hints=False,
        )
        answer = engine.Table(asked)
        if not arrays:
            return {}
        rows = [list(row) for row in answer["durations"]]
        return {"seconds": np.array(rows, dtype=np.float64)}

    return f"OSRM {version('osrm-bindings')} CH", {"table": table}


serve(prepare)
