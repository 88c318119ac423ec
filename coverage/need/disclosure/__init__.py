"""Disclosure control: what of the detections may be told, so that no small count can be found.

The owner's counts go in, ``Published`` comes out. Counts are known by counter; the atom is the
counter's commune. ``blocks`` joins communes until each block holds eleven detections and eleven
tests without; ``releases`` says which blocks may move when newer counts come; ``cells`` and
``audit`` decide which official zones can be told besides; ``trend`` tells the months.
"""

from coverage.need.disclosure.protection import protect
from coverage.need.disclosure.published import Published

__all__ = ["Published", "protect"]
