"""Codes of communes as people write them, and the commune of today that they name."""

from __future__ import annotations

import re

from coverage.base.crs import DEMO, departement_of
from coverage.model.answers import Repairs
from coverage.sources.cog import Moved, commune_codes
from coverage.sources.given.cells import Cell
from coverage.sources.likeness import words_of

CODE = re.compile(r"(?:\d{2}|2[AB])\d{3}", re.ASCII)
_SCIENTIFIC = re.compile(r"[+-]?\d+(?:[.,]\d+)?e\+?\d+", re.ASCII | re.IGNORECASE)
#: A code that a program took for a number.
_NUMBER = re.compile(r"(\d+)[.,]0+", re.ASCII)
#: How a spreadsheet is told that digits are text: ``'01004``, ``="01004"``.
_KEPT_AS_TEXT = re.compile(r"'(.*)|=\s*\"(.*)\"")
#: Since 1968 nobody writes these codes of the former Seine: they are postcodes of Paris.
_PARIS_POSTCODE = re.compile(r"750(0[1-9]|1\d|20)", re.ASCII)
#: What many names of communes have in common.
_SMALL_WORDS = frozenset(
    "a au aux d de des du en et l la le les saint sainte sous sur ville commune mairie".split()
)
_ADVICE = "donnez le code INSEE de la commune, de cinq caractères (01004, 2A004)"


def commune_code(cell: Cell, repairs: Repairs) -> Moved:
    """Return the commune of today that a cell's code names (its ``code`` and ``nom``).

    How it is written is put right as ``written_code`` says; a code of the past, merged, delegated
    or recoded, is replaced by the commune that it is in, which is noted in ``repairs`` too.
    Arrondissements are codes. Raises ``LineError`` as ``written_code`` does.
    """
    code = written_code(cell, repairs)
    found = commune_codes().now(code)
    assert found is not None
    if found.code != code:
        cell.repaired(
            repairs, "commune d’un autre millésime", f"« {code} » lu {found.code}, {found.reason}"
        )
    return found


def written_code(cell: Cell, repairs: Repairs) -> str:
    """Return the code of a cell as INSEE writes it, whether of today or of the past.

    Blanks, small letters, ``13055.0`` are put right and noted in ``repairs``. Raises ``LineError``:
    ID_SCIENTIFIC, INSEE_ZERO_LOST (which code it was is told), INSEE_UNKNOWN (it never was one).
    """
    text = cell.bare(repairs)
    code = _written(text)
    if _SCIENTIFIC.fullmatch(code):
        raise cell.error(
            "ID_SCIENTIFIC",
            f"« {cell.shown} » est en notation scientifique, ses chiffres sont perdus\u202f; "
            "mettez la colonne au format texte et donnez à nouveau les codes",
        )
    codes = commune_codes()
    if re.fullmatch(r"\d{4}", code, re.ASCII) and (lost := codes.now(f"0{code}")):
        raise cell.error(
            "INSEE_ZERO_LOST",
            f"« {cell.shown} » a perdu son zéro\u202f; écrivez 0{code} ({lost.nom}), la colonne au "
            "format texte",
        )
    if not codes.exists(code) or _PARIS_POSTCODE.fullmatch(code):
        raise cell.error("INSEE_UNKNOWN", _unknown(cell, code))
    if code != text:
        cell.repaired(repairs, "code mal écrit", f"« {cell.shown} » lu {code}")
    return code


def is_named(commune: Moved, nom: str) -> bool:
    """Tell whether a name may be that of a commune: they have a word in common, however written.

    A name of nothing but small words may be any, and so may that of a code of the past.
    """
    known, told = words_of(commune.nom), words_of(nom)
    if commune.reason or _SMALL_WORDS.issuperset(told):
        return True
    if not _SMALL_WORDS.issuperset(set(known) & set(told)):
        return True
    known_text, told_text = "".join(known), "".join(told)
    return known_text in told_text or told_text in known_text


def _written(text: str) -> str:
    """Return a code as INSEE writes it: no blanks, great letters, no dress of a spreadsheet."""
    if kept := _KEPT_AS_TEXT.fullmatch(text):
        text = kept[1] or kept[2] or ""
    code = "".join(text.split()).upper()
    if number := _NUMBER.fullmatch(code):
        code = number[1]
    return code


def _unknown(cell: Cell, code: str) -> str:
    if not cell.text:
        return f"le code manque\u202f; {_ADVICE}"
    if CODE.fullmatch(code) is None:
        return f"« {cell.shown} » n’est pas un code INSEE\u202f; {_ADVICE}"
    if paris := _PARIS_POSTCODE.fullmatch(code):
        return f"« {cell.shown} » est un code postal\u202f; écrivez 751{paris[1]}, son code INSEE"
    if departement_of(code) == DEMO:
        return f"« {cell.shown} » est une commune fictive\u202f; donnez une commune réelle"
    return f"« {cell.shown} » n’a jamais été une commune\u202f; {_ADVICE}, et non son code postal"
