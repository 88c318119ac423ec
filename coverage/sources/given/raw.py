"""The bytes of a table: there, not too many, and of the kind that the name of the file promises."""

from __future__ import annotations

import re
from pathlib import Path

from coverage.base.errors import RefusedFileError, SourceError
from coverage.model.words import whole
from coverage.sources.given.archive import ZIP
from coverage.sources.given.xml_text import is_html, is_xml, refuse_dtd

MOST_TABLE_BYTES = 20_000_000
MOST_LINE_BYTES = 1_000_000
MOST_ROWS = 300_000
_WORKBOOKS = (".xlsx", ".xlsm")
_TEXTS = (".csv", ".txt", ".tsv")
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIPS = (ZIP, b"PK\x05\x06", b"PK\x07\x08")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_ARCHIVE, _IMAGE = "une archive", "une image"
#: First bytes of what is often called .csv and is none -> what it is, in French.
_MAGIC = {
    **dict.fromkeys(_ZIPS, "une archive ou un classeur (ZIP, XLSX, ODS)"),
    _OLE2: "un ancien classeur (.xls)",
    b"\x1f\x8b": _ARCHIVE,
    b"7z\xbc\xaf": _ARCHIVE,
    b"Rar!\x1a": _ARCHIVE,
    b"BZh91AY": _ARCHIVE,
    b"\xfd7zXZ": _ARCHIVE,
    b"(\xb5/\xfd": _ARCHIVE,
    b"%PDF": "un document PDF",
    b"{\\rtf": "un document RTF",
    b"\x89PNG": _IMAGE,
    b"\xff\xd8\xff": _IMAGE,
    b"GIF8": _IMAGE,
    b"SQLite format 3": "une base de données ou un GeoPackage",
    b"PAR1\x15": "un tableau Parquet",
}
_ADVICE = "Enregistrez le tableau au format CSV (UTF-8, séparateur ;) ou XLSX."
_HEAD_BYTES = 4096
#: What no table begins with.
_JSON = re.compile(r"\{\s*(?:[\"'}]|$)|\[\s*(?:[\"'{\[\]]|-?\d)")
_LFS = "version https://git-lfs"


def read_content(path: Path, option: str) -> bytes:
    """Return the bytes of a table, one more than the most where it is too big.

    ``option`` is the one that gave it. Raises ``SourceError`` where there is no such file,
    ``RefusedFileError`` (EMPTY) where it holds nothing.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_TABLE_BYTES + 1)
    except OSError:
        raise SourceError(
            f"Le fichier « {path} » n’existe pas, ou n’est pas lisible. Vérifiez {option}."
        ) from None
    if not content:
        raise empty(path.name)
    return content


def empty(file: str) -> RefusedFileError:
    """Return the refusal of a file without any text."""
    return RefusedFileError("EMPTY", f"« {file} » est vide. Enregistrez le tableau à nouveau.")


def is_workbook(content: bytes, file: str) -> bool:
    """Tell whether a table is a workbook: its name promises one, or nothing and its bytes are.

    Raises ``RefusedFileError``: NOT_XLSX where the bytes are not what the name promises, TOO_BIG.
    """
    suffix = Path(file).suffix.lower()
    if suffix in _TEXTS or not (suffix in _WORKBOOKS or content.startswith((*_ZIPS, _OLE2))):
        return False
    if not content.startswith(_ZIPS):
        raise _no_workbook(content, file)
    if len(content) > MOST_TABLE_BYTES:
        raise too_big(file)
    return True


def refuse_no_text(content: bytes, file: str, *, most_bytes: int = MOST_TABLE_BYTES) -> None:
    """Raise ``RefusedFileError`` where a content is not the text of a table.

    NOT_CSV (a page of the web, JSON, XML, any binary file), XML_DTD, BINARY_IN_TEXT,
    LINE_TOO_LONG (1 MB), TOO_BIG (more than ``most_bytes``).
    """
    for magic, what in _MAGIC.items():
        if content.startswith(magic):
            raise _not_csv(file, what)
    _refuse_foreign(content, file)
    if not content.startswith(_UTF_16) and (at := content.find(b"\x00")) >= 0:
        raise binary(file, line_at(content[:at]))
    _refuse_long_line(content, file)
    if len(content) > most_bytes:
        raise too_big(file)


def line_at(before: bytes) -> int:
    """Return the number of the line on which some bytes end, from 1."""
    return 1 + len(re.findall(rb"\r\n|\r|\n", before))


def binary(file: str, line: int, what: str = "un octet nul") -> RefusedFileError:
    """Return the refusal of a text that holds what no text does, or hides its order."""
    return RefusedFileError(
        "BINARY_IN_TEXT",
        f"« {file} », ligne {line}\u00a0: {what} est dans le texte. Ôtez ce caractère, ou "
        "enregistrez le fichier à nouveau, en UTF-8.",
    )


def _no_workbook(content: bytes, file: str) -> RefusedFileError:
    what = (
        "un ancien classeur (.xls), ou un classeur protégé par un mot de passe"
        if content.startswith(_OLE2)
        else "autre chose qu’un classeur XLSX"
    )
    return RefusedFileError(
        "NOT_XLSX",
        f"« {file} » est {what}. Enregistrez-le au format XLSX sans mot de passe, ou en CSV "
        "(UTF-8, séparateur ;).",
    )


def _refuse_foreign(content: bytes, file: str) -> None:
    if is_html(content):
        raise _not_csv(file, "une page web (HTML), souvent une page d’erreur du portail")
    if is_xml(content):
        refuse_dtd(content, file)
        raise _not_csv(file, "un document XML")
    encoding = "utf-16" if content.startswith(_UTF_16) else "utf-8-sig"
    start = content[:_HEAD_BYTES].decode(encoding, "ignore").lstrip()
    if start.startswith(_LFS):
        raise _not_csv(file, "le renvoi à un grand fichier (git-lfs), sans ses données")
    if _JSON.match(start):
        raise _not_csv(file, "un document JSON")


def _refuse_long_line(content: bytes, file: str) -> None:
    start = 0
    while len(content) - start > MOST_LINE_BYTES:
        # The last end of a line within reach: no line before it is too long.
        reach = start + MOST_LINE_BYTES + 1
        end = max(content.rfind(b"\n", start, reach), content.rfind(b"\r", start, reach))
        if end < 0:
            raise line_too_long(file, line_at(content[:start]))
        start = end + 1


def too_big(file: str, most_rows: int = MOST_ROWS) -> RefusedFileError:
    """Return the refusal of a table of more bytes, lines or cells than its kind has."""
    return RefusedFileError(
        "TOO_BIG",
        f"« {file} » dépasse 20\u00a0Mo, {whole(most_rows)} lignes ou 2\u202f500\u202f000 "
        "cellules\u00a0: ce n’est pas le tableau attendu. Donnez un tableau plus petit\u00a0: "
        "votre territoire, les colonnes utiles.",
    )


def line_too_long(file: str, line: int) -> RefusedFileError:
    """Return the refusal of a line of more than 1 MB."""
    return RefusedFileError(
        "LINE_TOO_LONG",
        f"« {file} », ligne {line}\u00a0: elle dépasse 1\u00a0Mo. Vérifiez les fins de ligne et "
        "les guillemets, puis enregistrez le tableau à nouveau en CSV.",
    )


def _not_csv(file: str, what: str) -> RefusedFileError:
    return RefusedFileError(
        "NOT_CSV", f"« {file} » n’est pas un tableau\u00a0: c’est {what}. {_ADVICE}"
    )
