"""The app: French pages rendered by the server, for one workspace."""

from __future__ import annotations

import logging

from apiflask import APIBlueprint, APIFlask
from flask import render_template
from flask_bootstrap import Bootstrap5
from pydantic import BaseModel
from werkzeug.exceptions import HTTPException, SecurityError

from coverage.base.errors import MissingLayerError, UnknownTerritoryError, UserError
from coverage.base.workspace import Workspace
from coverage.model.services import ServiceTable
from coverage.web.filters import filters
from coverage.web.owner import owner
from coverage.web.pages import pages
from coverage.web.security import protect
from coverage.web.studies import Load, States, Studies

log = logging.getLogger("maillage.web")

health = APIBlueprint("health", __name__)

_TITLES = {
    400: ("Demande incomprise", "Cette adresse n’est pas bien formée."),
    404: ("Page introuvable", "Cette adresse ne mène à rien ici."),
    405: ("Action impossible", "Cette adresse se lit seulement."),
}
_OURS = (
    "Une erreur de notre côté",
    "La page n’a pas pu être préparée. Vos données et vos résultats sont intacts. "
    "Revenez à l’accueil ; si l’erreur revient, relancez le calcul du territoire.",
)


_PLAIN = {"Content-Type": "text/plain; charset=utf-8"}


class Health(BaseModel):
    """The state of the server."""

    status: str


@health.get("/health")
@health.get("/sante")
@health.output(Health)
def tell_health() -> dict[str, str]:
    """Say that the server answers."""
    return {"status": "ok"}


def _error_page(code: int, title: str, text: str) -> tuple[str, int]:
    return render_template("erreur.html", here="", code=code, title=title, text=text), code


def _told(error: HTTPException) -> tuple[str, int]:
    code = error.code or 500
    title, text = _TITLES.get(code, _OURS)
    return _error_page(code, title, text)


def _foreign(_: SecurityError) -> tuple[str, int, dict[str, str]]:
    # No address can be made for a host that isn't ours, so this is no page.
    return "Demande refusée : ouvrez Maillage par son adresse locale.\n", 400, _PLAIN


def _refused(error: UserError) -> tuple[str, int]:
    text = str(error).replace("'", "’")  # a terminal's apostrophe, made the page's
    if isinstance(error, UnknownTerritoryError):
        return _error_page(404, "Territoire inconnu", text)
    if isinstance(error, MissingLayerError):
        return _error_page(404, "Territoire à préparer", text)
    return _error_page(400, "Impossible d’afficher cette page", text)


def _failed(error: Exception) -> tuple[str, int]:
    log.exception("request failed", exc_info=error)
    return _error_page(500, *_OURS)


def create_app(
    workspace: Workspace, *, load: Load | None = None, states: States | None = None
) -> APIFlask:
    """Return the app for a workspace.

    ``load(workspace, territory)`` gives a territory's current study and ``states(workspace)`` the
    state of every territory; by default the ones of ``coverage.study``.
    """
    if load is None or states is None:
        from coverage.study import load_current, territory_states

        load, states = load or load_current, states or territory_states
    app = APIFlask(__name__, title="Maillage", docs_path=None, json_errors=False)
    app.config["BOOTSTRAP_SERVE_LOCAL"] = True
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    Bootstrap5(app)
    protect(app)
    app.extensions["studies"] = Studies(workspace, load, states)
    app.jinja_env.filters.update(filters(ServiceTable.load(workspace.root)))
    app.register_blueprint(pages)
    app.register_blueprint(owner)
    app.register_blueprint(health)
    app.register_error_handler(HTTPException, _told)
    app.register_error_handler(SecurityError, _foreign)
    app.register_error_handler(UserError, _refused)
    app.register_error_handler(Exception, _failed)
    return app
