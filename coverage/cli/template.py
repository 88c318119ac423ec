"""``maillage template``: a file to fill in."""

from __future__ import annotations

import argparse


def run(args: argparse.Namespace) -> None:
    """Write the template asked for, its schema beside it; no existing file is overwritten."""
    from coverage.sources.templates import write_template

    path, *schema = write_template(args.what, args.out)
    print(f"Modèle écrit\u00a0: {path}")
    for beside in schema:
        print(f"Schéma de ses colonnes (Table Schema)\u00a0: {beside}")
