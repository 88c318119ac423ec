"""Build the shipped table of commune codes from a year's Code officiel géographique.

    python scripts/commune_codes.py communes.json 2026

``communes.json`` is in the folder ``data`` of the npm package ``@etalab/decoupage-administratif``
(its README says which version is which year's). Commit the table that it writes.
"""

import argparse
import json
import sys
from pathlib import Path

from coverage.base.errors import UserError
from coverage.sources import cog
from coverage.sources.cog.building import codes_table

parser = argparse.ArgumentParser(description="Table des codes de communes.")
parser.add_argument("communes", type=Path)
parser.add_argument("year", type=int)
parser.add_argument("-o", dest="out", type=Path)
args = parser.parse_args()
out = args.out or Path(cog.__path__[0], "communes.csv")
try:
    table = codes_table(json.loads(args.communes.read_text("utf-8")), args.year)
except (UserError, OSError, ValueError) as error:
    sys.exit(f"{error}")
out.write_bytes(table.encode())
print(f"{out} : {table.count(chr(10)) - 2} codes, {len(table.encode()) / 1e6:.2f} Mo")
