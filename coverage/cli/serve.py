"""``maillage serve``: the app, on this machine."""

from __future__ import annotations

import argparse

from coverage.base.workspace import Workspace


def run(args: argparse.Namespace) -> None:
    """Serve until Ctrl-C; with ``--check``, only look whether the address is free."""
    from coverage.web.serve import check_address, serve

    if args.check:
        check_address(args.host, args.port)
        return
    serve(Workspace.locate(args.root), args.host, args.port)
