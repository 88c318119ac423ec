"""For the owner of the counts alone: what was counted at each counter, and what protection costs.

Whoever shows or writes it reads it, then calls ``note_access``, and only then shows or writes it:
each look is on record, and nothing is where there was nothing to see.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from coverage.base.crs import territory_name
from coverage.base.errors import MissingLayerError
from coverage.base.files import no_room_is_told
from coverage.base.store import LayerStore
from coverage.base.workspace import Workspace
from coverage.model.detections import ProtectedDetections
from coverage.model.raw_detections import RawDetections
from coverage.model.territory import marks
from coverage.need.detections import BlockDeparture, by_bureau, departure
from coverage.reports.cells import write_table
from coverage.sources.detections import raw_detections
from coverage.study.layer_files import ONLY_OWNER, protected_layers_of, read_layers, store_of
from coverage.study.protection import ACTIVITY, COUNTS, protected_from

#: Where each look at raw counts is written down, in the folder of the runs.
ACCESS_FILE = "acces.jsonl"
#: What the name of every file of raw counts begins with, and what each of its lines says.
RAW_PREFIX, RESTRICTED = "donnees-brutes-", "restreinte : propriétaire seulement"


@dataclass(frozen=True, eq=False, repr=False)
class OwnerView:
    """What the owner's page shows.

    ``bureaux``: the table of ``need.detections.by_bureau``. ``departure``: how far the map by block
    is from these, None where there is no block. ``held``: the blocks whose figures are those of an
    earlier release, because too little was added since: ``block_id, nom, release, since, until``.
    """

    bureaux: pd.DataFrame
    departure: BlockDeparture | None
    held: pd.DataFrame


def owner_view(workspace: Workspace, territory: str) -> OwnerView:
    """Return what the owner sees. Raises ``MissingLayerError`` where nothing is loaded."""
    raw, protected = _loaded(store_of(workspace, territory))
    blocks = protected.blocks
    held = blocks.loc[
        blocks["release"] < protected.release, ["block_id", "nom", "release", "since", "until"]
    ]
    told = not (blocks.empty or raw.counts.empty)
    return OwnerView(
        by_bureau(raw),
        departure(raw, protected) if told else None,
        pd.DataFrame(held).reset_index(drop=True),
    )


def owner_tables(workspace: Workspace, territory: str) -> dict[str, pd.DataFrame]:
    """Return the raw counts as the export tells them.

    ``periodes``: a row a bureau and period. ``bureaux``: a row a bureau, with its rate.
    ``activite``. Raises ``MissingLayerError`` where nothing is loaded.
    """
    raw, _ = _loaded(store_of(workspace, territory))
    names = pd.DataFrame(raw.bureaux[["id_bureau", "nom", "code_insee"]])
    return {
        "periodes": names.merge(raw.counts, on="id_bureau").sort_values(["id_bureau", "debut"]),
        "bureaux": by_bureau(raw),
        "activite": raw.activity.sort_values(["lieu", "debut"]),
    }


def write_owner_export(
    tables: Mapping[str, pd.DataFrame], territory: str, folder: Path
) -> tuple[Path, ...]:
    """Write ``owner_tables`` into a folder, and return the files, ``donnees-brutes-….csv``.

    Each line says that it is restricted.
    """
    said, written = marks(territory, estimate=False), []
    for name, table in tables.items():
        written.append(folder / f"{RAW_PREFIX}{name}.csv")
        write_table(table.assign(diffusion=RESTRICTED), written[-1], said)
        written[-1].chmod(ONLY_OWNER)
    return tuple(written)


def note_access(workspace: Workspace, territory: str, *, who: str, what: str) -> None:
    """Write down that someone looks at raw counts: when, who, of which territory, what.

    A line of JSON in ``runs/acces.jsonl``, which only the user of this workspace may read. Raises
    ``DiskFullError`` or ``UnwritableError``: what can't be written down isn't to be shown.
    """
    line = {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "who": who,
        "territory": territory_name(territory),
        "what": what,
    }
    path = workspace.runs / ACCESS_FILE
    with no_room_is_told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, ONLY_OWNER)
        with os.fdopen(descriptor, "a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def _loaded(store: LayerStore) -> tuple[RawDetections, ProtectedDetections]:
    """Return the counts as they came, and what is told of them."""
    now = store.versions()
    given = [layer for layer in (COUNTS, ACTIVITY) if layer in now]
    tables, versions = read_layers(store, ("sites", *protected_layers_of(now), *given))
    protected = protected_from(tables, versions)
    if protected is None:
        raise MissingLayerError(
            f"Aucune détection n’est chargée pour {store.folder.name}. Lancez\u00a0: "
            f"maillage build {store.folder.name} --detections FICHIER"
        )
    raw = raw_detections(tables.get(COUNTS), tables.get(ACTIVITY), tables["sites"])
    return raw, protected
