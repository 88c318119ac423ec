"""The two generations of priority districts (QPV): a code tells which, and whose département."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: A code: ``QP`` + département on three characters + number; since 2024 ``QN`` + the same + number
#: + a letter.
_CODE = re.compile(r"(QP|QN)(\d{3}|02[AB])(\d{3}|\d{2}[A-Z])")


@dataclass(frozen=True)
class Generation:
    """The QPV of one decree: the ``kind`` of their zones, and the year that shows."""

    kind: str
    year: str
    prefix: str

    @property
    def name(self) -> str:
        """Return how they are called wherever they show: ``QPV 2024``."""
        return f"QPV\N{NO-BREAK SPACE}{self.year}"


QPV_2015 = Generation("qpv_2015", "2015", "QP")
QPV_2024 = Generation("qpv_2024", "2024", "QN")
GENERATIONS = (QPV_2015, QPV_2024)
#: The kinds of zone that are QPV. A territory has those of one generation only.
QPV_KINDS = tuple(generation.kind for generation in GENERATIONS)


def generation_of(code: str) -> Generation | None:
    """Return the generation of a QPV by its code, None where it is none."""
    found = _CODE.fullmatch(code)
    return next((g for g in GENERATIONS if found and g.prefix == found[1]), None)


def departement_of_qpv(code: str) -> str:
    """Return the département of a QPV code: ``QP02A001`` -> ``2A``, ``QN97404M`` -> ``974``."""
    return code[2:5].removeprefix("0")
