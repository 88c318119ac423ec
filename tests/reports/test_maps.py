import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from shapely.geometry import shape

from coverage.model.params import StudyParams
from coverage.reports.detection_layers import block_outlines, density_shapes
from coverage.reports.kinds import Kinds
from coverage.reports.layers import commune_values, communes_geojson, place_rows, ramps
from coverage.reports.maps import territory_map, write_map
from coverage.reports.offline import ASSETS, asset, render
from coverage.reports.plate import plate_svg
from tests.reports.unknown import unknown_population
from tests.toy import HOSTILE_NAME, toy_result
from tests.toy_detections import sounded_result, toy_detections


class Tags(HTMLParser):
    """Collects the tags of a page with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.fixture(scope="module")
def page() -> str:
    return render(territory_map(toy_result()))


def test_one_file_that_names_no_other(page: str, tmp_path: Path) -> None:
    write_map(toy_result(), tmp_path / "2A.html")
    assert (tmp_path / "2A.html").read_text("utf-8") == page
    tags = Tags(page).found
    assert not [attrs for _, attrs in tags if attrs.keys() & {"src", "href"} - {"href"}]
    assert all(str(a["href"]).startswith("#") for _, a in tags if "href" in a)
    assert "sourceMappingURL" not in page
    assert not re.search(r"url\((?!data:|#|'\s*\+)[^)]*\)", page.split("<style>")[1])
    assert len(page) < 500_000


def test_it_is_french_and_can_be_zoomed(page: str) -> None:
    tags = Tags(page).found
    assert ("html", {"lang": "fr"}) in tags
    viewport = next(a["content"] for _, a in tags if a.get("name") == "viewport")
    assert viewport == "width=device-width, initial-scale=1"
    assert sum(tag == "h1" for tag, _ in tags) == 1


def test_no_markup_comes_from_data(page: str) -> None:
    assert HOSTILE_NAME not in page
    assert "<img" not in re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
    assert "\\u0026lt;img src=x onerror" in page  # escaped once as HTML, once as JSON
    assert "<b>Salines" not in page
    tags = Tags(page).found
    assert not [attrs for _, attrs in tags if any(name.startswith("on") for name in attrs)]


def test_a_hostile_territory_name_stays_text() -> None:
    text = render(territory_map(toy_result(nom="</script><script>alert(1)</script>")))
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_the_same_study_gives_the_same_bytes_however_often_it_is_rendered() -> None:
    drawn = territory_map(toy_result())
    assert render(drawn) == render(drawn) == render(territory_map(toy_result()))


def test_served_flavour_has_nonces_and_prefixed_files() -> None:
    drawn = territory_map(toy_result())
    text = render(drawn, assets="/static/carte/", nonce="r4nd0m", panel=False)
    tags = Tags(text).found
    parts = [attrs for tag, attrs in tags if tag in {"script", "style", "link"}]
    assert len(parts) >= 5
    assert all(attrs.get("nonce") == "r4nd0m" for attrs in parts)
    files = {str(a.get("src") or a.get("href")) for a in parts if a.keys() & {"src", "href"}}
    assert files == {f"/static/carte/{n}" for n in ("leaflet.js", "leaflet.css", "jquery.min.js")}
    assert not [attrs for _, attrs in tags if "style" in attrs]
    assert ("html", {"lang": "fr", "class": "m-bare"}) in tags
    assert len(text) < 150_000


def test_prefix_and_nonce_cannot_break_out() -> None:
    drawn = territory_map(toy_result())
    with pytest.raises(ValueError, match="nonce"):
        render(drawn, nonce='x"><script>')
    with pytest.raises(ValueError, match="prefix"):
        render(drawn, assets='/x"><script>')


def test_only_listed_files_are_served() -> None:
    assert all(asset(name).is_file() for name in ASSETS)
    with pytest.raises(KeyError):
        asset("../../../secrets")


def test_marks_are_on_the_map() -> None:
    assert "estimation à vol d’oiseau" not in render(territory_map(toy_result()))
    result = toy_result(estimate=True, params=StudyParams("00", new=2))
    tags = render(territory_map(result))
    assert tags.count('<span class="m-mark">') == 2
    assert "<title>" in tags
    assert "territoire fictif" in tags.split("</title>")[0]
    assert "OpenStreetMap (ODbL)" not in tags
    assert "url(#est-minutes-0)" in tags


def test_an_unknown_population_is_drawn_without_a_figure() -> None:
    text = render(territory_map(unknown_population()))
    assert "Population n.d." in text
    assert "Aires de desserte" in render(territory_map(toy_result()))
    assert "Aires de desserte" not in text
    assert "Chaque habitant" not in text
    data = communes_geojson(unknown_population())
    fills = {fill for f in data["features"] for fill in f["properties"]["fill"].values()}
    assert fills == {"url(#h-nd)"}


def test_empty_layers_do_not_break_the_map() -> None:
    result = toy_result()
    none = result.catchments.iloc[:0].drop(columns="minutes")
    empty = toy_result(catchments=none, zones=result.zones.iloc[:0], sites=result.sites.iloc[:0])
    assert "h-nd" in render(territory_map(empty))


def test_the_workspace_s_own_levels_and_labels_are_followed() -> None:
    result = toy_result()
    places = result.places
    places.loc[places["kind"] == "mairie", ["label", "level"]] = ["maison commune", "adviser"]
    kinds = Kinds.of(toy_result(places=places))
    assert "mairie" in kinds.of_level("adviser")
    rows = place_rows(result.sites, kinds.of_level("adviser"), kinds)
    assert any("maison commune" in row["tip"] for row in rows)
    assert plate_svg(toy_result(places=places)).count("<polygon") == 5


@pytest.mark.parametrize("year", ["2015", "2024"])
def test_the_map_names_the_qpv_with_their_year(year: str) -> None:
    toy = toy_result()
    zones = toy.zones.assign(kind=f"qpv_{year}", vintage=year)
    text = render(territory_map(toy_result(zones=zones))).replace("\\u00a0", "\u00a0")
    assert f"Quartiers prioritaires (QPV\u00a0{year})" in text
    assert f"quartier prioritaire (QPV\u00a0{year})" in text


def test_a_tip_tells_the_qpv_of_2024_escaped() -> None:
    facts = {"qpv_2024": {"2A001": ["Salines", "<b>Nord</b>"]}}
    tips = {
        f["properties"]["code"]: f["properties"]["tip"]
        for f in communes_geojson(toy_result(facts=facts))["features"]
    }
    assert "<dt>QP2024 dans la commune</dt><dd>Salines, &lt;b&gt;Nord" in tips["2A001"]
    assert "QP2024" not in tips["2A002"]


def test_the_rank_stands_with_its_interval_and_the_need_with_its_rung(page: str) -> None:
    assert "<td>1er [1\u00a0à\u00a02]</td>" in page
    assert "Besoin : population ajustée par l’indice" in page.replace("\u00a0", " ")
    tips = [f["properties"]["tip"] for f in communes_geojson(toy_result())["features"]]
    assert all("<dt>En difficulté (par l’IFN)</dt>" in tip for tip in tips)
    third = communes_geojson(toy_result(need_rung=3))["features"][0]["properties"]["tip"]
    assert "<dt>En difficulté (proportionnel à la population)</dt>" in third
    assert "<dd>1er [1\u00a0à\u00a02] sur 8</dd>" in tips[6]


def test_the_demo_is_named_as_it_is_asked_for() -> None:
    text = render(territory_map(toy_result(params=StudyParams("00", new=2))))
    assert "Toy-du-Sud (demo)" in text.split("</title>")[0]
    assert "(00)" not in text


def test_numbers_of_the_legend_are_of_communes(page: str) -> None:
    counts = re.findall(r'<span class="m-count">([^<]*)</span>', page)
    assert counts
    assert all(re.fullmatch(r"\d+\u00a0communes?", count) for count in counts)


def features(**changes: Any) -> dict[str, dict[str, str]]:
    data = communes_geojson(toy_result(**changes))
    return {f["properties"]["code"]: f["properties"]["fill"] for f in data["features"]}


def test_each_commune_has_the_colour_of_its_class() -> None:
    result = toy_result()
    fills = features()
    assert len(fills) == 8
    assert fills["2A004"]["minutes"] == "#9AC5D4"  # exactly 20 minutes
    assert fills["2A003"]["minutes"] == "#2D658F"
    assert fills["2A007"]["minutes"] == "url(#h-hors)"  # never reached is not "no data"
    assert fills["2A008"]["need"] == "url(#h-nd)"  # no IFN
    for row in result.communes.itertuples():
        rank = ramps(result)["score"].rank(row.score)
        assert fills[row.code_insee]["score"] == ramps(result)["score"].colours[rank or 0]


def test_without_ifn_the_need_layer_is_per_100_inhabitants() -> None:
    values = commune_values(toy_result(need_rung=3))
    assert values["need"].iloc[0] == pytest.approx(12.5)
    communes = toy_result().communes
    communes["population"] = pd.array([0] * 8, dtype="Int64")
    assert commune_values(toy_result(need_rung=3, communes=communes))["need"].isna().all()


def test_outlines_are_lighter_but_none_is_lost() -> None:
    data = communes_geojson(toy_result())
    assert all(f["geometry"]["coordinates"] for f in data["features"])


def test_detections_are_drawn_by_block_and_what_was_never_sounded_is_hatched() -> None:
    fills = {
        f["properties"]["code"]: f["properties"]["fill"]
        for f in communes_geojson(sounded_result())["features"]
    }
    assert fills["2A001"]["detections"] == fills["2A005"]["detections"] == "#66702F"  # 1.97
    assert fills["2A004"]["detections"] == "#E2DCC0"  # 0.83
    for code in ("2A007", "2A008"):
        assert fills[code]["detections"] == fills[code]["density"] == "url(#h-js)"
    assert fills["2A004"]["density"] == "transparent"
    estimated = communes_geojson(sounded_result(estimate=True))["features"][0]["properties"]
    assert estimated["fill"]["detections"] == "#66702F"  # no travel time is in it
    told = toy_detections()
    hidden = replace(
        told, blocks=told.blocks.iloc[:0], communes=told.communes.assign(block_id=None)
    )
    communes = toy_result().communes
    small = communes_geojson(toy_result(detections=hidden, communes=communes))["features"]
    assert all(set(f["properties"]["fill"]) == {"score", "minutes", "need"} for f in small)


def test_the_legends_of_detections_state_what_is_drawn() -> None:
    text = render(territory_map(sounded_result())).replace("\u00a0", " ").replace("\u202f", " ")
    for words in (
        "3 blocs (trait épais), janvier – décembre 2025 au plus tard",
        "s : secret statistique (effectif de 0 à 10, ou masqué pour en protéger un autre)",
        '<span>jamais sondé</span><span class="m-count">2 communes</span>',
        "noyau quartique, rayon de 10 km",
        "de 0,2 à moins de 0,4",
        "Source : Détections au guichet, La Poste.",
    ):
        assert words in text, words
    assert "<b>Monte Scuru" not in text
    absent = render(territory_map(toy_result())).replace("\u00a0", " ")
    assert "Détections : non disponible" in absent
    assert 'data-legend="detections"' not in absent
    assert "Densité des détections" not in absent


def test_a_tip_tells_the_block_and_how_the_commune_was_sounded() -> None:
    tips = {
        f["properties"]["code"]: f["properties"]["tip"]
        for f in communes_geojson(sounded_result())["features"]
    }
    assert "<dd>1,97 (1,69 à 2,27)</dd><dt>Bloc de communes</dt><dd>Albarella</dd>" in tips["2A005"]
    assert "&lt;b&gt;Monte Scuru" in tips["2A006"]
    assert "<dt>Détections par jour</dt><dd>jamais sondé</dd>" in tips["2A008"]
    assert "Bloc de communes" not in tips["2A008"]
    without = communes_geojson(toy_result())["features"][0]["properties"]["tip"]
    assert "<dt>Détections par jour</dt><dd>n.d.</dd>" in without


def test_blocks_and_bands_stay_inside_and_leave_no_crack() -> None:
    result = sounded_result()
    blocks = block_outlines(result, toy_detections())
    shapes = [shape(f["geometry"]) for f in blocks["features"]]
    assert [len(one.interiors) for one in shapes] == [0, 0, 0]
    bands = density_shapes(result)["features"]
    ground = result.outline.geometry.iloc[0]
    areas = [shape(f["geometry"]) for f in bands]
    assert all(one.within(ground.buffer(1e-4)) for one in areas)
    assert sum(one.area for one in areas) == pytest.approx(ground.area, rel=1e-3)
    colours = [f["properties"]["fill"] for f in bands]
    assert colours == ["#F7F4EC", "#E2DCC0", "#C4BF8E", "#9C9C5C"]  # darker where denser


@pytest.mark.browser
def test_the_file_is_drawn_with_the_cable_out(browser: Any, tmp_path: Path) -> None:
    write_map(sounded_result(), tmp_path / "2A.html")
    tab = browser.new_page(viewport={"width": 1280, "height": 860})
    asked: list[str] = []
    wrong: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    tab.on("console", lambda message: wrong.append(message.text))
    tab.on("dialog", lambda dialog: wrong.append(dialog.message))
    tab.goto((tmp_path / "2A.html").as_uri())
    assert tab.locator(".leaflet-communes-pane path").count() == 8
    assert tab.locator("#m-layers input[type=radio]").count() == 5
    assert tab.locator("[title=Layers], [aria-label=Layers]").count() == 0
    stops = []
    for _ in range(40):
        tab.keyboard.press("Tab")
        stops.append(tab.evaluate("document.activeElement.tagName.toLowerCase()"))
    assert "path" not in stops
    assert stops.count("input") >= 5
    scale = "getComputedStyle(document.querySelector('.m-contact svg')).transform"
    tab.evaluate("maillage.map.setZoom(9, { animate: false })")
    assert tab.evaluate(scale) == "matrix(0.6, 0, 0, 0.6, 0, 0)"
    tab.evaluate("maillage.map.setZoom(12, { animate: false })")
    assert tab.evaluate(scale) == "none"
    before = tab.locator(".leaflet-communes-pane path").first.get_attribute("fill")
    tab.get_by_label("Temps jusqu’à un conseiller").check()
    assert tab.locator(".leaflet-communes-pane path").count() == 8  # exactly one layer at a time
    assert tab.locator(".leaflet-communes-pane path").first.get_attribute("fill") != before
    assert tab.locator("[data-legend=minutes]").is_visible()
    assert not tab.locator("[data-legend=score]").is_visible()
    below = tab.locator(".leaflet-below-pane path")
    assert below.count() == 0
    tab.get_by_label("Densité des détections").check()
    assert below.count() == 4  # the ground and its three bands
    assert tab.locator(".leaflet-communes-pane path").count() == 8
    tab.get_by_label("Détections (par jour de présence)").check()
    assert below.count() == 0
    assert tab.locator("[data-legend=detections]").is_visible()
    assert tab.locator(".leaflet-communes-pane path[fill='url(#h-js)']").count() == 2
    for box in tab.locator("#m-layers input[type=checkbox]").all():
        box.check()
    assert tab.locator("img[src=x]").count() == 0
    places = tab.locator(".leaflet-marker-icon").all()
    for place in places:
        place.dispatch_event("click")
    tab.get_by_role("button", name="Castellu").click()
    assert tab.locator(".leaflet-selection-pane path").count() == 2
    assert wrong == []
    assert asked == [(tmp_path / "2A.html").as_uri()]
    tab.set_viewport_size({"width": 390, "height": 844})
    assert tab.evaluate("document.documentElement.scrollWidth") == 390
    tab.close()


@pytest.mark.browser
def test_long_opening_hours_stay_inside_their_box(browser: Any, tmp_path: Path) -> None:
    result = toy_result()
    days = ("Mo", "Tu", "We", "Th", "Fr", "Sa")
    hours = "; ".join(f"{day} 08:{10 + n}-12:00,13:45-17:00" for n, day in enumerate(days))
    sites = result.sites.assign(opening=hours)
    write_map(toy_result(sites=sites), tmp_path / "2A.html")
    tab = browser.new_page(viewport={"width": 390, "height": 844})
    tab.goto((tmp_path / "2A.html").as_uri())
    tab.locator(".m-contact").first.dispatch_event("click")
    box = tab.locator(".leaflet-popup-content")
    assert "mer. 8\u00a0h\u00a012" in box.inner_text()
    assert box.evaluate("e => e.scrollWidth <= e.clientWidth")
    heights = "e => [...e.querySelectorAll('dd')].map(one => one.getClientRects()[0].height)"
    assert box.evaluate(heights)[-1] < 30  # the vintage stays on one line
    tab.close()


@pytest.mark.browser
def test_it_is_drawn_under_a_nonce_policy(browser: Any) -> None:
    text = render(territory_map(toy_result()), assets="/f", nonce="abc", panel=False)
    policy = (
        "default-src 'none'; script-src 'nonce-abc'; style-src 'self' 'nonce-abc'; "
        "img-src 'self' data:; connect-src 'self'"
    )
    tab = browser.new_page(viewport={"width": 900, "height": 600})
    refused: list[str] = []

    def answer(route: Any) -> None:
        url = route.request.url
        if url == "http://carte.test/":
            headers = {"Content-Security-Policy": policy}
            route.fulfill(body=text, content_type="text/html; charset=utf-8", headers=headers)
        elif url.startswith("http://carte.test/f/"):
            route.fulfill(path=asset(url.removeprefix("http://carte.test/f/")))
        else:
            refused.append(url)
            route.abort()

    wrong: list[str] = []
    tab.on("console", lambda message: wrong.append(message.text))
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    tab.route("**/*", answer)
    tab.goto("http://carte.test/")
    assert tab.locator(".leaflet-communes-pane path").count() == 8
    tab.evaluate("maillage.show('need')")
    told = "maillage.onselect = code => { window.told = code; }; maillage.select('2A003')"
    tab.evaluate(told)
    assert tab.evaluate("window.told") == "2A003"
    assert tab.evaluate("maillage.current") == "need"
    tab.mouse.move(300, 300)
    tab.mouse.click(300, 300)
    assert tab.locator(".leaflet-popup").count() == 1
    assert wrong == []
    assert refused == []
    tab.close()
