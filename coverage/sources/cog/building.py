"""Makes the shipped table of commune codes from the Code officiel géographique.

The source is ``data/communes.json`` of ``@etalab/decoupage-administratif`` (Licence Ouverte 2.0),
which is INSEE's code officiel géographique of one year: the communes, the parts that still have a
name of their own (delegated, associated, arrondissements), and the old codes of each commune since
1943. INSEE's own files tell moves one by one, with their dates, not where each code has come to.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from coverage.base.errors import SourceError

COLUMNS = ("code", "nom", "what", "other")
#: Communes of Guadeloupe until 2007, collectivities since: the source has them as these alone.
_LEFT_GUADELOUPE = {"97123": "97701", "97127": "97801"}
_PARTS = {
    "commune-deleguee": ("deleguee", "chefLieu"),
    "commune-associee": ("associee", "chefLieu"),
    "arrondissement-municipal": ("arrondissement", "commune"),
}


def codes_table(entries: Iterable[dict[str, Any]], year: int) -> str:
    """Return the table of codes of a year's entries: a line that says what it is, then a CSV.

    The columns are ``code``, ``nom`` (empty where it is not told), ``what`` became of the code
    (empty: a commune of today) and the ``other`` one that it is in. A code of a commune of today
    is that commune; then today's parts, which tell best where a code is; then old codes. Raises
    ``SourceError`` where a code is said to be in what is no commune of today.
    """
    entries = list(entries)
    communes = {
        entry["code"]: entry for entry in entries if entry.get("type") == "commune-actuelle"
    }
    rows = {code: (entry["nom"], "", "") for code, entry in communes.items()}
    for entry in entries:
        if entry.get("type") in _PARTS:
            what, field = _PARTS[entry["type"]]
            rows.setdefault(entry["code"], (entry["nom"], what, entry[field]))
    for other, entry in communes.items():
        for code in entry.get("anciensCodes", ()):
            what = "recodee" if _is_recoded(code, other) else "fusion"
            rows.setdefault(code, (entry["nom"] if what == "recodee" else "", what, other))
    for code, other in _LEFT_GUADELOUPE.items():
        if other in communes:
            rows.setdefault(code, (communes[other]["nom"], "recodee", other))
    lost = [code for code, (_, what, other) in rows.items() if what and other not in communes]
    if lost or not communes:
        told = f" ({lost[0]} est dit dans une commune qui n’existe pas)" if lost else ""
        raise SourceError(f"Ce n’est pas le code officiel géographique attendu{told}.")
    lines = [
        f"Code officiel géographique {year} (INSEE, mis en forme par Etalab), Licence Ouverte 2.0",
        ";".join(COLUMNS),
        *(";".join((code, *rows[code])) for code in sorted(rows)),
    ]
    return "\n".join(lines) + "\n"


def _is_recoded(code: str, other: str) -> bool:
    """Tell whether a code is that of the same commune before its département changed."""
    return code[:2] != other[:2] and code[2:] == other[2:]
