"""The catalogue: one declarative entry per source, and nothing else knows an address or a vintage.

A source is named by its id, never by "the newest folder": the folder ``<source>/<vintage>`` is
part of the entry, and it is the same in a mirror and in ``data/raw``.
"""

from __future__ import annotations

from pathlib import Path

from coverage.base.crs import DEMO
from coverage.base.errors import UserError
from coverage.base.workspace import Workspace
from coverage.sources.entry import GO_ON, OWN_ROADS, Source, SourceFile

LICENCE_OUVERTE = "Licence Ouverte 2.0"
TO_CONFIRM = "à confirmer"

_NO_ADDRESS = (
    "Pas d’adresse publique connue pour ce fichier : donnez une copie avec --mirror DOSSIER"
)

# Addresses that name a commit always give the same bytes; the others follow their producer.
_GITHUB = "https://raw.githubusercontent.com"
_SUPERPOSEUR = f"{_GITHUB}/anct-carto/superposeur-V2"
_SUPERPOSEUR_LAYERS = f"{_SUPERPOSEUR}/e66bddfa442168708e4bb9a57399d69a724c4f19/data"
_SUPERPOSEUR_QPV = f"{_SUPERPOSEUR}/3f2b0c0b87604a13831a9f214988878b6a4cb67e/data"
_FRANCE_SERVICES = (
    f"{_GITHUB}/anct-carto/france_services/e1016fd717a8c9cc53406621959c837fb74fc0c9/data"
)
_CONSEILLERS = (
    f"{_GITHUB}/anct-carto/conseillers-numeriques/cb9709939e229e7fe363012e9a034e176a427954/data"
)
# INSEE's commune figures joined with postal codes; INSEE itself publishes no such single file.
_COMMUNE_FIGURES = f"{_GITHUB}/rcarlier/datas.fun/0839ae3532f5027b47ba3f0ebc88691757de871d/France"
_QPV_2015 = (
    "https://static.data.gouv.fr/resources/"
    "quartiers-prioritaires-de-la-politique-de-la-ville-qpv/20180110-144945/"
    "qp-politiquedelaville-shp.zip"
)
_LAPOSTE = "https://www.data.gouv.fr/fr/datasets/r/14990cf8-b618-42fe-a73d-92587b34ed46"

_ETALAB = "https://etalab-datasets.geo.data.gouv.fr/contours-administratifs"

CATALOGUE: tuple[Source, ...] = (
    Source(
        id="communes_2023",
        title="Contours des communes",
        producer="IGN, Etalab",
        licence="ODbL",
        vintage="2023",
        folder="communes/2023",
        files=(SourceFile("communes_par_departement_2023.tar.gz"),),
        reader="communes:read_communes",
        remedy=f"{_NO_ADDRESS}. Sans contours de communes, rien ne peut être construit.",
        optional=False,
        attribution="© IGN, Etalab",
        substitute="communes_etalab_2023",
    ),
    Source(
        id="communes_etalab_2023",
        title="Contours des communes (à 100 m)",
        producer="IGN, Etalab",
        licence="ODbL",
        vintage="2023",
        folder="contours_administratifs/2023",
        files=(
            SourceFile(
                "communes-100m.geojson.gz", f"{_ETALAB}/2023/geojson/communes-100m.geojson.gz"
            ),
        ),
        reader="communes:read_communes",
        attribution="© IGN, Etalab",
    ),
    Source(
        id="departements_2026",
        title="Contours des départements",
        producer="ANCT, IGN",
        licence=LICENCE_OUVERTE,
        vintage="2026",
        folder="limites_administratives/2026",
        files=(
            SourceFile(
                "polygone-4326_dep.geojson",
                f"{_SUPERPOSEUR_LAYERS}/admin/polygone-4326_dep.geojson",
            ),
        ),
        reader="departements:read_departements",
        optional=False,
        attribution="ANCT, IGN",
    ),
    Source(
        id="population_2024",
        title="Population et ménages des communes",
        producer="INSEE",
        licence=LICENCE_OUVERTE,
        vintage="2024",
        folder="population_communes/2024",
        files=(SourceFile("communes.csv", f"{_COMMUNE_FIGURES}/communes.csv"),),
        reader="population:read_population",
        remedy=f"{GO_ON} : sans population, rien ne peut être construit.",
        optional=False,
        attribution="INSEE, recensement de la population 2021",
    ),
    Source(
        id="density_2026",
        title="Grille communale de densité à 7 niveaux",
        producer="INSEE",
        licence=LICENCE_OUVERTE,
        vintage="2026",
        folder="grilles_communales/2026",
        files=(SourceFile("densite.csv", f"{_SUPERPOSEUR_LAYERS}/grilles/densite.csv"),),
        reader="density:read_density",
        remedy=f"{GO_ON} : les vitesses en dépendent.",
        optional=False,
        attribution="INSEE, ANCT",
    ),
    Source(
        id="laposte_2025",
        title="Points de contact La Poste",
        producer="La Poste",
        licence=LICENCE_OUVERTE,
        vintage="2025-06-04",
        folder="laposte_points_contact/2025-06-04",
        files=(SourceFile("laposte_poincont2.csv", _LAPOSTE),),
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
        files=(SourceFile("liste-fs.csv", f"{_FRANCE_SERVICES}/liste-fs-20240801.csv"),),
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
        files=(SourceFile("etapes-numerique.json"),),
        reader="etapes:read_etapes",
        remedy=f"{_NO_ADDRESS}, ou déposez vos lieux avec --places.",
        attribution="La Poste, ANCT",
    ),
    Source(
        id="conseillers_numeriques_2021",
        title="Structures accueillant des conseillers numériques",
        producer="ANCT",
        licence=LICENCE_OUVERTE,
        vintage="2021-06-25",
        folder="conseillers_numeriques/2021-06-25",
        files=(SourceFile("cnfs.json", f"{_CONSEILLERS}/cnfs.json"),),
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
        files=(SourceFile("lieux.csv"),),
        reader="mediation:read_ara",
        remedy=f"{_NO_ADDRESS}, ou déposez vos lieux avec --places.",
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
        files=(SourceFile("lieux.csv"),),
        reader="mediation:read_centre_val_de_loire",
        remedy=f"{_NO_ADDRESS}, ou déposez vos lieux avec --places.",
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
        files=(SourceFile("lieux.csv"),),
        reader="mediation:read_lot_et_garonne",
        remedy=f"{_NO_ADDRESS}, ou déposez vos lieux avec --places.",
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
        files=(SourceFile("annuaire.csv"),),
        reader="annuaire:read_annuaire",
        remedy=f"{_NO_ADDRESS}, ou déposez vos lieux avec --places.",
        attribution="DILA",
    ),
    Source(
        id="frr_2025",
        title="Communes classées France ruralités revitalisation (FRR)",
        producer="DGCL",
        licence=TO_CONFIRM,
        vintage="2025-07-10",
        folder="frr/2025-07-10",
        files=(SourceFile("liste-communes-FRR.csv"),),
        reader="frr:read_frr",
        remedy=(
            f"{_NO_ADDRESS} ; la DGCL ne publie la liste qu’en classeur sur "
            "collectivites-locales.gouv.fr. Le classement FRR reste n.d. sans elle."
        ),
        attribution="DGCL",
    ),
    Source(
        id="zrr_2021",
        title="Communes classées en zone de revitalisation rurale (ZRR)",
        producer="ANCT, Observatoire des territoires",
        licence=LICENCE_OUVERTE,
        vintage="2021",
        folder="zrr/2021",
        files=(SourceFile("ZRR_list_source.csv"),),
        reader="zrr:read_zrr",
        remedy=(
            f"{_NO_ADDRESS} ; le jeu « zones-de-revitalisation-rurale-zrr » de data.gouv.fr "
            "n’est publié qu’en classeur. Le classement ZRR reste n.d. sans lui."
        ),
        attribution="ANCT",
    ),
    Source(
        id="ifn_2023",
        title="Indice de fragilité numérique des communes",
        producer="Mednum",
        licence=TO_CONFIRM,
        vintage="2023",
        folder="ifn/2023",
        files=(SourceFile("ifn-city-all-variation.csv"),),
        reader="ifn:read_ifn",
        remedy=f"{_NO_ADDRESS}. L’indice de fragilité numérique reste n.d. sans lui.",
        attribution="Mednum",
    ),
    Source(
        id="qpv_2015_polygons",
        title="Quartiers prioritaires de la politique de la ville (contours de 2015)",
        producer="ANCT",
        licence=LICENCE_OUVERTE,
        vintage="2015",
        folder="qpv/2015",
        files=tuple(
            SourceFile(name, _QPV_2015, member=name)
            for name in (
                "QP_METROPOLEOUTREMER_WGS84_EPSG4326.shp",
                "QP_METROPOLEOUTREMER_WGS84_EPSG4326.shx",
                "QP_METROPOLEOUTREMER_WGS84_EPSG4326.dbf",
                "QP_METROPOLEOUTREMER_WGS84_EPSG4326.prj",
            )
        ),
        reader="qpv:read_qpv_polygons",
        remedy=f"{GO_ON} : sans contours, la part des habitants en QPV reste n.d.",
        attribution="ANCT",
    ),
    Source(
        id="qpv_2015_population",
        title="Population 2013 des quartiers prioritaires (contours de 2015)",
        producer="INSEE, ANCT",
        licence=LICENCE_OUVERTE,
        vintage="2015",
        folder="qpv/2015",
        files=(SourceFile("pop_qp_2013.csv"),),
        reader="qpv:read_qpv_population",
        remedy=f"{_NO_ADDRESS}. Sans lui, des habitants de QPV restent n.d.",
        attribution="INSEE",
    ),
    Source(
        id="qpv_indicators_2022",
        title="Indicateurs démographiques des quartiers prioritaires (contours de 2015)",
        producer="INSEE",
        licence=LICENCE_OUVERTE,
        vintage="2022",
        folder="qpv_indicateurs/2022",
        files=(SourceFile("DEMO_2022.csv"),),
        reader="qpv:read_qpv_indicators",
        remedy=(
            f"{_NO_ADDRESS} ; l’INSEE publie les données par thème sur "
            "insee.fr/fr/statistiques/5359605. Sans elles, des habitants de QPV restent n.d."
        ),
        attribution="INSEE",
    ),
    Source(
        id="qpv_2024_list",
        title="Quartiers prioritaires de 2024, liste par commune",
        producer="ANCT",
        licence=LICENCE_OUVERTE,
        vintage="2024",
        folder="qpv/2024",
        files=(
            SourceFile(
                "centroide-4326_qpv.geojson", f"{_SUPERPOSEUR_QPV}/admin/centroide-4326_qpv.geojson"
            ),
        ),
        reader="qpv:read_qpv_list",
        attribution="ANCT",
    ),
    Source(
        id="squares_albi_2019",
        title="Carreaux de 200\u00a0m de l’INSEE (Filosofi 2019), Albi",
        producer="INSEE",
        licence=LICENCE_OUVERTE,
        vintage="2019",
        folder="filosofi_carreaux_200m/2019-albi",
        files=(SourceFile("albi_carreaux_200m.geojson"),),
        reader="squares:read_squares",
        remedy="Déposez les carreaux de 200\u00a0m de votre territoire avec --grid.",
        territories=("81",),
        attribution="INSEE, Filosofi",
    ),
    Source(
        id="roads_corse",
        title="Réseau routier automobile de la Corse",
        producer="Contributeurs OpenStreetMap",
        licence="ODbL",
        vintage="non daté",
        folder="roads/corse-osmnx",
        files=(SourceFile("drive.graphml.gz"),),
        reader="",
        remedy=OWN_ROADS,
        territories=("2A", "2B"),
        attribution="© contributeurs OpenStreetMap",
    ),
)

_BY_ID = {entry.id: entry for entry in CATALOGUE}


def source(source_id: str) -> Source:
    """Return the entry of a source.

    Raises ``UserError`` listing the ids where there is no such source.
    """
    try:
        return _BY_ID[source_id]
    except KeyError:
        raise UserError(
            f"Source inconnue : « {source_id} ». Sources possibles : {', '.join(_BY_ID)}."
        ) from None


def available(workspace: Workspace, entry: Source) -> Source | None:
    """Return the source, or its substitute, whose files have all been fetched; None: neither."""
    if raw_files(workspace, entry.id) is not None:
        return entry
    return available(workspace, source(entry.substitute)) if entry.substitute else None


def needed_for(territory: str) -> tuple[Source, ...]:
    """Return the sources of a territory, in catalogue order; the fictitious one needs none."""
    if territory == DEMO:
        return ()
    stand_ins = {entry.substitute for entry in CATALOGUE}
    return tuple(
        entry
        for entry in CATALOGUE
        if entry.id not in stand_ins and (not entry.territories or territory in entry.territories)
    )


def raw_files(workspace: Workspace, source_id: str) -> tuple[Path, ...] | None:
    """Return the raw files of a source in catalogue order, or None when not all are there."""
    entry = source(source_id)
    paths = tuple(workspace.raw / entry.folder / file.name for file in entry.files)
    return paths if all(path.is_file() for path in paths) else None
