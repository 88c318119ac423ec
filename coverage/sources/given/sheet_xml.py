"""The XML parts of a workbook, read as streams: never with a document type, never as a tree."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from typing import Protocol
from xml.parsers import expat

from coverage.base.errors import RefusedFileError
from coverage.sources.given.archive import DAMAGED, damaged_archive
from coverage.sources.given.xml_text import declared_dtd

_CHUNK_BYTES = 1 << 18
#: How an attribute says yes, in small letters.
TRUE = ("1", "true", "on")
Attributes = Mapping[str, str]


class Handler(Protocol):
    """What is told of the elements of a part, by their names without namespaces."""

    def start(self, name: str, attributes: Attributes) -> None:
        """Begin an element."""

    def end(self, name: str) -> None:
        """End an element."""

    def text(self, text: str) -> None:
        """Take some of the text of an element."""


def read_part(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, file: str, handler: Handler
) -> None:
    """Tell a handler the elements of a part of a workbook.

    Names are told without namespaces, those of attributes with them (``namespace name``). Raises
    ``RefusedFileError``: XML_DTD, CORRUPT_ZIP (its bytes), NOT_XLSX (no XML), and what the
    handler raises.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def refuse_dtd(*_: object) -> None:
        raise declared_dtd(file)

    def start(name: str, attributes: Attributes) -> None:
        handler.start(name.rpartition(" ")[2], attributes)

    parser.StartDoctypeDeclHandler = refuse_dtd
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda name: handler.end(name.rpartition(" ")[2])
    parser.CharacterDataHandler = handler.text
    try:
        content = archive.open(member)
    except DAMAGED:
        raise damaged_archive(file) from None
    with content:
        while True:
            try:
                chunk = content.read(_CHUNK_BYTES)
            except DAMAGED:
                raise damaged_archive(file) from None
            try:
                parser.Parse(chunk, not chunk)
            except RefusedFileError:
                raise
            except (expat.ExpatError, ValueError, LookupError):
                # The encoding that it names may be none, or none of texts.
                raise no_workbook(file) from None
            if not chunk:
                return


def no_workbook(file: str) -> RefusedFileError:
    """Return the refusal of an archive that is no workbook, or whose parts can't be read."""
    return RefusedFileError(
        "NOT_XLSX",
        f"« {file} » n’est pas un classeur XLSX lisible. Enregistrez-le à nouveau en XLSX, ou en "
        "CSV (UTF-8, séparateur ;).",
    )
