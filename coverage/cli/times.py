"""``maillage times``: travel times on a planner's own roads, between her own points."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from coverage.base.errors import UserError
from coverage.base.files import no_room_is_told, temporary_beside
from coverage.base.progress import part
from coverage.cli.screen import progress_bar
from coverage.model.words import whole

if TYPE_CHECKING:
    from coverage.study.own_times import OwnTimes

_MOST_MINUTES = 600
_MOST_CAP_M = 100_000
_TRAVELLING = {"drive": "en voiture", "walk": "à pied", "bike": "à vélo"}
#: Why somebody is out of reach, in the words of the list.
_REASONS = {
    "off_road": "loin de toute route",
    "no_site": "aucun lieu dans la limite de temps",
    "no_home": "aucun point de départ dans la limite de temps",
}


def run(args: argparse.Namespace) -> None:
    """Write the times from each home to each place (CSV), and beside it who has none."""
    out = args.out.resolve()
    _check(args, out)
    from coverage.model.notes import Notes
    from coverage.reports.costs import reach_path, write_costs
    from coverage.sources.own_points import read_points
    from coverage.study.own_times import FROM, TO, OwnPoints, own_times
    from coverage.study.summary import quality_text

    notes = Notes()
    with progress_bar() as progress:
        progress(0.0, "Lecture des points")
        homes = read_points(args.homes, "--from", notes)
        places = read_points(args.places, "--to", notes)
        found = own_times(
            args.roads,
            OwnPoints(homes, args.homes.name, FROM, args.cap_from),
            OwnPoints(places, args.places.name, TO, args.cap_to),
            60 * args.minutes,
            mode=args.mode,
            progress=part(progress, 0.05, 0.9),
        )
        progress(0.9, "Écriture des temps")
        reasons = found.out_of_reach["reason"].map(_REASONS)
        write_costs(found.costs, found.out_of_reach.assign(reason=reasons), out)
        progress(1.0, "Temps écrits")
    print(
        f"{_counted(len(found.costs), 'trajet')} {_TRAVELLING[args.mode]} de {args.minutes} min "
        f"au plus, de {_counted(len(homes), 'point')} de départ vers "
        f"{_counted(len(places), 'lieu', 'lieux')} : {args.out}"
    )
    told = _reach_lines(found, args, len(homes), len(places))
    if len(found.out_of_reach):
        told.append(f"Liste des points hors de portée : {reach_path(args.out)}")
    told += [*_road_lines(found), *([quality_text(notes)] if notes.rows else [])]
    for line in told:
        print(line)


def _check(args: argparse.Namespace, out: Path) -> None:
    """Raise ``UserError`` for what can be refused before the work begins."""
    from coverage.reports.costs import reach_path

    if not 1 <= args.minutes <= _MOST_MINUTES:
        raise UserError(f"--minutes doit être compris entre 1 et {_MOST_MINUTES}.")
    for option, cap_m in (("--cap-from", args.cap_from), ("--cap-to", args.cap_to)):
        if not 0 <= cap_m <= _MOST_CAP_M:
            raise UserError(f"{option} doit être compris entre 0 et {whole(_MOST_CAP_M)} mètres.")
    for target in (out, reach_path(out)):
        if target in {args.roads, args.homes, args.places}:
            raise UserError(
                f"« {target.name} » serait écrasé par le résultat. Donnez un autre nom à -o."
            )
        if target.is_dir():
            raise UserError(f"« {target} » est un dossier. Donnez à -o un nom de fichier (.csv).")
    # What can't be written at the end must not cost an hour first.
    with no_room_is_told(out), temporary_beside(out) as path:
        path.touch()


def _counted(number: int, singular: str, plural: str = "") -> str:
    return f"{whole(number)} {singular if number < 2 else plural or f'{singular}s'}"


def _reach_lines(found: OwnTimes, args: argparse.Namespace, homes: int, places: int) -> list[str]:
    """Return how many are out of reach, and why."""
    counts = found.out_of_reach.groupby(["side", "reason"]).size().to_dict()
    lines = []
    for key, who, total, why in (
        (("from", "off_road"), "Points de départ", homes, _far(args.cap_from, "from")),
        (("from", "no_site"), "Points de départ", homes, f"aucun lieu à {args.minutes} min"),
        (("to", "off_road"), "Lieux", places, _far(args.cap_to, "to")),
        (("to", "no_home"), "Lieux", places, f"aucun point de départ à {args.minutes} min"),
    ):
        if count := int(counts.get(key, 0)):
            lines.append(f"{who} hors de portée, {why} : {whole(count)} sur {whole(total)}.")
    return lines or ["Personne n'est hors de portée."]


def _far(cap_m: int, side: str) -> str:
    return f"à plus de {whole(cap_m)} m d'une route (--cap-{side})"


def _road_lines(found: OwnTimes) -> list[str]:
    """Return what was left out of the network, and what its reader says."""
    lines = list(found.notes)
    if len(dropped := found.dropped):
        moved = int(dropped["points"].sum())
        lines.append(
            f"Morceaux du réseau laissés de côté, sans liaison aller et retour avec le reste : "
            f"{whole(len(dropped))} ({_counted(int(dropped['nodes'].sum()), 'carrefour')})."
            + (f" Points rattachés à une route plus loin : {whole(moved)}." if moved else "")
        )
    return lines
