"""Who helps at a place: kinds of staff, and full-time posts of each.

A place holds its staff as a list of texts ``<kind>:<full-time posts>``, such as
``["conseiller_numerique:2", "mediateur:0.5"]``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from coverage.base.errors import UserError
from coverage.base.text import folded

#: Kinds of staff; their labels and figures are in ``services.toml``, under ``[personnel.<kind>]``.
STAFF_KINDS = (
    "conseiller_numerique",
    "referente_france_services",
    "mediateur",
    "facteur_guichetier",
)
#: More full-time posts than this at one place is a slip of the pen.
_MOST_POSTS = 500.0
_POSTS = re.compile(r"\d+(?:[.,]\d+)?")


@dataclass(frozen=True)
class StaffKind:
    """One kind of staff: French label, and persons helped a month by one full-time post."""

    kind: str
    label: str
    persons_month: float


def posts_of_staff(staff: Iterable[str]) -> dict[str, float]:
    """Return the full-time posts of each kind of staff, those of one kind added up.

    Raises ``UserError`` on a text that is not ``<kind>:<posts>`` with a known kind and a number
    from 0 to 500 (a decimal comma is understood).
    """
    posts: dict[str, float] = {}
    for text in staff:
        kind, _, number = text.partition(":")
        kind = folded(kind).replace(" ", "_")
        if kind not in STAFF_KINDS:
            raise UserError(
                f"« {text} » n’est pas un personnel connu ; écrivez par exemple "
                f"conseiller_numerique:1 (personnels\u00a0: {', '.join(STAFF_KINDS)})."
            )
        value = float(number.strip().replace(",", ".")) if _POSTS.fullmatch(number.strip()) else -1
        if not 0 <= value <= _MOST_POSTS:
            raise UserError(
                f"« {text} » ne dit pas combien de postes à temps plein ; écrivez un nombre de 0 à "
                f"{_MOST_POSTS:.0f}, par exemple {kind}:0,5."
            )
        posts[kind] = posts.get(kind, 0.0) + value
    return posts


def staff_of_posts(posts: Mapping[str, float]) -> list[str]:
    """Return full-time posts by kind as a place holds them, in the order of ``STAFF_KINDS``.

    Raises ``UserError`` on an unknown kind or a number of posts that is not from 0 to 500.
    """
    for kind, number in posts.items():
        sane = math.isfinite(number) and 0 <= number <= _MOST_POSTS
        if kind not in STAFF_KINDS or not sane:
            raise UserError(
                f"« {kind}\u00a0: {number} » n’est pas un nombre de postes à temps plein."
            )
    return [f"{kind}:{posts[kind]:.12g}" for kind in STAFF_KINDS if kind in posts]
