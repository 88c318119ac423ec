"""What each answer tells the browser not to do: no foreign host, no unsigned script or style."""

from __future__ import annotations

import secrets

from apiflask import APIFlask
from flask import Response, g

#: Names under which this server may be asked; another name in ``Host`` is a page of somebody
#: else that points its own domain at this machine (DNS rebinding).
TRUSTED_HOSTS = ("127.0.0.1", "localhost")

_POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
    "img-src 'self' data:; connect-src 'self'; font-src 'self'; frame-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)


def nonce() -> str:
    """Return the number that signs the scripts and styles of the answer being made."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


def _protected(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = _POLICY.format(nonce=nonce())
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers.setdefault("Cache-Control", "no-cache")
    return response


def protect(app: APIFlask) -> None:
    """Sign and restrict every answer of the app, and refuse foreign host names."""
    app.config["TRUSTED_HOSTS"] = list(TRUSTED_HOSTS)
    app.after_request(_protected)
    app.jinja_env.globals["nonce"] = nonce
