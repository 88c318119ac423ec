"""The command line: help at once, French, exit codes that scripts can rely on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import coverage.cli.territories  # noqa: F401 - patched below
from coverage.cli import main
from coverage.cli.parser import _COMMANDS, build_parser

ROOT = Path(__file__).resolve().parents[2]


def maillage(*args: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "coverage", *args],
        capture_output=True, text=True, cwd=cwd, check=False,
    )  # fmt: skip


def test_help_imports_nothing_heavy():
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from coverage.cli import main\n"
            "try: main(['--help'])\n"
            "except SystemExit: pass\n"
            "heavy = {'numba', 'osmnx', 'folium', 'pandas', 'flask', 'numpy', 'shapely'}\n"
            "print(sorted(heavy & set(sys.modules)), file=sys.stderr)",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr.strip() == "[]"
    assert "usage : maillage" in done.stdout


@pytest.mark.parametrize("command", sorted(_COMMANDS))
def test_every_command_has_a_french_help(command, capsys):
    with pytest.raises(SystemExit) as stop:
        main([command, "--help"])
    assert stop.value.code == 0
    text = capsys.readouterr().out
    assert text.startswith(f"usage : maillage {command}")
    assert "show this help" not in text


@pytest.mark.parametrize("command", sorted(_COMMANDS))
def test_every_command_is_in_the_readme(command):
    assert f"maillage {command}" in (ROOT / "README.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["run"], "il manque : TERRITOIRE"),
        (["run", "99"], "Territoire inconnu : « 99 »"),
        (["run", "2A", "--mirror", "/nulle/part"], "/nulle/part"),
        (["place", "2A", "--minutes", "vingt", "-o", "x"], "n'est pas un nombre entier"),
        (["place", "2A", "--candidates", "kiosque", "-o", "x"], "kiosque"),
        (["place", "2A", "--new", "-1", "-o", "x"], "--new doit être positif"),
        (["fetch", "2A", "--roads", "routes.graphml"], "« routes-2A.json.gz »"),
        (["fetch", "2A", "--mode", "plane"], "choix inconnu : 'plane'"),
        (["build", "2A", "--places", "absent.csv"], "fichier introuvable : absent.csv"),
        (["need", "2A", "-o", "x"], "maillage build 2A"),
        (["need", "2A", "--open", "Ajaccio", "-o", "x"], "écrivez LON,LAT"),
        (["need", "2A", "--accepts", "formation", "-o", "x"], "ÉTAPE=MOYEN"),
        (["detections", "2A", "-o", "x"], "maillage build 2A"),
        (["detections", "2A", "--owner", "--within", "README.md", "-o", "x"], "introuvable"),
        (["map", "2A", "-o", "x.html"], "maillage run 2A"),
        (["danser"], "danser"),
    ],
)
def test_wrong_input_is_one_line_and_exit_2(args, words, tmp_path):
    done = maillage(*args, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("maillage : ")
    assert words in last
    assert "Traceback" not in done.stderr


def test_template_is_written_once(tmp_path):
    for what in ("places", "detections", "activity"):
        target = tmp_path / f"{what}.csv"
        assert maillage("template", what, "-o", str(target)).returncode == 0
        assert target.stat().st_size > 0
        again = maillage("template", what, "-o", str(target))
        assert again.returncode == 2
        assert "existe déjà" in again.stderr


def test_parser_knows_the_contract():
    parser = build_parser()
    args = parser.parse_args(
        ["place", "2A", "--model", "mclp", "--new", "2", "--minutes", "15", "--lock", "a",
         "--forbid", "b", "--candidates", "mairie", "--time-limit", "5", "--seed", "3", "-o", "d"]
    )  # fmt: skip
    assert (args.new, args.minutes, args.lock, args.candidates) == (2, 15, ["a"], ["mairie"])


def test_a_point_west_of_greenwich_is_no_option():
    args = build_parser().parse_args(
        ["need", "36", "--open", "-1.5,46.8", "--open", "2,47", "--close", "laposte:1", "-o", "d"]
    )
    assert (args.open, args.close) == ([(-1.5, 46.8), (2.0, 47.0)], ["laposte:1"])


def test_a_defect_of_ours_is_exit_1_and_said(capsys, monkeypatch):
    def broken(args: object) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr("coverage.cli.territories.run", broken)
    assert main(["territories"]) == 1
    told = capsys.readouterr().err
    assert "a defect" in told
    assert told.strip().splitlines()[-1].startswith("maillage : une erreur de notre côté")


def test_interrupting_loses_nothing_and_says_so(capsys, monkeypatch):
    def interrupted(args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("coverage.cli.territories.run", interrupted)
    assert main(["territories"]) == 2
    assert "Rien n'est perdu" in capsys.readouterr().err
