"""The studies the app shows, kept in memory for as long as their run is the current one."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from coverage.base.crs import DEMO, territory_code, territory_name
from coverage.base.workspace import Workspace
from coverage.model.results import StudyResult
from coverage.reports.maps import territory_map
from coverage.reports.offline import render
from coverage.reports.plate import plate_svg
from coverage.reports.words.why import Reasons

if TYPE_CHECKING:
    from coverage.study import TerritoryState

Load = Callable[[Workspace, str], StudyResult]
States = Callable[[Workspace], "tuple[TerritoryState, ...]"]

#: Stands for the nonce in the maps kept in memory; nobody outside can know it.
_NONCE_MARK = secrets.token_hex(16)
#: Studies kept at once; a département with its map takes some 20 MB.
_KEPT = 8


@dataclass
class _Kept:
    """A study in memory, the stamp of the pointer it was read under, and what is made from it."""

    stamp: tuple[str, int]
    result: StudyResult
    page: str | None = None
    picture: str | None = None
    reasons: Reasons | None = None


@dataclass
class Studies:
    """Gives the current study of a territory; a new run is seen at the next request.

    Threads share it without a lock: each step on ``_kept`` is one operation on a dictionary, and
    two threads that read the same study at once only do the work twice.
    """

    workspace: Workspace
    load: Load
    states: States
    _kept: dict[str, _Kept] = field(default_factory=dict)

    def current(self, territory: str) -> StudyResult:
        """Return the current study; raises ``MissingLayerError`` where there is none."""
        return self._current(territory).result

    def map_page(self, territory: str, *, assets: str, nonce: str) -> str:
        """Return the map of the current study as a page whose scripts carry ``nonce``.

        ``assets`` is the address under which the map's engine is served.
        """
        kept = self._current(territory)
        if kept.page is None:
            drawn = territory_map(kept.result)
            kept.page = render(drawn, assets=assets, nonce=_NONCE_MARK, panel=False)
        return kept.page.replace(_NONCE_MARK, nonce)

    def picture(self, territory: str) -> str:
        """Return the still map of the current study, as SVG."""
        kept = self._current(territory)
        if kept.picture is None:
            kept.picture = plate_svg(kept.result)
        return kept.picture

    def why(self, territory: str, code: str) -> tuple[str, str, str] | None:
        """Return why a commune or QPV has its place in the ranking; None for an unknown code."""
        kept = self._current(territory)
        if kept.reasons is None:
            kept.reasons = Reasons.of(kept.result)
        try:
            return kept.reasons.why(code)
        except KeyError:
            return None

    def chosen(self, states: tuple[TerritoryState, ...]) -> str | None:
        """Return the ready territory whose run is newest; the fictitious one only if alone."""
        ready = [territory_code(state.code) for state in states if state.state == "ready"]
        real = [code for code in ready if code != DEMO]
        return max(real or ready, key=lambda code: self._stamp(code)[1], default=None)

    def _stamp(self, territory: str) -> tuple[str, int]:
        pointer = self.workspace.runs / f"{territory_name(territory)}.current"
        try:
            return pointer.read_text("utf-8").strip(), pointer.stat().st_mtime_ns
        except FileNotFoundError:
            return "", 0

    def _current(self, territory: str) -> _Kept:
        stamp = self._stamp(territory)
        kept = self._kept.get(territory)
        if kept is None or kept.stamp != stamp:
            kept = _Kept(stamp, self.load(self.workspace, territory))
            self._kept[territory] = kept
            for old in list(self._kept)[:-_KEPT]:
                self._kept.pop(old, None)
        return kept
