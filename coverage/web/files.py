"""The files that may be downloaded: a fixed list of names, never a path from the address."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from coverage.base.workspace import Workspace
from coverage.model.results import StudyResult

KIB = 1024


@dataclass(frozen=True)
class RunFile:
    """A file of a run: its public name, where it lies in the run's folder, and what it holds."""

    name: str
    place: str
    title: str
    purpose: str
    group: str


RUN_FILES: tuple[RunFile, ...] = (
    RunFile("rapport.pdf", "report/rapport.pdf", "Rapport", "à lire ou imprimer (PDF)", "lire"),
    RunFile("carte.html", "", "Carte", "un seul fichier, s’ouvre sans réseau (HTML)", "lire"),
    RunFile(
        "priorites.csv",
        "need/priorites.csv",
        "Secteurs prioritaires",
        "les dix premiers, leur rang et pourquoi (CSV)",
        "besoin",
    ),
    RunFile(
        "communes.csv",
        "need/communes.csv",
        "Communes",
        "besoin, accès, indice, rang et temps (CSV)",
        "besoin",
    ),
    RunFile(
        "qpv.csv", "need/qpv.csv", "Quartiers prioritaires", "les mêmes chiffres (CSV)", "besoin"
    ),
    RunFile(
        "groupes.csv",
        "need/groupes.csv",
        "Équité",
        "couverture, accès et écarts par groupe (CSV)",
        "besoin",
    ),
    RunFile(
        "couverture.csv",
        "need/couverture.csv",
        "Couverture",
        "par groupe, mode de trajet, type de lieu et temps (CSV)",
        "besoin",
    ),
    RunFile(
        "test_legal.csv",
        "need/test_legal.csv",
        "Test légal de La Poste",
        "part trop loin d’un point de contact (CSV)",
        "poste",
    ),
    RunFile(
        "test_legal_communes.csv",
        "need/test_legal_communes.csv",
        "Test légal, par commune",
        "où vivent ces habitants (CSV)",
        "poste",
    ),
    RunFile(
        "orientation.csv",
        "need/orientation.csv",
        "Orientation",
        "du guichet au partenaire éligible, chaînes rompues (CSV)",
        "poste",
    ),
    RunFile(
        "detections_blocs.csv",
        "need/detections_blocs.csv",
        "Détections par bloc de communes",
        "taux, intervalle, nombres ou s (CSV)",
        "detections",
    ),
    RunFile(
        "detections_communes.csv",
        "need/detections_communes.csv",
        "Bloc de chaque commune",
        "taux du bloc, sondée ou jamais (CSV)",
        "detections",
    ),
    RunFile(
        "detections_zones.csv",
        "need/detections_zones.csv",
        "Détections par zone officielle",
        "département, EPCI, FRR, densité (CSV)",
        "detections",
    ),
    RunFile(
        "detections_tendance.csv",
        "need/detections_tendance.csv",
        "Détections au fil du temps",
        "le territoire, période par période (CSV)",
        "detections",
    ),
    RunFile(
        "activite.csv",
        "need/activite.csv",
        "Suites données",
        "détecter, accompagner, soutenir (CSV)",
        "detections",
    ),
    RunFile(
        "places.csv",
        "need/places.csv",
        "Lieux",
        "un par ligne, identifiants, horaires (CSV)",
        "donnees",
    ),
    RunFile(
        "types.csv", "need/types.csv", "Lieux par type", "nombre de chaque type (CSV)", "donnees"
    ),
    RunFile(
        "paires.csv",
        "need/paires.csv",
        "Paires de lieux",
        "à vérifier d’abord, à remplir (CSV)",
        "donnees",
    ),
    RunFile(
        "qualite.csv",
        "need/qualite.csv",
        "Qualité des données",
        "chaque couche, sa fraîcheur, ses corrections (CSV)",
        "donnees",
    ),
    RunFile(
        "qualite_details.csv",
        "need/qualite_details.csv",
        "Corrections et mises à l’écart",
        "ligne par ligne (CSV)",
        "donnees",
    ),
    RunFile(
        "fraicheur.csv",
        "need/fraicheur.csv",
        "Fraîcheur des chiffres",
        "sur quelles couches chacun repose (CSV)",
        "donnees",
    ),
    RunFile(
        "permanences.csv", "place/sites.csv", "Permanences proposées", "le plan (CSV)", "donnees"
    ),
    RunFile(
        "aires.geojson",
        "catchments/aires.geojson",
        "Aires de desserte",
        "à 10, 20 et 30 min, pour l’œil (GeoJSON)",
        "donnees",
    ),
    RunFile(
        "plan.json", "place/plan.json", "Plan et son certificat", "pour un programme", "donnees"
    ),
)


@dataclass(frozen=True)
class Download:
    """A file that is there, with its size in bytes."""

    file: RunFile
    path: Path
    size: int

    @property
    def size_text(self) -> str:
        """The size as a reader says it."""
        if self.size >= KIB * KIB:
            return f"{self.size / KIB / KIB:.1f}\u00a0Mo".replace(".", ",")
        return f"{max(1, round(self.size / KIB))}\u00a0Ko"


def downloads(workspace: Workspace, result: StudyResult, map_name: str) -> list[Download]:
    """Return the files of the current run that are really there; ``map_name`` without ending."""
    run = workspace.runs / result.run_id
    found = []
    for file in RUN_FILES:
        path = run / file.place if file.place else workspace.maps / f"{map_name}.html"
        if path.is_file():
            found.append(Download(file, path, path.stat().st_size))
    return found
