"""What the file of places holds once it is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import geopandas as gpd


@dataclass(frozen=True)
class OwnPlaces:
    """The user's own places: a ``sites`` table, and the site that each is said to be, by id."""

    sites: gpd.GeoDataFrame
    same_as: dict[str, str] = field(default_factory=dict)
