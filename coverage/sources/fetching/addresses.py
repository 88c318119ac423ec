"""Addresses: where a redirection may lead, and how an address is written down."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Collection
from urllib.parse import urljoin, urlsplit, urlunsplit

from requests.utils import get_environ_proxies, select_proxy
from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

from coverage.sources.fetching.errors import FetchError

_PORTS = {"http": 80, "https": 443}
#: Why a redirection is refused whose address is none.
UNREADABLE = "redirection refusée vers une adresse illisible"


def without_password(address: str) -> str:
    """Return an address that can be written in a file: no user name, no password."""
    parts = urlsplit(address)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def same_origin(one: str, other: str) -> bool:
    """Tell whether two addresses are of the same protocol, host and port."""
    return _origin(_parsed(one)) == _origin(_parsed(other))


def redirected(here: str, location: str, known_hosts: Collection[str]) -> str:
    """Return the address that a redirection from ``here`` leads to, if it may be followed.

    It may stay on its host, or lead to a host that is one of ``known_hosts`` or below it, by a
    public address of the network. A user name and a password are kept only by a relative one.
    Raises ``FetchError``: another protocol, from https to http, an unknown host, a private address.
    """
    try:
        target = urljoin(here, location)
    except ValueError:
        raise FetchError(UNREADABLE) from None
    # What is judged is what the connection will be made to, taken apart by the same function.
    old, new = _parsed(here), _parsed(target)
    if new.scheme not in _PORTS or not new.host:
        raise FetchError("redirection refusée vers une adresse qui n’est pas http")
    if old.scheme == "https" and new.scheme == "http":
        raise FetchError("redirection refusée d’une adresse chiffrée (https) vers une autre (http)")
    if _origin(old) == _origin(new):
        return target
    target = without_password(target)
    if _origin(old._replace(scheme="https", port=443)) == _origin(new) and old.port in {None, 80}:
        return target
    if not is_known(new.host, known_hosts):
        raise FetchError(
            f"redirection refusée vers « {new.host[:80]} », qui n’est pas un hôte connu"
        )
    if _is_private(target, new.host, new.port or _PORTS[new.scheme]):
        raise FetchError(f"redirection refusée vers une adresse privée (« {new.host[:80]} »)")
    return target


def is_known(host: str, known_hosts: Collection[str]) -> bool:
    """Tell whether a host is one of the known ones, or lies below one of them."""
    name = host.lower().rstrip(".")
    return any(name == known or name.endswith(f".{known}") for known in known_hosts)


def _parsed(address: str) -> Url:
    try:
        return parse_url(address)
    except LocationParseError:
        raise FetchError(UNREADABLE) from None


def _origin(parts: Url) -> tuple[str, str, int]:
    scheme = parts.scheme or ""
    return scheme, (parts.host or "").lower(), parts.port or _PORTS.get(scheme, 0)


def _is_private(address: str, host: str, port: int) -> bool:
    """Tell whether a host's name stands for an address of a private network, or of this machine.

    Behind a proxy it is the proxy that looks names up.
    """
    if select_proxy(address, get_environ_proxies(address)):
        return False
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        return False  # the connection will say that there is no such host
    except UnicodeError:  # a name that no host can have
        raise FetchError(UNREADABLE) from None
    return any(not ipaddress.ip_address(str(entry[4][0])).is_global for entry in found)
