"""The door of layers: what a file of points or polygons holds, or why it is refused."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from coverage.base.crs import WGS84
from coverage.base.errors import RefusedFileError, SourceError
from coverage.base.limited import ChildDiedError, Limits, run_limited
from coverage.model.answers import FIX, OK, Answer, Repair
from coverage.model.words import whole
from coverage.sources.given.cells import shown
from coverage.sources.given.layers.wanted import Wanted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zipfile import ZipFile, ZipInfo

    from geopandas import GeoDataFrame

    from coverage.sources.given.layers.crs import Reference
    from coverage.sources.given.layers.features import Features

_MOST_TEXT_BYTES = 100_000_000
_MOST_BYTES = 250_000_000
#: A layer may be read for a few of its features only: squares of a whole country.
_MOST_PICKED_BYTES = 4_000_000_000
_ZIP_HEADS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_LAYERS = (".shp", ".gpkg", ".geojson", ".json")
#: What a Mac puts beside files in an archive.
_BESIDE = "__MACOSX"
_HEAD_BYTES = 64
_TOLD_COLUMNS = 12


@dataclass(frozen=True)
class GivenLayer:
    """What a layer holds.

    ``table`` is a GeoDataFrame in degrees (EPSG:4326; without shapes, a DataFrame), one row a
    feature, its index the number of the feature in the file, from 1. ``kind`` is ``points`` or
    ``polygones``; ``id_column`` the column of the identifiers that GeoJSON has beside the
    properties, empty where it has none; ``repairs`` what was put right, by features' numbers.
    """

    table: GeoDataFrame
    kind: str
    id_column: str
    repairs: tuple[Repair, ...]


def read_layer(
    path: Path, *, wanted: Wanted | None = None, limits: Limits | None = None
) -> GivenLayer:
    """Read a layer: GeoJSON, GeoPackage, shapefile (in an archive, or its parts in a folder).

    It is parsed in a limited child. ``wanted`` chooses columns and features, and whether shapes
    are read at all: without them their faults are none. Raises ``RefusedFileError`` with the code
    and the sentence that ``check_layer`` answers, ``SourceError`` where there is no such file.
    """
    wanted = wanted or Wanted()
    _check_path(path)
    try:
        told, shapes = run_limited(
            f"{__name__}:_parsed", str(path.absolute()), vars(wanted), limits=limits or Limits()
        )
    except ChildDiedError:
        raise RefusedFileError(
            "TOO_COMPLEX",
            f"« {path.name} » n’a pas pu être lu\u00a0: il demande trop de mémoire ou de temps, ou "
            "il est abîmé. Donnez une couche plus petite\u00a0: votre territoire, les colonnes "
            "utiles.",
        ) from None
    repairs = tuple(
        Repair(issue, detail, column, tuple((a, b) for a, b in lines))
        for issue, detail, column, lines in told["repairs"]
    )
    return GivenLayer(_table(told, shapes, wanted), told["kind"], told["id_column"], repairs)


def check_layer(path: Path) -> Answer:
    """Return the answer to a layer: taken as it is, repaired, or refused; nothing is stored.

    Raises ``SourceError`` where there is no such file. Parses in this process: who calls it is in
    a limited child.
    """
    _check_path(path)
    try:
        features, kind, _ = _read(path, Wanted())
    except RefusedFileError as refusal:
        return Answer(refusal.code, refusal.sentence)
    repairs = features.repairs.told()
    return Answer(FIX if repairs else OK, _message(features, kind), repairs)


def _check_path(path: Path) -> None:
    """Raise ``SourceError`` unless a path leads to a file: a name is never anything else."""
    try:
        is_file = path.is_file()
    except OSError:
        is_file = False
    if not is_file:
        raise SourceError(f"Le fichier « {str(path)[:200]} » n’existe pas. Vérifiez son nom.")


def _parsed(path: str, wanted: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Return a layer as JSON and its shapes as WKB, one after the other: the child's work."""
    import shapely

    for name in ("columns", "among"):
        wanted[name] = tuple(wanted[name])
    features, kind, drawn = _read(Path(path), Wanted(**wanted))
    shapes = [shapely.to_wkb(shape) for shape in drawn]
    columns = features.filled()
    id_column = ""
    if any(told is not None for told in features.ids):
        id_column = "id" if "id" not in columns else "feature_id"
        columns = {id_column: features.ids} | columns
    told = {
        "numbers": features.numbers,
        "columns": columns,
        "kind": kind,
        "id_column": id_column,
        "sizes": [len(shape) for shape in shapes],
        "repairs": [
            [each.issue, each.detail, each.column, [list(both) for both in each.lines]]
            for each in features.repairs.told()
        ],
    }
    return told, b"".join(shapes)


def _table(told: dict[str, Any], shapes: bytes, wanted: Wanted) -> GeoDataFrame:
    import pandas as pd

    frame = pd.DataFrame(told["columns"], index=told["numbers"])
    if not wanted.geometry:
        return frame
    import geopandas as gpd

    wkb, at = [], 0
    for size in told["sizes"]:
        wkb.append(shapes[at : at + size])
        at += size
    drawn = gpd.GeoSeries.from_wkb(wkb, index=told["numbers"], crs=WGS84)
    # A property of that name is not the shape.
    frame = frame.rename(columns={"geometry": "geometry_"})
    return gpd.GeoDataFrame(frame, geometry=drawn)


def _read(path: Path, wanted: Wanted) -> tuple[Features, str, Sequence[Any]]:
    """Return the features of a layer, checked, which kind they are, and their shapes."""
    from coverage.sources.given.layers.features import Features

    features = Features(path.name)
    reference = _read_format(path, features, wanted)
    if not features.numbers and not wanted.containing:
        raise RefusedFileError(
            "NO_ROWS", f"« {path.name} » n’a aucun objet. Exportez la couche à nouveau."
        )
    features.refuse_same_ids()
    kind = ""
    shapes: Sequence[Any] = ()
    if wanted.geometry and features.numbers:
        from coverage.sources.given.layers.geometry import check_shapes

        drawn, kind = check_shapes(features, reference)
        shapes = list(drawn)
    features.refuse_faults()
    return features, kind, shapes


def _read_format(path: Path, features: Features, wanted: Wanted) -> Reference | None:
    """Read a file as the end of its name promises; one that promises nothing, by its bytes."""
    from coverage.sources.given.archive import opened_archive
    from coverage.sources.given.layers.geojson import read_geojson
    from coverage.sources.given.layers.geopackage import SQLITE, corrupt, read_geopackage
    from coverage.sources.given.xml_text import is_xml, refuse_dtd

    size = path.stat().st_size
    if not size:
        raise _empty(path.name)
    suffix = path.suffix.lower()
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if suffix not in (".zip", *_LAYERS):
        suffix = ".zip" if head.startswith(_ZIP_HEADS) and not suffix else suffix
        suffix = ".gpkg" if head.startswith(SQLITE) and not suffix else suffix
    most = _MOST_PICKED_BYTES if wanted.containing else _MOST_BYTES
    if size > (most if suffix in (".gpkg", ".zip", ".shp") else _MOST_TEXT_BYTES):
        raise _too_big(path.name)
    if suffix == ".zip":
        if not head.startswith(_ZIP_HEADS):
            _refuse_other(path, head, suffix, "CORRUPT_ZIP")
        with opened_archive(path, path.name) as archive:
            return _read_archive(archive, features, wanted)
    if suffix == ".shp":
        from coverage.sources.given.layers.shapefile import read_shapefile

        return read_shapefile(_beside(path), features, wanted)
    if suffix == ".gpkg":
        if not head.startswith(SQLITE):
            if is_xml(head):
                refuse_dtd(path.read_bytes()[:_MOST_TEXT_BYTES], path.name)
            _refuse_other(path, head, suffix, "CORRUPT_GPKG")
            raise corrupt(path.name, "ce n’en est pas un")
        return read_geopackage(path, features, wanted)
    content = path.read_bytes()
    if not content.removeprefix(b"\xef\xbb\xbf").strip():
        raise _empty(path.name)
    return read_geojson(content, features, wanted)


def _read_archive(archive: ZipFile, features: Features, wanted: Wanted) -> Reference | None:
    """Read the one layer that an archive holds."""
    from coverage.sources.given.archive import read_member
    from coverage.sources.given.layers.geojson import read_geojson
    from coverage.sources.given.layers.geopackage import read_geopackage
    from coverage.sources.given.layers.shapefile import PARTS, missing_part, read_shapefile

    file = features.file
    members: list[tuple[PurePosixPath, ZipInfo]] = [
        (PurePosixPath(member.filename.replace("\\", "/")), member)
        for member in archive.infolist()
        if not member.is_dir()
    ]
    members = [
        each
        for each in members
        if _BESIDE not in each[0].parts and not each[0].name.startswith(".")
    ]
    layers = [each for each in members if each[0].suffix.lower() in _LAYERS]
    if not layers:
        raise missing_part(file, ".shp")
    if len(layers) > 1:
        names = ", ".join(f"« {name} »"[:80] for name, _ in layers[:5])
        raise RefusedFileError(
            "AMBIGUOUS_LAYER",
            f"« {file} » contient plusieurs couches ({names}). Donnez une archive qui n’a que "
            "celle à lire.",
        )
    ((name, layer),) = layers
    features.name = name.stem
    suffix = name.suffix.lower()
    if suffix == ".shp":
        parts = {
            other.suffix.lower(): read_member(archive, member, file)
            for other, member in members
            if other.with_suffix("") == name.with_suffix("") and other.suffix.lower() in PARTS
        }
        return read_shapefile(parts, features, wanted)
    content = read_member(archive, layer, file)
    if suffix == ".gpkg":
        return read_geopackage(content, features, wanted)
    return read_geojson(content, features, wanted)


def _beside(path: Path) -> dict[str, bytes]:
    """Return the parts of a shapefile that lie in one folder."""
    from coverage.sources.given.layers.shapefile import PARTS

    return {
        other.suffix.lower(): other.read_bytes()
        for other in sorted(path.parent.iterdir())
        if other.stem == path.stem and other.suffix.lower() in PARTS and other.is_file()
    }


def _refuse_other(path: Path, head: bytes, suffix: str, code: str) -> None:
    """Raise a refusal that says what a file is, where its bytes tell and its name lies."""
    from coverage.sources.given.layers.geojson import MAGIC
    from coverage.sources.given.xml_text import is_html

    what = next((what for magic, what in MAGIC.items() if head.startswith(magic)), "")
    if is_html(head):
        what = "une page web (HTML), souvent une page d’erreur du portail"
    # What begins as its name promises is only damaged.
    if what and not what.endswith(suffix):
        told = f"« {path.name} » n’est pas ce que son nom dit\u00a0: c’est {what}."
        raise RefusedFileError(code, told)


def _empty(file: str) -> RefusedFileError:
    return RefusedFileError("EMPTY", f"« {file} » est vide. Exportez la couche à nouveau.")


def _too_big(file: str) -> RefusedFileError:
    return RefusedFileError(
        "TOO_BIG",
        f"« {file} » dépasse 100\u00a0Mo (GeoJSON) ou 250\u00a0Mo (GeoPackage, shapefile). Donnez "
        "une couche plus petite\u00a0: votre territoire, les colonnes utiles.",
    )


def _message(features: Features, kind: str) -> str:
    """Return what was read, as a French sentence."""
    count = len(features.numbers)
    noun = {"points": "point", "polygones": "polygone"}[kind] + ("s" if count > 1 else "")
    names = list(features.columns)
    told = ", ".join(map(shown, names[:_TOLD_COLUMNS]))
    told += ", …" if len(names) > _TOLD_COLUMNS else ""
    columns = f"\u202f; colonnes\u00a0: {told}" if names else ""
    layer = f", couche « {shown(features.name)} »" if features.name else ""
    where = ""
    if source := features.converted_from:
        where = f", convertis {'d’' if source[0] in 'AEIOU' else 'de '}{source} en degrés"
    return f"« {features.file} »{layer}\u00a0: {whole(count)} {noun}{where}{columns}."
