"""The door: formats by their names, archives, the child, and what never reaches it."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coverage.base import limited
from coverage.base.errors import RefusedFileError, SourceError
from coverage.base.limited import Limits
from coverage.model.answers import FAMILY_OF
from coverage.sources.given.layers import check_layer, read_layer
from coverage.study.checking import check_file
from tests.sources.given.cases.geopackage_making import content
from tests.sources.given.layers.making import (
    SQUARE,
    a_shapefile,
    collection,
    feature,
    point,
    polygon,
    rings,
    saved,
    zipped,
)

AT = point(1.69, 46.81)
SECRET = "TOPSECRET-42"


def archive(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, data in members.items():
            path = name.replace("__", "/").replace("_", ".").replace("//MACOSX", "/__MACOSX")
            made.writestr(path, data)
    return out.getvalue()


def test_a_table_comes_back_from_the_child_as_it_was(tmp_path, monkeypatch):
    monkeypatch.setattr(limited, "_inside", False)
    names = {"nom": "L’Île-d’Yeu", "n": 2, "part": 0.25, "vide": None, "oui": True}
    given = [feature(polygon(SQUARE), properties=names, id=7), feature(polygon(SQUARE), id=8)]
    layer = read_layer(saved(tmp_path, {"type": "FeatureCollection", "features": given}))
    assert layer.table.loc[1, list(names)].to_dict() == names
    assert layer.table.loc[2, "nom"] == "a"
    assert layer.table["id"].tolist() == [7, 8]
    assert (layer.kind, layer.id_column, layer.table.crs.to_epsg()) == ("polygones", "id", 4326)
    assert shapely.area(layer.table.geometry.to_numpy()).tolist() == pytest.approx([0.01, 0.01])


def test_a_child_that_dies_is_a_refusal(tmp_path, monkeypatch):
    monkeypatch.setattr(limited, "_inside", False)
    with pytest.raises(RefusedFileError, match=r"c\.geojson") as refusal:
        read_layer(saved(tmp_path, collection(AT)), limits=Limits(wait_s=0.01))
    assert refusal.value.code == "TOO_COMPLEX"


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("c.gpkg", b"", "EMPTY"),
        ("c.gpkg", b"<html></html>", "CORRUPT_GPKG"),
        ("c.gpkg", b"<!DOCTYPE a [<!ENTITY b 'c'>]><kml/>", "XML_DTD"),
        ("c.zip", b"PK", "CORRUPT_ZIP"),
        ("c.zip", archive(notes_txt=b"x"), "MISSING_PART"),
        ("c.zip", archive(a_geojson=json.dumps(AT).encode(), b_gpkg=b"x"), "AMBIGUOUS_LAYER"),
        ("c.zip", archive(a_geojson=b"[]"), "NOT_GEOJSON"),
        ("c.shp", b"\x00\x00\x27\x0a" + bytes(96), "MISSING_PART"),
        ("c.kml", b"<kml/>", "NOT_GEOJSON"),
        ("c.geojson", content(), "NOT_GEOJSON"),
        ("c.geojson", zipped(**a_shapefile(rings(SQUARE[::-1]))), "NOT_GEOJSON"),
        ("c.zip", archive(a_geojson=json.dumps(AT).encode()), "OK"),
        ("c.zip", archive(x__Été_GPKG=content(), x____MACOSX___a_gpkg=b"x"), "OK"),
        ("c", content(), "OK"),
        ("c.JSON", json.dumps(AT).encode(), "OK"),
    ],
)
def test_the_name_promises_a_format(answer, name, data, code):
    given = answer(data, name)
    assert given.answer == code, given.message


def test_a_name_that_lies_is_told(answer):
    assert "c’est un GeoPackage\u00a0: nommez-le .gpkg." in answer(content(), "c.zip").message
    told = answer(archive(a_geojson=json.dumps(AT).encode()), "c.gpkg")
    assert told.answer == "CORRUPT_GPKG"
    assert "nommez-la .zip" in told.message


@pytest.mark.parametrize(
    "wrong",
    [{"properties": {f"a{sign}b": 1}} for sign in "\ud800\x1b\u202e\n\t\x85"]
    + [{"properties": {"a": f"a{sign}b"}} for sign in "\ud800\x1b\u202e"]
    + [{"id": f"a{sign}b"} for sign in "\ud800\x1b\u202e"],
    ids=ascii,
)
def test_hidden_characters_are_refused_and_not_shown(answer, wrong):
    given = answer(feature(AT) | wrong)
    assert given.answer == "BINARY_IN_TEXT"
    assert "(U+" in given.message
    assert not set(given.message) & set("\ud800\x1b\u202e\n\t\x85")


def test_an_answer_says_what_was_read(answer):
    message = answer(collection(AT, AT)).message
    assert message == "« c.geojson »\u00a0: 2 points\u202f; colonnes\u00a0: nom."


@pytest.mark.parametrize("same", ["id", "FID", "ogc_fid", "Identifiant"])
def test_properties_that_number_features_are_not_twice_the_same(answer, same):
    given = [feature(AT, properties={same: value}) for value in (1, None, None, "1")]
    refused = answer({"type": "FeatureCollection", "features": given})
    assert refused.answer == "DUP_ID"
    assert "n°\u00a04" in refused.message
    assert "n°\u00a01" in refused.message
    given = [feature(AT, properties={"code_insee": "36001"})] * 2
    assert answer({"type": "FeatureCollection", "features": given}).answer == "OK"


@pytest.fixture
def listener():
    """A server that notes what it is asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            body = json.dumps(collection(AT)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_HEAD(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()
    thread.join()


def vrt(source: str) -> str:
    return (
        f'<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>{source}</SrcDataSource>'
        "<SrcLayer>secret</SrcLayer></OGRVRTLayer></OGRVRTDataSource>"
    )


def traps(address: str, secret: str) -> list[str]:
    """Return contents that make GDAL open an address, or another file."""
    command = "gdal vector pipeline ! read {} ! write --of=GeoJSON stdout"
    link = {"type": "link", "properties": {"href": f"{address}/crs"}}
    return [
        vrt(secret),
        vrt(f"CSV:/vsicurl/{address}/a.csv"),
        *(
            json.dumps({"type": "gdal_streamed_alg", "command_line": command.format(source)})
            for source in (secret, f"/vsicurl/{address}/a.geojson")
        ),
        json.dumps({"url": f"{address}/query?f=json", "geometryType": "esriGeometryPoint"}),
        json.dumps({"type": "FeatureCollection", "url": f"{address}/next", "features": None}),
        json.dumps(collection(AT, crs=link)),
        json.dumps(collection(AT, crs={"type": "name", "properties": {"name": secret}})),
        f'<!DOCTYPE k [<!ENTITY x SYSTEM "file://{secret}">]><k>&x;</k>',
        f'<!DOCTYPE k SYSTEM "{address}/k.dtd"><k/>',
        f"/vsicurl/{address}/a.geojson",
        secret,
    ]


def test_what_a_content_says_opens_nothing(tmp_path, answer, listener):
    address, asked = listener
    secret = saved(tmp_path, f"id,lon,lat\n{SECRET},1.69,46.81\n", "secret.csv")
    for content_ in traps(address, str(secret)):
        for name in ("c.geojson", "c.json", "c.gpkg", "c.kml", "c.vrt", "c"):
            given = answer(content_, name)
            assert not given.accepted, (name, content_)
            assert SECRET not in given.message
        inside = answer(archive(a_geojson=content_.encode()), "c.zip")
        assert not inside.accepted
        assert SECRET not in inside.message
    parts = a_shapefile(rings(SQUARE[::-1]))
    for prj in (f"{address}/2154.prj", str(secret), f"+init={secret}:1"):
        assert answer(zipped(**parts | {"prj": prj.encode()}), "c.zip").answer == "MISSING_CRS"
    assert asked == []


def test_what_a_name_says_opens_nothing(tmp_path, listener):
    address, asked = listener
    secret = saved(tmp_path, f"id\n{SECRET}\n", "secret.csv")
    for name in (
        f"/vsicurl/{address}/a.geojson",
        f"{address}/a.geojson",
        f"CSV:{secret}",
        f"/vsizip/{secret}",
        json.dumps(AT),
        vrt(str(secret)),
        "x" * 5_000,
        "a\0b",
    ):
        with pytest.raises(SourceError, match="n’existe pas"):
            check_layer(Path(name))
        given = check_file(Path(name), "layer")
        assert given.answer == "NOT_FOUND"
        assert SECRET not in given.message
    assert asked == []


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.binary(max_size=400), head=st.sampled_from([b"", b"PK\x03\x04", b"{", b"<", b"[",
       b"SQLite format 3\0", b'{"type":"Feature","geometry":', b"\xff\xfe"]),
       suffix=st.sampled_from([".geojson", ".gpkg", ".zip", ".shp", ".kml", ""]))  # fmt: skip
def test_any_bytes_have_an_answer(tmp_path, data, head, suffix):
    given = check_layer(saved(tmp_path, head + data, f"c{suffix}"))
    assert given.answer in FAMILY_OF
    assert given.message


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_changed_bytes_have_an_answer(tmp_path, data):
    name, whole = data.draw(st.sampled_from(WHOLE))
    changed = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 6))):
        changed[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    given = check_layer(saved(tmp_path, bytes(changed), name))
    assert given.accepted or given.answer in FAMILY_OF


WHOLE = [
    ("c.geojson", json.dumps(collection(polygon(SQUARE), polygon(SQUARE))).encode()),
    ("c.gpkg", content(kind="polygons")),
    ("c.shp", a_shapefile(rings(SQUARE[::-1]))["shp"]),
    ("c.zip", zipped(**a_shapefile(rings(SQUARE[::-1]), rings(SQUARE)))),
]
