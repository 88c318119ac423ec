"""The territory and its people: communes, zones, demand points, what is around."""

from __future__ import annotations

import pandera.pandas as pa

from coverage.model.tables.columns import (
    DENSITY_LEVEL,
    GEOMETRY,
    IS_CODE,
    IS_TEXT,
    NOT_EMPTY,
    POSITIVE,
    SCORE,
    SHARE,
    among,
    column,
    identifier,
)

FRR_STATES = ("socle", "plus", "beneficiaire", "partiel", "beneficiaire_partiel", "non_classee")
ZRR_STATES = ("classee", "partielle", "non_classee")
DEMAND_METHODS = ("grid", "roads", "all_roads", "centroid", "qpv")
#: Parts of the Indice de fragilité numérique, each scored 0-10.
IFN_PARTS = ("ifn_thd", "ifn_4g", "ifn_poverty", "ifn_aged", "ifn_diploma")
#: Age bands of the first rung of need: persons aged 15-44, 45-59, 60-74, 75 or more.
AGE_BANDS = ("aged_15_44", "aged_45_59", "aged_60_74", "aged_75")

CONTRACTS: dict[str, pa.DataFrameSchema] = {
    "communes": pa.DataFrameSchema(
        {
            "code_insee": column(object, IS_CODE, unique=True),
            "nom": column(object, IS_TEXT, NOT_EMPTY),
            "population": column("Int64", POSITIVE, null=True),
            "households": column("Int64", POSITIVE, null=True),
            "density_level": DENSITY_LEVEL,
            "frr": column(object, among(*FRR_STATES), null=True),
            "zrr": column(object, among(*ZRR_STATES), null=True),
            "ifn": column(float, SCORE, null=True),
            "geometry": GEOMETRY,
        },
        strict=True,
    ),
    # What more is known of a commune, for the need and the groups; null = not available.
    "profiles": pa.DataFrameSchema(
        {
            "code_insee": column(object, IS_CODE, unique=True),
            "epci": column(object, IS_TEXT, null=True),
            "epci_nom": column(object, IS_TEXT, null=True),
            **{part: column(float, SCORE, null=True) for part in IFN_PARTS},
            **{band: column(float, POSITIVE, null=True) for band in AGE_BANDS},
        },
        strict=True,
    ),
    "zones": pa.DataFrameSchema(
        {
            "zone_id": identifier(),
            "kind": column(object, IS_TEXT),
            "nom": column(object, IS_TEXT),
            "vintage": column(object, IS_TEXT),
            "geometry": GEOMETRY,
        },
        strict=True,
    ),
    "demand": pa.DataFrameSchema(
        {
            "demand_id": identifier(),
            "code_insee": column(object, IS_CODE),
            "persons": column(float, POSITIVE),
            "need": column(float, POSITIVE),
            "method": column(object, among(*DEMAND_METHODS)),
            # Null where nothing tells which of the commune's people live in a QPV.
            "qpv_share": column(float, SHARE, null=True),
            "frr": column(object, among(*FRR_STATES), null=True),
            "geometry": GEOMETRY,
        },
        strict=True,
    ),
    # Communes around the territory whose people reach some of the sites: one point a commune.
    "outside": pa.DataFrameSchema(
        {
            "code_insee": column(object, IS_CODE, unique=True),
            "persons": column(float, POSITIVE),
            "density_level": DENSITY_LEVEL,
            "geometry": GEOMETRY,
        },
        strict=True,
    ),
}
