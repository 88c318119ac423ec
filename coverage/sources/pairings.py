"""What someone who knows has said of pairs of places: ``appariements.csv`` in the workspace.

One line a pair, ``site_id;autre_id;meme_lieu``, where ``meme_lieu`` is oui or non. It decides the
pair, whatever the matching finds; a line without an answer leaves it open, and other columns are
not read. So the table ``paires.csv`` of a study can be filled in, in part, and given back.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from coverage.base.text import folded
from coverage.model.answers import Repairs
from coverage.model.territory import GIVEN_VINTAGE
from coverage.sources.given.faults import Faults, LineError
from coverage.sources.given.header import read_header
from coverage.sources.given.lines import read_lines

if TYPE_CHECKING:
    from coverage.model.notes import Notes

FILE_NAME = "appariements.csv"
COLUMNS = ("site_id", "autre_id", "meme_lieu")
_ADVICE = f"Écrivez {';'.join(COLUMNS)}."
_ANSWERS = {"oui": True, "o": True, "1": True, "non": False, "n": False, "0": False}


def read_pairings(path: Path, notes: Notes) -> dict[frozenset[str], bool]:
    """Return whether two entries are one place, by the pair of their ids.

    What was repaired goes to ``notes``. Raises ``RefusedFileError`` on a file without these
    columns, or with lines that can't be understood or say the contrary of another.
    """
    lines = read_lines(path, FILE_NAME)
    said: dict[frozenset[str], bool] = {}
    if not lines.rows:
        return said
    repairs = Repairs()
    repairs.extend(lines.repairs)
    header = read_header(lines, COLUMNS, repairs, required=COLUMNS, advice=_ADVICE)
    faults = Faults(path.name, list(header.faults))
    for line, cells in lines.rows:
        one, other, answer = (header.cell(line, cells, name).text for name in COLUMNS)
        if answer:
            with faults.on(line):
                _say(said, one, other, answer)
    faults.close()
    notes.mended(path.name, GIVEN_VINTAGE, repairs.told())
    return said


def _say(said: dict[frozenset[str], bool], one: str, other: str, answer: str) -> None:
    """Add what one line says of a pair. Raises ``LineError``."""
    pair = frozenset((one, other))
    if not one or not other or len(pair) == 1:
        told = "donnez deux identifiants différents, site_id et autre_id"
        raise LineError("autre_id", told, "BAD_ID")
    if folded(answer) not in _ANSWERS:
        raise LineError("meme_lieu", f"« {answer} » n’est ni oui ni non")
    if said.setdefault(pair, _ANSWERS[folded(answer)]) != _ANSWERS[folded(answer)]:
        told = "cette paire est dite oui et non\u202f; gardez une seule ligne"
        raise LineError("meme_lieu", told, "DUP_ID")
