"""The composition root: the only storey that knows all the computing ones.

``run_territory`` goes from raw data to written results; ``compute`` is the study itself, layers
in and a ``StudyResult`` out; ``load_current`` reads the last one back.
"""

from coverage.study.build import BuildFiles, build_key, is_built
from coverage.study.compute import compute, place_permanences
from coverage.study.drawing import catchment_kinds, draw_catchments
from coverage.study.layers import Layers, load_layers
from coverage.study.results import current_run, load_current, load_result
from coverage.study.run import Outcome, build_territory, run_territory
from coverage.study.states import TerritoryState, territory_states

__all__ = [
    "BuildFiles",
    "Layers",
    "Outcome",
    "TerritoryState",
    "build_key",
    "build_territory",
    "catchment_kinds",
    "compute",
    "current_run",
    "draw_catchments",
    "is_built",
    "load_current",
    "load_layers",
    "load_result",
    "place_permanences",
    "run_territory",
    "territory_states",
]
