"""``maillage template``: a file to fill in."""

from __future__ import annotations

import argparse

from coverage.base.errors import UserError
from coverage.base.files import write_text


def run(args: argparse.Namespace) -> None:
    """Write the template asked for; an existing file is never overwritten."""
    from coverage.sources.places import detections_template, places_template

    if args.out.exists():
        raise UserError(f"« {args.out} » existe déjà. Donnez un autre nom à -o.")
    text = places_template() if args.what == "places" else detections_template()
    write_text(args.out.resolve(), text)
    print(f"Modèle écrit : {args.out}")
