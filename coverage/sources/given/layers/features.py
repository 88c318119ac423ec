"""The features of a layer as they are read: outlines, properties, faults, repairs."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from coverage.base.errors import RefusedFileError
from coverage.base.text import folded
from coverage.model.answers import Repairs, rank
from coverage.model.words import whole
from coverage.sources.given.cells import shown

if TYPE_CHECKING:
    from coverage.sources.given.layers.shapes import Outline

MOST_COLUMNS = 1_000
#: One feature more detailed than this is no place and no zone.
MOST_VERTICES = 500_000
_MOST_TOLD = 5
#: Controls, half characters, and what turns the order of reading.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
#: A name is on one line besides.
_HIDDEN_IN_NAME = re.compile(f"{_HIDDEN.pattern}|[\t\n\r\x85\u2028\u2029]")
#: Names of properties that number the features of a layer.
_IDENTIFIERS = frozenset({"id", "fid", "gid", "ogc fid", "objectid", "uid", "uuid", "identifiant"})


class FeatureError(Exception):
    """One thing wrong with one feature: its code, and what it is and what to do (French)."""

    def __init__(self, code: str, advice: str) -> None:
        self.code = code
        super().__init__(advice)


@dataclass
class Features:
    """What a reader finds in a layer, in the order of the file.

    ``numbers`` are those of the features in the file, from 1; ``outlines`` has None for a
    feature without a shape, or whose fault is in ``faults``; ``columns`` holds the properties, one
    value a feature; ``ids`` the identifiers that GeoJSON has beside them. ``name`` is the layer's,
    made harmless; ``converted_from`` the reference system that its coordinates were in, empty for
    degrees on WGS 84.
    """

    file: str
    repairs: Repairs = field(default_factory=Repairs)
    numbers: list[int] = field(default_factory=list)
    outlines: list[Outline | None] = field(default_factory=list)
    ids: list[Any] = field(default_factory=list)
    columns: dict[str, list[Any]] = field(default_factory=dict)
    faults: list[tuple[int, FeatureError]] = field(default_factory=list)
    name: str = ""
    converted_from: str = ""

    def know(self, names: Iterable[str]) -> None:
        """Take in the names of columns that the layer has, even if no feature is wanted.

        Raises ``RefusedFileError``: TOO_MANY_COLUMNS, BINARY_IN_TEXT (a name).
        """
        for name in names:
            self._column(name)

    def _column(self, name: str) -> list[Any]:
        if (column := self.columns.get(name)) is None:
            if len(self.columns) == MOST_COLUMNS:
                raise too_many_columns(self.file)
            if found := _HIDDEN_IN_NAME.search(name):
                raise RefusedFileError(
                    "BINARY_IN_TEXT",
                    f"« {self.file} »\u00a0: le nom de la propriété « {shown(name)} » contient un "
                    f"caractère caché (U+{ord(found[0]):04X}). Renommez-la.",
                )
            column = self.columns[name] = []
        return column

    def add(
        self,
        number: int,
        outline: Outline | FeatureError | None,
        properties: Iterable[tuple[str, Any]],
        *,
        feature_id: Any = None,
    ) -> None:
        """Take in one feature: its outline or what is wrong with it, its properties.

        Raises ``RefusedFileError``: TOO_MANY_COLUMNS, BINARY_IN_TEXT (a name).
        """
        before = len(self.numbers)
        self.numbers.append(number)
        self.ids.append(feature_id)
        if isinstance(feature_id, str):
            self._refuse_hidden(number, "id", feature_id)
        if isinstance(outline, FeatureError):
            self.faults.append((number, outline))
            outline = None
        self.outlines.append(outline)
        for name, value in properties:
            column = self._column(name)
            column.extend([None] * (before - len(column)))
            column.append(self._plain(number, name, value))

    def _plain(self, number: int, name: str, value: Any) -> Any:
        """Return a property as a cell of a table: a list or an object as its JSON text."""
        if isinstance(value, (dict, list)):
            try:
                return json.dumps(value, ensure_ascii=False, allow_nan=False)
            except ValueError:
                value = math.inf
        if isinstance(value, str):
            self._refuse_hidden(number, name, value)
        if isinstance(value, float) and not math.isfinite(value):
            advice = f"la propriété « {shown(name)} » n’est pas un nombre que l’on puisse écrire"
            self.faults.append((number, FeatureError("BAD_NUMBER", advice)))
            return None
        return value

    def _refuse_hidden(self, number: int, name: str, text: str) -> None:
        if found := _HIDDEN.search(text):
            advice = (
                f"la propriété « {shown(name)} » contient un caractère caché "
                f"(U+{ord(found[0]):04X})\u202f; ôtez-le"
            )
            self.faults.append((number, FeatureError("BINARY_IN_TEXT", advice)))

    def filled(self) -> dict[str, list[Any]]:
        """Return the columns, each as long as the layer."""
        for column in self.columns.values():
            column.extend([None] * (len(self.numbers) - len(column)))
        return self.columns

    def refuse_same_ids(self) -> None:
        """Note the features whose identifier another one has: DUP_ID."""
        named = [
            (name, values) for name, values in self.filled().items() if folded(name) in _IDENTIFIERS
        ]
        for name, values in [("id", self.ids), *named]:
            first: dict[str, int] = {}
            for number, value in zip(self.numbers, values, strict=True):
                if value is None or value == "":
                    continue
                if (other := first.setdefault(str(value), number)) != number:
                    advice = (
                        f"son identifiant « {shown(str(value))} » (« {shown(name)} ») est déjà "
                        f"celui de l’objet n°\u00a0{other}\u202f; donnez-lui le sien"
                    )
                    self.faults.append((number, FeatureError("DUP_ID", advice)))

    def refuse_faults(self) -> None:
        """Raise the ``RefusedFileError`` of the fault that comes first in the reading order.

        Faults of its family are told by their features, the first ones in full.
        """
        if self.faults:
            refuse(self.file, self.faults)


def refuse(file: str, faults: list[tuple[int, FeatureError]]) -> NoReturn:
    """Raise the refusal of a layer by its features, as (number, fault)."""
    first = min(rank(fault.code) for _, fault in faults)
    of_first = sorted(
        ((number, fault) for number, fault in faults if rank(fault.code) == first),
        key=lambda each: each[0],
    )
    told = [f"objet n°\u00a0{number}, {fault}" for number, fault in of_first[:_MOST_TOLD]]
    if (more := len(of_first) - _MOST_TOLD) > 0:
        told.append(f"et {whole(more)} autre{'s' if more > 1 else ''}")
    raise RefusedFileError(
        of_first[0][1].code,
        f"« {file} » n’a pas été lu, rien n’est gardé\u00a0: " + "\u202f; ".join(told) + ".",
    )


def too_many_columns(file: str) -> RefusedFileError:
    """Return the refusal of a layer of more than 1,000 columns."""
    return RefusedFileError(
        "TOO_MANY_COLUMNS",
        f"« {file} » a plus de 1\u202f000 colonnes. Ne gardez que celles qui servent.",
    )
