"""Valhalla with its own car costing: FOLDER PBF."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from _serve import Preparation, serve

FOLDER, PBF = map(Path, sys.argv[1:3])
_TARGETS_A_STEP = 500


def prepare(steps: Preparation) -> tuple[str, dict[str, Callable[..., Any]]]:
    import valhalla

    tiles = FOLDER / PBF.name.removesuffix(".osm.pbf")
    tiles.mkdir(parents=True, exist_ok=True)
    config = valhalla.get_config(tile_extract="", tile_dir=tiles)
    config["mjolnir"]["concurrency"] = 1
    config["mjolnir"]["logging"] = config["loki"]["logging"] = {"type": ""}
    limits = config["service_limits"]["auto"]
    limits["max_matrix_location_pairs"] = limits["max_locations"] = 10_000_000
    limits["max_matrix_distance"] = 5_000_000.0
    file = FOLDER / f"{tiles.name}.json"
    file.write_text(json.dumps(config))
    program = Path(valhalla.__file__).parent / "bin" / "valhalla_build_tiles"
    steps.step(
        "build tiles",
        lambda: subprocess.run([program, "-c", file, PBF], check=True, stdout=sys.stderr),
    )
    actor = valhalla.Actor(str(file))

    def at(points: Any) -> list[dict[str, float]]:
        return [{"lon": float(x), "lat": float(y)} for x, y in points]

    def table(points: str) -> dict[str, Any]:
        """Times from each source to each target, in seconds; nan where there is no way."""
        with np.load(points) as loaded:
            sources, targets = loaded["sources"], loaded["targets"]
        seconds = np.full((len(sources), len(targets)), np.nan)
        for start in range(0, len(targets), _TARGETS_A_STEP):
            answer = actor.matrix(
                {
                    "sources": at(sources),
                    "targets": at(targets[start : start + _TARGETS_A_STEP]),
                    "costing": "auto",
                }
            )
            for k, row in enumerate(answer["sources_to_targets"]):
                times = [np.nan if cell["time"] is None else cell["time"] for cell in row]
                seconds[k, start : start + len(times)] = times
        return {"seconds": seconds}

    def isochrones(places: list[list[float]], minutes: list[int]) -> dict[str, Any]:
        """The contours of each place, one request a place; returns their vertices' number."""
        vertices = []
        for place in places:
            answer = actor.isochrone(
                {
                    "locations": at([place]),
                    "costing": "auto",
                    "contours": [{"time": limit} for limit in minutes],
                    "polygons": True,
                }
            )
            vertices += [
                sum(len(ring) for ring in feature["geometry"]["coordinates"])
                for feature in answer["features"]
            ]
        return {"vertices": np.array(vertices)}

    return f"Valhalla {valhalla.__version__}", {"table": table, "isochrones": isochrones}


serve(prepare)
