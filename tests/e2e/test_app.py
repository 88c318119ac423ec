"""What a visitor sees and does, in a real browser without a network."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Frame, Page, expect

from coverage.reports.words.why import why
from tests.e2e.conftest import cut_cells
from tests.toy import toy_result

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
PAGES = ("/", "/t/2A/carte", "/t/2A/placement", "/t/2A/telechargements", "/comment", "/t/36/carte")
PAGES += ("/t/36/", "/t/2A/carte?commune=2A003", "/t/2A/detections", "/t/47/detections")
TARGETS = "a, button, summary, select, input:not([type=hidden])"
#: Targets under 24 px high; links in running text and the hidden skip link are exempt.
SMALL = """all => all.filter((one) => {
    const box = (one.closest("label") || one).getBoundingClientRect();
    const inline = one.tagName === "A" && getComputedStyle(one).display === "inline";
    return box.width && box.height < 24 && !inline && !one.matches(".skip");
}).map((one) => one.outerHTML)"""
COMMUNES = len(toy_result().communes)


def drawn(page: Page) -> Frame:
    """The frame of the map, once the panel has hold of it."""
    page.wait_for_selector(".mapapp[data-ready='1']")
    frame = page.query_selector("iframe#map").content_frame()
    assert frame is not None
    return frame


def fills(frame: Frame) -> list[str]:
    """The colours of the communes drawn now."""
    return frame.eval_on_selector_all(
        ".leaflet-communes-pane path", "paths => paths.map((path) => path.getAttribute('fill'))"
    )


def names(page: Page) -> list[str]:
    return page.locator("#communes tbody tr:visible th").all_inner_texts()


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_accessible_and_never_scroll_sideways(open_page: Open, path: str):
    page = open_page(path)
    if "/carte" in path:
        drawn(page)
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 844})
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert page.eval_on_selector_all(TARGETS, SMALL) == []
    assert cut_cells(page) == {1280: [], 390: []}


@pytest.mark.parametrize("width", [1280, 390])
def test_the_territory_is_changed_from_the_header(open_page: Open, width: int):
    page = open_page("/t/2A/placement", width)
    if width < 1000:
        page.get_by_text("Menu", exact=True).click()
    page.locator("select:visible").select_option("36")
    page.locator(".where:visible button").click()
    page.wait_for_url("**/t/36/placement")
    page.goto(page.url.replace("placement", "comment"))
    assert page.locator(".brand").get_attribute("href") == "/t/36/"


def test_the_territory_is_changed_without_javascript(open_page: Open):
    page = open_page("/t/36/carte", java_script_enabled=False)
    page.locator("select:visible").first.select_option("2A")
    page.get_by_role("button", name="Changer").click()
    page.wait_for_url("**/t/2A/carte")


def test_the_list_is_reached_without_passing_the_map(open_page: Open):
    page = open_page("/t/2A/carte")
    drawn(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Aller à la liste des communes"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("Boolean(document.activeElement.closest('#liste'))")


def test_the_order_of_the_list_is_named(open_page: Open):
    page = open_page("/t/2A/carte")
    drawn(page)
    by_index = page.get_by_role("button", name="par indice", exact=True)
    by_persons = page.get_by_role("button", name="par personnes concernées", exact=True)
    expect(by_persons).to_have_attribute("aria-pressed", "true")
    by_index.click()
    assert names(page)[0] == "Isulella"
    expect(by_index).to_have_attribute("aria-pressed", "true")
    expect(by_persons).to_have_attribute("aria-pressed", "false")
    by_persons.click()
    assert names(page)[0] == "Castellu"
    page.select_option("#layer", "minutes")
    expect(page.locator("#shows")).to_have_text("un temps moyen par commune")


def test_a_shared_address_shows_the_commune_and_the_search(open_page: Open):
    page = open_page("/t/2A/carte?q=forca&commune=2A003")
    frame = drawn(page)
    assert names(page) == ["Forca"]
    expect(page.locator("#card h2")).to_have_text("L’Île-Verte")
    assert frame.locator(".leaflet-selection-pane path").count() == 2
    expect(page.locator("#count")).to_contain_text("1 commune sur 8 pour")
    page.fill("#q", "")
    assert len(names(page)) == COMMUNES
    page.fill("#q", "zzz")
    expect(page.locator("#none")).to_contain_text("«\u00a0zzz\u00a0»")


def test_the_map_is_drawn(open_page: Open):
    frame = drawn(open_page("/t/2A/carte"))
    assert len(fills(frame)) == COMMUNES
    assert frame.locator("svg path").count() >= COMMUNES
    boxes = frame.eval_on_selector_all(
        ".leaflet-communes-pane path",
        "paths => paths.map((path) => path.getBoundingClientRect().width)",
    )
    assert min(boxes) > 20
    assert frame.locator(".m-place").count() > 0


def test_switching_the_layer_changes_colours_legend_and_question(open_page: Open):
    page = open_page("/t/2A/carte")
    frame = drawn(page)
    seen = {}
    for key in ("score", "minutes", "need"):
        page.select_option("#layer", key)
        seen[key] = tuple(fills(frame))
        assert len(seen[key]) == COMMUNES
        expect(page.locator(".legend:visible")).to_have_attribute("id", f"legend-{key}")
        expect(page.locator("h1")).to_have_text(
            page.locator(f"#layer option[value={key}]").inner_text()
        )
        legend = page.eval_on_selector_all(
            f"#legend-{key} .c rect", "all => all.map((one) => one.getAttribute('fill'))"
        )
        assert set(seen[key]) <= set(legend)
    assert len(set(seen.values())) == 3


def test_a_layer_of_detections_is_shared_by_its_address(open_page: Open):
    page = open_page("/t/47/carte?couche=detections&commune=2A008")
    frame = drawn(page)
    expect(page.locator("h1")).to_contain_text("au guichet")
    legend = page.eval_on_selector_all(
        "#legend-detections .c rect", "all => all.map((one) => one.getAttribute('fill'))"
    )
    seen = fills(frame)
    assert set(seen) <= set(legend)
    assert seen.count("url(#h-js)") == 2  # never sounded: hatched, in no class
    expect(page.locator("#card")).to_contain_text("jamais sondé")
    page.select_option("#layer", "density")
    assert page.url.endswith("?couche=density&commune=2A008")
    assert set(fills(frame)) == {"transparent", "url(#h-js)"}
    frame.locator(".leaflet-communes-pane path").nth(7).click(position={"x": 12, "y": 12})
    assert frame.locator(".leaflet-popup").count() == 0


def test_an_estimate_is_dashed_and_named(open_page: Open):
    page = open_page("/t/36/carte")
    assert all(fill.startswith("url(#") for fill in fills(drawn(page)))
    expect(page.locator(".maptitle")).to_contain_text("estimation à vol d’oiseau")


def test_overlays_are_switched(open_page: Open):
    page = open_page("/t/2A/carte")
    frame = drawn(page)
    before = frame.locator(".m-place").count()
    page.click("#overlays summary")
    page.get_by_label("Points de contact La Poste").uncheck()
    assert frame.locator(".m-place").count() < before
    page.get_by_label("Points de contact La Poste").check()
    assert frame.locator(".m-place").count() == before


def test_a_row_selects_its_commune_on_the_map(open_page: Open):
    page = open_page("/t/2A/carte")
    frame = drawn(page)
    outlines = frame.locator(".leaflet-selection-pane path")
    assert outlines.count() == 0
    page.get_by_role("button", name="Forca").click()
    assert outlines.count() == 2  # dark, with a white halo
    expect(page.locator("tr[data-code='2A005']")).to_have_attribute("aria-current", "true")
    expect(page.locator("#card h2")).to_have_text("Forca")
    expect(page.locator("#card")).to_contain_text("31")
    assert page.url.endswith("/t/2A/carte?commune=2A005")
    page.get_by_role("button", name="Fermer la fiche").click()
    assert page.url.endswith("/t/2A/carte")
    assert outlines.count() == 0
    expect(page.locator("#card")).to_be_hidden()


def test_a_commune_on_the_map_selects_its_row(open_page: Open):
    page = open_page("/t/2A/carte")
    frame = drawn(page)
    at = [str(code) for code in toy_result().communes["code_insee"]].index("2A006")
    frame.locator(".leaflet-communes-pane path").nth(at).click(position={"x": 12, "y": 12})
    expect(page.locator("tr[data-code='2A006']")).to_have_attribute("aria-current", "true")
    expect(page.locator("#card h2")).to_have_text("Monte Scuru")
    assert page.url.endswith("/t/2A/carte?commune=2A006")
    assert frame.locator(".leaflet-popup").count() == 0


def test_the_card_says_why_in_three_sentences(open_page: Open):
    page = open_page("/t/2A/carte")
    drawn(page)
    reasons = page.locator("#reasons li")
    for name, code in (("Forca", "2A005"), ("Castellu", "2A004")):
        page.get_by_role("button", name=name).click()
        expect(reasons).to_have_text(list(why(toy_result(), code)))
    expect(page.locator("#card")).to_contain_text("5e [5\u00a0à\u00a07]")
    box, map_box = (page.locator(one).bounding_box() for one in ("#card", ".mapbox"))
    assert box is not None
    assert map_box is not None
    assert box["y"] + box["height"] <= map_box["y"] + map_box["height"]


def test_on_a_phone_the_reasons_are_one_touch_away(open_page: Open):
    page = open_page("/t/2A/carte?commune=2A005", 390)
    drawn(page)
    expect(page.locator("#reasons")).to_be_hidden()
    page.get_by_text("Pourquoi cette commune").click()
    expect(page.locator("#reasons li").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_search_then_choose_by_keyboard(open_page: Open):
    page = open_page("/t/2A/carte")
    frame = drawn(page)
    page.focus("#q")
    page.keyboard.type("isul")
    assert names(page) == ["Isulella"]
    expect(page.locator("#count")).to_have_text("1 commune sur 8.")
    expect(page.locator("#card h2")).to_have_text("Isulella")
    assert frame.locator(".leaflet-selection-pane path").count() == 2
    page.keyboard.press("Enter")
    assert page.url.endswith("/t/2A/carte?commune=2A007")
    page.fill("#q", "Zonsa")
    assert names(page) == []
    assert "Aucune commune ne correspond" in page.inner_text(".panel")


def test_columns_are_sorted_by_their_buttons(open_page: Open):
    page = open_page("/t/2A/carte")
    drawn(page)
    assert names(page)[0] == "Castellu"
    head = page.locator("th[data-key=temps]")
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "descending")
    expect(page.locator("th[data-key=personnes]")).to_have_attribute("aria-sort", "none")
    assert (names(page)[0], names(page)[-1]) == ("Isulella", "Albarella")
    head.get_by_role("button").press("Enter")
    expect(head).to_have_attribute("aria-sort", "ascending")
    assert (names(page)[0], names(page)[-1]) == ("Albarella", "Isulella")


def test_without_javascript_the_list_still_works(open_page: Open):
    page = open_page("/t/2A/carte", java_script_enabled=False)
    assert "La carte a besoin de JavaScript" in page.content()
    page.get_by_role("button", name="par indice", exact=True).click()
    assert page.locator("#communes tbody th").first.inner_text() == "Isulella"
    page.fill("#q", "castellu")
    page.get_by_role("button", name="Chercher").click()
    assert names(page) == ["Castellu"]
    page.get_by_role("button", name="Castellu").click()
    expect(page.locator("#card h2")).to_have_text("Castellu")
    assert re.search(r"commune=2A004", page.url)


def test_a_phone_has_a_menu_and_a_visitor_can_skip_to_the_content(open_page: Open):
    page = open_page("/", 390)
    page.get_by_text("Menu", exact=True).click()
    page.get_by_role("navigation", name="Menu", exact=True).get_by_text("Placement").click()
    expect(page.locator("h1")).to_contain_text("Où placer les permanences")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#contenu")).to_be_focused()


def test_the_policy_stops_what_is_not_signed(browser, address: str):
    page = browser.new_page()
    page.goto(f"{address}/comment")
    done = page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "window.slipped = true";
            document.body.append(script);
            const image = document.createElement("div");
            image.innerHTML = '<b onclick="window.slipped = true">x</b>';
            document.body.append(image);
            image.firstChild.click();
            return Boolean(window.slipped);
        }"""
    )
    page.close()
    assert done is False


def test_on_a_phone_the_map_stays_and_a_row_brings_its_card(open_page: Open):
    page = open_page("/t/2A/carte", 390)
    frame = drawn(page)
    at = [str(code) for code in toy_result().communes["code_insee"]].index("2A006")
    frame.locator(".leaflet-communes-pane path").nth(at).click(position={"x": 6, "y": 6})
    expect(page.locator("#card h2")).to_have_text("Monte Scuru")
    assert page.evaluate("scrollY") == 0

    page.get_by_role("button", name="Forca").click()
    title = page.locator("#card h2")
    expect(title).to_have_text("Forca")
    expect(title).to_be_in_viewport(ratio=1)
    page.wait_for_function(
        "() => new Promise((done) => {"
        "const at = scrollY; setTimeout(() => done(scrollY === at), 150); })"
    )
    box, header = title.bounding_box(), page.locator("header").first.bounding_box()
    assert box is not None
    assert header is not None
    assert header["height"] <= box["y"] < 844 - box["height"]
