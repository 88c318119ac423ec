"""The page « Détections »: what it tells, what it hides, and what it says of nothing."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pandas as pd
import pytest

from coverage.web.detections import block_rows, territory_row, trend, unsounded, zone_rows
from tests.toy import HOSTILE_NAME, toy_result
from tests.toy_detections import sounded_result


def read(client, address: str) -> str:
    with client.get(address) as answer:
        assert answer.status_code == 200, address
        return answer.get_data(as_text=True)


def words(page: str) -> str:
    text = html.unescape(re.sub(r"<[^>]+>", " ", page))
    return re.sub(r"[\s\u00a0\u202f]+", " ", text)


@pytest.fixture(scope="module")
def sounded():
    return sounded_result()


@pytest.fixture(scope="module")
def unloaded():
    return toy_result()


@pytest.fixture
def client(open_app, sounded, unloaded):
    return open_app({"2A": sounded, "36": unloaded})


def test_the_territory_is_told_with_its_interval_and_period(client):
    text = words(read(client, "/t/2A/detections"))
    assert "1,49 (1,31 à 1,68)" in text
    assert "personnes détectées en 115 jours de présence 171" in text
    assert "des personnes détectées ont été orientées (106) 62,0 %" in text
    assert "janvier – décembre 2025 au plus tard, dont 1 bloc sur 3 arrêté" in text
    assert "tests passés n.d." in text
    assert "8 des 8 communes (100 %) partagent leur bloc" in text.replace(",0 %", " %")


def test_both_marks_are_told_where_they_stand_and_explained(client):
    text = words(read(client, "/t/2A/detections"))
    assert "Bocca-d’Oru et <b>Monte Scuru</b> janvier – décembre 2025" in text
    assert "1,15 (0,86 à 1,46) 33 n.d. s 30" in text
    assert (
        "s : secret statistique (effectif de 0 à 10, ou masqué pour en protéger un autre)" in text
    )
    assert "FRR+ s s n.d. s 10 1" in text


def test_what_follows_is_told_step_by_step(client):
    text = words(read(client, "/t/2A/detections"))
    for told in (
        "Détections Détecter 171",
        "Orientations Détecter 106",
        "Accompagnements Accompagner 1 440",
        "Ateliers Soutenir 24",
        "Stagiaires des ateliers Soutenir s",
    ):
        assert told in text


def test_never_sounded_is_listed_and_is_not_zero(client, sounded):
    told = unsounded(sounded, sounded.detections)
    assert told.with_counter == ("Piana Vechja",)
    assert told.served_by_none == 1
    text = words(read(client, "/t/2A/detections"))
    assert "guichet de 1 commune : ce n’est pas zéro, on ne sait pas. Piana Vechja." in text
    assert "1 autre commune, sans bureau, a pour guichet le plus proche l’un de ceux-là" in text


def test_figures_that_were_held_say_of_when_they_are(client, sounded):
    held = [row.nom for row in block_rows(sounded, sounded.detections) if row.held_since]
    assert held == ["L’Île-Verte et Castellu"]
    text = words(read(client, "/t/2A/detections"))
    assert text.count("chiffres de la publication n° 1") == 1
    assert "L’Île-Verte et Castellu janvier – juin 2025 · chiffres de la publication" in text


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ("", "Albarella", "L’Île-Verte et Castellu"),
        ("?tri=taux-asc", "L’Île-Verte et Castellu", "Albarella"),
        ("?tri=communes-desc", "L’Île-Verte et Castellu", "Bocca-d’Oru et <b>Monte Scuru</b>"),
        # two of three tests aren't known: they come last, by name, whatever the order
        ("?tri=tests-asc", "Albarella", "L’Île-Verte et Castellu"),
        ("?tri=tests-desc", "Albarella", "L’Île-Verte et Castellu"),
        ("?tri=autre", "Albarella", "L’Île-Verte et Castellu"),
    ],
)
def test_blocks_are_sorted_without_javascript(client, query, first, last):
    page = read(client, f"/t/2A/detections{query}")
    table = page[page.index('id="t-blocs"') : page.index('id="t-jamais"')]
    names = re.findall(r'<th role="rowheader" scope="row">(.*?)<span', table)
    assert (html.unescape(names[0]), html.unescape(names[-1])) == (first, last)


def test_official_zones_are_grouped_the_departement_first(sounded):
    groups = zone_rows(sounded, sounded.detections)
    assert [label for label, _ in groups] == [
        "Département",
        "Intercommunalités",
        "Zonage FRR",
        "Densité",
    ]
    assert [row.nom for row in groups[2][1]] == ["FRR+", "FRR socle", "Non classée FRR"]
    assert groups[1][1][1].communes[0] == "Forca"


def test_the_trend_stands_on_zero_and_spans_the_whole_time(sounded):
    drawn = trend(sounded.detections)
    assert drawn is not None
    assert drawn.ceiling == 3  # the highest interval ends at 2.04
    assert (drawn.since.isoformat(), drawn.until.isoformat()) == ("2025-01-01", "2025-12-31")
    first, *_, last = drawn.bars
    assert first.x == 0
    assert last.x + last.width == pytest.approx(100, abs=0.02)
    assert first.middle == pytest.approx(100 * (1 - 1.607143 / 3), abs=0.01)
    assert first.top < first.middle < first.bottom
    assert (first.blocks, last.blocks, last.tests_text) == (3, 2, "200")


def test_a_period_without_presence_leaves_a_gap(open_app, sounded):
    told = sounded.detections
    periods = told.trend.copy()
    periods.loc[1, ["rate", "rate_low", "rate_high"]] = None
    drawn = trend(replace(told, trend=periods))
    assert drawn is not None
    assert [bar.middle is None for bar in drawn.bars] == [False, True, False, False]
    gap = replace(sounded, detections=replace(told, trend=periods))
    page = read(open_app({"2A": gap}), "/t/2A/detections")
    assert page.count('class="band"') == 3
    assert trend(replace(told, trend=periods.iloc[:0])) is None


def test_nothing_loaded_is_not_available_and_says_what_to_do(client, unloaded):
    text = words(read(client, "/t/36/detections"))
    assert "Détections : non disponible" in text
    assert "maillage template detections -o detections.csv" in text
    assert "--detections detections.csv" in text
    assert "Par bloc" not in text
    assert territory_row(unloaded) is None
    assert "Détections au guichet : non disponible" in words(read(client, "/t/36/"))
    assert "Détections : non disponible" in words(read(client, "/t/36/carte"))


def test_what_followed_alone_shows_the_funnel_and_nothing_else(open_app, unloaded, sounded):
    told = sounded.detections
    tables = ("blocks", "communes", "zones", "trend")
    only = replace(told, **{name: getattr(told, name).iloc[:0] for name in tables})
    client = open_app({"2A": replace(unloaded, detections=only)})
    text = words(read(client, "/t/2A/detections"))
    assert "Détections : non disponible" in text
    assert "--detections detections.csv" in text
    assert "Accompagnements Accompagner 1 440" in text
    for absent in ("Par bloc", "Par zone", "Jamais sondé", "Au fil du temps", "tout est sous"):
        assert absent not in text
    assert "Détections au guichet : non disponible" in words(read(client, "/t/2A/"))
    assert "Détections : non disponible" in words(read(client, "/t/2A/carte"))
    assert "Ici, détections : non disponible" in words(read(client, "/t/2A/comment"))
    assert "url(#h-js)" not in read(client, "/t/2A/carte/folium")


def test_the_trend_says_where_other_blocks_tell_it(client):
    page = read(client, "/t/2A/detections")
    assert page.count('class="break"') == 1
    text = words(page)
    assert text.count("À partir de juillet 2025 : 2 blocs sur 3") == 1
    assert "48 n.d. 31 3 sur 3 Autres blocs juillet – septembre 2025" in text


def test_a_territory_too_small_to_be_told_is_secret_as_a_whole(open_app, sounded):
    told = sounded.detections
    counts = ["detections", "tests", "orientations"]
    zones = told.zones.iloc[:1].copy()
    zones[[*counts, "rate", "rate_low", "rate_high", "oriented_share"]] = None
    zones[[f"{name}_mark" for name in counts]] = "s"
    small = replace(
        told,
        blocks=told.blocks.iloc[:0],
        communes=told.communes.assign(block_id=pd.Series([None] * 8, dtype=object)),
        zones=zones,
        trend=told.trend.iloc[:0],
    )
    unknown = sounded.communes.assign(detection_rate=float("nan"))
    client = open_app({"2A": replace(sounded, detections=small, communes=unknown)})
    text = words(read(client, "/t/2A/detections"))
    assert "tout est sous le secret statistique (s)" in text
    assert "personnes détectées en 115 jours de présence s" in text
    page = read(client, "/t/2A/carte?commune=2A001")
    assert "secret statistique (s)" in words(page)
    assert '<option value="detections"' not in page
    assert "trop peu pour être dites, secret statistique (s)" in words(read(client, "/t/2A/"))


def test_home_map_and_method_tell_of_the_counters(client):
    assert "Détections au guichet : 1,49 (1,31 à 1,68) par jour de présence" in words(
        read(client, "/t/2A/")
    )
    page = read(client, "/t/2A/carte?couche=detections&commune=2A008")
    assert '<h1 id="question">Où la fragilité se voit-elle au guichet' in page
    assert "Au guichet : jamais sondé" in words(page)
    assert '<option value="detections"' in page
    assert re.search(r'id="legend-detections">', page)
    assert re.search(r'id="legend-score" hidden>', page)
    method = words(read(client, "/t/2A/comment"))
    assert "Sous 11, aucun n’est dit ni ne doit pouvoir être retrouvé" in method
    assert "le guichet n’est pas le domicile" in method


def test_another_threshold_is_told(open_app, sounded):
    strict = replace(sounded, detections=replace(sounded.detections, threshold=18))
    client = open_app({"2A": strict})
    assert "Sous 18, aucun n’est dit" in words(read(client, "/t/2A/comment"))
    assert "effectif de 0 à 17" in words(read(client, "/t/2A/detections"))


def test_names_of_blocks_and_communes_are_text(open_app, sounded):
    communes = sounded.communes.copy()
    communes.loc[0, "nom"] = HOSTILE_NAME
    client = open_app({"2A": replace(sounded, communes=communes)})
    for address in ("/t/2A/detections", "/t/2A/carte?commune=2A002", "/t/2A/carte/folium"):
        page = read(client, address)
        assert "<b>Monte" not in page
        assert "<img src=x" not in page
