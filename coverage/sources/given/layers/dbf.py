"""The table of a shapefile (.dbf): a row a shape, in an encoding that other files tell."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from coverage.base.errors import RefusedFileError
from coverage.model.answers import Repairs
from coverage.sources.given.cells import shown
from coverage.sources.given.layers.features import MOST_COLUMNS, too_many_columns
from coverage.sources.given.layers.wanted import Wanted
from coverage.sources.given.numbers import NUMBER

_HEAD_BYTES, _FIELD_BYTES = 32, 32
_END_OF_FIELDS = 0x0D
_DELETED = ord("*")
_TEXT, _NUMBERS = ord("C"), b"NF"
#: Notes and pictures are in other files, or binary: they are left.
_READ = b"CNFDL"
#: Byte 29 -> encoding; other values say no more than an old code page of nobody's here.
_LANGUAGES = {0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x57: "cp1252"}
_UTF_8, _WESTERN = "utf-8", "cp1252"
#: What a .cpg may say, in small letters and digits alone -> encoding. What Western programs call
#: ISO 8859-1 is Windows-1252, with its typographic marks.
_NAMED = {
    **dict.fromkeys(("utf8", "65001", "cp65001"), _UTF_8),
    **dict.fromkeys(("1252", "iso88591", "88591", "latin1", "l1", "28591"), _WESTERN),
    **dict.fromkeys(("iso885915", "885915", "latin9", "28605"), "iso8859-15"),
    **{page: f"cp{page}" for page in ("437", "850", "858")},
    "ascii": "ascii",
}
#: What may come before the number of a code page, or be all that an American text is called.
_PAGE = re.compile(r"(?:ansi|cp|ibm|ms|oem|us|windows)(?=\d|ascii)")
_MOST_NAMED = 40


@dataclass(frozen=True)
class _Field:
    name: str
    kind: int
    start: int
    end: int


@dataclass(frozen=True)
class Dbf:
    """The rows of a table, still bytes: how many there are, and what each holds."""

    content: bytes
    fields: tuple[_Field, ...]
    first: int
    row_bytes: int
    count: int
    encoding: str
    file: str

    def rows(self, wanted: Wanted) -> Iterator[dict[str, Any] | None]:
        """Yield the wanted properties of each row; None for a row that was deleted.

        Raises ``RefusedFileError`` (BAD_ENCODING).
        """
        kept = [
            field for field in self.fields if wanted.wants(field.name) or wanted.seeks(field.name)
        ]
        for number in range(self.count):
            start = self.first + number * self.row_bytes
            row = self.content[start : start + self.row_bytes]
            yield (
                None
                if row[0] == _DELETED
                else {field.name: self._value(field, row, number + 1) for field in kept}
            )

    def _value(self, field: _Field, row: bytes, number: int) -> Any:
        told = row[field.start : field.end].strip(b" \0")
        if not told:
            return None
        if field.kind in _NUMBERS:
            return _number(told)
        if field.kind == ord("L"):
            return {b"T": True, b"Y": True, b"F": False, b"N": False}.get(told.upper())
        try:
            text = told.decode(self.encoding)
        except UnicodeDecodeError:
            raise bad_encoding(
                self.file,
                f"objet n°\u00a0{number}, colonne « {shown(field.name)} »\u00a0: le texte n’est "
                f"pas en {self.encoding.upper()}, comme le .cpg le dit",
            ) from None
        if field.kind == ord("D") and re.fullmatch(r"\d{8}", text):
            return f"{text[:4]}-{text[4:6]}-{text[6:]}"
        return text


def read_dbf(content: bytes, cpg: bytes | None, file: str, repairs: Repairs) -> Dbf:
    """Read the head of a table: its columns and its encoding.

    ``cpg`` is what the .cpg beside it holds; where nothing tells the encoding, the bytes do, and
    that is noted. Raises ``RefusedFileError``: CORRUPT_SHP, DUP_COLUMN, TOO_MANY_COLUMNS,
    BAD_ENCODING.
    """
    if len(content) <= _HEAD_BYTES:
        raise corrupt(file, "le .dbf est coupé")
    count, first, row_bytes = struct.unpack_from("<IHH", content, 4)
    head = content[_HEAD_BYTES : min(first, len(content))]
    body = content[first : first + count * row_bytes]
    if not row_bytes or len(body) < count * row_bytes:
        raise corrupt(file, "le .dbf est coupé")
    told: list[tuple[bytes, int, int, int]] = []
    at = 1
    for start in range(0, len(head), _FIELD_BYTES):
        field = head[start : start + _FIELD_BYTES]
        if field[0] == _END_OF_FIELDS:
            break
        if len(field) < _FIELD_BYTES:
            raise corrupt(file, "les colonnes du .dbf ne se lisent pas")
        length = field[16] + (field[17] << 8 if field[11] == _TEXT else 0)
        told.append((field[:11].partition(b"\0")[0], field[11], at, at + length))
        at += length
    _check(told, at, row_bytes, file)
    cells = np.frombuffer(body, np.uint8).reshape(count, row_bytes)
    texts = [cells[:, start:end].tobytes() for _, kind, start, end in told if kind == _TEXT]
    encoding = _encoding(
        content[29], cpg, b"".join([field[0] for field in told] + texts), file, repairs
    )
    fields = tuple(
        _Field(name.decode(encoding, "replace").strip(), kind, start, end)
        for name, kind, start, end in told
        if kind in _READ
    )
    return Dbf(content, fields, first, row_bytes, count, encoding, file)


def _check(
    fields: list[tuple[bytes, int, int, int]], length: int, row_bytes: int, file: str
) -> None:
    if len(fields) > MOST_COLUMNS:
        raise too_many_columns(file)
    names = [field[0].strip() for field in fields]
    if length > row_bytes or not all(names) or not names:
        raise corrupt(file, "les colonnes du .dbf ne se lisent pas")
    if twice := next((name for name in names if names.count(name) > 1), None):
        told = shown(twice.decode("ascii", "replace"))
        raise RefusedFileError(
            "DUP_COLUMN", f"« {file} »\u00a0: deux colonnes s’appellent « {told} ». Renommez l’une."
        )


def _encoding(language: int, cpg: bytes | None, texts: bytes, file: str, repairs: Repairs) -> str:
    """Return the encoding that the .cpg names, else byte 29, else the one that fits."""
    named = (cpg or b"").decode("utf-8", "replace").strip("\ufeff\0 \t\r\n")
    encoding = _named(named, file) if named else None
    if texts.isascii():
        return _UTF_8
    fits_utf_8 = _fits_utf_8(texts)
    if encoding is not None:
        if encoding != _UTF_8 and fits_utf_8:
            raise bad_encoding(file, f"le .cpg dit « {shown(named)} », et le texte est en UTF-8")
        return encoding
    if language in _LANGUAGES and not fits_utf_8:
        return _LANGUAGES[language]
    found = _UTF_8 if fits_utf_8 else _WESTERN
    told = {_UTF_8: "UTF-8", _WESTERN: "Windows-1252"}[found]
    repairs.add("encodage", f"Sans .cpg qui le dise, le texte a été lu en {told}")
    return found


def _named(name: str, file: str) -> str:
    """Return the encoding that a .cpg means: ``UTF-8``, ``ISO 88591``, ``ANSI 1252``, ``850``.

    Raises ``RefusedFileError`` (BAD_ENCODING) on any other.
    """
    plain = re.sub(r"[\W_]", "", name[:_MOST_NAMED].lower())
    encoding = _NAMED.get(_PAGE.sub("", plain))
    if encoding is None:
        raise bad_encoding(file, f"le .cpg nomme « {shown(name)} », que l’on ne sait pas lire")
    return encoding


def _fits_utf_8(texts: bytes) -> bool:
    try:
        texts.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _number(told: bytes) -> float | int | None:
    text = told.decode("ascii", "replace").replace(",", ".")
    if re.fullmatch(r"[+-]?\d{1,18}", text):
        return int(text)
    # Stars are a number too long for its column: it is not known.
    return float(text) if NUMBER.fullmatch(text) else None


def bad_encoding(file: str, why: str) -> RefusedFileError:
    """Return the refusal of a shapefile whose texts are not in the encoding it names."""
    return RefusedFileError(
        "BAD_ENCODING",
        f"« {file} »\u00a0: {why}. Exportez la couche à nouveau, en UTF-8.",
    )


def corrupt(file: str, why: str) -> RefusedFileError:
    """Return the refusal of a shapefile that is cut or damaged."""
    return RefusedFileError(
        "CORRUPT_SHP",
        f"« {file} » est un shapefile abîmé\u00a0: {why}. Reprenez-le à sa source, entier, ou "
        "exportez la couche à nouveau.",
    )
