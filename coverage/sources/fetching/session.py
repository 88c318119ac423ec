"""A session whose servers must say their headers in time.

A socket's time limit is for each byte: a server that sends one now and then could keep one waiting
for ever. The body is watched as it comes (``http.Wire``); the headers are read by the library, so
here the connection is closed on them.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection


class _Session(requests.Session):
    """A session that follows no redirection: the library would read the whole body of each."""

    def resolve_redirects(self, *_: Any, **__: Any) -> Iterator[Any]:
        return iter(())


def session(headers_within_s: float) -> requests.Session:
    """Return a session that gives up an answer whose headers take longer than that."""

    def watched(connection: Any, answer: Any) -> Any:
        timer = threading.Timer(headers_within_s, _close, [connection.sock])
        timer.daemon = True
        timer.start()
        try:
            return answer()
        finally:
            timer.cancel()

    class Plain(HTTPConnection):
        def getresponse(self) -> Any:
            return watched(self, super().getresponse)

    class Secure(HTTPSConnection):
        def getresponse(self) -> Any:
            return watched(self, super().getresponse)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    made = _Session()
    for scheme in ("http", "https"):
        adapter = HTTPAdapter()
        adapter.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}
        made.mount(f"{scheme}://", adapter)
    return made


def _close(connected: socket.socket) -> None:
    with suppress(OSError):
        connected.shutdown(socket.SHUT_RDWR)
