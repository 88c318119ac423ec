"""GeoPackage, read by our own SQLite: read only, bounded, and tables alone.

GDAL would ask whatever the file calls a layer, and a view may be endless. Here nothing of the
file's own SQL is run but what its tables are, and no name reaches a question unquoted.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from coverage.base.errors import RefusedFileError
from coverage.sources.given.cells import shown
from coverage.sources.given.layers.crs import Reference, from_epsg, from_wkt, missing_crs
from coverage.sources.given.layers.features import FeatureError, Features
from coverage.sources.given.layers.shapes import Outline, empty
from coverage.sources.given.layers.wanted import Wanted
from coverage.sources.given.layers.wkb import WkbError, read_wkb

SQLITE = b"SQLite format 3\x00"
_SYSTEM_TABLES = ("gpkg_contents", "gpkg_geometry_columns", "gpkg_spatial_ref_sys")
#: Bytes of a value, of a question, and how many columns and levels they may have.
_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: 50_000_000,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 1_000_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 2_000,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 100,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
}
_ALLOWED = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_PRAGMA)
#: A bigger file is not searched for damage before it is read: damage shows as it is read.
_MOST_CHECKED_BYTES = 250_000_000
#: Bytes of the smallest and largest rectangle that may stand before a shape, by its flag.
_ENVELOPE_BYTES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
_EMPTY_FLAG, _EXTENDED_FLAG = 0x10, 0x20
_NO_PROJECTION = (0, -1)
_WAL = slice(18, 20)


def read_geopackage(source: Path | bytes, features: Features, wanted: Wanted) -> Reference | None:
    """Read the features of the one filled layer of a GeoPackage, and return its reference system.

    Raises ``RefusedFileError``: CORRUPT_GPKG, VIEW_NOT_ALLOWED, AMBIGUOUS_LAYER, NO_ROWS,
    MISSING_CRS, BAD_ENCODING, TOO_MANY_COLUMNS.
    """
    file = features.file
    try:
        with _opened(source) as database:
            layer = _layer(database, file)
            features.name = re.sub(r"\W+", "_", layer).strip("_")[:60] or "couche"
            column, reference = _geometry_column(database, layer, file, wanted)
            _read_rows(database, layer, column, features, wanted)
    except (sqlite3.Error, UnicodeDecodeError, OverflowError):
        raise corrupt(file, "la base ne se lit pas") from None
    return reference


def look_at_layer(source: Path) -> tuple[list[str], int]:
    """Return the columns of the one filled layer of a GeoPackage, and its last row's number.

    Raises ``RefusedFileError``: CORRUPT_GPKG, VIEW_NOT_ALLOWED, AMBIGUOUS_LAYER, NO_ROWS.
    """
    file = source.name
    try:
        with _opened(source) as database:
            layer = _layer(database, file)
            names = [name for name, _ in _columns(database, layer, file)]
            table = _quoted(layer)
            asked = f"SELECT _rowid_ FROM {table} ORDER BY _rowid_ DESC LIMIT 1"  # noqa: S608
            (last,) = database.execute(asked).fetchone()
            if not isinstance(last, int):  # a column has the name of the number
                raise sqlite3.DataError
            return names, last
    except (sqlite3.Error, UnicodeDecodeError, OverflowError):
        raise corrupt(file, "la base ne se lit pas") from None


@contextmanager
def _opened(source: Path | bytes) -> Iterator[sqlite3.Connection]:
    """Open a database that can change nothing, load nothing and run nothing of its own."""
    if isinstance(source, bytes):
        database = sqlite3.connect(":memory:")
        # One that awaits its journal can't be opened without a folder: it is in it all the same.
        database.deserialize(source[: _WAL.start] + b"\1\1" + source[_WAL.stop :])
        size = len(source)
    else:
        address = f"{source.absolute().as_uri()}?mode=ro&immutable=1"
        database = sqlite3.connect(address, uri=True)
        size = source.stat().st_size
    with closing(database):
        for limit, most in _LIMITS.items():
            database.setlimit(limit, most)
        for setting in ("trusted_schema=OFF", "cell_size_check=ON", "query_only=ON"):
            database.execute(f"PRAGMA {setting}")
        database.text_factory = bytes
        if size <= _MOST_CHECKED_BYTES:
            (answer,) = database.execute("PRAGMA integrity_check(1)").fetchone()
            if answer != b"ok":
                raise sqlite3.DatabaseError
        database.set_authorizer(_authorized)
        yield database


def _authorized(action: int, *_: str | None) -> int:
    return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY


def _layer(database: sqlite3.Connection, file: str) -> str:
    """Return the name of the one layer that has features."""
    for table in _SYSTEM_TABLES:
        _check_table(database, table, file)
    asked = database.execute("SELECT table_name FROM gpkg_contents WHERE data_type = 'features'")
    registered = [_text(name, file) for (name,) in asked]
    for table in registered:
        _check_table(database, table, file)
    filled = [
        table
        for table in registered
        if database.execute(f"SELECT 1 FROM {_quoted(table)} LIMIT 1").fetchone()  # noqa: S608
    ]
    if len(filled) > 1:
        names = ", ".join(f"« {shown(table)} »" for table in filled[:5])
        raise RefusedFileError(
            "AMBIGUOUS_LAYER",
            f"« {file} » a plusieurs couches remplies ({names}). Donnez un fichier qui n’a que "
            "celle à lire.",
        )
    if not filled:
        raise RefusedFileError(
            "NO_ROWS",
            f"« {file} » n’a aucun objet, ou aucune couche déclarée. Exportez la couche à nouveau.",
        )
    return filled[0]


def _check_table(database: sqlite3.Connection, table: str, file: str) -> None:
    """Raise unless a name is that of a table that holds its own rows."""
    found = database.execute(
        "SELECT type, sql FROM sqlite_master WHERE name = ? COLLATE NOCASE", (table,)
    )
    told = [(kind, sql or b"") for kind, sql in found if kind in (b"table", b"view")]
    if not told:
        raise corrupt(file, f"la table « {shown(table)} » manque")
    ((kind, sql),) = told
    if kind == b"view" or re.match(rb"\s*CREATE\s+VIRTUAL\b", sql, re.IGNORECASE):
        raise _computed(file, table)


def _geometry_column(
    database: sqlite3.Connection, layer: str, file: str, wanted: Wanted
) -> tuple[str, Reference | None]:
    asked = database.execute(
        "SELECT column_name, srs_id FROM gpkg_geometry_columns WHERE table_name = ?", (layer,)
    )
    told = asked.fetchone()
    if told is None:
        raise corrupt(file, f"la colonne des formes de « {shown(layer)} » n’est pas déclarée")
    column = _text(told[0], file)
    return column, _reference(database, told[1], file) if wanted.geometry else None


def _reference(database: sqlite3.Connection, srs_id: Any, file: str) -> Reference | None:
    asked = database.execute(
        "SELECT organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys "
        "WHERE srs_id = ?",
        (srs_id,),
    )
    told = asked.fetchone()
    if told is None or srs_id in _NO_PROJECTION:
        raise missing_crs(file, "la projection de la couche n’est pas dite")
    organization, number, definition = told
    if _text(organization, file).upper() == "EPSG" and isinstance(number, int):
        return from_epsg(number, file)
    return from_wkt(_text(definition, file), file)


def _columns(database: sqlite3.Connection, layer: str, file: str) -> list[tuple[str, bytes]]:
    """Return the columns of a table with their types, none of them computed."""
    names = []
    for _, told, kind, *_, hidden in database.execute(f"PRAGMA table_xinfo({_quoted(layer)})"):
        name = _text(told, file)
        if hidden:
            raise _computed(file, name)
        names.append((name, kind or b""))
    return names


def _read_rows(
    database: sqlite3.Connection, layer: str, column: str, features: Features, wanted: Wanted
) -> None:
    table = _quoted(layer)
    names = _columns(database, layer, features.file)
    if column.lower() not in [name.lower() for name, _ in names]:
        raise corrupt(features.file, f"la colonne « {shown(column)} » manque")
    kept = [
        name
        for name, kind in names
        if name.lower() != column.lower()
        and kind.upper() != b"BLOB"
        and (wanted.wants(name) or wanted.seeks(name))
    ]
    features.know(filter(wanted.wants, kept))
    asked = ", ".join(map(_quoted, [column] * wanted.geometry + kept)) or "NULL"
    rows = database.execute(f"SELECT {asked} FROM {table}")  # noqa: S608 - names are quoted
    for number, row in enumerate(rows, start=1):
        cells = row[len(row) - len(kept) :]
        properties = {
            name: _text(value, features.file, number) if isinstance(value, bytes) else value
            for name, value in zip(kept, cells, strict=True)
        }
        if wanted.keeps(properties):
            outline = _outline(row[0]) if wanted.geometry else None
            features.add(number, outline, wanted.of(properties.items()))


def _outline(blob: Any) -> Outline | FeatureError | None:
    """Return the outline of a value: the head that GeoPackage puts before it is taken off."""
    if blob is None:
        return None
    try:
        if not isinstance(blob, bytes) or blob[:3] != b"GP\0":
            raise WkbError
        flags = blob[3]
        if flags & _EXTENDED_FLAG:
            raise WkbError
        if flags & _EMPTY_FLAG:
            return empty()
        return read_wkb(blob[8 + _ENVELOPE_BYTES[flags >> 1 & 7] :])
    except FeatureError as fault:
        return fault
    except (WkbError, KeyError, IndexError):
        return FeatureError("CORRUPT_GPKG", "sa forme est abîmée\u202f; reprenez la couche")


def _text(value: Any, file: str, number: int | None = None) -> str:
    if not isinstance(value, bytes):
        raise corrupt(file, "un nom n’y est pas un texte")
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        where = f", objet n°\u00a0{number}" if number else ""
        raise RefusedFileError(
            "BAD_ENCODING",
            f"« {file} »{where}\u00a0: un texte n’est pas en UTF-8. Exportez la couche à nouveau.",
        ) from None


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _computed(file: str, name: str) -> RefusedFileError:
    return RefusedFileError(
        "VIEW_NOT_ALLOWED",
        f"« {file} »\u00a0: « {shown(name)} » est calculée quand on la lit (vue, table virtuelle "
        "ou colonne calculée). Enregistrez son contenu comme une couche, et donnez celle-ci.",
    )


def corrupt(file: str, why: str) -> RefusedFileError:
    """Return the refusal of a GeoPackage that is cut, damaged, or none."""
    return RefusedFileError(
        "CORRUPT_GPKG",
        f"« {file} » n’est pas un GeoPackage entier\u00a0: {why}. Reprenez-le à sa source, ou "
        "exportez la couche à nouveau.",
    )
