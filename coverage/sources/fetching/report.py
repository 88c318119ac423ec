"""What became of each source, and how it is told on the screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from coverage.model.words import decimal, vintage_text
from coverage.sources.catalogue import source

_TO = "\u00a0:"


class Fault(NamedTuple):
    """A source that could not be fetched, why (French), and where it was asked for."""

    source_id: str
    reason: str
    where: str = ""

    def told(self) -> str:
        """Return the source's title, with why and where in brackets."""
        where = self.where if self.where not in self.reason else ""
        told = "\u202f; ".join(part for part in (self.reason, where) if part)
        return f"{source(self.source_id).title} ({told})"


@dataclass(frozen=True)
class FetchReport:
    """What became of each source, by id.

    ``kept`` are the sources that could not be asked but whose previous files are whole and stay
    in use; ``missing`` those that nothing is there for. ``bytes`` counts what was written,
    ``received_bytes`` what came over the network, attempts that failed included. ``warning`` is a
    French sentence where the mirror gave nothing at all, else empty.
    """

    fetched: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    kept: tuple[Fault, ...] = ()
    missing: tuple[Fault, ...] = ()
    bytes: int = 0
    received_bytes: int = 0
    warning: str = ""

    def sentence(self) -> str:
        """Return the whole text for the screen, in French: the counts, then ``lines``."""
        if not (self.fetched or self.unchanged or self.kept or self.missing):
            return f"Rien à télécharger{_TO} ce territoire est fictif, le programme le fabrique."
        counts = (
            f"Sources reçues{_TO} {len(self.fetched)} ({_megabytes(self.bytes)} écrits, "
            f"{_megabytes(self.received_bytes)} venus du réseau), "
            f"inchangées{_TO} {len(self.unchanged)}, gardées{_TO} {len(self.kept)}, "
            f"manquantes{_TO} {len(self.missing)}."
        )
        return "\n".join((counts, *self.lines()))

    def lines(self) -> tuple[str, ...]:
        """Return the warning, then one line a source that is missing or kept: why, what to do."""
        return (
            *((self.warning,) if self.warning else ()),
            *self.missing_lines().values(),
            *(_line("Gardée", fault, _staying(fault.source_id)) for fault in self.kept),
        )

    def missing_lines(self) -> dict[str, str]:
        """Return one line a source that is missing, by its id: why, and what to do now."""
        return {
            fault.source_id: _line("Manquante", fault, source(fault.source_id).remedy_after_fetch)
            for fault in self.missing
        }


def _staying(source_id: str) -> str:
    vintage = vintage_text(source(source_id).vintage)
    return (
        f"Les données déjà là (millésime{_TO} {vintage}) restent utilisées. Recommencez plus tard."
    )


def _line(state: str, fault: Fault, advice: str) -> str:
    return f"{state}{_TO} {fault.told()}. {advice}"


def _megabytes(size_bytes: int) -> str:
    return f"{decimal(size_bytes / 1e6, 1)}\u00a0Mo"
