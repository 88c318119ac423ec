"""What someone who knows has said of pairs of places: ``appariements.csv`` in the workspace.

One line a pair, ``site_id;autre_id;meme_lieu``, where ``meme_lieu`` is oui or non. It decides the
pair, whatever the matching finds; a line without an answer leaves it open, and other columns are
not read. So the table ``paires.csv`` of a study can be filled in, in part, and given back.
"""

from __future__ import annotations

from pathlib import Path

from coverage.base.errors import UserError
from coverage.base.text import folded
from coverage.sources.given_file import read_lines

FILE_NAME = "appariements.csv"
COLUMNS = ("site_id", "autre_id", "meme_lieu")
_ANSWERS = {"oui": True, "o": True, "1": True, "non": False, "n": False, "0": False}


def read_pairings(path: Path) -> dict[frozenset[str], bool]:
    """Return whether two entries are one place, by the pair of their ids.

    Raises ``UserError`` on a file without these columns, or a line that can't be understood or
    says the contrary of another.
    """
    lines = read_lines(path, FILE_NAME)
    names = [folded(name).replace(" ", "_") for name in lines.header]
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise UserError(
            f"« {path.name} »\u00a0: il manque {', '.join(missing)} en première ligne. Écrivez "
            f"{';'.join(COLUMNS)}."
        )
    said: dict[frozenset[str], bool] = {}
    for number, cells in lines.rows:
        row = dict(zip(names, cells, strict=False))
        one, other, answer = (row.get(name, "") for name in COLUMNS)
        pair = frozenset((one, other))
        if not answer:
            continue
        if not one or not other or len(pair) == 1:
            fault = "donnez deux identifiants différents, site_id et autre_id"
        elif folded(answer) not in _ANSWERS:
            fault = f"« {answer} » n’est ni oui ni non"
        elif said.get(pair, _ANSWERS[folded(answer)]) != _ANSWERS[folded(answer)]:
            fault = "cette paire est dite oui et non\u202f; gardez une seule ligne"
        else:
            said[pair] = _ANSWERS[folded(answer)]
            continue
        raise UserError(f"« {path.name} », ligne {number}\u00a0: {fault}.")
    return said
