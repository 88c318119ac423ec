"""The roads of a territory, asked of the Overpass API through OSMnx.

OSMnx cuts the outline to what the server takes in one go, waits its turn, and keeps each answer in
its cache, so that a download that was interrupted goes on where it stopped. The answers are kept
as they are, with all the tags, in one file that ``read_roads`` reads; no graph is built.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import shapely

from coverage.base.errors import SourceError
from coverage.base.files import write_bytes
from coverage.base.progress import Progress, silent
from coverage.network.speeds import check_mode, speed_table

#: How long to wait for a sign of life of the server before its cache alone is used.
_PATIENCE_S = 10.0
_TEXT = "Téléchargement des routes"


def download_roads(
    outline: shapely.Polygon | shapely.MultiPolygon,
    path: Path,
    mode: str = "drive",
    *,
    cache: Path,
    progress: Progress = silent,
) -> None:
    """Download the roads and ferries of ``mode`` within an outline (EPSG:4326) and 500 m round it.

    ``path`` (``.json.gz``) receives the answers of Overpass, in one list; ``cache`` is the folder
    where OSMnx keeps them. Raises ``UserError`` for another mode, ``SourceError`` (one French
    sentence) where there is no network, or where the server doesn't answer to the end.
    """
    check_mode(mode)
    import osmnx

    classes = "|".join(name for name in speed_table().modes[mode].kmh if name != "ferry")
    filters = [f'["highway"~"^({classes})$"]["area"!~"yes"]', '["route"="ferry"]']
    request = hashlib.sha256(outline.wkb + "".join(filters).encode()).hexdigest()
    folder = cache / request[:12]
    answers = 0

    def check(response: Any, *_: Any, **__: Any) -> None:
        # OSMnx takes an answer that the server cut short for a whole one.
        nonlocal answers
        if remark := _remark(response.content):
            raise _unfinished(remark)
        answers += 1
        progress(1 - 1 / (1 + answers), _TEXT)

    progress(0.0, _TEXT)
    is_there = _answers(osmnx.settings.overpass_url)
    with _settings(
        osmnx.settings,
        cache_folder=folder,
        use_cache=True,
        cache_only_mode=True,
        # Without a network OSMnx would wait a minute to be told when its turn comes.
        overpass_rate_limit=is_there,
        doh_url_template=osmnx.settings.doh_url_template if is_there else None,
        requests_kwargs={"hooks": {"response": check}},
    ):
        try:
            osmnx.graph_from_polygon(outline, custom_filter=filters)
        except InterruptedError:
            pass  # what OSMnx says when the cache is complete
        except OSError as error:
            raise SourceError(
                "Les routes n'ont pas pu être téléchargées, le serveur d'OpenStreetMap est hors "
                "d'atteinte : vérifiez la connexion à internet, ou donnez un fichier de routes."
            ) from error
        except SourceError:
            raise
        except ValueError as error:
            raise _unfinished(error) from error
    texts = [file.read_bytes() for file in sorted(folder.glob("*.json"))]
    write_bytes(path, gzip.compress(b"[" + b",\n".join(texts) + b"]", mtime=0))
    progress(1.0, _TEXT)


def _answers(overpass_url: str) -> bool:
    """Tell whether the server gives a sign of life."""
    try:
        with urlopen(f"{overpass_url}/status", timeout=_PATIENCE_S):  # noqa: S310 - https, fixed
            return True
    except (URLError, OSError):
        return False


def _remark(content: bytes) -> str:
    """Return what the server says of its own answer; its roads may have a tag of that name."""
    if b'"remark"' not in content:
        return ""
    try:
        answer = json.loads(content)
    except ValueError:
        return ""  # OSMnx tells an answer that is no JSON
    return str(answer.get("remark", "")) if isinstance(answer, dict) else ""


def _unfinished(why: object) -> SourceError:
    said = " ".join(str(why).split()).rstrip(".")
    return SourceError(
        f"Le serveur d'OpenStreetMap n'a pas fini de répondre ({said[:200]}) : recommencez plus "
        "tard, ce qui est déjà téléchargé est gardé."
    )


@contextmanager
def _settings(settings: Any, **values: Any) -> Iterator[None]:
    """Set OSMnx's settings, which the whole process shares, and put them back."""
    before = {name: getattr(settings, name) for name in values}
    # OSMnx binds the server's name to one address for good.
    resolve = socket.getaddrinfo
    try:
        for name, value in values.items():
            setattr(settings, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(settings, name, value)
        socket.getaddrinfo = resolve
