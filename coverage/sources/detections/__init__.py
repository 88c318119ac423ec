"""The user's own counts: what was detected at the counter, by bureau, and what followed.

Raw counts leave this package as ``RawDetections`` only; notes and messages that others may read
never hold one.
"""

from coverage.sources.detections.activity import read_activity
from coverage.sources.detections.bureaux import bureaux_of
from coverage.sources.detections.counts import read_detections
from coverage.sources.detections.raw import raw_detections

__all__ = ["bureaux_of", "raw_detections", "read_activity", "read_detections"]
