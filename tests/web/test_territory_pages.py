"""A territory's pages lead to each other, the header changes territory, unknowns are n.d."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import pandas as pd
import pytest

from coverage.model.plan import PlannedSite
from coverage.model.results import StudyResult
from coverage.web.figures import concerned_areas, territory_figures, urgent_areas
from coverage.web.legends import map_layers
from tests.toy import toy_result
from tests.web.conftest import state
from tests.web.test_pages import STUDY_PAGES, read, words


@pytest.fixture
def two(open_app):
    """An app in which 2A and 36 are ready, 2A being the newest."""
    toy = toy_result()
    other = replace(toy, params=replace(toy.params, territory="36"), nom="Indre-jouet")
    states = (state("2A", "Toy-du-Sud", "ready"), state("36", "Indre-jouet", "ready"))
    return open_app({"2A": toy, "36": other}, states)


def unknown_population(value: float | None) -> StudyResult:
    """The toy town as a territory without any population: no demand point, no count."""
    toy = toy_result()
    communes = toy.communes.copy()
    communes["population"] = pd.array([None] * len(communes), dtype="Int64")
    for name in ("covered", "uncovered", "concerned", "need", "covered_after"):
        communes[name] = value
    for name in ("covered_10", "covered_20", "covered_30"):
        communes[name] = value
    for name in ("minutes_adviser", "score", "access"):
        communes[name] = float("nan")
    communes["rank"] = pd.array([None] * len(communes), dtype="Int64")
    sites = tuple(replace(site, newly_covered=0.0) for site in toy.plan.sites)
    plan = replace(
        toy.plan, sites=sites, objective=0.0, bound=0.0, baseline=0.0, total=0.0, unreachable={}
    )
    return replace(
        toy,
        communes=communes,
        plan=plan,
        coverage=toy.coverage.iloc[:0],
        groups=toy.groups.iloc[:0],
        unreachable_persons=0.0,
    )


@pytest.mark.parametrize("page", ["", "carte", "placement", "donnees", "telechargements"])
def test_links_stay_in_the_territory(two, page):
    text = read(two, f"/t/36/{page}")
    assert 'href="/"' not in text
    assert 'class="brand" href="/t/36/"' in text
    assert text.count('href="/t/36/comment"') == 3  # two menus and the footer
    assert not re.search(r'href="/t/2A/(?:carte|placement|comment)', text)
    assert "Indre-jouet (36)" in words(text)


def test_the_home_page_shows_the_newest_run_under_its_own_links(two):
    assert 'class="brand" href="/t/2A/"' in read(two, "/")
    assert 'href="/t/36/">Ouvrir Indre-jouet (36)</a>' in read(two, "/t/2A/")
    assert '<h2 id="t-courant">Indre-jouet (36)' in read(two, "/t/36/")


def test_how_is_told_for_one_territory_and_for_none(two, open_app):
    assert "Territoire" in words(read(two, "/t/36/comment"))
    assert "Comment c’est calculé" in read(open_app({}), "/comment")
    with two.get("/t/47/comment") as answer:
        assert answer.status_code == 404


@pytest.mark.parametrize("here", ["accueil", "carte", "placement", "telechargements", "comment"])
def test_the_header_changes_the_territory_and_keeps_the_page(two, here):
    path = "" if here == "accueil" else here
    page = read(two, f"/t/2A/{path}")
    form = re.search(r'<form class="where".*?</form>', page, re.DOTALL)[0]
    assert 'method="get" action="/territoire"' in form
    assert f'name="page" value="{here}"' in form
    assert re.findall(r'<option value="(\w+)"( selected)?>', form) == [
        ("2A", " selected"),
        ("36", ""),
    ]
    with two.get(f"/territoire?page={here}&code=36") as answer:
        assert answer.status_code == 302
        assert answer.headers["Location"] == f"/t/36/{path}"


def test_the_switch_goes_nowhere_else(two, client):
    with two.get("/territoire?page=https://ailleurs.fr&code=36") as answer:
        assert answer.headers["Location"] == "/t/36/"
    for code in ("", "ZZ", "//ailleurs.fr"):
        with two.get(f"/territoire?page=carte&code={code}") as answer:
            assert answer.status_code == 404
            assert "Territoire inconnu" in answer.get_data(as_text=True)
    alone = read(client, "/t/2A/carte")
    assert '<form class="where"' not in alone
    assert "Territoire Toy-du-Sud (2A)" in words(alone)


def test_the_map_and_the_list_say_what_each_shows(two):
    text = words(read(two, "/t/2A/carte"))
    assert (
        "La carte montre un indice par habitant ; la liste compte les personnes : en difficulté "
        "numérique (population ajustée par l’indice de fragilité numérique, IFN) et à plus de "
        "20 min d’un conseiller."
    ) in text
    for order, first in (("personnes", "2A004"), ("indice", "2A007")):
        page = read(two, f"/t/2A/carte?tri={order}-desc")
        pressed = re.findall(r'data-order="(\w+)" aria-pressed="true"', page)
        assert pressed == [order]
        assert re.findall(r'<tr data-code="(\w+)"', page)[0] == first


def test_a_list_can_be_reached_past_the_map(two):
    page = read(two, "/t/2A/carte")
    assert page.index('href="#liste"') < page.index("<header")
    assert 'id="liste" tabindex="0"' in page
    assert 'href="#liste"' not in read(two, "/t/2A/placement")


def test_a_code_of_elsewhere_is_told(two):
    assert "« 36044 » n’est pas de ce territoire" in words(read(two, "/t/2A/carte?commune=36044"))


def test_only_areas_with_somebody_concerned_are_named(open_app):
    toy = toy_result()
    communes = toy.communes.copy()
    communes["concerned"] = [0.0, 0.4, 0.5, 1.4, 0.0, 0.0, 0.0, 0.0]
    few = replace(toy, communes=communes)
    assert [row.concerned_text for row in concerned_areas(few)] == [
        "1 personne concernée",
        "1 personne concernée",
    ]
    communes["concerned"] = 0.1
    text = words(read(open_app({"2A": few}), "/t/2A/"))
    assert "Aucune commune ne compte une personne en difficulté au-delà de 20 min." in text
    communes["uncovered"] = 0.0
    text = words(read(open_app({"2A": few}), "/t/2A/"))
    assert "Aucune commune n’a d’habitant au-delà de 20 min." in text


def test_the_highest_index_goes_first_and_equals_by_inhabitants():
    toy = toy_result()
    communes = toy.communes.copy()
    communes["score"] = [0.5, 0.0, 0.5, float("nan"), 0.5, 0.9, 0.0, 0.5]
    rows = urgent_areas(replace(toy, communes=communes))
    assert [row.code for row in rows] == ["2A006", "2A001", "2A008"]


def test_a_place_that_adds_nobody_is_told(open_app):
    toy = toy_result()
    first = toy.plan.sites[0]
    idle = PlannedSite("laposte:A3", "L’Île-Verte RP", "relais_poste", 9.15, 41.96, 0.3)
    plan = replace(toy.plan, sites=(first, idle))
    text = words(read(open_app({"2A": replace(toy, plan=plan)}), "/t/2A/placement"))
    assert "Le lieu 2 n’ajoute personne à 20 min : une seule permanence suffit." in text


def test_words_for_programs_are_folded_away(two):
    page = read(two, "/t/2A/telechargements")
    before, _, folded = page.partition("<summary>Pour un programme</summary>")
    assert "Modèle couverture maximale" in words(before)
    assert "Limite 20 min" in words(before)
    assert "mclp" not in before
    assert "--model mclp" in folded
    assert "Graine" not in page


@pytest.mark.parametrize("value", [0.0, float("nan")])
@pytest.mark.parametrize("address", [*STUDY_PAGES, "/t/2A/carte/folium"])
def test_an_unknown_population_is_not_zero(open_app, value, address):
    text = words(read(open_app({"2A": unknown_population(value)}), address))
    for lie in ("0 personne", "Optimal prouvé", "0,0 %", "des 0 habitants", "nan", "None"):
        assert lie not in text, lie
    if address.endswith("carte"):
        cells = read(open_app({"2A": unknown_population(value)}), address).split("<tbody>")[-1]
        assert set(re.findall(r'data-value="([^"]*)"', cells)) == {""}
    if address.endswith("placement"):
        assert "Habitants couverts n.d." in text
        assert "Toy-du-Sud n.d. n.d. n.d. n.d." in text
        assert "Chaque habitant" not in text
    if address == "/t/2A/":
        assert "habitants restent à couvrir à 20 min n.d." in text
        assert "des habitants (nombre n.d.) sont à 20 min ou moins" in text
        assert "la population des communes n’est pas connue" in text


@pytest.mark.parametrize("value", [0.0, float("nan")])
def test_figures_of_an_unknown_population(value):
    result = unknown_population(value)
    figures = territory_figures(result)
    assert figures.persons is figures.covered_share is figures.gained is None
    assert figures.priority_communes is None
    assert concerned_areas(result) == urgent_areas(result) == []
    for layer in map_layers(result):
        assert all(
            row.persons is None or math.isnan(row.persons) or not row.persons for row in layer.rows
        )
        assert all(row.width == 0 for row in layer.rows)
