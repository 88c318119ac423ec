"""The ground: outlines, people and density of communes; squares and roads."""

from __future__ import annotations

from coverage.base.crs import DEPARTEMENTS
from coverage.sources.entries import contents as known
from coverage.sources.entries.words import GITHUB, LICENCE_OUVERTE, NO_ADDRESS, SUPERPOSEUR
from coverage.sources.entry import GO_ON, OWN_ROADS, Source, SourceFile

_SUPERPOSEUR_LAYERS = f"{SUPERPOSEUR}/e66bddfa442168708e4bb9a57399d69a724c4f19/data"
# INSEE's commune figures joined with postal codes; INSEE itself publishes no such single file.
_COMMUNE_FIGURES = f"{GITHUB}/rcarlier/datas.fun/0839ae3532f5027b47ba3f0ebc88691757de871d/France"
_ETALAB = "https://etalab-datasets.geo.data.gouv.fr/contours-administratifs"
# A zip that holds a 7z, which holds a GeoPackage for each of the three grids.
_SQUARES_2019 = (
    "https://www.insee.fr/fr/statistiques/fichier/7655475/Filosofi2019_carreaux_200m_gpkg.zip"
)

GROUND: tuple[Source, ...] = (
    Source(
        id="communes_2023",
        title="Contours des communes",
        producer="IGN, Etalab",
        licence="ODbL",
        vintage="2023",
        folder="communes/2023",
        files=(SourceFile("communes_par_departement_2023.tar.gz", contents=known.COMMUNES),),
        reader="communes:read_communes",
        remedy=f"{NO_ADDRESS}. Sans contours de communes, rien ne peut être construit.",
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
                "communes-100m.geojson.gz",
                f"{_ETALAB}/2023/geojson/communes-100m.geojson.gz",
                contents=known.COMMUNES_ETALAB,
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
                contents=known.DEPARTEMENTS,
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
        files=(
            SourceFile(
                "communes.csv", f"{_COMMUNE_FIGURES}/communes.csv", contents=known.POPULATION
            ),
        ),
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
        files=(
            SourceFile(
                "densite.csv", f"{_SUPERPOSEUR_LAYERS}/grilles/densite.csv", contents=known.DENSITY
            ),
        ),
        reader="density:read_density",
        remedy=f"{GO_ON} : les vitesses en dépendent.",
        optional=False,
        attribution="INSEE, ANCT",
    ),
)

FINE_GROUND: tuple[Source, ...] = (
    Source(
        id="squares_albi_2019",
        title="Carreaux de 200\u00a0m de l’INSEE (Filosofi 2019), Albi",
        producer="INSEE",
        licence=LICENCE_OUVERTE,
        vintage="2019",
        folder="filosofi_carreaux_200m/2019-albi",
        files=(SourceFile("albi_carreaux_200m.geojson", contents=known.SQUARES),),
        reader="squares:read_squares",
        remedy="Déposez les carreaux de 200\u00a0m de votre territoire avec --grid.",
        territories=("81",),
        attribution="INSEE, Filosofi",
    ),
    Source(
        id="squares_2019",
        title="Carreaux de 200\u00a0m de l’INSEE (Filosofi 2019), France entière",
        producer="INSEE",
        licence=LICENCE_OUVERTE,
        vintage="2019",
        folder="filosofi_carreaux_200m/2019",
        files=tuple(
            SourceFile(
                f"carreaux_200m_{part}.gpkg",
                _SQUARES_2019,
                member=f"*.7z!carreaux_200m_{part}.gpkg",
                contents=known.SQUARES,
                limit_bytes=3_000_000_000,
            )
            for part in ("met", "mart", "reun")
        ),
        reader="squares:read_squares",
        remedy=(
            "Lancez « maillage fetch » avec --source squares_2019 (294\u00a0Mo), ou déposez les "
            "carreaux avec --grid."
        ),
        territories=tuple(code for code in DEPARTEMENTS if code not in ("971", "973", "976")),
        attribution="INSEE, Filosofi",
        asked=True,
    ),
    Source(
        id="roads_corse",
        title="Réseau routier automobile de la Corse",
        producer="Contributeurs OpenStreetMap",
        licence="ODbL",
        vintage="non daté",
        folder="roads/corse-osmnx",
        files=(SourceFile("drive.graphml.gz", contents=known.ROADS),),
        reader="",
        remedy=OWN_ROADS,
        territories=("2A", "2B"),
        attribution="© contributeurs OpenStreetMap",
    ),
)
