"""The child process that reads OpenStreetMap extracts.

``python -I -S opl.py FILE OSMIUM_FOLDER OUR_FOLDER MEMORY_BYTES CPU_S`` writes on its standard
output the ways of the file that may be roads, as text (OPL, one line a way), each node with its
place. libosmium can die on a file made to hurt it (a NUL in a tag is enough), and its writer on a
full disk: here it takes nobody with it, it has no network and no more memory than it is given,
which goes back to the system. Nothing else is imported, so that the child starts in a tenth of a
second. The folders are where osmium and this package are installed.
"""

from __future__ import annotations

import sys

if __name__ == "__main__":
    sys.path += sys.argv[2:4]

# Found only once the line above has run.
import osmium

from coverage.base.limits import give_up

#: Ways are told as they are read: the parent reads their numbers meanwhile.
_BUFFER_BYTES = 1 << 17


def write_ways(path: str) -> None:
    """Write the ways with a ``highway`` or a ``route`` tag; the nodes are read first.

    Raises ``ValueError`` for a file that tells several versions of the same road.
    """
    file = osmium.io.File(path, "pbf")
    places = osmium.NodeLocationsForWays(osmium.index.create_map("flex_mem"))
    places.ignore_errors()
    with osmium.io.Reader(file, osmium.osm.NODE) as reader:
        if reader.header().has_multiple_object_versions:
            raise ValueError("c’est un historique, donnez un extrait d’une seule date")
        osmium.apply(reader, places)
    options = "opl,add_metadata=none,locations_on_ways=true"
    with (
        osmium.io.Reader(file, osmium.osm.WAY) as reader,
        osmium.SimpleWriter(osmium.io.File("-", options), bufsz=_BUFFER_BYTES) as writer,
    ):
        osmium.apply(reader, osmium.filter.KeyFilter("highway", "route"), places, writer)


if __name__ == "__main__":
    give_up(memory_bytes=int(sys.argv[4]), cpu_s=int(sys.argv[5]), file_bytes=0)
    try:
        write_ways(sys.argv[1])
    except Exception as error:
        # Said at once: a writer that failed ends the process when it is let go.
        print(error, file=sys.stderr, flush=True)
        raise SystemExit(1) from None
