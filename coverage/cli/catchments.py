"""``maillage catchments``: nested areas within reach of some places, for the eye."""

from __future__ import annotations

import argparse

from coverage.base.crs import territory_code, territory_name
from coverage.base.errors import UserError
from coverage.base.progress import part
from coverage.base.workspace import Workspace
from coverage.cli.screen import progress_bar


def run(args: argparse.Namespace) -> None:
    """Write the catchments of the places of the kinds asked for (GeoJSON or GeoPackage)."""
    from coverage.model.params import StudyParams
    from coverage.reports.tables import write_catchments
    from coverage.study import catchment_kinds, draw_catchments, load_layers

    params = StudyParams(
        territory_code(args.territory),
        catchment_minutes=tuple(sorted(set(args.minutes))),
        catchment_kinds=tuple(args.kind),
    )
    with progress_bar() as progress:
        progress(0.1, "Lecture des couches")
        layers = load_layers(Workspace.locate(args.root), params.territory)
        areas = draw_catchments(
            layers,
            params.catchment_kinds,
            params.catchment_minutes,
            progress=part(progress, 0.2, 1.0),
        )
    kinds = catchment_kinds(params.catchment_kinds)
    if areas.empty:
        raise UserError(
            f"Aucun lieu de type {', '.join(kinds)} dans {layers.nom} : pas d'aire de desserte à "
            "tracer."
        )
    write_catchments(
        areas,
        args.out.resolve(),
        layers.marks,
        territory=territory_name(params.territory),
        kinds="|".join(kinds),
    )
    print(f"Aires de desserte écrites : {args.out}")
