"""Entries of several files brought together into sites, pair by pair."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import hypot

from coverage.sources.pair_rules import ALONE, JOIN_WITHIN_M, JOINED, STANDS_FIRST

#: What someone who knows has said of two entries, by their ids: one place, or two.
Said = Mapping[frozenset[str], bool]


@dataclass(frozen=True)
class Entry:
    """One place as one file lists it.

    ``own``: the user's own. ``commune`` is a name; ``says`` are the kinds of house in which it
    says it stands (``pair_rules.houses_said``); ``x, y`` are metres.
    """

    site_id: str
    nom: str
    kind: str
    source: str
    own: bool
    address: str | None
    code_insee: str
    commune: str
    says: frozenset[str]
    x: float
    y: float

    def distance_m(self, other: Entry) -> float:
        """Return the distance to another entry as the crow flies."""
        return hypot(self.x - other.x, self.y - other.y)

    @property
    def standing(self) -> tuple[bool, int, str]:
        """What decides which of several entries stands for their site: the smallest."""
        return self.own, STANDS_FIRST.index(self.kind), self.site_id


def of_a_kind(kind: str) -> tuple[str, ...]:
    """Return the kinds of which a site has one at most, this one among them; else it alone."""
    return next((kinds for kinds in ALONE if kind in kinds), (kind,))


class Groups:
    """Which entries share a site, by position; at first each stands alone.

    ``sure[i][j]`` is how sure it is that two entries of one site are one place: as sure as they
    are by themselves (``direct``, by their positions, the smaller first), or, where that is more,
    the product of the confidences of the links between them.
    """

    def __init__(
        self, entries: Sequence[Entry], said: Said, direct: Mapping[tuple[int, int], float]
    ) -> None:
        self.entries = entries
        self.direct = direct
        self.apart = {pair for pair, one in said.items() if not one}
        self.members = {row: [row] for row in range(len(entries))}
        self.told: set[int] = set()
        self.sure: list[dict[int, float]] = [{row: 1.0} for row in range(len(entries))]

    def join(self, one: int, other: int, sure: float, *, known: bool = False) -> bool:
        """Make one group of two, and tell whether they are.

        Nothing is joined against what was said; nothing but what was said (``known``) into a
        site with two counters, one that spreads too far, or a chain that is not sure as a whole.
        """
        first, second = self.members[one], self.members[other]
        if first is second:
            return True
        together = {
            (a, b): max(
                self.sure[a][one] * sure * self.sure[other][b],
                self.direct.get((min(a, b), max(a, b)), 0.0),
            )
            for a in first
            for b in second
        }
        if any(self.ids(a, b) in self.apart for a, b in together):
            return False
        if not known and not all(
            confidence >= JOINED and self._may_share(a, b)
            for (a, b), confidence in together.items()
        ):
            return False
        if known:
            self.told |= {one, other}
        for (a, b), confidence in together.items():
            self.sure[a][b] = self.sure[b][a] = confidence
        first += second
        for row in second:
            self.members[row] = first
        return True

    def ids(self, one: int, other: int) -> frozenset[str]:
        """Return the ids of two entries."""
        return frozenset((self.entries[one].site_id, self.entries[other].site_id))

    def _may_share(self, one: int, other: int) -> bool:
        """Tell whether two entries may be in one site; where a place is told, it may be far."""
        first, second = self.entries[one], self.entries[other]
        alone = any(first.kind in kinds and second.kind in kinds for kinds in ALONE)
        near = first.distance_m(second) <= JOIN_WITHIN_M
        return not alone and (near or one in self.told or other in self.told)

    def kept(self, row: int) -> int:
        """Return the entry that stands for this one's site: a public one, of the first kind."""
        return min(self.members[row], key=lambda each: self.entries[each].standing)

    def housed(self, row: int, kinds: tuple[str, ...]) -> bool:
        """Tell whether an entry shares its site with another of these kinds."""
        return any(self.entries[each].kind in kinds for each in self.members[row] if each != row)

    def joined(self) -> Iterator[tuple[int, int, float]]:
        """Yield each entry that another stands for: that one, this one, how sure it is."""
        for row in self.members:
            kept = self.kept(row)
            if row != kept:
                yield kept, row, self.sure[kept][row]
