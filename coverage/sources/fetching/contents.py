"""Is a file that came the one its reader knows? Looked at before it takes the last one's place."""

from __future__ import annotations

import csv
import gzip
import io
import re
import struct
import zlib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import IO

from coverage.base.errors import SourceError
from coverage.model.words import whole
from coverage.sources.csv_ending import ends_midway
from coverage.sources.entry import Contents
from coverage.sources.fetching.documents import DOCUMENTS, refuse_missing, rows_of_document
from coverage.sources.fetching.errors import FetchError
from coverage.sources.given.xml_text import is_html
from coverage.sources.readers.workbook import WORKBOOKS, rows_of_workbook

_LFS = b"version https://git-lfs"
_HEAD_BYTES = 1 << 16
_CHUNK_BYTES = 1 << 20
_MOST_UNPACKED_BYTES = 3_000_000_000
_SEPARATORS = ",;\t|"
_HEADER_WITHIN = 10
#: Fewer rows than this share of the last good file's are no new edition of it.
_LEAST_SHARE = 0.5
#: What is counted in a document that is too large to be read whole.
_OBJECT = {".geojson.gz": b'"properties"', ".graphml.gz": b"<node "}
_BROKEN = "le fichier reçu est coupé ou abîmé"


def check_contents(path: Path, name: str, contents: Contents, before: Path | None = None) -> None:
    """Raise ``FetchError`` where a file is not what the source's reader expects.

    ``name`` tells its kind; ``before`` is the last good file, whose rows are the measure. In this
    order: nothing at all, a page of the web, cut or damaged, a column gone, far fewer rows.
    """
    refuse_page(path)
    rows = _rows(path, name, contents.columns)
    if rows is None:
        return
    if rows < contents.rows:
        raise FetchError(
            f"la source a changé\u00a0: {whole(rows)} lignes, au moins {whole(contents.rows)} "
            "attendues"
        )
    known = _known_rows(before, contents.columns) if before else None
    if known and rows < _LEAST_SHARE * known:
        raise FetchError(
            f"la source a changé\u00a0: {whole(rows)} lignes au lieu de {whole(known)}\u202f; si "
            "c’est voulu, supprimez l’ancien fichier et relancez"
        )


def refuse_page(path: Path) -> None:
    """Raise ``FetchError`` where a file is empty, a page of the web, or a pointer to a file."""
    with path.open("rb") as file:
        start = file.read(_HEAD_BYTES)
    if not start:
        raise FetchError("le fichier reçu est vide")
    if is_html(start) or start.startswith(_LFS):
        raise FetchError("une page HTML ou un pointeur au lieu des données")


def _known_rows(path: Path, columns: Collection[str]) -> int | None:
    try:
        return _rows(path, path.name, columns)
    except FetchError:
        return None


def _rows(path: Path, name: str, columns: Collection[str]) -> int | None:
    """Return how many rows a file has, its columns checked; None: of a kind without rows."""
    kind = name.lower()
    try:
        if kind.endswith(".csv"):
            return _csv_rows(path, columns)
        if kind.endswith(WORKBOOKS):
            return rows_of_workbook(path, columns)
        if kind.endswith(DOCUMENTS):
            return _document_rows(path, kind, columns)
        if kind.endswith(tuple(_OBJECT)):
            return _packed_rows(path, columns, _OBJECT["." + ".".join(kind.split(".")[-2:])])
        if kind.endswith(".dbf"):
            return _dbf_rows(path, columns)
        if kind.endswith((".shp", ".shx")):
            _check_shape(path)
    except SourceError as error:
        raise FetchError(f"la source a changé\u00a0: {error}") from error
    except (ValueError, EOFError, OSError, zlib.error, struct.error, csv.Error) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise FetchError(_BROKEN) from error
    return None


def _document_rows(path: Path, name: str, columns: Collection[str]) -> int:
    rows = rows_of_document(path, name, columns)
    if rows is None:
        raise FetchError(_BROKEN)
    return rows


def _csv_rows(path: Path, columns: Collection[str]) -> int:
    with path.open("rb") as file:
        start = file.read(_HEAD_BYTES)
        file.seek(0)
        lines = sum(chunk.count(b"\n") for chunk in _chunks(file))
        file.seek(-1, io.SEEK_END)
        lines += file.read() != b"\n"
    separator, header = _header(start.decode("utf-8-sig", "replace"), columns)
    refuse_missing(columns, header)
    if ends_midway(path, separator, len(header)):
        raise FetchError(_BROKEN)
    return lines - 1


def _header(text: str, columns: Collection[str]) -> tuple[str, list[str]]:
    """Return the separator and the cells of the line with the most of the columns."""
    lines = text.splitlines()[:_HEADER_WITHIN]
    found = [
        (separator, [cell.strip() for cell in cells])
        for separator in _SEPARATORS
        for cells in csv.reader(lines, delimiter=separator)
    ]
    return max(found, key=lambda line: len(set(columns) & set(line[1])))


def _packed_rows(path: Path, columns: Collection[str], mark: bytes) -> int:
    """Count the objects of a packed document; its columns are looked for at its beginning."""
    count, tail, start = 0, b"", b""
    with gzip.open(path) as file:
        for chunk in _chunks(file):
            start = start or chunk
            count += (tail + chunk).count(mark)
            tail = chunk[-len(mark) + 1 :]
    keys = [column for column in columns if re.search(rb'"%s"\s*:' % column.encode(), start)]
    refuse_missing(columns, keys)
    return count


def _dbf_rows(path: Path, columns: Collection[str]) -> int:
    content = path.read_bytes()
    rows, header_bytes, row_bytes = struct.unpack("<IHH", content[4:12])
    if len(content) < header_bytes + rows * row_bytes:
        raise FetchError(_BROKEN)
    fields = [content[at : at + 11] for at in range(32, header_bytes - 1, 32)]
    refuse_missing(columns, [field.partition(b"\0")[0].decode("latin-1") for field in fields])
    return int(rows)


def _check_shape(path: Path) -> None:
    """Refuse a shapefile's part that is not as long as its header tells (in 16-bit words)."""
    with path.open("rb") as file:
        head = file.read(28)
    if struct.unpack(">i", head[24:28])[0] * 2 != path.stat().st_size:
        raise FetchError(_BROKEN)


def _chunks(file: IO[bytes] | gzip.GzipFile) -> Iterator[bytes]:
    """Give a file piece by piece, and stop one that unpacks without end."""
    received = 0
    while chunk := file.read(_CHUNK_BYTES):
        received += len(chunk)
        if received > _MOST_UNPACKED_BYTES:
            raise FetchError("le fichier reçu est trop grand une fois décompressé")
        yield chunk
