"""Draw the 10/20/30-minute catchments of a territory's partners and write them for QGIS.

    python scripts/catchments_to_partners.py 2A partenaires.gpkg --kind france_services

The territory must be built: maillage run 2A
"""

import argparse
import sys
from pathlib import Path

from coverage.base.crs import metric_epsg, territory_code
from coverage.base.errors import UserError
from coverage.base.workspace import Workspace
from coverage.reports.tables import write_catchments
from coverage.study import draw_catchments, load_layers

parser = argparse.ArgumentParser(description="Aires de desserte des partenaires.")
parser.add_argument("territory")
parser.add_argument("out", type=Path)
parser.add_argument("--kind", action="append", default=[])
parser.add_argument("--root")
args = parser.parse_args()
try:
    layers = load_layers(Workspace.locate(args.root), territory_code(args.territory))
    areas = draw_catchments(layers, tuple(args.kind), (10, 20, 30))
    write_catchments(areas, args.out.resolve(), layers.marks)
except UserError as error:
    sys.exit(f"{error}")

areas_km2 = areas.to_crs(metric_epsg(layers.territory)).area / 1e6
for minutes, km2 in zip(areas["minutes"], areas_km2, strict=True):
    print(f"{minutes} min : {km2:.0f} km² (dessin pour l'œil ; la couverture se compte ailleurs)")
