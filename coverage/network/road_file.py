"""The file of a road network, before its content is read: found, opened, or refused.

Nothing heavy is imported here nor by the readers of content (``extract``, ``graphml_document``,
``overpass_answer``): a file is judged before anything is computed with it.
"""

from __future__ import annotations

import bz2
import gzip
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from coverage.base.errors import RefusedFileError
from coverage.model.words import whole

#: What the end of a name promises.
_FORMAT_OF = {
    ".pbf": "pbf",
    ".graphml": "graphml",
    ".graphml.gz": "graphml",
    ".graphml.bz2": "graphml",
    ".json": "overpass",
    ".json.gz": "overpass",
}
#: How much of a file is looked at for the marks of a web page.
_HEAD_BYTES = 1024
_WEB_PAGE = re.compile(rb"<(!doctype html|html|head|body)\b", re.IGNORECASE)
_GZIP, _BZIP2 = b"\x1f\x8b", b"BZh"
_CHUNK_BYTES = 1 << 16
#: Once unpacked. Corsica's network is 20 MB of GraphML, 14 times its ``.gz``; text that is packed
#: closer than 100 times was made to fill the memory.
_MOST_BYTES = 1_000_000_000
_SMALL_BYTES = 20_000_000
_MOST_RATIO = 100


def road_format(path: Path) -> str:
    """Return what a road file is by its name: pbf, graphml or overpass.

    Raises ``RefusedFileError`` (NOT_ROADS) for another name.
    """
    name = path.name.lower()
    for suffix, kind in _FORMAT_OF.items():
        if name.endswith(suffix):
            return kind
    raise RefusedFileError(
        "NOT_ROADS",
        f"«\u00a0{path.name}\u00a0» n’est pas un réseau routier que l’on sait lire. Donnez un "
        "extrait OpenStreetMap (.osm.pbf), un GraphML d’OSMnx (.graphml, .graphml.gz ou "
        ".graphml.bz2) ou une réponse d’Overpass (.json, .json.gz).",
    )


def check_file(path: Path) -> None:
    """Raise ``RefusedFileError`` for a road file that is missing, a folder, empty, a web page."""
    if not path.exists():
        raise RefusedFileError(
            "NOT_FOUND",
            f"Le réseau routier «\u00a0{path}\u00a0» n’existe pas. Vérifiez le chemin.",
        )
    if not path.is_file():
        raise RefusedFileError(
            "NOT_FOUND",
            f"«\u00a0{path}\u00a0» est un dossier ou un périphérique. Donnez le fichier du réseau "
            "routier.",
        )
    if path.stat().st_size == 0:
        raise RefusedFileError(
            "EMPTY",
            f"«\u00a0{path.name}\u00a0» est vide (0\u00a0octet). Téléchargez à nouveau le réseau "
            "routier.",
        )
    with path.open("rb") as file:
        head = start_of_text(file.read(_HEAD_BYTES))
    # Overpass's own error pages begin like any XML.
    if head.startswith(b"<") and _WEB_PAGE.search(head):
        raise RefusedFileError(
            "CORRUPT_PBF" if _is_extract(path.name) else "NOT_ROADS",
            f"«\u00a0{path.name}\u00a0» est une page web enregistrée à la place du réseau "
            "routier. Téléchargez-le à nouveau.",
        )


def start_of_text(head: bytes) -> bytes:
    """Return the first bytes of a text without blanks, the marks of UTF-8 and 16, and NULs."""
    return head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")


def unpacked(path: Path) -> Iterator[bytes]:
    """Yield the content of a text file, unpacked where it is gzip or bzip2, piece by piece.

    Whether it is packed is told by its first bytes, whatever its name. Raises
    ``RefusedFileError``: TOO_BIG where it holds abnormally much, CORRUPT_ROADS where it is cut.
    """
    packed_bytes = path.stat().st_size
    received = 0
    try:
        with _opened(path) as (file, is_packed):
            while chunk := file.read(_CHUNK_BYTES):
                received += len(chunk)
                if received > _MOST_BYTES or (
                    is_packed and received > max(_SMALL_BYTES, _MOST_RATIO * packed_bytes)
                ):
                    raise too_big(path.name)
                yield chunk
    except (EOFError, zlib.error, OSError) as error:
        raise damaged(path.name, error) from None


@contextmanager
def _opened(path: Path) -> Iterator[tuple[IO[bytes], bool]]:
    """Open a text file, and tell whether it is packed."""
    with path.open("rb") as raw:
        head = raw.read(len(_BZIP2))
        raw.seek(0)
        if head.startswith(_GZIP):
            with gzip.GzipFile(fileobj=raw) as file:
                yield cast(IO[bytes], file), True
        elif head == _BZIP2:
            with bz2.BZ2File(raw) as file:
                yield cast(IO[bytes], file), True
        else:
            yield raw, False


def damaged(name: str, why: object) -> RefusedFileError:
    """Return the refusal of a file that is cut or damaged; ``why`` is what its reader said."""
    said = " ".join(str(why).split()).rstrip(".")
    return RefusedFileError(
        "CORRUPT_PBF" if _is_extract(name) else "CORRUPT_ROADS",
        f"«\u00a0{name}\u00a0» est coupé ou abîmé ({said[:200]}). Téléchargez à nouveau le réseau "
        "routier.",
    )


def too_big(name: str) -> RefusedFileError:
    """Return the refusal of a file that holds abnormally much for its size."""
    return RefusedFileError(
        "TOO_BIG",
        f"«\u00a0{name}\u00a0» dépasse 1\u00a0Go une fois décompressé, ou se comprime de façon "
        "anormale. Donnez un extrait de votre territoire, de préférence au format .osm.pbf.",
    )


def too_complex(name: str) -> RefusedFileError:
    """Return the refusal of a file whose reading passed the limits that its size gives it."""
    return RefusedFileError(
        "TOO_COMPLEX",
        f"La lecture de «\u00a0{name}\u00a0» demande plus de mémoire ou de temps qu’un "
        "réseau de cette taille. Donnez un extrait plus petit, ou prenez-le à une autre source.",
    )


def off_the_globe(name: str) -> RefusedFileError:
    """Return the refusal of a file with points that are no longitude and latitude."""
    return RefusedFileError(
        "WRONG_CRS",
        f"Des points de «\u00a0{name}\u00a0» sont hors du globe. Enregistrez le réseau en degrés "
        "(EPSG:4326).",
    )


def no_roads(name: str, which: str = "") -> RefusedFileError:
    """Return the refusal of a file without any road, or any ``which`` somebody may take."""
    return RefusedFileError(
        "NO_ROWS",
        f"«\u00a0{name}\u00a0» ne contient aucune route{which and f' {which}'}. Donnez un réseau "
        "qui couvre le territoire, avec la clé highway d’OpenStreetMap.",
    )


def missing_nodes(name: str, lacking: int) -> RefusedFileError:
    """Return the refusal of a file of which ``lacking`` roads lack points."""
    which = "1\u00a0route passe" if lacking == 1 else f"{whole(lacking)}\u00a0routes passent"
    return RefusedFileError(
        "MISSING_NODES",
        f"Dans «\u00a0{name}\u00a0», {which} par des points que le fichier n’a pas\u00a0: il "
        "a été découpé sans garder les voies entières. Refaites "
        "l’extrait avec «\u00a0osmium extract --strategy=complete_ways\u00a0» (ou smart), ou "
        "prenez un extrait plus grand.",
    )


def _is_extract(name: str) -> bool:
    return name.lower().endswith(".pbf")
