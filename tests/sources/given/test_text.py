"""Bytes of a table: which text they stand for, and what they may not be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.base.errors import RefusedFileError
from coverage.model.answers import Repairs
from coverage.sources.given.raw import is_workbook, refuse_no_text
from coverage.sources.given.text import decoded

ACCENTS = "nom;été\nÉcole « qualité\u00a0»;L’Haÿ-les-Roses, 5 €\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_utf_8_is_no_repair(encoding, repairs):
    assert decoded(ACCENTS.encode(encoding), "t.csv", repairs) == ACCENTS
    assert repairs.told() == ()


@pytest.mark.parametrize(
    ("mark", "encoding", "name"),
    [
        (b"", "cp1252", "Windows-1252"),
        (b"\xff\xfe", "utf-16-le", "UTF-16"),
        (b"\xfe\xff", "utf-16-be", "UTF-16"),
    ],
)
def test_other_encodings_are_told(mark, encoding, name, repairs):
    assert decoded(mark + ACCENTS.encode(encoding), "t.csv", repairs) == ACCENTS
    (repair,) = repairs.told()
    assert name in repair.detail


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("é\r\nà\r\n".encode() + b"\xe9t\xe9;1\r\n", 3),
        ("5 €\r".encode() + b"\xe9t\xe9\r", 2),
        (b"a\nb\x81\n", 2),  # a byte that Windows-1252 doesn't know
        (b"\xff\xfe" + "a\nb".encode("utf-16-le") + b"\x00", 2),
        (b"\xff\xfe" + "a\n".encode("utf-16-le") + b"\x00\xdc", 2),  # half a character
    ],
)
def test_mixtures_are_refused_by_their_line(content, line, refused, repairs):
    refusal = refused(decoded, content, "t.csv", repairs)
    assert refusal.code == "BAD_ENCODING"
    assert f"« t.csv », ligne {line}\u00a0:" in refusal.sentence


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("a\nPropriété\n".encode().decode("cp1252").encode(), "PropriÃ©tÃ©"),
        ("a\nL’Haÿ\n".encode().decode("cp1252").encode("utf-16"), "Lâ€™HaÃ¿"),
        ("a\nAjaccioÂ ;1\n".encode(), "AjaccioÂ"),
        ("a\nx;Châteauroux\n".encode("mac-roman"), "Ch‰teauroux"),
        ("a\nx;Villé;1\n".encode("mac-roman"), "VillŽ"),
        ("a\nRéunion\n".encode("mac-roman"), "RŽunion"),
        ("a\nSaint-Benoît\n".encode("mac-roman"), "Saint-Beno”t"),
        ("a\nChâteauroux\n".encode("mac-roman").decode("cp1252").encode(), "Ch‰teauroux"),
        ("a\nCh\ufffdteauroux\n".encode(), "Ch\ufffdteauroux"),
    ],
)
def test_accents_that_a_program_has_garbled_are_refused_by_their_word(
    content, word, refused, repairs
):
    refusal = refused(decoded, content, "t.csv", repairs)
    assert refusal.code == "BAD_ENCODING"
    assert "« t.csv », ligne 2\u00a0:" in refusal.sentence
    assert f"« {word} »" in refusal.sentence


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_rare_signs_are_no_garbled_accents(encoding, repairs):
    text = (
        "CHÂTEAUROUX, L’HAŸ, Žilina, Božena, DRŽAVA, SÃO\u00a0»; « É\u00a0», 5 €, 3 ‰, Orange™, "
        "cher•es, œuvre, “mot” et ‘mot’, Ÿ, ƒ\n"
    )
    assert decoded(text.encode(encoding), "t.csv", repairs) == text


@pytest.mark.parametrize("sign", ["\x00", "\x07", "\x1a", "\x7f", "\x85", "\u202e", "\u2066"])
def test_controls_are_refused_by_their_line_and_never_shown(sign, refused, repairs):
    content = f"a;b\r\nc;d\r\nx{sign}y;z\r\n".encode()
    refusal = refused(decoded, content, "t.csv", repairs)
    assert refusal.code == "BINARY_IN_TEXT"
    assert "ligne 3" in refusal.sentence
    assert f"U+{ord(sign):04X}" in refusal.sentence
    assert sign not in refusal.sentence


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<!DOCTYPE html><html><body>404</body></html>", "NOT_CSV"),
        (b"\n <HTML><head></head></HTML>", "NOT_CSV"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "NOT_CSV"),
        (b"<OGRVRTDataSource><OGRVRTLayer/></OGRVRTDataSource>", "NOT_CSV"),
        (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "XML_DTD"),
        (b"<!-- a --> <?b?><!-- c --><!DOCTYPE HTML><html></html>", "NOT_CSV"),
        (b"<!-- " + b"a" * 9_000 + b" --><html></html>", "NOT_CSV"),
        (b"<!-- a --><!DOCTYPE a [<!ENTITY b 'c'>]><a/>", "XML_DTD"),
        (b"<a>" + b"<!--" * 100_000, "NOT_CSV"),
        (b"<!--" * 100_000 + b"\n<!DOCTYPE a>", "NOT_CSV"),
        (b"<a><!-- b --><!ENTITY c><!-- d --></a>", "XML_DTD"),
        (b'{"type": "FeatureCollection", "features": []}', "NOT_CSV"),
        ("[\n  {}]".encode("utf-16"), "NOT_CSV"),
        (b"PK\x03\x04\x14\x00", "NOT_CSV"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "NOT_CSV"),
        (b"%PDF-1.7", "NOT_CSV"),
        (b"\x1f\x8b\x08\x00", "NOT_CSV"),
        (b"a;b\nc\x00;d\n", "BINARY_IN_TEXT"),
        (b"a;b\n" + b"x" * 1_000_001 + b"\n", "LINE_TOO_LONG"),
        (b"a;b\n" + (b"x" * 999_999 + b"\r") * 20 + b"c\n", "TOO_BIG"),
    ],
)
def test_what_is_no_text_of_a_table(content, code, refused):
    assert is_workbook(content, "t.csv") is False
    assert refused(refuse_no_text, content, "t.csv").code == code


@pytest.mark.parametrize(
    "content", [b"PK;nom\n1;a\n", b"{a};b\n", b"[m];b\n", b"x" * 1_000_000 + b"\n"]
)
def test_what_only_looks_so_is_a_text(content):
    assert is_workbook(content, "t.csv") is False
    refuse_no_text(content, "t.csv")


def test_a_name_promises_what_the_bytes_must_be(refused):
    archive, old = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    assert is_workbook(archive, "T.XLSX")
    assert is_workbook(archive, "sans nom")
    assert not is_workbook(b"a;b", "sans nom")
    assert refused(is_workbook, b"a;b", "t.xlsx").code == "NOT_XLSX"
    assert "mot de passe" in refused(is_workbook, old, "t.xls").sentence


@given(st.binary(max_size=200))
def test_any_bytes_are_a_text_or_refused(content):
    try:
        refuse_no_text(content, "t.csv")
        text = decoded(content, "t.csv", Repairs())
    except RefusedFileError:
        return
    assert "\x00" not in text
