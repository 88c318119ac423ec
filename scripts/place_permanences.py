"""Propose N new permanences for a built territory and print how good the plan is.

    python scripts/place_permanences.py 2A --new 3 --minutes 20

The territory must be built: maillage run 2A
"""

import argparse
import sys

from coverage.base.crs import territory_code
from coverage.base.errors import UserError
from coverage.base.workspace import Workspace
from coverage.model.params import StudyParams
from coverage.model.services import ServiceTable
from coverage.model.words import percent, share_of, whole
from coverage.study import load_layers, place_permanences

parser = argparse.ArgumentParser(description="Propose N nouvelles permanences.")
parser.add_argument("territory")
parser.add_argument("--new", type=int, default=3)
parser.add_argument("--minutes", type=int, default=20)
parser.add_argument("--root")
args = parser.parse_args()
try:
    workspace = Workspace.locate(args.root)
    params = StudyParams(territory_code(args.territory), new=args.new, minutes=args.minutes)
    layers = load_layers(workspace, params.territory)
    plan = place_permanences(layers, params, ServiceTable.load(workspace.root))
except UserError as error:
    sys.exit(f"{error}")

for number, site in enumerate(plan.sites, 1):
    print(f"{number}. {site.nom} ({site.kind}) : + {whole(site.newly_covered)} habitants")
print(
    f"{percent(share_of(plan.baseline, plan.total))} couverts aujourd'hui, "
    f"{percent(share_of(plan.objective, plan.total))} avec ce plan ({plan.status_text})."
)
