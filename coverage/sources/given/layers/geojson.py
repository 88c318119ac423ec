"""GeoJSON (RFC 7946), read by ourselves: never by GDAL, which follows what a content says."""

from __future__ import annotations

from itertools import chain
from typing import Any

import numpy as np

from coverage.base.errors import RefusedFileError
from coverage.sources.given.layers.crs import Reference, from_geojson
from coverage.sources.given.layers.features import FeatureError, Features
from coverage.sources.given.layers.json_text import JsonText, refuse_excess
from coverage.sources.given.layers.shapes import (
    Outline,
    Ring,
    empty,
    other_kind,
    points,
    polygons,
)
from coverage.sources.given.layers.wanted import Wanted
from coverage.sources.given.raw import binary, line_at
from coverage.sources.given.text import decoded
from coverage.sources.given.xml_text import is_html, is_xml, refuse_dtd

_OTHER_KINDS = ("LineString", "MultiLineString", "GeometryCollection")
_KINDS = ("Point", "MultiPoint", "Polygon", "MultiPolygon")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
#: First bytes of what is no text -> what it is, in French.
MAGIC = {
    b"PK": "une archive (ZIP)\u00a0: nommez-la .zip",
    b"SQLite format 3": "un GeoPackage\u00a0: nommez-le .gpkg",
    b"fgb\x03": "un FlatGeobuf",
    b"\x1f\x8b": "un fichier compressé\u00a0: décompressez-le",
    b"version https://git-lfs": "le renvoi à un grand fichier (git-lfs), sans ses données",
    b"\x00\x00\x27\x0a": "une partie de shapefile\u00a0: donnez l’archive ZIP de toutes",
}


def read_geojson(content: bytes, features: Features, wanted: Wanted) -> Reference | None:
    """Read the features of a GeoJSON text, and return the reference system that it names.

    A collection of features, one feature or one geometry. Raises ``RefusedFileError``:
    NOT_GEOJSON, XML_DTD, BINARY_IN_TEXT, BAD_ENCODING, BAD_JSON, TOO_COMPLEX, BAD_NUMBER,
    MISSING_CRS.
    """
    file = features.file
    _refuse_foreign(content, file)
    told = decoded(content, file, features.repairs)
    # Its structure is looked for in bytes, where each sign is one.
    refuse_excess(told.encode() if content.startswith(_UTF_16) else content, file)
    text = JsonText(told, file)
    if text.next() != "{":
        raise not_geojson(file, "un autre JSON, ou un texte")
    members: dict[str, Any] = {}
    has_features = False
    for key in text.members():
        if key == "features" and text.next() == "[":
            has_features = True
            for number, feature in enumerate(text.elements(), start=1):
                _add(feature, number, features, wanted)
        else:
            members[key] = text.value()
    text.end()
    kind = members.get("type")
    if kind == "FeatureCollection" and has_features:
        return _reference(members.get("crs"), features)
    if has_features or kind not in ("Feature", *_KINDS, *_OTHER_KINDS):
        raise not_geojson(file, _likeness(members))
    alone = members if kind == "Feature" else {"type": "Feature", "geometry": members}
    _add(alone, 1, features, wanted)
    return _reference(members.get("crs"), features)


def not_geojson(file: str, what: str) -> RefusedFileError:
    """Return the refusal of a content that is no GeoJSON: ``what`` it is, in French."""
    return RefusedFileError(
        "NOT_GEOJSON",
        f"« {file} » n’est pas du GeoJSON\u00a0: c’est {what}. Donnez la couche en GeoJSON "
        "(.geojson), en GeoPackage (.gpkg) ou en shapefile (.zip).",
    )


def _refuse_foreign(content: bytes, file: str) -> None:
    for magic, what in MAGIC.items():
        if content.startswith(magic):
            raise not_geojson(file, what)
    if is_html(content):
        raise not_geojson(file, "une page web (HTML), souvent une page d’erreur du portail")
    if is_xml(content):
        refuse_dtd(content, file)
        raise not_geojson(file, "un document XML (KML, GML, VRT…)")
    if not content.startswith(_UTF_16) and (at := content.find(b"\0")) >= 0:
        raise binary(file, line_at(content[:at]))


def _reference(member: Any, features: Features) -> Reference | None:
    """Return the reference system that the file names, which GeoJSON should not: it is told."""
    reference = from_geojson(member, features.file)
    if reference is not None:
        detail = f"Coordonnées converties en degrés (WGS\u00a084) de {reference.name}"
        features.repairs.add("projection", detail)
    return reference


def _likeness(document: dict[str, Any]) -> str:
    """Say what a JSON object is that is no GeoJSON."""
    if document.get("type") == "Topology":
        return "du TopoJSON"
    if "geometryType" in document or "url" in document:
        return "du JSON d’ArcGIS, ou le renvoi à une adresse"
    if "elements" in document:
        return "une réponse d’Overpass"
    if document.get("type") == "gdal_streamed_alg":
        return "une suite de commandes pour GDAL"
    return "un autre JSON"


def _add(feature: Any, number: int, features: Features, wanted: Wanted) -> None:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        what = f"un autre JSON (objet n°\u00a0{number} qui n’est pas une Feature)"
        raise not_geojson(features.file, what)
    properties = feature.get("properties") or {}
    if not isinstance(properties, dict):
        what = f"un autre JSON (propriétés de l’objet n°\u00a0{number})"
        raise not_geojson(features.file, what)
    if number == 1:
        features.know(filter(wanted.wants, properties))
    if not wanted.keeps(properties):
        return
    outline: Outline | FeatureError | None = None
    if wanted.geometry:
        try:
            outline = _outline(feature.get("geometry"), number, features.file)
        except FeatureError as fault:
            outline = fault
    told_id = feature.get("id")
    if told_id is not None and not isinstance(told_id, (str, int, float)):
        told_id = None
    features.add(number, outline, wanted.of(properties.items()), feature_id=told_id)


def _outline(geometry: Any, number: int, file: str) -> Outline:
    if geometry is None:
        raise empty()
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind in _OTHER_KINDS:
        raise other_kind(str(kind))
    if kind not in _KINDS:
        raise not_geojson(file, f"un autre JSON (géométrie inconnue de l’objet n°\u00a0{number})")
    coordinates = geometry.get("coordinates")
    if coordinates is None or coordinates == []:
        raise empty()
    if kind in ("Point", "MultiPoint"):
        listed = [coordinates] if kind == "Point" else coordinates
        return points(_positions(listed), several=kind == "MultiPoint")
    parts = [coordinates] if kind == "Polygon" else coordinates
    return polygons(
        [[_positions(ring) for ring in _listed(rings)] for rings in _listed(parts)],
        several=kind == "MultiPolygon",
    )


def _listed(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise _misplaced()
    return value


def _positions(listed: Any) -> Ring:
    """Return x and y of a list of positions; heights are left."""
    positions = _listed(listed)
    if not positions:
        raise empty()
    if set(map(type, positions)) != {list}:
        raise _misplaced()
    kinds = set(map(type, chain.from_iterable(positions)))
    if list in kinds:
        raise _misplaced()
    if not kinds <= {int, float} or min(map(len, positions)) < 2:
        raise FeatureError(
            "BAD_NUMBER",
            "une position n’est pas faite de deux nombres\u202f; donnez longitude et latitude",
        )
    try:
        return np.array([position[:2] for position in positions], dtype=np.float64)
    except OverflowError:
        raise FeatureError(
            "BAD_NUMBER", "une coordonnée est trop grande\u202f; corrigez-la"
        ) from None


def _misplaced() -> FeatureError:
    return FeatureError(
        "BAD_JSON",
        "ses coordonnées ne sont pas emboîtées comme sa sorte le veut\u202f; exportez-le à nouveau",
    )
