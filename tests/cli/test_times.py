"""``maillage times``: her own roads and two CSVs in, a matrix and the list of the others out."""

from __future__ import annotations

import json
from math import cos, radians
from pathlib import Path
from typing import Any

import pytest

from coverage.cli import main
from coverage.cli.parser import build_parser
from coverage.network.snap import DEMAND_CAP_M, SITE_CAP_M
from coverage.network.speeds import MODES

#: One kilometre in degrees, on the sphere of the lengths.
NORTH_KM = 1000 / 6_371_009 * 57.29577951308232
WEST, SOUTH = 9.0, 42.0
EAST_KM = NORTH_KM / cos(radians(SOUTH))


def lonlat(east_km: float, north_km: float) -> tuple[float, float]:
    return WEST + east_km * EAST_KM, SOUTH + north_km * NORTH_KM


def overpass(path: Path, nodes: dict[str, tuple[float, float]], *ways: dict[str, Any]) -> Path:
    """Write roads as Overpass answers them: nodes in kilometres, ways by the names of nodes."""
    number = {name: n for n, name in enumerate(nodes, 1)}
    elements: list[dict[str, Any]] = []
    for name, place in nodes.items():
        lon, lat = lonlat(*place)
        elements.append({"type": "node", "id": number[name], "lon": lon, "lat": lat})
    for n, way in enumerate(ways, 100):
        refs = [number[name] for name in way.pop("nodes")]
        elements.append({"type": "way", "id": n, "nodes": refs, "tags": way})
    path.write_text(json.dumps({"elements": elements}), encoding="utf-8")
    return path


def points(path: Path, places: dict[str, tuple[float, float]]) -> Path:
    rows = ["{},{:.7f},{:.7f}".format(name, *lonlat(*place)) for name, place in places.items()]
    path.write_text("\n".join(["id,lon,lat", *rows, ""]), encoding="utf-8")
    return path


@pytest.fixture
def village(tmp_path: Path) -> list[str]:
    """A street of 2 km from west to east, a lane of 500 m, an island 20 km away, on foot."""
    roads = overpass(
        tmp_path / "village.json",
        {
            "west": (0, 0), "church": (1, 0), "east": (2, 0), "farm": (1, 0.5),
            "quay": (20, 0), "fort": (20.4, 0),
        },
        {"nodes": ["west", "church", "east"], "highway": "tertiary"},
        {"nodes": ["church", "farm"], "highway": "footway"},
        {"nodes": ["quay", "fort"], "highway": "path"},
    )  # fmt: skip
    homes = points(
        tmp_path / "homes.csv",
        {
            "west": (0, 0),
            "east": (2, 0),
            "garden": (2, 0.1),
            "farm": (1, 0.5),
            "lighthouse": (-1.5, 0),
            "fort": (20.4, 0),
            "mill": (-0.9, 0),
        },
    )
    places = points(
        tmp_path / "places.csv",
        {"town-hall": (1, 0), "bakery": (2, -0.05), "quay": (20, 0), "airport": (0, -4)},
    )
    return [str(roads), "--from", str(homes), "--to", str(places), "--mode", "walk"]


def run(*args: str, out: Path) -> int:
    return main(["times", *args, "-o", str(out)])


def test_the_village_on_foot(village, tmp_path, capsys):
    """4.5 km/h: 800 s a kilometre; off the road in metres of UTM, some 0.2 % less."""
    out = tmp_path / "out" / "costs.csv"
    assert run(*village, "--minutes", "15", out=out) == 0
    assert out.read_text("utf-8") == (
        "demand_id,site_id,cost\n"
        "east,bakery,39.9\n"
        "east,town-hall,800.0\n"
        "farm,town-hall,400.0\n"
        "fort,quay,320.0\n"
        "garden,bakery,119.8\n"
        "garden,town-hall,879.9\n"
        "west,town-hall,800.0\n"
    )
    assert (tmp_path / "out" / "costs.hors-portee.csv").read_text("utf-8") == (
        "side,id,reason,road_m\n"
        "from,lighthouse,loin de toute route,1500.0\n"
        "from,mill,aucun lieu dans la limite de temps,902.0\n"
        "to,airport,loin de toute route,4000.0\n"
    )
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("7 trajets à pied de 15 min au plus, de 7 points de départ vers 4")
    assert told[1:4] == [
        "Points de départ hors de portée, à plus de 1\u202f000 m d'une route (--cap-from) : "
        "1 sur 7.",
        "Points de départ hors de portée, aucun lieu à 15 min : 1 sur 7.",
        "Lieux hors de portée, à plus de 3\u202f000 m d'une route (--cap-to) : 1 sur 4.",
    ]


def test_the_caps_are_hers(village, tmp_path):
    out = tmp_path / "costs.csv"
    caps = ["--cap-from", "2000", "--cap-to", "5000"]
    assert run(*village, *caps, "--minutes", "120", out=out) == 0
    assert "\nlighthouse,town-hall," in out.read_text("utf-8")
    assert "\nwest,airport," in out.read_text("utf-8")
    assert (tmp_path / "costs.hors-portee.csv").read_text("utf-8") == "side,id,reason,road_m\n"


def test_the_order_of_the_lines_changes_nothing(village, tmp_path):
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    assert run(*village, out=first) == 0
    for name in ("homes.csv", "places.csv"):
        header, *lines = (tmp_path / name).read_text("utf-8").splitlines()
        (tmp_path / name).write_text("\n".join([header, *reversed(lines)]), encoding="utf-8")
    assert run(*village, out=second) == 0
    assert first.read_bytes() == second.read_bytes()


def test_one_way_streets_are_driven_one_way(tmp_path):
    roads = overpass(
        tmp_path / "ring.json",
        {"a": (0, 0), "b": (1, 0), "c": (0, 1)},
        {"nodes": ["a", "b", "c", "a"], "highway": "tertiary", "oneway": "yes"},
    )
    a, b = points(tmp_path / "a.csv", {"a": (0, 0)}), points(tmp_path / "b.csv", {"b": (1, 0)})

    def cost(origin: Path, end: Path) -> float:
        out = tmp_path / "costs.csv"
        assert run(str(roads), "--from", str(origin), "--to", str(end), out=out) == 0
        return float(out.read_text("utf-8").splitlines()[1].split(",")[2])

    assert cost(b, a) == pytest.approx((1 + 2**0.5) * cost(a, b), rel=1e-3)


def test_a_home_on_a_fenced_yard_takes_the_next_road(village, tmp_path):
    """Its part of the network leads nowhere; an island, with no other road near, stays."""
    roads = json.loads((tmp_path / "village.json").read_text("utf-8"))
    for number, place in ((50, (1.9, 0.02)), (51, (2.1, 0.02))):
        lon, lat = lonlat(*place)
        roads["elements"].append({"type": "node", "id": number, "lon": lon, "lat": lat})
    yard = {"type": "way", "id": 200, "nodes": [50, 51], "tags": {"highway": "service"}}
    roads["elements"].append(yard)
    (tmp_path / "village.json").write_text(json.dumps(roads), encoding="utf-8")
    points(tmp_path / "homes.csv", {"yard": (2, 0.02), "fort": (20.4, 0)})
    out = tmp_path / "costs.csv"
    assert run(*village, "--minutes", "15", out=out) == 0
    assert out.read_text("utf-8").splitlines()[1:] == [
        "fort,quay,320.0",
        "yard,bakery,55.9",
        "yard,town-hall,816.0",
    ]


def test_what_is_dropped_and_repaired_is_said(village, tmp_path, capsys):
    homes = (tmp_path / "homes.csv").read_text("utf-8").replace(",", ";").replace(".", ",")
    (tmp_path / "homes.csv").write_text(homes, encoding="utf-8")
    points(tmp_path / "places.csv", {"town-hall": (1, 0)})
    homes = homes.replace("fort;", "west2;", 1).splitlines()
    kept = [line for line in homes if not line.startswith("west2")]
    (tmp_path / "homes.csv").write_text("\n".join(kept), encoding="utf-8")
    assert run(*village, out=tmp_path / "costs.csv") == 0
    told = capsys.readouterr().out
    assert "sans liaison aller et retour avec le reste : 1 (2 carrefours)." in told
    assert "homes.csv\N{NO-BREAK SPACE}: nombre à la française" in told


REFUSED = [
    (["--minutes", "0"], "--minutes doit être compris entre 1 et 600"),
    (["--minutes", "601"], "--minutes doit être compris entre 1 et 600"),
    (["--cap-from", "-1"], "--cap-from doit être compris entre 0 et 100"),
    (["--cap-to", "100001"], "--cap-to doit être compris entre 0 et 100"),
]


@pytest.mark.parametrize(("options", "words"), REFUSED)
def test_options_out_of_bounds(village, tmp_path, capsys, options, words):
    assert run(*village, *options, out=tmp_path / "costs.csv") == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "costs.csv").exists()


def test_an_unknown_mode_is_told_in_french(village, tmp_path, capsys):
    with pytest.raises(SystemExit) as stop:
        run(*village, "--mode", "avion", out=tmp_path / "costs.csv")
    assert stop.value.code == 2
    assert "choix inconnu : 'avion'" in capsys.readouterr().err


def test_inputs_are_never_overwritten(village, tmp_path, capsys):
    before = (tmp_path / "homes.csv").read_bytes()
    assert run(*village, out=tmp_path / "homes.csv") == 2
    assert "serait écrasé" in capsys.readouterr().err
    assert (tmp_path / "homes.csv").read_bytes() == before


def test_a_folder_is_no_result_file(village, tmp_path, capsys):
    assert run(*village, out=tmp_path) == 2
    assert "est un dossier" in capsys.readouterr().err


def elsewhere(tmp_path: Path) -> None:
    points(tmp_path / "homes.csv", {"a": (300, 0), "b": (310, 40)})


def across_the_globe(tmp_path: Path) -> None:
    (tmp_path / "places.csv").write_text("id,lon,lat\na,-171,-42\nb,99,0\n", encoding="utf-8")


def in_the_fields(tmp_path: Path) -> None:
    points(tmp_path / "homes.csv", {"a": (0, 1.2), "b": (2, 1.3)})


def swapped(tmp_path: Path) -> None:
    header, *lines = (tmp_path / "homes.csv").read_text("utf-8").splitlines()
    names = [line.split(",") for line in lines]
    turned = [",".join([name, lat, lon]) for name, lon, lat in names]
    (tmp_path / "homes.csv").write_text("\n".join([header, lines[0], *turned[1:]]), "utf-8")


def nobody(tmp_path: Path) -> None:
    (tmp_path / "places.csv").write_text("id,lon,lat\n", encoding="utf-8")


def one_way_only(tmp_path: Path) -> None:
    ends = {"a": (0.0, 0.0), "b": (1.0, 0.0)}
    tags = {"highway": "motorway_link", "foot": "no"}
    overpass(tmp_path / "village.json", ends, {"nodes": ["a", "b"], **tags})


def too_wide(tmp_path: Path) -> None:
    ends = {"a": (0.0, 0.0), "b": (4000.0, 0.0)}
    overpass(tmp_path / "village.json", ends, {"nodes": ["a", "b"], "highway": "path"})


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (elsewhere, "Aucun point de « homes.csv » n'est à moins de 1\u202f000 m d'une route de"),
        (elsewhere, "(le plus proche en est à 280 km)"),
        (across_the_globe, "Aucun point de « places.csv » n'est à moins de 3\u202f000 m"),
        (in_the_fields, "(le plus proche en est à 1\u202f198 m)"),
        (swapped, "« homes.csv », ligne 3 (et 5 autres) : lon et lat sont inversées"),
        (nobody, "« places.csv » n’a que ses titres de colonnes"),
        (one_way_only, "ne contient aucune route ouverte aux piétons"),
        (too_wide, "s'étend sur 48 degrés de longitude"),
    ],
)
def test_what_cannot_be_computed_leaves_the_last_result(village, tmp_path, capsys, spoil, words):
    out, beside = tmp_path / "costs.csv", tmp_path / "costs.hors-portee.csv"
    out.write_text("before", encoding="utf-8")
    beside.write_text("before", encoding="utf-8")
    spoil(tmp_path)
    assert run(*village, out=out) == 2
    told = capsys.readouterr().err.strip().splitlines()[-1]
    assert told.startswith("maillage : ")
    assert words in told
    assert out.read_text("utf-8") == beside.read_text("utf-8") == "before"
    assert sorted(path.name for path in tmp_path.glob(".tmp-*")) == []


def test_roads_that_only_lead_away(village, tmp_path, capsys):
    ends = {"a": (0.0, 0.0), "b": (1.0, 0.0)}
    way = {"nodes": ["a", "b"], "highway": "tertiary", "oneway": "yes"}
    overpass(tmp_path / "village.json", ends, way)
    assert run(*village, "--mode", "drive", out=tmp_path / "costs.csv") == 2
    assert "ne permet l'aller et le retour" in capsys.readouterr().err


def test_the_defaults_are_those_of_the_network(village):
    args = build_parser().parse_args(["times", *village[:5], "-o", "costs.csv"])
    assert (args.cap_from, args.cap_to) == (DEMAND_CAP_M, SITE_CAP_M)
    assert args.minutes == 30
    for mode in MODES:
        build_parser().parse_args(["times", *village[:5], "--mode", mode, "-o", "costs.csv"])
