"""``maillage territories``: what is built, buildable, missing."""

from __future__ import annotations

import argparse

from coverage.base.workspace import Workspace

_STATES = {"ready": "prêt", "built": "construit"}
_OTHERS = (
    ("buildable", "Constructibles, leurs données sont là", "maillage run CODE"),
    (
        "missing",
        "À rapatrier, leurs données ne sont pas là",
        "maillage run CODE (--mirror DOSSIER si vous avez une copie des fichiers)",
    ),
)


def run(args: argparse.Namespace) -> None:
    """Print a line for each territory that is built; the others are listed by their codes."""
    from coverage.study import territory_states

    states = territory_states(Workspace.locate(args.root))
    for state in states:
        if state.state not in {"ready", "built"}:
            continue
        times = "vol d'oiseau" if state.estimate else "par la route"
        lacks = ", ".join(state.missing) or "rien"
        told = "n.d." if state.release is None else f"publication n° {state.release}"
        line = f"{state.code:5} {state.nom:28} {_STATES[state.state]:10} {times:13}"
        print(f"{line} détections : {told} ; manque : {lacks}")
    for name, text, advice in _OTHERS:
        codes = [state.code for state in states if state.state == name]
        if codes:
            print(f"{text} ({len(codes)}) : {' '.join(codes)}\n  {advice}")
