"""``maillage fetch --roads``: the roads of a territory from a server of our own, or from none."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs

import geopandas as gpd
import osmnx
import pytest
import shapely
from shapely.geometry import box, mapping

from coverage.base.errors import SourceError, UserError
from coverage.base.files import exclusive_lock
from coverage.base.workspace import Workspace
from coverage.cli import main
from coverage.network.roads import read_roads
from coverage.study.road_download import check_target, fetch_roads, surroundings
from tests.network.osm_files import answer

OUTLINE = box(1.5, 46.7, 1.6, 46.8)
METRES = 2154
STREETS = answer(
    {1: (1.5, 46.7), 2: (1.55, 46.75), 3: (1.6, 46.8)},
    [([1, 2, 3], {"highway": "primary"}), ([2, 3], {"highway": "footway"})],
)


@pytest.fixture
def mirror_folder(tmp_path: Path) -> Path:
    """A mirror that holds the outlines of the départements, of which there is one."""
    feature = {
        "type": "Feature",
        "properties": {"insee_dep": "36", "lib_dep": "Indre"},
        "geometry": mapping(OUTLINE),
    }
    file = tmp_path / "mirror" / "limites_administratives" / "2026" / "polygone-4326_dep.geojson"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    return tmp_path / "mirror"


@pytest.fixture
def fetched(tmp_path: Path, mirror_folder: Path) -> Workspace:
    """A workspace in which these outlines are."""
    (tmp_path / "w" / "data").mkdir(parents=True)
    (tmp_path / "w" / "data" / "raw").mkdir()
    (mirror_folder / "limites_administratives").rename(
        tmp_path / "w" / "data" / "raw" / "limites_administratives"
    )
    return Workspace(tmp_path / "w")


class Overpass:
    """A server on 127.0.0.1 that answers like Overpass, cut short from ``stops_after`` on."""

    def __init__(self) -> None:
        self.queries: list[str] = []
        self.stops_after = 10**9
        overpass = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.reply(b"Connected as: 1\n\n\n\n2 slots available now.\n")

            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                overpass.queries.append(form["data"][0])
                told = dict(STREETS)
                if len(overpass.queries) > overpass.stops_after:
                    told["remark"] = "runtime error: Query timed out after 180 seconds."
                self.reply(json.dumps(told).encode())

            def reply(self, content: bytes) -> None:
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def asked(self) -> shapely.Geometry:
        """What all queries together asked for, degrees."""
        areas = []
        for query in self.queries:
            numbers = [
                float(n) for n in re.findall(r"-?\d+\.?\d*", query.split("poly:")[1].split(")")[0])
            ]
            areas.append(shapely.Polygon([*zip(numbers[1::2], numbers[::2], strict=True)]))
        return shapely.union_all(areas)


@pytest.fixture
def overpass(monkeypatch: pytest.MonkeyPatch) -> Iterator[Overpass]:
    server = Overpass()
    thread = Thread(target=server.http.serve_forever)
    thread.start()
    port = server.http.server_address[1]
    monkeypatch.setattr(osmnx.settings, "overpass_url", f"http://127.0.0.1:{port}/api")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    yield server
    server.http.shutdown()
    server.http.server_close()
    thread.join()


def outline_m(geometry: shapely.Geometry) -> shapely.Geometry:
    return gpd.GeoSeries([geometry], crs=4326).to_crs(METRES).iloc[0]


def nothing_kept(workspace: Workspace) -> bool:
    return not list((workspace.raw / "roads").rglob("*.json*"))


def test_the_surroundings_reach_as_far_as_the_places_that_are_kept(fetched):
    around, own = outline_m(surroundings(fetched, "36")), outline_m(OUTLINE)
    assert around.covers(own.buffer(60_000))
    assert own.buffer(62_000).covers(around)
    assert len(around.exterior.coords) < 50


def test_fetch_brings_the_roads_and_says_what_to_do_next(tmp_path, mirror_folder, overpass, capsys):
    root, file = tmp_path / "my work", tmp_path / "new folder" / "indre.json.gz"
    command = ["fetch", "36", "--mirror", str(mirror_folder), "--source", "departements_2026"]
    command += ["--root", str(root)]
    assert main([*command, "--roads", str(file)]) == 0
    told, progress = capsys.readouterr()
    assert told.startswith("Sources reçues\u00a0: 1 ")
    assert (
        told.strip()
        .splitlines()[-1]
        .endswith(f"Ensuite : maillage build 36 --roads '{file}' --root '{root}'")
    )
    assert "Téléchargement des routes" in progress
    assert outline_m(overpass.asked()).covers(outline_m(OUTLINE).buffer(60_000))
    graph = read_roads(file)
    assert (graph.nodes, graph.arcs) == (2, 2)
    # the file holds all that the server said
    assert nothing_kept(Workspace(root))

    asked = len(overpass.queries)
    walk = tmp_path / "a-pied.json.gz"
    assert main([*command, "--roads", str(walk), "--mode", "walk"]) == 0
    assert f"maillage times {walk} --mode walk --from" in capsys.readouterr().out
    assert any("footway" in query for query in overpass.queries[asked:])
    assert read_roads(walk, "walk").arcs > 2


def test_a_file_that_is_there_is_not_overwritten(tmp_path, mirror_folder, overpass, capsys):
    file = tmp_path / "indre.json.gz"
    file.write_bytes(b"mine")
    command = ["fetch", "36", "--mirror", str(mirror_folder), "--root", str(tmp_path / "w")]
    assert main([*command, "--roads", str(file)]) == 2
    told = capsys.readouterr().err
    assert told.startswith("maillage : « ")
    assert "existe déjà" in told
    assert file.read_bytes() == b"mine"
    assert not overpass.queries
    assert not (tmp_path / "w").exists()


def test_what_was_answered_is_kept_until_the_file_is_complete(fetched, tmp_path, overpass):
    file = tmp_path / "indre.json.gz"
    fetch_roads(fetched, "36", file)
    needed, first = len(overpass.queries), file.read_bytes()
    assert needed > 2
    file.unlink()

    overpass.queries.clear()
    overpass.stops_after = needed - 1
    with pytest.raises(SourceError, match="n'a pas fini de répondre"):
        fetch_roads(fetched, "36", file)
    assert len(overpass.queries) == needed
    assert not file.exists()
    assert not nothing_kept(fetched)

    overpass.queries.clear()
    overpass.stops_after = 10**9
    fetch_roads(fetched, "36", file)
    assert len(overpass.queries) == 1
    assert file.read_bytes() == first
    assert nothing_kept(fetched)


def test_two_downloads_of_one_territory_do_not_mix(fetched, tmp_path, overpass):
    lock = fetched.raw / "roads" / "overpass" / ".36-drive.lock"
    with exclusive_lock(lock, "L'autre"), pytest.raises(UserError, match="routes de 36"):
        fetch_roads(fetched, "36", tmp_path / "indre.json.gz")
    assert not overpass.queries


@pytest.mark.parametrize(
    ("territory", "name", "words"),
    [
        ("00", "demo.json.gz", "sont inventées"),
        ("36", "indre.osm.pbf", "« routes-36.json.gz »"),
        ("36", "indre.json", "« routes-36.json.gz »"),
        ("36", "file/indre.json.gz", "file"),
    ],
)
def test_what_cannot_be_written_is_refused_first(territory, name, words, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match=words) as refused:
        check_target(territory, tmp_path / name)
    assert "\n" not in str(refused.value)
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


def test_the_outlines_must_have_been_fetched(tmp_path):
    with pytest.raises(SourceError, match=r"Contours des départements.*maillage fetch"):
        fetch_roads(Workspace(tmp_path), "36", tmp_path / "indre.json.gz")


def test_the_demo_and_a_lone_mode_are_refused(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["fetch", "demo", "--roads", "demo.json.gz"]) == 2
    assert "sont inventées" in capsys.readouterr().err
    assert main(["fetch", "36", "--mode", "walk"]) == 2
    assert "donnez aussi --roads FICHIER" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_without_a_network_it_is_one_sentence_and_the_sources_stay(tmp_path, mirror_folder):
    """The real command, whose way out is a port where nobody listens."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{closed.getsockname()[1]}"
        done = subprocess.run(
            [sys.executable, "-m", "coverage", "fetch", "36", "--mirror", str(mirror_folder),
             "--source", "departements_2026", "--root", "w", "--roads", "indre.json.gz"],
            cwd=tmp_path, capture_output=True, text=True, check=False,
            env={"PATH": "", "HOME": str(tmp_path), "http_proxy": nowhere, "https_proxy": nowhere},
        )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert done.stdout.startswith("Sources reçues\u00a0: 1 ")
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("maillage : Les routes n'ont pas pu être téléchargées")
    assert "connexion à internet" in last
    assert "Traceback" not in done.stderr
    raw = tmp_path / "w" / "data" / "raw" / "limites_administratives" / "2026"
    assert (raw / "polygone-4326_dep.geojson").is_file()
    assert not (tmp_path / "indre.json.gz").exists()
