import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from coverage.base.errors import SourceError
from coverage.sources.cog.building import codes_table

SCRIPT = Path(__file__).parents[3] / "scripts" / "commune_codes.py"


def entry(code: str, nom: str, kind: str = "commune-actuelle", **more: Any) -> dict[str, Any]:
    return {"code": code, "nom": nom, "type": kind, **more}


ENTRIES = [
    entry("2A004", "Ajaccio", anciensCodes=["20004"]),
    entry("01025", "Bâgé-Dommartin", anciensCodes=["01144", "01003"]),
    entry("01144", "Dommartin", "commune-deleguee", chefLieu="01025"),
    entry("01025", "Bâgé-la-Ville", "commune-deleguee", chefLieu="01025"),
    entry("69123", "Lyon"),
    entry("69381", "Lyon 1er Arrondissement", "arrondissement-municipal", commune="69123"),
    entry("01120", "Cordieux", "commune-associee", chefLieu="01025"),
]
TABLE = """\
Code officiel géographique 2026 (INSEE, mis en forme par Etalab), Licence Ouverte 2.0
code;nom;what;other
01003;;fusion;01025
01025;Bâgé-Dommartin;;
01120;Cordieux;associee;01025
01144;Dommartin;deleguee;01025
20004;Ajaccio;recodee;2A004
2A004;Ajaccio;;
69123;Lyon;;
69381;Lyon 1er Arrondissement;arrondissement;69123
"""


def test_each_code_has_one_line() -> None:
    assert codes_table(ENTRIES, 2026) == TABLE


def test_todays_part_tells_better_than_an_old_code() -> None:
    # An old code is said of the commune it went into first; its part is in another one since.
    entries = [
        entry("60054", "Beaumont", anciensCodes=["60455"]),
        entry("60694", "Les Hauts"),
        entry("60455", "La Neuville", "commune-deleguee", chefLieu="60694"),
    ]
    assert "60455;La Neuville;deleguee;60694\n" in codes_table(entries, 2026)


def test_a_part_of_no_commune_is_refused() -> None:
    lost = entry("01999", "Nulle part", "commune-deleguee", chefLieu="01998")
    with pytest.raises(SourceError, match="01999 est dit dans une commune qui n’existe pas"):
        codes_table([*ENTRIES, lost], 2026)
    with pytest.raises(SourceError, match="Ce n’est pas le code officiel géographique attendu"):
        codes_table([], 2026)


def run(*args: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_script_writes_the_table(tmp_path: Path) -> None:
    (tmp_path / "communes.json").write_text(json.dumps(ENTRIES), "utf-8")
    out = tmp_path / "out.csv"
    done = run(tmp_path / "communes.json", 2026, "-o", out)
    assert done.returncode == 0, done.stderr
    assert out.read_text("utf-8") == TABLE
    assert "8 codes" in done.stdout


def test_the_script_refuses_what_is_no_table(tmp_path: Path) -> None:
    (tmp_path / "communes.json").write_text("[{]", "utf-8")
    done = run(tmp_path / "communes.json", 2026, "-o", tmp_path / "out.csv")
    assert done.returncode == 1
    assert not (tmp_path / "out.csv").exists()
