"""The words of the command line, in French."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from coverage import __version__
from coverage.model.params import DECAYS, MODELS
from coverage.model.services import CONTACT_KINDS, KINDS


class FrenchParser(argparse.ArgumentParser):
    """argparse, with its few fixed phrases in French and one line for an error."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs, add_help=False)
        self._positionals.title = "à donner"
        self._optionals.title = "options"
        self.add_argument("-h", "--help", action="help", help="montrer cette aide")

    def error(self, message: str) -> NoReturn:
        """Tell what is wrong in one line and where the help is; exit code 2."""
        for english, french in _PHRASES:
            message = message.replace(english, french)
        self.exit(2, f"maillage : {message}. Aide : {self.prog} --help\n")

    def format_help(self) -> str:
        """Return the help text with a French "usage"."""
        return super().format_help().replace("usage: ", "usage : ", 1)


_PHRASES = (
    ("the following arguments are required:", "il manque :"),
    ("unrecognized arguments:", "option inconnue :"),
    ("expected one argument", "attend une valeur"),
    ("expected at least one argument", "attend au moins une valeur"),
    ("invalid choice:", "choix inconnu :"),
    ("choose from", "choisissez parmi"),
    ("invalid int value:", "n'est pas un nombre entier :"),
    ("invalid float value:", "n'est pas un nombre :"),
    ("not allowed with argument", "ne va pas avec"),
    ("argument ", ""),
)


def _existing(text: str) -> Path:
    path = Path(text).expanduser()
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"fichier introuvable : {text}")
    return path.resolve()


def _point(text: str) -> tuple[float, float]:
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"« {text} » n'est pas un point : écrivez LON,LAT en degrés, par exemple 8.74,41.93"
        ) from None
    return lon, lat


def _accepted(text: str) -> tuple[str, str]:
    step, _, means = text.partition("=")
    return step.strip(), means.strip()


def _territory(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "territory", metavar="TERRITOIRE", help="code de département (2A, 36, 974) ou demo"
    )


def _root(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--root",
        metavar="DOSSIER",
        help="dossier de travail (sinon MAILLAGE_ROOT, sinon le dossier courant)",
    )


def _mirror(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--mirror",
        metavar="DOSSIER_OU_URL",
        help="miroir des données ; sans lui, les adresses publiques",
    )


def _mode(parser: argparse.ArgumentParser, default: str | None) -> None:
    parser.add_argument(
        "--mode",
        choices=("drive", "walk", "bike"),
        default=default,
        help="en voiture, à pied, à vélo (défaut : drive)",
    )


def _fetch(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--source", action="append", default=[], metavar="ID", help="cette source (répétable)"
    )
    parser.add_argument(
        "--roads",
        metavar="FICHIER",
        type=Path,
        help="télécharger aussi les routes d'OpenStreetMap, jusqu'à 60 km autour du territoire, "
        "dans ce fichier (.json.gz)",
    )
    _mode(parser, default=None)


def _own_files(parser: argparse.ArgumentParser) -> None:
    texts = {
        "places": "lieux qu'aucun fichier public ne connaît (îlots, partenaires, salles)",
        "grid": "carreaux de 200 m de l'INSEE",
        "roads": "réseau routier (.osm.pbf, GraphML d’OSMnx ou réponse Overpass)",
        "detections": "détections au guichet, par bureau et période (CSV ou XLSX)",
        "activity": "ce qui a suivi : accompagnements, ateliers, stagiaires (CSV ou XLSX)",
        "ages": "population par tranche d'âge de l'INSEE (base-cc-evol-struct-pop)",
        "epci": "communes et intercommunalités de l'INSEE (CODGEO, EPCI, LIBEPCI)",
        "qpv": "contours des quartiers prioritaires (code_qp, lib_qp), à la place des publics",
    }
    for name, text in texts.items():
        parser.add_argument(f"--{name}", metavar="FICHIER", type=_existing, help=text)


def _out(parser: argparse.ArgumentParser, what: str = "DOSSIER") -> None:
    parser.add_argument(
        "-o", "--out", metavar=what, type=Path, required=True, help="où écrire le résultat"
    )


def _placement(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", choices=MODELS, default="mclp", help="modèle (défaut : mclp)")
    parser.add_argument(
        "--new", type=int, default=3, metavar="N", help="nouvelles permanences (défaut : 3)"
    )
    parser.add_argument(
        "--minutes", type=int, default=20, metavar="MIN", help="limite de trajet (défaut : 20)"
    )
    parser.add_argument(
        "--lock", action="append", default=[], metavar="ID", help="lieu imposé (répétable)"
    )
    parser.add_argument(
        "--forbid", action="append", default=[], metavar="ID", help="lieu interdit (répétable)"
    )
    parser.add_argument(
        "--candidates",
        action="extend",
        nargs="+",
        choices=KINDS,
        metavar="TYPE",
        help=f"types de lieu candidats (répétable ; défaut : {', '.join(CONTACT_KINDS)})",
    )
    parser.add_argument(
        "--time-limit", type=float, default=60.0, metavar="S", help="secondes (défaut : 60)"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="graine (défaut : 0)")


def _need(parser: argparse.ArgumentParser) -> None:
    # A point west of Greenwich begins with a minus, and is no option.
    parser._negative_number_matcher = re.compile(r"-\d")
    parser.add_argument(
        "--close",
        action="append",
        default=[],
        metavar="ID",
        help="comme si ce lieu fermait (répétable)",
    )
    parser.add_argument(
        "--open",
        action="append",
        default=[],
        type=_point,
        metavar="LON,LAT",
        help="comme si un point de contact de La Poste ouvrait là (répétable)",
    )
    parser.add_argument(
        "--minutes", type=int, default=20, metavar="MIN", help="limite de trajet (défaut : 20)"
    )
    parser.add_argument(
        "--decay",
        choices=DECAYS,
        default=DECAYS[0],
        help="comment l'aide décroît avec le temps de trajet (défaut : gaussian)",
    )
    parser.add_argument(
        "--accepts",
        action="append",
        default=[],
        type=_accepted,
        metavar="ÉTAPE=MOYEN",
        help="le partenaire de cette étape doit accepter ce moyen de paiement "
        "(formation=pass_numerique ; répétable)",
    )
    parser.add_argument(
        "--draws", type=int, default=1000, metavar="N", help="tirages des rangs (défaut : 1000)"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="graine (défaut : 0)")


def _detections(parser: argparse.ArgumentParser) -> None:
    either = parser.add_mutually_exclusive_group()
    either.add_argument(
        "--within",
        metavar="FICHIER",
        type=_existing,
        help="ce que l'on peut dire des blocs de communes entiers de ce polygone (une couche)",
    )
    either.add_argument(
        "--owner",
        action="store_true",
        help="les comptes bruts par bureau, pour leur propriétaire seul (ne pas diffuser)",
    )


def _catchments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--kind",
        action="extend",
        nargs="+",
        choices=KINDS,
        default=[],
        metavar="TYPE",
        help="type de lieu (répétable ; défaut : les partenaires)",
    )
    parser.add_argument(
        "--minutes", type=int, nargs="+", default=[10, 20, 30], metavar="MIN", help="10 20 30"
    )


def _times(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "roads",
        metavar="ROUTES",
        type=_existing,
        help="réseau routier : .osm.pbf, .graphml (aussi .gz, .bz2) ou .json d'Overpass",
    )
    for option, name, text in (
        ("--from", "homes", "points de départ (CSV : id,lon,lat)"),
        ("--to", "places", "lieux d'arrivée (CSV : id,lon,lat)"),
    ):
        parser.add_argument(
            option, dest=name, metavar="FICHIER", type=_existing, required=True, help=text
        )
    parser.add_argument(
        "--minutes", type=int, default=30, metavar="MIN", help="limite de trajet (défaut : 30)"
    )
    _mode(parser, default="drive")
    for option, metres, text in (
        ("--cap-from", 1000, "d'un point de départ"),
        ("--cap-to", 3000, "d'un lieu"),
    ):
        parser.add_argument(
            option,
            type=int,
            default=metres,
            metavar="M",
            help=f"mètres {text} à la route, au plus (défaut : {metres})",
        )


def _check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FICHIER", help="le fichier à vérifier")
    kinds = {
        "counts": "un nombre par commune (CSV ou XLSX)",
        "detections": "détections par bureau et période (CSV ou XLSX)",
        "places": "lieux, selon le modèle (CSV ou XLSX)",
        "layer": "points ou polygones (GeoJSON, GeoPackage, shapefile dans un ZIP)",
        "roads": "réseau routier (.osm.pbf, GraphML d’OSMnx, réponse d’Overpass)",
    }
    parser.add_argument(
        "--as",
        dest="kind",
        required=True,
        choices=tuple(kinds),
        help=" ; ".join(f"{kind}\u00a0: {text}" for kind, text in kinds.items()),
    )
    parser.add_argument(
        "--json", action="store_true", help="un document JSON, et rien d’autre (answer, repairs)"
    )


#: command -> (module of coverage.cli, help, options)
_Options = tuple[Callable[[argparse.ArgumentParser], None], ...]
_COMMANDS: dict[str, tuple[str, str, _Options]] = {
    "territories": ("territories", "ce qui est construit, constructible, manquant", (_root,)),
    "template": ("template", "écrire un modèle de fichier à remplir", ()),
    "fetch": ("fetch", "rapatrier les données d'un territoire", (_territory, _mirror, _fetch)),
    "build": ("build", "construire les couches et les temps de trajet", (_territory, _own_files)),
    "need": ("need", "besoin, accès, couverture et priorités (CSV)", (_territory, _need, _out)),
    "detections": (
        "detections",
        "détections au guichet, petits effectifs protégés (CSV)",
        (_territory, _detections, _out),
    ),
    "catchments": ("catchments", "aires de desserte", (_territory, _catchments)),
    "place": ("place", "placer de nouvelles permanences", (_territory, _placement, _out)),
    "report": ("report", "rapport de couverture (PDF et tables)", (_territory, _out)),
    "map": ("map", "carte en un seul fichier HTML", (_territory,)),
    "run": ("run", "tout, de la donnée au rapport", (_territory, _mirror, _own_files)),
    "times": ("times", "temps de trajet sur vos propres routes (CSV)", (_times,)),
    "check": ("check", "ce qu’un import répondrait à un fichier, sans rien garder", (_check,)),
    "serve": ("serve", "ouvrir Maillage dans le navigateur", ()),
}


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = FrenchParser(
        prog="maillage",
        description="Où manque l'aide numérique, et où la placer.",
        epilog="Chaque commande a son aide : maillage COMMANDE --help",
    )
    parser.add_argument(
        "--version", action="version", version=f"maillage {__version__}", help="version"
    )
    commands = parser.add_subparsers(
        title="commandes", dest="command", metavar="COMMANDE", required=True
    )
    parsers: dict[str, argparse.ArgumentParser] = {}
    for name, (module, text, options) in _COMMANDS.items():
        command = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        command.set_defaults(module=module)
        for add in options:
            add(command)
        if _root not in options and name != "template":
            _root(command)
        parsers[name] = command
    parsers["template"].add_argument(
        "what",
        choices=("places", "detections", "activity"),
        metavar="MODÈLE",
        help="places, detections ou activity (CSV, ou XLSX selon le nom donné à -o)",
    )
    _out(parsers["template"], "FICHIER")
    _out(parsers["catchments"], "FICHIER")
    _out(parsers["times"], "FICHIER")
    _out(parsers["map"], "FICHIER")
    parsers["serve"].add_argument("--host", default="127.0.0.1", metavar="HÔTE", help="127.0.0.1")
    parsers["serve"].add_argument("--port", type=int, default=8000, metavar="PORT", help="8000")
    parsers["serve"].add_argument(
        "--check", action="store_true", help="dire seulement si l'adresse est libre"
    )
    return parser
