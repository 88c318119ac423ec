"""``maillage territories``: what is built, buildable, missing."""

from __future__ import annotations

import argparse

from coverage.base.workspace import Workspace

_STATES = {
    "ready": "prêt",
    "built": "construit",
    "buildable": "constructible",
    "missing": "à rapatrier",
}


def run(args: argparse.Namespace) -> None:
    """Print one line a territory; territories with nothing at all are counted."""
    from coverage.study import territory_states

    states = territory_states(Workspace.locate(args.root))
    absent = [state for state in states if state.state == "missing"]
    for state in states:
        if state.state == "missing":
            continue
        times = {True: "vol d'oiseau", False: "par la route", None: "—"}[state.estimate]
        lacks = ", ".join(state.missing) or "rien"
        print(
            f"{state.code:5} {state.nom:28} {_STATES[state.state]:14} {times:13} manque : {lacks}"
        )
    print(
        f"{len(absent)} autres territoires à rapatrier : maillage run CODE "
        "(--mirror DOSSIER sans internet)."
    )
