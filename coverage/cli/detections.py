"""``maillage detections``: what may be told of the detections; to their owner, what was counted."""

from __future__ import annotations

import argparse
import getpass

from coverage.base.crs import territory_code
from coverage.base.workspace import Workspace


def run(args: argparse.Namespace) -> None:
    """Write the protected tables, or with ``--owner`` the raw counts; answer for an area."""
    workspace, territory = Workspace.locate(args.root), territory_code(args.territory)
    (_export if args.owner else _tell)(args, workspace, territory)


def _tell(args: argparse.Namespace, workspace: Workspace, territory: str) -> None:
    from coverage.model.detections import with_counts
    from coverage.reports.detection_tables import write_detections
    from coverage.sources.given.layers.area import read_area
    from coverage.study import load_layers
    from coverage.study.summary import area_text

    area, repairs = read_area(args.within) if args.within else (None, ())
    for repair in repairs:
        print(f"{args.within.name}\u00a0: {repair.told()}")
    layers = load_layers(workspace, territory)
    write_detections(layers.detections, layers.communes, args.out.resolve(), layers.marks)
    if (told := with_counts(layers.detections)) is None:
        print(
            "Détections\u00a0: non disponible. Chargez-les\u00a0: "
            f"maillage build {args.territory} --detections FICHIER"
        )
    elif area is not None:
        print(area_text(told, area))
    print(f"Tables écrites dans {args.out}")


def _export(args: argparse.Namespace, workspace: Workspace, territory: str) -> None:
    from coverage.study.owner import note_access, owner_tables, write_owner_export

    tables = owner_tables(workspace, territory)
    note_access(workspace, territory, who=getpass.getuser(), what="export")
    for path in write_owner_export(tables, territory, args.out.resolve()):
        print(f"Écrit\u00a0: {path}")
    print(
        "Données brutes\u00a0: réservées au propriétaire, ne pas diffuser. Elles contiennent de "
        "petits effectifs\u00a0; cet export est inscrit dans runs/acces.jsonl."
    )
