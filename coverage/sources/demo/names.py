"""Invented French names. None of the communes that can be made here exists (a test looks)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from coverage.base.crs import DEMO
from coverage.model.departements import full_name

TERRITORY = full_name(DEMO)
RIVER = "Aubrelle"
VALLEY_RIVER = "Sorgette"

STEMS = (
    "Albr Bramv Cauld Dorv Estrin Falm Garv Hauvr Jolv Lambr Morz Narv Orbr Pelv Quinv Roumv "
    "Salvr Tarv Ulmer Varz Vesp Brisol Corv Fontr Maldr Ostr Peyrv Ravin Sourd Trenv"
).split()
ENDINGS = "ac ières igny ols euil onne ange isse oux elles ondes aval".split()
SAINTS = (
    "Saint-Ormin Saint-Valdric Sainte-Aubrine Saint-Guérolt Sainte-Mélaure Saint-Cradin "
    "Saint-Ostave Sainte-Fridelle Saint-Bravin Saint-Elmond Sainte-Quirinde Saint-Hervaud"
).split()
CITY = "Maillebourg-sur-Aubrelle"


def commune_names(
    rng: np.random.Generator, riverside: NDArray[np.bool_], valley: NDArray[np.bool_]
) -> list[str]:
    """Return one name a commune, all different, the city's first."""
    pool = [f"{stem}{ending}" for stem in STEMS for ending in ENDINGS]
    order = rng.permutation(len(pool))
    saints = rng.permutation(len(SAINTS))
    # no stem twice among the first, so that names do not look alike
    firsts: dict[str, str] = {}
    for place in order:
        stem, name = STEMS[place // len(ENDINGS)], pool[place]
        firsts.setdefault(stem if stem not in firsts else f"{stem}/2", name)
    plain = iter(dict.fromkeys(firsts.values()))
    holy = iter(SAINTS[place] for place in saints)
    names = [CITY]
    for commune in range(1, len(riverside)):
        name = next(holy) if commune % 5 == 0 else next(plain)
        if riverside[commune]:
            name += f"-sur-{RIVER}"
        elif valley[commune]:
            name += f"-en-{VALLEY_RIVER}"
        names.append(name)
    return names


def of(name: str) -> str:
    """Return ``de`` with a name: ``d’Orbrac``, ``de Tarvigny``."""
    return f"d’{name}" if name[0] in "AEÉIOUYH" else f"de {name}"
