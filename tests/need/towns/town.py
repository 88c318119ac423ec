"""Read a hand-worked town from the CSV files of its folder."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import box

from coverage.model.services import ServiceTable
from coverage.model.tables import AGE_BANDS, IFN_PARTS
from coverage.need.points import MODES, Ground
from coverage.need.reach import Reach

HERE = Path(__file__).parent
_SIDE = 0.1


class Town:
    """The tables of a town, and the numbers expected of it."""

    def __init__(self, name: str) -> None:
        self.folder = HERE / name
        communes = self.read("communes")
        self.communes = gpd.GeoDataFrame(
            communes.drop(columns=["west", "south"]),
            geometry=[
                box(west, south, west + _SIDE, south + _SIDE)
                for west, south in zip(communes["west"], communes["south"], strict=True)
            ],
            crs=4326,
        )
        for name in ("population", "density_level"):
            self.communes[name] = self.communes[name].astype("Int64")
        unknown = dict.fromkeys((*IFN_PARTS, *AGE_BANDS), np.nan)
        epci = self.communes.pop("epci")
        self.profiles = communes[["code_insee"]].assign(epci=epci, epci_nom=epci, **unknown)
        self.communes["ifn"] = np.nan
        zones = self.read("zones")
        edges = zones[["west", "south", "east", "north"]].itertuples(index=False)
        self.zones = gpd.GeoDataFrame(
            zones[["zone_id", "nom"]].assign(kind="qpv_2015", vintage="2015"),
            geometry=[box(*edge) for edge in edges],
            crs=4326,
        )
        self.demand = self._placed("demand").astype({"persons": float, "need": float})
        self.demand["qpv_share"] = self.demand["qpv_share"].astype(float)
        frr = self.communes.set_index("code_insee")["frr"]
        self.demand["frr"] = self.demand["code_insee"].map(frr)
        self.sites = self._placed("sites").assign(in_territory=True)
        self.sites["roles"] = self.sites["roles"].str.split(",")
        self.sites["told_by"] = [["list"] * len(roles) for roles in self.sites["roles"]]
        self.sites["opening"] = self.sites["opening"].astype(object)
        self.costs = self.read("costs")
        self.costs["cost_ds"] = (self.costs["minutes"] * 600).round().astype(np.int32)

    def read(self, name: str) -> pd.DataFrame:
        """Read one of the town's files; empty cells are null."""
        return pd.read_csv(
            self.folder / f"{name}.csv", sep=";", dtype={"code_insee": str, "epci": str}
        )

    def _placed(self, name: str) -> gpd.GeoDataFrame:
        table = self.read(name)
        points = gpd.points_from_xy(table.pop("lon"), table.pop("lat"))
        return gpd.GeoDataFrame(table, geometry=points, crs=4326)

    def ground(self) -> Ground:
        """Join homes, places and times."""
        reaches = {
            mode: Reach.of(
                self.demand,
                self.sites,
                self.costs.loc[self.costs["mode"] == mode, ["demand_id", "site_id", "cost_ds"]],
            )
            for mode in MODES
        }
        supply = self.sites["persons_month"].to_numpy(float)
        return Ground(reaches, ServiceTable.load(), supply, self.sites["posts"].to_numpy(float))
