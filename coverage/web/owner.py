"""The owner's page: raw counts by bureau, on the owner's own machine only, each look written down.

Nothing else in the app may import ``coverage.study.owner``. It is loaded when its page is first
asked for: few ever ask, and it brings a second's worth of libraries.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from apiflask import APIBlueprint
from flask import Response, abort, request

from coverage.base.crs import territory_name
from coverage.model.results import StudyResult
from coverage.reports.words.detections import NEVER, period_text, rate_text
from coverage.web.communes import number
from coverage.web.detections import COUNT_ORDERS, commune_names
from coverage.web.orders import Order, Orders, plain
from coverage.web.security import owner_asks
from coverage.web.showing import current_study, render_page, studies

owner = APIBlueprint(
    "owner", __name__, url_prefix="/t/<territory>/detections/bureaux", enable_openapi=False
)


@dataclass(frozen=True)
class BureauRow:
    """A counter and what was counted there; None: nobody ever held the test, or it isn't known."""

    code: str
    nom: str
    commune: str
    days: float
    tests: float | None
    detections: float | None
    orientations: float | None
    rate: float | None
    rate_text: str
    period_text: str


BUREAU_ORDERS: Orders[BureauRow] = Orders(
    (
        Order("bureau", "Bureau", lambda row: plain(row.nom), descending=False, numeric=False),
        *COUNT_ORDERS,
    ),
    default=("taux", True),
)

#: The files of the export, by their public names, and what each one holds.
EXPORTS = {
    "donnees-brutes-periodes.csv": "une ligne par bureau et par période",
    "donnees-brutes-bureaux.csv": "une ligne par bureau, avec son taux",
    "donnees-brutes-activite.csv": "accompagnements, ateliers, stagiaires",
}


@owner.before_request
def _for_the_owner_only() -> None:
    """Answer nobody else, as if there were no such page."""
    if not owner_asks():
        abort(404)


@owner.after_request
def _kept_nowhere(response: Response) -> Response:
    """Leave no copy in a browser or on the way to it."""
    response.headers["Cache-Control"] = "no-store"
    return response


def _note(result: StudyResult, what: str) -> None:
    from coverage.study.owner import note_access

    who = f"application, {request.remote_addr}"
    note_access(studies().workspace, result.territory, who=who, what=what)


@owner.get("")
def show_bureaux(territory: str) -> str:
    """Show what was counted at each counter, and how far the map by block is from it."""
    from coverage.study.owner import owner_view

    result = current_study(territory)
    view = owner_view(studies().workspace, result.territory)
    key, descending = BUREAU_ORDERS.read(request.args.getlist("tri"))
    rows = bureau_rows(result, view.bureaux)
    page = render_page(
        "bureaux.html",
        "detections",
        result,
        rows=BUREAU_ORDERS.sort(rows, key, descending=descending),
        orders=BUREAU_ORDERS.columns,
        order=key,
        descending=descending,
        departure=view.departure,
        held=[
            (record["nom"], int(record["release"]), period_text(record["since"], record["until"]))
            for record in view.held.to_dict("records")
        ],
        exports=EXPORTS,
    )
    _note(result, "page des bureaux")
    return page


@owner.get("/<name>")
def export(territory: str, name: str) -> Response:
    """Give one file of the raw counts, by a name of the list."""
    from coverage.study.owner import owner_tables, write_owner_export

    result = current_study(territory)
    if name not in EXPORTS:
        abort(404)
    tables = owner_tables(studies().workspace, result.territory)
    _note(result, f"fichier {name}")
    with TemporaryDirectory() as folder:
        write_owner_export(tables, result.territory, Path(folder))
        content = (Path(folder) / name).read_bytes()
    file = f"maillage-{territory_name(result.territory)}-{name}"
    return Response(
        content,
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{file}"'},
    )


def bureau_rows(result: StudyResult, bureaux: pd.DataFrame) -> list[BureauRow]:
    """Return the counters of the owner's table, in its order."""
    names = commune_names(result)
    rows = []
    for record in bureaux.to_dict("records"):
        sounded = record["days"] > 0
        rates = (record["rate"], record["rate_low"], record["rate_high"])
        rows.append(
            BureauRow(
                code=str(record["id_bureau"]),
                nom=str(record["nom"]),
                commune=names.get(record["code_insee"], str(record["code_insee"])),
                days=float(record["days"]),
                tests=number(record["tests"]),
                detections=number(record["detections"]),
                orientations=number(record["orientations"]),
                rate=number(record["rate"]),
                rate_text=rate_text(*rates, "") if sounded else NEVER,
                period_text=period_text(record["since"], record["until"]) if sounded else "",
            )
        )
    return rows
