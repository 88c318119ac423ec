"""What lies between people and places: travel times and distances."""

from __future__ import annotations

import pandera.pandas as pa

from coverage.model.tables.columns import POSITIVE, column


def _costs() -> pa.DataFrameSchema:
    return pa.DataFrameSchema(
        {
            "demand_id": pa.Column(),
            "site_id": pa.Column(),
            "cost_ds": column("int32", POSITIVE),
        },
        strict=True,
    )


CONTRACTS: dict[str, pa.DataFrameSchema] = {
    # Home -> place: by car, on foot, by bike.
    "costs": _costs(),
    "costs_walk": _costs(),
    "costs_bike": _costs(),
    # Commune around the territory (``demand_id`` is its code_insee) -> place, by car.
    "costs_outside": _costs(),
    # Home -> La Poste contact point, as far as the legal test looks: as the crow flies, and by the
    # shortest road (null = further by road than the test looks).
    "distances": pa.DataFrameSchema(
        {
            "demand_id": pa.Column(),
            "site_id": pa.Column(),
            "crow_m": column("float32", POSITIVE),
            "road_m": column("float32", POSITIVE, null=True),
        },
        strict=True,
    ),
    # La Poste counter -> partner, by car: the chain of orientation.
    "links": pa.DataFrameSchema(
        {
            "from_id": pa.Column(),
            "to_id": pa.Column(),
            "cost_ds": column("int32", POSITIVE),
        },
        strict=True,
    ),
}
