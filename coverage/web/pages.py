"""The pages. Every address only reads: nothing here changes a study or a file."""

from __future__ import annotations

from datetime import UTC, datetime

from apiflask import APIBlueprint
from flask import (
    Response,
    abort,
    redirect,
    request,
    send_file,
    url_for,
)
from werkzeug.wrappers import Response as PlainResponse

from coverage.base.crs import territory_code, territory_name
from coverage.model.results import StudyResult
from coverage.reports.offline import asset
from coverage.reports.quality import COUNTS, issues, layers_table
from coverage.reports.words.detections import counted
from coverage.reports.words.freshness import (
    FIGURE_STEPS,
    figure_ages,
    freshness_sentences,
    source_age,
)
from coverage.web.communes import COMMUNE_ORDERS, commune_rows, search_communes
from coverage.web.detections import (
    BLOCK_ORDERS,
    block_rows,
    funnel_rows,
    territory_row,
    trend,
    unsounded,
    zone_rows,
)
from coverage.web.figures import concerned_areas, group_rows, territory_figures, urgent_areas
from coverage.web.files import downloads
from coverage.web.legends import map_layers
from coverage.web.security import nonce, owner_asks
from coverage.web.showing import current_study, render_page, studies

pages = APIBlueprint("pages", __name__, enable_openapi=False)

#: The pages that every territory has, by the name of their entry in the menu.
_TERRITORY_PAGES = {
    "accueil": "pages.territory_home",
    "carte": "pages.show_map",
    "detections": "pages.show_detections",
    "placement": "pages.show_plan",
    "donnees": "pages.show_data",
    "telechargements": "pages.show_downloads",
    "comment": "pages.territory_how",
}


@pages.get("/")
def home() -> str:
    """Show the territory of the newest run, the others, and the age of the data."""
    return _home(_newest())


@pages.get("/t/<territory>/")
def territory_home(territory: str) -> str:
    """Show one territory, the others, and the age of its data."""
    return _home(current_study(territory))


@pages.get("/territoire")
def switch_territory() -> PlainResponse:
    """Go to the same page of another territory, as the form of the header asks."""
    territory = territory_name(territory_code(request.args.get("code", "")))
    page = _TERRITORY_PAGES.get(request.args.get("page", ""), "pages.territory_home")
    return redirect(url_for(page, territory=territory))


def _newest() -> StudyResult | None:
    known = studies()
    chosen = known.chosen(known.states(known.workspace))
    return known.current(chosen) if chosen else None


def _home(result: StudyResult | None) -> str:
    states = studies().states(studies().workspace)
    chosen = result.territory if result else None
    today = datetime.now(UTC).date()
    return render_page(
        "accueil.html",
        "accueil",
        result,
        figures=territory_figures(result) if result else None,
        areas=concerned_areas(result) if result else [],
        urgent=urgent_areas(result) if result else [],
        detected=territory_row(result) if result else None,
        states=[
            state
            for state in states
            if state.state in {"ready", "built"} and territory_code(state.code) != chosen
        ],
        buildable=[state for state in states if state.state == "buildable"],
        lacking=[state for state in states if state.state == "missing"],
        ages=[source_age(source, today, fictitious=result.fictitious) for source in result.sources]
        if result
        else [],
        today=today,
    )


@pages.get("/t/<territory>/carte")
def show_map(territory: str) -> str:
    """Show the map beside its legend and the priority list."""
    result = current_study(territory)
    rows = commune_rows(result)
    key, descending = COMMUNE_ORDERS.read(request.args.getlist("tri"))
    search = request.args.get("q", "")[:80]
    code = request.args.get("commune", "")[:80]
    selected = next((row for row in rows if row.code == code), None)
    layers, layer = map_layers(result), request.args.get("couche", "")
    return render_page(
        "carte.html",
        "carte",
        result,
        rows=COMMUNE_ORDERS.sort(rows, key, descending=descending),
        shown={row.code for row in search_communes(rows, search)},
        asked=code,
        selected=selected,
        why=studies().why(result.territory, code) if selected else (),
        orders=COMMUNE_ORDERS.columns,
        order=key,
        descending=descending,
        search=search,
        layers=layers,
        layer_shown=next((one for one in layers if one.key == layer), layers[0]),
    )


@pages.get("/t/<territory>/pourquoi/<code>")
def tell_why(territory: str, code: str) -> dict[str, list[str]]:
    """Give the three sentences on a commune or QPV, which the card of the map shows."""
    sentences = studies().why(territory_code(territory), code)
    if sentences is None:
        abort(404)
    return {"pourquoi": list(sentences)}


@pages.get("/t/<territory>/carte/folium")
def folium_map(territory: str) -> Response:
    """Give the drawn map, which the page of the map holds in a frame."""
    assets = url_for("pages.map_asset", name="x").removesuffix("/x")
    page = studies().map_page(territory_code(territory), assets=assets, nonce=nonce())
    return Response(page, mimetype="text/html")


@pages.get("/t/<territory>/apercu.svg")
def still_map(territory: str) -> Response:
    """Give the still map of the priorities."""
    picture = studies().picture(territory_code(territory))
    return Response(picture, mimetype="image/svg+xml")


@pages.get("/moteur-carte/<path:name>")
def map_asset(name: str) -> Response:
    """Give a file of the map's engine, from a fixed list."""
    try:
        path = asset(name)
    except KeyError:
        abort(404)
    return send_file(path, max_age=86400)


@pages.get("/t/<territory>/detections")
def show_detections(territory: str) -> str:
    """Show what was detected at the counters, by block of communes."""
    result = current_study(territory)
    told = counted(result)
    if told is None:
        steps = [] if result.detections is None else funnel_rows(result.detections)
        return render_page("detections.html", "detections", result, funnel=steps)
    key, descending = BLOCK_ORDERS.read(request.args.getlist("tri"))
    return render_page(
        "detections.html",
        "detections",
        result,
        whole=territory_row(result),
        blocks=BLOCK_ORDERS.sort(block_rows(result, told), key, descending=descending),
        orders=BLOCK_ORDERS.columns,
        order=key,
        descending=descending,
        zones=zone_rows(result, told),
        trend=trend(told),
        funnel=funnel_rows(told),
        unsounded=unsounded(result, told),
        owner=owner_asks(),
    )


@pages.get("/t/<territory>/placement")
def show_plan(territory: str) -> str:
    """Show where the permanences are proposed, with the proof and who gains."""
    result = current_study(territory)
    return render_page(
        "placement.html",
        "placement",
        result,
        figures=territory_figures(result),
        groups=group_rows(result),
    )


@pages.get("/t/<territory>/donnees")
def show_data(territory: str) -> str:
    """Show each layer with its age and what was done to its rows, and what rests on old ones."""
    result = current_study(territory)
    today = datetime.now(UTC).date()
    counts = layers_table(result).set_index("source")
    return render_page(
        "donnees.html",
        "donnees",
        result,
        today=today,
        ages=[source_age(source, today, fictitious=result.fictitious) for source in result.sources],
        counts=counts[list(COUNTS)].to_dict("index"),
        steps=FIGURE_STEPS,
        figures=figure_ages(result, today),
        findings=freshness_sentences(result, today),
        issues=issues(result),
    )


@pages.get("/t/<territory>/telechargements")
def show_downloads(territory: str) -> str:
    """List the files of the current run."""
    result = current_study(territory)
    files = downloads(studies().workspace, result, territory_name(result.territory))
    return render_page("telechargements.html", "telechargements", result, downloads=files)


@pages.get("/t/<territory>/fichiers/<name>")
def get_file(territory: str, name: str) -> Response:
    """Give one file of the current run, by a name of the list."""
    result = current_study(territory)
    place = territory_name(result.territory)
    for download in downloads(studies().workspace, result, place):
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
    return render_page("comment.html", "comment", _newest())


@pages.get("/t/<territory>/comment")
def territory_how(territory: str) -> str:
    """Tell how the figures are computed, and the limits of one territory's."""
    return render_page("comment.html", "comment", current_study(territory))
