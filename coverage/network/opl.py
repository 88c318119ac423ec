"""The child process that reads OpenStreetMap extracts: ``python -I -S opl.py FILE FOLDER``.

It writes on its standard output the ways of the file that may be roads, as text (OPL, one line a
way), each node with its place. libosmium can die on a file made to hurt it (a NUL in a tag is
enough), and its writer on a full disk: here it takes nobody with it, and its memory goes back to
the system. Nothing else is imported, so that the child starts in a tenth of a second. FOLDER is
where osmium is installed.
"""

from __future__ import annotations

import sys

if __name__ == "__main__":
    sys.path.append(sys.argv[2])

import osmium  # noqa: I001 - found only once the line above has run


#: Ways are told as they are read: the parent reads their numbers meanwhile.
_BUFFER_BYTES = 1 << 17


def write_ways(path: str) -> None:
    """Write the ways with a ``highway`` or a ``route`` tag; the nodes are read first."""
    file = osmium.io.File(path, "pbf")
    places = osmium.NodeLocationsForWays(osmium.index.create_map("flex_mem"))
    places.ignore_errors()
    with osmium.io.Reader(file, osmium.osm.NODE) as reader:
        osmium.apply(reader, places)
    options = "opl,add_metadata=none,locations_on_ways=true"
    with (
        osmium.io.Reader(file, osmium.osm.WAY) as reader,
        osmium.SimpleWriter(osmium.io.File("-", options), bufsz=_BUFFER_BYTES) as writer,
    ):
        osmium.apply(reader, osmium.filter.KeyFilter("highway", "route"), places, writer)


if __name__ == "__main__":
    try:
        write_ways(sys.argv[1])
    except Exception as error:
        # Said at once: a writer that failed ends the process when it is let go.
        print(error, file=sys.stderr, flush=True)
        raise SystemExit(1) from None
