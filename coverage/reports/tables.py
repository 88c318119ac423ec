"""The files that other programs read: CSV tables, the plan, the catchments.

The same result gives the same bytes; ``reports.cells`` says how a table is written.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import shapely

from coverage.base.crs import WGS84
from coverage.base.errors import UserError
from coverage.base.files import write_atomic, write_json, write_text
from coverage.base.gdal import write_vector
from coverage.model.opening import Week
from coverage.model.zonings import FRR
from coverage.reports.cells import marks_text, write_table
from coverage.reports.detection_tables import write_detections
from coverage.reports.priorities import priority_communes, priority_quarters
from coverage.reports.quality import foundations_table, layers_table
from coverage.reports.words.opening import half_days_text
from coverage.reports.words.orientation import findings
from coverage.reports.words.sentences import epci_names, group_label

if TYPE_CHECKING:
    from coverage.model.plan import Plan
    from coverage.model.results import StudyResult

_COVERAGE = (
    *("group", "value", "mode", "target", "minutes", "persons", "covered", "covered_share"),
    *("need_covered_share", "covered_after", "covered_after_share"),
)
_PLACES = (
    *("site_id", "nom", "kind", "roles", "network", "address", "code_insee", "in_territory"),
    *("persons_month", "staff", "tags", "opening", "half_days", "hours_week", "lon", "lat"),
    *("source", "vintage"),
)
#: Pairs of places in the order in which they ask for someone's eye.
_DECISIONS = ("review", "joined", "apart")
#: What a decided pair is answered with, in the words that a planner answers with.
_ANSWERS = {"joined": "oui", "apart": "non"}
_DEGREE_DIGITS = 6
_DRIVERS = {".geojson": "GeoJSON", ".json": "GeoJSON", ".gpkg": "GPKG"}


def write_tables(result: StudyResult, folder: Path) -> None:
    """Write the tables of the need into a folder, one CSV each.

    ``communes, qpv, couverture, groupes``: who needs help and who has it. ``priorites``: the ten
    first communes and QPV, with their reasons. ``test_legal, test_legal_communes``: La Poste's
    presence. ``orientation``: from a counter to a partner. ``places, types, paires``: the places.
    ``qualite, qualite_details, fraicheur``: each layer, what was done with its rows, and what the
    figures rest on (``reports.quality``). ``detections_…, activite``: what may be told of the
    counters (``reports.detection_tables``).
    """
    write_communes(result, folder / "communes.csv")
    rung = result.need_rung
    first = [priority_communes(result), priority_quarters(result)]
    for name, table in (
        ("qpv", result.qpv.sort_values("zone_id").assign(need_rung=rung)),
        ("couverture", result.coverage.reindex(columns=_COVERAGE).assign(need_rung=rung)),
        ("groupes", _groups_table(result)),
        ("priorites", pd.concat([table for table in first if len(table)] or first[:1])),
        ("test_legal", result.legal),
        ("test_legal_communes", result.legal_communes),
        ("orientation", result.orientation.assign(constat=findings(result.orientation))),
        ("paires", _pairs_table(result)),
        ("places", _places_table(result)),
        ("types", result.places),
        ("qualite", layers_table(result)),
        ("qualite_details", result.quality),
        ("fraicheur", foundations_table(result)),
    ):
        write_table(table, folder / f"{name}.csv", result.marks)
    write_detections(result.detections, result.communes, folder, result.marks)


def write_communes(result: StudyResult, path: Path) -> None:
    """Write the communes with all their figures, in the order of their codes."""
    communes = pd.DataFrame(result.communes.drop(columns="geometry")).sort_values("code_insee")
    quarters = result.facts.get("qpv_2024") or {}
    communes["qpv_vintage"] = next(iter(result.zones["vintage"]), None)
    communes["qpv_2024"] = [quarters.get(code) for code in communes["code_insee"]]
    write_table(communes, path, result.marks)


def write_plan(result: StudyResult, folder: Path) -> None:
    """Write ``plan.json``, ``sites.csv`` (the plan's, in its order) and ``communes.csv``."""
    document = {**result.plan.as_dict(), "marks": list(result.marks)}
    write_json(folder / "plan.json", _finite(document))
    write_table(_sites_table(result.plan), folder / "sites.csv", result.marks)
    columns = ["code_insee", "nom", "population", "covered", "covered_after", "uncovered"]
    communes = result.communes[columns].sort_values("code_insee")
    write_table(communes, folder / "communes.csv", result.marks)


def write_catchments(
    catchments: gpd.GeoDataFrame, path: Path, marks: Sequence[str] = (), **properties: str
) -> None:
    """Write catchments as GeoJSON (RFC 7946) or GeoPackage, by the file's extension.

    They are for the eye: coverage is never counted on them. ``marks`` and ``properties``
    (territory, kinds, run_id) are told in each row. No catchment at all is an empty file.
    Raises ``UserError`` for another extension.
    """
    driver = _DRIVERS.get(path.suffix.lower())
    if driver is None:
        raise UserError(f"« {path.name} » : donnez un fichier .geojson ou .gpkg.")
    if catchments.empty:
        empty = {"minutes": pd.Series(dtype="int64")}
        catchments = gpd.GeoDataFrame(empty, geometry=[], crs=WGS84)
    table = catchments.sort_values("minutes", ascending=False).reset_index(drop=True)
    table = table[["minutes", "geometry"]].assign(**properties)
    if marks:
        table = table.assign(avertissement=marks_text(marks))
    if driver == "GeoJSON":
        write_text(path, _geojson_text(table))
        return
    write_atomic(path, lambda target: _write_gpkg(table, target))


def _write_gpkg(table: gpd.GeoDataFrame, target: Path) -> None:
    # GDAL chooses by the extension, and the temporary name has none.
    beside = target.with_name(f"{target.name}.gpkg")
    try:
        write_vector(table, beside, driver="GPKG", layer="catchments")
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def _groups_table(result: StudyResult) -> pd.DataFrame:
    """Return the groups with their French names and the rung that their need stands on."""
    groups, names = result.groups, epci_names(result)
    labels = [group_label(group, value, result.nom, names) for group, value in _named(groups)]
    table = groups.assign(need_rung=result.need_rung)
    table.insert(2, "label", pd.Series(labels, index=groups.index, dtype=object))
    zonings = [FRR.get(value) if group == "frr" else None for group, value in _named(groups)]
    for at, (name, day) in enumerate((("depuis", "since"), ("jusqua", "until")), start=3):
        days = [getattr(zoning, day) if zoning else None for zoning in zonings]
        table.insert(at, name, pd.Series(days, index=groups.index, dtype=object))
    return table


def _named(groups: pd.DataFrame) -> Iterator[tuple[str, str]]:
    return zip(groups["group"].astype(str), groups["value"].astype(str), strict=True)


def _pairs_table(result: StudyResult) -> pd.DataFrame:
    """Return the pairs of places, those to review first, the surest of them at the top.

    The first columns are those of the file in which someone says which pairs are one place, with
    the answer of the pairs that are decided: filled in, the table can be given back as it is.
    """
    matches = result.matches.rename(
        columns={"kept_id": "site_id", "kept_nom": "nom", "other_id": "autre_id"}
    ).rename(columns={"other_nom": "autre_nom"})
    order = matches["decision"].map(_DECISIONS.index)
    by = ["order", "confidence", "site_id", "autre_id"]
    ordered = matches.assign(order=order).sort_values(by, ascending=[True, False, True, True])
    said = pd.Series(ordered["decision"].map(_ANSWERS), index=ordered.index, dtype=object)
    ordered.insert(0, "meme_lieu", said)
    first = ["site_id", "autre_id", "meme_lieu"]
    return ordered[[*first, *ordered.columns.drop([*first, "order"])]]


def _places_table(result: StudyResult) -> pd.DataFrame:
    """Return every place with the id that ``place --lock`` takes, those beyond the border too."""
    sites = result.sites.sort_values("site_id")
    weeks = [None if pd.isna(text) else Week.parse(text) for text in sites["opening"]]
    added = {
        "lon": sites.geometry.x,
        "lat": sites.geometry.y,
        "half_days": [half_days_text(week) if week else None for week in weeks],
        "hours_week": [week.hours() if week else None for week in weeks],
    }
    return pd.DataFrame(sites.assign(**added)[list(_PLACES)])


def _sites_table(plan: Plan) -> pd.DataFrame:
    rows = [
        (
            number,
            site.site_id,
            site.nom,
            site.kind,
            round(site.lon, _DEGREE_DIGITS),
            round(site.lat, _DEGREE_DIGITS),
            site.newly_covered,
        )
        for number, site in enumerate(plan.sites, start=1)
    ]
    columns = ["ordre", "site_id", "nom", "kind", "lon", "lat", "newly_covered"]
    return pd.DataFrame(rows, columns=columns, dtype=object)


def _finite(value: Any) -> Any:
    """Return a JSON-ready value: an infinite number is not available, so it is null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(part) for key, part in value.items()}
    return [_finite(part) for part in value] if isinstance(value, (list, tuple)) else value


def _geojson_text(table: gpd.GeoDataFrame) -> str:
    rows = table.drop(columns="geometry").to_dict("records")
    features = [
        f'{{"type":"Feature","properties":{json.dumps(row, ensure_ascii=False)},'
        f'"geometry":{shapely.to_geojson(_oriented(shape))}}}'
        for row, shape in zip(rows, table.geometry, strict=True)
    ]
    body = ",\n".join(features)
    return f'{{"type":"FeatureCollection","features":[\n{body}\n]}}\n'


def _oriented(shape: Any) -> Any:
    """Return a shape on a 1e-6° grid, outer rings counter-clockwise (RFC 7946)."""
    return shapely.orient_polygons(shapely.set_precision(shape, 10**-_DEGREE_DIGITS))
