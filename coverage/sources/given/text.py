"""The text that bytes stand for: UTF-8, UTF-16 or Windows-1252, never a mixture."""

from __future__ import annotations

import re

from coverage.base.errors import RefusedFileError
from coverage.model.answers import Repairs
from coverage.sources.given.cells import shown
from coverage.sources.given.raw import binary, line_at

_BREAK = re.compile(r"\r\n|\r|\n")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_DIRECTIONS = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
#: Letters with accents, punctuation and symbols, or emoji as UTF-8 writes them. Other sequences
#: are left out: Windows-1252 has some in plain French (« qualité » before a no-break space).
_SURELY_UTF_8 = re.compile(rb"[\xc2-\xc5][\x80-\xbf]|\xe2[\x80-\xbf]{2}|\xf0\x9f[\x80-\xbf]{2}")
#: What bytes that follow another one in UTF-8 are in Windows-1252.
_NEXT = f"[{re.escape(bytes(range(0x80, 0xC0)).decode('cp1252', 'ignore'))}]"
#: What letters with accents become where they are read in another encoding, and no word has: UTF-8
#: as Windows-1252 (as above, or its second byte was lost), Mac Roman as Windows-1252, the sign
#: that stands for a lost letter. The set in front finds most signs in one quick pass.
_GARBLED = re.compile(
    "[ÂÃÄÅâðŽˆƒ‰”™Ÿ\ufffd]"
    f"(?:(?<=[Â-Å]){_NEXT}|(?<=â){_NEXT}{{2}}|(?<=ð)Ÿ{_NEXT}{{2}}|(?<=[a-z][ÂÃŽ])"
    "|(?<=[A-Z]Ž)[a-z]|(?<=[ˆ\ufffd])|(?<=ƒ)[a-z]{2}|(?<=[A-Za-z][‰”™Ÿ])[a-z])"
)
_MOST_AROUND = 20
_WORD_ENDS = re.compile(r"[\s;,|\"]")
_UTF_16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


def decoded(content: bytes, file: str, repairs: Repairs) -> str:
    """Return the text of a file, without its mark.

    UTF-16 (with its mark) and Windows-1252 are noted in ``repairs``. Raises ``RefusedFileError``:
    BAD_ENCODING where some lines are UTF-8 and another one isn't, where no encoding fits, or where
    accents were garbled before;
    BINARY_IN_TEXT on a character of control, or one that turns the order of reading.
    """
    text = _text(content, file, repairs)
    refuse_unreadable(text, file)
    return text


def refuse_unreadable(text: str, file: str, line: int | None = None) -> None:
    """Raise ``RefusedFileError`` where a text holds what nobody wrote.

    BINARY_IN_TEXT on control characters; BAD_ENCODING on accents that a program has read in
    another encoding than they were written in (``PropriÃ©tÃ©``). ``line`` is the one that the text
    stands on; by default it is told by its line breaks.
    """
    if found := _CONTROLS.search(text):
        what = "un caractère qui inverse le sens" if _DIRECTIONS.match(found[0]) else "un caractère"
        told = f"{what} (U+{ord(found[0]):04X})"
        raise binary(file, line or _line_of(text, found.start()), told)
    if not text.isascii() and (found := _GARBLED.search(text)):
        at = found.start()
        before = _WORD_ENDS.split(text[max(0, at - _MOST_AROUND) : at])[-1]
        word = before + _WORD_ENDS.split(text[at : at + _MOST_AROUND])[0]
        why = f"« {shown(word)} » a été écrit dans un autre encodage"
        raise _bad(file, line or _line_of(text, at), why)


def _line_of(text: str, at: int) -> int:
    return 1 + len(_BREAK.findall(text, 0, at))


def _text(content: bytes, file: str, repairs: Repairs) -> str:
    if encoding := _UTF_16.get(content[:2]):
        try:
            text = content[2:].decode(encoding)
        except UnicodeDecodeError as error:
            line = len(_BREAK.findall(content[2 : 2 + error.start].decode(encoding, "ignore"))) + 1
            raise _bad(file, line, "il n’est pas en UTF-16 comme son début le dit") from None
        repairs.add("encodage", "Texte lu en UTF-16, et non en UTF-8")
        return text
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = line_at(content[: error.start])
    if _SURELY_UTF_8.search(content):
        raise _bad(file, line, "il mélange UTF-8 et un autre encodage")
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError as error:
        line = line_at(content[: error.start])
        raise _bad(file, line, "il n’est ni en UTF-8 ni en Windows-1252") from None
    repairs.add("encodage", "Texte lu en Windows-1252, et non en UTF-8")
    return text


def _bad(file: str, line: int, why: str) -> RefusedFileError:
    return RefusedFileError(
        "BAD_ENCODING",
        f"« {file} », ligne {line}\u00a0: le texte ne se lit pas, {why}. Ouvrez le fichier dans "
        "le logiciel qui l’a fait, corrigez la ligne, et enregistrez-le à nouveau, en UTF-8.",
    )
