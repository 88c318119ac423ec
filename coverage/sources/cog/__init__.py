"""The commune codes that INSEE has given, and the commune of today that each one names.

``communes.csv`` is built by ``scripts/commune_codes.py`` from the Code officiel géographique.
"""

from coverage.sources.cog.codes import CommuneCodes, Moved, commune_codes

__all__ = ["CommuneCodes", "Moved", "commune_codes"]
