import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from coverage.base.errors import UserError
from coverage.base.gdal import read_vector
from coverage.model.notes import Notes
from coverage.model.plan import Plan
from coverage.reports.cells import write_table
from coverage.reports.tables import write_catchments, write_plan, write_tables
from coverage.sources.pairings import read_pairings
from tests.reports.unknown import unknown_population
from tests.toy import HOSTILE_NAME, toy_result

NAMES = ("communes", "qpv", "couverture", "groupes", "priorites", "test_legal")
NAMES += ("test_legal_communes", "orientation", "paires", "places", "types", "qualite")
NAMES += ("detections_blocs", "detections_communes", "detections_zones", "detections_tendance")
NAMES += ("activite", "qualite_details", "fraicheur")


def read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def test_every_table_opens_and_keeps_its_rows(tmp_path: Path) -> None:
    result = toy_result()
    write_tables(result, tmp_path)
    tables = {name: read(tmp_path / f"{name}.csv") for name in NAMES}
    assert len(tables["communes"]) == 8
    assert len(tables["couverture"]) == len(result.coverage)
    assert len(tables["places"]) == len(result.sites)
    assert len(tables["types"]) == len(result.places)
    assert len(tables["qualite_details"]) == 4
    assert len(tables["fraicheur"]) == len(result.foundations)
    assert tables["qpv"]["nom"].tolist() == ["Les Cannes & <b>Salines</b>"]


def test_codes_are_text_absence_is_empty_and_zero_is_zero(tmp_path: Path) -> None:
    write_tables(toy_result(), tmp_path)
    communes = read(tmp_path / "communes.csv").set_index("code_insee")
    assert communes.index[0] == "2A001"
    assert communes.loc["2A007", "minutes_adviser"] == ""
    assert communes.loc["2A008", "ifn"] == ""
    assert communes.loc["2A001", "uncovered"] == "0"
    places = read(tmp_path / "types.csv").set_index("kind")
    assert places.loc["france_travail", "count"] == ""
    assert places.loc["mediation", "count"] == "0"


def test_sums_survive_rounding(tmp_path: Path) -> None:
    write_tables(toy_result(), tmp_path)
    communes = pd.read_csv(tmp_path / "communes.csv")
    assert communes["covered"].sum() + communes["uncovered"].sum() == 7000


def test_formulas_are_neutralised(tmp_path: Path) -> None:
    write_tables(toy_result(), tmp_path)
    details = read(tmp_path / "qualite_details.csv")["detail"].tolist()
    assert "'=1+1 n’est pas une formule." in details
    assert HOSTILE_NAME in details


@given(st.text(max_size=20))
def test_no_text_cell_starts_a_formula(text: str) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        write_table(pd.DataFrame({"a": [text], "b": ["x"]}), path)
        import csv

        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
    cell = rows[1][0]
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert cell.removeprefix("'") == text.removeprefix("'") or cell == text


def test_numbers_carry_no_noise(tmp_path: Path) -> None:
    table = pd.DataFrame({"need": [0.1 + 0.2, -0.00001, float("inf")], "share": [1 / 3, 1.0, 0.5]})
    write_table(table, tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_text("utf-8").split() == [
        "need,share",
        "0.3,0.333333",
        "0,1",
        ",0.5",
    ]


def test_an_estimate_is_said_on_every_line(tmp_path: Path) -> None:
    write_tables(toy_result(estimate=True), tmp_path)
    write_plan(toy_result(estimate=True), tmp_path / "place")
    files = [*tmp_path.glob("*.csv"), *tmp_path.glob("place/*.csv")]
    assert len(files) == len(NAMES) + 2
    for file in files:
        said = read(file)["avertissement"]
        assert set(said) == ({"estimation à vol d’oiseau"} if len(said) else set()), file.name
    plan = json.loads((tmp_path / "place" / "plan.json").read_text("utf-8"))
    assert plan["marks"] == ["estimation à vol d’oiseau"]


def test_the_plan_reads_back(tmp_path: Path) -> None:
    result = toy_result()
    write_plan(result, tmp_path)
    document = json.loads((tmp_path / "plan.json").read_text("utf-8"))
    assert document["status_text"] == "optimal prouvé"
    assert Plan.from_dict(document) == result.plan
    sites = read(tmp_path / "sites.csv")
    assert sites["site_id"].tolist() == ["laposte:A2", "laposte:A3"]
    assert sites["newly_covered"].tolist() == ["450", "200"]


def test_the_same_result_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_tables(toy_result(), tmp_path / name)
        write_plan(toy_result(), tmp_path / name / "place")
        for suffix in ("geojson", "gpkg"):
            write_catchments(toy_result().catchments, tmp_path / name / f"aires.{suffix}")
    first = sorted(path for path in (tmp_path / "a").rglob("*") if path.is_file())
    assert len(first) == len(NAMES) + 5
    for path in first:
        other = tmp_path / "b" / path.relative_to(tmp_path / "a")
        assert path.read_bytes() == other.read_bytes(), path.name


@pytest.mark.parametrize("suffix", ["geojson", "gpkg"])
def test_catchments_open_and_nest(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"aires.{suffix}"
    write_catchments(toy_result().catchments, path, ("territoire fictif",))
    table = read_vector(path)
    assert table["minutes"].tolist() == [30, 20, 10]
    assert table.crs.to_epsg() == 4326
    assert set(table["avertissement"]) == {"territoire fictif"}
    assert table.geometry.iloc[0].contains(table.geometry.iloc[2])


def test_geojson_rings_turn_as_rfc_7946_wants(tmp_path: Path) -> None:
    path = tmp_path / "aires.geojson"
    write_catchments(toy_result().catchments, path)
    document = json.loads(path.read_text("utf-8"))
    assert "crs" not in document
    for feature in document["features"]:
        assert shapely.geometry.shape(feature["geometry"]).exterior.is_ccw


def test_places_give_the_ids_that_a_plan_can_lock(tmp_path: Path) -> None:
    write_tables(toy_result(), tmp_path)
    places = read(tmp_path / "places.csv")
    assert places.columns.tolist()[:5] == ["site_id", "nom", "kind", "roles", "network"]
    half_days = "lun. matin|mar. matin|mer. matin|jeu. matin|ven. matin"
    rows = places.set_index("site_id")
    assert set(rows.index) == set(toy_result().sites["site_id"])
    assert rows.loc["laposte:A1", "roles"] == "bureau_poste|france_services"
    assert rows.loc["laposte:A1", "lon"] == "8.95"
    assert rows.loc["laposte:A1", ["half_days", "hours_week"]].tolist() == [half_days, "15"]
    assert rows.loc["laposte:A2", ["address", "half_days"]].tolist() == ["2 place du Marché", ""]
    assert rows.loc["cnfs:5", ["staff", "tags"]].tolist() == [
        "conseiller_numerique:1",
        "formation|demarches",
    ]
    assert rows.loc["laposte:A1", "persons_month"] == ""
    assert rows.loc["fs:21", "in_territory"] == "false"
    assert rows.loc["fs:21", "persons_month"] == "100"


@pytest.mark.parametrize("year", ["2015", "2024"])
def test_each_table_of_qpv_tells_their_year(tmp_path: Path, year: str) -> None:
    toy = toy_result()
    zones = toy.zones.assign(kind=f"qpv_{year}", vintage=year)
    groups = toy.groups.replace({"value": {"qpv_2015": f"qpv_{year}"}})
    result = toy_result(zones=zones, groups=groups, qpv=toy.qpv.assign(vintage=year))
    write_tables(result, tmp_path)
    assert set(read(tmp_path / "communes.csv")["qpv_vintage"]) == {year}
    assert set(read(tmp_path / "qpv.csv")["vintage"]) == {year}
    first = read(tmp_path / "priorites.csv").set_index("type")["vintage"]
    assert set(first["commune"]) == {""}
    assert first["qpv"] == year
    assert f"En QPV ({year})" in set(read(tmp_path / "groupes.csv")["label"])


def test_communes_name_their_qpv_of_2024(tmp_path: Path) -> None:
    facts = {"qpv_2024": {"2A001": ["Salines - Cannes", "Nord rocade"]}}
    write_tables(toy_result(facts=facts), tmp_path)
    quarters = read(tmp_path / "communes.csv").set_index("code_insee")["qpv_2024"]
    assert quarters["2A001"] == "Salines - Cannes|Nord rocade"
    assert set(quarters.drop("2A001")) == {""}


def test_whole_numbers_keep_their_zeros(tmp_path: Path) -> None:
    write_table(pd.DataFrame({"distance_m": [80.0, 0.0, 1200.4]}), tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_text("utf-8").split() == ["distance_m", "80", "0", "1200"]


def test_a_yes_is_written_the_same_whatever_made_it(tmp_path: Path) -> None:
    legal = toy_result().legal
    mixed = legal.assign(holds_road=legal["far_road"] < 700, holds_crow=[True]).astype(object)
    write_table(mixed[["holds_road", "holds_crow"]], tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_text("utf-8").split()[1] == "true,true"


def test_pairs_to_review_come_first(tmp_path: Path) -> None:
    write_tables(toy_result(), tmp_path)
    pairs = read(tmp_path / "paires.csv")
    assert pairs["decision"].tolist() == ["review", "joined", "apart"]
    assert pairs["meme_lieu"].tolist() == ["", "oui", "non"]
    assert pairs["distance_m"].tolist() == ["80", "12", "640"]
    assert pairs.loc[0, "address_share"] == ""


def test_pairs_can_be_filled_in_and_given_back(tmp_path: Path) -> None:
    write_tables(toy_result(estimate=True), tmp_path)
    as_written = read_pairings(tmp_path / "paires.csv", Notes())
    decided = {frozenset(("laposte:A1", "fs:19")): True, frozenset(("fs:20", "cnfs:6")): False}
    assert as_written == decided
    pairs = read(tmp_path / "paires.csv")
    assert pairs.columns.tolist()[:3] == ["site_id", "autre_id", "meme_lieu"]
    pairs.loc[0, "meme_lieu"] = "non"
    pairs.to_csv(tmp_path / "appariements.csv", sep=";", index=False)
    answered = read_pairings(tmp_path / "appariements.csv", Notes())
    assert answered == {**decided, frozenset(("laposte:A3", "cnfs:9")): False}


def test_what_the_user_keeps_at_the_root_is_left_as_it_is(tmp_path: Path) -> None:
    own = ("appariements.csv", "services.toml", "needs.toml")
    for name in own:
        (tmp_path / name).write_text("à moi", "utf-8")
    write_tables(toy_result(), tmp_path)
    assert {(tmp_path / name).read_text("utf-8") for name in own} == {"à moi"}


def test_a_broken_chain_is_said_in_words(tmp_path: Path) -> None:
    write_tables(toy_result(), tmp_path)
    rows = read(tmp_path / "orientation.csv").set_index(["site_id", "step"])["constat"]
    assert rows["laposte:A3", "formation"] == "aucun partenaire éligible à moins de 30\u00a0min"
    assert rows["laposte:A1", "demarches"] == "sur place"
    assert rows["laposte:A2", "formation"] == ""
    assert rows["laposte:A3", "equipement"] == "non disponible"


def test_coverage_tells_the_mode_and_groups_have_names(tmp_path: Path) -> None:
    write_tables(toy_result(), tmp_path)
    coverage = read(tmp_path / "couverture.csv")
    assert coverage.columns.tolist()[2:4] == ["mode", "target"]
    assert set(coverage["mode"]) == {"drive", "walk", "bike"}
    groups = read(tmp_path / "groupes.csv").set_index("label")
    assert groups.loc["CC des Monts", ["group", "persons"]].tolist() == ["epci", "1000"]
    assert groups.loc["FRR+", ["gini", "persons_per_adviser"]].tolist() == ["", ""]
    dates = groups[["depuis", "jusqua"]]
    assert dates.loc["FRR socle"].tolist() == ["2024-07-01", "2029-12-31"]
    assert dates.loc["FRR+"].tolist() == ["2025-01-01", ""]
    assert set(dates.drop(index=["FRR socle", "FRR+"]).stack()) == {""}
    for name in ("groupes", "qpv", "couverture", "communes", "priorites"):
        assert set(read(tmp_path / f"{name}.csv")["need_rung"]) == {"2"}


def test_the_priorities_carry_interval_and_reasons(tmp_path: Path) -> None:
    write_tables(toy_result(), tmp_path)
    first = read(tmp_path / "priorites.csv")
    assert first["nom"].tolist()[:2] == ["Isulella", "Monte Scuru"]
    assert first["type"].tolist() == ["commune"] * 8 + ["qpv"]
    assert first.loc[0, ["rank", "rank_low", "rank_high", "stability"]].tolist() == [
        *("1", "1", "2", "robuste")
    ]
    assert not first[["pourquoi_1", "pourquoi_2", "pourquoi_3"]].eq("").any(axis=None)


def test_an_empty_study_keeps_the_headings(tmp_path: Path) -> None:
    write_tables(unknown_population(), tmp_path)
    for name in ("groupes", "priorites", "test_legal_communes"):
        table = read(tmp_path / f"{name}.csv")
        assert len(table) == 0
        assert len(table.columns) > 5, name


def test_no_legal_test_where_nobody_is_known_is_empty_and_not_zero(tmp_path: Path) -> None:
    write_tables(unknown_population(), tmp_path)
    test = read(tmp_path / "test_legal.csv").iloc[0]
    assert test["state"] == "today"
    assert set(test.drop("state")) == {""}


def test_unknown_population_still_gives_tables_with_their_headings(tmp_path: Path) -> None:
    write_tables(unknown_population(), tmp_path)
    coverage = read(tmp_path / "couverture.csv")
    assert len(coverage) == 0
    assert {"group", "covered_share"} <= set(coverage.columns)
    communes = read(tmp_path / "communes.csv")
    assert set(communes["population"]) == set(communes["covered"]) == {""}


@pytest.mark.parametrize("suffix", ["geojson", "gpkg"])
def test_catchments_say_what_they_are_of(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"aires.{suffix}"
    told = {"territory": "2A", "kinds": "mediation|partenaire", "run_id": "ab12"}
    write_catchments(toy_result().catchments, path, ("territoire fictif",), **told)
    table = read_vector(path)
    for name, value in told.items():
        assert set(table[name]) == {value}
    assert set(table["avertissement"]) == {"territoire fictif"}


@pytest.mark.parametrize("suffix", ["geojson", "gpkg"])
def test_no_catchment_is_an_empty_file(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"aires.{suffix}"
    none = gpd.GeoDataFrame(geometry=[], crs="EPSG:4326")
    write_catchments(none, path, ("territoire fictif",), territory="2A")
    assert len(read_vector(path)) == 0


def test_another_extension_is_refused_in_french(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"donnez un fichier \.geojson ou \.gpkg"):
        write_catchments(toy_result().catchments, tmp_path / "aires.kml")
