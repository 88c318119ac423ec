"""What more is known of the communes than their table says: EPCI, parts of the IFN, ages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from coverage.base.errors import RefusedFileError
from coverage.model.answers import Repairs
from coverage.model.tables import AGE_BANDS, IFN_PARTS, check
from coverage.sources.readers._codes import told_of
from coverage.sources.readers._origin import Origin
from coverage.sources.readers.ages import read_ages
from coverage.sources.readers.epci import read_epci
from coverage.sources.reading import Reading

_AGES = "Habitants par âge (recensement)"
_EPCI = "Composition communale des EPCI"


def read_profiles(
    reading: Reading,
    communes: gpd.GeoDataFrame,
    *,
    ifn: pd.DataFrame | None = None,
    ages: Path | None = None,
    epci: Path | None = None,
) -> pd.DataFrame:
    """Return the contract table ``profiles``, one row a commune, null where nothing is loaded.

    ``ifn`` is what ``read_ifn`` read; ``ages`` and ``epci`` are the user's files. The people by
    age are those of the commune's population, in the proportions of the file's census: the bands
    and the children under 15, who are in no band, add up to the population. Raises ``UserError``
    on a wrong file, or one that tells of no commune of the territory.
    """
    table = pd.DataFrame({"code_insee": communes["code_insee"].to_numpy(object)})
    of_epci = _epci_of(reading, communes, epci)
    table["epci"], table["epci_nom"] = of_epci["epci"], of_epci["epci_nom"]
    scores = pd.DataFrame(columns=["code_insee", *IFN_PARTS]) if ifn is None else ifn
    parts = told_of(communes, scores)
    for name in IFN_PARTS:
        table[name] = parts[name].astype(float).to_numpy()
    bands = _ages_of(reading, communes, ages)
    for name in AGE_BANDS:
        table[name] = bands[name].astype(float).to_numpy()
    check("profiles", table)
    return table


def _epci_of(reading: Reading, communes: gpd.GeoDataFrame, path: Path | None) -> pd.DataFrame:
    if path is None:
        remedy = "Déposez la composition communale des EPCI de l’INSEE avec --epci."
        reading.add("epci", _EPCI, path=None, remedy=remedy)
        nothing = [None] * len(communes)
        return pd.DataFrame({"epci": nothing, "epci_nom": nothing}, dtype=object)
    repairs = Repairs()
    found = told_of(communes, read_epci(path, repairs))
    _refuse_elsewhere(found, path, reading.territory)
    origin = reading.given_origin("epci", _EPCI)
    origin.mended(repairs.told())
    _report_missing(communes, found["epci"].isna(), "EPCI : commune absente", origin)
    reading.add("epci", _EPCI, path=path, rows=int(found["epci"].notna().sum()))
    return found[["epci", "epci_nom"]].astype(object).where(found["epci"].notna(), None)


def _ages_of(reading: Reading, communes: gpd.GeoDataFrame, path: Path | None) -> pd.DataFrame:
    if path is None:
        remedy = "Déposez « base-cc-evol-struct-pop » de l’INSEE avec --ages."
        reading.add("ages", _AGES, path=None, remedy=remedy)
        return pd.DataFrame(float("nan"), index=range(len(communes)), columns=list(AGE_BANDS))
    repairs = Repairs()
    told = read_ages(path, repairs)
    found = told_of(communes, told.table)
    _refuse_elsewhere(found, path, reading.territory)
    vintage = str(told.year)
    origin = reading.given_origin("ages", _AGES, vintage)
    origin.mended(repairs.told())
    total = found[["aged_0_14", *AGE_BANDS]].sum(axis=1, skipna=False)
    people = communes["population"].astype("Float64").to_numpy(float, na_value=float("nan"))
    # A commune without people needs no structure; people whose structure is not told have none.
    share = found[list(AGE_BANDS)].div(total.where(total > 0), axis=0)
    share.loc[people <= 0] = 0.0
    bands = share.mul(people, axis=0)
    missing = bands.isna().any(axis=1)
    _report_missing(communes, missing, "âges : commune absente", origin)
    if missing.any():
        origin.reported(
            reading.territory,
            "âges incomplets",
            "Des communes habitées n’ont pas d’âges : le besoin du territoire est estimé sans "
            "les âges, par le même calcul partout.",
        )
    reading.add("ages", _AGES, path=path, rows=int((~missing).sum()), vintage=vintage)
    return bands


def _refuse_elsewhere(found: pd.DataFrame, path: Path, territory: str) -> None:
    if found["told_code"].isna().all():
        raise RefusedFileError(
            "UNKNOWN_PLACE",
            f"« {path.name} » ne dit rien des communes du territoire {territory}. Donnez le "
            "tableau de toute la France.",
        )


def _report_missing(communes: gpd.GeoDataFrame, missing: Any, issue: str, origin: Origin) -> None:
    rows = communes.loc[missing.to_numpy(), ["code_insee", "nom"]]
    for code, nom in rows.itertuples(index=False):
        origin.reported(str(code), issue, f"Non disponible pour {nom} ({code}).")
