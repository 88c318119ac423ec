"""Writing the invented roads as OSMnx would: GraphML, gzipped, the same bytes each time."""

from __future__ import annotations

import gzip

from coverage.sources.demo.plane import to_lonlat
from coverage.sources.demo.roads import Roads

_KEYS = (
    ("crs", "graph"),
    ("created_with", "graph"),
    ("simplified", "graph"),
    ("x", "node"),
    ("y", "node"),
    ("osmid", "edge"),
    ("highway", "edge"),
    ("oneway", "edge"),
    ("reversed", "edge"),
    ("length", "edge"),
    ("maxspeed", "edge"),
    ("bridge", "edge"),
)
_ID = {name: f"d{number}" for number, (name, _) in enumerate(_KEYS)}


def _data(name: str, value: object) -> str:
    return f'<data key="{_ID[name]}">{value}</data>'


def graphml_bytes(roads: Roads) -> bytes:
    """Return the file ``roads.graphml.gz``; two-way roads become two arcs.

    Every value is a text or number of our own making: nothing needs escaping.
    """
    lines = [
        "<?xml version='1.0' encoding='utf-8'?>",
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
    ]
    lines += [
        f'<key id="{_ID[name]}" for="{owner}" attr.name="{name}" attr.type="string"/>'
        for name, owner in _KEYS
    ]
    lines += [
        '<graph edgedefault="directed">',
        _data("crs", "epsg:4326"),
        _data("created_with", "Maillage: invented roads, no place on Earth"),
        _data("simplified", True),
    ]
    lines += [
        f'<node id="{number}">{_data("x", lon)}{_data("y", lat)}</node>'
        for number, (lon, lat) in enumerate(to_lonlat(roads.xy).tolist(), start=1)
    ]
    for road, (start, end) in enumerate((roads.pairs + 1).tolist()):
        lines.append(_arc(roads, road, start, end, back=False))
        if not roads.oneway[road]:
            lines.append(_arc(roads, road, end, start, back=True))
    lines += ["</graph>", "</graphml>", ""]
    return gzip.compress("\n".join(lines).encode("utf-8"), compresslevel=6, mtime=0)


def _arc(roads: Roads, road: int, start: int, end: int, *, back: bool) -> str:
    values = [
        _data("osmid", road + 1),
        _data("highway", roads.highway[road]),
        _data("oneway", bool(roads.oneway[road])),
        _data("reversed", back),
        _data("length", float(roads.length_m[road])),
    ]
    if roads.maxspeed[road]:
        values.append(_data("maxspeed", roads.maxspeed[road]))
    if roads.bridge[road]:
        values.append(_data("bridge", "yes"))
    return f'<edge source="{start}" target="{end}" id="0">{"".join(values)}</edge>'
