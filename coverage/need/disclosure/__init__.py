"""Disclosure control: what of the detections may be told, so that no small count can be found.

The owner's counts go in, ``Published`` comes out. Counts are known by counter; the atom is the
counter's commune. ``blocks`` joins communes until each block holds eleven detections and eleven
tests without; ``releases`` says which blocks may move when newer counts come; ``cells`` and
``audit`` decide which official zones can be told besides; ``trend`` tells the months.
"""

from typing import TYPE_CHECKING

from coverage.base.lazy import lazily

if TYPE_CHECKING:
    from coverage.need.disclosure.protection import protect as protect
    from coverage.need.disclosure.published import Published as Published

# Reading what was published must not load what publishes it: solvers, graphs.
__getattr__ = lazily(__name__, {"protect": "protection", "Published": "published"})
