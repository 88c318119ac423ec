"""Which communes touch, and which counter is nearest through communes that touch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra

I64 = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class CommuneGround:
    """The communes of a territory by position, and the pairs of them that touch.

    ``first`` and ``second`` are the two communes of each pair (``first < second``); ``metres`` is
    the distance between their representative points. An island is tied to the nearest commune
    across the water, so that every commune can be reached from every other.
    """

    codes: tuple[str, ...]
    first: I64
    second: I64
    metres: NDArray[np.float64]

    @classmethod
    def of(cls, communes: gpd.GeoDataFrame, *, metric_epsg: int) -> CommuneGround:
        """Make it from the communes' polygons (``code_insee, geometry``)."""
        ordered = communes.sort_values("code_insee", ignore_index=True)
        shapes = ordered.geometry.to_crs(metric_epsg).to_numpy()
        centres = shapely.get_coordinates(shapely.point_on_surface(shapes))
        tree = shapely.STRtree(shapes)
        one, other = tree.query(shapes, predicate="intersects")
        once = one < other
        pairs = _tied(shapes, one[once], other[once])
        metres = np.hypot(*(centres[pairs[0]] - centres[pairs[1]]).T)
        return cls(tuple(ordered["code_insee"]), pairs[0], pairs[1], np.maximum(metres, 1.0))

    def nearest(self, sources: Iterable[str]) -> I64:
        """Return the nearest source of each commune, through communes that touch, by position.

        The communes that have the same nearest source lie in one piece.
        """
        wanted = np.flatnonzero(np.isin(self.codes, list(sources)))
        ways = csr_matrix((self.metres, (self.first, self.second)), shape=(len(self.codes),) * 2)
        _, _, found = dijkstra(
            ways, directed=False, indices=wanted, min_only=True, return_predecessors=True
        )
        return np.asarray(found, np.int64)

    def touching(self, part: I64) -> dict[tuple[int, int], float]:
        """Return which parts touch (``part`` of each commune), and the least metres between."""
        one, other = part[self.first], part[self.second]
        apart = one != other
        pairs: dict[tuple[int, int], float] = {}
        for a, b, metres in zip(one[apart], other[apart], self.metres[apart], strict=True):
            key = (int(min(a, b)), int(max(a, b)))
            pairs[key] = min(pairs.get(key, np.inf), float(metres))
        return pairs


def _tied(shapes: NDArray[np.object_], first: I64, second: I64) -> tuple[I64, I64]:
    """Return the pairs with the shortest ties between pieces that don't touch."""
    size = len(shapes)
    while True:
        ways = csr_matrix((np.ones(len(first)), (first, second)), shape=(size, size))
        count, piece = connected_components(ways, directed=False)
        if count == 1:
            return first, second
        alone = piece == np.bincount(piece).argmin()  # the smallest piece is tied first
        mainland = shapely.STRtree(shapes[~alone])
        islands, nearest = mainland.query_nearest(shapes[alone], all_matches=False)
        gaps = shapely.distance(shapes[alone][islands], shapes[~alone][nearest])
        least = int(np.argmin(gaps))
        tied = np.flatnonzero(alone)[islands[least]], np.flatnonzero(~alone)[nearest[least]]
        first = np.append(first, min(tied))
        second = np.append(second, max(tied))
