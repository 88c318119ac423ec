"""Places where people are helped, or could be."""

from __future__ import annotations

from coverage.sources.entries import contents as known
from coverage.sources.entries.words import GITHUB, LICENCE_OUVERTE, NO_ADDRESS, TO_CONFIRM
from coverage.sources.entry import GO_ON, Source, SourceFile

_FRANCE_SERVICES = (
    f"{GITHUB}/anct-carto/france_services/e1016fd717a8c9cc53406621959c837fb74fc0c9/data"
)
_CONSEILLERS = (
    f"{GITHUB}/anct-carto/conseillers-numeriques/cb9709939e229e7fe363012e9a034e176a427954/data"
)
_LAPOSTE = "https://www.data.gouv.fr/fr/datasets/r/14990cf8-b618-42fe-a73d-92587b34ed46"
# The same list, page by page, from La Poste's own portal.
_LAPOSTE_PAGES = (
    "https://data.laposte.fr/data-fair/api/v1/datasets/laposte-poincont2/lines?size=5000"
)

PLACES: tuple[Source, ...] = (
    Source(
        id="laposte_2025",
        title="Points de contact La Poste",
        producer="La Poste",
        licence=LICENCE_OUVERTE,
        vintage="2025-06-04",
        folder="laposte_points_contact/2025-06-04",
        files=(
            SourceFile(
                "laposte_poincont2.csv", _LAPOSTE, pages=_LAPOSTE_PAGES, contents=known.LAPOSTE
            ),
        ),
        reader="laposte:read_contact_points",
        remedy=f"{GO_ON} : les points de contact sont les lieux candidats.",
        optional=False,
        attribution="La Poste",
    ),
    Source(
        id="france_services_2024",
        title="Espaces France services",
        producer="ANCT",
        licence=LICENCE_OUVERTE,
        vintage="2024-08-01",
        folder="france_services/2024-08-01",
        files=(
            SourceFile(
                "liste-fs.csv",
                f"{_FRANCE_SERVICES}/liste-fs-20240801.csv",
                contents=known.FRANCE_SERVICES,
            ),
        ),
        reader="france_services:read_france_services",
        remedy=f"{GO_ON}, ou déposez vos lieux avec --places.",
        attribution="ANCT",
    ),
    Source(
        id="etapes_numeriques_2024",
        title="Étapes numériques de La Poste",
        producer="La Poste, ANCT (cartographie nationale)",
        licence="MIT",
        vintage="2024-05-30",
        folder="etapes_numeriques/2024-05-30",
        files=(SourceFile("etapes-numerique.json", contents=known.ETAPES),),
        reader="etapes:read_etapes",
        remedy=f"{NO_ADDRESS}, ou déposez vos lieux avec --places.",
        attribution="La Poste, ANCT",
    ),
    Source(
        id="conseillers_numeriques_2021",
        title="Structures accueillant des conseillers numériques",
        producer="ANCT",
        licence=LICENCE_OUVERTE,
        vintage="2021-06-25",
        folder="conseillers_numeriques/2021-06-25",
        files=(SourceFile("cnfs.json", f"{_CONSEILLERS}/cnfs.json", contents=known.CONSEILLERS),),
        reader="conseillers:read_conseillers",
        remedy=f"{GO_ON}, ou déposez vos lieux avec --places.",
        attribution="ANCT",
    ),
    Source(
        id="mediation_ara_2022",
        title="Lieux de médiation numérique en Auvergne-Rhône-Alpes",
        producer="Hinaura",
        licence=LICENCE_OUVERTE,
        vintage="2022",
        folder="mediation_numerique/2022-hinaura-auvergne-rhone-alpes",
        files=(SourceFile("lieux.csv", contents=known.MEDIATION_ARA),),
        reader="mediation:read_ara",
        remedy=f"{NO_ADDRESS}, ou déposez vos lieux avec --places.",
        territories=("01", "03", "07", "15", "26", "38", "42", "43", "63", "69", "73", "74"),
        attribution="Hinaura",
    ),
    Source(
        id="mediation_cvl_2023",
        title="Lieux de médiation numérique en Centre-Val de Loire",
        producer="Hub-Lo",
        licence="MIT",
        vintage="2023",
        folder="mediation_numerique/2023-hub-lo-centre-val-de-loire",
        files=(SourceFile("lieux.csv", contents=known.MEDIATION_CVL),),
        reader="mediation:read_centre_val_de_loire",
        remedy=f"{NO_ADDRESS}, ou déposez vos lieux avec --places.",
        territories=("18", "28", "36", "37", "41", "45"),
        attribution="Hub-Lo",
    ),
    Source(
        id="mediation_47_2020",
        title="Lieux de médiation numérique en Lot-et-Garonne",
        producer="Hubik",
        licence=TO_CONFIRM,
        vintage="2020",
        folder="mediation_numerique/2020-hubik-lot-et-garonne",
        files=(SourceFile("lieux.csv", contents=known.MEDIATION_47),),
        reader="mediation:read_lot_et_garonne",
        remedy=f"{NO_ADDRESS}, ou déposez vos lieux avec --places.",
        territories=("47",),
        attribution="Hubik",
    ),
    Source(
        id="annuaire_2016",
        title="Annuaire du service public (mairies, Pôle emploi)",
        producer="DILA",
        licence=LICENCE_OUVERTE,
        vintage="2016-02-26",
        folder="annuaire_service_public/2016-02-26",
        files=(SourceFile("annuaire.csv", contents=known.ANNUAIRE),),
        reader="annuaire:read_annuaire",
        remedy=f"{NO_ADDRESS}, ou déposez vos lieux avec --places.",
        attribution="DILA",
    ),
)
