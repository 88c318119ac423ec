"""The places, which entries are one place, and what was found while sources were read."""

from __future__ import annotations

import pandera.pandas as pa

from coverage.model.services import KINDS
from coverage.model.tables.columns import (
    GEOMETRY,
    IS_CODE,
    IS_TEXT,
    POSITIVE,
    SHARE,
    among,
    column,
    identifier,
    list_of,
)

#: What was done with two entries that may be one place: joined into one site, left for someone who
#: knows the place to say, or kept apart.
MATCH_DECISIONS = ("joined", "review", "apart")
NOTE_ACTIONS = ("repaired", "quarantined", "reported")

CONTRACTS: dict[str, pa.DataFrameSchema] = {
    "sites": pa.DataFrameSchema(
        {
            "site_id": identifier(),
            "nom": column(object, IS_TEXT),
            "kind": column(object, among(*KINDS)),
            "roles": list_of(*KINDS),
            # The id of the source that tells each role, in their order; ``source`` is that of the
            # entry that stands for the site.
            "told_by": list_of(),
            "network": column(object, IS_TEXT, null=True),
            "staff": list_of(),
            "tags": list_of(),
            "address": column(object, IS_TEXT, null=True),
            "code_insee": column(object, IS_CODE),
            "in_territory": column(bool),
            "persons_month": column(float, POSITIVE, null=True),
            "opening": column(object, IS_TEXT, null=True),
            "source": column(object, IS_TEXT),
            "vintage": column(object, IS_TEXT),
            "geometry": GEOMETRY,
        },
        strict=True,
    ),
    # Two entries that may be one place (``kept_id`` is the site that stands for both when joined).
    "matches": pa.DataFrameSchema(
        {
            "kept_id": column(object, IS_TEXT),
            "kept_nom": column(object, IS_TEXT),
            "other_id": column(object, IS_TEXT),
            "other_nom": column(object, IS_TEXT),
            "code_insee": column(object, IS_CODE),
            "distance_m": column(float, POSITIVE),
            "name_share": column(float, SHARE),
            "address_share": column(float, SHARE, null=True),
            "confidence": column(float, SHARE),
            "decision": column(object, among(*MATCH_DECISIONS)),
        },
        strict=True,
    ),
    "quality": pa.DataFrameSchema(
        {
            "source": column(object, IS_TEXT),
            "vintage": column(object, IS_TEXT),
            "item": column(object, IS_TEXT),
            "issue": column(object, IS_TEXT),
            "action": column(object, among(*NOTE_ACTIONS)),
            "detail": column(object, IS_TEXT),
            "rows": column("int64", POSITIVE),
        },
        strict=True,
    ),
}
