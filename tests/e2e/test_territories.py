"""The app on the fictitious département and on real ones: the map is drawn, the numbers agree."""

from __future__ import annotations

import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from coverage.model.words import whole
from coverage.study import load_current
from coverage.study.results import run_folder
from tests.e2e.conftest import cut_cells, opener

pytestmark = pytest.mark.browser


def drawn_communes(page: Page) -> int:
    frame = page.frame_locator("iframe")
    frame.locator(".leaflet-communes-pane path").first.wait_for()
    return frame.locator(".leaflet-communes-pane path").count()


def check_map(browser: Browser, address: str, workspace, territory: str) -> None:
    result = load_current(workspace, territory)
    code = "demo" if result.fictitious else territory
    folder = run_folder(workspace, result.run_id)
    table = pd.read_csv(folder / "need" / "communes.csv", dtype={"code_insee": str})
    first = table.sort_values(["concerned", "population"], ascending=False).iloc[0]
    with opener(browser, address) as open_page:
        page = open_page(f"/t/{code}/carte")
        assert drawn_communes(page) >= len(result.communes)
        row = page.locator("#communes tbody tr").first.inner_text()
        assert first["nom"] in row
        assert whole(first["concerned"]) in row
        body = page.locator("body").inner_text().lower()
        assert ("territoire fictif" in body) is result.fictitious
        assert ("estimation à vol d’oiseau" in body) is result.estimate
        assert cut_cells(page) == {1280: [], 390: []}
        for name in ("", "telechargements"):
            assert cut_cells(open_page(f"/t/{code}/{name}")) == {1280: [], 390: []}
        page = open_page(f"/t/{code}/placement")
        assert cut_cells(page) == {1280: [], 390: []}
        placement = page.locator("main").inner_text()
        assert "Optimal prouvé" in placement
        assert all(site.nom in placement for site in result.plan.sites)


def test_the_fictitious_departement(browser, demo_address, demo_workspace):
    check_map(browser, demo_address, demo_workspace, "00")


@pytest.mark.parametrize("territory", ["2A", "36", "81"])
def test_real_departements(browser, real_address, real_workspace, territory):
    check_map(browser, real_address, real_workspace, territory)


def test_the_owner_page_of_the_fictitious_departement_is_accessible(browser, demo_address):
    with opener(browser, demo_address) as open_page:
        page = open_page("/t/demo/detections")
        assert cut_cells(page) == {1280: [], 390: []}
        page.get_by_role("link", name="Voir les comptes par bureau").click()
        page.wait_for_url("**/t/demo/detections/bureaux")
        assert "ne pas diffuser" in page.locator("main").inner_text()
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 844})
            found = Axe().run(page)
            assert found.violations_count == 0, found.generate_report()
        assert cut_cells(page) == {1280: [], 390: []}


def test_the_map_file_works_from_disk_without_a_network(browser, demo_workspace):
    asked = []
    context = browser.new_context()
    page = context.new_page()
    context.set_offline(True)
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: asked.append(str(error)))
    page.goto((demo_workspace.maps / "demo.html").as_uri())
    page.locator(".leaflet-communes-pane path").first.wait_for()
    assert page.locator(".leaflet-communes-pane path").count() >= 60
    assert "territoire fictif" in page.locator("body").inner_text().lower()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    context.close()
