"""What the files tell of the counters: blocks and official zones, marks, and nothing else."""

from dataclasses import replace
from pathlib import Path

import pandas as pd

from coverage.model.detections import ProtectedDetections
from coverage.reports.detection_tables import write_detections
from coverage.reports.tables import write_tables
from tests.toy import toy_result
from tests.toy_detections import sounded_result, toy_detections


def read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def written(folder: Path, protected: ProtectedDetections | None) -> dict[str, pd.DataFrame]:
    paths = write_detections(protected, toy_result().communes, folder, ("essai",))
    return {path.stem: read(path) for path in paths}


def test_a_hidden_number_is_marked_and_a_missing_one_too(tmp_path: Path) -> None:
    blocks = written(tmp_path, toy_detections())["detections_blocs"].set_index("block_id")
    told = ["detections", "detections_mark", "tests", "tests_mark", "orientations"]
    assert blocks.loc["2A001", told].tolist() == ["120", "", "540", "", "84"]
    assert blocks.loc["2A002", told].tolist() == ["33", "", "", "n.d.", ""]
    assert blocks.loc["2A002", "orientations_mark"] == "s"
    assert blocks.loc["2A003", ["release", "since", "until"]].tolist() == [
        "1",
        "2025-01-01",
        "2025-06-30",
    ]


def test_a_commune_has_its_block_s_rate_or_none(tmp_path: Path) -> None:
    communes = written(tmp_path, toy_detections())["detections_communes"].set_index("code_insee")
    assert communes.loc["2A005", ["nom", "block_nom", "rate"]].tolist() == [
        "Forca",
        "Albarella",
        "1.9688",
    ]
    assert communes.loc["2A008", ["etat", "rate", "since"]].tolist() == ["jamais sondé", "", ""]
    assert communes.loc["2A007", "etat"] == "sans bureau, guichet le plus proche jamais sondé"
    assert not {"days", "tests", "detections", "orientations"} & set(communes.columns)


def test_no_row_s_place_comes_from_a_count(tmp_path: Path) -> None:
    told = toy_detections()
    mixed = replace(
        told,
        blocks=told.blocks.iloc[::-1],
        communes=told.communes.sample(frac=1, random_state=3),
        zones=told.zones.sample(frac=1, random_state=4),
        trend=told.trend.sort_values("detections"),
    )
    straight, shuffled = written(tmp_path / "a", told), written(tmp_path / "b", mixed)
    for name, table in straight.items():
        pd.testing.assert_frame_equal(table, shuffled[name])
    assert straight["detections_blocs"]["block_id"].is_monotonic_increasing
    zones = straight["detections_zones"]
    assert zones["zoning"].drop_duplicates().tolist() == ["departement", "epci", "frr", "densite"]
    assert zones.loc[zones["zoning"] == "frr", "zone_id"].tolist() == [
        "plus",
        "socle",
        "non_classee",
    ]


def test_what_followed_is_told_step_by_step(tmp_path: Path) -> None:
    steps = written(tmp_path, toy_detections())["activite"]
    assert steps["count"].tolist() == ["171", "106", "1440", "24", ""]
    assert steps["mark"].tolist() == ["", "", "", "", "s"]


def test_nothing_loaded_is_not_available_and_never_zero(tmp_path: Path) -> None:
    loaded, nothing = written(tmp_path, toy_detections()), written(tmp_path, None)
    for name, table in nothing.items():
        assert table.columns.tolist() == loaded[name].columns.tolist(), name
        assert len(table) == (5 if name == "activite" else 0), name
    assert set(nothing["activite"]["mark"]) == {"n.d."}
    assert set(nothing["activite"]["count"]) == {""}


def test_a_territory_too_small_to_be_told_keeps_its_communes(tmp_path: Path) -> None:
    told = toy_detections()
    small = replace(told, blocks=told.blocks.iloc[:0], communes=told.communes.assign(block_id=None))
    communes = written(tmp_path, small)["detections_communes"].set_index("code_insee")
    assert len(communes) == 8
    assert communes.loc["2A001", "etat"] == "sondé, secret statistique (s)"
    assert set(communes["rate"]) == {""}


def test_the_tables_of_the_need_have_the_third_part(tmp_path: Path) -> None:
    write_tables(sounded_result(), tmp_path / "with")
    write_tables(toy_result(), tmp_path / "without")
    with_it, without = (
        read(tmp_path / name / "priorites.csv").set_index("code") for name in ("with", "without")
    )
    assert with_it.loc["2A007", ["detection_part", "detection_rate"]].tolist() == ["0.5", ""]
    assert with_it.loc["2A005", ["detection_part", "detection_rate"]].tolist() == [
        "0.928571",
        "1.9688",
    ]
    assert set(without["detection_part"]) == {""}
    communes = read(tmp_path / "with" / "communes.csv").set_index("code_insee")
    assert communes.loc["2A001", "detection_rate"] == "1.9688"


def test_what_followed_alone_fills_its_own_table_only(tmp_path: Path) -> None:
    told = toy_detections()
    tables = ("blocks", "communes", "zones", "trend")
    only = replace(told, **{name: getattr(told, name).iloc[:0] for name in tables})
    filled = {name: len(table) for name, table in written(tmp_path, only).items()}
    assert {name: rows for name, rows in filled.items() if rows} == {"activite": 5}
