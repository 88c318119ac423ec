"""Projections: metres for France and its overseas départements, one table, else refused."""

from __future__ import annotations

from coverage.base.errors import UnknownTerritoryError, UserError

WGS84 = "EPSG:4326"

#: Legal projected reference systems of France, by département prefix.
_OVERSEAS = {"971": 5490, "972": 5490, "973": 2972, "974": 2975, "976": 4471}
_METROPOLE = 2154

#: Every département of France (INSEE), and the fictitious one.
DEPARTEMENTS: tuple[str, ...] = (
    *(f"{number:02d}" for number in range(1, 20)),
    "2A",
    "2B",
    *(f"{number:02d}" for number in range(21, 96)),
    *_OVERSEAS,
)
DEMO = "00"


def departement_of(code_insee: str) -> str:
    """Return the département of a commune code: ``2A004`` -> ``2A``, ``97411`` -> ``974``."""
    return code_insee[:3] if code_insee.startswith("97") else code_insee[:2]


def territory_code(text: str) -> str:
    """Return the code of a territory as the user wrote it (``2a``, ``1``, ``demo``).

    Raises ``UnknownTerritoryError`` where no such département exists.
    """
    code = text.strip().upper()
    if code in {"DEMO", DEMO}:
        return DEMO
    if code.isdigit() and len(code) == 1:
        code = f"0{code}"
    if code not in DEPARTEMENTS:
        raise UnknownTerritoryError(
            f"Territoire inconnu : « {text} ». Donnez un code de département (2A, 36, 974) ou demo."
        )
    return code


def territory_name(code: str) -> str:
    """Return the word that names a territory in paths and commands: ``2A``, ``demo``."""
    return "demo" if code == DEMO else code


def metric_epsg(territory: str) -> int:
    """Return the EPSG code in metres for a territory's distances and areas."""
    if territory == DEMO or territory in DEPARTEMENTS:
        return _OVERSEAS.get(territory, _METROPOLE)
    raise UserError(f"Pas de projection française pour « {territory} ».")


def utm_epsg(lon: float, lat: float) -> int:
    """Return the EPSG code of the UTM zone of a point (degrees, WGS 84), in metres.

    Zones are six degrees wide everywhere: the wider ones round Norway and Svalbard only change
    which of two neighbours is named.
    """
    zone = int((lon + 180.0) % 360.0 // 6.0) + 1
    return (32600 if lat >= 0 else 32700) + zone
