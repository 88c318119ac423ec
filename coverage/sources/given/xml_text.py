"""XML: never with a document type, whose entities open other files or grow without end."""

from __future__ import annotations

import re

from coverage.base.errors import RefusedFileError

#: A declaration stands before the first element; what a comment holds is no declaration.
_HEAD_BYTES = 1 << 16
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_HTML = re.compile(rb"<!doctype\s+html\b", re.IGNORECASE)
_DECLARATION = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def is_xml(content: bytes) -> bool:
    """Tell whether a content is some XML; a page of the web (HTML) is not."""
    return _start(content).startswith((b"<?xml", b"<")) and not is_html(content)


def is_html(content: bytes) -> bool:
    """Tell whether a content is a page of the web."""
    start = _start(content[: 1 << 13]).lower()
    if start.startswith(b"<?xml"):
        start = start.partition(b"?>")[2].lstrip()
    return bool(_HTML.match(start)) or start.startswith((b"<html", b"<head", b"<body"))


def refuse_dtd(content: bytes, file: str) -> None:
    """Raise ``RefusedFileError`` (XML_DTD) where an XML declares a document type or entities."""
    head = _COMMENT.sub(b"", _start(content)[:_HEAD_BYTES])
    if _DECLARATION.search(head) and not is_html(content):
        raise RefusedFileError(
            "XML_DTD",
            f"« {file} » contient une déclaration DOCTYPE ou ENTITY, qui peut faire lire d’autres "
            "fichiers. Exportez-le à nouveau, sans elle.",
        )


def _start(content: bytes) -> bytes:
    """Return the content as one byte a character, without its mark and first blanks."""
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if content.startswith(mark):
            text = content[2 : 2 * _HEAD_BYTES].decode(encoding, "replace")
            return text.encode("utf-8", "replace").lstrip()
    return content.removeprefix(b"\xef\xbb\xbf").lstrip()
