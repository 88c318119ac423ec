"""Getting one file: over HTTP, out of a zip, or out of a mirror folder. Nothing is decided here.

Each function writes to a path it is given and raises ``FetchError`` with a short French reason
when what came is not the file that was asked for.
"""

from __future__ import annotations

import math
import time
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit, urlunsplit

import requests

from coverage import __version__
from coverage.model.words import whole

_CHUNK_BYTES = 1 << 16
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
#: What a portal, a proxy or a repository answers in place of a file.
_NOT_DATA = (b"<!doctype html", b"<html", b"version https://git-lfs")


class FetchError(Exception):
    """Why a file could not be had, as the end of a French sentence."""


class NotModifiedError(Exception):
    """The server says that the file is still the one we have."""


class _PassingError(FetchError):
    """A failure that may be gone in a second, and the wait that the server asked for."""

    def __init__(self, reason: str, wait_s: float = 0.0) -> None:
        self.wait_s = wait_s
        super().__init__(reason)


@dataclass(frozen=True)
class Stamp:
    """What a server said of a file, to ask it next time whether the file has changed."""

    etag: str = ""
    last_modified: str = ""

    def headers(self) -> dict[str, str]:
        """Return the request headers that make the answer conditional."""
        pairs = (("If-None-Match", self.etag), ("If-Modified-Since", self.last_modified))
        return {name: value for name, value in pairs if value}


@dataclass(frozen=True)
class Http:
    """How files are asked for: patience in seconds, number of attempts, size limit in bytes."""

    timeout_s: float = 30.0
    total_s: float = 1800.0
    attempts: int = 4
    backoff_s: float = 0.5
    longest_wait_s: float = 30.0
    size_limit_bytes: int = 600_000_000

    def download(self, address: str, target: Path, known: Stamp | None = None) -> Stamp:
        """Stream ``address`` into ``target`` and return the server's stamp for it.

        Passing failures (429, 5xx, a cut connection) are tried again, waiting longer each time.
        Raises ``FetchError``; ``NotModifiedError`` when ``known`` still holds.
        """
        for attempt in range(1, self.attempts + 1):
            try:
                return self._attempt(address, target, known or Stamp())
            except _PassingError as error:
                if attempt == self.attempts:
                    raise FetchError(f"{error}, après {attempt} essais") from error
                wait_s = max(self.backoff_s * 2 ** (attempt - 1), error.wait_s)
                time.sleep(min(wait_s, self.longest_wait_s))
        raise FetchError("aucun essai demandé")

    def _attempt(self, address: str, target: Path, known: Stamp) -> Stamp:
        headers = {
            "User-Agent": f"maillage/{__version__}",
            "Accept-Encoding": "identity",
            **known.headers(),
        }
        try:
            with requests.get(
                address, headers=headers, timeout=self.timeout_s, stream=True
            ) as answer:
                self._check_status(answer)
                self._save(answer, target)
                return Stamp(
                    answer.headers.get("ETag", ""), answer.headers.get("Last-Modified", "")
                )
        except requests.exceptions.InvalidSchema:
            raise FetchError("redirection refusée vers une adresse qui n’est pas http") from None
        except requests.exceptions.Timeout:
            raise _PassingError("le serveur ne répond pas") from None
        except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
            raise _PassingError("connexion impossible ou coupée") from None
        except requests.RequestException as error:
            raise FetchError(f"adresse refusée ({type(error).__name__})") from None

    def _check_status(self, answer: requests.Response) -> None:
        status = answer.status_code
        if status == requests.codes.not_modified:
            raise NotModifiedError
        if status in _PASSING:
            asked = answer.headers.get("Retry-After", "")
            raise _PassingError(f"réponse HTTP {status}", float(asked) if asked.isdigit() else 0.0)
        if status != requests.codes.ok:
            raise FetchError(f"réponse HTTP {status}")
        if answer.headers.get("Content-Type", "").lower().startswith("text/html"):
            raise FetchError("le serveur a envoyé une page HTML au lieu des données")

    def _save(self, answer: requests.Response, target: Path) -> None:
        announced = answer.headers.get("Content-Length", "")
        if announced.isdigit() and int(announced) > self.size_limit_bytes:
            raise FetchError(_too_big(self.size_limit_bytes))
        end_s = time.monotonic() + self.total_s
        received = _write(answer.iter_content(_CHUNK_BYTES), target, self.size_limit_bytes, end_s)
        plain = "Content-Encoding" not in answer.headers
        if plain and announced.isdigit() and received != int(announced):
            raise _PassingError("connexion coupée avant la fin du fichier")


def _too_big(limit_bytes: int) -> str:
    return f"fichier de plus de {whole(limit_bytes / 1e6)} Mo"


def _write(chunks: Iterable[bytes], target: Path, limit_bytes: int, end_s: float = math.inf) -> int:
    """Write chunks to ``target``; refuse what is too big, too slow, empty, or not data."""
    written = 0
    with target.open("wb") as file:
        for chunk in chunks:
            if written == 0 and _looks_like_a_page(chunk):
                raise FetchError("une page HTML ou un pointeur au lieu des données")
            written += len(chunk)
            if written > limit_bytes:
                raise FetchError(_too_big(limit_bytes))
            if time.monotonic() > end_s:
                raise FetchError("le téléchargement est trop lent")
            file.write(chunk)
    if written == 0:
        raise FetchError("le fichier reçu est vide")
    return written


def _looks_like_a_page(start: bytes) -> bool:
    return start[:200].removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(_NOT_DATA)


def _read_in_chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk


def mirror_file(root: Path, folder: str, name: str) -> Path:
    """Return the file of a mirror folder; links that lead out of the mirror are not followed."""
    path = (root / folder / name).resolve()
    if not path.is_relative_to(root.resolve()) or not path.is_file():
        raise FetchError(f"{folder}/{name} est absent du miroir")
    return path


def copy_file(origin: Path, target: Path, limit_bytes: int) -> None:
    """Copy a mirror's file, refusing what a download would refuse."""
    _write(_read_in_chunks(origin), target, limit_bytes)


def extract_member(archive: Path, member: str, target: Path, limit_bytes: int) -> None:
    """Write to ``target`` the one file named ``member``, in whatever folder of the zip it is."""
    try:
        with zipfile.ZipFile(archive) as container:
            found = [
                info
                for info in container.infolist()
                if PurePosixPath(info.filename).name == member and not info.is_dir()
            ]
            if len(found) != 1:
                raise FetchError(f"{member} n’est pas (ou pas une seule fois) dans l’archive reçue")
            with container.open(found[0]) as file:
                _write(iter(lambda: file.read(_CHUNK_BYTES), b""), target, limit_bytes)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise FetchError("l’archive reçue est abîmée ou d’un format inconnu") from error


def without_password(address: str) -> str:
    """Return an address that can be written in a file: no user name, no password."""
    parts = urlsplit(address)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
