"""Downloading one file: attempts, waits, and going on where an attempt was cut."""

from __future__ import annotations

import random
import re
import time
from dataclasses import dataclass, replace

import requests

from coverage.model.words import whole
from coverage.sources.fetching.errors import FetchError, NotModifiedError, PassingError
from coverage.sources.fetching.http import Http, Wire, final_address
from coverage.sources.fetching.partial import Begun, Partial, Stamp

#: Numbers of bytes that a file can have.
_PART = re.compile(r"bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18})")
_MOST_DIGITS = 18
#: An ETag or a date that is longer than this is none.
_MOST_STAMP = 500


@dataclass(frozen=True)
class Received:
    """What came with a file: the address that answered, its stamp, how its bytes are packed."""

    address: str
    stamp: Stamp
    encoding: str = ""


def download(
    wire: Wire, address: str, partial: Partial, limit_bytes: int, known: Stamp | None = None
) -> Received:
    """Bring the bytes of an address into ``partial``, going on with those that are there already.

    Passing failures (429, 5xx, a cut connection) are tried again after a wait; an attempt that
    brought bytes to go on from does not count. Raises ``FetchError`` (what can be gone on from
    stays); ``NotModifiedError`` when ``known``, the stamp of the file in use, still holds.
    """
    http, end_s = wire.http, time.monotonic() + wire.http.total_s
    in_a_row, most = 0, partial.size_bytes if partial.begun() else 0
    try:
        while True:
            try:
                return _attempt(wire, address, partial, limit_bytes, known or Stamp(), end_s)
            except PassingError as error:
                came = partial.size_bytes if partial.begun() else 0
                in_a_row = 1 if came >= most + http.gain_bytes else in_a_row + 1
                most = max(most, came)
                if in_a_row >= http.attempts:
                    raise FetchError(f"{error}, après {in_a_row} essais") from error
                wait_s = _wait_s(http, in_a_row, error.wait_s)
                if time.monotonic() + wait_s > end_s:
                    raise FetchError(f"{error}, et le temps est écoulé") from error
                time.sleep(wait_s)
    except FetchError:
        partial.remove_if_useless()
        raise


def _wait_s(http: Http, in_a_row: int, asked_s: float) -> float:
    """Return the wait before the next attempt; a random part keeps many users from one moment."""
    backoff_s: float = min(http.backoff_s * 2 ** (in_a_row - 1), http.longest_wait_s)
    return max(backoff_s * random.uniform(0.5, 1.0), asked_s)  # noqa: S311 - no secret


def _attempt(
    wire: Wire, address: str, partial: Partial, limit_bytes: int, known: Stamp, end_s: float
) -> Received:
    begun = partial.begun()
    headers = known.headers()
    if begun and begun.whole:
        headers = begun.stamp.headers()
    elif begun:
        headers |= {"Range": f"bytes={partial.size_bytes}-", "If-Range": begun.stamp.exact}
    with wire.asked(address, headers) as answer:
        if answer.status_code == requests.codes.not_modified:
            return _unchanged(answer, partial, begun, asked=bool(headers))
        if answer.status_code == requests.codes.partial and begun and not begun.whole:
            begun = _going_on(answer, partial, begun)
        elif answer.status_code == requests.codes.ok:
            begun = _beginning(answer, address)
            partial.remove()
            partial.note(begun)
        else:
            partial.remove()
            raise PassingError(f"réponse HTTP {answer.status_code} inattendue")
        _save(wire, answer, partial, begun.total_bytes, limit_bytes, end_s)
        partial.note(replace(begun, total_bytes=partial.size_bytes, whole=True))
        return Received(final_address(answer), begun.stamp, begun.encoding)


def _unchanged(
    answer: requests.Response, partial: Partial, begun: Begun | None, *, asked: bool
) -> Received:
    if not asked:
        raise FetchError("réponse HTTP 304 à qui n’a pas encore le fichier")
    if begun and begun.whole:
        return Received(final_address(answer), begun.stamp, begun.encoding)
    partial.remove()
    raise NotModifiedError


def _beginning(answer: requests.Response, address: str) -> Begun:
    announced = answer.headers.get("Content-Length", "")
    total_bytes = None
    if announced.isdecimal():
        # More digits than a file can have: more bytes than any limit.
        total_bytes = int(announced.lstrip("0")[:_MOST_DIGITS] or "0")
    return Begun(address, _stamp(answer), _encoding(answer), total_bytes)


def _going_on(answer: requests.Response, partial: Partial, begun: Begun) -> Begun:
    """Return what goes on; raises ``PassingError`` where the part is not what follows our bytes."""
    part = _PART.fullmatch(answer.headers.get("Content-Range", ""))
    if (
        part is None
        or int(part[1]) != partial.size_bytes
        or begun.total_bytes not in {None, int(part[3])}
        or begun.encoding != _encoding(answer)
        or begun.stamp.contradicts(_stamp(answer))
    ):
        partial.remove()
        raise PassingError("la suite envoyée n’est pas celle du fichier commencé")
    return replace(begun, total_bytes=int(part[3]))


def _stamp(answer: requests.Response) -> Stamp:
    """Return the answer's stamp; what could not be sent back as it came is left out."""
    told = (answer.headers.get(name, "") for name in ("ETag", "Last-Modified"))
    return Stamp(
        *(text if text.isprintable() and len(text) <= _MOST_STAMP else "" for text in told)
    )


def _encoding(answer: requests.Response) -> str:
    """Return how the bytes are packed on the way (empty: they are the file's own)."""
    told = answer.headers.get("Content-Encoding", "").strip().lower()
    return "" if told == "identity" else told


def _save(
    wire: Wire,
    answer: requests.Response,
    partial: Partial,
    total_bytes: int | None,
    limit_bytes: int,
    end_s: float,
) -> None:
    """Append the answer's bytes; raises ``FetchError`` where they are too many or too few."""
    size = partial.size_bytes
    with partial.path.open("ab") as file:
        wire.tell(size, total_bytes)
        blocks = wire.blocks(answer, end_s) if (total_bytes or 0) <= limit_bytes else ()
        for block in blocks:
            size += len(block)
            if size > limit_bytes:
                break
            file.write(block)
            wire.tell(size, total_bytes)
    if max(size, total_bytes or 0) > limit_bytes:
        partial.remove()
        raise FetchError(too_big(limit_bytes))
    if total_bytes is not None and size < total_bytes:
        raise PassingError("connexion coupée avant la fin du fichier")
    if total_bytes is not None and size > total_bytes:
        partial.remove()
        raise PassingError("le serveur a envoyé plus d’octets qu’annoncé")


def too_big(limit_bytes: int) -> str:
    """Return why a file is refused that is larger than it may be."""
    return f"fichier de plus de {whole(limit_bytes / 1e6)}\u00a0Mo"
