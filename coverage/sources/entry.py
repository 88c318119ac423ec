"""What the catalogue says of a source, and of each of its files."""

from __future__ import annotations

from dataclasses import dataclass

GO_ON = "Lancez « maillage fetch », avec --mirror DOSSIER si vous avez une copie des fichiers"
#: What to do instead where a fetch has just failed.
TRY_LATER = "Recommencez plus tard, ou donnez avec --mirror DOSSIER une copie des fichiers"
OWN_ROADS = (
    "Déposez un réseau routier (.osm.pbf, GraphML d’OSMnx ou réponse Overpass) avec --roads ; "
    "« maillage fetch » en télécharge un avec --roads."
)


@dataclass(frozen=True)
class Contents:
    """What a file must hold to be the one that its reader knows.

    ``columns`` are those of a table (in its first ten lines), the properties of a layer or the keys
    of a list of records; ``rows`` is the least number of lines, objects or records.
    """

    columns: tuple[str, ...] = ()
    rows: int = 1


@dataclass(frozen=True)
class SourceFile:
    """One file as its producer publishes it; ``address`` is None where no public one is known.

    ``member`` names the file inside the archive (zip, 7z, gz) that the address gives (empty: the
    address gives the file itself): the end of its path, ``*`` allowed, ``*.7z!b.gpkg`` where an
    archive holds another. ``workbook`` is the name under which the same table is kept
    where it is published as a workbook. ``pages`` is the address of a list given page by page, for
    when the file itself is not to be had. ``limit_bytes`` is the most that a file may have, packed
    or unpacked.
    """

    name: str
    address: str | None = None
    member: str = ""
    workbook: str = ""
    pages: str = ""
    contents: Contents = Contents()
    limit_bytes: int = 100_000_000

    @property
    def names(self) -> tuple[str, ...]:
        """The names under which the file may be kept, the first one first."""
        return (self.name, self.workbook) if self.workbook else (self.name,)

    @property
    def public_name(self) -> str:
        """The name under which what the public address gives is kept."""
        return self.workbook or self.name


@dataclass(frozen=True)
class Source:
    """One source: whose data, under what licence, of what date, and who reads it.

    ``folder`` is ``<source>/<vintage>`` below ``data/raw`` and in a mirror; ``reader`` is
    ``module:function`` in ``coverage.sources.readers`` (empty: not read there); ``territories``
    are the départements that the source is for (none: all of them); ``remedy`` says in French what
    would fill the gap when the source is missing. A study can go on without an ``optional`` one.
    ``substitute`` is the id of the source to use where this one is not to be had. One that is
    fetched only when it is ``asked`` for by its id is too large to be brought unasked.
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
    asked: bool = False

    @property
    def remedy_after_fetch(self) -> str:
        """Return the remedy for who has just asked for the source in vain."""
        return self.remedy.replace(GO_ON, TRY_LATER)
