"""HTTP: one request at a time, its redirections followed by us, its bytes counted."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any

import requests
import urllib3

from coverage import __version__
from coverage.model.words import decimal
from coverage.sources.fetching.addresses import (
    UNREADABLE,
    redirected,
    same_origin,
    without_password,
)
from coverage.sources.fetching.errors import AbsentError, FetchError, PassingError
from coverage.sources.fetching.session import session

_BLOCK_BYTES = 1 << 16
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
#: The answers that are the caller's to understand: whole, a part, unchanged, no such part.
_UNDERSTOOD = frozenset({200, 206, 304, 416})

#: ``tell(received, total)``: bytes of the file that have come; total None: not told.
Tell = Callable[[int, int | None], None]


@dataclass(frozen=True)
class Http:
    """How patient one is.

    ``timeout_s`` without a byte, ``total_s`` for one file, ``attempts`` in a row that bring less
    than ``gain_bytes``, with waits that double from ``backoff_s`` to ``longest_wait_s``; after
    ``slow_after_s`` an answer that is slower than ``slowest_bytes_s``, or whose headers are not
    there yet, is given up.
    """

    timeout_s: float = 30.0
    total_s: float = 7200.0
    attempts: int = 4
    gain_bytes: int = 1 << 16
    backoff_s: float = 0.5
    longest_wait_s: float = 60.0
    slow_after_s: float = 60.0
    slowest_bytes_s: float = 2_000.0
    redirects: int = 5


def _no_password(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Send no authorisation, not even one that the user's ``.netrc`` has for the host."""
    return request


class Wire:
    """What one fetch asks of the network, and how many bytes of answers have come.

    ``known_hosts`` are those a redirection may lead to; ``tell`` hears of every block.
    """

    def __init__(self, http: Http, known_hosts: Collection[str] = ()) -> None:
        self.http = http
        self.known_hosts = known_hosts
        self.received_bytes = 0
        self.tell: Tell = lambda received, total: None
        self._session = session(http.slow_after_s)

    def __enter__(self) -> Wire:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._session.close()

    @contextmanager
    def asked(self, address: str, headers: dict[str, str]) -> Iterator[requests.Response]:
        """Give the answer of an address, redirections followed: 200, 206, 304 or 416.

        Raises ``FetchError``: ``PassingError`` where trying again may help, ``AbsentError``.
        """
        here = address
        for _ in range(self.http.redirects + 1):
            answer = self._get(here, headers, own=same_origin(here, address))
            with answer:
                location = self._location(answer)
                if location is None:
                    _check_status(answer, self.http.longest_wait_s)
                    yield answer
                    return
                here = redirected(here, location, self.known_hosts)
        raise FetchError(f"plus de {self.http.redirects} redirections")

    def _location(self, answer: requests.Response) -> str | None:
        try:
            return self._session.get_redirect_target(answer)
        except UnicodeError:
            raise FetchError(UNREADABLE) from None

    def blocks(self, answer: requests.Response, end_s: float) -> Iterator[bytes]:
        """Give the bytes of an answer as they come, neither unpacked nor waited for for ever.

        ``end_s``: when to give up, on the monotonic clock.
        """
        start_s, received = time.monotonic(), 0
        while True:
            try:
                block: bytes = answer.raw.read1(_BLOCK_BYTES)
            except urllib3.exceptions.TimeoutError:
                raise PassingError("le serveur ne répond plus") from None
            except (urllib3.exceptions.HTTPError, http.client.HTTPException, OSError):
                raise PassingError("connexion coupée avant la fin du fichier") from None
            if not block:
                return
            received += len(block)
            self.received_bytes += len(block)
            yield block
            now_s = time.monotonic()
            waited_s = now_s - start_s
            slow = received < self.http.slowest_bytes_s * waited_s
            if now_s > end_s or (slow and waited_s > self.http.slow_after_s):
                raise FetchError("le téléchargement est trop lent")

    def _get(self, address: str, headers: dict[str, str], *, own: bool) -> requests.Response:
        sent = {"User-Agent": f"maillage/{__version__}", "Accept-Encoding": "identity", **headers}
        auth: Any = None if own else _no_password
        try:
            return self._session.get(
                address,
                headers=sent,
                auth=auth,
                timeout=self.http.timeout_s,
                stream=True,
                allow_redirects=False,
            )
        except requests.exceptions.Timeout:
            raise PassingError("le serveur ne répond pas") from None
        except requests.exceptions.SSLError:
            raise FetchError("le certificat du serveur n’est pas valable") from None
        except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
            raise PassingError("connexion impossible ou coupée") from None
        # What the library says of names and headers that can't be, it lets through as they are.
        except (requests.RequestException, urllib3.exceptions.HTTPError, ValueError) as error:
            raise FetchError(f"adresse refusée ({type(error).__name__})") from None


def _check_status(answer: requests.Response, longest_wait_s: float) -> None:
    status = answer.status_code
    if status in _PASSING:
        wait_s = _wait_asked_s(answer)
        if wait_s > longest_wait_s:
            asked = f"{decimal(wait_s / 60, 0, up=True)}\u00a0min"
            raise FetchError(f"réponse HTTP {status}, le serveur demande d’attendre {asked}")
        raise PassingError(f"réponse HTTP {status}", wait_s)
    if status == requests.codes.not_found:
        raise AbsentError(f"réponse HTTP {status}")
    if status not in _UNDERSTOOD:
        raise FetchError(f"réponse HTTP {status}")
    if answer.headers.get("Content-Type", "").lower().startswith("text/html"):
        raise FetchError("le serveur a envoyé une page HTML au lieu des données")


def _wait_asked_s(answer: requests.Response) -> float:
    """Return the seconds that ``Retry-After`` asks for, told as a number or as a date."""
    told = answer.headers.get("Retry-After", "").strip()
    if told.isdecimal():
        return float(told[:9])
    until, now = (_moment(answer.headers.get(name, "")) for name in ("Retry-After", "Date"))
    if until is None:
        return 0.0
    return max(0.0, (until - (now or datetime.now(UTC))).total_seconds())


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def final_address(answer: requests.Response) -> str:
    """Return the address that answered in the end, as it may be written down."""
    return without_password(answer.url)
