"""What an import would answer to a places file, before any territory is known."""

from __future__ import annotations

from pathlib import Path

from coverage.model.answers import Repairs
from coverage.model.words import whole
from coverage.sources.cog import commune_codes
from coverage.sources.given.cells import Cell
from coverage.sources.given.codes import commune_code
from coverage.sources.place_line import GivenPlace
from coverage.sources.places_file import read_given_places


def check_places(path: Path, repairs: Repairs) -> str:
    """Say in French what an import would read; which communes are the territory's it can't tell.

    What would be put right goes to ``repairs``. Raises ``RefusedFileError``.
    """
    given = read_given_places(path, "--as places", repairs)
    given.faults.close()
    for place in given.places:
        _check_code(place, repairs)
    count, bare = len(given.places), sum(place.degrees is None for place in given.places)
    sentences = [f"{whole(count)} lieu{'x lus' if count > 1 else ' lu'}."]
    if bare:
        several = "x sans coordonnées seront placés" if bare > 1 else " sans coordonnées sera placé"
        sentences.append(f"{whole(bare)} lieu{several} au centre de sa commune.")
    sentences.append("Les communes seront comparées à celles du territoire à la construction.")
    return " ".join((*sentences, *given.unread))


def _check_code(place: GivenPlace, repairs: Repairs) -> None:
    """Note the commune of today that a place's code will be read as."""
    if place.code:
        cell = Cell(place.line, "code_insee", place.code)
        code = commune_code(cell, repairs).code
        if (city := commune_codes().city(code)) != code:
            told = f"« {code} » lu {city}, sa commune"
            cell.repaired(repairs, "commune d’un arrondissement", told)
