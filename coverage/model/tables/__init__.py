"""The contracts of the tables that cross a border. What is wrong is refused at the gate.

Stored tables are in EPSG:4326; null means not available and 0 means zero; codes are text.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaError, SchemaErrors

from coverage.base.crs import WGS84
from coverage.base.errors import TableError
from coverage.model.tables import detections, ground, sites, times
from coverage.model.tables.columns import CODE_INSEE
from coverage.model.tables.detections import ACTIVITY_COUNTS, FUNNEL
from coverage.model.tables.ground import (
    AGE_BANDS,
    DEMAND_METHODS,
    FRR_STATES,
    IFN_PARTS,
    ZRR_STATES,
)
from coverage.model.tables.sites import MATCH_DECISIONS, NOTE_ACTIONS

CONTRACTS: dict[str, pa.DataFrameSchema] = {
    **ground.CONTRACTS,
    **sites.CONTRACTS,
    **times.CONTRACTS,
    **detections.CONTRACTS,
}


def _first_failure(table: str, frame: pd.DataFrame, error: SchemaErrors) -> TableError:
    case = error.failure_cases.iloc[0]
    check = str(case["check"])
    column = case["column"] if isinstance(case["column"], str) else str(case["failure_case"])
    reason = {
        "column_in_dataframe": "cette colonne manque",
        "column_in_schema": "cette colonne n'est pas prévue",
        "not_nullable": "une valeur manque",
        "field_uniqueness": "valeur en double",
        "multiple_fields_uniqueness": "ligne en double",
    }.get(check, check)
    if check.startswith("dtype"):
        reason = f"type attendu {check[7:-2]}, reçu {case['failure_case']}"
    elif check not in {"column_in_dataframe", "column_in_schema"}:
        reason = f"{reason} (valeur : {case['failure_case']})"
    place = case["index"]
    return TableError(table, column, "—" if pd.isna(place) else str(place), reason)


def check(table: str, frame: Any) -> Any:
    """Return ``frame`` when it keeps the contract of ``table``.

    Raises ``TableError`` naming the first wrong column, its row (index label) and the reason.
    """
    contract = CONTRACTS[table]
    if "geometry" in contract.columns:
        crs = getattr(frame, "crs", None)
        if crs is None or crs != WGS84:
            raise TableError(table, "geometry", "—", f"projection {WGS84} attendue, reçu {crs}")
    try:
        contract.validate(frame, lazy=True)
    except SchemaErrors as error:
        raise _first_failure(table, frame, error) from None
    except SchemaError as error:  # pragma: no cover - lazy validation collects them
        raise TableError(table, str(error.schema.name), "—", str(error)) from None
    return frame


def empty(table: str) -> pd.DataFrame:
    """Return a table without rows that keeps the contract of ``table`` (no table with shapes)."""
    types = {name: column.dtype for name, column in CONTRACTS[table].columns.items()}
    return pd.DataFrame(
        {name: pd.Series(dtype=str(dtype or "object")) for name, dtype in types.items()}
    )


__all__ = [
    "ACTIVITY_COUNTS",
    "AGE_BANDS",
    "CODE_INSEE",
    "CONTRACTS",
    "DEMAND_METHODS",
    "FRR_STATES",
    "FUNNEL",
    "IFN_PARTS",
    "MATCH_DECISIONS",
    "NOTE_ACTIONS",
    "ZRR_STATES",
    "check",
    "empty",
]
