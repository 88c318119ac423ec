"""The composition root: the only storey that knows all the computing ones.

``run_territory`` goes from raw data to written results; ``compute`` is the study itself, layers
in and a ``StudyResult`` out; ``load_current`` reads the last one back. Names are loaded when they
are asked for: who computes need not load what reads or draws.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coverage.base.lazy import lazily

if TYPE_CHECKING:
    from coverage.study.build_files import BuildFiles as BuildFiles
    from coverage.study.build_files import build_key as build_key
    from coverage.study.build_files import is_built as is_built
    from coverage.study.computing import compute as compute
    from coverage.study.computing import place_permanences as place_permanences
    from coverage.study.drawing import catchment_kinds as catchment_kinds
    from coverage.study.drawing import draw_catchments as draw_catchments
    from coverage.study.layers import Layers as Layers
    from coverage.study.layers import load_layers as load_layers
    from coverage.study.results import current_run as current_run
    from coverage.study.results import load_current as load_current
    from coverage.study.results import load_result as load_result
    from coverage.study.run import Outcome as Outcome
    from coverage.study.run import build_territory as build_territory
    from coverage.study.run import run_territory as run_territory
    from coverage.study.states import TerritoryState as TerritoryState
    from coverage.study.states import territory_states as territory_states

_MODULE_OF = {
    "BuildFiles": "build_files",
    "Layers": "layers",
    "Outcome": "run",
    "TerritoryState": "states",
    "build_key": "build_files",
    "build_territory": "run",
    "catchment_kinds": "drawing",
    "compute": "computing",
    "current_run": "results",
    "draw_catchments": "drawing",
    "is_built": "build_files",
    "load_current": "results",
    "load_layers": "layers",
    "load_result": "results",
    "place_permanences": "computing",
    "run_territory": "run",
    "territory_states": "states",
}

__getattr__ = lazily(__name__, _MODULE_OF)
