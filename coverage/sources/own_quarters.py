"""The outlines of priority districts (QPV) that somebody gives, and the people of each.

Nothing is kept unless every object is understood; the faults are told together, by the objects'
numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from coverage.base.errors import RefusedFileError
from coverage.model.answers import Repair, Repairs
from coverage.model.quarters import GENERATIONS, Generation, departement_of_qpv, generation_of
from coverage.model.words import whole
from coverage.sources.given.cells import Cell, shown
from coverage.sources.given.faults import LineError
from coverage.sources.given.header import normal_name
from coverage.sources.given.layers import read_layer
from coverage.sources.given.layers.features import FeatureError, refuse
from coverage.sources.given.numbers import count
from coverage.sources.readers._area import Area

#: Column -> the titles that mean it, as ``normal_name`` gives them, the best first.
COLUMNS: dict[str, tuple[str, ...]] = {
    "code_qp": (
        *("code_qp", "code_qpv", "code_quartier", "code_du_quartier", "codgeo", "id_qp", "id_qpv"),
        *("qp", "qpv", "code"),
    ),
    "lib_qp": (
        *("lib_qp", "nom_qp", "lib_qpv", "nom_qpv", "nom_quartier", "nom_du_quartier"),
        *("libelle_qp", "libelle_qpv", "libelle_du_quartier", "nom", "libelle"),
    ),
    "population": (
        *("population", "pop_mun", "population_municipale", "pop_municipale", "persons"),
        *("habitants", "nb_habitants", "nombre_d_habitants", "pop"),
    ),
}
_NEEDED = ("code_qp", "lib_qp")
#: A smaller part of a QPV than this in a commune comes of borders that were drawn twice.
SLIVER = 0.01
_TOLD_TITLES = 12
_TOLD_OBJECTS = 5
_AS_PUBLISHED = (
    "Nommez les colonnes code_qp, lib_qp et, si vous l’avez, population, comme l’ANCT les publie."
)


@dataclass(frozen=True)
class OwnQuarters:
    """The QPV of a territory in a layer: ``table`` has ``code, nom, geometry`` (EPSG:4326).

    ``persons`` by code, null where the layer does not tell them; ``unread`` are the titles of the
    columns that were left aside.
    """

    table: gpd.GeoDataFrame
    persons: pd.Series[float]
    generation: Generation
    repairs: tuple[Repair, ...]
    unread: tuple[str, ...]


def read_own_quarters(path: Path, area: Area, communes: gpd.GeoDataFrame) -> OwnQuarters:
    """Read the QPV of a territory in a layer of outlines (``code_qp``, ``lib_qp``).

    Its columns may go by other titles (``COLUMNS``); QPV of other départements are left aside.
    ``communes`` (``code_insee, population, geometry``) hold the people that a QPV may have.
    Raises ``RefusedFileError``: what ``read_layer`` refuses, a column that is lacking or there
    twice, and by their objects codes or names that can't be, generations that are mixed, QPV that
    are not where their code says, populations that can't be. NO_ROWS where none is the territory's.
    """
    layer = read_layer(path)
    repairs = Repairs()
    repairs.extend(layer.repairs)
    if layer.kind != "polygones":
        raise _refused(
            "MIXED_GEOMETRY", path, "ce sont des points. Donnez les contours des quartiers."
        )
    found = _columns(path, layer.table, repairs)
    faults: list[tuple[int, FeatureError]] = []
    table = _named(layer.table, found, repairs, faults)
    _find_mixed(table, faults)
    _find_twice(table, faults)
    here = table["code"].map(lambda code: bool(code) and departement_of_qpv(code) == area.territory)
    own = table[here]
    for number, shape in zip(own.index, own.geometry, strict=True):
        if not shapely.intersects(shapely.make_valid(shape), area.outline):
            told = (
                "son contour n’est pas dans le département de son code\u202f; corrigez le code ou "
                "la projection"
            )
            faults.append((number, FeatureError("BAD_ID", told)))
    persons = _people(layer.table, found, own, communes, repairs, faults)
    if faults:
        refuse(path.name, faults)
    if not here.any():
        raise _refused("NO_ROWS", path, _of_others(table, area.territory))
    generation = generation_of(own["code"].iloc[0])
    assert generation is not None
    used = set(found.values())
    unread = tuple(
        str(name) for name in layer.table if name not in used and name != layer.table.geometry.name
    )
    return OwnQuarters(
        own.reset_index(drop=True),
        pd.Series(persons, index=pd.Index(own["code"]), dtype=float),
        generation,
        repairs.told(),
        unread,
    )


def _refused(code: str, path: Path, told: str) -> RefusedFileError:
    return RefusedFileError(code, f"«\u00a0{path.name}\u00a0»\u00a0: {told}")


def _columns(path: Path, table: gpd.GeoDataFrame, repairs: Repairs) -> dict[str, str]:
    """Return the layer's name of each column that it has; another title than its own is noted."""
    titles = [str(name) for name in table if name != table.geometry.name]
    named: dict[str, list[str]] = {}
    for title in titles:
        named.setdefault(normal_name(title), []).append(title)
    found = {}
    for column, choices in COLUMNS.items():
        same = next((named[choice] for choice in choices if choice in named), [])
        if len(same) > 1:
            both = " et ".join(f"« {shown(title)} »" for title in same[:2])
            told = f"deux colonnes pour « {column} » ({both}). Gardez-en une seule."
            raise _refused("DUP_COLUMN", path, told)
        if same:
            found[column] = same[0]
            if same[0] != column:
                told = f"Colonne « {shown(same[0])} » lue comme {column}"
                repairs.add("titre de colonne", told, column=column)
    if missing := [column for column in _NEEDED if column not in found]:
        listed = ", ".join(f"« {shown(title)} »" for title in titles[:_TOLD_TITLES]) or "aucune"
        more = ", …" if len(titles) > _TOLD_TITLES else ""
        several = len(missing) > 1
        told = (
            f"il manque {'les colonnes' if several else 'la colonne'} {', '.join(missing)}\u202f; "
            f"la couche porte {listed}{more}. {_AS_PUBLISHED}"
        )
        raise _refused("MISSING_COLUMN", path, told)
    return found


def _text(value: Any) -> str:
    """Return a property as text; a whole number that a program gives as ``5.0`` is ``5``."""
    if value is None or value is pd.NA or (isinstance(value, float) and pd.isna(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _cells(table: pd.DataFrame, title: str) -> Iterator[Cell]:
    for number, value in table[title].items():
        yield Cell(int(str(number)), title, _text(value))


def _named(
    layer: gpd.GeoDataFrame,
    found: dict[str, str],
    repairs: Repairs,
    faults: list[tuple[int, FeatureError]],
) -> gpd.GeoDataFrame:
    """Return ``code, nom, geometry``, the code empty where it is none."""
    codes, noms = [], []
    for cell in _cells(layer, found["code_qp"]):
        code = re.sub(r"\s", "", cell.bare(repairs)).upper()
        if generation_of(code) is None:
            told = (
                f"« {cell.shown} » n’est pas un code de quartier" if cell.text else "le code manque"
            )
            told += "\u202f; écrivez-le comme QN02A01M (QP02A001 pour un quartier de 2015)"
            faults.append((cell.line, FeatureError("BAD_ID", told)))
            code = ""
        elif code != cell.text:
            cell.repaired(repairs, "code mal écrit", f"« {cell.shown} » lu {code}")
        codes.append(code)
    for cell in _cells(layer, found["lib_qp"]):
        noms.append(cell.text)
        if not cell.text:
            told = f"« {shown(cell.column)} », le nom du quartier, manque\u202f; donnez-le"
            faults.append((cell.line, FeatureError("BAD_ID", told)))
    return gpd.GeoDataFrame(
        {"code": pd.Series(codes, dtype=object).array, "nom": pd.Series(noms, dtype=object).array},
        geometry=layer.geometry.array,
        index=layer.index,
        crs=layer.crs,
    )


def _find_mixed(table: gpd.GeoDataFrame, faults: list[tuple[int, FeatureError]]) -> None:
    """Note the objects of the generation that fewer of them are of."""
    numbers: dict[Generation, list[int]] = {generation: [] for generation in GENERATIONS}
    for number, code in table["code"].items():
        if generation := generation_of(code):
            numbers[generation].append(int(str(number)))
    fewer, most = sorted(GENERATIONS, key=lambda generation: len(numbers[generation]))
    for number in numbers[fewer]:
        told = (
            f"un quartier de {fewer.year} parmi ceux de {most.year}\u202f; donnez ceux d’une seule "
            "génération"
        )
        faults.append((number, FeatureError("BAD_ID", told)))


def _find_twice(table: gpd.GeoDataFrame, faults: list[tuple[int, FeatureError]]) -> None:
    first: dict[str, int] = {}
    for number, code in table["code"].items():
        other = first.setdefault(code, int(str(number)))
        if code and other != number:
            told = (
                f"le quartier {code} est déjà l’objet n°\u00a0{other}\u202f; gardez un contour par "
                "quartier"
            )
            faults.append((int(str(number)), FeatureError("DUP_ID", told)))


def _people(
    layer: gpd.GeoDataFrame,
    found: dict[str, str],
    own: gpd.GeoDataFrame,
    communes: gpd.GeoDataFrame,
    repairs: Repairs,
    faults: list[tuple[int, FeatureError]],
) -> list[float]:
    """Return the people of the territory's QPV, null where they are not told.

    More than their communes have is a fault.
    """
    if "population" not in found:
        return [float("nan")] * len(own)
    told = dict.fromkeys(layer.index, float("nan"))
    for cell in _cells(layer, found["population"]):
        if cell.text:
            try:
                told[cell.line] = float(count(cell, repairs))
            except LineError as fault:
                advice = f"« {shown(cell.column)} »\u00a0: {fault}"
                if fault.code == "BAD_NUMBER":
                    advice += ", ou laissez vide ce qui n’est pas connu"
                faults.append((cell.line, FeatureError(fault.code, advice)))
    grounds = communes.geometry.to_numpy()
    tree = shapely.STRtree(grounds)
    for number, shape in zip(own.index, own.geometry, strict=True):
        valid = shapely.make_valid(shape)
        held = tree.query(valid, predicate="intersects")
        part = shapely.area(shapely.intersection(valid, grounds[held]))
        there = communes["population"].iloc[held[part >= SLIVER * shapely.area(valid)]]
        if len(there) and there.notna().all() and told[number] > (most := float(there.sum())):
            advice = (
                f"« {shown(found['population'])} »\u00a0: {whole(told[number])} habitants, plus "
                f"que sa commune ({whole(most)})\u202f; corrigez le nombre"
            )
            faults.append((number, FeatureError("BAD_COUNT", advice)))
    return [told[number] for number in own.index]


def _of_others(table: gpd.GeoDataFrame, territory: str) -> str:
    others = sorted({departement_of_qpv(code) for code in table["code"]})
    listed = ", ".join(others[:_TOLD_OBJECTS]) + (", …" if len(others) > _TOLD_OBJECTS else "")
    return (
        f"aucun quartier n’est du département {territory}, tous sont d’ailleurs ({listed}). Donnez "
        "la couche de votre territoire, ou lancez sans --qpv."
    )
