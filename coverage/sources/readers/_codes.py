"""Commune codes that changed: arrondissements of the three big cities, and merged communes."""

from __future__ import annotations

#: Municipal arrondissements -> the city's own code.
ARRONDISSEMENTS: dict[str, str] = {
    **{f"132{number:02d}": "13055" for number in range(1, 17)},
    **{f"6938{number}": "69123" for number in range(1, 10)},
    **{f"751{number:02d}": "75056" for number in range(1, 21)},
}

_MERGED = "commune fusionnée au 1ᵉʳ janvier 2024"
_SPLIT = "commune rétablie au 1ᵉʳ janvier 2024, que les contours de 2023 ne séparent pas encore"

#: Code -> (commune it is counted with, reason). The polygons are those of 2023 and the people
#: those of the communes of 2024: a polygon without people of its own is joined to the commune it
#: went into, and people without a polygon are counted where their polygon still is.
SUCCESSORS: dict[str, tuple[str, str]] = {
    "08294": ("08053", _MERGED),  # La Moncelle -> Bazeilles
    "16355": ("16097", _MERGED),  # Saint-Sulpice-de-Cognac -> Val-de-Cognac
    "18131": ("18173", _MERGED),  # Lugny-Bourbonnais -> Osmery
    "25282": ("25060", _MERGED),  # Goux-les-Usiers -> Val-d'Usiers
    "25549": ("25060", _MERGED),  # Sombacour -> Val-d'Usiers
    "35112": ("35062", _MERGED),  # Fleurigné -> La Chapelle-Fleurigné
    "49321": ("49160", _MERGED),  # Saint-Sigismond -> Ingrandes-le-Fresne-sur-Loire
    "64541": ("64300", _MERGED),  # Urdès -> Lacq
    "69152": ("69149", _MERGED),  # Pierre-Bénite -> Oullins-Pierre-Bénite
    "85041": ("85292", _MERGED),  # Cezais -> Rives-du-Fougerais
    "85271": ("85292", _MERGED),  # Saint-Sulpice-en-Pareds -> Rives-du-Fougerais
    "86231": ("86247", _MERGED),  # Saint-Macoux -> Val-de-Comporté
    "95282": ("95169", _MERGED),  # Gouzangrez -> Commeny
    "60694": ("60054", _SPLIT),  # Les Hauts-Talican, drawn with Beaumont-les-Nonains
    "85165": ("85084", _SPLIT),  # L'Oie, drawn with Essarts-en-Bocage
    "85212": ("85084", _SPLIT),  # Sainte-Florence, drawn with Essarts-en-Bocage
}


def counted_with(code: str) -> str:
    """Return the commune that a code is counted with in these tables; most are themselves."""
    if code in ARRONDISSEMENTS:
        return ARRONDISSEMENTS[code]
    return SUCCESSORS[code][0] if code in SUCCESSORS else code
