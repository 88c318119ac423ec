"""The quality of the data as tables without a clock."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pandas as pd

from coverage.model.answers import Repairs
from coverage.model.freshness import CHECK, RENEW, UNDATED
from coverage.model.notes import Notes
from coverage.reports.quality import COUNTS, foundations_table, issues, layers_table
from coverage.reports.tables import write_tables
from coverage.reports.words.freshness import FIGURE_STEPS, figure_ages
from tests.toy import toy_result


def read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def test_each_layer_has_its_days_and_counts(tmp_path: Path) -> None:
    write_tables(toy_result(), tmp_path)
    layers = read(tmp_path / "qualite.csv").set_index("source")
    poste = layers.loc["laposte"]
    assert poste[["producteur", "licence", "etat", "millesime"]].tolist() == [
        *("La Poste", "Licence Ouverte 2.0", "utilisée", "2025-06-04"),
    ]
    assert poste[["a_surveiller_des", "a_verifier_des", "a_actualiser_des"]].tolist() == [
        *("2025-12-04", "2026-06-04", "2026-12-04"),
    ]
    assert poste[list(COUNTS)].tolist() == ["1", "0", "0"]
    missing = layers.loc["detections"]
    assert missing[["etat", "millesime", "a_surveiller_des", "lignes"]].tolist() == [
        *("manquante", "", "", ""),
    ]
    assert missing["remede"].startswith("Déposez votre fichier")
    # What was noted of a source that isn't listed stays in the counts.
    others = layers.loc["etapes", ["titre", "etat", "mises_a_l_ecart"]]
    assert others.tolist() == ["Etapes", "hors liste", "1"]


def test_the_counts_of_the_layers_are_those_of_the_details() -> None:
    result = toy_result()
    layers = layers_table(result)
    sums = layers[list(COUNTS)].sum()
    told = result.quality.groupby("action")["rows"].sum()
    assert sums.tolist() == [told["repaired"], told["quarantined"], told["reported"]] == [2, 1, 1]


def test_a_repair_of_many_lines_counts_each_of_them() -> None:
    repairs = Repairs()
    for line in (3, 4, 5, 9):
        repairs.add("virgule décimale", "« 8,9 » lu 8.9", line=line, column="lon")
    repairs.add("encodage", "Lu en Windows-1252.")
    notes = Notes()
    notes.mended("places", "2026", repairs.told())
    table = notes.table()
    assert table["item"].tolist() == ["lon", "fichier"]
    assert table["rows"].tolist() == [4, 1]
    assert table["detail"].tolist() == ["« 8,9 » lu 8.9 (lignes 3 à 5 et 9)", "Lu en Windows-1252."]
    layers = layers_table(toy_result(quality=table)).set_index("source")
    assert layers.loc["places", "reparations"] == 5


def test_what_a_figure_rests_on_has_the_days_of_its_oldest_source(tmp_path: Path) -> None:
    write_tables(toy_result(), tmp_path)
    table = read(tmp_path / "fraicheur.csv")
    need = table[table["figure"] == "need"].iloc[0]
    assert need["titres"] == "Contours des communes|Indice de fragilité numérique"
    assert need[["part", "millesime", "a_verifier_des"]].tolist() == ["1", "2023", "2024-01-01"]
    unlisted = table[table["sources"] == "cnfs"].iloc[0]
    assert unlisted[["titres", "millesime", "a_surveiller_des"]].tolist() == ["", "", ""]
    shares = foundations_table(toy_result()).groupby("figure")["part"].sum()
    assert (abs(shares.astype(float) - 1) < 1e-9).all()


def test_beside_a_source_without_a_date_an_old_one_decides() -> None:
    both = pd.DataFrame([("covered", "laposte|cnfs", 1.0)], columns=["figure", "sources", "share"])
    result = toy_result(foundations=both)
    (row,) = foundations_table(result).to_dict("records")
    assert row["millesime"] == "2025-06-04"
    assert row["a_surveiller_des"] is None
    # The state that is told on a day is the file's.
    for day, step in (
        (row["a_verifier_des"] - timedelta(1), UNDATED),
        (row["a_verifier_des"], CHECK),
        (row["a_actualiser_des"], RENEW),
    ):
        (age,) = figure_ages(result, day)
        assert age.shares[FIGURE_STEPS.index(step)] == 1


def test_issues_put_what_was_set_aside_first_and_show_the_first_rows() -> None:
    notes = Notes()
    for number in range(8):
        notes.reported("fs", "2024", f"r{number}", "horaires inconnus", f"Ligne {number}.")
    notes.quarantined("fs", "2024", "q", "hors de France", "Berlin.")
    notes.repaired("laposte", "2025", "x", "inversés", "Lon et lat.")
    found = issues(toy_result(quality=notes.table()))
    assert [(one.action, one.rows, one.notes, len(one.first)) for one in found] == [
        ("quarantined", 1, 1, 1),
        ("repaired", 1, 1, 1),
        ("reported", 8, 8, 5),
    ]
    assert found[0].title == "France services"
    assert found[2].first[0] == ("r0", "Ligne 0.")
