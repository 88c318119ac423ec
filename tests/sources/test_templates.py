"""Templates are what the readers take, and their schemas say what the contracts hold."""

from __future__ import annotations

import json
import re
from pathlib import Path

import openpyxl
import pytest

from coverage.base.errors import UserError
from coverage.model.notes import Notes
from coverage.model.tables import CODE_INSEE, CONTRACTS
from coverage.sources.detections import activity, counts, read_activity
from coverage.sources.given.lines import read_lines
from coverage.sources.templates import NAMES, template, write_template

SHAPES = {"detections": counts.SHAPE, "activity": activity.SHAPE}
TYPES = {"datetime64[ns]": "date", "Int64": "integer", "object": "string"}


@pytest.mark.parametrize("name", SHAPES)
def test_a_schema_says_what_the_contract_holds(name: str) -> None:
    told = template(name)
    assert told.schema is not None
    fields = {field["name"]: field for field in told.schema["fields"]}
    assert tuple(fields) == told.header
    assert set(fields) == set(SHAPES[name].columns)
    assert told.schema["missingValues"] == [""]
    contract = CONTRACTS[name]
    keys = set(told.schema["primaryKey"])
    assert keys <= set(fields)
    # A bureau is named by its identifier, or by its name and commune.
    assert set(contract.unique or ()) <= keys <= {*(contract.unique or ()), *counts.KNOWN_BY}
    for column, kept in contract.columns.items():
        field = fields[column]
        assert field["type"] == TYPES[str(kept.dtype)], column
        rules = field.get("constraints", {})
        named_otherwise = column in ("id_bureau", "lieu")
        assert rules.get("required", False) == (not kept.nullable and not named_otherwise), column
        assert (rules.get("minimum") == 0) == (field["type"] == "integer"), column
    for field in fields.values():
        assert field["title"]
        assert field["description"].endswith(".")


def test_the_code_of_a_commune_has_one_pattern() -> None:
    schema = template("detections").schema
    assert schema is not None
    (field,) = (field for field in schema["fields"] if field["name"] == "code_insee")
    pattern = re.compile(field["constraints"]["pattern"])
    for text in ("01004", "2A004", "97411", "1004", "2C004", "010041"):
        assert bool(pattern.fullmatch(text)) == bool(CODE_INSEE.fullmatch(text))


@pytest.mark.parametrize("name", NAMES)
def test_a_workbook_holds_what_the_csv_does(name: str, tmp_path: Path) -> None:
    csv, xlsx = tmp_path / f"{name}.csv", tmp_path / f"{name}_2.xlsx"
    write_template(name, csv)
    write_template(name, xlsx)
    from_csv, from_xlsx = read_lines(csv, ""), read_lines(xlsx, "")
    assert from_xlsx.header == from_csv.header == list(template(name).header)
    assert [line for line, _ in from_csv.rows] == [line for line, _ in from_xlsx.rows] == [2, 3]
    assert from_xlsx.rows == from_csv.rows


def test_a_code_typed_into_the_workbook_keeps_its_zeros(tmp_path: Path) -> None:
    write_template("detections", tmp_path / "d.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "d.xlsx").active
    formats = {cell.value: sheet.column_dimensions[cell.column_letter] for cell in sheet[1]}
    assert formats["code_insee"].number_format == formats["id_bureau"].number_format == "@"
    assert formats["debut"].number_format == "yyyy-mm-dd"
    assert sheet["D2"].is_date


def test_the_schema_is_written_beside_and_nothing_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "mes_detections.csv"
    written = write_template("detections", path)
    assert written == (path, tmp_path / "mes_detections.schema.json")
    assert json.loads(written[1].read_text("utf-8")) == template("detections").schema
    assert write_template("places", tmp_path / "lieux.csv") == (tmp_path / "lieux.csv",)
    with pytest.raises(UserError, match=r"mes_detections\.csv » existe déjà"):
        write_template("detections", path)
    book = path.with_suffix(".xlsx")
    assert write_template("detections", book) == (book,)  # the schema beside is the same
    path.unlink()
    written[1].write_text("{}", "utf-8")
    with pytest.raises(UserError, match=r"schema\.json » existe déjà"):
        write_template("detections", path)
    assert not path.exists()


def test_the_activity_template_is_read_back_but_for_its_examples(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    write_template("activity", path)
    with pytest.raises(UserError, match=r"ligne 3, colonne « lieu »\u00a0: .*exemple du modèle"):
        read_activity(path, Notes())
    path.write_text(path.read_text("utf-8").replace("Exemple : ", ""), "utf-8")
    read = read_activity(path, Notes())
    assert read["accompagnements"].tolist() == [420, 85]
