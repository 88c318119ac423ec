"""Reference systems that files name: known ones, and what must never be opened."""

from __future__ import annotations

import pytest
from pyproj import CRS

from coverage.base.errors import RefusedFileError
from coverage.sources.given.layers.crs import from_epsg, from_geojson, from_wkt
from tests.sources.given.layers.making import WGS84_WKT, collection, point


def named(name):
    return {"type": "name", "properties": {"name": name}}


@pytest.mark.parametrize(
    "name",
    ["EPSG:4326", "urn:ogc:def:crs:EPSG::4326", "urn:ogc:def:crs:OGC:1.3:CRS84", "OGC:CRS84",
     "CRS84", "WGS84", "http://www.opengis.net/def/crs/OGC/1.3/CRS84"],
)  # fmt: skip
def test_degrees_on_wgs_84_are_nothing_to_say(name):
    assert from_geojson(named(name), "c") is None


@pytest.mark.parametrize("name", ["EPSG:2154", "epsg:2154", "urn:ogc:def:crs:EPSG::2154",
                                  "urn:ogc:def:crs:EPSG:9.1:2154",
                                  "http://www.opengis.net/def/crs/EPSG/0/2154"])  # fmt: skip
def test_the_ways_to_name_lambert_93(name):
    reference = from_geojson(named(name), "c")
    assert reference is not None
    assert (reference.name, reference.crs.to_epsg()) == ("EPSG:2154", 2154)


def test_the_oldest_way_gives_a_number():
    reference = from_geojson({"type": "EPSG", "properties": {"code": 2975}}, "c")
    assert reference is not None
    assert reference.name == "EPSG:2975"


@pytest.mark.parametrize(
    "member",
    ["EPSG:4326", {"type": "link", "properties": {"href": "http://127.0.0.1:9/x"}}, {}, [],
     named("/etc/passwd"), named("+init=/etc/passwd:2154"), named("EPSG:99999"), named("")],
)  # fmt: skip
def test_what_names_no_known_system_is_missing(member):
    with pytest.raises(RefusedFileError) as refusal:
        from_geojson(member, "c")
    assert refusal.value.code == "MISSING_CRS"


@pytest.mark.parametrize("epsg", [2154, 5490, 2972, 2975, 4471, 3857, 27572, 3946])
@pytest.mark.parametrize("version", ["WKT1_ESRI", "WKT1_GDAL", "WKT2_2019"])
def test_descriptions_of_french_systems_are_read(epsg, version):
    try:
        text = CRS.from_epsg(epsg).to_wkt(version)
    except Exception:
        pytest.skip("this system has no such description")
    if "PROJ4" in text and "nadgrids=@null" not in text:
        pytest.skip("not written so by programs")
    reference = from_wkt(text, "c")
    assert reference is not None
    x, y = reference.crs.axis_info[0].unit_name, reference.crs.axis_info[1].unit_name
    assert (x, y) == ("metre", "metre")


@pytest.mark.parametrize("version", ["WKT1_GDAL", "WKT2_2019"])
def test_heights_are_left(version):
    reference = from_wkt(CRS.from_epsg(5698).to_wkt(version), "c")
    assert reference is not None
    assert reference.name == "EPSG:2154"
    esri = CRS.from_epsg(2154).to_wkt("WKT1_ESRI")
    reference = from_wkt(f'{esri},VERTCS["NGF",VDATUM["NGF"],UNIT["Meter",1.0]]\n', "c")
    assert reference is not None
    assert reference.name == "EPSG:2154"


def test_an_own_system_is_told_by_its_name_and_nothing_hidden():
    esri = CRS.from_epsg(2154).to_wkt("WKT1_ESRI")
    own = esri.replace("RGF_1993_Lambert_93", "mon\x1bplan").replace("700000.0", "123456.0")
    reference = from_wkt(own, "c")
    assert reference is not None
    assert reference.name == "mon[U+001B]plan"


def test_degrees_that_a_prj_describes_are_nothing_to_say():
    assert from_wkt(WGS84_WKT, "c") is None


@pytest.mark.parametrize(
    "text",
    ["", "EPSG:2154", "/etc/passwd", "PROJCS[", "PROJCS[" * 5_000, 'LOCAL_CS["plan"]',
     WGS84_WKT[:-1] + ',EXTENSION["PROJ4","+proj=longlat +nadgrids=/etc/passwd"]]',
     WGS84_WKT.replace("]],PRIMEM", '],EXTENSION["PROJ4_GRIDS","@null,/etc/passwd"]],PRIMEM'),
     CRS.from_epsg(3857).to_wkt("WKT1_GDAL").replace("=@null", "=@null,/etc/passwd"),
     CRS.from_epsg(3857).to_wkt("WKT1_GDAL").replace(',AUTHORITY["EPSG","3857"]', ""),
     CRS.from_epsg(2154).to_wkt().replace('METHOD["', 'METHOD["PROJ-based operation method: '),
     CRS.from_epsg(2154).to_wkt("WKT1_GDAL").replace('PROJECTION["', 'PROJECTION["custom_proj4'),
     f'BOUNDCRS[SOURCECRS[{WGS84_WKT}],TARGETCRS[{WGS84_WKT}],ABRIDGEDTRANSFORMATION["a",'
     'METHOD["NTv2"],PARAMETERFILE["Latitude and longitude difference file","/etc/passwd"]]]',
     WGS84_WKT + "x", WGS84_WKT[:-1] + ",]", 'GEOGCS["a"', 'GEOGCS["' + '""' * 9_000 + "x",
     "+proj=pipeline +step +proj=hgridshift +grids=/etc/passwd", WGS84_WKT + " " * 30_000],
)  # fmt: skip
def test_descriptions_that_are_none_or_open_files_are_refused(text):
    with pytest.raises(RefusedFileError) as refusal:
        from_wkt(text, "c")
    assert refusal.value.code == "MISSING_CRS"


def test_a_number_that_nobody_gave_is_missing():
    with pytest.raises(RefusedFileError, match="EPSG:100000 n’existe pas"):
        from_epsg(100_000, "c")


def test_degrees_that_are_called_metres_are_told(answer):
    given = answer(collection(point(1.69, 46.81), crs=named("EPSG:2154")))
    assert given.answer == "WRONG_CRS"
    assert "EPSG:2154" in given.message
