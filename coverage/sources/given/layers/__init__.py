"""Vector layers that a user gives: GeoJSON, GeoPackage, shapefile; points or polygons.

No format is read by GDAL here: what a file's content says never chooses its reader, and nothing
of another file, nor of an address, is ever opened.
"""

from coverage.sources.given.layers.layer import GivenLayer, check_layer, read_layer
from coverage.sources.given.layers.wanted import Wanted

__all__ = ["GivenLayer", "Wanted", "check_layer", "read_layer"]
