"""The catalogue: one declarative entry per source, and nothing else knows an address or a vintage.

A source is named by its id, never by "the newest folder": the folder ``<source>/<vintage>`` is
part of the entry, and it is the same in a mirror and in ``data/raw``.
"""

from __future__ import annotations

from pathlib import Path

from coverage.base.crs import DEMO
from coverage.base.errors import UserError
from coverage.base.workspace import Workspace
from coverage.sources.entries.ground import FINE_GROUND, GROUND
from coverage.sources.entries.places import PLACES
from coverage.sources.entries.zones import ZONES
from coverage.sources.entry import Source

#: The hosts that a source's address may lead to: these, and those below them.
HOSTS = (
    "data.gouv.fr",
    "laposte.fr",
    "insee.fr",
    "geopf.fr",
    "collectivites-locales.gouv.fr",
    "observatoire-des-territoires.gouv.fr",
    "raw.githubusercontent.com",
)

CATALOGUE: tuple[Source, ...] = (*GROUND, *PLACES, *ZONES, *FINE_GROUND)

_BY_ID = {entry.id: entry for entry in CATALOGUE}


def source(source_id: str) -> Source:
    """Return the entry of a source.

    Raises ``UserError`` listing the ids where there is no such source.
    """
    try:
        return _BY_ID[source_id]
    except KeyError:
        raise UserError(
            f"Source inconnue : « {source_id} ». Sources possibles : {', '.join(_BY_ID)}."
        ) from None


def available(workspace: Workspace, entry: Source) -> Source | None:
    """Return the source, or its substitute, whose files have all been fetched; None: neither."""
    if raw_files(workspace, entry.id) is not None:
        return entry
    return available(workspace, source(entry.substitute)) if entry.substitute else None


def needed_for(territory: str) -> tuple[Source, ...]:
    """Return the sources to fetch for a territory, in catalogue order.

    The fictitious one needs none; what must be asked for by its id is not among them.
    """
    return tuple(entry for entry in _of_territory(territory) if not entry.asked)


def sources_of(workspace: Workspace, territory: str) -> tuple[Source, ...]:
    """Return the sources that a territory is read from: those it needs, and those asked for."""
    return tuple(
        entry
        for entry in _of_territory(territory)
        if not entry.asked or raw_files(workspace, entry.id) is not None
    )


def _of_territory(territory: str) -> tuple[Source, ...]:
    if territory == DEMO:
        return ()
    stand_ins = {entry.substitute for entry in CATALOGUE}
    return tuple(
        entry
        for entry in CATALOGUE
        if entry.id not in stand_ins and (not entry.territories or territory in entry.territories)
    )


def raw_files(workspace: Workspace, source_id: str) -> tuple[Path, ...] | None:
    """Return the raw files of a source in catalogue order, or None when not all are there."""
    entry = source(source_id)
    folder = workspace.raw / entry.folder
    paths = [
        next((path for name in file.names if (path := folder / name).is_file()), None)
        for file in entry.files
    ]
    found = tuple(path for path in paths if path is not None)
    return found if len(found) == len(paths) else None
