"""Answers of the Overpass API (JSON, as OSMnx keeps them in its cache) -> ways."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from coverage.base.errors import SourceError
from coverage.network.raw import Tags, check_file, damaged
from coverage.network.tags import KEYS
from coverage.network.ways import OsmWays


def read_overpass(path: Path, wanted: Callable[[Tags], bool]) -> OsmWays:
    """Read the roads and ferries of an Overpass answer, or of a list of answers (JSON).

    A way or a node that several answers hold is taken once. The ways whose tags are not
    ``wanted`` are counted but have no nodes. Raises ``SourceError`` (French, what
    to do) for a file that is missing, empty, cut, not such an answer, or an answer that Overpass
    itself did not finish.
    """
    answers = _answers(path)
    rows: dict[tuple[tuple[str, str], ...], int] = {}
    is_wanted: list[bool] = []
    nodes: dict[int, tuple[float, float]] = {}
    ways: dict[int, tuple[int, list[int]]] = {}
    try:
        for element in (element for answer in answers for element in answer["elements"]):
            if element["type"] == "node":
                nodes[element["id"]] = float(element["lon"]), float(element["lat"])
            elif element["type"] == "way":
                tags = element.get("tags", {})
                kept = tuple((key, str(tags[key])) for key in KEYS if key in tags)
                if "highway" in tags or tags.get("route") == "ferry":
                    row = rows.setdefault(kept, len(rows))
                    if row == len(is_wanted):
                        is_wanted.append(wanted(dict(kept)))
                    ways[element["id"]] = row, element["nodes"] if is_wanted[row] else []
        refs = np.array([ref for _, of_way in ways.values() for ref in of_way], dtype=np.int64)
        ids, refs_of = np.unique(refs, return_inverse=True)
        places = np.array([nodes.get(ref, (np.nan, np.nan)) for ref in ids.tolist()])
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise damaged(path.name, f"élément inattendu : {error}") from None
    x, y = places.reshape(-1, 2).T
    counts = [len(of_way) for _, of_way in ways.values()]
    return OsmWays(
        name=path.name,
        ptr=np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        refs=refs_of,
        x=np.ascontiguousarray(x),
        y=np.ascontiguousarray(y),
        tag_row=np.array([row for row, _ in ways.values()], dtype=np.int32),
        tags=[dict(kept) for kept in rows],
    )


def _answers(path: Path) -> list[dict[str, Any]]:
    """Return the answers of a file, each with its list of elements."""
    check_file(path)
    try:
        text = path.read_bytes()
        answers = json.loads(gzip.decompress(text) if path.suffix.lower() == ".gz" else text)
    except (ValueError, EOFError, OSError, zlib.error, RecursionError) as error:
        raise damaged(path.name, error) from None
    answers = answers if isinstance(answers, list) else [answers]
    for answer in answers:
        elements = answer.get("elements") if isinstance(answer, dict) else None
        if not isinstance(elements, list):
            raise SourceError(
                f"« {path.name} » n'est pas une réponse d'Overpass (elements manque) : donnez le "
                "JSON tel que l'API ou le cache d'OSMnx le garde."
            )
        remark = " ".join(str(answer.get("remark", "")).split()).rstrip(".")
        if "error" in remark or (remark and not elements):
            raise SourceError(
                f"« {path.name} » est incomplet, Overpass n'a pas fini d'y répondre ({remark}) : "
                "refaites la demande, sur une zone plus petite s'il le faut."
            )
    return answers
