"""An area that the user draws: a layer of one object, a polygon."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from coverage.base.errors import RefusedFileError
from coverage.model.answers import Repair
from coverage.model.words import whole
from coverage.sources.given.layers.layer import read_layer

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


def read_area(path: Path) -> tuple[BaseGeometry, tuple[Repair, ...]]:
    """Return the polygon (or the several pieces of one) that a layer holds, and its repairs.

    Longitudes and latitudes (EPSG:4326). Raises ``RefusedFileError``: what ``read_layer`` refuses,
    MIXED_GEOMETRY on points, AMBIGUOUS_LAYER on several objects.
    """
    layer = read_layer(path)
    if layer.kind != "polygones":
        raise RefusedFileError(
            "MIXED_GEOMETRY",
            f"« {path.name} » contient des points. Donnez une couche d’un seul polygone.",
        )
    if (count := len(layer.table)) > 1:
        raise RefusedFileError(
            "AMBIGUOUS_LAYER",
            f"« {path.name} » contient {whole(count)} polygones. Donnez-en un seul, en un ou "
            "plusieurs morceaux.",
        )
    return layer.table.geometry.iloc[0], layer.repairs
