"""What every page needs: the studies of this app, and the frame that its template is put in."""

from __future__ import annotations

from typing import Any

from flask import current_app, render_template

from coverage.base.crs import territory_code, territory_name
from coverage.model.results import StudyResult
from coverage.web.studies import Studies


def studies() -> Studies:
    """Return the studies of the app that answers."""
    found: Studies = current_app.extensions["studies"]
    return found


def current_study(territory: str) -> StudyResult:
    """Return the current study of the territory that an address names.

    Raises ``UnknownTerritoryError``, and ``MissingLayerError`` where there is none.
    """
    return studies().current(territory_code(territory))


def render_page(template: str, here: str, result: StudyResult | None, **values: Any) -> str:
    """Render a page with what every page needs; ``here`` names its entry in the menu."""
    territory = territory_name(result.territory) if result else None
    known = studies()
    ready = {
        territory_name(territory_code(state.code)): state.nom
        for state in known.states(known.workspace)
        if state.state == "ready"
    }
    if result and territory:
        ready.setdefault(territory, result.nom)
    return render_template(
        template, here=here, result=result, territory=territory, ready=ready, **values
    )
