"""The toy town with the counters of this folder: built, studied and written like a real one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from coverage.base.workspace import Workspace
from coverage.model.detections import ProtectedDetections
from coverage.model.raw_detections import RawDetections
from coverage.model.results import StudyResult
from coverage.model.tables import CONTRACTS
from coverage.need.surface import density_bands
from coverage.sources.detections import raw_detections
from coverage.study.layer_files import store_of, write_layer
from coverage.study.outputs import publish, write_outputs
from coverage.study.protection import next_release
from tests.toy import toy_result
from tests.toy_detections import read_tables, sounded_result

HERE = Path(__file__).parent
METRIC_EPSG = 2154


def read(name: str) -> pd.DataFrame:
    """One of the two files as the contract table that an import makes of it."""
    table = pd.read_csv(HERE / f"{name}.csv", keep_default_na=False, dtype=str)
    for column in table.columns:
        if column in ("debut", "fin"):
            table[column] = pd.to_datetime(table[column]).astype("datetime64[ns]")
        elif column not in ("id_bureau", "lieu"):
            numbers = pd.to_numeric(table[column].mask(table[column] == ""))
            table[column] = numbers.astype("Int64")
    kind = {"counts": "detections"}.get(name, name)
    return table[list(CONTRACTS[kind].columns)]


def sites() -> gpd.GeoDataFrame:
    """The places of the toy town, with a bureau at Bocca-d’Oru where nobody ever counted."""
    known = toy_result().sites
    one = known[known["site_id"] == "laposte:A1"].assign(
        site_id="laposte:A9", nom="Bocca-d’Oru Principal", code_insee="2A002"
    )
    return pd.concat([known, one.set_geometry(one.geometry.translate(0.1, 0))], ignore_index=True)


def raw() -> RawDetections:
    """The owner's counts."""
    return raw_detections(read("counts"), read("activity"), sites())


def built(workspace: Workspace) -> ProtectedDetections:
    """Publish the counts as a build does, beside the places that its owner's page needs."""
    toy, store = toy_result(), store_of(workspace, "2A")
    # One zone of each zoning for both of a block: no official total tells them apart.
    apart = toy.communes["code_insee"] == "2A003"
    communes = toy.communes.assign(density_level=toy.communes["density_level"].mask(apart, 5))
    other = toy.profiles["code_insee"] == "2A004"
    profiles = toy.profiles.assign(epci=toy.profiles["epci"].mask(other, "200000002"))
    communes = communes[list(CONTRACTS["communes"].columns)]
    tables = read_tables(toy, raw(), communes=communes, profiles=profiles, sites=sites())

    def passport(_: str, **more: Any) -> dict[str, Any]:
        return {"build": "", "facts": {"detections": True}, **more}

    with store.build("Essai") as build:
        release = next_release(store, tables, root=workspace.root)
        release.write(build, passport)
        for layer, table in (("communes", communes), ("sites", sites())):
            write_layer(build, layer, table, passport(layer))
    assert release.published is not None
    return release.published.protected()


def studied(workspace: Workspace) -> StudyResult:
    """Build the town, study it and write every output of the study."""
    told = built(workspace)
    result = sounded_result(
        detections=told,
        sites=sites(),
        density=density_bands(told, sites(), metric_epsg=METRIC_EPSG),
    )
    write_outputs(workspace, result)
    publish(workspace, "2A", result.run_id)
    return result
