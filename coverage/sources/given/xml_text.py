"""XML: never with a document type, whose entities open other files or grow without end."""

from __future__ import annotations

import re

from coverage.base.errors import RefusedFileError

#: A declaration stands before the first element; what a comment holds is no declaration.
_HEAD_BYTES = 1 << 16
#: What may stand before it: the mark of XML, comments, instructions.
_ASIDE = re.compile(rb"\s*+(?:<!--.*?-->|<\?.*?\?>)", re.DOTALL)
_BLANK = re.compile(rb"\s*+")
_HTML = re.compile(rb"<(?:!doctype\s+html\b|html|head|body)", re.IGNORECASE)
_DECLARATION = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def is_xml(content: bytes) -> bool:
    """Tell whether a content is some XML; a page of the web (HTML) is not."""
    return _start(content).startswith((b"<?xml", b"<")) and not is_html(content)


def is_html(content: bytes) -> bool:
    """Tell whether a content is a page of the web."""
    return bool(_HTML.match(*_after_asides(content)))


def refuse_dtd(content: bytes, file: str) -> None:
    """Raise ``RefusedFileError`` (XML_DTD) where an XML declares a document type or entities."""
    start, at = _after_asides(content)
    if _DECLARATION.search(_uncommented(start[at : at + _HEAD_BYTES])) and not is_html(content):
        raise declared_dtd(file)


def declared_dtd(file: str) -> RefusedFileError:
    """Return the refusal of an XML that declares a document type or entities."""
    return RefusedFileError(
        "XML_DTD",
        f"« {file} » contient une déclaration DOCTYPE ou ENTITY, qui peut faire lire d’autres "
        "fichiers. Exportez-le à nouveau, sans elle.",
    )


def _after_asides(content: bytes) -> tuple[bytes, int]:
    """Return a content as ``_start`` does, and where what comes first but asides is in it."""
    start, at = _start(content), 0
    while aside := _ASIDE.match(start, at):
        at = aside.end()
    blank = _BLANK.match(start, at)
    return start, blank.end() if blank else at


def _uncommented(text: bytes) -> bytes:
    """Return a text without its comments; one that is never closed goes on to the end."""
    kept, at = [], 0
    while (begins := text.find(b"<!--", at)) >= 0:
        kept.append(text[at:begins])
        ends = text.find(b"-->", begins + 4)
        if ends < 0:
            return b"".join(kept)
        at = ends + 3
    return b"".join([*kept, text[at:]])


def _start(content: bytes) -> bytes:
    """Return the content as one byte a character, without its mark and first blanks."""
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if content.startswith(mark):
            text = content[2 : 2 * _HEAD_BYTES].decode(encoding, "replace")
            return text.encode("utf-8", "replace").lstrip()
    return content.removeprefix(b"\xef\xbb\xbf").lstrip()
