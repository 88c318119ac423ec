"""Redirections: on the same host, to the known ones, nowhere else."""

from __future__ import annotations

import base64
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from coverage.sources.catalogue import CATALOGUE, HOSTS
from coverage.sources.fetching import addresses
from coverage.sources.fetching.addresses import is_known, redirected, same_origin, without_password
from coverage.sources.fetching.download import download
from coverage.sources.fetching.errors import FetchError
from coverage.sources.fetching.http import Wire
from coverage.sources.fetching.partial import Partial
from tests.sources.fetching.conftest import QUICK
from tests.sources.fetching.server import Server, serving

PUBLIC, PRIVATE = "193.47.8.1", "10.0.0.8"


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What each host name stands for; ``localhost`` is as public as a test needs it."""
    known = {"static.data.gouv.fr": PUBLIC, "intranet.data.gouv.fr": PRIVATE, "localhost": PUBLIC}

    def look_up(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        if host not in known:
            raise socket.gaierror
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (known[host], port))]

    monkeypatch.setattr(addresses.socket, "getaddrinfo", look_up)
    monkeypatch.setattr(addresses, "get_environ_proxies", lambda address: {})
    return known


@pytest.mark.parametrize(
    ("here", "location", "leads_to"),
    [
        ("https://www.data.gouv.fr/r/1", "/files/a.csv", "https://www.data.gouv.fr/files/a.csv"),
        (
            "https://www.data.gouv.fr/r/1",
            "https://static.data.gouv.fr/a",
            "https://static.data.gouv.fr/a",
        ),
        (
            "https://www.data.gouv.fr/r/1",
            "https://STATIC.data.gouv.fr/a",
            "https://STATIC.data.gouv.fr/a",
        ),
        ("http://mirror.example/a", "https://mirror.example/a", "https://mirror.example/a"),
        ("http://10.1.2.3:8000/a", "/b", "http://10.1.2.3:8000/b"),
        ("https://x.fr/a", "https://me:pw@static.data.gouv.fr/a", "https://static.data.gouv.fr/a"),
        (
            "https://www.data.gouv.fr/r/1",
            "https://gone.data.gouv.fr/a",
            "https://gone.data.gouv.fr/a",
        ),
    ],
)
def test_what_is_followed(names: dict[str, str], here: str, location: str, leads_to: str) -> None:
    assert redirected(here, location, HOSTS) == leads_to


@pytest.mark.parametrize(
    ("here", "location", "reason"),
    [
        ("https://www.data.gouv.fr/r/1", "http://www.data.gouv.fr/a", "chiffrée"),
        ("https://www.data.gouv.fr/r/1", "http://static.data.gouv.fr/a", "chiffrée"),
        ("https://www.data.gouv.fr/r/1", "https://data.gouv.fr.evil.example/a", "hôte connu"),
        ("https://www.data.gouv.fr/r/1", "https://evildata.gouv.fr/a", "hôte connu"),
        ("https://www.data.gouv.fr/r/1", "https://data.gouv.fr@evil.example/a", "evil.example"),
        ("https://www.data.gouv.fr/r/1", r"https://evil.example\@static.data.gouv.fr/a", "refusée"),
        ("https://www.data.gouv.fr/r/1", "https://intranet.data.gouv.fr/a", "adresse privée"),
        ("http://10.1.2.3:8000/a", "http://10.1.2.3:6379/a", "hôte connu"),
        ("http://10.1.2.3:8000/a", "http://169.254.169.254/latest", "hôte connu"),
        ("http://10.1.2.3:8000/a", "http://[::1]/a", "hôte connu"),
        ("https://x.fr/a", "file:///etc/passwd", "n’est pas http"),
        ("https://x.fr/a", "ftp://static.data.gouv.fr/a", "n’est pas http"),
        ("https://x.fr/a", "https://[::1/a", "illisible"),
        ("https://x.fr/a", "https://static.data.gouv.fr:port/a", "illisible"),
    ],
)
def test_what_is_refused(names: dict[str, str], here: str, location: str, reason: str) -> None:
    with pytest.raises(FetchError, match=reason):
        redirected(here, location, HOSTS)


def test_behind_a_proxy_names_are_not_looked_up(
    names: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses, "get_environ_proxies", lambda address: {"https": "http://p:1"})

    target = "https://intranet.data.gouv.fr/a"
    assert redirected("https://www.data.gouv.fr/r/1", target, HOSTS) == target


def test_hosts_without_a_proxy_are_no_proxy(
    names: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses, "get_environ_proxies", lambda address: {"no": "localhost"})

    with pytest.raises(FetchError, match="adresse privée"):
        redirected("https://www.data.gouv.fr/r/1", "https://intranet.data.gouv.fr/a", HOSTS)


def test_each_address_of_the_catalogue_is_of_a_known_host() -> None:
    for entry in CATALOGUE:
        for file in entry.files:
            for address in filter(None, (file.address, file.pages)):
                assert address.startswith("https://")
                assert is_known(address.split("/")[2], HOSTS), address


@pytest.fixture
def other() -> Iterator[Server]:
    with serving() as made:
        yield made


def test_a_known_host_gets_no_password(
    server: Server, other: Server, names: dict[str, str], tmp_path: Path
) -> None:
    names["127.0.0.1"] = "127.0.0.1"
    server.files["x"] = other.files["y"] = b"content"
    server.faults["x"] = [f"http://localhost:{other.port}/depot/y"]
    address = server.address.replace("//", "//me:secret@") + "/x"
    real = socket.create_connection
    with Wire(QUICK, known_hosts=("localhost",)) as wire, pytest.MonkeyPatch.context() as patch:
        # urllib3 looks names up itself: give it back the real addresses.
        patch.setattr(
            "urllib3.util.connection.create_connection",
            lambda address, *args, **kwargs: real_connection(real, address),
        )
        received = download(wire, address, Partial.beside(tmp_path, "x"), 1000)

    asked = server.headers["x"][0]["Authorization"]
    assert base64.b64decode(asked.removeprefix("Basic ")) == b"me:secret"
    assert "Authorization" not in other.headers["y"][0]
    assert received.address == f"http://localhost:{other.port}/depot/y"


def real_connection(create: object, address: tuple[str, int]) -> socket.socket:
    made = socket.socket()
    made.settimeout(5.0)
    made.connect(("127.0.0.1", address[1]))
    return made


def test_a_password_is_never_written_down() -> None:
    assert without_password("https://me:secret@host/depot") == "https://host/depot"


def test_origins() -> None:
    assert same_origin("https://A.fr/x", "https://a.fr:443/y")
    assert not same_origin("https://a.fr", "http://a.fr")
    assert not same_origin("http://a.fr", "http://a.fr:8080")
