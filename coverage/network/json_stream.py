"""JSON read piece by piece, strictly: never more of it in memory than one value."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from coverage.base.errors import RefusedFileError

#: One value: a relation of OpenStreetMap with all the members it may have is some 2 MB.
_MOST_CHARACTERS = 4_000_000
#: Read ahead before a value is parsed: most are shorter, and parsed at once.
_AHEAD = 1 << 16
#: Where the parser stops in a value that is cut: near the end, unless it is in a string.
_TAIL = 16
_IN_A_STRING = "Unterminated string"
_BLANK = re.compile(r"[ \t\n\r]*+")


class JsonStream:
    """A JSON text that comes by chunks of bytes, and the place up to which it has been read.

    Members and elements are read as they come. Every method raises ``RefusedFileError``:
    BAD_ENCODING where it is no Unicode, BAD_JSON where it is cut or malformed, also for a key that
    comes twice in one object, NaN and Infinity; TOO_COMPLEX for a value of more than 4 million
    characters.
    """

    def __init__(self, chunks: Iterator[bytes], name: str) -> None:
        self._chunks, self._name = chunks, name
        self._text, self._at = "", 0
        self._received_bytes = 0
        self._is_whole = False
        self._unicode: codecs.IncrementalDecoder | None = None
        self._json = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)

    def next(self) -> str:
        """Return the character that comes next, after blanks; empty at the end."""
        while True:
            if blank := _BLANK.match(self._text, self._at):
                self._at = blank.end()
            if self._at < len(self._text) or self._is_whole:
                return self._text[self._at : self._at + 1]
            self._read_on()

    def value(self) -> Any:
        """Read a value, whatever it is."""
        self.next()
        ahead = _AHEAD
        while True:
            while len(self._text) - self._at < ahead and not self._is_whole:
                self._read_on()
            try:
                value, end = self._json.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                is_cut = error.pos > len(self._text) - _TAIL or error.msg.startswith(_IN_A_STRING)
                if self._is_whole or not is_cut:
                    self._refuse(error.msg)
            except (ValueError, RecursionError) as error:
                self._refuse(str(error))
            else:
                # A number may go on in the next chunk.
                if self._is_whole or end <= len(self._text) - _TAIL:
                    self._at = end
                    return value
            known = len(self._text) - self._at
            if known >= _MOST_CHARACTERS:
                raise RefusedFileError(
                    "TOO_COMPLEX",
                    f"Une valeur de «\u00a0{self._name}\u00a0» a plus de 4\u00a0millions de "
                    "caractères\u00a0: aucune route n’est si longue. Refaites la demande.",
                )
            ahead = min(4 * known, _MOST_CHARACTERS)

    def members(self) -> Iterator[str]:
        """Read an object: yield each key; its value is to be read before the next one is asked."""
        seen: set[str] = set()
        self._take("{")
        while self.next() != "}" or seen:
            if self.next() != '"':
                self._refuse("clé attendue")
            key = self.value()
            if key in seen:
                self._refuse(_TWICE)
            seen.add(key)
            self._take(":")
            yield key
            if self._take(",}") == "}":
                return
        self._take("}")

    def elements(self) -> Iterator[None]:
        """Read a list: come to each value, which is to be read before the next one is asked."""
        self._take("[")
        if self.next() == "]":
            self._take("]")
            return
        while True:
            yield
            if self._take(",]") == "]":
                return

    def end(self) -> None:
        """Refuse what comes after the value that the text should be."""
        if self.next():
            self._refuse("il y a quelque chose après la fin")

    def _take(self, expected: str) -> str:
        found = self.next()
        if not found or found not in expected:
            self._refuse(f"{' ou '.join(expected)} attendu")
        self._at += 1
        return found

    def _read_on(self) -> None:
        """Put the next chunk after what is still to be read."""
        chunk = next(self._chunks, b"")
        if self._unicode is None:
            self._unicode = codecs.getincrementaldecoder(json.detect_encoding(chunk))()
        start = self._received_bytes - len(self._unicode.getstate()[0])
        try:
            more = self._unicode.decode(chunk, not chunk)
        except UnicodeDecodeError as error:
            raise RefusedFileError(
                "BAD_ENCODING",
                f"«\u00a0{self._name}\u00a0» n’est pas en UTF-8 (octet {start + error.start}). "
                "Refaites la demande à Overpass, sans réenregistrer sa réponse.",
            ) from None
        self._received_bytes += len(chunk)
        self._text, self._at = self._text[self._at :] + more, 0
        self._is_whole = not chunk

    def _refuse(self, why: str) -> NoReturn:
        raise RefusedFileError(
            "BAD_JSON",
            f"«\u00a0{self._name}\u00a0» est un JSON coupé ou mal formé ({why}). Téléchargez à "
            "nouveau le réseau routier.",
        ) from None


_TWICE = "un objet donne deux fois la même clé"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError(_TWICE)
    return made


def _constant(text: str) -> NoReturn:
    raise ValueError(f"{text} n’est pas un nombre")
