"""The pages. Every address only reads: nothing here changes a study or a file."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from apiflask import APIBlueprint
from flask import (
    Response,
    abort,
    current_app,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from werkzeug.wrappers import Response as PlainResponse

from coverage.base.crs import territory_code, territory_name
from coverage.model.results import StudyResult
from coverage.reports.offline import asset
from coverage.web.ages import data_age
from coverage.web.communes import (
    ORDERS,
    commune_rows,
    read_order,
    search_communes,
    sort_communes,
)
from coverage.web.figures import concerned_areas, group_rows, territory_figures, urgent_areas
from coverage.web.files import downloads
from coverage.web.legends import map_layers
from coverage.web.security import nonce
from coverage.web.studies import Studies

pages = APIBlueprint("pages", __name__, enable_openapi=False)

#: The pages that every territory has, by the name of their entry in the menu.
_TERRITORY_PAGES = {
    "accueil": "pages.territory_home",
    "carte": "pages.show_map",
    "placement": "pages.show_plan",
    "telechargements": "pages.show_downloads",
    "comment": "pages.territory_how",
}


def _studies() -> Studies:
    studies: Studies = current_app.extensions["studies"]
    return studies


def _page(template: str, here: str, result: StudyResult | None, **values: Any) -> str:
    """Render a page with what every page needs; ``here`` names its entry in the menu."""
    territory = territory_name(result.territory) if result else None
    studies = _studies()
    ready = {
        territory_name(territory_code(state.code)): state.nom
        for state in studies.states(studies.workspace)
        if state.state == "ready"
    }
    if result and territory:
        ready.setdefault(territory, result.nom)
    return render_template(
        template, here=here, result=result, territory=territory, ready=ready, **values
    )


def _current(territory: str) -> StudyResult:
    return _studies().current(territory_code(territory))


@pages.get("/")
def home() -> str:
    """Show the territory of the newest run, the others, and the age of the data."""
    return _home(_newest())


@pages.get("/t/<territory>/")
def territory_home(territory: str) -> str:
    """Show one territory, the others, and the age of its data."""
    return _home(_current(territory))


@pages.get("/territoire")
def switch_territory() -> PlainResponse:
    """Go to the same page of another territory, as the form of the header asks."""
    territory = territory_name(territory_code(request.args.get("code", "")))
    page = _TERRITORY_PAGES.get(request.args.get("page", ""), "pages.territory_home")
    return redirect(url_for(page, territory=territory))


def _newest() -> StudyResult | None:
    studies = _studies()
    chosen = studies.chosen(studies.states(studies.workspace))
    return studies.current(chosen) if chosen else None


def _home(result: StudyResult | None) -> str:
    studies = _studies()
    states = studies.states(studies.workspace)
    chosen = result.territory if result else None
    today = datetime.now(UTC).date()
    return _page(
        "accueil.html",
        "accueil",
        result,
        figures=territory_figures(result) if result else None,
        areas=concerned_areas(result) if result else [],
        urgent=urgent_areas(result) if result else [],
        states=[
            state
            for state in states
            if state.state in {"ready", "built"} and territory_code(state.code) != chosen
        ],
        buildable=[state for state in states if state.state == "buildable"],
        lacking=[state for state in states if state.state == "missing"],
        ages=[data_age(source, today, fictitious=result.fictitious) for source in result.sources]
        if result
        else [],
        today=today,
    )


@pages.get("/t/<territory>/carte")
def show_map(territory: str) -> str:
    """Show the map beside its legend and the priority list."""
    result = _current(territory)
    rows = commune_rows(result)
    orders = request.args.getlist("tri")  # a button's order comes after the form's own
    key, descending = read_order(orders[-1] if orders else None)
    search = request.args.get("q", "")[:80]
    code = request.args.get("commune", "")[:80]
    selected = next((row for row in rows if row.code == code), None)
    return _page(
        "carte.html",
        "carte",
        result,
        rows=sort_communes(rows, key, descending),
        shown={row.code for row in search_communes(rows, search)},
        asked=code,
        selected=selected,
        why=_studies().why(result.territory, code) if selected else (),
        orders=ORDERS,
        order=key,
        descending=descending,
        search=search,
        layers=map_layers(result),
    )


@pages.get("/t/<territory>/pourquoi/<code>")
def tell_why(territory: str, code: str) -> dict[str, list[str]]:
    """Give the three sentences on a commune or QPV, which the card of the map shows."""
    sentences = _studies().why(territory_code(territory), code)
    if sentences is None:
        abort(404)
    return {"pourquoi": list(sentences)}


@pages.get("/t/<territory>/carte/folium")
def folium_map(territory: str) -> Response:
    """Give the drawn map, which the page of the map holds in a frame."""
    assets = url_for("pages.map_asset", name="x").removesuffix("/x")
    page = _studies().map_page(territory_code(territory), assets=assets, nonce=nonce())
    return Response(page, mimetype="text/html")


@pages.get("/t/<territory>/apercu.svg")
def still_map(territory: str) -> Response:
    """Give the still map of the priorities."""
    picture = _studies().picture(territory_code(territory))
    return Response(picture, mimetype="image/svg+xml")


@pages.get("/moteur-carte/<path:name>")
def map_asset(name: str) -> Response:
    """Give a file of the map's engine, from a fixed list."""
    try:
        path = asset(name)
    except KeyError:
        abort(404)
    return send_file(path, max_age=86400)


@pages.get("/t/<territory>/placement")
def show_plan(territory: str) -> str:
    """Show where the permanences are proposed, with the proof and who gains."""
    result = _current(territory)
    return _page(
        "placement.html",
        "placement",
        result,
        figures=territory_figures(result),
        groups=group_rows(result),
    )


@pages.get("/t/<territory>/telechargements")
def show_downloads(territory: str) -> str:
    """List the files of the current run."""
    result = _current(territory)
    files = downloads(_studies().workspace, result, territory_name(result.territory))
    return _page("telechargements.html", "telechargements", result, downloads=files)


@pages.get("/t/<territory>/fichiers/<name>")
def get_file(territory: str, name: str) -> Response:
    """Give one file of the current run, by a name of the list."""
    result = _current(territory)
    place = territory_name(result.territory)
    for download in downloads(_studies().workspace, result, place):
        if download.file.name == name:
            return send_file(
                download.path,
                as_attachment=True,
                download_name=f"maillage-{place}-{name}",
                max_age=0,
            )
    abort(404)


@pages.get("/comment")
def how() -> str:
    """Tell how the figures are computed, and the limits of the newest run."""
    return _page("comment.html", "comment", _newest())


@pages.get("/t/<territory>/comment")
def territory_how(territory: str) -> str:
    """Tell how the figures are computed, and the limits of one territory's."""
    return _page("comment.html", "comment", _current(territory))
