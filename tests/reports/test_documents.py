import shutil
import subprocess
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pypdf
import pytest

from coverage.model.params import StudyParams
from coverage.model.plan import Status
from coverage.model.words import french_date
from coverage.reports.documents import report_data, write_report
from coverage.reports.plate import plate_svg
from tests.reports.unknown import unknown_population
from tests.toy import HOSTILE_NAME, toy_result
from tests.toy_detections import sounded_result

DAY = date(2026, 11, 22)


def text_of(path: Path) -> str:
    if shutil.which("pdftotext"):
        command = ["pdftotext", "-layout", str(path), "-"]
        text = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout.decode()
    else:
        text = "\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages)
    return " ".join(text.split())


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "rapport.pdf"
    write_report(toy_result(), path, DAY)
    return path


def test_it_says_what_a_reader_needs(report: Path) -> None:
    text = text_of(report)
    for words in (
        "Toy-du-Sud (2A)",
        "22 novembre 2026",
        toy_result().run_id,
        "88,6 % des habitants",
        "60 personnes n’atteignent aucun conseiller",
        "optimal prouvé",
        "Castellu AP",
        "Isulella",
        "Manque d’accès",
        "Licence Ouverte 2.0",
        "maillage build 2A --detections FICHIER",
        "écarté",
        "OpenStreetMap",
        "Les Cannes & <b>Salines</b>",
    ):
        assert words in text, words
    assert "estimation à vol d’oiseau" not in text
    assert "fictif" not in text


def test_pages_are_a4_and_titled(report: Path) -> None:
    reader = pypdf.PdfReader(report)
    assert 3 <= len(reader.pages) <= 6
    width, height = (float(v) for v in reader.pages[0].mediabox[2:])
    assert (round(width), round(height)) == (595, 842)
    assert reader.metadata is not None
    assert "Toy-du-Sud" in str(reader.metadata.title)


def test_the_same_result_and_date_give_the_same_bytes(report: Path, tmp_path: Path) -> None:
    write_report(toy_result(), tmp_path / "again.pdf", DAY)
    assert (tmp_path / "again.pdf").read_bytes() == report.read_bytes()


def test_marks_stand_on_every_page(tmp_path: Path) -> None:
    result = toy_result(estimate=True, params=StudyParams("00", new=2))
    write_report(result, tmp_path / "r.pdf", DAY)
    for page in pypdf.PdfReader(tmp_path / "r.pdf").pages:
        text = page.extract_text()
        assert "territoire fictif" in text
        assert "vol d’oiseau" in text


def test_data_is_never_markup(tmp_path: Path) -> None:
    name = '#panic("x") $a$ *b* \\ ' + HOSTILE_NAME
    write_report(toy_result(nom=name), tmp_path / "r.pdf", DAY)
    assert '#panic("x") $a$ *b*' in text_of(tmp_path / "r.pdf")


def test_an_unproven_or_empty_plan_is_told_honestly(tmp_path: Path) -> None:
    from dataclasses import replace

    result = toy_result()
    plan = replace(result.plan, status=Status.INFEASIBLE, rule="p", sites=(), gap=float("inf"))
    write_report(replace(result, plan=plan), tmp_path / "r.pdf", DAY)
    text = text_of(tmp_path / "r.pdf")
    assert "infaisable" in text
    assert "optimal prouvé" not in text


def test_nothing_to_tell_still_makes_a_report(tmp_path: Path) -> None:
    whole = toy_result()
    result = toy_result(
        qpv=whole.qpv.iloc[:0],
        zones=whole.zones.iloc[:0],
        quality=whole.quality.iloc[:0],
        sites=whole.sites.iloc[:0],
        sources=(),
    )
    write_report(result, tmp_path / "r.pdf", DAY)
    assert "Aucune réparation" in text_of(tmp_path / "r.pdf")


def test_the_top_ten_shows_both_parts() -> None:
    first = report_data(toy_result(), DAY)["priority"]["communes"][0]
    assert first[:5] == ["1er [1\u00a0à\u00a02]", "Isulella", "0,93", "1,00", "0,93"]
    assert first[5] == "hors d’atteinte"


def test_the_report_tells_who_is_underserved(report: Path) -> None:
    text = text_of(report)
    for words in (
        "Pourquoi ces secteurs",
        "ses 60 habitants sont tous à plus de 20 min",
        "La commune est classée 1re sur 8",
        "population ajustée par l’indice de fragilité numérique, IFN",
        "sauf circonstances exceptionnelles, pas plus de 10 % des habitants",
        "2,1 % des habitants (150) par la route, 0,9 % (60) à vol d’oiseau",
        "Ils vivent à : Monte Scuru (90), Isulella (60).",
        "Gini de l’accès : 0,25",
        "aucun partenaire éligible à moins de 30 min",
        "L’Île-Verte RP",
    ):
        assert words in text.replace("\u00a0", " ").replace("\u202f", " "), words


def test_the_report_tells_what_the_counters_saw(tmp_path: Path) -> None:
    write_report(sounded_result(), tmp_path / "r.pdf", DAY)
    text = text_of(tmp_path / "r.pdf").replace("\u00a0", " ").replace("\u202f", " ")
    for words in (
        "(besoin × manque d’accès × détections du secteur) puissance 2/3, trois rangs",
        "1,49 (1,31 à 1,68) dans le territoire",
        "Ce que coûte la protection : 8 des 8 communes (100 %)",
        "Albarella 1,97 (1,69 à 2,27) 120 60 70 % 2 janvier – décembre 2025",
        "Scuru</b>",
        "CC des Monts 0,67 (0,46 à 0,95) 20 n.d. s",
        "Stagiaires des ateliers s",
        "s : secret statistique (effectif de 0 à 10",
    ):
        assert words in text, words


def test_the_blocks_printed_are_those_with_the_highest_rates() -> None:
    rows = report_data(sounded_result(), DAY)["detections"]["blocks"]
    assert [row[0] for row in rows] == [
        "Albarella",
        "Bocca-d’Oru et <b>Monte Scuru</b>",
        "L’Île-Verte et Castellu",
    ]
    first = report_data(sounded_result(), DAY)["priority"]
    assert first["parts"] == ["Besoin", "Manque d’accès", "Détec\u00adtions"]
    assert first["communes"][1][1:6] == ["Forca", "0,57", "0,64", "0,71", "0,93"]


def test_without_detections_the_report_says_so(report: Path) -> None:
    data = report_data(toy_result(), DAY)
    assert data["detections"]["blocks"] == data["detections"]["funnel"] == []
    assert data["priority"]["parts"] == ["Besoin", "Manque d’accès"]
    assert "L’indice de priorité est calculé sans détections." in text_of(report)


def test_groups_show_the_gap_before_and_after() -> None:
    rows = {row[0]: row[1:] for row in report_data(toy_result(), DAY)["equity"]["cover"]}
    plain = [cell.replace("\u00a0", " ").replace("\u202f", " ") for cell in rows["FRR socle"]]
    # 600 of 1,310 now, 1,250 with the plan; 88.6 % of all are covered
    assert plain[:4] == ["1 310", "45,8 %", "−42,8 pts", "95,4 %"]
    helped = {row[0]: row[1:] for row in report_data(toy_result(), DAY)["equity"]["help"]}
    assert helped["FRR+"][1] == "aucun"


def test_an_unknown_population_is_said_and_nothing_is_claimed(tmp_path: Path) -> None:
    write_report(unknown_population(), tmp_path / "r.pdf", DAY)
    text = text_of(tmp_path / "r.pdf")
    assert "Population n.d." in text
    for claim in ("Chaque habitant", "optimal prouvé", "hors d’atteinte", "nan"):
        assert claim not in text, claim
    data = report_data(unknown_population(), DAY)
    assert data["equity"]["cover"] == data["priority"]["communes"] == data["legal"]["rows"] == []
    assert "n’est pas disponible" in data["legal"]["findings"][0]
    assert ["bureau de poste", "1"] in data["targets"]["rows"]
    assert data["plan"]["facts"][0] == ["Statut", "n.d."]
    assert data["plan"]["sites"] == []
    assert "<circle" not in data["plate"]


def test_places_are_counted_in_every_row_of_the_table() -> None:
    rows = {row[0]: row[1] for row in report_data(toy_result(), DAY)["targets"]["rows"]}
    assert rows["conseiller"] == "4"  # a bureau that is a France services is one place
    assert rows["point de contact La Poste"] == "3"
    result = toy_result(facts={"ilots_announced": 14, "ilots_announced_source": "La Poste"})
    result.places["count"] = result.places["count"].where(result.places["level"] == "contact")
    rows = {row[0]: row[1] for row in report_data(result, DAY)["targets"]["rows"]}
    assert rows["conseiller"] == "—"
    assert rows["îlot numérique (14 annoncés, La Poste)"] == "n.d."


def test_groups_are_in_order_and_the_plan_names_communes() -> None:
    from dataclasses import replace

    result = toy_result()
    data = report_data(result, DAY)
    labels = [row[0] for row in data["equity"]["cover"]]
    assert labels[:3] == ["Tout le territoire", "CC de la Plaine", "CC des Monts"]
    assert labels[3:] == ["FRR+", "FRR socle", "Petites villes", "En QPV (2015)"]
    sites = tuple(replace(s, nom=s.nom.upper(), newly_covered=0.0) for s in result.plan.sites)
    data = report_data(replace(result, plan=replace(result.plan, sites=sites)), DAY)
    assert data["plan"]["sites"][0][1] == "CASTELLU AP (Castellu)"
    assert data["plan"]["useless"].startswith("Aucune permanence de plus")


def test_the_fictitious_territory_is_named_as_it_is_asked_for() -> None:
    result = toy_result(params=StudyParams("00", new=2))
    assert report_data(result, DAY)["title"] == "Toy-du-Sud (demo)"


def test_dates_are_french() -> None:
    assert french_date(date(2025, 6, 1)) == "1er\u00a0juin 2025"
    assert french_date(DAY) == "22\u00a0novembre 2026"


def test_the_plate_draws_every_commune_and_site() -> None:
    root = ElementTree.fromstring(plate_svg(toy_result()))
    space = "{http://www.w3.org/2000/svg}"
    assert len(root.findall(f"{space}path[@fill-rule]")) == 8
    assert len(root.findall(f"{space}circle")) == 2
    assert len(root.findall(f"{space}polygon")) == 4  # own places with an adviser
    assert "alert(1)" not in plate_svg(toy_result())
