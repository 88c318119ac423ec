"""The user's own counts: what was detected at the counter, by bureau, and what followed.

Raw counts leave this package as ``RawDetections`` only; notes and messages that others may read
never hold one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coverage.base.lazy import lazily

if TYPE_CHECKING:
    from coverage.sources.detections.activity import read_activity as read_activity
    from coverage.sources.detections.bureaux import bureaux_of as bureaux_of
    from coverage.sources.detections.checking import check_detections as check_detections
    from coverage.sources.detections.counts import read_detections as read_detections
    from coverage.sources.detections.raw import raw_detections as raw_detections

_MODULE_OF = {
    "bureaux_of": "bureaux",
    "check_detections": "checking",
    "raw_detections": "raw",
    "read_activity": "activity",
    "read_detections": "counts",
}
__all__ = sorted(_MODULE_OF)
__getattr__ = lazily(__name__, _MODULE_OF)
