"""``maillage serve``: the app, on this machine."""

from __future__ import annotations

import argparse

from coverage.base.workspace import Workspace


def run(args: argparse.Namespace) -> None:
    """Serve until Ctrl-C."""
    from coverage.web.serve import serve

    serve(Workspace.locate(args.root), args.host, args.port)
