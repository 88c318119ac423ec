"""``maillage check``: what an import would answer to a file, storing nothing."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from coverage.model.answers import Answer
from coverage.study.checking import check_file

#: Blanks that a French sentence is written with.
_BLANKS = "\u00a0\u202f"


def run(args: argparse.Namespace) -> int:
    """Tell the answer; returns 0 where the import would take the file, 2 where it would not."""
    answer = check_file(Path(args.file), args.kind)
    print(json.dumps(answer.document()) if args.json else _harmless(_told(answer)))
    return 0 if answer.accepted else 2


def _told(answer: Answer) -> str:
    """Return the answer as a sentence, then one line a repair."""
    lines = [f"{answer.answer} — {answer.message}"]
    return "\n".join(lines + [f"  {repair.told()}" for repair in answer.repairs])


def _harmless(text: str) -> str:
    """Return a text without what could steer the screen: the name of a file may hold anything."""
    return "".join(
        one if one.isprintable() or one in f"{_BLANKS}\n" else "\N{REPLACEMENT CHARACTER}"
        for one in text
    )
