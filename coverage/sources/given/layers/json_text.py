"""JSON read piece by piece: bounded before it is parsed, strict, one value at a time."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

import numpy as np

from coverage.base.errors import RefusedFileError
from coverage.sources.given.layers.features import MOST_VERTICES, refuse
from coverage.sources.given.layers.shapes import too_complex

_MOST_DEPTH = 100
#: Values in one feature: three a vertex, and as much again for what else it has.
_MOST_VALUES = 4 * MOST_VERTICES
_STRING = re.compile(rb'"[^"\\]*+(?:\\.?[^"\\]*+)*+(?:"|\Z)', re.DOTALL)
_NOT_STRUCTURE = bytes(set(range(256)) - set(b"[]{},"))
_CHUNK_BYTES = 1 << 22
#: Depth at which the features of a collection open: object, list, feature.
_FEATURE_DEPTH = 3
_BLANK = re.compile(r"[ \t\n\r]*")


def refuse_excess(content: bytes, file: str) -> None:
    """Raise where a JSON text nests too deep, or holds a feature of too many vertices.

    What it costs is in step with the size of the text, whatever its structure. Raises
    ``RefusedFileError``: BAD_JSON (more than 100 levels), TOO_COMPLEX.
    """
    structure = _STRING.sub(b"", content).translate(None, _NOT_STRUCTURE)
    depth, feature = 0, 0
    vertices = values = 0
    for start in range(0, len(structure), _CHUNK_BYTES):
        # One byte more: a vertex is a bracket and the comma after it.
        part = np.frombuffer(structure, np.uint8, offset=start)[: _CHUNK_BYTES + 1]
        own = part[:_CHUNK_BYTES]
        opened = (own == ord("[")) | (own == ord("{"))
        closed = (own == ord("]")) | (own == ord("}"))
        depths = depth + np.cumsum(opened.astype(np.int32) - closed)
        if depths.max() > _MOST_DEPTH:
            raise bad_json(
                file, "des crochets ou des accolades s’y emboîtent sur plus de 100 rangs"
            )
        commas = part == ord(",")
        corners = (part[:-1] == ord("[")) & commas[1:]
        at = np.flatnonzero((own == ord("{")) & (depths == _FEATURE_DEPTH))
        for counted, most, before in (
            (corners, MOST_VERTICES, vertices),
            (commas[: len(own)], _MOST_VALUES, values),
        ):
            counts = np.diff(np.concatenate(([0], np.cumsum(counted)))[np.r_[0, at, len(counted)]])
            counts[0] += before
            if counts.max() > most:
                refuse(file, [(max(1, feature + int(counts.argmax())), too_complex())])
            if most == MOST_VERTICES:
                vertices = int(counts[-1])
            else:
                values = int(counts[-1])
        depth, feature = int(depths[-1]), feature + len(at)


class JsonText:
    """A JSON text and the place up to which it has been read.

    Values are read one after the other, members and elements as they come. Every method raises
    ``RefusedFileError``: BAD_JSON with its place, also on a key that comes twice in one object and
    on NaN and Infinity; BAD_NUMBER on an integer of thousands of digits.
    """

    def __init__(self, text: str, file: str) -> None:
        self._text, self._file, self._at = text, file, 0
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self._object, parse_constant=self._constant
        )

    def next(self) -> str:
        """Return the character that comes next, after blanks; empty at the end."""
        if blank := _BLANK.match(self._text, self._at):
            self._at = blank.end()
        return self._text[self._at : self._at + 1]

    def value(self) -> Any:
        """Read a value, whatever it is."""
        self.next()
        try:
            value, self._at = self._decoder.raw_decode(self._text, self._at)
        except RefusedFileError:
            raise
        except json.JSONDecodeError as error:
            self._at = error.pos
            self._refuse()
        except RecursionError:
            self._refuse("des valeurs s’y emboîtent sans fin")
        except ValueError:
            raise RefusedFileError(
                "BAD_NUMBER",
                f"« {self._file} », ligne {self._line()}\u00a0: un nombre a des milliers de "
                "chiffres. Corrigez-le.",
            ) from None
        return value

    def members(self) -> Iterator[str]:
        """Read an object: yield each key; its value is to be read before the next one is asked."""
        seen: set[str] = set()
        self._take("{")
        while self.next() != "}" or seen:
            if self.next() != '"':
                self._refuse()
            key = self.value()
            if key in seen:
                self._twice(key)
            seen.add(key)
            self._take(":")
            yield key
            if self._take(",}") == "}":
                return
        self._take("}")

    def elements(self) -> Iterator[Any]:
        """Read a list: yield each value."""
        self._take("[")
        if self.next() == "]":
            self._take("]")
            return
        while True:
            yield self.value()
            if self._take(",]") == "]":
                return

    def end(self) -> None:
        """Refuse what comes after the value that the text should be."""
        if self.next():
            self._refuse("il y a quelque chose après la fin du document")

    def _take(self, expected: str) -> str:
        found = self.next()
        if not found or found not in expected:
            self._refuse()
        self._at += 1
        return found

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) != len(pairs):
            keys = [key for key, _ in pairs]
            self._twice(next(key for key in made if keys.count(key) > 1))
        return made

    def _constant(self, name: str) -> NoReturn:
        self._refuse(f"«\u00a0{name}\u00a0» n’est pas du JSON")

    def _twice(self, key: str) -> NoReturn:
        self._refuse(f"la clé «\u00a0{key[:40]}\u00a0» est deux fois dans un même objet")

    def _line(self) -> int:
        return self._text.count("\n", 0, self._at) + 1

    def _refuse(self, why: str = "") -> NoReturn:
        if not why:
            column = self._at - self._text.rfind("\n", 0, self._at)
            cut = self._at >= len(self._text)
            why = "il est coupé avant sa fin" if cut else f"erreur au caractère {column}"
        raise bad_json(self._file, why, self._line()) from None


def bad_json(file: str, why: str, line: int | None = None) -> RefusedFileError:
    """Return the refusal of a text that is no JSON, or that is none on one line."""
    where = f", ligne {line}" if line else ""
    return RefusedFileError(
        "BAD_JSON",
        f"« {file} »{where}\u00a0: le JSON ne se lit pas, {why}. Reprenez le fichier à sa source, "
        "entier, ou exportez-le à nouveau en GeoJSON.",
    )
