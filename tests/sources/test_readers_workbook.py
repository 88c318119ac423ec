"""Tables published as workbooks: the same rows as their CSV gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from coverage.base.errors import SourceError
from coverage.sources.readers._text import read_table
from coverage.sources.readers.workbook import csv_of_workbook
from coverage.sources.readers.zrr import read_zrr
from tests.sources.fetching.made import frr_workbook, old_workbook

_ZRR = [
    ["Champ : France métropolitaine et DOM"],
    ["Code Insee", "Libellé de la commune", "Classement en ZRR"],
    ["CODGEO", "LIBGEO", "ZRR_SIMP"],
    [1001, "L'Abergement-Clémenciat", "NC - Commune non classée"],
    ["2A004", "Ajaccio", "P - Commune partiellement classée"],
    ["", "", ""],
    [97411, "Saint-Denis", "C - Classée en ZRR"],
]


def test_an_old_workbook_is_read_as_the_csv(tmp_path: Path) -> None:
    path = tmp_path / "zrr.xls"
    path.write_bytes(old_workbook(_ZRR))

    zones = read_zrr(path)

    assert zones.values.tolist() == [
        ["01001", "non_classee"],
        ["2A004", "partielle"],
        ["97411", "classee"],
    ]


def test_the_sheet_is_the_one_with_the_columns(tmp_path: Path) -> None:
    path = tmp_path / "frr.xlsx"
    path.write_bytes(frr_workbook(2))

    assert csv_of_workbook(path, ["Commune", "Code_insee"]).decode().splitlines() == [
        "Code_insee,Departement,Commune,Classement FRR et FRR+ au 10 juillet 2025",
        "1,00,Commune 1,FRR socle",
        "2,00,Commune 2,FRR socle",
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (frr_workbook(), r"frr\.xlsx : la colonne «\u00a0SIREN\u00a0» manque\. Téléchargez"),
        (frr_workbook()[:900], r"frr\.xlsx : ce n’est pas un classeur lisible"),
        (b"Code_insee;SIREN\n", r"frr\.xlsx : ce n’est pas un classeur lisible"),
    ],
)
def test_another_file_is_refused_by_name(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "frr.xlsx"
    path.write_bytes(content)

    with pytest.raises(SourceError, match=reason):
        read_table(path, ["Code_insee", "SIREN"])
