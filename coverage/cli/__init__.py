"""The planner's door: the command ``maillage``.

Only what parsing needs is imported here; each command imports its own modules when it runs, so
that ``maillage --help`` answers at once.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence

from coverage.base.errors import UserError
from coverage.cli.parser import build_parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command. Returns 0 when done, 2 when the user's input is wrong, 1 when we are."""
    parser = build_parser()
    args = parser.parse_args(argv)
    from importlib import import_module

    command = import_module(f"coverage.cli.{args.module}")
    try:
        return int(command.run(args) or 0)
    except UserError as error:
        print(f"maillage : {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nmaillage : arrêté à votre demande. Rien n'est perdu.", file=sys.stderr)
        return 2
    except BrokenPipeError:
        return 0
    except Exception:
        traceback.print_exc()
        print(
            "maillage : une erreur de notre côté, pas du vôtre. Ce qui existait n'est pas perdu. "
            "Le texte ci-dessus dit où ; joignez-le à votre signalement.",
            file=sys.stderr,
        )
        return 1
