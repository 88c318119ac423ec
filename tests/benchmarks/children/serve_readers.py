"""pyrosm and osmnx, from an extract to a graph one can route on: FOLDER PBF pyrosm|osmnx."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from _serve import Preparation, serve

FOLDER, PBF, PEER = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
#: Classes on which osmnx lets a car drive are all but these (its ``network_type="drive"``).
_NOT_DRIVEN = set(
    "abandoned bridleway bus_guideway construction corridor cycleway elevator escalator footway "
    "no path pedestrian planned platform proposed raceway razed rest_area service services steps "
    "track".split()
)
warnings.simplefilter("ignore")


def pyrosm_works(steps: Preparation) -> tuple[str, dict[str, Callable[..., Any]]]:
    from pyrosm import OSM

    def graph(graph_type: str) -> dict[str, Any]:
        """The car network as a graph of this library, weighted by length."""
        extract = OSM(str(PBF))
        nodes, edges = extract.get_network("driving", nodes=True)
        made = extract.to_graph(nodes, edges, graph_type=graph_type)
        count = made.vcount() if graph_type == "igraph" else made.number_of_nodes()
        return {"nodes": count}

    return f"pyrosm {version('pyrosm')}", {"graph": graph}


def osmnx_works(steps: Preparation) -> tuple[str, dict[str, Callable[..., Any]]]:
    import osmnx

    xml = FOLDER / f"{PBF.name.removesuffix('.osm.pbf')}.osm"
    steps.step("extract to XML", lambda: write_driven(xml))

    def graph() -> dict[str, Any]:
        """The simplified car network with travel times on its edges."""
        made = osmnx.graph_from_xml(xml)
        made = osmnx.add_edge_travel_times(osmnx.add_edge_speeds(made))
        return {"nodes": made.number_of_nodes()}

    return f"osmnx {version('osmnx')}", {"graph": graph}


def write_driven(xml: Path) -> None:
    """Write the roads that osmnx calls ``drive`` and their nodes as OSM XML."""
    import osmium

    ways = osmium.FileProcessor(str(PBF), osmium.osm.WAY).with_filter(
        osmium.filter.KeyFilter("highway")
    )
    kept = {way.id for way in ways if way.tags["highway"] not in _NOT_DRIVEN}
    xml.unlink(missing_ok=True)
    with osmium.BackReferenceWriter(str(xml), ref_src=str(PBF)) as writer:
        for way in osmium.FileProcessor(str(PBF), osmium.osm.WAY):
            if way.id in kept:
                writer.add(way)


serve({"pyrosm": pyrosm_works, "osmnx": osmnx_works}[PEER])
