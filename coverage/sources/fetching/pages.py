"""A list that a producer gives page by page, as the one CSV that its reader knows.

Two kinds of page are understood: ``total, results`` with the address of the ``next`` one
(data-fair, La Poste's portal), and ``total_count, results`` asked for by ``offset``
(Opendatasoft).
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Collection
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from coverage.base.text import folded
from coverage.sources.fetching.addresses import same_origin
from coverage.sources.fetching.download import Received, download, too_big
from coverage.sources.fetching.errors import FetchError
from coverage.sources.fetching.http import Wire
from coverage.sources.fetching.partial import Partial, Stamp

_MOST_PAGES = 500
_MOST_COLUMNS = 300
#: Of all pages together: each takes a hundred bytes of memory or more.
_MOST_VALUES = 2_000_000
_OPENINGS = (b",", b"[", b"{")
_TOTAL = re.compile("[0-9]{1,9}")

Row = dict[str, str]


def download_pages(
    wire: Wire, address: str, target: Path, columns: Collection[str], limit_bytes: int
) -> Received:
    """Write to ``target`` all rows of a list, a name of ``columns`` for each key alike.

    Raises ``FetchError`` where a page can't be had, is no page, or leads to another server, or
    where the rows are not as many as each page says.
    """
    rows: list[Row] = []
    keys: dict[str, None] = {}
    total, answered, page, seen, values = -1, "", address, 0, 0
    for _ in range(_MOST_PAGES):
        content, received = _page(wire, page, target, limit_bytes)
        answered = answered or received.address
        seen += len(content)
        if seen > limit_bytes:
            raise FetchError(too_big(limit_bytes))
        values += sum(map(content.count, _OPENINGS))
        if values > _MOST_VALUES:
            raise FetchError("la liste a plus de valeurs qu’une liste peut en avoir")
        document = _document(content)
        told, found = _rows(document)
        if total not in {-1, told}:
            raise FetchError("la liste a changé pendant sa lecture")
        total = told
        rows += found
        for row in found:
            keys |= dict.fromkeys(row)
            if len(keys) > _MOST_COLUMNS:
                raise FetchError(f"la liste a plus de {_MOST_COLUMNS} colonnes")
        if len(rows) >= total or not found:
            break
        page = _next(address, page, document, len(rows))
    if len(rows) != total:
        raise FetchError(f"la liste donne {len(rows)} lignes, elle en annonce {total}")
    _write(rows, list(keys), target, columns, limit_bytes)
    # Pages have no stamp of the whole: next time they are read again, and compared.
    return Received(answered, Stamp())


def _page(wire: Wire, address: str, target: Path, limit_bytes: int) -> tuple[bytes, Received]:
    partial = Partial(target)
    try:
        received = download(wire, address, partial, limit_bytes)
        return partial.path.read_bytes(), received
    finally:
        partial.remove()


def _document(content: bytes) -> Any:
    try:
        # Numbers stay the text they are: 45.9598, 01500.
        return json.loads(content, parse_float=str, parse_int=str)
    except (ValueError, RecursionError) as error:
        raise FetchError("une page de la liste n’est pas du JSON") from error


def _rows(document: Any) -> tuple[int, list[Row]]:
    if isinstance(document, dict):
        total, results = document.get("total", document.get("total_count")), document.get("results")
        if _TOTAL.fullmatch(str(total)) and isinstance(results, list):
            rows = [row for row in results if isinstance(row, dict)]
            if len(rows) == len(results):
                return int(str(total)), [_texts(row) for row in rows]
    raise FetchError("une page de la liste n’a pas la forme attendue")


def _texts(row: dict[str, Any]) -> Row:
    """Return the cells of a row; what the portal adds (``_id``, ``_score``) is left out."""
    return {
        key: "" if value is None else value if isinstance(value, str) else json.dumps(value)
        for key, value in row.items()
        if not key.startswith("_")
    }


def _next(first: str, page: str, document: dict[str, Any], done: int) -> str:
    told = document.get("next")
    if isinstance(told, str):
        try:
            following = urljoin(page, told)
        except ValueError:
            following = ""
        if not following.isprintable() or not same_origin(following, first):
            raise FetchError("la page suivante de la liste est sur un autre serveur, ou illisible")
        return following
    if "total_count" not in document:
        raise FetchError("la liste s’arrête avant sa fin")
    parts = urlsplit(first)
    query = dict(parse_qsl(parts.query)) | {"offset": str(done)}
    return urlunsplit(parts._replace(query=urlencode(query)))


def _write(
    rows: list[Row], keys: list[str], target: Path, columns: Collection[str], limit_bytes: int
) -> None:
    names = {folded(column): column for column in columns}
    written = 0
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        header = [names.get(folded(key), key) for key in keys]
        lines = ([row.get(key, "") for key in keys] for row in rows)
        try:
            for line in chain([header], lines):
                written += writer.writerow(line)
                if written > limit_bytes:
                    raise FetchError(too_big(limit_bytes))
        except UnicodeEncodeError as error:
            raise FetchError("la liste contient un caractère impossible") from error
