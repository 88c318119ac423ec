import csv
import io
import json
import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from coverage.sources.cog import commune_codes
from coverage.sources.readers._codes import ARRONDISSEMENTS, MOVES

CODES = commune_codes()
CURRENT = {code for code, line in CODES.lines.items() if line.endswith(";;")}


@pytest.mark.parametrize(
    ("code", "now"),
    [
        ("01001", "01001"),
        ("01025", "01025"),  # a delegated commune has it too: the commune wins
        ("01144", "01025"),
        ("14472", "14654"),
        ("69152", "69149"),
        ("91182", "91228"),
        ("12076", "12218"),
        ("20004", "2A004"),
        ("20033", "2B033"),
        ("75049", "92049"),
        ("60694", "60694"),  # set up again in 2024
        ("60455", "60694"),  # and this one is a part of it since
        ("55273", "55386"),
        ("97123", "97701"),
        ("97127", "97801"),
        ("97611", "97611"),
        ("98818", "98818"),
        ("13201", "13201"),
    ],
)
def test_a_code_is_in_the_commune_of_today(code: str, now: str) -> None:
    moved = CODES.now(code)
    assert moved is not None
    assert moved.code == now
    assert bool(moved.reason) == (now != code)
    assert moved.nom == CODES.nom(now)


def test_reasons_name_the_commune_and_its_code() -> None:
    told = {code: CODES.now(code) for code in ("69152", "20004", "14099", "55273")}
    reasons = {code: moved.reason for code, moved in told.items() if moved}
    assert reasons["69152"] == "commune déléguée, aujourd’hui dans Oullins-Pierre-Bénite (69149)"
    assert reasons["20004"] == "ancien code, aujourd’hui Ajaccio (2A004)"
    assert reasons["55273"] == "commune associée, aujourd’hui dans Nonsard-Lamarche (55386)"
    assert CODES.nom("01001") == "L’Abergement-Clémenciat"
    assert CODES.nom("69152") == "Pierre-Bénite"


@pytest.mark.parametrize("code", ["99999", "00001", "1001", "", "2a004", "09920", "01001.0"])
def test_what_never_was_a_code(code: str) -> None:
    assert not CODES.exists(code)
    assert CODES.now(code) is None
    assert CODES.nom(code) == ""


def test_arrondissements_are_in_use_and_in_their_city() -> None:
    for code, city in ARRONDISSEMENTS.items():
        assert CODES.now(code) == (code, CODES.nom(code), "")
        assert CODES.city(code) == city
    assert CODES.city("2A004") == "2A004"


def test_every_code_is_in_a_commune_of_today() -> None:
    assert "2026" in CODES.edition
    # Those of the départements, collectivities apart.
    assert sum(not code.startswith(("975", "977", "978", "98")) for code in CURRENT) == 34_875
    for code in CODES.lines:
        assert re.fullmatch(r"(\d\d|2[AB])\d{3}", code)
        moved = CODES.now(code)
        assert moved is not None
        assert moved.code in CURRENT or moved.code in ARRONDISSEMENTS
        again = CODES.now(moved.code)
        assert again is not None
        assert again.reason == ""


def test_old_corsican_codes_keep_their_last_digits() -> None:
    old = [code for code in CODES.lines if code.startswith("20")]
    assert len(old) > 300
    recoded = [code for code in old if "ancien code" in CODES.now(code).reason]  # type: ignore[union-attr]
    assert all(CODES.now(code).code[2:] == code[2:] for code in recoded)  # type: ignore[union-attr]
    assert len(recoded) > len(old) - 10


def test_the_moves_of_the_tables_of_2024_agree() -> None:
    for move in MOVES:
        now = CODES.now(move.code)
        assert now is not None
        assert now.code == (move.code if move.change == "split" else move.other)


def _codes(path: Path, column: str, separator: str = ",", skip: int = 0) -> Iterator[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        for _ in range(skip):
            next(file)
        for row in csv.DictReader(file, delimiter=separator):
            yield row[column]


def _published(mirror: Path) -> dict[str, Iterator[str]]:
    return {
        "annuaire": _codes(
            mirror / "annuaire_service_public/2016-02-26/annuaire.csv", "code_insee"
        ),
        "poste 2020": _codes(
            mirror / "laposte_points_contact/2020-12-04/laposte_poincont2.csv", "Code_INSEE"
        ),
        "poste 2025": _codes(
            mirror / "laposte_points_contact/2025-06-04/laposte_poincont2.csv", "code_insee"
        ),
        "zrr": _codes(mirror / "zrr/2021/ZRR_list_source.csv", "CODGEO", skip=5),
        "frr": _codes(mirror / "frr/2025-07-10/liste-communes-FRR.csv", "Code_insee", ";"),
        "densité": _codes(mirror / "grilles_communales/2026/densite.csv", "insee_com"),
        "filosofi": _codes(
            mirror / "filosofi_communes/2021/cc_filosofi_2021_COM.csv", "CODGEO", ";"
        ),
        "population": _codes(mirror / "population_communes/2024/communes.csv", "insee_com"),
        "comparateur": _compared(mirror / "insee_comparateur/2022/base_cc_comparateur_csv.zip"),
        "ifn": _codes(mirror / "ifn/2023/ifn-city-all-variation.csv", "code"),
        "contours": _shaped(mirror / "communes/2023/communes_par_departement_2023.tar.gz"),
    }


def _compared(path: Path) -> Iterator[str]:
    with zipfile.ZipFile(path) as archive, archive.open("base_cc_comparateur.CSV") as file:
        rows = csv.DictReader(io.TextIOWrapper(file, "utf-8-sig"), delimiter=";")
        yield from (row["CODGEO"] for row in rows)


def _shaped(path: Path) -> Iterator[str]:
    with tarfile.open(path) as archive:
        for member in archive:
            # The smaller départements: each code is in the first bytes of its feature.
            content = archive.extractfile(member) if member.isfile() else None
            if content is not None and member.size < 300_000:
                for feature in json.load(content)["features"]:
                    yield feature.get("id") or feature["properties"]["code"]


def test_the_published_tables_have_no_other_code(mirror: Path) -> None:
    # La Poste's points in Andorra and Monaco, and the empty lines at the end of ZRR.
    abroad = {"09920", "99130", "99138", ""}
    for name, codes in _published(mirror).items():
        found = set(codes)
        assert len(found) > 1000, name
        assert {code for code in found if not CODES.exists(code)} <= abroad, name


def test_every_commune_of_today_is_in_the_density_grid(mirror: Path) -> None:
    told = set(_codes(mirror / "grilles_communales/2026/densite.csv", "insee_com"))
    assert {code for code in CURRENT if not code.startswith(("975", "977", "978", "98"))} == told


def test_loading_needs_no_table_library() -> None:
    program = (
        "import sys; from coverage.sources.cog import commune_codes; "
        "assert commune_codes().exists('2A004'); print({'pandas', 'numpy'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"
