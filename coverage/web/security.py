"""What each answer tells the browser not to do: no foreign host, no unsigned script or style."""

from __future__ import annotations

import secrets

from apiflask import APIFlask
from flask import Response, current_app, g, request

#: Names under which this server may be asked; another name in ``Host`` is a page of somebody
#: else that points its own domain at this machine (DNS rebinding).
TRUSTED_HOSTS = ("127.0.0.1", "localhost")

#: Where a request comes from that was made on this very machine.
_LOOPBACK = ("127.0.0.1", "::1")
#: What a server adds to a request that it hands on: who asks is then somebody else.
_HANDED_ON = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP")

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


def owner_asks() -> bool:
    """Tell whether the request was made on this very machine, by whoever runs the app on it.

    There are no accounts: who has the data on this machine is their owner, and nobody else is.
    Never true where the app may be asked under another host name, or where a server in between
    tells of itself. A relay on this machine that tells nothing can't be told from its user: until
    there are accounts, don't relay the app.
    """
    hosts = current_app.config["TRUSTED_HOSTS"]
    return (
        bool(hosts)
        and set(hosts) <= set(TRUSTED_HOSTS)
        and request.remote_addr in _LOOPBACK
        and not any(header in request.headers for header in _HANDED_ON)
    )


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
