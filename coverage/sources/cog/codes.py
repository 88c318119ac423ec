"""The shipped table of commune codes, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

#: What became of a code -> how it is told, before the commune that it names today.
_TOLD = {
    "associee": "commune associée, aujourd’hui dans",
    "deleguee": "commune déléguée, aujourd’hui dans",
    "fusion": "commune fusionnée dans",
    "recodee": "ancien code, aujourd’hui",
}
#: The parts of Paris, Lyon and Marseille have codes of their own that are in use.
_IN_USE = "arrondissement"


class Moved(NamedTuple):
    """The commune that a code names today; ``reason`` (French) is empty where it is its own."""

    code: str
    nom: str
    reason: str


@dataclass(frozen=True)
class CommuneCodes:
    """The codes of communes since 1943, overseas collectivities and arrondissements included.

    ``lines`` has each code's line of the table, without the code; ``edition`` says which edition
    of the codes it is.
    """

    edition: str
    lines: Mapping[str, str]

    def exists(self, code: str) -> bool:
        """Tell whether a code names a commune or an arrondissement, or ever did."""
        return code in self.lines

    def nom(self, code: str) -> str:
        """Return the name that a code has or had, empty where it is not known."""
        return self.lines.get(code, "").partition(";")[0].replace("'", "’")

    def city(self, code: str) -> str:
        """Return the city of a municipal arrondissement; any other code is its own."""
        what, other = self._move(code)
        return other if what == _IN_USE else code

    def now(self, code: str) -> Moved | None:
        """Return what a code names today, None where it never was one.

        A merged, delegated or associated commune is in another one, and a code may have been
        changed. Arrondissements of the three big cities are codes in use: they are their own.
        """
        if not self.exists(code):
            return None
        what, other = self._move(code)
        if what in ("", _IN_USE):
            return Moved(code, self.nom(code), "")
        nom = self.nom(other)
        return Moved(other, nom, f"{_TOLD[what]} {nom} ({other})")

    def _move(self, code: str) -> tuple[str, str]:
        """Return what became of a code and where it is, both empty where nothing did."""
        _, what, other = self.lines.get(code, ";;").split(";")
        return what, other


@cache
def commune_codes() -> CommuneCodes:
    """Return the shipped table."""
    text = Path(__file__).with_name("communes.csv").read_text("utf-8")
    edition, _, *lines = text.splitlines()
    return CommuneCodes(edition, {line[:5]: line[6:] for line in lines})
