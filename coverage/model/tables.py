"""The contracts of the tables that cross a border. What is wrong is refused at the gate.

Stored tables are in EPSG:4326; null means not available and 0 means zero; codes are text.
"""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaError, SchemaErrors

from coverage.base.crs import WGS84
from coverage.base.errors import TableError
from coverage.model.services import KINDS

#: INSEE commune code: five characters, `01004`, `2A004`, `97411`; `00…` is the fictitious one.
CODE_INSEE = re.compile(r"(?:\d{2}|2[AB])\d{3}")
FRR_STATES = ("socle", "plus", "beneficiaire", "partiel", "beneficiaire_partiel", "non_classee")
ZRR_STATES = ("classee", "partielle", "non_classee")
DEMAND_METHODS = ("grid", "roads", "all_roads", "centroid", "qpv")
NOTE_ACTIONS = ("repaired", "quarantined", "reported")
#: What was done with two entries that may be one place: joined into one site, left for someone who
#: knows the place to say, or kept apart.
MATCH_DECISIONS = ("joined", "review", "apart")
#: Parts of the Indice de fragilité numérique, each scored 0-10.
IFN_PARTS = ("ifn_thd", "ifn_4g", "ifn_poverty", "ifn_aged", "ifn_diploma")
#: Age bands of the first rung of need: persons aged 15-44, 45-59, 60-74, 75 or more.
AGE_BANDS = ("aged_15_44", "aged_45_59", "aged_60_74", "aged_75")


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _words(value: Any) -> bool:
    return not isinstance(value, str) and all(isinstance(word, str) for word in value)


_IS_TEXT = pa.Check(_text, element_wise=True, error="doit être un texte")
_IS_CODE = pa.Check(
    lambda v: isinstance(v, str) and CODE_INSEE.fullmatch(v) is not None,
    element_wise=True,
    error="doit être un code INSEE de cinq caractères, en texte (01004, 2A004, 97411)",
)
_NOT_EMPTY = pa.Check(lambda v: bool(v), element_wise=True, error="ne doit pas être vide")
_POSITIVE = pa.Check.ge(0, error="doit être positif ou nul")
_SHARE = pa.Check.in_range(0, 1, error="doit être compris entre 0 et 1")
_SHAPE = pa.Check(
    lambda g: g is not None and not g.is_empty, element_wise=True, error="géométrie absente"
)


def _among(*values: str) -> pa.Check:
    return pa.Check.isin(values, error=f"doit être l'un de {', '.join(values)}")


def _column(dtype: Any, *checks: pa.Check, null: bool = False, unique: bool = False) -> pa.Column:
    return pa.Column(dtype, checks=list(checks), nullable=null, unique=unique)


def _identifier() -> pa.Column:
    return _column(object, _IS_TEXT, _NOT_EMPTY, unique=True)


def _list_of(*values: str) -> pa.Column:
    checks = [pa.Check(_words, element_wise=True, error="doit être une liste de textes")]
    if values:
        checks.append(
            pa.Check(
                lambda v: set(v) <= set(values),
                element_wise=True,
                error=f"doit ne contenir que {', '.join(values)}",
            )
        )
    return pa.Column(object, checks=checks)


_GEOMETRY = pa.Column("geometry", checks=[_SHAPE])
_SCORE = pa.Check.in_range(0, 10, error="doit être compris entre 0 et 10")


_DENSITY_LEVEL = _column(
    "Int64", pa.Check.in_range(1, 7, error="doit être compris entre 1 et 7"), null=True
)


def _costs() -> pa.DataFrameSchema:
    return pa.DataFrameSchema(
        {
            "demand_id": pa.Column(),
            "site_id": pa.Column(),
            "cost_ds": _column("int32", _POSITIVE),
        },
        strict=True,
    )


CONTRACTS: dict[str, pa.DataFrameSchema] = {
    "communes": pa.DataFrameSchema(
        {
            "code_insee": _column(object, _IS_CODE, unique=True),
            "nom": _column(object, _IS_TEXT, _NOT_EMPTY),
            "population": _column("Int64", _POSITIVE, null=True),
            "households": _column("Int64", _POSITIVE, null=True),
            "density_level": _DENSITY_LEVEL,
            "frr": _column(object, _among(*FRR_STATES), null=True),
            "zrr": _column(object, _among(*ZRR_STATES), null=True),
            "ifn": _column(float, _SCORE, null=True),
            "geometry": _GEOMETRY,
        },
        strict=True,
    ),
    "zones": pa.DataFrameSchema(
        {
            "zone_id": _identifier(),
            "kind": _column(object, _IS_TEXT),
            "nom": _column(object, _IS_TEXT),
            "vintage": _column(object, _IS_TEXT),
            "geometry": _GEOMETRY,
        },
        strict=True,
    ),
    "demand": pa.DataFrameSchema(
        {
            "demand_id": _identifier(),
            "code_insee": _column(object, _IS_CODE),
            "persons": _column(float, _POSITIVE),
            "need": _column(float, _POSITIVE),
            "method": _column(object, _among(*DEMAND_METHODS)),
            "qpv_share": _column(float, _SHARE),
            "frr": _column(object, _among(*FRR_STATES), null=True),
            "geometry": _GEOMETRY,
        },
        strict=True,
    ),
    "sites": pa.DataFrameSchema(
        {
            "site_id": _identifier(),
            "nom": _column(object, _IS_TEXT),
            "kind": _column(object, _among(*KINDS)),
            "roles": _list_of(*KINDS),
            "network": _column(object, _IS_TEXT, null=True),
            "staff": _list_of(),
            "tags": _list_of(),
            "address": _column(object, _IS_TEXT, null=True),
            "code_insee": _column(object, _IS_CODE),
            "in_territory": _column(bool),
            "persons_month": _column(float, _POSITIVE, null=True),
            "opening": _column(object, _IS_TEXT, null=True),
            "source": _column(object, _IS_TEXT),
            "vintage": _column(object, _IS_TEXT),
            "geometry": _GEOMETRY,
        },
        strict=True,
    ),
    "detections": pa.DataFrameSchema(
        {
            "id_bureau": _column(object, _IS_TEXT, _NOT_EMPTY),
            "debut": _column("datetime64[ns]"),
            "fin": _column("datetime64[ns]"),
            "jours_presence": _column("Int64", _POSITIVE),
            "tests": _column("Int64", _POSITIVE, null=True),
            "detections": _column("Int64", _POSITIVE),
            "orientations": _column("Int64", _POSITIVE, null=True),
        },
        strict=True,
        unique=["id_bureau", "debut"],
    ),
    # Home -> place: by car, on foot, by bike.
    "costs": _costs(),
    "costs_walk": _costs(),
    "costs_bike": _costs(),
    # Communes around the territory whose people reach some of the sites: one point a commune.
    "outside": pa.DataFrameSchema(
        {
            "code_insee": _column(object, _IS_CODE, unique=True),
            "persons": _column(float, _POSITIVE),
            "density_level": _DENSITY_LEVEL,
            "geometry": _GEOMETRY,
        },
        strict=True,
    ),
    # Commune around the territory (``demand_id`` is its code_insee) -> place, by car.
    "costs_outside": _costs(),
    # Home -> La Poste contact point, as far as the legal test looks: as the crow flies, and by the
    # shortest road (null = further by road than the test looks).
    "distances": pa.DataFrameSchema(
        {
            "demand_id": pa.Column(),
            "site_id": pa.Column(),
            "crow_m": _column("float32", _POSITIVE),
            "road_m": _column("float32", _POSITIVE, null=True),
        },
        strict=True,
    ),
    # La Poste counter -> partner, by car: the chain of orientation.
    "links": pa.DataFrameSchema(
        {
            "from_id": pa.Column(),
            "to_id": pa.Column(),
            "cost_ds": _column("int32", _POSITIVE),
        },
        strict=True,
    ),
    # What more is known of a commune, for the need and the groups; null = not available.
    "profiles": pa.DataFrameSchema(
        {
            "code_insee": _column(object, _IS_CODE, unique=True),
            "epci": _column(object, _IS_TEXT, null=True),
            "epci_nom": _column(object, _IS_TEXT, null=True),
            **{part: _column(float, _SCORE, null=True) for part in IFN_PARTS},
            **{band: _column(float, _POSITIVE, null=True) for band in AGE_BANDS},
        },
        strict=True,
    ),
    # Two entries that may be one place (``kept_id`` is the site that stands for both when joined).
    "matches": pa.DataFrameSchema(
        {
            "kept_id": _column(object, _IS_TEXT),
            "kept_nom": _column(object, _IS_TEXT),
            "other_id": _column(object, _IS_TEXT),
            "other_nom": _column(object, _IS_TEXT),
            "code_insee": _column(object, _IS_CODE),
            "distance_m": _column(float, _POSITIVE),
            "name_share": _column(float, _SHARE),
            "address_share": _column(float, _SHARE, null=True),
            "confidence": _column(float, _SHARE),
            "decision": _column(object, _among(*MATCH_DECISIONS)),
        },
        strict=True,
    ),
    "quality": pa.DataFrameSchema(
        {
            "source": _column(object, _IS_TEXT),
            "vintage": _column(object, _IS_TEXT),
            "item": _column(object, _IS_TEXT),
            "issue": _column(object, _IS_TEXT),
            "action": _column(object, _among(*NOTE_ACTIONS)),
            "detail": _column(object, _IS_TEXT),
        },
        strict=True,
    ),
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
