"""Which territories are ready to look at, built, buildable, or still to be fetched."""

from __future__ import annotations

from dataclasses import dataclass

from coverage.base.crs import DEMO, DEPARTEMENTS, territory_name
from coverage.base.errors import UserError
from coverage.base.workspace import Workspace
from coverage.model.departements import full_name
from coverage.sources.catalogue import available, needed_for
from coverage.study.layer_files import LAYERS, protected_layers_of, store_of
from coverage.study.results import current_run


@dataclass(frozen=True)
class TerritoryState:
    """One line of ``maillage territories``; ``missing`` are titles of sources, in French.

    ``state``: ``ready`` (a study can be opened), ``built`` (layers are there), ``buildable``
    (required sources are fetched) or ``missing``.
    """

    code: str
    nom: str
    state: str
    estimate: bool | None
    missing: tuple[str, ...]
    run_id: str | None
    release: int | None


def _state(workspace: Workspace, code: str) -> TerritoryState:
    store = store_of(workspace, code)
    sources = () if code == DEMO else needed_for(code)
    there = {source.id: available(workspace, source) is not None for source in sources}
    lacking = [source.title for source in sources if not there[source.id]]
    estimate, run_id, release = None, current_run(workspace, code), None
    try:
        versions = store.versions()
        estimate = bool(versions["costs"].passport["estimate"])
        listed = versions["communes"].passport["sources"]
        lacking = [row["title"] for row in listed if row["status"] == "missing"]
        built = set(LAYERS) <= set(versions)
        told = [versions[layer].passport for layer in protected_layers_of(versions)]
        if told and told[0].get("counted", True):
            release = int(told[0]["release"])
    except (UserError, OSError, KeyError):  # not built, or damaged: to be built
        built = False
    if built and run_id:
        state = "ready"
    elif built:
        state = "built"
    elif code == DEMO or all(there[source.id] for source in sources if not source.optional):
        state = "buildable"
    else:
        state = "missing"
    name = territory_name(code)
    return TerritoryState(name, full_name(code), state, estimate, tuple(lacking), run_id, release)


def territory_states(workspace: Workspace) -> tuple[TerritoryState, ...]:
    """Return the state of the fictitious territory and of every département, in code order."""
    return tuple(_state(workspace, code) for code in (DEMO, *DEPARTEMENTS))
