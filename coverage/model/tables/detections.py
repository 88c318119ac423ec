"""What is counted at the counter: by bureau for its owner, by block for everybody."""

from __future__ import annotations

import pandera.pandas as pa

from coverage.model.detections import (
    BLOCK,
    HIDDEN,
    NEVER_SOUNDED,
    NO_BUREAU,
    SOUNDED,
    THRESHOLD,
    ZONINGS,
)
from coverage.model.tables.columns import (
    GEOMETRY,
    IS_CODE,
    IS_TEXT,
    NOT_EMPTY,
    POSITIVE,
    SHARE,
    among,
    column,
    identifier,
    list_of,
)
from coverage.model.words import NOT_AVAILABLE

#: What follows a detection, as its file tells it; and the steps that are told of a territory.
ACTIVITY_COUNTS = ("detections", "accompagnements", "ateliers", "stagiaires")
FUNNEL = ("detections", "orientations", "accompagnements", "ateliers", "stagiaires")

_ENOUGH = pa.Check.ge(THRESHOLD, error="est sous le seuil du secret")
_MARK = column(object, among("", HIDDEN, NOT_AVAILABLE))
_PERIOD = {"since": column("datetime64[ns]"), "until": column("datetime64[ns]")}
#: Protected figures of a block or zone. ``since``, ``until`` and ``release`` say of when they are.
_PROTECTED = {
    "release": column("int64", pa.Check.ge(1)),
    "since": column("datetime64[ns]", null=True),
    "until": column("datetime64[ns]", null=True),
    "days": column("int64", POSITIVE),
    **{
        name: kept
        for count in ("detections", "tests", "orientations")
        for name, kept in (
            (count, column("Int64", _ENOUGH, null=True)),
            (f"{count}_mark", _MARK),
        )
    },
    "rate": column(float, POSITIVE, null=True),
    "rate_low": column(float, POSITIVE, null=True),
    "rate_high": column(float, POSITIVE, null=True),
    "oriented_share": column(float, SHARE, null=True),
}

CONTRACTS: dict[str, pa.DataFrameSchema] = {
    "detections": pa.DataFrameSchema(
        {
            "id_bureau": column(object, IS_TEXT, NOT_EMPTY),
            "debut": column("datetime64[ns]"),
            "fin": column("datetime64[ns]"),
            "jours_presence": column("Int64", POSITIVE),
            "tests": column("Int64", POSITIVE, null=True),
            "detections": column("Int64", POSITIVE),
            "orientations": column("Int64", POSITIVE, null=True),
        },
        strict=True,
        unique=["id_bureau", "debut"],
    ),
    # What followed, in the whole territory or at one of its places (``lieu``): person-counts but
    # for ``ateliers`` (sessions). ``detections`` where no bureau tells its own.
    "activity": pa.DataFrameSchema(
        {
            "lieu": column(object, IS_TEXT),
            "debut": column("datetime64[ns]"),
            "fin": column("datetime64[ns]"),
            **{name: column("Int64", POSITIVE, null=True) for name in ACTIVITY_COUNTS},
        },
        strict=True,
        unique=["lieu", "debut"],
    ),
    # The owner's: how the counts of each commune stood at each release (``release`` from 1). A
    # block that was held stands as before. ``others`` are the tests without detection.
    "detections_released": pa.DataFrameSchema(
        {
            "release": column("int64", pa.Check.ge(1)),
            "code_insee": column(object, IS_CODE),
            "days": column("int64", POSITIVE),
            "detections": column("int64", POSITIVE),
            "others": column("Int64", POSITIVE, null=True),
            "orientations": column("Int64", POSITIVE, null=True),
            **_PERIOD,
        },
        strict=True,
        unique=["release", "code_insee"],
    ),
    # What everybody may see. Marks: "" (told), "s" (hidden), "n.d." (not known).
    "detection_blocks": pa.DataFrameSchema(
        {
            "block_id": identifier(),
            "nom": column(object, IS_TEXT),
            "communes": column("int64", POSITIVE),
            "sounded": column("int64", POSITIVE),
            **_PROTECTED,
            "geometry": GEOMETRY,
        },
        strict=True,
    ),
    # ``served``: the counter that is nearest by contiguous communes was sounded.
    "detection_communes": pa.DataFrameSchema(
        {
            "code_insee": column(object, IS_CODE, unique=True),
            "block_id": column(object, IS_TEXT, null=True),
            "sounding": column(object, among(SOUNDED, NEVER_SOUNDED, NO_BUREAU)),
            "served": column(bool),
        },
        strict=True,
    ),
    # What was told at each release of blocks and official zones, one row wherever a figure moved;
    # ``codes`` are the communes that made it.
    "detection_zones": pa.DataFrameSchema(
        {
            "zoning": column(object, among(BLOCK, *ZONINGS)),
            "zone_id": column(object, IS_TEXT),
            "nom": column(object, IS_TEXT),
            "codes": list_of(),
            "sounded": column("int64", POSITIVE),
            **_PROTECTED,
        },
        strict=True,
        unique=["release", "zoning", "zone_id"],
    ),
    # Periods of the territory: ``blocks`` of them tell the whole period.
    "detection_trend": pa.DataFrameSchema(
        {
            "release": column("int64", pa.Check.ge(1)),
            **_PERIOD,
            "days": column("int64", POSITIVE),
            "detections": column("int64", _ENOUGH),
            "tests": column("Int64", _ENOUGH, null=True),
            "rate": column(float, POSITIVE, null=True),
            "rate_low": column(float, POSITIVE, null=True),
            "rate_high": column(float, POSITIVE, null=True),
            "blocks": column("int64", POSITIVE),
        },
        strict=True,
        unique=["since"],
    ),
    "detection_funnel": pa.DataFrameSchema(
        {
            "release": column("int64", pa.Check.ge(1)),
            "step": column(object, among(*FUNNEL)),
            "count": column("Int64", POSITIVE, null=True),
            "mark": _MARK,
            "since": column("datetime64[ns]", null=True),
            "until": column("datetime64[ns]", null=True),
        },
        strict=True,
        unique=["release", "step"],
    ),
}
