"""Which readers are tried: by which door, from which files to start, and how these are changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.fuzz import mutators
from tests.sources.given.cases import (
    layers,
    roads,
    sheets,
    tables,
    variants_archives,
    variants_csv,
    variants_geojson,
    variants_geopackages,
    variants_kinds,
    variants_more_layers,
    variants_more_tables,
    variants_roads,
    variants_sheets,
    variants_values,
)
from tests.sources.given.cases.case import Case

#: A file larger than this teaches a fuzzer nothing, and slows it down.
_MOST_BYTES = 120_000

_CASES: list[Case] = [
    *tables.CASES,
    *sheets.CASES,
    *layers.CASES,
    *roads.CASES,
    *variants_csv.VARIANTS,
    *variants_values.VARIANTS,
    *variants_sheets.VARIANTS,
    *variants_geojson.VARIANTS,
    *variants_geopackages.VARIANTS,
    *variants_archives.VARIANTS,
    *variants_roads.VARIANTS,
    *variants_kinds.VARIANTS,
    *variants_more_tables.VARIANTS,
    *variants_more_layers.VARIANTS,
]


@dataclass(frozen=True)
class Reader:
    """A reader: the kind of content and the end of the names that lead to it.

    ``mutate`` changes a file so that it stays one of its format, where bytes changed at random
    would only meet a checksum. ``part`` is a function of a path that is called instead of the
    whole door, where that starts a process for each file.
    """

    kind: str
    suffix: str
    mutate: mutators.Mutate | None = None
    part: str = ""

    def seeds(self) -> Iterator[bytes]:
        """Give the files of the cases that this reader reads, the small ones."""
        with TemporaryDirectory() as folder:
            for case in _CASES:
                mine = case.kind == self.kind and case.file.lower().endswith(self.suffix)
                if mine:
                    content = case.written_in(Path(folder)).read_bytes()
                    if len(content) <= _MOST_BYTES:
                        yield content


#: By the names that ``make fuzz READER=…`` takes.
READERS: dict[str, Reader] = {
    "csv": Reader("counts", ".csv"),
    "places": Reader("places", ".csv"),
    "detections": Reader("detections", ".csv"),
    "xlsx": Reader("counts", ".xlsx", mutators.archive),
    "geojson": Reader("layer", ".geojson"),
    "geopackage": Reader("layer", ".gpkg", mutators.database),
    "shapefile": Reader("layer", ".zip", mutators.archive),
    "xml": Reader("layer", ".kml"),
    "pbf": Reader("roads", ".osm.pbf", mutators.extract),
    "pbf-blocks": Reader("roads", ".osm.pbf", part="coverage.network.blocks:check_blocks"),
    "graphml": Reader("roads", ".graphml"),
    "overpass": Reader("roads", ".json"),
}
