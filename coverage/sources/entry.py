"""What the catalogue says of a source, and of each of its files."""

from __future__ import annotations

from dataclasses import dataclass

GO_ON = "Lancez « maillage fetch », avec --mirror DOSSIER si vous avez une copie des fichiers"
OWN_ROADS = (
    "Déposez un réseau routier (.osm.pbf, GraphML d’OSMnx ou réponse Overpass) avec --roads ; "
    "« maillage fetch » en télécharge un avec --roads."
)


@dataclass(frozen=True)
class SourceFile:
    """One file as its producer publishes it; ``address`` is None where no public one is known.

    ``member`` names the file inside the zip that the address gives (empty: the address gives the
    file itself).
    """

    name: str
    address: str | None = None
    member: str = ""


@dataclass(frozen=True)
class Source:
    """One source: whose data, under what licence, of what date, and who reads it.

    ``folder`` is ``<source>/<vintage>`` below ``data/raw`` and in a mirror; ``reader`` is
    ``module:function`` in ``coverage.sources.readers`` (empty: not read there); ``territories``
    are the départements that the source is for (none: all of them); ``remedy`` says in French what
    would fill the gap when the source is missing. A study can go on without an ``optional`` one.
    ``substitute`` is the id of the source to use where this one is not to be had.
    """

    id: str
    title: str
    producer: str
    licence: str
    vintage: str
    folder: str
    files: tuple[SourceFile, ...]
    reader: str
    remedy: str = f"{GO_ON}."
    optional: bool = True
    territories: tuple[str, ...] = ()
    attribution: str = ""
    substitute: str = ""
